/* SPDX-License-Identifier: MIT
 *
 * A list with one allocation and one entry for each event, oldest first, under a spin lock: what most drivers have. Bounded by
 * bytes; an event that finds no room or no memory is counted in WayLost.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "way.h"

#define QUEUE_MAX_BYTES (24u * 1024u * 1024u) /* what prcm's two lanes hold by default */

typedef struct QUEUE
{
    KSPIN_LOCK Lock;
    LIST_ENTRY Entries;
    SIZE_T Bytes;
} QUEUE;

typedef struct QUEUE_ENTRY
{
    LIST_ENTRY Link;
    WAY_EVENT Event; /* and its text */
} QUEUE_ENTRY;

VOID QueueInit(_Out_ QUEUE *Queue);
VOID QueueDestroy(_Inout_ QUEUE *Queue);

/* A copy of the event, to be put or freed; NULL: no memory, and counted. */
QUEUE_ENTRY *QueueMake(_In_ const WAY_FACTS *Facts);
VOID QueueFree(_In_ QUEUE_ENTRY *Entry);

/* Puts Entry at the end. FALSE: no room; freed and counted. */
BOOLEAN QueuePut(_Inout_ QUEUE *Queue, _In_ QUEUE_ENTRY *Entry);
/* The same for who holds the lock, but that Entry is still the caller's if there is no room. */
BOOLEAN QueuePutLocked(_Inout_ QUEUE *Queue, _In_ QUEUE_ENTRY *Entry);

/* Writes the oldest event to Output if Bytes are enough for it, and frees it. How many bytes; 0: there is none, or it does not
 * fit. */
ULONG QueueTake(_Inout_ QUEUE *Queue, _Out_ VOID *Output, _In_ ULONG Bytes);
/* The same for who holds the lock: the entry, no longer queued, or NULL. */
QUEUE_ENTRY *QueueTakeLocked(_Inout_ QUEUE *Queue, _In_ ULONG Bytes);

#endif
