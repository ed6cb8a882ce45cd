/* SPDX-License-Identifier: MIT
 *
 * The account with which watch and selftest close: the library's, less what the console itself left out, and
 * as of the last event shown where that was in the middle of a batch.
 */
#ifndef STREAM_CLOSING_H
#define STREAM_CLOSING_H

#include <stdbool.h>

#include "prcm.h"

#define CLOSING_KINDS 3u /* start, exit, image */

typedef struct CLOSING_COUNTS
{
    uint64_t Kind[CLOSING_KINDS];
    uint64_t Unknown; /* of a kind that cannot be told */
    uint64_t Total;
} CLOSING_COUNTS;

typedef struct CLOSING
{
    uint64_t Instance;
    uint64_t From;
    uint64_t Next;
    CLOSING_COUNTS Captured; /* the sum of those below */
    CLOSING_COUNTS Delivered;
    CLOSING_COUNTS FilteredDriver;
    CLOSING_COUNTS FilteredConsole;
    CLOSING_COUNTS Lost;
    CLOSING_COUNTS Unread;
    bool Closed;
    char Token[PRCM_TOKEN_TEXT_BYTES];
} CLOSING;

/* The part of the last batch that was not shown. */
typedef struct CLOSING_CUT
{
    PRCM_TOKEN Token; /* of the first number that was not shown */
    uint64_t Next;    /* that number; 0: the batch was shown whole */
    uint64_t Delivered[PRCM_KIND_COUNT];
    uint64_t Lost[PRCM_KIND_COUNT];
    uint64_t Unknown;
    uint64_t Filtered; /* where in a batch they stood is not told, */
    uint64_t
        FilteredByKind[PRCM_KIND_COUNT]; /* so by kind only if Token has counts, or all are of one kind */
    bool FilteredKnown;
    PRCM_TOKEN BatchNext;
    uint64_t BatchFiltered[PRCM_KIND_COUNT];
} CLOSING_CUT;

/* Cuts Batch behind the number Last. Rest stands behind the record that bears it. */
void ClosingCut(CLOSING_CUT *Cut, const PRCM_BATCH *Batch, PRCM_RECORDS Rest, uint64_t Last);

/* Gives the cut the counts of its place, if Token is of that place and has them. */
void ClosingCutAt(CLOSING_CUT *Cut, const PRCM_TOKEN *Token);

/* Account and Token are as after the last batch; FilteredConsole is what of it the console left out. Cut may
 * be NULL. */
void ClosingBuild(CLOSING *Closing, const PRCM_ACCOUNT *Account, const PRCM_TOKEN *Token,
                  const uint64_t FilteredConsole[PRCM_KIND_COUNT], const CLOSING_CUT *Cut);

#endif
