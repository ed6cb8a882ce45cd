/* SPDX-License-Identifier: MIT
 *
 * What drivers touch that they must not.
 */
#include "broken.h"

static volatile UCHAR Sink;

/* ---- Pool ---- */

static void
LoadFromPagedPool(void)
{
    KIRQL Irql;
    const volatile UCHAR *Block = ExAllocatePool2(POOL_FLAG_PAGED, 16, BROKEN_TAG);
    Sink = Block[0];
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    Sink = Block[1];
}

static void
StoreToPagedPool(void)
{
    KIRQL Irql;
    volatile UCHAR *Block = ExAllocatePoolWithTag(PagedPool, 16, BROKEN_TAG);
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    Block[15] = 1;
}

static void
FillPagedPool(void)
{
    KIRQL Irql;
    PVOID Block = ExAllocatePool2(POOL_FLAG_PAGED, 16, BROKEN_TAG);
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    RtlZeroMemory(Block, 16);
}

static void
LoadFromFreedPool(void)
{
    const volatile UCHAR *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, BROKEN_TAG);
    ExFreePool((PVOID)(ULONG_PTR)Block);
    Sink = Block[0];
}

static void
StoreToFreedPool(void)
{
    volatile UCHAR *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, BROKEN_TAG);
    ExFreePool((PVOID)(ULONG_PTR)Block);
    Block[8] = 1;
}

static void
StoreBehindPool(void)
{
    volatile UCHAR *Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 24, BROKEN_TAG);
    Block[24] = 1;
}

static void
CopyBehindPool(void)
{
    UCHAR From[32] = {0};
    RtlCopyMemory(ExAllocatePool2(POOL_FLAG_NON_PAGED, 24, BROKEN_TAG), From, sizeof(From));
}

/* ---- Requests, and their output ---- */

static NTSTATUS
ReadsTheRequestAfterCompletion(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    BrokenComplete(Irp, STATUS_SUCCESS);
    return Irp->IoStatus.Status;
}

static void
TouchCancelled(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    BrokenComplete(Irp, STATUS_CANCELLED);
    Sink = Irp->Cancel;
}

static NTSTATUS
PendsForTouch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, TouchCancelled);
    return STATUS_PENDING;
}

static void
CancelWhatIsTouched(void)
{
    BrokenCancel(PendsForTouch);
}

static NTSTATUS
WritesAfterCompletion(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    volatile UCHAR *Output = BrokenMapOutput(Irp);
    UNREFERENCED_PARAMETER(DeviceObject);
    Output[0] = 1;
    BrokenComplete(Irp, STATUS_SUCCESS);
    Output[0] = 2;
    return STATUS_SUCCESS;
}

static NTSTATUS
WritesBehindOutput(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    RtlFillMemory(BrokenMapOutput(Irp), BROKEN_OUTPUT_BYTES + 1, 1);
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

static NTSTATUS
CopiesFromOutput(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UCHAR Copy[8];
    UNREFERENCED_PARAMETER(DeviceObject);
    RtlCopyMemory(Copy, (UCHAR *)BrokenMapOutput(Irp) + BROKEN_OUTPUT_BYTES - 8, sizeof(Copy));
    Sink = Copy[0];
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

static NTSTATUS
ComparesOutput(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UCHAR Zero[8] = {0};
    UNREFERENCED_PARAMETER(DeviceObject);
    Sink = RtlEqualMemory(BrokenMapOutput(Irp), Zero, sizeof(Zero));
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

static NTSTATUS
CountsInOutput(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    volatile ULONG *Output = BrokenMapOutput(Irp);
    UNREFERENCED_PARAMETER(DeviceObject);
    Output[1]++;
    return BrokenComplete(Irp, STATUS_SUCCESS);
}

#define ASK_WITH(Routine)                                                                                    \
    static void Ask##Routine(void)                                                                           \
    {                                                                                                        \
        BrokenAskDirect(Routine);                                                                            \
    }
ASK_WITH(ReadsTheRequestAfterCompletion)
ASK_WITH(WritesAfterCompletion)
ASK_WITH(WritesBehindOutput)
ASK_WITH(CopiesFromOutput)
ASK_WITH(ComparesOutput)
ASK_WITH(CountsInOutput)
ASK_WITH(BrokenReadsBack)

/* ---- All of them ---- */

const BROKEN_CASE BrokenAccessCases[] = {
    {"paged-at-dispatch", "a load", LoadFromPagedPool},
    {"paged-at-dispatch", "a store", StoreToPagedPool},
    {"paged-at-dispatch", "a store of 16 bytes", FillPagedPool},
    {"use-after-free", "ExFreePool", LoadFromFreedPool},
    {"use-after-free", "WRITE of size 1", StoreToFreedPool},
    {"use-after-free", "WRITE of size 1", AskWritesAfterCompletion},
    {"use-after-free", "IofCompleteRequest", AskReadsTheRequestAfterCompletion},
    {"use-after-free", "1 bytes of a request", CancelWhatIsTouched},
    {"out-of-bounds", "WRITE of size 1", StoreBehindPool},
    {"out-of-bounds", "WRITE of size 32", CopyBehindPool},
    {"out-of-bounds", "WRITE of size 65", AskWritesBehindOutput},
    {"output-read", "8 bytes", AskCopiesFromOutput},
    {"output-read", "8 bytes", AskComparesOutput},
    {"output-read", "4 bytes", AskCountsInOutput},
    {"output-read", "4 bytes", AskBrokenReadsBack},
};

const ULONG BrokenAccessCaseCount = RTL_NUMBER_OF(BrokenAccessCases);
