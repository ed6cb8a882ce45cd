/* SPDX-License-Identifier: MIT
 *
 * What the reader's files share.
 */
#ifndef CAPTURE_READER_H
#define CAPTURE_READER_H

#include "capture_order.h"
#include "capture_runs.h"
#include "capture_scan.h"

typedef enum READER_STEP
{
    STEP_FILE,    /* a file is to be told */
    STEP_BLOCK,   /* the next block is to be found */
    STEP_TAKE,    /* a block was found, and is to be looked at */
    STEP_FACTS,   /* in a payload of facts, at PayloadAt */
    STEP_SESSION, /* a session is to be told */
    STEP_BATCHES, /* in a payload of batches, at PayloadAt */
    STEP_BATCH,   /* a batch is to be told */
    STEP_INDEX,   /* in a payload of an index, at PayloadAt */
    STEP_NEXT,    /* a file has ended */
    STEP_AGAIN    /* the last one has */
} READER_STEP;

struct PRCM_CAPTURE_READER
{
    PRCM_CAPTURE_FILE File; /* the one that is read; no Close: none */
    CAPTURE_SCAN Scan;
    CAPTURE_PAYLOAD Payload;
    CAPTURE_RUNS Runs;
    PRCM_CAPTURE_TOTALS Totals;
    READER_STEP Step;

    uint64_t Number; /* of the next block, where NumberKnown */
    bool NumberKnown;
    bool Damaged;       /* since the last batch */
    bool Ended;         /* the last block was END */
    bool Closed;        /* as of this file's end */
    uint64_t TornBytes; /* as of this file's end */

    /* After a seek: what lies before From is not read, but for the facts at these offsets. */
    uint64_t From;
    uint64_t *Ahead;
    uint32_t AheadCount;
    uint32_t AheadAt;

    /* Of a folder; else no files. */
    PRCM_CAPTURE_STORE Store;
    CAPTURE_ORDER Order;
    uint32_t OrderAt; /* the one that is read */

    uint32_t PayloadAt;
    const PRCM_BATCH *Batch;
    uint64_t BatchFirst;
};

/* One step for a block of each kind that was checked as a whole. false: it is not well-formed. */
bool ReaderTakeFacts(PRCM_CAPTURE_READER *Reader);
bool ReaderTakePlace(PRCM_CAPTURE_READER *Reader);
bool ReaderTakeBatches(PRCM_CAPTURE_READER *Reader);
bool ReaderTakeIndex(PRCM_CAPTURE_READER *Reader);

/* One step within a payload: an item, or none (Type 0). PRCM_ERROR_MEMORY. */
PRCM_RESULT ReaderStepFacts(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item);
PRCM_RESULT ReaderStepSession(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item);
PRCM_RESULT ReaderStepBatches(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item);
PRCM_RESULT ReaderStepBatch(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item);
PRCM_RESULT ReaderStepIndex(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item);

/* The reader stands at a file's beginning. */
void ReaderBeginFile(PRCM_CAPTURE_READER *Reader);

/* Opens the file at OrderAt in the place of the one before; one that is not there any more is passed over.
 * PRCM_ERROR_NO_CAPTURE: there are no more. */
PRCM_RESULT ReaderOpenFile(PRCM_CAPTURE_READER *Reader);

/* Bytes at Offset are lost. */
void ReaderDamage(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item, uint32_t Why, uint64_t Bytes);

#endif
