/* SPDX-License-Identifier: MIT
 *
 * A thread made to stand at a chosen place: after the Nth time it comes by a point of some kind.
 */
#ifndef STALL_H
#define STALL_H

#include <sim.h>

typedef struct STALL STALL;

/* Starts a thread that runs Routine and stops at its Nth Point; returns when it stands there. Starting and
 * ending is for one thread. */
STALL *StallStart(void (*Routine)(void *), void *Context, SIM_POINT Point, ULONG Nth);

/* Whether it stands there: false if it came to its end before. */
bool StallStands(const STALL *Stall);

/* Lets it go on and waits for its end. */
void StallEnd(STALL *Stall);

#endif
