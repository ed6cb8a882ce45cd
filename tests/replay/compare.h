/* SPDX-License-Identifier: MIT
 *
 * One reader's records, one by one and field by field, with what was raised: each of an id's events at most
 * once, in order, and what does not come counted by kind.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "model.h"

#define COMPARE_MAX_NOTES  8u
#define COMPARE_NOTE_BYTES 240u

/* What a reader asked for. */
typedef struct WANTED
{
    uint32_t Kinds;  /* PRCM_KIND_BIT */
    bool OneProcess; /* events of Id alone, and the end */
    uint32_t Id;
} WANTED;

typedef struct COMPARISON
{
    const MODEL *Model;
    WANTED Wanted;
    uint32_t *At; /* by id: the event after the last that came, or MODEL_NONE */
    uint64_t Sequence;
    uint64_t Raised[PRCM_KIND_COUNT]; /* of those wanted, without the end */
    uint64_t Delivered[PRCM_KIND_COUNT];
    uint64_t Missing[PRCM_KIND_COUNT]; /* after CompareFinish */
    uint64_t Mismatches;
    bool Ended;                                        /* the end has come */
    char Notes[COMPARE_MAX_NOTES][COMPARE_NOTE_BYTES]; /* what the first mismatches are */
} COMPARISON;

/* Model must outlive it. */
void CompareInit(COMPARISON *Comparison, const MODEL *Model, const WANTED *Wanted);

/* A record that PrcmBatchNext handed out, LOST included. */
void CompareRecord(COMPARISON *Comparison, const PRCM_RECORD *Record);

/* No more records come. Lost is what the driver says that it did not deliver, by kind, which must be what is
 * missing; for one process's reader it may be more, as what was not kept has no id. */
void CompareFinish(COMPARISON *Comparison, const uint64_t Lost[PRCM_KIND_COUNT]);

/* One more mismatch. */
void CompareNote(COMPARISON *Comparison, const char *Format, ...) __attribute__((format(printf, 2, 3)));

#endif
