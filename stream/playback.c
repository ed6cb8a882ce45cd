/* SPDX-License-Identifier: MIT */
#include "playback.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NOTICE_BYTES 512

void
PlaybackInit(PLAYBACK *Playback, PRCM_CAPTURE_READER *Reader, STREAM *Stream, FACTS *Facts)
{
    memset(Playback, 0, sizeof(*Playback));
    Playback->Reader = Reader;
    Playback->Stream = Stream;
    Playback->Facts = Facts;
    Playback->Complete = true;
    Playback->Closed = true;
}

static void
Notice(const PLAYBACK *Playback, const PRCM_CAPTURE_ITEM *Item, const char *Text)
{
    char Whole[NOTICE_BYTES];

    if (Playback->Notice == NULL)
        return;
    snprintf(Whole, sizeof(Whole), "%s%s%s", Item->Name != NULL ? Item->Name : "",
             Item->Name != NULL ? ": " : "", Text);
    Playback->Notice(Playback->Context, Whole);
}

const char *
PlaybackDamageText(uint32_t Why)
{
    switch (Why)
    {
    case PRCM_DAMAGE_NULS:
        return "zeros, as after a power cut";
    case PRCM_DAMAGE_PARTIAL:
        return "a block that was not written to its end";
    case PRCM_DAMAGE_HEADER:
        return "no block begins where one should";
    case PRCM_DAMAGE_PAYLOAD:
        return "a block's checksum is wrong";
    case PRCM_DAMAGE_CONTENT:
        return "a block's content is not well-formed";
    case PRCM_DAMAGE_ACCOUNT:
        return "a batch does not add up with those before it";
    case PRCM_DAMAGE_NUMBER:
        return "blocks are missing, or there twice";
    default:
        return "damaged";
    }
}

static void
ShowDamage(PLAYBACK *Playback, const PRCM_CAPTURE_ITEM *Item, const char *What)
{
    char Text[NOTICE_BYTES];

    snprintf(Text, sizeof(Text), "%" PRIu64 " bytes at offset %" PRIu64 " %s: %s.", Item->Bytes, Item->Offset,
             What, PlaybackDamageText(Item->Why));
    Notice(Playback, Item, Text);
}

/* A write that did not finish leaves a part of a block, or zeros: that loses nothing that had been recorded. Anything else at
 * the end may have been a block. */
static void
ShowTorn(PLAYBACK *Playback, const PRCM_CAPTURE_ITEM *Item)
{
    if (Item->Bytes == 0)
        return;
    if (Item->Why != PRCM_DAMAGE_PARTIAL && Item->Why != PRCM_DAMAGE_NULS)
        Playback->Complete = false;
    ShowDamage(Playback, Item, "at the end are torn");
}

/* What each number was told as is counted once: where sessions overlap, what came again is taken off. Of what was filtered
 * nobody knows which came again; the sum is right. */
static void
TakeOffRepeated(const PLAYBACK *Playback, uint64_t Repeated, PRCM_ACCOUNT *Account)
{
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Account->Delivered[Kind] -= Playback->Repeated[Kind];
        Repeated -= Playback->Repeated[Kind];
    }
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        uint64_t Part = Repeated < Account->Filtered[Kind] ? Repeated : Account->Filtered[Kind];
        Account->Filtered[Kind] -= Part;
        Repeated -= Part;
    }
}

/* A capture's account in the form of a session's, which a closing is made from. Nothing is left unread. */
static void
AccountOf(const PLAYBACK *Playback, const PRCM_CAPTURE_ACCOUNT *Capture, PRCM_ACCOUNT *Account)
{
    memset(Account, 0, sizeof(*Account));
    Account->Instance = Capture->Instance;
    Account->From = Capture->From;
    Account->Next = Capture->Next;
    Account->Head = Capture->Next;
    Account->Unknown = Capture->Unknown + Capture->Missing;
    memcpy(Account->Delivered, Capture->Delivered, sizeof(Account->Delivered));
    memcpy(Account->Filtered, Capture->Filtered, sizeof(Account->Filtered));
    memcpy(Account->Lost, Capture->Lost, sizeof(Account->Lost));
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Account->Lost[Kind] += Playback->Gaps[Kind];
        Account->Unknown -= Playback->Gaps[Kind];
    }
    TakeOffRepeated(Playback, Capture->Repeated, Account);
    Account->KindsKnown = Account->Unknown == 0;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT && Account->KindsKnown; Kind++)
        Account->Captured[Kind] = Account->Delivered[Kind] + Account->Filtered[Kind] + Account->Lost[Kind];
    Account->Closed = 1; /* the reader has checked it; what it is made into is checked again */
}

static bool
FindAccount(const PLAYBACK *Playback, PRCM_CAPTURE_ACCOUNT *Account)
{
    uint32_t Count = PrcmCaptureAccountCount(Playback->Reader);

    for (uint32_t Index = 0; Index < Count; Index++)
    {
        if (PrcmCaptureAccount(Playback->Reader, Index, Account) == PRCM_OK &&
            Account->Instance == Playback->Instance)
            return true;
    }
    return false;
}

static void
CloseRun(PLAYBACK *Playback)
{
    PRCM_CAPTURE_ACCOUNT Capture;
    PRCM_ACCOUNT Account;
    CLOSING Closing;

    if (!Playback->Begun || !FindAccount(Playback, &Capture))
        return;
    AccountOf(Playback, &Capture, &Account);
    StreamClose(Playback->Stream, &Account, &Playback->Token, &Closing);
    Playback->Closed = Playback->Closed && Closing.Closed;
    Playback->Complete = Playback->Complete && Closing.Lost.Total == 0;
    Playback->Begun = false;
}

static void
SetOrigin(PLAYBACK *Playback, uint64_t Instance, FORMAT_ORIGIN *Origin)
{
    UTF16 Name;

    memset(Origin, 0, sizeof(*Origin));
    Origin->Instance = Instance;
    Origin->HostStatus = FactsHostName(Playback->Facts, &Name);
    Origin->Host.Units = Playback->Host;
    Origin->Host.Count = Name.Count < PLAYBACK_HOST_UNITS ? Name.Count : PLAYBACK_HOST_UNITS;
    if (Name.Units != NULL)
        memcpy(Playback->Host, Name.Units, Origin->Host.Count * sizeof(uint16_t));
}

/* What was asked for is told behind the session, so a run begins with its first batch or gap. */
static void
BeginRun(PLAYBACK *Playback, uint64_t Instance)
{
    FORMAT_ORIGIN Origin;
    PRCM_SUBSCRIPTION Asked;
    PRCM_SUBSCRIBED Given;
    PRCM_QUERY Query;
    FORMAT_HEADER Header = {
        .Boot = FactsBootTime(Playback->Facts),
        .ConsoleVersion = PrcmVersion(),
        .Driver = FactsQuery(Playback->Facts, &Query) ? &Query : NULL,
        .Asked = FactsAsked(Playback->Facts, &Asked) ? &Asked : NULL,
        .Given = FactsSubscribed(Playback->Facts, &Given) ? &Given : NULL,
        .Patterns = Playback->Stream->Patterns,
        .PatternCount = Playback->Stream->PatternCount,
        .System = (const PRCM_FACT_SYSTEM_INFO *)FactsOne(Playback->Facts, PRCM_FACT_SYSTEM),
    };

    Playback->Expected = false;
    if (Playback->Begun && Playback->Instance == Instance)
        return;
    CloseRun(Playback);
    SetOrigin(Playback, Instance, &Origin);
    if (Header.Asked != NULL)
        Playback->Stream->View.Kinds = Asked.Kinds;
    StreamBegin(Playback->Stream, &Origin, &Header);
    if (Header.Given != NULL && Given.Start.Instance == Instance)
        Playback->Token = Given.Start;
    Playback->Begun = true;
    Playback->Instance = Instance;
    Playback->Runs++;
    memset(Playback->Repeated, 0, sizeof(Playback->Repeated));
    memset(Playback->Gaps, 0, sizeof(Playback->Gaps));
}

static bool
ShowBatch(PLAYBACK *Playback, const PRCM_CAPTURE_ITEM *Item)
{
    PRCM_RECORDS Records = Item->Records;
    PRCM_RECORDS Ahead = Records;
    const PRCM_RECORD *Record;

    BeginRun(Playback, Item->Batch->Next.Instance);
    FactsFillPaths(Playback->Facts, &Playback->Stream->View.Paths);
    Playback->Token = Item->Batch->Next;
    while ((Record = PrcmBatchNext(&Ahead)) != NULL && Record->Sequence < Item->First)
    {
        Playback->Repeated[Record->Kind] += Record->Kind != PRCM_KIND_LOST;
        Records = Ahead;
    }
    return StreamBatch(Playback->Stream, Item->Batch, Records);
}

static bool
ShowGap(PLAYBACK *Playback, const PRCM_CAPTURE_ITEM *Item)
{
    static const char *const Causes[] = {
        [PRCM_GAP_DAMAGED] = HOLE_CAUSE_DAMAGED,
        [PRCM_GAP_NOT_RECORDED] = HOLE_CAUSE_NOT_RECORDED,
        [PRCM_GAP_FILE_MISSING] = HOLE_CAUSE_FILE_MISSING,
    };
    bool Known = Item->Why >= PRCM_GAP_DAMAGED && Item->Why <= PRCM_GAP_FILE_MISSING;
    HOLE Hole;

    BeginRun(Playback, Item->Instance);
    Playback->Complete = false;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT && Item->KindsKnown; Kind++)
        Playback->Gaps[Kind] += Item->Missing[Kind];
    HoleOfGap(&Hole, Item->First, Item->Next, Known ? Causes[Item->Why] : HOLE_CAUSE_NOT_RECORDED,
              Item->KindsKnown ? Item->Missing : NULL);
    return StreamHole(Playback->Stream, &Hole);
}

static void
ShowUnknown(PLAYBACK *Playback, const PRCM_CAPTURE_ITEM *Item)
{
    char Text[NOTICE_BYTES];

    snprintf(Text, sizeof(Text), "a block of kind %u, version %u is passed over: a newer prcm may know it.",
             (unsigned)Item->Kind, (unsigned)Item->Version);
    Notice(Playback, Item, Text);
}

bool
PlaybackItem(PLAYBACK *Playback, const PRCM_CAPTURE_ITEM *Item)
{
    switch (Item->Type)
    {
    case PRCM_ITEM_FACT:
        if (!FactsAdd(Playback->Facts, Item->Fact))
            Notice(Playback, Item,
                   "there is no memory for all that is known of the host: some names may be missing.");
        return true;
    case PRCM_ITEM_SESSION:
        Playback->Expected = true;
        Playback->ExpectedInstance = Item->Instance;
        return true;
    case PRCM_ITEM_BATCH:
        return ShowBatch(Playback, Item);
    case PRCM_ITEM_GAP:
        return ShowGap(Playback, Item);
    case PRCM_ITEM_DAMAGE:
        Playback->Complete = false;
        ShowDamage(Playback, Item, "are damaged");
        return true;
    case PRCM_ITEM_UNKNOWN:
        ShowUnknown(Playback, Item);
        return true;
    case PRCM_ITEM_FILE_END:
        ShowTorn(Playback, Item);
        return true;
    default:
        return true;
    }
}

void
PlaybackEnd(PLAYBACK *Playback)
{
    if (Playback->Expected)
        BeginRun(Playback, Playback->ExpectedInstance);
    CloseRun(Playback);
}
