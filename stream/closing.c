/* SPDX-License-Identifier: MIT */
#include "closing.h"

#include <string.h>

static uint64_t
Sum(const uint64_t Counts[PRCM_KIND_COUNT])
{
    uint64_t Total = 0;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Total += Counts[Kind];
    return Total;
}

/* The counts of the place in the middle of the batch, by going back from its end: possible only if nothing was filtered,
 * as it is not told where in a batch that stood. Else the token is the bare number. */
static void
SetToken(CLOSING_CUT *Cut, const uint64_t RestDropped[PRCM_KIND_COUNT])
{
    PRCM_TOKEN Token = {.Instance = Cut->BatchNext.Instance, .Next = Cut->Next, .CountsKnown = 1};

    Cut->Token = Token;
    Cut->Token.CountsKnown = 0;
    if (!Cut->BatchNext.CountsKnown || Sum(Cut->BatchFiltered) != 0 || Cut->Unknown != 0)
        return;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Token.Captured[Kind] = Cut->BatchNext.Captured[Kind] - Cut->Delivered[Kind] - Cut->Lost[Kind];
        Token.Dropped[Kind] = Cut->BatchNext.Dropped[Kind] - RestDropped[Kind];
    }
    ClosingCutAt(Cut, &Token);
}

/* Of one kind only, it is known which. */
static void
SetFiltered(CLOSING_CUT *Cut)
{
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT && !Cut->FilteredKnown; Kind++)
    {
        if (Cut->BatchFiltered[Kind] != Sum(Cut->BatchFiltered))
            continue;
        Cut->FilteredByKind[Kind] = Cut->Filtered;
        Cut->FilteredKnown = true;
    }
}

void
ClosingCutAt(CLOSING_CUT *Cut, const PRCM_TOKEN *Token)
{
    if (!Token->CountsKnown || Token->Next != Cut->Next || Token->Instance != Cut->Token.Instance)
        return;
    Cut->Token = *Token;
    if (!Cut->BatchNext.CountsKnown || Cut->Unknown != 0)
        return;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Cut->FilteredByKind[Kind] =
            Cut->BatchNext.Captured[Kind] - Token->Captured[Kind] - Cut->Delivered[Kind] - Cut->Lost[Kind];
    Cut->FilteredKnown = true;
}

void
ClosingCut(CLOSING_CUT *Cut, const PRCM_BATCH *Batch, PRCM_RECORDS Rest, uint64_t Last)
{
    uint64_t Dropped[PRCM_KIND_COUNT] = {0};
    const PRCM_RECORD *Record = PrcmBatchNext(&Rest);

    memset(Cut, 0, sizeof(*Cut));
    if (Record == NULL)
        return;
    for (; Record != NULL; Record = PrcmBatchNext(&Rest))
    {
        if (Record->Kind != PRCM_KIND_LOST)
        {
            Cut->Delivered[Record->Kind]++;
            continue;
        }
        const PRCM_LOST *Lost = (const PRCM_LOST *)Record;
        for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        {
            Cut->Lost[Kind] += Lost->Evicted[Kind] + Lost->Dropped[Kind];
            Dropped[Kind] += Lost->Dropped[Kind];
        }
        Cut->Unknown += Lost->Unknown;
    }
    Cut->Next = Last + 1;
    Cut->Filtered = Batch->Next.Next - Cut->Next - Sum(Cut->Delivered) - Sum(Cut->Lost) - Cut->Unknown;
    Cut->BatchNext = Batch->Next;
    memcpy(Cut->BatchFiltered, Batch->Filtered, sizeof(Cut->BatchFiltered));
    SetToken(Cut, Dropped);
    SetFiltered(Cut);
}

/* A kind that this program has no name for counts as unknown. */
static CLOSING_COUNTS
FromKinds(const uint64_t Counts[PRCM_KIND_COUNT], uint64_t Unknown)
{
    CLOSING_COUNTS Result = {.Unknown = Unknown};
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        *(Kind < CLOSING_KINDS ? &Result.Kind[Kind] : &Result.Unknown) += Counts[Kind];
    return Result;
}

static void
Move(CLOSING_COUNTS *From, CLOSING_COUNTS *To, const uint64_t Counts[PRCM_KIND_COUNT])
{
    CLOSING_COUNTS Part = FromKinds(Counts, 0);
    for (uint32_t Kind = 0; Kind < CLOSING_KINDS; Kind++)
    {
        From->Kind[Kind] -= Part.Kind[Kind];
        To->Kind[Kind] += Part.Kind[Kind];
    }
    From->Unknown -= Part.Unknown;
    To->Unknown += Part.Unknown;
}

/* Where it is not known which kinds stood behind the cut, those of the whole batch become unknown on both sides. */
static void
MoveFiltered(CLOSING *Closing, const CLOSING_CUT *Cut)
{
    CLOSING_COUNTS Nowhere = {0};

    if (Cut->FilteredKnown)
    {
        Move(&Closing->FilteredDriver, &Closing->Unread, Cut->FilteredByKind);
        return;
    }
    Move(&Closing->FilteredDriver, &Nowhere, Cut->BatchFiltered);
    Closing->FilteredDriver.Unknown += Sum(Cut->BatchFiltered) - Cut->Filtered;
    Closing->Unread.Unknown += Cut->Filtered;
}

static void
ApplyCut(CLOSING *Closing, const CLOSING_CUT *Cut)
{
    Closing->Next = Cut->Next;
    Move(&Closing->Delivered, &Closing->Unread, Cut->Delivered);
    Move(&Closing->Lost, &Closing->Unread, Cut->Lost);
    Closing->Lost.Unknown -= Cut->Unknown;
    Closing->Unread.Unknown += Cut->Unknown;
    MoveFiltered(Closing, Cut);
}

static void
SetTotal(CLOSING_COUNTS *Counts)
{
    Counts->Total = Counts->Unknown;
    for (uint32_t Kind = 0; Kind < CLOSING_KINDS; Kind++)
        Counts->Total += Counts->Kind[Kind];
}

/* In all; and by kind, unless some are of unknown kind. */
static bool
AddsUp(const CLOSING *Closing)
{
    const CLOSING_COUNTS *Parts[] = {&Closing->Delivered, &Closing->FilteredDriver, &Closing->FilteredConsole,
                                     &Closing->Lost, &Closing->Unread};
    CLOSING_COUNTS Together = {0};

    for (size_t Part = 0; Part < sizeof(Parts) / sizeof(Parts[0]); Part++)
    {
        for (uint32_t Kind = 0; Kind < CLOSING_KINDS; Kind++)
            Together.Kind[Kind] += Parts[Part]->Kind[Kind];
        Together.Unknown += Parts[Part]->Unknown;
    }
    SetTotal(&Together);
    if (Together.Total != Closing->Captured.Total)
        return false;
    for (uint32_t Kind = 0; Kind < CLOSING_KINDS; Kind++)
    {
        bool Known = Together.Unknown == 0 && Closing->Captured.Unknown == 0;
        if (Known && Together.Kind[Kind] != Closing->Captured.Kind[Kind])
            return false;
    }
    return true;
}

void
ClosingBuild(CLOSING *Closing, const PRCM_ACCOUNT *Account, const PRCM_TOKEN *Token,
             const uint64_t FilteredConsole[PRCM_KIND_COUNT], const CLOSING_CUT *Cut)
{
    const uint64_t Zero[PRCM_KIND_COUNT] = {0};
    bool Known = Account->KindsKnown != 0;

    memset(Closing, 0, sizeof(*Closing));
    Closing->Instance = Account->Instance;
    Closing->From = Account->From;
    Closing->Next = Account->Next;
    Closing->Captured =
        FromKinds(Known ? Account->Captured : Zero, Known ? 0 : Account->Head - Account->From);
    Closing->Delivered = FromKinds(Account->Delivered, 0);
    Closing->FilteredDriver = FromKinds(Account->Filtered, 0);
    Closing->FilteredConsole = FromKinds(Zero, 0);
    Closing->Lost = FromKinds(Account->Lost, Account->Unknown);
    Closing->Unread = FromKinds(Known ? Account->Unread : Zero, Known ? 0 : Account->Head - Account->Next);
    if (Cut != NULL && Cut->Next != 0)
    {
        ApplyCut(Closing, Cut);
        Token = &Cut->Token;
    }
    Move(&Closing->Delivered, &Closing->FilteredConsole, FilteredConsole);

    SetTotal(&Closing->Captured);
    SetTotal(&Closing->Delivered);
    SetTotal(&Closing->FilteredDriver);
    SetTotal(&Closing->FilteredConsole);
    SetTotal(&Closing->Lost);
    SetTotal(&Closing->Unread);
    Closing->Closed = Account->Closed != 0 && AddsUp(Closing);
    PrcmTokenFormat(Token, Closing->Token);
}
