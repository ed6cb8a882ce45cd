/* SPDX-License-Identifier: MIT
 *
 * What the simulator's files share. Every place where a thread can be overtaken or must wait goes through
 * Sched..., every call that may fail goes through FaultStatus, every rule through Rule..., so that a
 * scheduler, a fault injector or a test can take hold of each in one place.
 */
#ifndef SIM_KERNEL_H
#define SIM_KERNEL_H

#include "rules.h"
#include "sim.h"
#include <stdio.h>
#include <stdlib.h>

/* 0: nothing is checked, traced or made to fail, no other thread is let in between, and the clock is the host's: what is
 * left is what the kernel's routines do. For bench/ alone. Processes may then come and go, and routines be registered and
 * removed, only while no thread raises an event. */
#ifndef SIM_CHECKS
#define SIM_CHECKS 1
#endif

/* ---- sched.c: who runs ---- */

#define THREAD_MAX_LOCKS 8

typedef struct HELD_LOCK
{
    PKSPIN_LOCK Lock;
    KIRQL Irql; /* to go back to; DISPATCH_LEVEL where the acquisition did not raise it */
    bool Raised;
} HELD_LOCK;

/* A thread as the kernel sees it; KeGetCurrentThread returns it. */
struct _KTHREAD
{
    ULONG Number; /* of the host thread, from 1 */
    ULONG ProcessId;
    ULONG ThreadId;
    PEPROCESS Process; /* NULL: System */
    KIRQL Irql;
    LONG CriticalRegions;
    ULONG LockCount;
    HELD_LOCK Locks[THREAD_MAX_LOCKS];
    const char *Notify; /* the kind of notify routine it is in, or NULL */
};

PKTHREAD SchedSelf(void);

/* Another thread may come between here. */
void SchedPoint(SIM_POINT Point, const void *Object);

/* Gives way while Ready, which looks at a spin lock, says no. It may come back before that says yes. */
void SchedSpin(bool (*Ready)(const void *), const void *Context);

/* The dispatcher's lock guards what SchedWait waits for. SchedWait lets it go while Ready is false; whoever
 * changes what some Ready looks at calls SchedChanged before it lets go. */
void SchedEnter(void);
void SchedLeave(void);
void SchedWait(bool (*Ready)(const void *), const void *Context);
void SchedChanged(void);

/* Locks that many may read through at once, without ordering the readers among themselves: a race between two
 * readers stays visible to ThreadSanitizer. */
typedef struct SCHED_RW SCHED_RW;
SCHED_RW *SchedRwCreate(void);
void SchedRwRead(SCHED_RW *Lock);
void SchedRwWrite(SCHED_RW *Lock);
void SchedRwRelease(SCHED_RW *Lock);

/* ---- rules.c: what must not happen ---- */

/* Name, a string as it stands in rules.h; anything else does not compile. */
#define RULE_IS(Name, Known, Means) | (__builtin_strcmp(Name, Known) == 0)
#define RULE_NAME(Name)                                                                                      \
    ((void)sizeof(struct {                                                                                   \
         _Static_assert(0 RULES(RULE_IS, Name), "rules.h has no rule of this name");                         \
         char Unused;                                                                                        \
     }),                                                                                                     \
     (Name))

/* Ends the program: prints the rule's name, the message, and where the call was made. */
#define RuleBroken(Name, ...) RuleStop(RULE_NAME(Name), __VA_ARGS__)
DECLSPEC_NORETURN void RuleStop(const char *Rule, const char *Format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints the rule's name, the message and the thread's state, for who ends the program. */
void RuleSay(const char *Rule, const char *Format, ...) __attribute__((format(printf, 2, 3)));

/* Call may be made at Max or below. */
void RuleIrql(const char *Call, KIRQL Max);

/* Call may be made at PASSIVE_LEVEL only, and not where the OS may hold a lock of its own. */
void RulePassive(const char *Call);
void RuleNotInNotify(const char *Call);

/* What a call into the driver must leave as it was. */
typedef struct RULE_BALANCE
{
    KIRQL Irql;
    LONG CriticalRegions;
    ULONG LockCount;
} RULE_BALANCE;
RULE_BALANCE RuleEnterDriver(void);
void RuleLeaveDriver(const char *Routine, const RULE_BALANCE *Before);

/* Everything of the driver must be gone: after DriverUnload, or after a DriverEntry that failed. */
void RuleNothingLeft(const char *After);

/* ---- fault.c: what fails ---- */

/* STATUS_SUCCESS, or what Routine must fail with now; Status where nobody said which. */
NTSTATUS FaultStatus(const char *Routine, NTSTATUS Status);
bool FaultHidden(const char *Routine);
void FaultReset(void);

/* ---- track.c: what exists ---- */

typedef enum TRACK_KIND
{
    TRACK_POOL,
    TRACK_REQUEST,
    TRACK_MDL,
    TRACK_OBJECT,
    TRACK_KIND_COUNT
} TRACK_KIND;

typedef struct TRACKED
{
    struct TRACKED *Next;
    const void *Address;
    SIZE_T Bytes;
    TRACK_KIND Kind;
    ULONG Tag;          /* of pool */
    bool NonPaged;      /* likewise */
    const char *Call;   /* that made it */
    const void *Caller; /* return address of that call */
} TRACKED;

void TrackAdd(const TRACKED *Entry);
/* Whether it existed; Entry, if not NULL, receives what it was. Without SIM_CHECKS everything exists, and Entry is left as
 * it is. */
bool TrackRemove(TRACK_KIND Kind, const void *Address, TRACKED *Entry);
bool TrackHas(TRACK_KIND Kind, const void *Address);
void TrackEach(TRACK_KIND Kind, void (*Visit)(const TRACKED *Entry, void *Context), void *Context);

/* ---- ob.c: objects and handles ---- */

struct _OBJECT_TYPE
{
    const char *Name;
    void (*Delete)(void *Object);
};

extern struct _OBJECT_TYPE ObpProcessType, ObpTokenType, ObpDeviceType, ObpFileType, ObpKeyType;

/* Zeroed, with one reference. */
void *ObpCreate(POBJECT_TYPE Type, SIZE_T Bytes);
void ObpReference(void *Object);
void ObpDereference(void *Object);
POBJECT_TYPE ObpTypeOf(const void *Object);

/* References that the driver took by itself: each must be given back by it. */
void ObpReferenceForDriver(void *Object);
SIZE_T ObpDriverReferences(const void **Object);

/* In the kernel's table, or in that of the calling thread's process. */
HANDLE ObpInsertHandle(void *Object, ACCESS_MASK Access, bool Kernel);
HANDLE ObpInsertHandleFor(PEPROCESS Process, void *Object, ACCESS_MASK Access);
/* A handle of Process's, or NULL: it has none. */
HANDLE ObpHandleOf(PEPROCESS Process);
/* Referenced, or NULL. */
void *ObpLookupHandle(HANDLE Handle, POBJECT_TYPE Type, ACCESS_MASK *Access);
/* What the driver names by a handle of its own; referenced, or the status that NT refuses it with: another type, or none
 * of the rights AnyOf (0: none is needed). */
NTSTATUS ObpReferenceByHandle(const char *Call, HANDLE Handle, POBJECT_TYPE Type, ACCESS_MASK AnyOf,
                              void **Object);
/* The object, whose reference is now the caller's, or NULL. */
void *ObpRemoveHandle(HANDLE Handle);
bool ObpIsKernelHandle(HANDLE Handle);
SIZE_T ObpKernelHandles(void);

/* ---- driver.c ---- */

SIM_OS DriverOs(void);
PDRIVER_OBJECT DriverObject(void);
/* The driver's writable globals. */
SIZE_T DriverData(const char **Data);
bool DriverHostIsWine(void);
/* Around each request given to the driver. False: its device is gone, give it none. */
bool DriverEnter(const FILE_OBJECT *File);
void DriverLeave(void);
/* The last file object of a device is gone: unloads the driver if that was all it waited for. */
void DriverFileGone(void);
/* Whether DriverUnload is running, and in Wine's way: with handles open. */
bool DriverIsUnloadingAtOnce(void);

/* ---- access.c: what the driver touches ---- */

typedef enum ACCESS_GUARD
{
    ACCESS_OUTPUT,     /* may be written, never read */
    ACCESS_PAGED_POOL, /* below DISPATCH_LEVEL only */
    ACCESS_COMPLETED   /* a request, kept for its canceller alone */
} ACCESS_GUARD;

void AccessGuard(ACCESS_GUARD Guard, const void *Start, SIZE_T Bytes);
/* Start may be of something that is not guarded. */
void AccessUnguard(const void *Start);

/* ---- ex.c ---- */

PVOID PoolAllocate(const char *Call, bool NonPaged, bool Zeroed, SIZE_T Bytes, ULONG Tag, const void *Caller);

/* What wine/rundown.c does, where it bears these names; ex.c stands in front of it. */
VOID ExpInitializeRundownProtection(PEX_RUNDOWN_REF Ref);
BOOLEAN ExpAcquireRundownProtection(PEX_RUNDOWN_REF Ref);
VOID ExpReleaseRundownProtection(PEX_RUNDOWN_REF Ref);
VOID ExpWaitForRundownProtectionRelease(PEX_RUNDOWN_REF Ref);

/* ---- io.c, file.c, irp.c ---- */

/* A device object with what the I/O manager keeps beside it. */
typedef struct SIM_DEVICE
{
    DEVICE_OBJECT Device;
    UNICODE_STRING Name;
    bool Exclusive;
    bool Deleted;
    bool UnloadPending;            /* nobody gets in any more */
    SECURITY_DESCRIPTOR *Security; /* NULL: everyone may do everything */
} SIM_DEVICE;

/* What Name names, referenced, and what of the name is left behind the device's; or NULL. */
SIM_DEVICE *IoFindDevice(PCUNICODE_STRING Name, UNICODE_STRING *Rest);
void IoSetDeviceSecurity(PDEVICE_OBJECT Device, PSECURITY_DESCRIPTOR Descriptor);
/* Closes the devices to newcomers; under the dispatcher's lock. The number of their file objects. */
SIZE_T IoMarkUnload(void);
void IoFinishInitializing(void);
/* What IoCsqInitializeEx does unless it fails; in wine/csq.c, where it bears the other name. */
NTSTATUS IoCsqpInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX Insert, PIO_CSQ_REMOVE_IRP Remove,
                            PIO_CSQ_PEEK_NEXT_IRP Peek, PIO_CSQ_ACQUIRE_LOCK Acquire,
                            PIO_CSQ_RELEASE_LOCK Release, PIO_CSQ_COMPLETE_CANCELED_IRP Complete);
/* A device or link that the driver left, or NULL. */
const char *IoLeftBehind(void);

/* The calling thread, or Process, ends: cancels, awaits and finishes the requests that it issued. */
void IoThreadExit(void);
void IoProcessExit(PEPROCESS Process);

/* ---- mm.c ---- */

/* Of a user's locked pages; ForOutput: the driver may write them, and not read them. NULL: no memory. */
PMDL MmCreateMdl(void *User, ULONG Bytes, bool ForOutput);
/* Unmaps it and unlocks its pages. */
void MmFreeMdl(PMDL Mdl);

/* ---- ps.c, se.c, zw.c, rtl.c, ke.c ---- */

void PsReset(void);
/* Process, which may be NULL, gets handles or issues requests, to be ended when it exits. */
void PsSetOwner(PEPROCESS Process);
/* A notify routine that the driver left, or NULL. */
const char *PsLeftBehind(void);
PCUNICODE_STRING PsImageName(PEPROCESS Process);
bool PsIsEmulated(PEPROCESS Process);
void *PsToken(PEPROCESS Process);

void *SeCreateToken(const SIM_PROCESS *Process);
/* Desired with generic rights mapped, or 0 if User may not have it. */
ACCESS_MASK SeAccess(SIM_USER User, const SECURITY_DESCRIPTOR *Descriptor, ACCESS_MASK Desired);
/* Whether NT takes Descriptor for an object's. */
NTSTATUS SeCheckDescriptor(const SECURITY_DESCRIPTOR *Descriptor);
/* In one block, to be freed. */
SECURITY_DESCRIPTOR *SeCopyDescriptor(const SECURITY_DESCRIPTOR *Descriptor);

void ZwReset(void);
void ZwSetService(const char *Service);
PUNICODE_STRING ZwServicePath(void);

/* The host's memory, zeroed, to be freed with free. Never NULL: a simulator without memory shows nothing. */
void *RtlpAllocate(SIZE_T Bytes);

/* To be freed with free(Copy.Buffer); empty for NULL. */
UNICODE_STRING RtlpCopyString(PCUNICODE_STRING From);

ULONGLONG PsGetProcessStartKey(PEPROCESS Process);
NTSTATUS SeLocateProcessImageName(PEPROCESS Process, PUNICODE_STRING *Name);
NTSTATUS PsSetCreateProcessNotifyRoutineEx2(PSCREATEPROCESSNOTIFYTYPE Type, PVOID Routine, BOOLEAN Remove);
NTSTATUS PsSetLoadImageNotifyRoutineEx(PLOAD_IMAGE_NOTIFY_ROUTINE Routine, ULONG_PTR Flags);
/* Whether Name begins with Prefix, or is Other, whatever the case. */
bool RtlpHasPrefix(PCUNICODE_STRING Prefix, PCUNICODE_STRING Name);
bool RtlpIsSame(PCUNICODE_STRING Name, PCUNICODE_STRING Other);
/* Pointer, which Call is to write to or read from, is there and a multiple of Alignment. */
void RtlpCheckPointer(const char *Call, const char *What, const void *Pointer, ULONG Alignment);

void KeReset(void);

#endif
