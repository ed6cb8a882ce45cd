/* SPDX-License-Identifier: MIT
 *
 * A set of numbers that are well spread already.
 */
#ifndef SEEN_H
#define SEEN_H

#include <stdbool.h>
#include <stdint.h>

/* Zeroed to begin with. */
typedef struct SEEN
{
    uint64_t *Places; /* 0: free */
    uint64_t Room;
    uint64_t Count;
} SEEN;

/* Whether it was not there before. */
bool SeenAdd(SEEN *Seen, uint64_t Number);

#endif
