/* SPDX-License-Identifier: MIT
 *
 * The life of a request.
 *
 *     issued     IrpSend gives it to the driver; it is in Issued, and holds a reference to its file object
 *     completed  IofCompleteRequest: what it brings is copied to the caller, and its memory is freed at once,
 *                so that AddressSanitizer sees whoever touches it afterwards
 *     finished   what NT does in an APC of the issuing thread: the file object is let go, and CLOSE may
 *                follow. Done by that thread whenever it is in the simulator, or by who waits for the request
 *
 * A canceller pins the request: completed meanwhile, its memory lasts until the canceller has let go, as on
 * NT, where the APC that frees it cannot run before.
 */
#include "kernel.h"
#include "irp.h"

#define SYSTEM_BUFFER_FILL 0xEE
#define UNWRITTEN_RUN      4u /* bytes of the fill in a row that nobody has written */

typedef struct IRP_BLOCK
{
    IRP Irp;
    IO_STACK_LOCATION Stack;
    SIM_IO *Io;
} IRP_BLOCK;

struct SIM_IO
{
    SIM_IO *Next;      /* in Issued */
    ULONG Thread;      /* that issued it */
    PEPROCESS Process; /* whose thread that was */
    PFILE_OBJECT File;
    IRP_BLOCK *Block;
    void *Out;
    ULONG OutBytes;
    ULONG Method;
    bool Marked;      /* pending */
    bool Dispatching; /* the dispatch routine has not come back yet */
    bool RunDown;     /* cancelled, as its thread or process ended */
    bool Completed;
    bool Finished;
    ULONG Pins;
    NTSTATUS Status;
    ULONG_PTR Information;
};

static SIM_IO *Issued;
static KSPIN_LOCK CancelLock;

/* ---- What drivers call ---- */

static IRP_BLOCK *
IrpBlock(const char *Call, PIRP Irp)
{
    if (!TrackHas(TRACK_REQUEST, Irp))
        RuleBroken("double-completion", "%s of %p, which is no request, or no longer", Call, (void *)Irp);
    return CONTAINING_RECORD(Irp, IRP_BLOCK, Irp);
}

PIO_STACK_LOCATION
IoGetCurrentIrpStackLocation(PIRP Irp)
{
    return Irp->Tail.Overlay.CurrentStackLocation;
}

VOID
IoMarkIrpPending(PIRP Irp)
{
    IRP_BLOCK *Block = IrpBlock("IoMarkIrpPending", Irp);
    Block->Stack.Control |= SL_PENDING_RETURNED;
    __atomic_store_n(&Block->Io->Marked, true, __ATOMIC_RELAXED);
}

static PDRIVER_CANCEL
IrpExchangeCancel(PIRP Irp, PDRIVER_CANCEL Routine)
{
    SchedPoint(SIM_POINT_ATOMIC, &Irp->CancelRoutine);
    return __atomic_exchange_n(&Irp->CancelRoutine, Routine, __ATOMIC_SEQ_CST);
}

PDRIVER_CANCEL
IoSetCancelRoutine(PIRP Irp, PDRIVER_CANCEL Routine)
{
    IrpBlock("IoSetCancelRoutine", Irp);
    return IrpExchangeCancel(Irp, Routine);
}

VOID
IoAcquireCancelSpinLock(PKIRQL Irql)
{
    *Irql = KeAcquireSpinLockRaiseToDpc(&CancelLock);
}

VOID
IoReleaseCancelSpinLock(KIRQL Irql)
{
    KeReleaseSpinLock(&CancelLock, Irql);
}

/* Irp is not complete, or pinned. */
static void
IrpCancel(PIRP Irp)
{
    KIRQL Irql;
    IoAcquireCancelSpinLock(&Irql);
    Irp->Cancel = TRUE;
    PDRIVER_CANCEL Routine = IrpExchangeCancel(Irp, NULL);
    if (!Routine)
    {
        IoReleaseCancelSpinLock(Irql);
        return;
    }
    ULONG Locks = SchedSelf()->LockCount;
    Irp->CancelIrql = Irql;
    Routine(Irp->Tail.Overlay.CurrentStackLocation->DeviceObject, Irp);
    if (SchedSelf()->LockCount != Locks - 1 || SchedSelf()->Irql != Irql)
        RuleBroken("cancel-lock", "a cancel routine came back with the cancel lock held, or at another IRQL");
}

/* What NT hands to user mode of it would be what the pool held before. */
static bool
IrpHasUnwritten(const IRP_BLOCK *Block, ULONG_PTR Information)
{
    const UCHAR *Buffer = Block->Irp.AssociatedIrp.SystemBuffer;
    ULONG Run = 0;
    for (ULONG_PTR At = Block->Stack.Parameters.DeviceIoControl.InputBufferLength; At < Information; At++)
    {
        Run = Buffer[At] == SYSTEM_BUFFER_FILL ? Run + 1 : 0;
        if (Run == UNWRITTEN_RUN)
            return true;
    }
    return false;
}

static void
IrpCheckInformation(const IRP_BLOCK *Block)
{
    NTSTATUS Status = Block->Irp.IoStatus.Status;
    ULONG_PTR Information = Block->Irp.IoStatus.Information;
    if (Status == STATUS_CANCELLED && Information)
        RuleBroken("completion-information", "%zu bytes told of a request that is cancelled", Information);
    if (NT_ERROR(Status) || Block->Stack.MajorFunction != IRP_MJ_DEVICE_CONTROL)
        return;
    if (Information > Block->Io->OutBytes)
        RuleBroken("completion-information", "%zu bytes told of a buffer of %u", Information,
                   Block->Io->OutBytes);
    if (SIM_CHECKS && Block->Io->Method == METHOD_BUFFERED && IrpHasUnwritten(Block, Information))
        RuleBroken("completion-information", "%zu bytes told, and not all of them written", Information);
}

static void
IrpCheckCompletion(const IRP_BLOCK *Block)
{
    NTSTATUS Status = Block->Irp.IoStatus.Status;
    RuleIrql("IoCompleteRequest", DISPATCH_LEVEL);
    if (SchedSelf()->LockCount)
        RuleBroken("completion-with-lock", "IoCompleteRequest with %u spin locks held",
                   SchedSelf()->LockCount);
    if (__atomic_load_n(&Block->Irp.CancelRoutine, __ATOMIC_RELAXED))
        RuleBroken("cancel-routine-left", "IoCompleteRequest of a request that can still be cancelled");
    if (Status == STATUS_PENDING)
        RuleBroken("completion-status", "IoCompleteRequest with STATUS_PENDING");
    IrpCheckInformation(Block);
}

/* Gives the caller what the request brings, and frees what it was carried in. */
static void
IrpReleaseBuffers(IRP_BLOCK *Block)
{
    const SIM_IO *Io = Block->Io;
    ULONG_PTR Information = Block->Irp.IoStatus.Information;
    if (Io->Method == METHOD_BUFFERED && Io->Out && Information && !NT_ERROR(Block->Irp.IoStatus.Status))
        memcpy(Io->Out, Block->Irp.AssociatedIrp.SystemBuffer, Information);
    if (Block->Irp.MdlAddress)
        MmFreeMdl(Block->Irp.MdlAddress);
    free(Block->Irp.AssociatedIrp.SystemBuffer);
}

VOID
IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
    IRP_BLOCK *Block = IrpBlock("IoCompleteRequest", Irp);
    SIM_IO *Io = Block->Io;
    (void)PriorityBoost;
    IrpCheckCompletion(Block);
    if (!TrackRemove(TRACK_REQUEST, Irp, NULL))
        RuleBroken("double-completion", "IoCompleteRequest of a request that another thread completes");
    IrpReleaseBuffers(Block);

    SchedEnter();
    Io->Status = Irp->IoStatus.Status;
    Io->Information = Irp->IoStatus.Information;
    Io->Completed = true;
    bool Pinned = Io->Pins != 0;
    if (Pinned)
        AccessGuard(ACCESS_COMPLETED, Block, sizeof(*Block));
    else
        Io->Block = NULL;
    SchedChanged();
    SchedLeave();
    /* Io may be gone from here on. */
    if (!Pinned)
        free(Block);
    SchedPoint(SIM_POINT_COMPLETE, Irp);
}

/* ---- Issuing ---- */

static NTSTATUS
IrpSetBuffers(IRP_BLOCK *Block, const void *In, void *Out)
{
    ULONG InBytes = Block->Stack.Parameters.DeviceIoControl.InputBufferLength;
    ULONG OutBytes = Block->Stack.Parameters.DeviceIoControl.OutputBufferLength;
    ULONG Method = METHOD_FROM_CTL_CODE(Block->Stack.Parameters.DeviceIoControl.IoControlCode);
    ULONG Bytes = Method == METHOD_BUFFERED ? max(InBytes, OutBytes) : InBytes;

    if (Method == METHOD_NEITHER)
        Block->Stack.Parameters.DeviceIoControl.Type3InputBuffer = (void *)(ULONG_PTR)In;
    if (Bytes && Method != METHOD_NEITHER)
    {
        if (FaultStatus("IoAllocateSystemBuffer", STATUS_INSUFFICIENT_RESOURCES))
            return STATUS_INSUFFICIENT_RESOURCES;
        Block->Irp.AssociatedIrp.SystemBuffer = RtlpAllocate(Bytes);
        if (SIM_CHECKS)
            memset(Block->Irp.AssociatedIrp.SystemBuffer, SYSTEM_BUFFER_FILL, Bytes);
        if (InBytes)
            memcpy(Block->Irp.AssociatedIrp.SystemBuffer, In, InBytes);
    }
    if (OutBytes && (Method == METHOD_OUT_DIRECT || Method == METHOD_IN_DIRECT))
    {
        Block->Irp.MdlAddress = MmCreateMdl(Out, OutBytes, Method == METHOD_OUT_DIRECT);
        if (!Block->Irp.MdlAddress)
        {
            free(Block->Irp.AssociatedIrp.SystemBuffer);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    Block->Irp.UserBuffer = Out;
    return STATUS_SUCCESS;
}

static IRP_BLOCK *
IrpCreate(SIM_IO *Io, KPROCESSOR_MODE Mode, const IO_STACK_LOCATION *Parameters)
{
    IRP_BLOCK *Block = RtlpAllocate(sizeof(*Block));
    Block->Stack = *Parameters;
    Block->Stack.FileObject = Mode == UserMode ? Io->File : NULL;
    Block->Stack.DeviceObject = Io->File->DeviceObject;
    Block->Irp.RequestorMode = Mode;
    Block->Irp.StackCount = Block->Irp.CurrentLocation = 1;
    Block->Irp.Tail.Overlay.Thread = KeGetCurrentThread();
    Block->Irp.Tail.Overlay.OriginalFileObject = Block->Stack.FileObject;
    Block->Irp.Tail.Overlay.CurrentStackLocation = &Block->Stack;
    Block->Io = Io;
    return Block;
}

/* What NT's own default does for a function that the driver does not have. */
static NTSTATUS
IrpInvalid(PDEVICE_OBJECT Device, PIRP Irp)
{
    (void)Device;
    Irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    IofCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_INVALID_DEVICE_REQUEST;
}

static void
IrpCheckDispatch(SIM_IO *Io, NTSTATUS Returned)
{
    bool Marked = __atomic_load_n(&Io->Marked, __ATOMIC_RELAXED);
    SchedEnter();
    bool Completed = Io->Completed;
    NTSTATUS Status = Io->Status;
    Io->Dispatching = false;
    SchedChanged();
    SchedLeave();
    if (Marked != (Returned == STATUS_PENDING))
        RuleBroken("pending-mark", "0x%08X returned for a request that was%s marked pending", (ULONG)Returned,
                   Marked ? "" : " not");
    if (Returned == STATUS_PENDING)
        return;
    if (!Completed)
        RuleBroken("not-completed", "0x%08X returned for a request that is not completed", (ULONG)Returned);
    if (Returned != Status)
        RuleBroken("completion-status", "0x%08X returned for a request completed with 0x%08X",
                   (ULONG)Returned, (ULONG)Status);
}

/* "DispatchCleanup Routines", "IRP_MJ_CLOSE": nobody could do anything about it. */
static void
IrpCheckEnd(UCHAR Major, NTSTATUS Returned)
{
    if ((Major == IRP_MJ_CLEANUP || Major == IRP_MJ_CLOSE) && Returned != STATUS_SUCCESS)
        RuleBroken("end-status", "0x%08X for a %s", (ULONG)Returned,
                   Major == IRP_MJ_CLOSE ? "CLOSE" : "CLEANUP");
}

SIM_IO *
IrpFailed(NTSTATUS Status)
{
    SIM_IO *Io = RtlpAllocate(sizeof(*Io));
    Io->Status = Status;
    Io->Completed = Io->Finished = true;
    return Io;
}

static SIM_IO *
IrpSendIn(KPROCESSOR_MODE Mode, PFILE_OBJECT File, const IO_STACK_LOCATION *Parameters, const void *In,
          void *Out)
{
    UCHAR Major = Parameters->MajorFunction;
    if (!DriverEnter(File))
        return IrpFailed(STATUS_NO_SUCH_DEVICE);
    SIM_IO *Io = RtlpAllocate(sizeof(*Io));
    Io->Thread = SchedSelf()->Number;
    Io->Process = SchedSelf()->Process;
    Io->Dispatching = true;
    Io->File = File;
    Io->Method = METHOD_NEITHER;
    IRP_BLOCK *Block = Io->Block = IrpCreate(Io, Mode, Parameters);
    if (Major == IRP_MJ_DEVICE_CONTROL)
    {
        Io->Out = Out;
        Io->OutBytes = Parameters->Parameters.DeviceIoControl.OutputBufferLength;
        Io->Method = METHOD_FROM_CTL_CODE(Parameters->Parameters.DeviceIoControl.IoControlCode);
        NTSTATUS Status = IrpSetBuffers(Block, In, Out);
        if (!NT_SUCCESS(Status))
        {
            free(Block);
            free(Io);
            DriverLeave();
            return IrpFailed(Status);
        }
    }
    /* A file object that is being closed has no reference left to give. */
    if (Major != IRP_MJ_CLOSE)
        ObpReference(File);
    TrackAdd(&(TRACKED){
        .Address = &Block->Irp, .Bytes = sizeof(IRP), .Kind = TRACK_REQUEST, .Call = "the I/O manager"});
    SchedEnter();
    Io->Next = Issued;
    Issued = Io;
    SchedLeave();

    PDRIVER_DISPATCH Dispatch = File->DeviceObject->DriverObject->MajorFunction[Major];
    RULE_BALANCE Balance = RuleEnterDriver();
    NTSTATUS Returned = (Dispatch ? Dispatch : IrpInvalid)(File->DeviceObject, &Block->Irp);
    RuleLeaveDriver("a dispatch routine", &Balance);
    IrpCheckDispatch(Io, Returned);
    if (Dispatch)
        IrpCheckEnd(Major, Returned);
    DriverLeave();
    return Io;
}

SIM_IO *
IrpSend(PFILE_OBJECT File, const IO_STACK_LOCATION *Parameters, const void *In, void *Out)
{
    return IrpSendIn(UserMode, File, Parameters, In, Out);
}

SIM_IO *
IrpSendByDriver(PFILE_OBJECT File, const IO_STACK_LOCATION *Parameters, const void *In, void *Out)
{
    return IrpSendIn(KernelMode, File, Parameters, In, Out);
}

/* ---- Finishing ---- */

static PFILE_OBJECT
IrpFinishLocked(SIM_IO *Io)
{
    if (Io->Finished)
        return NULL;
    SIM_IO **At = &Issued;
    while (*At != Io)
        At = &(*At)->Next;
    *At = Io->Next;
    Io->Finished = true;
    return Io->File;
}

static bool
IrpIsFree(const void *Context)
{
    const SIM_IO *Io = Context;
    return Io->Completed && !Io->Pins;
}

NTSTATUS
IrpWait(SIM_IO *Io, ULONG_PTR *Information)
{
    SchedEnter();
    SchedWait(IrpIsFree, Io);
    PFILE_OBJECT File = IrpFinishLocked(Io);
    SchedLeave();
    NTSTATUS Status = Io->Status;
    if (Information)
        *Information = Io->Information;
    free(Io);
    if (File)
        ObpDereference(File);
    return Status;
}

NTSTATUS
IrpWaitClose(SIM_IO *Io)
{
    SchedEnter();
    SchedWait(IrpIsFree, Io);
    IrpFinishLocked(Io);
    SchedLeave();
    NTSTATUS Status = Io->Status;
    free(Io);
    return Status;
}

void
IrpDeliverApcs(void)
{
    ULONG Thread = SchedSelf()->Number;
    for (;;)
    {
        PFILE_OBJECT File = NULL;
        SchedEnter();
        SIM_IO *Io = Issued;
        while (Io && (Io->Thread != Thread || !IrpIsFree(Io)))
            Io = Io->Next;
        if (Io)
            File = IrpFinishLocked(Io);
        SchedLeave();
        if (!File)
            return;
        ObpDereference(File);
    }
}

bool
SimIoDone(SIM_IO *Io)
{
    IrpDeliverApcs();
    SchedEnter();
    bool Done = Io->Completed;
    SchedLeave();
    return Done;
}

static IRP_BLOCK *
IrpPinLocked(SIM_IO *Io)
{
    IRP_BLOCK *Block = Io->Completed ? NULL : Io->Block;
    if (Block)
        Io->Pins++;
    return Block;
}

/* Takes the pin. Whether there was something to cancel. */
static bool
IrpCancelPinned(SIM_IO *Io, IRP_BLOCK *Block)
{
    if (!Block)
        return false;
    /* Completed at any moment from the pinning on, it is freed memory to the driver, but not to us. */
    IrpCancel(&Block->Irp);
    SchedEnter();
    bool Free = --Io->Pins == 0 && Io->Completed;
    if (Free)
        Io->Block = NULL;
    SchedChanged();
    SchedLeave();
    if (Free)
    {
        AccessUnguard(Block);
        free(Block);
    }
    return true;
}

bool
SimIoCancel(SIM_IO *Io)
{
    SchedEnter();
    IRP_BLOCK *Block = IrpPinLocked(Io);
    SchedLeave();
    bool Found = IrpCancelPinned(Io, Block);
    IrpDeliverApcs();
    return Found;
}

NTSTATUS
SimIoWait(SIM_IO *Io, ULONG_PTR *Information)
{
    NTSTATUS Status = IrpWait(Io, Information);
    IrpDeliverApcs();
    return Status;
}

/* ---- The end of a thread, or of a process ---- */

/* Whose requests: Process's, or if that is NULL, Thread's. */
typedef struct ISSUER
{
    PEPROCESS Process;
    ULONG Thread;
} ISSUER;

/* The first request of Issuer's in Issued that is Wanted. */
static SIM_IO *
IssuerFindLocked(const ISSUER *Issuer, bool (*Wanted)(const SIM_IO *Io))
{
    SIM_IO *Io = Issued;
    while (Io && (!(Issuer->Process ? Io->Process == Issuer->Process : Io->Thread == Issuer->Thread) ||
                  !Wanted(Io)))
        Io = Io->Next;
    return Io;
}

static bool
IssuedAtAll(const SIM_IO *Io)
{
    (void)Io;
    return true;
}

static bool
IssuedNotRunDown(const SIM_IO *Io)
{
    return !Io->RunDown;
}

static bool
IssuedIsOver(const SIM_IO *Io)
{
    return !Io->Dispatching && IrpIsFree(Io);
}

static bool
IssuerCanGoOn(const void *Context)
{
    return IssuerFindLocked(Context, IssuedIsOver) || !IssuerFindLocked(Context, IssuedAtAll);
}

/* Cancels what Issuer has issued, one after the other, then waits for each to be over. Who waits for one of
 * them finds it finished. */
static void
IssuerRunDown(const ISSUER *Issuer)
{
    for (;;)
    {
        PFILE_OBJECT File = NULL;
        IRP_BLOCK *Block = NULL;
        SchedEnter();
        SIM_IO *Io = IssuerFindLocked(Issuer, IssuedNotRunDown);
        bool Left = Io || IssuerFindLocked(Issuer, IssuedAtAll);
        if (Io)
        {
            Io->RunDown = true;
            Block = IrpPinLocked(Io);
        }
        else if (Left)
        {
            SchedWait(IssuerCanGoOn, Issuer);
            SIM_IO *Over = IssuerFindLocked(Issuer, IssuedIsOver);
            File = Over ? IrpFinishLocked(Over) : NULL;
        }
        SchedLeave();
        if (!Left)
            return;
        IrpCancelPinned(Io, Block);
        if (File)
            ObpDereference(File);
    }
}

void
IoThreadExit(void)
{
    IssuerRunDown(&(ISSUER){.Thread = SchedSelf()->Number});
}

void
IoProcessExit(PEPROCESS Process)
{
    IssuerRunDown(&(ISSUER){.Process = Process});
}
