/* SPDX-License-Identifier: MIT */
#include "queue.h"

VOID
QueueInit(QUEUE *Queue)
{
    KeInitializeSpinLock(&Queue->Lock);
    InitializeListHead(&Queue->Entries);
    Queue->Bytes = 0;
}

VOID
QueueDestroy(QUEUE *Queue)
{
    while (!IsListEmpty(&Queue->Entries))
        QueueFree(CONTAINING_RECORD(RemoveHeadList(&Queue->Entries), QUEUE_ENTRY, Link));
}

QUEUE_ENTRY *
QueueMake(const WAY_FACTS *Facts)
{
    SIZE_T Bytes = FIELD_OFFSET(QUEUE_ENTRY, Event) + Facts->Fixed.Bytes;
    QUEUE_ENTRY *Entry = ExAllocatePoolWithTag(WAY_POOL_TYPE, Bytes, WAY_POOL_TAG);
    if (Entry)
        WayWrite(Facts, &Entry->Event);
    else
        InterlockedIncrement64(&WayLost);
    return Entry;
}

VOID
QueueFree(QUEUE_ENTRY *Entry)
{
    ExFreePoolWithTag(Entry, WAY_POOL_TAG);
}

BOOLEAN
QueuePutLocked(QUEUE *Queue, QUEUE_ENTRY *Entry)
{
    if (Queue->Bytes + Entry->Event.Bytes > QUEUE_MAX_BYTES)
        return FALSE;
    Queue->Bytes += Entry->Event.Bytes;
    InsertTailList(&Queue->Entries, &Entry->Link);
    return TRUE;
}

BOOLEAN
QueuePut(QUEUE *Queue, QUEUE_ENTRY *Entry)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Queue->Lock, &Irql);
    BOOLEAN Room = QueuePutLocked(Queue, Entry);
    KeReleaseSpinLock(&Queue->Lock, Irql);
    if (Room)
        return TRUE;
    QueueFree(Entry);
    InterlockedIncrement64(&WayLost);
    return FALSE;
}

QUEUE_ENTRY *
QueueTakeLocked(QUEUE *Queue, ULONG Bytes)
{
    if (IsListEmpty(&Queue->Entries))
        return NULL;
    QUEUE_ENTRY *Entry = CONTAINING_RECORD(Queue->Entries.Flink, QUEUE_ENTRY, Link);
    if (Entry->Event.Bytes > Bytes)
        return NULL;
    RemoveEntryList(&Entry->Link);
    Queue->Bytes -= Entry->Event.Bytes;
    return Entry;
}

ULONG
QueueTake(QUEUE *Queue, VOID *Output, ULONG Bytes)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Queue->Lock, &Irql);
    QUEUE_ENTRY *Entry = QueueTakeLocked(Queue, Bytes);
    KeReleaseSpinLock(&Queue->Lock, Irql);
    if (!Entry)
        return 0;
    ULONG Written = Entry->Event.Bytes;
    RtlCopyMemory(Output, &Entry->Event, Written);
    QueueFree(Entry);
    return Written;
}
