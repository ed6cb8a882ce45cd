/* SPDX-License-Identifier: MIT
 *
 * Cancel-safe queues by the WDK's contract, on top of IoSetCancelRoutine. Plain WDM: the same file serves
 * ntext.sys and the kernel in user mode.
 *
 * Who owns a queued request is settled by one exchange of Irp->CancelRoutine: whoever takes CsqCancel out.
 *
 *     a remover finds CsqCancel   it has the request, which nobody will cancel any more
 *     a remover finds NULL        IoCancelIrp has it: CsqCancel is waiting for the queue's lock, will remove
 *                                 and complete it; the remover passes it over
 *     an inserter finds Cancel    set before CsqCancel was: the same exchange decides who completes it
 *
 * A request is completed only after the queue's lock has been released.
 */
#include <ntifs.h>

#define CSQ_SLOT 3 /* the DriverContext that the contract leaves to the queue */

/* What the slot points to begins with its type: a queue, or a context that knows its queue. */
static PIO_CSQ
CsqOfIrp(_In_ PIRP Irp)
{
    PIO_CSQ Csq = Irp->Tail.Overlay.DriverContext[CSQ_SLOT];
    if (Csq->Type == IO_TYPE_CSQ_IRP_CONTEXT)
        return ((PIO_CSQ_IRP_CONTEXT)Irp->Tail.Overlay.DriverContext[CSQ_SLOT])->Csq;
    return Csq;
}

static VOID
CsqAttach(_In_ PIO_CSQ Csq, _In_ PIRP Irp, _In_opt_ PIO_CSQ_IRP_CONTEXT Context)
{
    Irp->Tail.Overlay.DriverContext[CSQ_SLOT] = Context ? (PVOID)Context : (PVOID)Csq;
    if (!Context)
        return;
    Context->Type = IO_TYPE_CSQ_IRP_CONTEXT;
    Context->Irp = Irp;
    Context->Csq = Csq;
}

static VOID
CsqDetach(_In_ PIRP Irp)
{
    PIO_CSQ_IRP_CONTEXT Context = Irp->Tail.Overlay.DriverContext[CSQ_SLOT];
    if (Context->Type == IO_TYPE_CSQ_IRP_CONTEXT)
        Context->Irp = NULL;
    Irp->Tail.Overlay.DriverContext[CSQ_SLOT] = NULL;
}

static VOID
CsqRemoveLocked(_In_ PIO_CSQ Csq, _In_ PIRP Irp)
{
    Csq->CsqRemoveIrp(Csq, Irp);
    CsqDetach(Irp);
}

static DRIVER_CANCEL CsqCancel;

static VOID NTAPI
CsqCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);

    PIO_CSQ Csq = CsqOfIrp(Irp);
    KIRQL Irql;
    Csq->CsqAcquireLock(Csq, &Irql);
    CsqRemoveLocked(Csq, Irp);
    Csq->CsqReleaseLock(Csq, Irql);
    Csq->CsqCompleteCanceledIrp(Csq, Irp);
}

NTSTATUS NTAPI
IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp, PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                  PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp, PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                  PIO_CSQ_RELEASE_LOCK CsqReleaseLock, PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    ASSERT(CsqInsertIrp && CsqRemoveIrp && CsqPeekNextIrp);
    ASSERT(CsqAcquireLock && CsqReleaseLock && CsqCompleteCanceledIrp);
    Csq->Type = IO_TYPE_CSQ_EX;
    Csq->CsqInsertIrp = (PIO_CSQ_INSERT_IRP)(PVOID)CsqInsertIrp;
    Csq->CsqRemoveIrp = CsqRemoveIrp;
    Csq->CsqPeekNextIrp = CsqPeekNextIrp;
    Csq->CsqAcquireLock = CsqAcquireLock;
    Csq->CsqReleaseLock = CsqReleaseLock;
    Csq->CsqCompleteCanceledIrp = CsqCompleteCanceledIrp;
    Csq->ReservePointer = NULL;
    return STATUS_SUCCESS;
}

/* Once the cancel routine is set and the lock released, the request may be gone at any moment. */
static BOOLEAN
CsqArmCancelLocked(_In_ PIO_CSQ Csq, _In_ PIRP Irp)
{
    PDRIVER_CANCEL Before = IoSetCancelRoutine(Irp, CsqCancel);
    ASSERT(!Before);
    UNREFERENCED_PARAMETER(Before);
    if (!Irp->Cancel || !IoSetCancelRoutine(Irp, NULL))
        return TRUE;
    CsqRemoveLocked(Csq, Irp);
    return FALSE;
}

NTSTATUS NTAPI
IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context, PVOID InsertContext)
{
    PIO_CSQ_INSERT_IRP_EX Insert = (PIO_CSQ_INSERT_IRP_EX)(PVOID)Csq->CsqInsertIrp;
    KIRQL Irql;
    ASSERT(Csq->Type == IO_TYPE_CSQ_EX);
    Csq->CsqAcquireLock(Csq, &Irql);
    CsqAttach(Csq, Irp, Context);
    NTSTATUS Status = Insert(Csq, Irp, InsertContext);
    if (!NT_SUCCESS(Status))
    {
        CsqDetach(Irp);
        Csq->CsqReleaseLock(Csq, Irql);
        return Status;
    }
    IoMarkIrpPending(Irp);
    BOOLEAN Queued = CsqArmCancelLocked(Csq, Irp);
    Csq->CsqReleaseLock(Csq, Irql);
    if (!Queued)
        Csq->CsqCompleteCanceledIrp(Csq, Irp);
    return Status;
}

PIRP NTAPI
IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext)
{
    KIRQL Irql;
    Csq->CsqAcquireLock(Csq, &Irql);
    PIRP Irp = Csq->CsqPeekNextIrp(Csq, NULL, PeekContext);
    while (Irp && !IoSetCancelRoutine(Irp, NULL))
        Irp = Csq->CsqPeekNextIrp(Csq, Irp, PeekContext);
    if (Irp)
        CsqRemoveLocked(Csq, Irp);
    Csq->CsqReleaseLock(Csq, Irql);
    return Irp;
}

PIRP NTAPI
IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context)
{
    KIRQL Irql;
    Csq->CsqAcquireLock(Csq, &Irql);
    PIRP Irp = Context->Irp;
    ASSERT(!Irp || Context->Csq == Csq);
    if (Irp && !IoSetCancelRoutine(Irp, NULL))
        Irp = NULL;
    if (Irp)
        CsqRemoveLocked(Csq, Irp);
    Csq->CsqReleaseLock(Csq, Irql);
    return Irp;
}
