/* SPDX-License-Identifier: MIT */
#include "queue.h"

QUEUE Queue;

NTSTATUS
QueueInit(VOID)
{
    KeInitializeSpinLock(&Queue.Lock);
    InitializeListHead(&Queue.Entries);
    Queue.Bytes = 0;
    return STATUS_SUCCESS;
}

VOID
QueueDestroy(VOID)
{
    while (!IsListEmpty(&Queue.Entries))
        QueueFree(CONTAINING_RECORD(RemoveHeadList(&Queue.Entries), QUEUE_ENTRY, Link));
}

PRCM_RECORD *
QueueReserve(ULONG Bytes)
{
    QUEUE_ENTRY *Entry =
        ExAllocatePoolWithTag(WAY_POOL_TYPE, FIELD_OFFSET(QUEUE_ENTRY, Record) + Bytes, WAY_POOL_TAG);
    if (Entry)
        return &Entry->Record;
    InterlockedIncrement64(&WayLost);
    return NULL;
}

QUEUE_ENTRY *
QueueEntry(PRCM_RECORD *Record)
{
    return CONTAINING_RECORD(Record, QUEUE_ENTRY, Record);
}

VOID
QueueFree(QUEUE_ENTRY *Entry)
{
    ExFreePoolWithTag(Entry, WAY_POOL_TAG);
}

BOOLEAN
QueuePutLocked(QUEUE_ENTRY *Entry)
{
    if (Queue.Bytes + Entry->Record.Size > QUEUE_MAX_BYTES)
        return FALSE;
    Queue.Bytes += Entry->Record.Size;
    InsertTailList(&Queue.Entries, &Entry->Link);
    return TRUE;
}

BOOLEAN
QueuePut(QUEUE_ENTRY *Entry)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Queue.Lock, &Irql);
    BOOLEAN Room = QueuePutLocked(Entry);
    KeReleaseSpinLock(&Queue.Lock, Irql);
    if (Room)
        return TRUE;
    QueueFree(Entry);
    InterlockedIncrement64(&WayLost);
    return FALSE;
}

static QUEUE_ENTRY *
QueueTakeLocked(_In_ ULONG Bytes)
{
    if (IsListEmpty(&Queue.Entries))
        return NULL;
    QUEUE_ENTRY *Entry = CONTAINING_RECORD(Queue.Entries.Flink, QUEUE_ENTRY, Link);
    if (Entry->Record.Size > Bytes)
        return NULL;
    RemoveEntryList(&Entry->Link);
    Queue.Bytes -= Entry->Record.Size;
    return Entry;
}

ULONG
QueueTake(VOID *Output, ULONG Bytes)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Queue.Lock, &Irql);
    QUEUE_ENTRY *Entry = QueueTakeLocked(Bytes);
    KeReleaseSpinLock(&Queue.Lock, Irql);
    if (!Entry)
        return 0;
    ULONG Written = Entry->Record.Size;
    RtlCopyMemory(Output, &Entry->Record, Written);
    QueueFree(Entry);
    return Written;
}

NTSTATUS
QueueTakeOne(PIRP Irp, VOID *Output, ULONG OutputBytes, ULONG *Written)
{
    UNREFERENCED_PARAMETER(Irp);
    *Written = QueueTake(Output, OutputBytes);
    return *Written ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}
