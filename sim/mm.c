/* SPDX-License-Identifier: MIT
 *
 * A mapping of an MDL is memory of its own (unless nothing is checked), as large as the MDL and not a byte larger: AddressSanitizer sees
 * the driver write beyond it. It begins as the pages are and is copied back to them when the request is
 * complete.
 */
#define _GNU_SOURCE
#include "kernel.h"
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

/* ---- MDLs ---- */

static PMDL
MdlCreate(void *Address, ULONG Bytes, CSHORT Flags, const void *Caller)
{
    if (FaultStatus("IoAllocateMdl", STATUS_INSUFFICIENT_RESOURCES))
        return NULL;
    PMDL Mdl = RtlpAllocate(sizeof(*Mdl));
    Mdl->Size = sizeof(*Mdl);
    Mdl->MdlFlags = Flags;
    Mdl->StartVa = PAGE_ALIGN(Address);
    Mdl->ByteOffset = BYTE_OFFSET(Address);
    Mdl->ByteCount = Bytes;
    TrackAdd(&(TRACKED){
        .Address = Mdl, .Bytes = Bytes, .Kind = TRACK_MDL, .Call = "IoAllocateMdl", .Caller = Caller});
    return Mdl;
}

PMDL
MmCreateMdl(void *User, ULONG Bytes, bool ForOutput)
{
    return MdlCreate(User, Bytes, (CSHORT)(MDL_PAGES_LOCKED | (ForOutput ? MDL_WRITE_OPERATION : 0)),
                     __builtin_return_address(0));
}

/* The mapping begins as far behind a multiple of 16 as the user's buffer does. */
static char *
MdlMappingStart(const MDL *Mdl)
{
    return (char *)Mdl->MappedSystemVa - Mdl->ByteOffset % MEMORY_ALLOCATION_ALIGNMENT;
}

void
MmFreeMdl(PMDL Mdl)
{
    if (SIM_CHECKS && (Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA))
    {
        memcpy(MmGetMdlVirtualAddress(Mdl), Mdl->MappedSystemVa, Mdl->ByteCount);
        AccessUnguard(Mdl->MappedSystemVa);
        free(MdlMappingStart(Mdl));
    }
    TrackRemove(TRACK_MDL, Mdl, NULL);
    free(Mdl);
}

/* ---- MDLs that a driver makes itself ---- */

static void
MdlCheck(const char *Call, PMDL Mdl)
{
    RuleIrql(Call, DISPATCH_LEVEL);
    if (!TrackHas(TRACK_MDL, Mdl))
        RuleBroken("mdl", "%s of %p, which is no MDL", Call, (void *)Mdl);
}

PMDL
IoAllocateMdl(PVOID Address, ULONG Bytes, BOOLEAN Secondary, BOOLEAN ChargeQuota, PIRP Irp)
{
    RuleIrql("IoAllocateMdl", DISPATCH_LEVEL);
    if (Secondary || Irp)
        RuleBroken("sim", "IoAllocateMdl for a request");
    if (ChargeQuota)
        RuleBroken("parameter", "IoAllocateMdl with ChargeQuota, which is the system's");
    return MdlCreate(Address, Bytes, 0, __builtin_return_address(0));
}

/* Whether a block of nonpaged pool holds all of it. */
typedef struct MDL_SOURCE
{
    ULONG_PTR First;
    ULONG_PTR End;
    bool Found;
} MDL_SOURCE;

static void
MdlLookAtPool(const TRACKED *Block, void *Context)
{
    MDL_SOURCE *Source = Context;
    ULONG_PTR First = (ULONG_PTR)Block->Address;
    if (Block->NonPaged && Source->First >= First && Source->End <= First + Block->Bytes)
        Source->Found = true;
}

VOID
MmBuildMdlForNonPagedPool(PMDL Mdl)
{
    MdlCheck("MmBuildMdlForNonPagedPool", Mdl);
    ULONG_PTR First = (ULONG_PTR)MmGetMdlVirtualAddress(Mdl);
    MDL_SOURCE Source = {First, First + Mdl->ByteCount, !SIM_CHECKS};
    if (Mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL))
        RuleBroken("mdl", "MmBuildMdlForNonPagedPool of an MDL that has its pages");
    TrackEach(TRACK_POOL, MdlLookAtPool, &Source);
    if (!Source.Found)
        RuleBroken("mdl", "MmBuildMdlForNonPagedPool of memory that is no nonpaged pool");
    Mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
    Mdl->MappedSystemVa = MmGetMdlVirtualAddress(Mdl);
}

VOID
IoFreeMdl(PMDL Mdl)
{
    MdlCheck("IoFreeMdl", Mdl);
    if (Mdl->MdlFlags & MDL_PAGES_LOCKED)
        RuleBroken("mdl", "IoFreeMdl of the MDL of a request, which the I/O manager frees");
    MmFreeMdl(Mdl);
}

/* ---- Mapping ---- */

PVOID
MmMapLockedPagesSpecifyCache(PMDL Mdl, KPROCESSOR_MODE Mode, MEMORY_CACHING_TYPE Caching, PVOID Address,
                             ULONG BugCheckOnFailure, ULONG Priority)
{
    MdlCheck("MmMapLockedPagesSpecifyCache", Mdl);
    if (!(Mdl->MdlFlags & MDL_PAGES_LOCKED))
        RuleBroken("mdl", "a mapping of pages that are not locked");
    if (Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
        RuleBroken("mdl", "a second mapping of an MDL");
    if (Mode != KernelMode || Caching != MmCached || Address || BugCheckOnFailure)
        RuleBroken("sim", "a mapping other than MmGetSystemAddressForMdlSafe makes");
    if ((Priority & (MdlMappingNoExecute | MdlMappingNoWrite)) && DriverOs() < SIM_NT62)
        RuleBroken("mdl", "mapping flags on %s, which does not know them", SimOsName(DriverOs()));
    if (!(Priority & MdlMappingNoExecute) && DriverOs() >= SIM_NT62)
        RuleBroken("mdl", "an executable mapping on %s", SimOsName(DriverOs()));
    if (FaultStatus("MmMapLockedPagesSpecifyCache", STATUS_INSUFFICIENT_RESOURCES))
        return NULL;
    if (!SIM_CHECKS)
    {
        Mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
        return Mdl->MappedSystemVa = MmGetMdlVirtualAddress(Mdl);
    }
    ULONG Offset = Mdl->ByteOffset % MEMORY_ALLOCATION_ALIGNMENT;
    char *Start = RtlpAllocate(Offset + Mdl->ByteCount);
    Mdl->MappedSystemVa = Start + Offset;
    memcpy(Mdl->MappedSystemVa, MmGetMdlVirtualAddress(Mdl), Mdl->ByteCount);
    Mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
    if (Mdl->MdlFlags & MDL_WRITE_OPERATION)
        AccessGuard(ACCESS_OUTPUT, Mdl->MappedSystemVa, Mdl->ByteCount);
    return Mdl->MappedSystemVa;
}

/* ---- Pageable strings ---- */

typedef struct PAGEABLE
{
    UNICODE_STRING String; /* first: what tests hold */
    struct PAGEABLE *Next;
    char *Pages;
    SIZE_T Bytes;
    ULONG Faults;
} PAGEABLE;

static pthread_rwlock_t PageablesLock = PTHREAD_RWLOCK_INITIALIZER;
static PAGEABLE *Pageables;
static pthread_mutex_t FaultLock = PTHREAD_MUTEX_INITIALIZER; /* guards who takes the signal */
static struct sigaction OldFaultAction;

static PAGEABLE *
PageableAt(const void *Address)
{
    pthread_rwlock_rdlock(&PageablesLock);
    PAGEABLE *Found = Pageables;
    while (Found &&
           ((const char *)Address < Found->Pages || (const char *)Address >= Found->Pages + Found->Bytes))
        Found = Found->Next;
    pthread_rwlock_unlock(&PageablesLock);
    return Found;
}

/* Runs in the thread that touched the page, as the kernel's page fault handler does. A fault anywhere else is
 * the sanitizer's or the test framework's. */
static void
PageableFault(int Signal, siginfo_t *Info, void *Context)
{
    PAGEABLE *Pageable = PageableAt(Info->si_addr);
    if (!Pageable)
    {
        if (OldFaultAction.sa_flags & SA_SIGINFO)
            OldFaultAction.sa_sigaction(Signal, Info, Context);
        else if (OldFaultAction.sa_handler != SIG_DFL)
            OldFaultAction.sa_handler(Signal);
        else
            signal(Signal, SIG_DFL);
        return;
    }
    if (SchedSelf()->Irql > APC_LEVEL)
        RuleBroken("paged-at-dispatch", "pageable memory touched at IRQL %u", SchedSelf()->Irql);
    __atomic_add_fetch(&Pageable->Faults, 1, __ATOMIC_RELAXED);
    SchedPoint(SIM_POINT_FAULT, &Pageable->String);
    mprotect(PAGE_ALIGN(Info->si_addr), PAGE_SIZE, PROT_READ | PROT_WRITE);
}

/* Test frameworks take the signal for themselves at the start of each test, so it is taken back as often as needed. */
static void
PageableTakeFaults(void)
{
    struct sigaction Action = {.sa_sigaction = PageableFault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    struct sigaction Now;
    pthread_mutex_lock(&FaultLock);
    sigaction(SIGSEGV, NULL, &Now);
    if (!(Now.sa_flags & SA_SIGINFO) || Now.sa_sigaction != PageableFault)
    {
        OldFaultAction = Now;
        sigaction(SIGSEGV, &Action, NULL);
    }
    pthread_mutex_unlock(&FaultLock);
}

PUNICODE_STRING
SimPageableString(PCWSTR Text, ULONG Bytes)
{
    PAGEABLE *New = RtlpAllocate(sizeof(*New));
    SIZE_T Guard = PAGE_SIZE;
    New->Bytes = Bytes ? ROUND_TO_PAGES(Bytes) : PAGE_SIZE;
    New->Pages = mmap(NULL, New->Bytes + Guard, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (New->Pages == MAP_FAILED)
    {
        perror("sim: mmap");
        exit(EXIT_FAILURE);
    }
    mprotect(New->Pages + New->Bytes, Guard, PROT_NONE);
    New->String.Buffer = (PWCH)(void *)(New->Pages + New->Bytes - Bytes);
    New->String.Length = New->String.MaximumLength = (USHORT)Bytes;
    memcpy(New->String.Buffer, Text, Bytes);

    pthread_rwlock_wrlock(&PageablesLock);
    New->Next = Pageables;
    Pageables = New;
    pthread_rwlock_unlock(&PageablesLock);
    SimPageOut(&New->String);
    return &New->String;
}

void
SimPageOut(PUNICODE_STRING String)
{
    PAGEABLE *Pageable = CONTAINING_RECORD(String, PAGEABLE, String);
    PageableTakeFaults();
    mprotect(Pageable->Pages, Pageable->Bytes, PROT_NONE);
}

ULONG
SimPageFaults(PUNICODE_STRING String)
{
    return __atomic_load_n(&CONTAINING_RECORD(String, PAGEABLE, String)->Faults, __ATOMIC_RELAXED);
}

void
SimPageableFree(PUNICODE_STRING String)
{
    PAGEABLE *Pageable = CONTAINING_RECORD(String, PAGEABLE, String);
    pthread_rwlock_wrlock(&PageablesLock);
    PAGEABLE **Link = &Pageables;
    while (*Link != Pageable)
        Link = &(*Link)->Next;
    *Link = Pageable->Next;
    pthread_rwlock_unlock(&PageablesLock);
    munmap(Pageable->Pages, Pageable->Bytes + PAGE_SIZE);
    free(Pageable);
}
