/* SPDX-License-Identifier: MIT
 *
 * The memory of limit.c.
 */
#ifndef LIMIT_H
#define LIMIT_H

#define LIMIT_BYTES (16u * 1024u * 1024u)

#endif
