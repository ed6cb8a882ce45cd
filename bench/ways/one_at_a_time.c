/* SPDX-License-Identifier: MIT
 *
 * The Inverted Call Model at its plainest: the reader keeps requests pended, and each event completes one. An event that finds
 * none pended waits in a list for the next request.
 *
 * One lock guards both lists, and one of them is always empty: a request is pended only if no event waits, and an event waits
 * only if no request is pended.
 */
#include "os.h"
#include "queue.h"

static LIST_ENTRY Pended; /* guarded by Queue.Lock */
static IO_CSQ Csq;

static NTSTATUS NTAPI
OneInsert(_In_ PIO_CSQ Of, _In_ PIRP Irp, _In_ PVOID Context)
{
    UNREFERENCED_PARAMETER(Of);
    UNREFERENCED_PARAMETER(Context);
    if (!IsListEmpty(&Queue.Entries))
        return STATUS_RETRY;
    InsertTailList(&Pended, &Irp->Tail.Overlay.ListEntry);
    return STATUS_SUCCESS;
}

static VOID NTAPI
OneRemove(_In_ PIO_CSQ Of, _In_ PIRP Irp)
{
    UNREFERENCED_PARAMETER(Of);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

static PIRP NTAPI
OnePeek(_In_ PIO_CSQ Of, _In_opt_ PIRP Irp, _In_opt_ PVOID Context)
{
    UNREFERENCED_PARAMETER(Of);
    UNREFERENCED_PARAMETER(Context);
    LIST_ENTRY *Next = Irp ? Irp->Tail.Overlay.ListEntry.Flink : Pended.Flink;
    return Next == &Pended ? NULL : CONTAINING_RECORD(Next, IRP, Tail.Overlay.ListEntry);
}

static VOID NTAPI
OneAcquire(_In_ PIO_CSQ Of, _Out_ PKIRQL Irql)
{
    UNREFERENCED_PARAMETER(Of);
    KeAcquireSpinLock(&Queue.Lock, Irql);
}

static VOID NTAPI
OneRelease(_In_ PIO_CSQ Of, _In_ KIRQL Irql)
{
    UNREFERENCED_PARAMETER(Of);
    KeReleaseSpinLock(&Queue.Lock, Irql);
}

static VOID NTAPI
OneCancelled(_In_ PIO_CSQ Of, _In_ PIRP Irp)
{
    UNREFERENCED_PARAMETER(Of);
    WayComplete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS
OneInit(VOID)
{
    (VOID) QueueInit(); /* which cannot fail */
    InitializeListHead(&Pended);
    return IoCsqInitializeEx(&Csq, OneInsert, OneRemove, OnePeek, OneAcquire, OneRelease, OneCancelled);
}

static VOID
OneCancel(VOID)
{
    PIRP Irp;
    while ((Irp = IoCsqRemoveNextIrp(&Csq, NULL)) != NULL)
        WayComplete(Irp, STATUS_CANCELLED, 0);
}

/* A record that does not fit is lost, and the request tells so. */
static VOID
OneAnswer(_Inout_ PIRP Irp, _In_ const PRCM_RECORD *Record)
{
    ULONG Room = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.OutputBufferLength;
    if (Room < Record->Size)
    {
        InterlockedIncrement64(&WayLost);
        WayComplete(Irp, STATUS_BUFFER_OVERFLOW, 0);
        return;
    }
    RtlCopyMemory(OsMapMdl(Irp->MdlAddress), Record, Record->Size); /* the mapping that way.c made */
    WayComplete(Irp, STATUS_SUCCESS, Record->Size);
}

/* Puts Entry, unless a request has come meanwhile; whether it has not. */
static BOOLEAN
OnePut(_In_ QUEUE_ENTRY *Entry)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Queue.Lock, &Irql);
    BOOLEAN None = IsListEmpty(&Pended);
    BOOLEAN Room = None && QueuePutLocked(Entry);
    KeReleaseSpinLock(&Queue.Lock, Irql);
    if (None && !Room)
    {
        QueueFree(Entry);
        InterlockedIncrement64(&WayLost);
    }
    return None;
}

static VOID
OneCommit(_Inout_ PRCM_RECORD *Record)
{
    PIRP Irp;
    while ((Irp = IoCsqRemoveNextIrp(&Csq, NULL)) == NULL)
        if (OnePut(QueueEntry(Record)))
            return;
    OneAnswer(Irp, Record);
    QueueFree(QueueEntry(Record));
}

static NTSTATUS
OneTake(_Inout_ PIRP Irp, _Out_ VOID *Output, _In_ ULONG OutputBytes, _Out_ ULONG *Written)
{
    *Written = QueueTake(Output, OutputBytes);
    if (*Written)
        return STATUS_SUCCESS;
    IoMarkIrpPending(Irp);
    while (IoCsqInsertIrpEx(&Csq, Irp, NULL, NULL) == STATUS_RETRY)
    {
        *Written = QueueTake(Output, OutputBytes);
        if (*Written)
        {
            WayComplete(Irp, STATUS_SUCCESS, *Written);
            return STATUS_PENDING;
        }
    }
    return STATUS_PENDING;
}

static const WAY OneAtATime = {OneInit, QueueDestroy, QueueReserve, OneCommit, OneTake, OneCancel};

WAY_ENTRY(OneAtATimeEntry, OneAtATime)
