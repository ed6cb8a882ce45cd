/* SPDX-License-Identifier: MIT
 *
 * The other side of the simulated kernel: what the machine, its users and its processes do to a driver.
 *
 * A rule that the driver breaks (an IRQL, a lock, a leak, a request completed twice) ends the program: the
 * rule's name, the call and where it was made go to standard error, then abort. Names of rules are stable;
 * sim/rules.h lists them.
 *
 * Any thread may call anything unless said otherwise. Functions that set the machine up (SimReset, SimSetOs,
 * SimRefuse, SimHide, SimSetRegistry...) are for one thread while no other is in the simulator.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <ntifs.h>

/* ---- The machine ---- */

typedef enum SIM_OS
{
    SIM_NT52, /* Server 2003 */
    SIM_NT60, /* Vista SP1 */
    SIM_NT61, /* Windows 7 */
    SIM_NT62, /* Windows 8 */
    SIM_10_1607,
    SIM_10_1703,
    SIM_10_1709,
    SIM_11,
    SIM_OS_COUNT
} SIM_OS;

/* A machine just started: Windows 11, an empty registry, no process but System, nothing refused or hidden, no
 * hook. No driver may be loaded. */
void SimReset(void);

/* Which Windows this is: what MmGetSystemRoutineAddress finds, what the pool and the token know. */
void SimSetOs(SIM_OS Os);

/* The name of an OS, for messages. */
const char *SimOsName(SIM_OS Os);

/* The I/O manager is Wine 8.0's: an open succeeds even if CREATE fails, CLEANUP is never sent, CLOSE is at the last
 * handle, whatever is pended. Removing a notify routine waits for nobody. */
void SimHostIsWine(bool Wine);

/* Routine fails with Status from now on, wherever a contract lets it fail; STATUS_SUCCESS takes it back. Pool
 * allocation returns NULL whatever Status says. */
void SimRefuse(const char *Routine, NTSTATUS Status);

/* MmGetSystemRoutineAddress does not find Routine. */
void SimHide(const char *Routine);

/* The Nth fallible call from now on fails, counted from 1, and with Onwards every one after it. 0: none. */
void SimFailNth(ULONG Nth, bool Onwards);

/* Fallible calls since SimFailNth or SimReset. */
ULONG SimFallibleCalls(void);

/* Whether a call was made to fail with Status since SimFailNth last named one; STATUS_SUCCESS: with any. */
bool SimFaultInjected(NTSTATUS Status);

/* How many places of the notify tables other drivers have taken. */
void SimOccupyNotify(ULONG Process, ULONG Image);

/* The clock: 100 ns since 1601. It stands still unless moved, and may be moved back. */
void SimSetTime(LONGLONG Time);
void SimAdvanceTime(LONGLONG By);

/* KeQuerySystemTime tells the time as of the last tick; KeQuerySystemTimePrecise tells it exactly. */
#define SIM_CLOCK_TICK 156250

/* A value of the driver's Parameters key, which exists once it has a value. */
void SimSetRegistry(PCWSTR Name, ULONG Type, const void *Data, ULONG Bytes);
void SimSetRegistryDword(PCWSTR Name, ULONG Value);

/* Whether each access of a driver is seen: without AddressSanitizer it is not, and the rules output-read,
 * use-after-free, out-of-bounds, and paged-at-dispatch of paged pool, are not checked. */
bool SimSeesAccesses(void);

/* The rules: the name of the one at Index and what breaks it; NULL behind the last. */
const char *SimRule(ULONG Index, const char **Means);

/* ---- The driver ---- */

/* A driver linked into the program. [Data, DataEnd) are its writable globals: as on a real machine, each load
 * starts with them as the linker left them. Both may be NULL. */
typedef struct SIM_IMAGE
{
    const char *Service;
    PDRIVER_INITIALIZE Entry;
    char *Data;
    char *DataEnd;
} SIM_IMAGE;

/* Calls its entry. A failure is DriverEntry's status, and everything it made must be gone again. One driver
 * at a time. */
NTSTATUS SimLoad(const SIM_IMAGE *Image);

/* As Windows does it: no new opens, and DriverUnload only after the last handle. STATUS_PENDING: handles are
 * open; whoever closes the last one calls DriverUnload. STATUS_INVALID_DEVICE_REQUEST: no DriverUnload.
 * Afterwards pool, requests, MDLs, references, handles, devices, links and notify routines of the driver must
 * be gone. */
NTSTATUS SimUnload(void);

/* As Wine does it: DriverUnload at once, whatever is open. Handles stay, and neither CLEANUP nor CLOSE
 * follows for them. */
NTSTATUS SimUnloadAtOnce(void);

bool SimIsLoaded(void);

/* What the driver holds now. */
typedef struct SIM_HELD
{
    SIZE_T PoolBlocks;
    SIZE_T PoolBytes;
    SIZE_T Requests;
    SIZE_T Mdls;
    SIZE_T References; /* to objects */
    SIZE_T KernelHandles;
} SIM_HELD;
void SimHeld(SIM_HELD *Held);

/* Looks for anything that is an address of pool, of a kernel object or of the driver's globals among Bytes.
 * Returns the offset of the first, or -1. */
LONG_PTR SimFindKernelAddress(const void *Bytes, SIZE_T Length);

/* A device of the driver's, by its own name, and what guards it; NULL: there is none, everyone may do everything. */
const DEVICE_OBJECT *SimDevice(PCWSTR Name, const SECURITY_DESCRIPTOR **Security);

/* ---- Handles and requests ---- */

/* Who opens. */
typedef enum SIM_USER
{
    SIM_USER_SYSTEM,
    SIM_USER_ADMINISTRATOR,
    SIM_USER_ORDINARY
} SIM_USER;

/* Opens Name, a device, or a symbolic link to one, perhaps with a file name behind it. */
NTSTATUS SimOpen(PCWSTR Name, ACCESS_MASK Access, HANDLE *Handle);
NTSTATUS SimOpenAs(SIM_USER User, PCWSTR Name, ACCESS_MASK Access, HANDLE *Handle);

/* Opens Name relative to the file of Root. */
NTSTATUS SimOpenRelative(HANDLE Root, PCWSTR Name, ACCESS_MASK Access, HANDLE *Handle);

/* Another handle to the same file object. */
HANDLE SimDuplicate(HANDLE Handle);

/* Another one, which is Process's; NULL: System's. */
HANDLE SimDuplicateTo(PEPROCESS Process, HANDLE Handle);

/* STATUS_INVALID_HANDLE: it is none, or another process's. */
NTSTATUS SimClose(HANDLE Handle);

/* The calling thread is one of Process's from now on; NULL: of System's, as all are at first. Handles that it
 * opens and requests that it issues are its process's. SimRaiseExit ends them. */
void SimEnterProcess(PEPROCESS Process);

/* A request under way. The thread that issued it, if started by SimThreadStart, cancels and awaits it when it
 * ends. */
typedef struct SIM_IO SIM_IO;

/* DeviceIoControl that does not wait: always a SIM_IO, to be freed by SimIoWait. Out must last until the
 * request is complete; what is written to it appears no earlier. */
SIM_IO *SimControlStart(HANDLE Handle, ULONG Code, const void *In, ULONG InBytes, void *Out, ULONG OutBytes);

/* Whether it is complete. */
bool SimIoDone(SIM_IO *Io);

/* CancelIoEx. Whether there was something to cancel. */
bool SimIoCancel(SIM_IO *Io);

/* Waits until it is complete, frees Io, and returns its status. Information may be NULL. */
NTSTATUS SimIoWait(SIM_IO *Io, ULONG_PTR *Information);

/* DeviceIoControl that waits. */
NTSTATUS SimControl(HANDLE Handle, ULONG Code, const void *In, ULONG InBytes, void *Out, ULONG OutBytes,
                    ULONG_PTR *Information);

/* ---- Other drivers ---- */

/* One sends a request to the device of Handle, as IoBuildDeviceIoControlRequest makes it: it belongs to no open. */
NTSTATUS SimControlByDriver(HANDLE Handle, ULONG Code, const void *In, ULONG InBytes, void *Out,
                            ULONG OutBytes, ULONG_PTR *Information);

/* One calls IoCreateStreamFileObject for the device Name, sends a request without buffers by it, to which Answer is the answer,
 * and lets the file object go again: CLEANUP and CLOSE come, and no CREATE did. */
NTSTATUS SimStreamFile(PCWSTR Name, ULONG Code, NTSTATUS *Answer);

/* ---- Processes ---- */

#define SIM_SYSTEM_PROCESS_ID 4u

/* A process. Strings and the SID are copied. */
typedef struct SIM_PROCESS
{
    ULONG Id;
    ULONG ParentId;
    LONGLONG CreateTime;
    ULONGLONG StartKey;
    ULONG SessionId;
    PSID User; /* NULL: LocalSystem */
    ULONG IntegrityLevel;
    bool Elevated;
    bool Emulated;   /* runs under WOW64 */
    bool Subsystem;  /* told to Ex2 routines only */
    bool Threadless; /* never had a thread: its exit is told when the last reference to it is given back */
    PCUNICODE_STRING ImageName; /* for who asks by process; NULL: none */
} SIM_PROCESS;

/* What a start notification says beyond its process. */
typedef struct SIM_START
{
    ULONG CreatorId; /* in whose context, by which thread; 0: the parent */
    ULONG CreatorThreadId;
    PCUNICODE_STRING ImageFileName; /* or NULL */
    bool FileOpenNameAvailable;
    PCUNICODE_STRING CommandLine; /* or NULL */
    NTSTATUS CreationStatus;
} SIM_START;

/* A process exists, without a word to anyone: as one older than the driver. Lives until SimRaiseExit or
 * SimProcessForget. */
PEPROCESS SimProcessAdd(const SIM_PROCESS *Process);
void SimProcessForget(PEPROCESS Process);

/* Calls the registered routines, in this thread, at PASSIVE_LEVEL, kernel APCs disabled. Returns the creation
 * status after the last routine. */
NTSTATUS SimRaiseStart(PEPROCESS Process, const SIM_START *Start);

/* The process exits with Status, as NT does it: the requests of its threads are cancelled and awaited, the
 * routines are called, its handles are closed, its id is free. Process is gone afterwards. Other threads that are
 * in it may still wait for a request, and no more. */
void SimRaiseExit(PEPROCESS Process, NTSTATUS Status, ULONG ThreadId);

/* Only what SimRaiseExit tells the routines. Process lives on, and can be said to exit again. */
void SimNotifyExit(PEPROCESS Process, NTSTATUS Status, ULONG ThreadId);

/* An image is mapped into process ProcessId, 0 for the kernel. With ExtendedInfoPresent it comes as an
 * IMAGE_INFO_EX. */
void SimRaiseImage(ULONG ProcessId, ULONG ThreadId, PCUNICODE_STRING Name, const IMAGE_INFO *Info);

/* A string in pageable memory that ends where its page ends: reading beyond it, or at all at DISPATCH_LEVEL, breaks a
 * rule. Each of its pages is paged out until it is touched: a page fault, counted. SimPageOut pages all out again. */
PUNICODE_STRING SimPageableString(PCWSTR Text, ULONG Bytes);
void SimPageOut(PUNICODE_STRING String);
ULONG SimPageFaults(PUNICODE_STRING String);
void SimPageableFree(PUNICODE_STRING String);

/* ---- Threads and the order of things ---- */

typedef struct SIM_THREAD SIM_THREAD;
SIM_THREAD *SimThreadStart(void (*Routine)(void *), void *Context);
void SimThreadJoin(SIM_THREAD *Thread);

/* A place where another thread may come between. */
typedef enum SIM_POINT
{
    SIM_POINT_LOCK,     /* about to acquire a spin lock */
    SIM_POINT_UNLOCK,   /* has released it */
    SIM_POINT_ATOMIC,   /* about to do an interlocked operation */
    SIM_POINT_WAIT,     /* about to wait for an object */
    SIM_POINT_SIGNAL,   /* has set an event */
    SIM_POINT_POOL,     /* about to allocate or free */
    SIM_POINT_IRQL,     /* has changed its IRQL */
    SIM_POINT_COMPLETE, /* has completed a request */
    SIM_POINT_FAULT,    /* has touched memory that was paged out */
    SIM_POINT_START,    /* has started a thread */
    SIM_POINT_BLOCK,    /* cannot go on by itself: waits, spins, or has ended. For schedulers alone */
    SIM_POINT_COUNT
} SIM_POINT;

/* Called by every thread at every such place, without any lock of the simulator held; Object is the lock,
 * event or block. It may block, which is how a test makes a thread stand where it wants it. NULL: none. */
typedef void SIM_HOOK(void *Context, SIM_POINT Point, const void *Object);
void SimSetHook(SIM_HOOK *Hook, void *Context);

/* A scheduler: one thread runs at a time, and at every point the scheduler says which one is next.
 *   Current  who got there
 *   Threads  who could run now, ascending: 0 is the thread that called SimScheduleBegin, others are numbered as they are
 *            started. Current is not among them if it cannot go on. There are always two or more; a single one just runs.
 * Returns one of Threads. What it does depends on nothing else, so the same answers make the same run. If nobody can run and
 * not all have ended, rule deadlock is broken. */
typedef ULONG SIM_CHOOSE(void *Context, ULONG Current, SIM_POINT Point, const void *Object,
                         const ULONG *Threads, ULONG Count);

#define SIM_MAX_SCHEDULED 16u

/* The calling thread and those that it, or they, start from now on are under the scheduler, until SimScheduleEnd, when all
 * others have been joined. Nobody else may be in the simulator. */
void SimScheduleBegin(SIM_CHOOSE *Choose, void *Context);
void SimScheduleEnd(void);

/* A gate for hooks and tests: a thread that waits stands until it is opened. */
typedef struct SIM_GATE SIM_GATE;
SIM_GATE *SimGateCreate(void);
void SimGateWait(SIM_GATE *Gate);
void SimGateOpen(SIM_GATE *Gate);
void SimGateFree(SIM_GATE *Gate);

#endif
