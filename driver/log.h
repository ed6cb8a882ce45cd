/* SPDX-License-Identifier: MIT
 *
 * The log: a bounded record of events in nonpaged memory, written by any thread at PASSIVE_LEVEL, read by
 * cursors. It knows nothing of what the events are: kinds are bits, a record is bytes with a PRCM_RECORD in
 * front, a key is a number that readers may select by.
 *
 * Writers call LogReserve, fill the record outside the lock, and call LogCommit, all within a critical region,
 * so that no thread is suspended in between. Readers own a LOG_READER each.
 */
#ifndef LOG_H
#define LOG_H

#include "os.h"
#include "prcm_abi.h"

/* Counts of events by kind, as of a sequence number. */
typedef struct LOG_COUNTS
{
    ULONG64 Captured[PRCM_KIND_COUNT]; /* that got a number */
    ULONG64 Dropped[PRCM_KIND_COUNT];  /* those of them that were not kept */
} LOG_COUNTS;

/* A ring of entries, oldest to newest. The offsets only grow; an offset's place in Memory is its low bits. In a cache
 * line of its own, as all that follows LOG.Lock: what one processor writes takes nothing else from the others. */
typedef struct DECLSPEC_CACHEALIGN LOG_LANE
{
    UCHAR *Memory;
    ULONG Bytes;         /* a power of two; constant */
    ULONG Kinds;         /* that live here; constant */
    ULONG64 Tail;        /* of the oldest entry */
    ULONG64 Filling;     /* of an entry, or Head: all before it are committed */
    ULONG64 Head;        /* behind the newest */
    LONGLONG StallSince; /* when the entry at Filling made the lane drop its first newcomer; 0: it did not */
} LOG_LANE;

/* Aligned as a cache line: a static variable is; a device extension, or pool of less than a page, need not be. */
typedef struct LOG
{
    ULONG Kinds; /* captured; constant, as the next two */
    UCHAR LaneOf[PRCM_KIND_COUNT];
    ULONG64 Instance;
    volatile LONG Listeners; /* readers in Waiting, and lanes that stall; read without the lock too */
    LIST_ENTRY Waiting;      /* LOG_READER.WaitLink: of readers that LogWaitLocked took */
    LONGLONG LongestStall;
    /* Guards all that changes, but the contents of filling entries, and their step to committed. */
    DECLSPEC_CACHEALIGN KSPIN_LOCK Lock;
    DECLSPEC_CACHEALIGN ULONG64 Next; /* the number the next event gets */
    LOG_COUNTS Counts;                /* as of Next */
    LOG_LANE Lanes[PRCM_LANE_COUNT];
} LOG;

/* A reader's place and its filter. Its members belong to whoever owns the reader (session.c says who), and
 * while it is on the log's Waiting list to whoever holds the log's lock. */
typedef struct LOG_READER
{
    LOG *Log;
    ULONG Kinds;
    ULONG KeyCount;
    uint32_t Keys[PRCM_MAX_KEYS];
    PRCM_TOKEN Told; /* where the last batch ended */
    PRCM_TOKEN At;   /* how far the log has been examined; all from Told to here was filtered */
    ULONG64 Filtered[PRCM_KIND_COUNT]; /* from Told to At */
    ULONG64 Position[PRCM_LANE_COUNT]; /* offset of the first entry of each lane not yet examined, or lower */
    ULONG64 Batches;
    LIST_ENTRY WaitLink;
} LOG_READER;

/* What a log is made from. */
typedef struct LOG_CONFIG
{
    ULONG LaneBytes[PRCM_LANE_COUNT]; /* powers of two, from PRCM_MIN_LANE_BYTES to PRCM_MAX_LANE_BYTES */
    UCHAR LaneOf[PRCM_KIND_COUNT];
    ULONG Kinds;
} LOG_CONFIG;

/* Allocates the lanes; one that does not fit is halved until it does. STATUS_INSUFFICIENT_RESOURCES: not even one of
 * PRCM_MIN_LANE_BYTES did, and nothing is left allocated. */
_IRQL_requires_(PASSIVE_LEVEL)
_Must_inspect_result_
NTSTATUS LogInit(_Out_ LOG *Log, _In_ const LOG_CONFIG *Config);

/* Frees the lanes. No writer and no reader may be left. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID LogDestroy(_Inout_ LOG *Log);

/* Whether events of Kind get a number. Constant for the life of the log. */
BOOLEAN LogCaptures(_In_ const LOG *Log, _In_ ULONG Kind);

/* Gives an event its number, its time and its space, all in one hold of the lock.
 *   Kind   a captured kind
 *   Key    what readers may select by
 *   Bytes  of the whole record; a multiple of 8, at most PRCM_MAX_RECORD_BYTES
 * Returns the record to fill, with Size, Kind, Sequence, Time and Key set and the rest undefined; or NULL:
 * the event got a number and was dropped, as its lane is full up to an entry not yet committed. There is nobody to
 * be told of it: the entry that caused it has a lower number, and its commit publishes both. */
_IRQL_requires_max_(APC_LEVEL)
PRCM_RECORD *LogReserve(_Inout_ LOG *Log, _In_ ULONG Kind, _In_ ULONG Key, _In_ ULONG Bytes);

/* Gives a filled record to the readers, who may have it evicted at once: it is the caller's no more. TRUE: readers are
 * waiting, and there may be something for them. */
_IRQL_requires_max_(APC_LEVEL)
BOOLEAN LogCommit(_Inout_ LOG *Log, _Inout_ PRCM_RECORD *Record);

/* Fills the log's part of Query: its lanes, counters, kinds, instance. The caller holds the log's lock. FALSE: that was as
 * much as is done in one hold, and Published is not known; he lets the lock go and calls again. Query->Next is 0 at the first
 * call; what was next then is what Published is looked for up to, so that there is an end. */
_Must_inspect_result_
BOOLEAN LogQueryLocked(_Inout_ LOG *Log, _Inout_ PRCM_QUERY *Query);

/* Places a new reader. Request has been checked as far as that needs no log: version, kinds, keys, reserved members, and
 * that Token is zero where From does not use it.
 * STATUS_INVALID_PARAMETER: a From, number or token that this log cannot take. */
_IRQL_requires_max_(APC_LEVEL)
_Must_inspect_result_
NTSTATUS LogReaderInit(_Out_ LOG_READER *Reader, _In_ LOG *Log, _In_ const PRCM_SUBSCRIBE *Request,
                       _Out_ PRCM_SUBSCRIBED *Answer);

/* Writes the next batch to Buffer, which is written only, never read. The lock is let go every few records.
 *   Bytes      of Buffer; at least sizeof(PRCM_BATCH)
 *   SoftBytes  no record is added once the batch is as long as this; it never keeps the first one out
 *   EvenEmpty  write a batch even if there is nothing for this reader
 *   Written    receives how many bytes were written
 * STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW: only a header, as the next record does not fit; STATUS_PENDING: there is
 * nothing for this reader, and nothing was written. */
_IRQL_requires_max_(APC_LEVEL)
_Must_inspect_result_
NTSTATUS LogRead(_Inout_ LOG_READER *Reader, _Out_writes_bytes_to_(Bytes, *Written) VOID *Buffer,
                 _In_ ULONG Bytes, _In_ ULONG SoftBytes, _In_ BOOLEAN EvenEmpty, _Out_ ULONG *Written);

/* Whether LogRead may have something for Reader. FALSE is certain of all that was committed before the call, and
 * leaves nothing of it unexamined; the work of one call is bounded, so TRUE may turn out to be nothing. The caller holds the
 * log's lock and owns the reader. */
BOOLEAN LogReadyLocked(_Inout_ LOG_READER *Reader);

/* Puts Reader on the log's Waiting list, so that LogCommit tells of it, unless LogRead may have something for it already: then
 * FALSE. As LogReadyLocked in all else. */
_Must_inspect_result_
BOOLEAN LogWaitLocked(_Inout_ LOG_READER *Reader);

/* Takes Reader off the list. The caller holds the log's lock. */
VOID LogEndWaitLocked(_Inout_ LOG_READER *Reader);

#endif
