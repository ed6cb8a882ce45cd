/* SPDX-License-Identifier: MIT
 *
 * One spin lock guards the log. Under it an event gets its number, its time and its space; the record itself
 * is filled outside, and a second, short hold commits it.
 *
 *     entry:   (free) --LogReserve--> filling --LogCommit--> committed --eviction--> (free)
 *
 * A filling entry belongs to whoever reserved it, all but what the log keeps for itself and the members that
 * LogReserve sets: these are written in the hold that reserved it, and readers look at them. A committed entry
 * belongs to the log and is read and evicted under the lock only.
 *
 * Published is the lowest number still filling, or Next if none is. It moves at a commit alone: a reserve
 * adds a higher number, and a drop happens only behind an entry that is filling. Readers see numbers below
 * it.
 *
 * Each entry carries the counts by kind as of its number, so that a reader who meets a hole in the numbers
 * learns by subtraction what is missing, of which kinds, and why, without anybody having kept a list.
 */
#include "log.h"

/* How much a reader does in one hold of the lock, one record of the largest size more at most. */
#define LOG_SLICE_STEPS 32u
#define LOG_SLICE_BYTES (64u * 1024u)

typedef struct LOG_ENTRY
{
    ULONG Bytes; /* of the entry with its record; a multiple of 8 */
    ULONG IsPad; /* fills the end of the lane where a record did not fit; only these two members exist then */
    LIST_ENTRY Link;   /* LOG_LANE.Filling, while filling */
    LOG_COUNTS Before; /* of all numbers lower than this one's */
    PRCM_RECORD Record;
} LOG_ENTRY;

#define LOG_ENTRY_BYTES(RecordBytes) ((ULONG)FIELD_OFFSET(LOG_ENTRY, Record) + (RecordBytes))

C_ASSERT(FIELD_OFFSET(LOG_ENTRY, Record) % 8 == 0);
/* Eight of the largest fit whatever padding stands at the lane's end, which is less than one more. */
C_ASSERT(8 * (FIELD_OFFSET(LOG_ENTRY, Record) + PRCM_MAX_RECORD_BYTES) +
             (FIELD_OFFSET(LOG_ENTRY, Record) + PRCM_MAX_RECORD_BYTES) <=
         PRCM_MIN_LANE_BYTES);

/* Where a reader's next batch is written, and the batch's header until it is whole. */
typedef struct LOG_OUTPUT
{
    UCHAR *Buffer;
    ULONG Bytes;
    ULONG SoftBytes;
    PRCM_BATCH Batch;
} LOG_OUTPUT;

typedef enum LOG_SCAN
{
    LogScanDone, /* everything published has been examined */
    LogScanMore, /* the slice is used up */
    LogScanFull  /* there is something that the output has no room for */
} LOG_SCAN;

NTSTATUS
LogInit(LOG *Log, const LOG_CONFIG *Config)
{
    RtlZeroMemory(Log, sizeof(*Log));
    KeInitializeSpinLock(&Log->Lock);
    InitializeListHead(&Log->Waiting);
    Log->Kinds = Config->Kinds;
    Log->Instance = (ULONG64)OsTime();
    Log->Next = Log->Published = 1;
    for (ULONG Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Log->LaneOf[Kind] = Config->LaneOf[Kind];
        Log->Lanes[Config->LaneOf[Kind]].Kinds |= PRCM_KIND_BIT(Kind);
    }
    for (ULONG Index = 0; Index < PRCM_LANE_COUNT; Index++)
    {
        LOG_LANE *Lane = &Log->Lanes[Index];
        InitializeListHead(&Lane->Filling);
        Lane->Bytes = Config->LaneBytes[Index];
        while ((Lane->Memory = OsAllocate(Lane->Bytes)) == NULL && Lane->Bytes > PRCM_MIN_LANE_BYTES)
            Lane->Bytes /= 2;
        if (!Lane->Memory)
        {
            LogDestroy(Log);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    return STATUS_SUCCESS;
}

VOID
LogDestroy(LOG *Log)
{
    for (ULONG Index = 0; Index < PRCM_LANE_COUNT; Index++)
        if (Log->Lanes[Index].Memory)
            OsFree(Log->Lanes[Index].Memory);
}

BOOLEAN
LogCaptures(const LOG *Log, ULONG Kind)
{
    return (Log->Kinds & PRCM_KIND_BIT(Kind)) != 0;
}

/* Lanes: all under the lock. */

static LOG_ENTRY *
LaneEntry(_In_ const LOG_LANE *Lane, _In_ ULONG64 Offset)
{
    return (LOG_ENTRY *)(VOID *)(Lane->Memory + ((ULONG)Offset & (Lane->Bytes - 1)));
}

static LOG_ENTRY *
LaneFirstFilling(_In_ const LOG_LANE *Lane)
{
    if (IsListEmpty(&Lane->Filling))
        return NULL;
    return CONTAINING_RECORD(Lane->Filling.Flink, LOG_ENTRY, Link);
}

/* Everything before the offset returned may be evicted. */
static ULONG64
LaneEvictionLimit(_In_ const LOG_LANE *Lane)
{
    const LOG_ENTRY *Filling = LaneFirstFilling(Lane);
    if (!Filling)
        return Lane->Head;
    ULONG Place = (ULONG)((const UCHAR *)Filling - Lane->Memory);
    return Lane->Tail + ((Place - (ULONG)Lane->Tail) & (Lane->Bytes - 1));
}

static VOID
LaneEvictOldest(_Inout_ LOG *Log, _Inout_ LOG_LANE *Lane)
{
    const LOG_ENTRY *Entry = LaneEntry(Lane, Lane->Tail);
    if (!Entry->IsPad)
        Log->Evicted[Entry->Record.Kind]++;
    Lane->Tail += Entry->Bytes;
}

/* Space for an entry behind the newest, or NULL if that would take more than may be evicted; then nothing is.
 */
static LOG_ENTRY *
LaneReserve(_Inout_ LOG *Log, _Inout_ LOG_LANE *Lane, _In_ ULONG Bytes)
{
    ULONG ToEnd = Lane->Bytes - ((ULONG)Lane->Head & (Lane->Bytes - 1));
    ULONG Padding = ToEnd < Bytes ? ToEnd : 0;
    ULONG Needed = Padding + Bytes;

    if (Needed > Lane->Bytes - (ULONG)(Lane->Head - LaneEvictionLimit(Lane)))
        return NULL;
    while (Needed > Lane->Bytes - (ULONG)(Lane->Head - Lane->Tail))
        LaneEvictOldest(Log, Lane);

    if (Padding)
    {
        LOG_ENTRY *Pad = LaneEntry(Lane, Lane->Head);
        Pad->Bytes = Padding;
        Pad->IsPad = TRUE;
        Lane->Head += Padding;
    }
    LOG_ENTRY *Entry = LaneEntry(Lane, Lane->Head);
    Entry->Bytes = Bytes;
    Entry->IsPad = FALSE;
    Lane->Head += Bytes;
    return Entry;
}

/* The first entry at or behind *Position, which moves past what has been evicted, and past padding; NULL if
 * none. */
static LOG_ENTRY *
LanePeek(_In_ const LOG_LANE *Lane, _Inout_ ULONG64 *Position)
{
    if (*Position < Lane->Tail)
        *Position = Lane->Tail;
    while (*Position != Lane->Head)
    {
        LOG_ENTRY *Entry = LaneEntry(Lane, *Position);
        if (!Entry->IsPad)
            return Entry;
        *Position += Entry->Bytes;
    }
    return NULL;
}

/* Writing. */

PRCM_RECORD *
LogReserve(LOG *Log, ULONG Kind, ULONG Key, ULONG Bytes)
{
    LOG_LANE *Lane = &Log->Lanes[Log->LaneOf[Kind]];
    KIRQL Irql;

    ASSERT(LogCaptures(Log, Kind) && Bytes % 8 == 0 && Bytes <= PRCM_MAX_RECORD_BYTES);
    KeAcquireSpinLock(&Log->Lock, &Irql);
    LONGLONG Time = OsTime();
    ULONG64 Sequence = Log->Next++;
    LOG_ENTRY *Entry = LaneReserve(Log, Lane, LOG_ENTRY_BYTES(Bytes));
    if (Entry)
    {
        Entry->Before = Log->Counts;
        Entry->Record.Size = Bytes;
        Entry->Record.Kind = (uint16_t)Kind;
        Entry->Record.Sequence = Sequence;
        Entry->Record.Time = Time;
        Entry->Record.Key = Key;
        InsertTailList(&Lane->Filling, &Entry->Link);
    }
    else
    {
        Log->Counts.Dropped[Kind]++;
        if (!Lane->StallSince)
            Lane->StallSince = Time;
    }
    Log->Counts.Captured[Kind]++;
    KeReleaseSpinLock(&Log->Lock, Irql);
    return Entry ? &Entry->Record : NULL;
}

static ULONG64
LogLowestFillingLocked(_In_ const LOG *Log, _Out_ const LOG_COUNTS **Counts)
{
    ULONG64 Lowest = Log->Next;
    *Counts = &Log->Counts;
    for (ULONG Index = 0; Index < PRCM_LANE_COUNT; Index++)
    {
        const LOG_ENTRY *Filling = LaneFirstFilling(&Log->Lanes[Index]);
        if (Filling && Filling->Record.Sequence < Lowest)
        {
            Lowest = Filling->Record.Sequence;
            *Counts = &Filling->Before;
        }
    }
    return Lowest;
}

/* How long the lane has been dropping newcomers. At least 1, should the clock not have moved, or have been set back. */
static LONGLONG
LaneStall(_In_ const LOG_LANE *Lane)
{
    if (!Lane->StallSince)
        return 0;
    LONGLONG Stall = OsTime() - Lane->StallSince;
    return Stall > 0 ? Stall : 1;
}

static VOID
LaneEndStall(_Inout_ LOG *Log, _Inout_ LOG_LANE *Lane)
{
    LONGLONG Stall = LaneStall(Lane);
    if (Stall > Log->LongestStall)
        Log->LongestStall = Stall;
    Lane->StallSince = 0;
}

BOOLEAN
LogCommit(LOG *Log, PRCM_RECORD *Record)
{
    LOG_ENTRY *Entry = CONTAINING_RECORD(Record, LOG_ENTRY, Record);
    LOG_LANE *Lane = &Log->Lanes[Log->LaneOf[Record->Kind]];
    const LOG_COUNTS *Counts;
    KIRQL Irql;

    KeAcquireSpinLock(&Log->Lock, &Irql);
    if (Lane->StallSince && LaneFirstFilling(Lane) == Entry)
        LaneEndStall(Log, Lane);
    RemoveEntryList(&Entry->Link);
    ULONG64 Published = LogLowestFillingLocked(Log, &Counts);
    BOOLEAN Wake = Published != Log->Published && !IsListEmpty(&Log->Waiting);
    Log->Published = Published;
    KeReleaseSpinLock(&Log->Lock, Irql);
    return Wake;
}

/* Reading. */

static BOOLEAN
LogReaderWants(_In_ const LOG_READER *Reader, _In_ const PRCM_RECORD *Record)
{
    if (!(Reader->Kinds & PRCM_KIND_BIT(Record->Kind)))
        return FALSE;
    if (!Reader->KeyCount)
        return TRUE;
    for (ULONG Index = 0; Index < Reader->KeyCount; Index++)
        if (Reader->Keys[Index] == Record->Key)
            return TRUE;
    return FALSE;
}

/* Room for one more record, or NULL. */
static VOID *
LogPlace(_Inout_opt_ LOG_OUTPUT *Output, _In_ ULONG Bytes)
{
    if (!Output)
        return NULL;
    PRCM_BATCH *Batch = &Output->Batch;
    if (Bytes > Output->Bytes - Batch->Bytes)
    {
        if (!Batch->RecordCount)
            Batch->RequiredBytes = Batch->Bytes + Bytes;
        return NULL;
    }
    if (Batch->RecordCount && Batch->Bytes >= Output->SoftBytes)
        return NULL;
    VOID *Place = Output->Buffer + Batch->Bytes;
    Batch->Bytes += Bytes;
    Batch->RecordCount++;
    return Place;
}

/* What the reader misses from At up to Target, by kind and cause. The kinds it did not ask for it does not
 * miss. */
static ULONG64
LogCountHole(_In_ const LOG_READER *Reader, _In_ ULONG64 Target, _In_ const LOG_COUNTS *Counts,
             _Out_ PRCM_LOST *Lost, _Out_writes_(PRCM_KIND_COUNT) ULONG64 *Filtered)
{
    const PRCM_TOKEN *At = &Reader->At;
    ULONG64 Missed = 0;
    BOOLEAN Known = At->CountsKnown != 0;

    RtlZeroMemory(Lost, sizeof(*Lost));
    for (ULONG Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        ULONG64 Captured = Counts->Captured[Kind] - At->Captured[Kind];
        ULONG64 Dropped = Counts->Dropped[Kind] - At->Dropped[Kind];
        /* A token came from outside: counts that cannot be are worth as much as none. */
        if (Counts->Captured[Kind] < At->Captured[Kind] || Counts->Dropped[Kind] < At->Dropped[Kind] ||
            Dropped > Captured)
            Known = FALSE;
        Filtered[Kind] = 0;
        if (Reader->Kinds & PRCM_KIND_BIT(Kind))
        {
            Lost->Evicted[Kind] = Captured - Dropped;
            Lost->Dropped[Kind] = Dropped;
            Missed += Captured;
        }
        else
        {
            Filtered[Kind] = Captured;
            Lost->Filtered += Captured;
        }
    }
    if (!Known)
    {
        RtlZeroMemory(Lost, sizeof(*Lost));
        RtlZeroMemory(Filtered, PRCM_KIND_COUNT * sizeof(*Filtered));
        Lost->Unknown = Missed = Target - At->Next;
    }
    Lost->Header.Size = Lost->Header.FixedSize = sizeof(*Lost);
    Lost->Header.Kind = PRCM_KIND_LOST;
    Lost->Header.Sequence = At->Next;
    Lost->NextSequence = Target;
    return Missed;
}

/* Moves the reader over the numbers from At up to Target, none of which is in the log for it. FALSE: it
 * misses some, and there is no room to say so; it has not moved. Time: of the record at Target, 0 if there is
 * none. */
static BOOLEAN
LogCrossHoleLocked(_Inout_ LOG_READER *Reader, _Inout_opt_ LOG_OUTPUT *Output, _In_ ULONG64 Target,
                   _In_ const LOG_COUNTS *Counts, _In_ LONGLONG Time)
{
    PRCM_LOST Lost;
    ULONG64 Filtered[PRCM_KIND_COUNT];
    if (LogCountHole(Reader, Target, Counts, &Lost, Filtered))
    {
        VOID *Place = LogPlace(Output, sizeof(Lost));
        if (!Place)
            return FALSE;
        Lost.Header.Time = Time;
        RtlCopyMemory(Place, &Lost, sizeof(Lost));
        for (ULONG Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
            Output->Batch.Lost[Kind] += Lost.Evicted[Kind] + Lost.Dropped[Kind];
        Output->Batch.Unknown += Lost.Unknown;
    }
    for (ULONG Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Reader->Filtered[Kind] += Filtered[Kind];
        Reader->At.Captured[Kind] = Counts->Captured[Kind];
        Reader->At.Dropped[Kind] = Counts->Dropped[Kind];
    }
    Reader->At.Next = Target;
    Reader->At.CountsKnown = TRUE;
    return TRUE;
}

/* The lowest-numbered published entry that the reader has not examined, of the lanes that it reads at all. */
static LOG_ENTRY *
LogNextEntryLocked(_Inout_ LOG_READER *Reader, _Out_ ULONG *LaneIndex)
{
    const LOG *Log = Reader->Log;
    LOG_ENTRY *Lowest = NULL;
    *LaneIndex = 0;
    for (ULONG Index = 0; Index < PRCM_LANE_COUNT; Index++)
    {
        const LOG_LANE *Lane = &Log->Lanes[Index];
        if (!(Lane->Kinds & Reader->Kinds))
            continue;
        LOG_ENTRY *Entry = LanePeek(Lane, &Reader->Position[Index]);
        if (Entry && Entry->Record.Sequence < Log->Published &&
            (!Lowest || Entry->Record.Sequence < Lowest->Record.Sequence))
        {
            Lowest = Entry;
            *LaneIndex = Index;
        }
    }
    return Lowest;
}

/* Hands an entry at the reader's place over, or passes over it. FALSE: there is no room; the reader has not
 * moved. */
static BOOLEAN
LogTakeEntryLocked(_Inout_ LOG_READER *Reader, _Inout_opt_ LOG_OUTPUT *Output, _In_ const LOG_ENTRY *Entry,
                   _In_ ULONG LaneIndex)
{
    const PRCM_RECORD *Record = &Entry->Record;
    if (LogReaderWants(Reader, Record))
    {
        VOID *Place = LogPlace(Output, Record->Size);
        if (!Place)
            return FALSE;
        RtlCopyMemory(Place, Record, Record->Size);
        Output->Batch.Delivered[Record->Kind]++;
    }
    else
    {
        Reader->Filtered[Record->Kind]++;
    }
    Reader->Position[LaneIndex] += Entry->Bytes;
    Reader->At.Next++;
    Reader->At.Captured[Record->Kind]++;
    return TRUE;
}

/* Examines one slice of the log, from the reader's place on. Without Output: until there is something for it.
 */
static LOG_SCAN
LogScanLocked(_Inout_ LOG_READER *Reader, _Inout_opt_ LOG_OUTPUT *Output)
{
    const LOG *Log = Reader->Log;
    ULONG Start = Output ? Output->Batch.Bytes : 0;

    for (ULONG Step = 0; Reader->At.Next < Log->Published; Step++)
    {
        if (Step == LOG_SLICE_STEPS || (Output && Output->Batch.Bytes - Start >= LOG_SLICE_BYTES))
            return LogScanMore;

        ULONG LaneIndex;
        const LOG_ENTRY *Entry = LogNextEntryLocked(Reader, &LaneIndex);
        const LOG_COUNTS *Counts = Entry ? &Entry->Before : NULL;
        ULONG64 Target = Entry ? Entry->Record.Sequence : LogLowestFillingLocked(Log, &Counts);
        if (Target != Reader->At.Next &&
            !LogCrossHoleLocked(Reader, Output, Target, Counts, Entry ? Entry->Record.Time : 0))
            return LogScanFull;
        if (Entry && !LogTakeEntryLocked(Reader, Output, Entry, LaneIndex))
            return LogScanFull;
    }
    return LogScanDone;
}

BOOLEAN
LogReadyLocked(LOG_READER *Reader)
{
    return LogScanLocked(Reader, NULL) != LogScanDone;
}

NTSTATUS
LogRead(LOG_READER *Reader, VOID *Buffer, ULONG Bytes, ULONG SoftBytes, BOOLEAN EvenEmpty, ULONG *Written)
{
    LOG *Log = Reader->Log;
    LOG_OUTPUT Output = {.Buffer = Buffer, .Bytes = Bytes, .SoftBytes = SoftBytes};
    PRCM_BATCH *Batch = &Output.Batch;
    LOG_SCAN Scan;
    KIRQL Irql;

    *Written = 0;
    Batch->Size = Batch->Bytes = sizeof(*Batch);
    do
    {
        KeAcquireSpinLock(&Log->Lock, &Irql);
        Scan = LogScanLocked(Reader, &Output);
        Batch->Head = Log->Next;
        RtlCopyMemory(Batch->HeadCaptured, Log->Counts.Captured, sizeof(Batch->HeadCaptured));
        KeReleaseSpinLock(&Log->Lock, Irql);
    } while (Scan == LogScanMore);

    BOOLEAN Overflow = Scan == LogScanFull && !Batch->RecordCount;
    if (Scan == LogScanDone && !Batch->RecordCount && !EvenEmpty)
        return STATUS_PENDING;
    Batch->First = Reader->Told.Next;
    Batch->Number = Reader->Batches + 1;
    if (!Overflow)
    {
        RtlCopyMemory(Batch->Filtered, Reader->Filtered, sizeof(Batch->Filtered));
        RtlZeroMemory(Reader->Filtered, sizeof(Reader->Filtered));
        Reader->Told = Reader->At;
        Reader->Batches++;
    }
    Batch->Next = Reader->Told;
    RtlCopyMemory(Buffer, Batch, sizeof(*Batch));
    *Written = Batch->Bytes;
    return Overflow ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* Where a reader starts. */

static VOID
TokenSet(_Out_ PRCM_TOKEN *Token, _In_ const LOG *Log, _In_ ULONG64 Next, _In_opt_ const LOG_COUNTS *Counts)
{
    RtlZeroMemory(Token, sizeof(*Token));
    Token->Instance = Log->Instance;
    Token->Next = Next;
    if (!Counts)
        return;
    RtlCopyMemory(Token->Captured, Counts->Captured, sizeof(Token->Captured));
    RtlCopyMemory(Token->Dropped, Counts->Dropped, sizeof(Token->Dropped));
    Token->CountsKnown = TRUE;
}

/* The lowest number that any lane still has, or Next, and the counts as of it. */
static ULONG64
LogOldestLocked(_In_ const LOG *Log, _Out_ const LOG_COUNTS **Counts)
{
    ULONG64 Oldest = Log->Next;
    *Counts = &Log->Counts;
    for (ULONG Index = 0; Index < PRCM_LANE_COUNT; Index++)
    {
        ULONG64 Position = 0;
        const LOG_ENTRY *Entry = LanePeek(&Log->Lanes[Index], &Position);
        if (Entry && Entry->Record.Sequence < Oldest)
        {
            Oldest = Entry->Record.Sequence;
            *Counts = &Entry->Before;
        }
    }
    return Oldest;
}

/* Whether this instance can have given Token. What passes can still be a lie, to the harm of its bearer
 * alone. */
static BOOLEAN
LogTokenIsPossibleLocked(_In_ const LOG *Log, _In_ const PRCM_TOKEN *Token)
{
    ULONG64 Sum = 0;
    if (Token->Next == 0 || Token->Next > Log->Next)
        return FALSE;
    for (ULONG Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        if (Token->Captured[Kind] > Log->Counts.Captured[Kind] ||
            Token->Dropped[Kind] > Token->Captured[Kind] || Token->Dropped[Kind] > Log->Counts.Dropped[Kind])
            return FALSE;
        Sum += Token->Captured[Kind];
    }
    return Sum == (Token->CountsKnown ? Token->Next - 1 : 0);
}

static NTSTATUS
LogPlaceReaderLocked(_Inout_ LOG_READER *Reader, _In_ const PRCM_SUBSCRIBE *Request, _Out_ uint32_t *Resume)
{
    static const LOG_COUNTS None;
    const LOG *Log = Reader->Log;
    const PRCM_TOKEN *Token = &Request->Token;
    const LOG_COUNTS *Counts = &Log->Counts;
    ULONG64 Next = Log->Next;

    *Resume = PRCM_RESUME_EXACT;
    switch (Request->From)
    {
    case PRCM_FROM_NOW:
        break;
    case PRCM_FROM_OLDEST:
        Next = LogOldestLocked(Log, &Counts);
        break;
    case PRCM_FROM_TOKEN:
        if (Token->Instance != Log->Instance)
        {
            Next = 1;
            Counts = &None;
            *Resume = PRCM_RESUME_OTHER_INSTANCE;
            break;
        }
        if (Token->CountsKnown)
        {
            Reader->At = *Token;
            return LogTokenIsPossibleLocked(Log, Token) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
        }
        /* A token without counts is a bare number. */
        /* fall through */
    case PRCM_FROM_SEQUENCE:
        if (!LogTokenIsPossibleLocked(Log, Token))
            return STATUS_INVALID_PARAMETER;
        Next = Token->Next;
        if (Next != Log->Next)
            Counts = Next == 1 ? &None : NULL;
        break;
    default:
        return STATUS_INVALID_PARAMETER;
    }
    TokenSet(&Reader->At, Log, Next, Counts);
    return STATUS_SUCCESS;
}

/* Brings the reader's positions one slice closer to its number, and finds the counts as of it on the way if
 * the log still has them: in the record of that number, or in the one before. TRUE: arrived. */
static BOOLEAN
LogSeekLocked(_Inout_ LOG_READER *Reader)
{
    PRCM_TOKEN *At = &Reader->At;
    ULONG Steps = 0;
    for (ULONG Index = 0; Index < PRCM_LANE_COUNT; Index++)
    {
        ULONG64 *Position = &Reader->Position[Index];
        const LOG_ENTRY *Entry;
        while ((Entry = LanePeek(&Reader->Log->Lanes[Index], Position)) != NULL &&
               Entry->Record.Sequence <= At->Next)
        {
            ULONG64 Sequence = Entry->Record.Sequence;
            if (!At->CountsKnown && Sequence + 1 >= At->Next)
            {
                TokenSet(At, Reader->Log, At->Next, &Entry->Before);
                if (Sequence != At->Next)
                    At->Captured[Entry->Record.Kind]++;
            }
            if (Sequence == At->Next)
                break;
            *Position += Entry->Bytes;
            if (++Steps == LOG_SLICE_STEPS)
                return FALSE;
        }
    }
    return TRUE;
}

NTSTATUS
LogReaderInit(LOG_READER *Reader, LOG *Log, const PRCM_SUBSCRIBE *Request, PRCM_SUBSCRIBED *Answer)
{
    const LOG_COUNTS *Counts;
    BOOLEAN Arrived = FALSE;
    KIRQL Irql;

    RtlZeroMemory(Answer, sizeof(*Answer));
    RtlZeroMemory(Reader, sizeof(*Reader));
    Reader->Log = Log;
    Reader->Kinds = Request->Kinds;
    Reader->KeyCount = Request->KeyCount;
    RtlCopyMemory(Reader->Keys, Request->Keys, sizeof(Reader->Keys));

    KeAcquireSpinLock(&Log->Lock, &Irql);
    NTSTATUS Status = LogPlaceReaderLocked(Reader, Request, &Answer->Resume);
    Answer->Oldest = LogOldestLocked(Log, &Counts);
    Answer->Head = Log->Next;
    if (Reader->At.Next == Log->Next)
        for (ULONG Index = 0; Index < PRCM_LANE_COUNT; Index++)
            Reader->Position[Index] = Log->Lanes[Index].Head;
    KeReleaseSpinLock(&Log->Lock, Irql);
    if (!NT_SUCCESS(Status))
        return Status;

    while (!Arrived)
    {
        KeAcquireSpinLock(&Log->Lock, &Irql);
        Arrived = LogSeekLocked(Reader);
        KeReleaseSpinLock(&Log->Lock, Irql);
    }
    if (!Reader->At.CountsKnown)
        Answer->Resume = PRCM_RESUME_KINDS_UNKNOWN;
    Reader->Told = Reader->At;
    Answer->Size = sizeof(*Answer);
    Answer->AbiVersion = PRCM_ABI_VERSION;
    Answer->Start = Reader->At;
    return STATUS_SUCCESS;
}

/* Being asked. */

VOID
LogQueryLocked(const LOG *Log, PRCM_QUERY *Query)
{
    Query->Instance = Log->Instance;
    Query->Kinds = Log->Kinds;
    Query->Next = Log->Next;
    Query->Published = Log->Published;
    Query->LongestStall = (uint64_t)Log->LongestStall;
    RtlCopyMemory(Query->Captured, Log->Counts.Captured, sizeof(Query->Captured));
    RtlCopyMemory(Query->Dropped, Log->Counts.Dropped, sizeof(Query->Dropped));
    RtlCopyMemory(Query->Evicted, Log->Evicted, sizeof(Query->Evicted));
    for (ULONG Index = 0; Index < PRCM_LANE_COUNT; Index++)
    {
        const LOG_LANE *Lane = &Log->Lanes[Index];
        PRCM_LANE_INFO *Info = &Query->Lanes[Index];
        ULONG64 Position = 0;
        const LOG_ENTRY *Entry = LanePeek(Lane, &Position);
        if (LaneStall(Lane) > (LONGLONG)Query->LongestStall)
            Query->LongestStall = (uint64_t)LaneStall(Lane);
        Info->Bytes = Lane->Bytes;
        Info->Used = Lane->Head - Lane->Tail;
        Info->Oldest = Entry ? Entry->Record.Sequence : 0;
    }
}
