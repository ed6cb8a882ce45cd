/* SPDX-License-Identifier: MIT */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "prcm.h"

/* One reader's account, kept across its batches. */
typedef struct ACCOUNT
{
    PRCM_TOKEN Start;
    PRCM_TOKEN Next;
    uint64_t Number; /* of the last batch */
    uint64_t Delivered[PRCM_KIND_COUNT];
    uint64_t Filtered[PRCM_KIND_COUNT];
    uint64_t Lost[PRCM_KIND_COUNT];
    uint64_t Unknown;
    uint64_t Head; /* the furthest heard of, and the counts below it */
    uint64_t HeadCaptured[PRCM_KIND_COUNT];
} ACCOUNT;

/* Begins an account where a subscription begins. PRCM_ERROR_BATCH: Subscribed is malformed;
 * PRCM_ERROR_ACCOUNT: its counts are not those of its number. */
PRCM_RESULT AccountOpen(ACCOUNT *Account, const PRCM_SUBSCRIBED *Subscribed);

/* PRCM_ERROR_ACCOUNT unless Batch, which PrcmBatchOpen found good, follows upon the one before. An answer
 * that only says how long the next record is follows too, and is no batch: it bears the next one's number. */
PRCM_RESULT AccountAdd(ACCOUNT *Account, const PRCM_BATCH *Batch);

/* Takes note of how far the driver has come. What is behind that which is known already is passed over: a
 * batch may have been filled before a query that was answered earlier. */
void AccountSetHead(ACCOUNT *Account, uint64_t Head, const uint64_t Captured[PRCM_KIND_COUNT]);

/* The account as it stands. */
void AccountTake(const ACCOUNT *Account, PRCM_ACCOUNT *Taken);

#endif
