/* SPDX-License-Identifier: MIT
 *
 * A hole in the stream, in words: what the driver told as LOST, and what a capture lacks.
 */
#ifndef STREAM_HOLE_H
#define STREAM_HOLE_H

#include <stddef.h>

#include "prcm_abi.h"

#define HOLE_MAX_LOSSES (2u * PRCM_KIND_COUNT + 1u)

/* So many of a kind, for one cause. */
typedef struct HOLE_LOSS
{
    const char *Kind;    /* as in JSON: "image_load" */
    const char *Noun;    /* "image load" */
    const char *Cause;   /* as in JSON: HOLE_CAUSE_XXX */
    uint32_t KindNumber; /* PRCM_KIND_XXX; PRCM_KIND_LOST: not known */
    uint64_t Count;
} HOLE_LOSS;

#define HOLE_CAUSE_EVICTED      "evicted"      /* overwritten in the driver before it was read */
#define HOLE_CAUSE_DROPPED      "dropped"      /* never kept by the driver */
#define HOLE_CAUSE_UNKNOWN      "unknown"      /* the driver cannot tell */
#define HOLE_CAUSE_DAMAGED      "damaged"      /* it was in the capture, and its bytes are damaged */
#define HOLE_CAUSE_NOT_RECORDED "not_recorded" /* it was not written to the capture */
#define HOLE_CAUSE_FILE_MISSING "file_missing" /* it is in a file of the capture that is not there */

typedef struct HOLE
{
    uint64_t First;
    uint64_t Next;
    uint64_t Filtered; /* of First to Next, what was not asked for and is not lost */
    int64_t Time;      /* UTC, of the record after it; 0: there is none */
    int64_t LocalTime; /* the same */
    size_t LossCount;
    HOLE_LOSS Losses[HOLE_MAX_LOSSES];
} HOLE;

/* What the driver has told. The times are the caller's to set. */
void HoleOfLost(HOLE *Hole, const PRCM_LOST *Lost);

/* What a capture lacks: Kinds are counts that add up to Next - First, NULL where they are not known. */
void HoleOfGap(HOLE *Hole, uint64_t First, uint64_t Next, const char *Cause,
               const uint64_t Kinds[PRCM_KIND_COUNT]);

#endif
