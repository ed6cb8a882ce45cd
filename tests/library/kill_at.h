/* SPDX-License-Identifier: MIT */
#ifndef KILL_AT_H
#define KILL_AT_H

/* What a process exits with that ends by KillAt. */
#define KILLED_CODE 77u

/* Lets this process end right before the Number-th of the calls by which the library changes what is outside of it: files,
 * registry, service. In the midst of one that writes a file. */
void KillAt(unsigned Number);

#endif
