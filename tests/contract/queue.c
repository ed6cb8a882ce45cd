/* SPDX-License-Identifier: MIT
 *
 * Cancel-safe queues.
 */
#include "contract.h"

/* ---- Cancel-safe queues ---- */

static LIST_ENTRY QueueHead = {&QueueHead, &QueueHead};
static KSPIN_LOCK QueueLock;

static DRIVER_CANCEL QueueCancel;

static NTSTATUS NTAPI
QueueInsert(PIO_CSQ Csq, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(Csq);
    UNREFERENCED_PARAMETER(Context);
    InsertTailList(&QueueHead, &Irp->Tail.Overlay.ListEntry);
    return STATUS_SUCCESS;
}

static VOID NTAPI
QueueRemove(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

static PIRP NTAPI
QueuePeek(PIO_CSQ Csq, PIRP Irp, PVOID Context)
{
    LIST_ENTRY *Next = Irp ? Irp->Tail.Overlay.ListEntry.Flink : QueueHead.Flink;
    UNREFERENCED_PARAMETER(Csq);
    UNREFERENCED_PARAMETER(Context);
    return Next == &QueueHead ? NULL : CONTAINING_RECORD(Next, IRP, Tail.Overlay.ListEntry);
}

static VOID NTAPI
QueueAcquire(PIO_CSQ Csq, PKIRQL Irql)
{
    UNREFERENCED_PARAMETER(Csq);
    KeAcquireSpinLock(&QueueLock, Irql);
}

static VOID NTAPI
QueueRelease(PIO_CSQ Csq, KIRQL Irql)
{
    UNREFERENCED_PARAMETER(Csq);
    KeReleaseSpinLock(&QueueLock, Irql);
}

static VOID NTAPI
QueueComplete(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    UNREFERENCED_PARAMETER(Irp);
}

static VOID NTAPI
QueueCancel(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
}

static VOID
QueueInit(PIO_CSQ Csq)
{
    RtlZeroMemory(Csq, sizeof(*Csq));
    IoCsqInitializeEx(Csq, QueueInsert, QueueRemove, QueuePeek, QueueAcquire, QueueRelease, QueueComplete);
}

static NTSTATUS
QueueWithoutRoutines(PEPROCESS Process)
{
    IO_CSQ Csq;
    UNREFERENCED_PARAMETER(Process);
    return IoCsqInitializeEx(&Csq, QueueInsert, NULL, QueuePeek, QueueAcquire, NULL, QueueComplete);
}

/* A request of our own, which nobody sees but the queue. */
static PIRP
QueueMakeIrp(VOID)
{
    return IoAllocateIrp(1, FALSE);
}

static NTSTATUS
QueuedAndTakenBack(PEPROCESS Process)
{
    IO_CSQ Csq;
    IO_CSQ_IRP_CONTEXT Context;
    PIRP Irp = QueueMakeIrp();
    UNREFERENCED_PARAMETER(Process);
    if (!Irp)
        return CONTRACT_NO_CASE;
    IoSetNextIrpStackLocation(Irp);
    QueueInit(&Csq);
    NTSTATUS Status = IoCsqInsertIrpEx(&Csq, Irp, NULL, NULL);
    if (IoCsqRemoveNextIrp(&Csq, NULL) != Irp)
        Status = CONTRACT_NO_CASE;
    if (NT_SUCCESS(Status))
        Status = IoCsqInsertIrpEx(&Csq, Irp, &Context, NULL);
    if (IoCsqRemoveIrp(&Csq, &Context) != Irp)
        Status = CONTRACT_NO_CASE;
    IoFreeIrp(Irp);
    return Status;
}

static NTSTATUS
QueuedWithACancelRoutine(PEPROCESS Process)
{
    IO_CSQ Csq;
    PIRP Irp = QueueMakeIrp();
    UNREFERENCED_PARAMETER(Process);
    if (!Irp)
        return CONTRACT_NO_CASE;
    IoSetNextIrpStackLocation(Irp);
    QueueInit(&Csq);
    (VOID) IoSetCancelRoutine(Irp, QueueCancel);
    NTSTATUS Status = IoCsqInsertIrpEx(&Csq, Irp, NULL, NULL);
    (VOID) IoCsqRemoveNextIrp(&Csq, NULL);
    IoFreeIrp(Irp);
    return Status;
}

/* As one whose memory only looks like it. */
static NTSTATUS
QueuedWhereNoQueueIs(PEPROCESS Process)
{
    IO_CSQ Csq;
    PIRP Irp = QueueMakeIrp();
    UNREFERENCED_PARAMETER(Process);
    if (!Irp)
        return CONTRACT_NO_CASE;
    IoSetNextIrpStackLocation(Irp);
    QueueInit(&Csq);
    Csq.Type = 0;
    NTSTATUS Status = IoCsqInsertIrpEx(&Csq, Irp, NULL, NULL);
    Csq.Type = IO_TYPE_CSQ_EX;
    if (IoCsqRemoveNextIrp(&Csq, NULL) != Irp)
        Status = CONTRACT_NO_CASE;
    IoFreeIrp(Irp);
    return Status;
}

static NTSTATUS
TakenBackFromAnotherQueue(PEPROCESS Process)
{
    IO_CSQ Csq, Other;
    IO_CSQ_IRP_CONTEXT Context;
    PIRP Irp = QueueMakeIrp();
    UNREFERENCED_PARAMETER(Process);
    if (!Irp)
        return CONTRACT_NO_CASE;
    IoSetNextIrpStackLocation(Irp);
    QueueInit(&Csq);
    QueueInit(&Other);
    NTSTATUS Status = IoCsqInsertIrpEx(&Csq, Irp, &Context, NULL);
    (VOID) IoCsqRemoveIrp(&Other, &Context);
    IoFreeIrp(Irp);
    return Status;
}

const CONTRACT_CASE ContractQueueCases[] = {
    CONTRACT_CASE_NAMED(QueueWithoutRoutines),      CONTRACT_CASE_NAMED(QueuedAndTakenBack),
    CONTRACT_CASE_NAMED(QueuedWithACancelRoutine),  CONTRACT_CASE_NAMED(QueuedWhereNoQueueIs),
    CONTRACT_CASE_NAMED(TakenBackFromAnotherQueue), {NULL, NULL},
};
