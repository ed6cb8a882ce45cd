/* SPDX-License-Identifier: MIT
 *
 * The payload of a BATCHES block: batches of one session, one behind the other.
 */
#ifndef CAPTURE_BATCHES_H
#define CAPTURE_BATCHES_H

#include "capture_format.h"

/* Adds a batch, which PrcmBatchOpen found good, to what a block comes to; to one that is zero, the first.
 *   Records  as it was opened; is used up
 * false: it does not follow upon the one before. */
bool SummaryAdd(CAPTURE_SUMMARY *Summary, const PRCM_BATCH *Batch, PRCM_RECORDS *Records);

/* Checks a whole payload and says what it comes to. false: it is malformed. */
bool BatchesSummarise(const void *Raw, uint32_t Bytes, CAPTURE_SUMMARY *Summary);

/* The batch at *At of a payload that BatchesSummarise found good, and moves *At behind it. NULL: there is none. */
const PRCM_BATCH *BatchesNext(const uint8_t *Raw, uint32_t Bytes, uint32_t *At);

/* The records of a batch that was found good before. */
PRCM_RECORDS BatchRecords(const PRCM_BATCH *Batch);

#endif
