/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "account.h"
#include "token.h"

PRCM_RESULT
AccountOpen(ACCOUNT *Account, const PRCM_SUBSCRIBED *Subscribed)
{
    if (Subscribed->Size < sizeof(*Subscribed) || Subscribed->Resume < PRCM_RESUME_EXACT ||
        Subscribed->Resume > PRCM_RESUME_OTHER_INSTANCE || Subscribed->Reserved != 0 ||
        !TokenIsWellFormed(&Subscribed->Start) || Subscribed->Head < Subscribed->Start.Next ||
        Subscribed->Oldest > Subscribed->Head)
        return PRCM_ERROR_BATCH;
    if (!TokenAddsUp(&Subscribed->Start))
        return PRCM_ERROR_ACCOUNT;
    *Account = (ACCOUNT){.Start = Subscribed->Start, .Next = Subscribed->Start};
    AccountSetHead(Account, Subscribed->Start.Next, Subscribed->Start.Captured);
    return PRCM_OK;
}

/* What is counted between two places is what a reader between them was told of. Counts that were known stay
 * known. */
static bool
CountsFollow(const PRCM_TOKEN *From, const PRCM_BATCH *Batch)
{
    if (!From->CountsKnown)
        return true;
    if (!Batch->Next.CountsKnown)
        return false;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        uint64_t Taken = Batch->Delivered[Kind] + Batch->Filtered[Kind] + Batch->Lost[Kind];
        if (Batch->Next.Captured[Kind] - From->Captured[Kind] != Taken ||
            Batch->Next.Dropped[Kind] < From->Dropped[Kind])
            return false;
    }
    return true;
}

PRCM_RESULT
AccountAdd(ACCOUNT *Account, const PRCM_BATCH *Batch)
{
    if (Batch->Next.Instance != Account->Next.Instance || Batch->Number != Account->Number + 1 ||
        Batch->First != Account->Next.Next || !CountsFollow(&Account->Next, Batch))
        return PRCM_ERROR_ACCOUNT;
    if (Batch->RequiredBytes != 0)
        return PRCM_OK;
    Account->Number = Batch->Number;
    Account->Next = Batch->Next;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Account->Delivered[Kind] += Batch->Delivered[Kind];
        Account->Filtered[Kind] += Batch->Filtered[Kind];
        Account->Lost[Kind] += Batch->Lost[Kind];
    }
    Account->Unknown += Batch->Unknown;
    AccountSetHead(Account, Batch->Head, Batch->HeadCaptured);
    return PRCM_OK;
}

void
AccountSetHead(ACCOUNT *Account, uint64_t Head, const uint64_t Captured[PRCM_KIND_COUNT])
{
    if (Head < Account->Head)
        return;
    Account->Head = Head;
    memcpy(Account->HeadCaptured, Captured, sizeof(Account->HeadCaptured));
}

/* The driver's counters of one moment, less those at the start and those of our place, against our own sums.
 */
static bool
KindsClose(const ACCOUNT *Account, PRCM_ACCOUNT *Taken)
{
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Taken->Captured[Kind] = Account->HeadCaptured[Kind] - Account->Start.Captured[Kind];
        Taken->Unread[Kind] = Account->HeadCaptured[Kind] - Account->Next.Captured[Kind];
        if (Account->HeadCaptured[Kind] < Account->Next.Captured[Kind] ||
            Taken->Captured[Kind] != Account->Delivered[Kind] + Account->Filtered[Kind] +
                                         Account->Lost[Kind] + Taken->Unread[Kind])
            return false;
    }
    return true;
}

static bool
TotalsClose(const ACCOUNT *Account)
{
    uint64_t Sum = Account->Unknown;
    return CountsAdd(Account->Delivered, PRCM_KIND_COUNT, &Sum) &&
           CountsAdd(Account->Filtered, PRCM_KIND_COUNT, &Sum) &&
           CountsAdd(Account->Lost, PRCM_KIND_COUNT, &Sum) && Sum == Account->Next.Next - Account->Start.Next;
}

void
AccountTake(const ACCOUNT *Account, PRCM_ACCOUNT *Taken)
{
    *Taken = (PRCM_ACCOUNT){
        .Instance = Account->Next.Instance,
        .From = Account->Start.Next,
        .Next = Account->Next.Next,
        .Head = Account->Head,
        .Unknown = Account->Unknown,
        .KindsKnown = Account->Start.CountsKnown && Account->Next.CountsKnown,
    };
    memcpy(Taken->Delivered, Account->Delivered, sizeof(Taken->Delivered));
    memcpy(Taken->Filtered, Account->Filtered, sizeof(Taken->Filtered));
    memcpy(Taken->Lost, Account->Lost, sizeof(Taken->Lost));
    uint64_t Head = 1;
    Taken->Closed = (!Taken->KindsKnown || KindsClose(Account, Taken)) && TotalsClose(Account) &&
                    CountsAdd(Account->HeadCaptured, PRCM_KIND_COUNT, &Head) && Head == Account->Head;
}
