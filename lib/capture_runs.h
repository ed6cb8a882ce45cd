/* SPDX-License-Identifier: MIT
 *
 * The accounts of a capture: one for each run of the driver that is in it.
 */
#ifndef CAPTURE_RUNS_H
#define CAPTURE_RUNS_H

#include "account.h"
#include "capture_format.h"

typedef struct CAPTURE_RUN
{
    PRCM_CAPTURE_ACCOUNT Public;
    PRCM_TOKEN At;  /* where the next batch is to begin */
    uint64_t Batch; /* number of the last one in its session */
} CAPTURE_RUN;

typedef struct CAPTURE_RUNS
{
    CAPTURE_RUN *Runs; /* in the order of their coming */
    uint32_t Count;
    uint32_t Room;
} CAPTURE_RUNS;

/* Numbers that are not in the capture, by kind where known. */
typedef struct RUN_GAP
{
    uint64_t First;
    uint64_t Next;
    bool KindsKnown;
    uint64_t Missing[PRCM_KIND_COUNT];
} RUN_GAP;

void RunsDestroy(CAPTURE_RUNS *Runs);

/* The run of Instance, which is made if it is new; it begins at First. NULL: no memory. */
CAPTURE_RUN *RunsFind(CAPTURE_RUNS *Runs, uint64_t Instance, uint64_t First);

/* A session goes on from Token. true: numbers are missing before it; the run stands behind them. */
bool RunPlace(CAPTURE_RUN *Run, const PRCM_TOKEN *Token, uint64_t LastBatch, RUN_GAP *Gap);

/* Numbers below Next are known to have been there. true: they were not told, and the run stands behind them. */
bool RunExpect(CAPTURE_RUN *Run, uint64_t Next, RUN_GAP *Gap);

/* Something may be missing that nobody knows of: the next batches may be another session's. */
void RunsForget(CAPTURE_RUNS *Runs);

/* Before a batch is taken. true: numbers are missing before it, and the run stands at its beginning. */
bool RunReach(CAPTURE_RUN *Run, const PRCM_BATCH *Batch, RUN_GAP *Gap);

/* Whether all that a batch says was told before. */
bool RunHas(const CAPTURE_RUN *Run, const PRCM_BATCH *Batch);

/* Takes a batch that RunReach has looked at. false: it does not add up with those before; it is taken all the same. */
bool RunTake(CAPTURE_RUN *Run, const PRCM_BATCH *Batch);

/* The times of a block whose batches were taken. */
void RunTakeTimes(CAPTURE_RUN *Run, const CAPTURE_SUMMARY *Summary);

#endif
