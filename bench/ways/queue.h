/* SPDX-License-Identifier: MIT
 *
 * A list with one allocation and one entry for each event, oldest first, under a spin lock: what most drivers have. Bounded by
 * bytes; an event that finds no room or no memory is counted in WayLost.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "way.h"

#define QUEUE_MAX_BYTES (12u * 1024u * 1024u) /* of records: as much as prcm's two lanes */

typedef struct QUEUE
{
    KSPIN_LOCK Lock;
    LIST_ENTRY Entries;
    SIZE_T Bytes;
} QUEUE;

typedef struct QUEUE_ENTRY
{
    LIST_ENTRY Link;
    PRCM_RECORD Record;
} QUEUE_ENTRY;

/* The one there is: a program may hold several ways, and runs one at a time. */
extern QUEUE Queue;

/* WAY.Init, WAY.Destroy. */
NTSTATUS QueueInit(VOID);
VOID QueueDestroy(VOID);

/* WAY.Reserve: the record of an entry that is not queued yet, to be put or freed. */
PRCM_RECORD *QueueReserve(_In_ ULONG Bytes);
QUEUE_ENTRY *QueueEntry(_In_ PRCM_RECORD *Record);
VOID QueueFree(_In_ QUEUE_ENTRY *Entry);

/* Puts Entry at the end. FALSE: no room; freed and counted. */
BOOLEAN QueuePut(_In_ QUEUE_ENTRY *Entry);

/* The same for who holds the lock, but that Entry is still the caller's, and not counted, if there is no room. */
BOOLEAN QueuePutLocked(_In_ QUEUE_ENTRY *Entry);

/* Writes the oldest record to Output if Bytes are enough for it, and frees it. How many bytes; 0: there is none, or it does not
 * fit. */
ULONG QueueTake(_Out_ VOID *Output, _In_ ULONG Bytes);

/* WAY.Take: that, or STATUS_NO_MORE_ENTRIES. */
NTSTATUS QueueTakeOne(_Inout_ PIRP Irp, _Out_ VOID *Output, _In_ ULONG OutputBytes, _Out_ ULONG *Written);

#endif
