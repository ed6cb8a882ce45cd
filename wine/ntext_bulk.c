/* SPDX-License-Identifier: MIT
 *
 * Made-up events in bulk. The request is pended, so that the thread that dispatches requests stays free and
 * readers read meanwhile; each worker thread raises its share, and the last to finish completes the request.
 * A request that is cancelled (its sender died) ends at the workers' next event.
 */
#include "ntext_bulk.h"
#include "madeup.h"
#include "ntext_notify.h"
#include "ntext_pool.h"
#include "ntext_process.h"

typedef struct BULK BULK;

typedef struct BULK_WORKER
{
    BULK *Bulk;
    ULONG Thread;
    PUCHAR Bits; /* this thread's part of the bitmap */
} BULK_WORKER;

struct BULK
{
    PIRP Irp;
    PVOID Owner;
    NTEXT_SPEC Spec;
    LONG Unfinished; /* workers, and BulkStart while it starts them */
    LONG Delivered;
    LONG ProcessTier; /* highest seen */
    LONG ImageTier;
    ULONG AnswerBytes;
    BULK_WORKER Workers[NTEXT_MAX_BULK_THREADS];
};

static ULONG
BulkAnswerBytes(_In_ const NTEXT_SPEC *Spec)
{
    ULONG Bytes = sizeof(NTEXT_BULK_RESULT);
    for (ULONG Thread = 0; Thread < Spec->Threads; Thread++)
        Bytes += (MadeUpEventCount(Spec, Thread) + 7) / 8;
    return Bytes;
}

static VOID
BulkFinishOne(_In_ BULK *Bulk)
{
    if (InterlockedDecrement(&Bulk->Unfinished) != 0)
        return;
    PIRP Irp = Bulk->Irp;
    if (Irp->Cancel)
        ProcessUnlistOwner(Bulk->Owner); /* their CLOSE may have come and gone */
    NTEXT_BULK_RESULT *Result = Irp->AssociatedIrp.SystemBuffer;
    Result->Delivered = (ULONG)Bulk->Delivered;
    Result->ProcessTier = (ULONG)Bulk->ProcessTier;
    Result->ImageTier = (ULONG)Bulk->ImageTier;
    Irp->IoStatus.Status = Irp->Cancel ? STATUS_CANCELLED : STATUS_SUCCESS;
    Irp->IoStatus.Information = Bulk->AnswerBytes;
    ExFreePoolWithTag(Bulk, NTEXT_POOL_TAG);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static VOID
BulkRaiseShare(_In_ BULK_WORKER *Worker, _In_ NTEXT_EVENT *Event)
{
    MADE_UP MadeUp;
    BULK *Bulk = Worker->Bulk;
    MadeUpBegin(&MadeUp, &Bulk->Spec, Worker->Thread);
    for (ULONG i = 0; !Bulk->Irp->Cancel && MadeUpNext(&MadeUp, Event); i++)
    {
        NTEXT_RESULT Result;
        if (!NT_SUCCESS(NotifyRaise(Event, Bulk->Owner, &Result)) || Result.Routines == 0)
            continue;
        Worker->Bits[i / 8] |= (UCHAR)(1 << i % 8);
        InterlockedIncrement(&Bulk->Delivered);
        /* Every routine of a kind has one tier, but for a moment between two drivers: the last one counts. */
        InterlockedExchange(Event->Kind == NTEXT_IMAGE ? &Bulk->ImageTier : &Bulk->ProcessTier,
                            (LONG)Result.Tier);
    }
}

static KSTART_ROUTINE BulkThread;

static VOID NTAPI
BulkThread(PVOID Context)
{
    BULK_WORKER *Worker = Context;
    NTEXT_EVENT *Event =
        ExAllocatePoolWithTag(NonPagedPool, MadeUpEventBytes(&Worker->Bulk->Spec), NTEXT_POOL_TAG);
    if (Event)
    {
        BulkRaiseShare(Worker, Event);
        ExFreePoolWithTag(Event, NTEXT_POOL_TAG);
    }
    BulkFinishOne(Worker->Bulk);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

/* The answer is written over the request, which has been copied. */
static VOID
BulkInit(_Out_ BULK *Bulk, _In_ PIRP Irp, _In_ PIO_STACK_LOCATION Stack)
{
    NTEXT_BULK_RESULT *Result = Irp->AssociatedIrp.SystemBuffer;
    RtlZeroMemory(Bulk, sizeof(*Bulk));
    Bulk->Irp = Irp;
    Bulk->Owner = Stack->FileObject;
    RtlCopyMemory(&Bulk->Spec, Result, sizeof(Bulk->Spec));
    Bulk->Unfinished = 1;
    Bulk->AnswerBytes = BulkAnswerBytes(&Bulk->Spec);
    RtlZeroMemory(Result, Bulk->AnswerBytes);
    PUCHAR Bits = (PUCHAR)(Result + 1);
    for (ULONG Thread = 0; Thread < Bulk->Spec.Threads; Thread++)
    {
        Bulk->Workers[Thread] = (BULK_WORKER){.Bulk = Bulk, .Thread = Thread, .Bits = Bits};
        Bits += (MadeUpEventCount(&Bulk->Spec, Thread) + 7) / 8;
    }
}

NTSTATUS
BulkStart(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    const NTEXT_SPEC *Spec = Irp->AssociatedIrp.SystemBuffer;
    if (Stack->Parameters.DeviceIoControl.InputBufferLength != sizeof(*Spec) || !MadeUpIsValid(Spec))
        return STATUS_INVALID_PARAMETER;
    if (Stack->Parameters.DeviceIoControl.OutputBufferLength < BulkAnswerBytes(Spec))
        return STATUS_BUFFER_TOO_SMALL;
    BULK *Bulk = ExAllocatePoolWithTag(NonPagedPool, sizeof(*Bulk), NTEXT_POOL_TAG);
    if (!Bulk)
        return STATUS_INSUFFICIENT_RESOURCES;
    BulkInit(Bulk, Irp, Stack);
    IoMarkIrpPending(Irp);
    for (ULONG Thread = 0; Thread < Bulk->Spec.Threads; Thread++)
    {
        HANDLE Handle;
        InterlockedIncrement(&Bulk->Unfinished);
        if (NT_SUCCESS(PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, BulkThread,
                                            &Bulk->Workers[Thread])))
            ZwClose(Handle);
        else
            BulkFinishOne(Bulk); /* its events stay undelivered, and the answer says so */
    }
    BulkFinishOne(Bulk);
    return STATUS_PENDING;
}
