/* SPDX-License-Identifier: MIT
 *
 * Numbers, lanes, readers and what a READ brings.
 */
#include "model_log.h"

#define ENTRY_BYTES 72u /* what the log keeps beside a record */
#define WRITER_BYTES                                                                                         \
    (16u * 1024u) /* what completes a waiting READ is at most so long, or one larger record */

static uint32_t
LaneOf(uint32_t Kind)
{
    return Kind == PRCM_KIND_IMAGE ? PRCM_LANE_IMAGE : PRCM_LANE_LIFECYCLE;
}

static uint64_t
Sum(const uint64_t *Counts)
{
    uint64_t Total = 0;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Total += Counts[Kind];
    return Total;
}

/* ---- Counts as of a number ---- */

static const uint64_t *
CapturedBelow(const MODEL *Model, uint64_t Number)
{
    return Number == Model->Next ? Model->Captured : Model->Events[Number].CapturedBefore;
}

static const uint64_t *
DroppedBelow(const MODEL *Model, uint64_t Number)
{
    return Number == Model->Next ? Model->Dropped : Model->Events[Number].DroppedBefore;
}

static void
TokenCount(const MODEL *Model, PRCM_TOKEN *Token)
{
    memcpy(Token->Captured, CapturedBelow(Model, Token->Next), sizeof(Token->Captured));
    memcpy(Token->Dropped, DroppedBelow(Model, Token->Next), sizeof(Token->Dropped));
    Token->CountsKnown = 1;
}

/* ---- Writing ---- */

/* The lowest number of a lane that is still being filled, or UINT64_MAX. */
static uint64_t
LaneFilling(const MODEL *Model, uint32_t Lane)
{
    uint64_t Lowest = UINT64_MAX;
    for (ULONG Index = 0; Index < Model->FillingCount; Index++)
        if (LaneOf(Model->Events[Model->Filling[Index]].Record.Header.Kind) == Lane)
            Lowest = min(Lowest, Model->Filling[Index]);
    return Lowest;
}

static void
Evict(void *Context, uint64_t Number)
{
    MODEL *Model = Context;
    MODEL_EVENT *Event = &Model->Events[Number];
    Event->Kept = false;
    Model->Evicted[Event->Record.Header.Kind]++;
}

uint64_t
ModelReserve(MODEL *Model, const MODEL_EVENT *Draft)
{
    uint64_t Number = Model->Next;
    MODEL_EVENT *Event = &Model->Events[Number];
    uint32_t Kind = Draft->Record.Header.Kind;
    uint32_t Lane = LaneOf(Kind);
    uint64_t Filling = LaneFilling(Model, Lane);

    *Event = *Draft;
    Event->Record.Header.Sequence = Number;
    Event->Record.Header.Time = ModelTime(Model);
    memcpy(Event->CapturedBefore, Model->Captured, sizeof(Model->Captured));
    memcpy(Event->DroppedBefore, Model->Dropped, sizeof(Model->Dropped));
    Event->Kept = LaneModelReserve(&Model->Lanes[Lane], Number, ENTRY_BYTES + Draft->Record.Header.Size,
                                   Filling, Evict, Model);
    Event->Dropped = !Event->Kept;
    Model->Next++;
    Model->Captured[Kind]++;
    Model->Dropped[Kind] += Event->Dropped;
    if (Event->Kept)
        Model->Filling[Model->FillingCount++] = Number;
    else if (!Model->StallSince[Lane])
        Model->StallSince[Lane] = ModelTime(Model);
    return Number;
}

static void
CountEvicted(void *Context, uint64_t Number)
{
    (void)Number;
    ++*(uint64_t *)Context;
}

bool
ModelExplains(MODEL *Model, const MODEL_EVENT *Draft, uint32_t Size, const PRCM_QUERY *Query)
{
    uint32_t Index = LaneOf(Draft->Record.Header.Kind);
    LANE_MODEL *Lane = &Model->Lanes[Index];
    uint32_t First = Lane->First;
    uint32_t End = Lane->End;
    uint64_t Head = Lane->Head;
    uint64_t Evicted = Sum(Model->Evicted);
    LaneModelReserve(Lane, Model->Next, ENTRY_BYTES + Size, LaneFilling(Model, Index), CountEvicted,
                     &Evicted);
    uint64_t Used = LaneModelUsed(Lane);
    Lane->First = First;
    Lane->End = End;
    Lane->Head = Head;
    return Query->Lanes[Index].Used == Used && Sum(Query->Evicted) == Evicted;
}

static LONGLONG
LaneStall(const MODEL *Model, uint32_t Lane)
{
    return Model->StallSince[Lane] ? max(ModelTime(Model) - Model->StallSince[Lane], 1) : 0;
}

LONGLONG
ModelLongestStall(const MODEL *Model)
{
    LONGLONG Longest = Model->LongestStall;
    for (uint32_t Lane = 0; Lane < PRCM_LANE_COUNT; Lane++)
        Longest = max(Longest, LaneStall(Model, Lane));
    return Longest;
}

void
ModelCommit(MODEL *Model, uint64_t Number)
{
    const MODEL_EVENT *Event = &Model->Events[Number];
    uint32_t Lane = LaneOf(Event->Record.Header.Kind);
    uint64_t Before = Model->Published;
    if (Event->Dropped)
        return;
    if (LaneFilling(Model, Lane) == Number)
    {
        Model->LongestStall = max(Model->LongestStall, LaneStall(Model, Lane));
        Model->StallSince[Lane] = 0;
    }
    ULONG Index = 0;
    while (Model->Filling[Index] != Number)
        Index++;
    Model->Filling[Index] = Model->Filling[--Model->FillingCount];
    Model->Published = min(LaneFilling(Model, PRCM_LANE_LIFECYCLE), LaneFilling(Model, PRCM_LANE_IMAGE));
    Model->Published = min(Model->Published, Model->Next);
    for (ULONG At = 0; At < MODEL_MAX_FILES && Model->Published != Before; At++)
        if (Model->Files[At].Pended && !Model->Files[At].Done)
            ModelServe(Model, &Model->Files[At], WRITER_BYTES, false);
}

/* ---- Reading ---- */

/* A batch in the making. */
typedef struct OUTPUT
{
    MODEL_BATCH *Batch;
    ULONG Bytes;
    ULONG SoftBytes;
} OUTPUT;

/* Whether a record of Bytes bytes goes into the batch. */
static bool
OutputPlace(OUTPUT *Output, ULONG Bytes)
{
    PRCM_BATCH *Header = &Output->Batch->Header;
    bool First = Header->RecordCount == 0;
    if (Header->Bytes + Bytes > Output->Bytes || (!First && Header->Bytes >= Output->SoftBytes))
    {
        Header->RequiredBytes = First ? Header->Bytes + Bytes : 0;
        return false;
    }
    Header->Bytes += Bytes;
    Header->RecordCount++;
    return true;
}

static MODEL_ITEM *
OutputItem(OUTPUT *Output)
{
    MODEL_BATCH *Batch = Output->Batch;
    if (Batch->Count == Batch->Room)
    {
        Batch->Room = 2 * Batch->Room + 64;
        Batch->Items = realloc(Batch->Items, Batch->Room * sizeof(*Batch->Items));
        NT_ASSERT(Batch->Items);
    }
    return &Batch->Items[Batch->Count++];
}

/* Whether the reader looks at the lane in which events of Kind live. */
static bool
ReaderLooksAt(const MODEL_READER *Reader, uint32_t Kind)
{
    ULONG Kinds = LaneOf(Kind) == PRCM_LANE_IMAGE
                      ? PRCM_KIND_BIT(PRCM_KIND_IMAGE)
                      : PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT);
    return (Reader->Kinds & Kinds) != 0;
}

static bool
ReaderWants(const MODEL_READER *Reader, const PRCM_RECORD *Record)
{
    bool Key = Reader->KeyCount == 0;
    for (ULONG Index = 0; Index < Reader->KeyCount; Index++)
        Key |= Reader->Keys[Index] == Record->Key;
    return Key && (Reader->Kinds & PRCM_KIND_BIT(Record->Kind));
}

/* The next number that survived in the lanes that the reader looks at, or where the published ones end. */
static uint64_t
ReaderNext(const MODEL *Model, const MODEL_READER *Reader)
{
    uint64_t Number = Reader->At.Next;
    while (Number < Model->Published &&
           !(Model->Events[Number].Kept && ReaderLooksAt(Reader, Model->Events[Number].Record.Header.Kind)))
        Number++;
    return Number;
}

/* What is missing up to Target: loss by subtraction. How many the reader misses. */
static uint64_t
HoleCount(const MODEL *Model, const MODEL_READER *Reader, uint64_t Target, PRCM_LOST *Lost,
          uint64_t *Filtered)
{
    const uint64_t *Captured = CapturedBelow(Model, Target);
    const uint64_t *Dropped = DroppedBelow(Model, Target);
    const PRCM_TOKEN *At = &Reader->At;
    bool Known = At->CountsKnown;
    *Lost =
        (PRCM_LOST){.Header = {.Size = sizeof(*Lost), .Kind = PRCM_KIND_LOST, .FixedSize = sizeof(*Lost)}};
    Lost->Header.Sequence = At->Next;
    Lost->NextSequence = Target;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Known &= Captured[Kind] >= At->Captured[Kind] && Dropped[Kind] >= At->Dropped[Kind] &&
                 Captured[Kind] - At->Captured[Kind] >= Dropped[Kind] - At->Dropped[Kind];
    memset(Filtered, 0, PRCM_KIND_COUNT * sizeof(*Filtered));
    if (!Known)
        return Lost->Unknown = Target - At->Next;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        uint64_t Missing = Captured[Kind] - At->Captured[Kind];
        if (!(Reader->Kinds & PRCM_KIND_BIT(Kind)))
        {
            Filtered[Kind] = Missing;
            continue;
        }
        Lost->Dropped[Kind] = Dropped[Kind] - At->Dropped[Kind];
        Lost->Evicted[Kind] = Missing - Lost->Dropped[Kind];
    }
    Lost->Filtered = Sum(Filtered);
    return Sum(Lost->Dropped) + Sum(Lost->Evicted);
}

/* The reader goes on to Target, over numbers that it will not get. False: there is no room to say so. */
static bool
ReaderCross(const MODEL *Model, MODEL_READER *Reader, OUTPUT *Output, uint64_t Target)
{
    PRCM_LOST Lost;
    uint64_t Filtered[PRCM_KIND_COUNT];
    if (HoleCount(Model, Reader, Target, &Lost, Filtered))
    {
        if (!OutputPlace(Output, sizeof(Lost)))
            return false;
        Lost.Header.Time = Target < Model->Published ? Model->Events[Target].Record.Header.Time : 0;
        *OutputItem(Output) = (MODEL_ITEM){.Lost = Lost};
        for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
            Output->Batch->Header.Lost[Kind] += Lost.Evicted[Kind] + Lost.Dropped[Kind];
        Output->Batch->Header.Unknown += Lost.Unknown;
    }
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Reader->Filtered[Kind] += Filtered[Kind];
    Reader->At.Next = Target;
    TokenCount(Model, &Reader->At);
    return true;
}

/* The event at the reader's place. False: there is no room for it. */
static bool
ReaderTake(const MODEL *Model, MODEL_READER *Reader, OUTPUT *Output)
{
    const PRCM_RECORD *Record = &Model->Events[Reader->At.Next].Record.Header;
    if (ReaderWants(Reader, Record))
    {
        if (!OutputPlace(Output, Record->Size))
            return false;
        *OutputItem(Output) = (MODEL_ITEM){.Number = Reader->At.Next};
        Output->Batch->Header.Delivered[Record->Kind]++;
    }
    else
    {
        Reader->Filtered[Record->Kind]++;
    }
    Reader->At.Captured[Record->Kind]++;
    Reader->At.Next++;
    return true;
}

/* False: something did not fit. */
static bool
ReaderWalk(const MODEL *Model, MODEL_READER *Reader, OUTPUT *Output)
{
    while (Reader->At.Next < Model->Published)
    {
        uint64_t Target = ReaderNext(Model, Reader);
        if (Target != Reader->At.Next && !ReaderCross(Model, Reader, Output, Target))
            return false;
        if (Target < Model->Published && !ReaderTake(Model, Reader, Output))
            return false;
    }
    return true;
}

void
ModelServe(MODEL *Model, MODEL_FILE *File, ULONG SoftBytes, bool EvenEmpty)
{
    MODEL_READER *Reader = &File->Reader;
    MODEL_BATCH *Batch = &File->Read;
    PRCM_BATCH *Header = &Batch->Header;
    OUTPUT Output = {.Batch = Batch, .Bytes = File->ReadBytes, .SoftBytes = SoftBytes};

    Batch->Count = 0;
    *Header = (PRCM_BATCH){.Size = sizeof(*Header), .Bytes = sizeof(*Header)};
    bool Whole = ReaderWalk(Model, Reader, &Output);
    if (Whole && !Header->RecordCount && !EvenEmpty)
        return;
    File->Done = true;
    Batch->Status = Whole || Header->RecordCount ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
    Batch->Misled = Reader->Misled;
    Header->Number = Reader->Batches + 1;
    Header->First = Reader->Told.Next;
    if (NT_SUCCESS(Batch->Status))
    {
        memcpy(Header->Filtered, Reader->Filtered, sizeof(Header->Filtered));
        memset(Reader->Filtered, 0, sizeof(Reader->Filtered));
        Reader->Told = Reader->At;
        Reader->Batches++;
    }
    Header->Next = Reader->Told;
    Header->Head = Model->Next;
    memcpy(Header->HeadCaptured, Model->Captured, sizeof(Header->HeadCaptured));
}

/* ---- Where a reader starts ---- */

uint64_t
ModelOldest(const MODEL *Model)
{
    uint64_t Oldest = Model->Next;
    for (uint32_t Lane = 0; Lane < PRCM_LANE_COUNT; Lane++)
        if (LaneModelOldest(&Model->Lanes[Lane]))
            Oldest = min(Oldest, LaneModelOldest(&Model->Lanes[Lane]));
    return Oldest;
}

/* Whether this instance can have given Token. */
static bool
TokenIsPossible(const MODEL *Model, const PRCM_TOKEN *Token)
{
    if (Token->Next == 0 || Token->Next > Model->Next)
        return false;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        if (Token->Captured[Kind] > Model->Captured[Kind] || Token->Dropped[Kind] > Model->Dropped[Kind] ||
            Token->Dropped[Kind] > Token->Captured[Kind])
            return false;
    return Sum(Token->Captured) == (Token->CountsKnown ? Token->Next - 1 : 0);
}

/* The counts as of a bare number are known if its own record is kept, or the one before, or none can be
 * missing. */
static bool
CountsAreKept(const MODEL *Model, uint64_t Number)
{
    return Number == 1 || Number == Model->Next || Model->Events[Number].Kept ||
           Model->Events[Number - 1].Kept;
}

static bool
PlaceAtToken(const MODEL *Model, const PRCM_TOKEN *Token, MODEL_READER *Reader)
{
    PRCM_TOKEN *At = &Reader->At;
    if (!TokenIsPossible(Model, Token))
        return false;
    Reader->Misled =
        Token->CountsKnown &&
        (memcmp(Token->Captured, CapturedBelow(Model, Token->Next), sizeof(Token->Captured)) != 0 ||
         memcmp(Token->Dropped, DroppedBelow(Model, Token->Next), sizeof(Token->Dropped)) != 0);
    *At = *Token;
    At->Instance = Model->Constant.Instance;
    if (!Token->CountsKnown && CountsAreKept(Model, Token->Next))
        TokenCount(Model, At);
    return true;
}

bool
ModelPlaceReader(const MODEL *Model, const PRCM_SUBSCRIBE *Request, MODEL_READER *Reader, uint32_t *Resume)
{
    PRCM_TOKEN *At = &Reader->At;
    *Reader = (MODEL_READER){.Kinds = Request->Kinds, .KeyCount = Request->KeyCount};
    memcpy(Reader->Keys, Request->Keys, sizeof(Reader->Keys));
    At->Instance = Model->Constant.Instance;
    *Resume = PRCM_RESUME_EXACT;
    if (Request->From == PRCM_FROM_TOKEN && Request->Token.Instance != At->Instance)
    {
        At->Next = 1;
        At->CountsKnown = 1;
        *Resume = PRCM_RESUME_OTHER_INSTANCE;
    }
    else if (Request->From == PRCM_FROM_TOKEN || Request->From == PRCM_FROM_SEQUENCE)
    {
        if (!PlaceAtToken(Model, &Request->Token, Reader))
            return false;
        *Resume = At->CountsKnown ? PRCM_RESUME_EXACT : PRCM_RESUME_KINDS_UNKNOWN;
    }
    else if (Request->From == PRCM_FROM_OLDEST || Request->From == PRCM_FROM_NOW)
    {
        At->Next = Request->From == PRCM_FROM_NOW ? Model->Next : ModelOldest(Model);
        TokenCount(Model, At);
    }
    else
    {
        return false;
    }
    Reader->Told = *At;
    return true;
}
