/* SPDX-License-Identifier: MIT
 *
 * A lane of the log written down the naive way: which entries it holds, by docs/ARCHITECTURE.md alone.
 */
#ifndef LANE_MODEL_H
#define LANE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

/* That were ever in it, padding included. */
#define LANE_MODEL_MAX_ENTRIES 8192u

/* An entry of a lane: a record, or padding, whose number is 0. */
typedef struct PLACED
{
    uint64_t Offset;
    uint32_t Bytes;
    uint64_t Number;
} PLACED;

typedef struct LANE_MODEL
{
    uint32_t Bytes;
    uint32_t First; /* the oldest kept */
    uint32_t End;
    uint64_t Head;
    PLACED Entries[LANE_MODEL_MAX_ENTRIES];
} LANE_MODEL;

/* An empty lane whose first entry will be at Head. */
void LaneModelInit(LANE_MODEL *Lane, uint32_t Bytes, uint64_t Head);

/* Entry Number of Bytes bytes becomes the newest. The oldest go as far as it needs, and Evict is told the number of
 * each. False: it would take the entry Filling or a later one, which nobody may; then nothing has changed.
 *   Filling  the lowest number of the lane that is still being filled; UINT64_MAX: none */
bool LaneModelReserve(LANE_MODEL *Lane, uint64_t Number, uint32_t Bytes, uint64_t Filling,
                      void (*Evict)(void *Context, uint64_t Number), void *Context);

uint64_t LaneModelUsed(const LANE_MODEL *Lane);

/* The lowest number kept; 0: none is. */
uint64_t LaneModelOldest(const LANE_MODEL *Lane);

#endif
