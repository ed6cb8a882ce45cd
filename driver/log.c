/* SPDX-License-Identifier: MIT
 *
 * One spin lock guards the log. Under it an event gets its number, its time and its space; the record itself
 * is filled outside, and committed by one exchange, without the lock.
 *
 *     entry:   (free) --LogReserve--> filling --LogCommit--> committed --eviction--> (free)
 *
 * A filling entry belongs to whoever reserved it, all but what the log keeps for itself and the members that
 * LogReserve sets: these are written in the hold that reserved it, and readers look at them. A committed entry
 * belongs to the log and is read and evicted under the lock only: who committed it does not touch it again.
 *
 * All numbers below some number are committed or dropped; readers see these alone. Nobody keeps that number.
 * A lane knows an entry before which all are committed, LOG_LANE.Filling, and who needs to know more moves it on
 * under the lock, reader or writer, over what he has to look at anyway. A drop happens only behind an entry that
 * is filling: that entry's commit publishes both.
 *
 * Who commits must hear of readers that wait, and of a lane that has stalled. LOG.Listeners counts them, and is
 * raised before they look for the last time: either they see what was committed, or who commits sees them. That
 * is so because each Interlocked operation is a full barrier ("Interlocked Variable Access" of Windows).
 *
 * Each entry carries the counts by kind as of its number, so that a reader who meets a hole in the numbers
 * learns by subtraction what is missing, of which kinds, and why, without anybody having kept a list.
 */
#include "log.h"

/* How much is done in one hold of the lock for a reader, one record of the largest size more at most. An entry is a step
 * for its lane, and another for the reader. */
#define LOG_SLICE_STEPS 64u
#define LOG_SLICE_BYTES (64u * 1024u)

typedef enum LOG_ENTRY_STATE
{
    LogEntryFilling,
    LogEntryCommitted,
    LogEntryPad /* fills the end of the lane where a record did not fit; only Bytes and State exist then */
} LOG_ENTRY_STATE;

typedef struct LOG_ENTRY
{
    ULONG Bytes;         /* of the entry with its record; a multiple of 8 */
    volatile LONG State; /* LOG_ENTRY_STATE; written under the lock, but for LogCommit's exchange */
    LOG_COUNTS Before;   /* of all numbers lower than this one's */
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
    Log->Next = 1;
    for (ULONG Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Log->LaneOf[Kind] = Config->LaneOf[Kind];
        Log->Lanes[Config->LaneOf[Kind]].Kinds |= PRCM_KIND_BIT(Kind);
    }
    for (ULONG Index = 0; Index < PRCM_LANE_COUNT; Index++)
    {
        LOG_LANE *Lane = &Log->Lanes[Index];
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
    ASSERT(IsListEmpty(&Log->Waiting) && !Log->Listeners);
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

/* The first entry at or behind *Position, a reader's or the lane's Filling, which moves past what has been evicted,
 * and past padding; NULL if none. Four times for each event that is read: inline. */
static inline LOG_ENTRY *
LanePeek(_In_ const LOG_LANE *Lane, _Inout_ ULONG64 *Position)
{
    if (*Position < Lane->Tail)
        *Position = Lane->Tail;
    while (*Position != Lane->Head)
    {
        LOG_ENTRY *Entry = LaneEntry(Lane, *Position);
        if (ReadAcquire(&Entry->State) != LogEntryPad)
            return Entry;
        *Position += Entry->Bytes;
    }
    return NULL;
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
LaneBeginStall(_Inout_ LOG *Log, _Inout_ LOG_LANE *Lane)
{
    Lane->StallSince = OsTime();
    InterlockedIncrement(&Log->Listeners);
}

static VOID
LaneEndStall(_Inout_ LOG *Log, _Inout_ LOG_LANE *Lane)
{
    LONGLONG Stall = LaneStall(Lane);
    if (Stall > Log->LongestStall)
        Log->LongestStall = Stall;
    Lane->StallSince = 0;
    InterlockedDecrement(&Log->Listeners);
}

/* Moves Filling past the entry there, which must be one, not Head. FALSE: it is filling. */
static BOOLEAN
LaneStep(_Inout_ LOG *Log, _Inout_ LOG_LANE *Lane)
{
    ASSERT(Lane->Filling != Lane->Head);
    const LOG_ENTRY *Entry = LaneEntry(Lane, Lane->Filling);
    if (ReadAcquire(&Entry->State) == LogEntryFilling)
        return FALSE;
    Lane->Filling += Entry->Bytes;
    if (Lane->StallSince)
        LaneEndStall(Log, Lane);
    return TRUE;
}

/* Space for an entry behind the newest, or NULL if that would take more than may be evicted; then nothing is.
 */
static LOG_ENTRY *
LaneReserve(_Inout_ LOG *Log, _Inout_ LOG_LANE *Lane, _In_ ULONG Bytes)
{
    ULONG ToEnd = Lane->Bytes - ((ULONG)Lane->Head & (Lane->Bytes - 1));
    ULONG Padding = ToEnd < Bytes ? ToEnd : 0;
    ULONG Needed = Padding + Bytes;

    while (Needed > Lane->Bytes - (ULONG)(Lane->Head - Lane->Filling))
        if (!LaneStep(Log, Lane))
            return NULL;
    while (Needed > Lane->Bytes - (ULONG)(Lane->Head - Lane->Tail))
        Lane->Tail += LaneEntry(Lane, Lane->Tail)->Bytes;

    if (Padding)
    {
        LOG_ENTRY *Pad = LaneEntry(Lane, Lane->Head);
        Pad->Bytes = Padding;
        Pad->State = LogEntryPad;
        Lane->Head += Padding;
    }
    LOG_ENTRY *Entry = LaneEntry(Lane, Lane->Head);
    Entry->Bytes = Bytes;
    Entry->State = LogEntryFilling;
    Lane->Head += Bytes;
    return Entry;
}

/* Writing. */

PRCM_RECORD *
LogReserve(LOG *Log, ULONG Kind, ULONG Key, ULONG Bytes)
{
    LOG_LANE *Lane = &Log->Lanes[Log->LaneOf[Kind]];
    KIRQL Irql;

    ASSERT(LogCaptures(Log, Kind) && Bytes % 8 == 0 && Bytes <= PRCM_MAX_RECORD_BYTES);
    KeAcquireSpinLock(&Log->Lock, &Irql);
    LOG_ENTRY *Entry = LaneReserve(Log, Lane, LOG_ENTRY_BYTES(Bytes));
    if (Entry)
    {
        Entry->Before = Log->Counts;
        Entry->Record.Size = Bytes;
        Entry->Record.Kind = (uint16_t)Kind;
        Entry->Record.Sequence = Log->Next;
        Entry->Record.Key = Key;
        /* Last: what was written above is on its way to memory while the clock is read. */
        Entry->Record.Time = OsTime();
    }
    else
    {
        Log->Counts.Dropped[Kind]++;
        if (!Lane->StallSince)
        {
            LaneBeginStall(Log, Lane);
            LaneStep(Log, Lane); /* should what is in the way have been committed just before */
        }
    }
    Log->Counts.Captured[Kind]++;
    Log->Next++;
    KeReleaseSpinLock(&Log->Lock, Irql);
    return Entry ? &Entry->Record : NULL;
}

/* The lowest number not known to be committed or dropped, and the counts as of it. Lanes are stepped over to find
 * one higher than Until, as long as there are Steps. */
static ULONG64
LogPublishedLocked(_Inout_ LOG *Log, _In_ ULONG64 Until, _Inout_ ULONG *Steps,
                   _Out_ const LOG_COUNTS **Counts)
{
    ULONG64 Published = Log->Next;
    *Counts = &Log->Counts;
    for (ULONG Index = 0; Index < PRCM_LANE_COUNT; Index++)
    {
        LOG_LANE *Lane = &Log->Lanes[Index];
        const LOG_ENTRY *Entry;
        while ((Entry = LanePeek(Lane, &Lane->Filling)) != NULL && Entry->Record.Sequence <= Until &&
               *Steps && LaneStep(Log, Lane))
            --*Steps;
        if (Entry && Entry->Record.Sequence < Published)
        {
            Published = Entry->Record.Sequence;
            *Counts = &Entry->Before;
        }
    }
    return Published;
}

BOOLEAN
LogCommit(LOG *Log, PRCM_RECORD *Record)
{
    LOG_ENTRY *Entry = CONTAINING_RECORD(Record, LOG_ENTRY, Record);
    LOG_LANE *Lane = &Log->Lanes[Log->LaneOf[Record->Kind]];
    KIRQL Irql;

    InterlockedExchange(&Entry->State, LogEntryCommitted); /* the entry is the log's from here on */
    if (!ReadAcquire(&Log->Listeners))
        return FALSE;
    KeAcquireSpinLock(&Log->Lock, &Irql);
    if (Lane->StallSince)
        LaneStep(Log, Lane);
    BOOLEAN Wake = !IsListEmpty(&Log->Waiting);
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
        if (Entry && (!Lowest || Entry->Record.Sequence < Lowest->Record.Sequence))
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

/* Examines one slice of the log, from the reader's place on. Without Output: until there is something for it. */
static LOG_SCAN
LogScanLocked(_Inout_ LOG_READER *Reader, _Inout_opt_ LOG_OUTPUT *Output)
{
    ULONG Start = Output ? Output->Batch.Bytes : 0;
    ULONG Steps = LOG_SLICE_STEPS;

    for (;;)
    {
        const LOG_COUNTS *Counts;
        ULONG LaneIndex;
        LONGLONG Time = 0;
        const LOG_ENTRY *Entry = LogNextEntryLocked(Reader, &LaneIndex);
        ULONG64 Target = LogPublishedLocked(Reader->Log, Entry ? Entry->Record.Sequence : Reader->Log->Next,
                                            &Steps, &Counts);
        if (Entry && Entry->Record.Sequence >= Target)
            Entry = NULL; /* not published */
        if (!Steps || (Entry && Output && Output->Batch.Bytes - Start >= LOG_SLICE_BYTES))
            return LogScanMore;
        if (Entry)
        {
            Target = Entry->Record.Sequence;
            Counts = &Entry->Before;
            Time = Entry->Record.Time;
        }
        if (Target > Reader->At.Next && !LogCrossHoleLocked(Reader, Output, Target, Counts, Time))
            return LogScanFull;
        if (!Entry)
            return LogScanDone;
        if (!LogTakeEntryLocked(Reader, Output, Entry, LaneIndex))
            return LogScanFull;
        Steps--;
    }
}

BOOLEAN
LogReadyLocked(LOG_READER *Reader)
{
    return LogScanLocked(Reader, NULL) != LogScanDone;
}

BOOLEAN
LogWaitLocked(LOG_READER *Reader)
{
    LOG *Log = Reader->Log;
    InterlockedIncrement(&Log->Listeners);
    if (LogReadyLocked(Reader))
    {
        InterlockedDecrement(&Log->Listeners);
        return FALSE;
    }
    InsertTailList(&Log->Waiting, &Reader->WaitLink);
    return TRUE;
}

VOID
LogEndWaitLocked(LOG_READER *Reader)
{
    RemoveEntryList(&Reader->WaitLink);
    InterlockedDecrement(&Reader->Log->Listeners);
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

/* Of a kind, all that are older than what its lane still has were evicted, but for those that were dropped. */
static ULONG64
LogEvictedLocked(_In_ const LOG *Log, _In_ ULONG Kind)
{
    ULONG64 Position = 0;
    const LOG_ENTRY *Oldest = LanePeek(&Log->Lanes[Log->LaneOf[Kind]], &Position);
    const LOG_COUNTS *Counts = Oldest ? &Oldest->Before : &Log->Counts;
    return Counts->Captured[Kind] - Counts->Dropped[Kind];
}

BOOLEAN
LogQueryLocked(LOG *Log, PRCM_QUERY *Query)
{
    const LOG_COUNTS *Counts;
    ULONG Steps = LOG_SLICE_STEPS;

    if (!Query->Next)
        Query->Next = Log->Next;
    Query->Published = LogPublishedLocked(Log, Log->Next, &Steps, &Counts);
    if (!Steps && Query->Published < Query->Next)
        return FALSE;
    Query->Instance = Log->Instance;
    Query->Kinds = Log->Kinds;
    Query->Next = Log->Next;
    Query->LongestStall = (uint64_t)Log->LongestStall;
    RtlCopyMemory(Query->Captured, Log->Counts.Captured, sizeof(Query->Captured));
    RtlCopyMemory(Query->Dropped, Log->Counts.Dropped, sizeof(Query->Dropped));
    for (ULONG Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Query->Evicted[Kind] = LogEvictedLocked(Log, Kind);
    for (ULONG Index = 0; Index < PRCM_LANE_COUNT; Index++)
    {
        const LOG_LANE *Lane = &Log->Lanes[Index];
        PRCM_LANE_INFO *Info = &Query->Lanes[Index];
        ULONG64 Position = 0;
        const LOG_ENTRY *Entry = LanePeek(Lane, &Position);
        LONGLONG Stall = LaneStall(Lane);
        if (Stall > (LONGLONG)Query->LongestStall)
            Query->LongestStall = (uint64_t)Stall;
        Info->Bytes = Lane->Bytes;
        Info->Used = Lane->Head - Lane->Tail;
        Info->Oldest = Entry ? Entry->Record.Sequence : 0;
    }
    return TRUE;
}
