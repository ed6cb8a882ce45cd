/* SPDX-License-Identifier: MIT
 *
 * The machine, and the driver that is loaded on it.
 */
#include "kernel.h"
#include "irp.h"

typedef enum DRIVER_STATE
{
    DRIVER_NONE,
    DRIVER_LOADED,
    DRIVER_LEAVING,  /* unloads when the last file object is gone */
    DRIVER_UNLOADING /* DriverUnload is running */
} DRIVER_STATE;

/* State and Requests are guarded by the dispatcher's lock. */
static struct
{
    SIM_OS Os;
    bool HostIsWine;
    DRIVER_STATE State;
    ULONG Requests; /* in dispatch routines */
    bool AtOnce;
    const SIM_IMAGE *Image;
    DRIVER_OBJECT Object;
} Driver;

SIM_OS
DriverOs(void)
{
    return Driver.Os;
}

PDRIVER_OBJECT
DriverObject(void)
{
    return &Driver.Object;
}

bool
DriverIsUnloadingAtOnce(void)
{
    return Driver.AtOnce;
}

bool
DriverHostIsWine(void)
{
    return Driver.HostIsWine;
}

void
SimHostIsWine(bool Wine)
{
    Driver.HostIsWine = Wine;
}

SIZE_T
DriverData(const char **Data)
{
    *Data = Driver.Image ? Driver.Image->Data : NULL;
    return *Data ? (SIZE_T)(Driver.Image->DataEnd - Driver.Image->Data) : 0;
}

const char *
SimOsName(SIM_OS Os)
{
    static const char *const Names[SIM_OS_COUNT] = {"NT 5.2",          "NT 6.0",          "NT 6.1",
                                                    "NT 6.2",          "Windows 10 1607", "Windows 10 1703",
                                                    "Windows 10 1709", "Windows 11"};
    return Names[Os];
}

void
SimSetOs(SIM_OS Os)
{
    Driver.Os = Os;
}

bool
SimIsLoaded(void)
{
    SchedEnter();
    bool Loaded = Driver.State != DRIVER_NONE;
    SchedLeave();
    return Loaded;
}

void
SimReset(void)
{
    IrpDeliverApcs();
    if (SimIsLoaded())
        RuleBroken("sim", "SimReset with a driver loaded");
    SimSetHook(NULL, NULL);
    FaultReset();
    ZwReset();
    PsReset();
    KeReset();
    SimSetOs(SIM_11);
    SimHostIsWine(false);
}

/* ---- Loading ---- */

/* Byte by byte and unseen by the sanitizers, which guard the gaps between globals. */
__attribute__((no_sanitize("address", "thread"))) static void
DriverCopyData(char volatile *To, const char volatile *From, SIZE_T Bytes)
{
    for (SIZE_T At = 0; At < Bytes; At++)
        To[At] = From[At];
}

/* A driver's globals are as the linker left them each time it is loaded. */
static void
DriverRestoreData(const SIM_IMAGE *Image)
{
    static const SIM_IMAGE *Kept;
    static char *Original;
    if (!Image->Data)
        return;
    SIZE_T Bytes = (SIZE_T)(Image->DataEnd - Image->Data);
    if (Kept == Image)
    {
        DriverCopyData(Image->Data, Original, Bytes);
        return;
    }
    if (Kept)
        RuleBroken("sim", "two drivers with globals in one program");
    Kept = Image;
    Original = RtlpAllocate(Bytes);
    DriverCopyData(Original, Image->Data, Bytes);
}

static void
DriverSetState(DRIVER_STATE State)
{
    SchedEnter();
    Driver.State = State;
    SchedLeave();
}

NTSTATUS
SimLoad(const SIM_IMAGE *Image)
{
    if (SimIsLoaded())
        RuleBroken("sim", "SimLoad with a driver loaded");
    DriverRestoreData(Image);
    ZwSetService(Image->Service);
    Driver.Image = Image;
    Driver.AtOnce = false;
    Driver.Object = (DRIVER_OBJECT){.DriverInit = Image->Entry};
    DriverSetState(DRIVER_LOADED);

    RULE_BALANCE Balance = RuleEnterDriver();
    NTSTATUS Status = Image->Entry(&Driver.Object, ZwServicePath());
    RuleLeaveDriver("DriverEntry", &Balance);
    if (NT_SUCCESS(Status))
    {
        IoFinishInitializing();
        return Status;
    }
    RuleNothingLeft("a DriverEntry that failed");
    DriverSetState(DRIVER_NONE);
    return Status;
}

/* ---- Unloading ---- */

bool
DriverEnter(const FILE_OBJECT *File)
{
    SchedEnter();
    bool Alive = !CONTAINING_RECORD(File->DeviceObject, SIM_DEVICE, Device)->Deleted;
    if (Alive)
        Driver.Requests++;
    SchedLeave();
    return Alive;
}

void
DriverLeave(void)
{
    SchedEnter();
    Driver.Requests--;
    SchedChanged();
    SchedLeave();
}

static bool
DriverIsQuiet(const void *Context)
{
    (void)Context;
    return Driver.Requests == 0;
}

static void
DriverUnloadNow(void)
{
    RULE_BALANCE Balance = RuleEnterDriver();
    Driver.Object.DriverUnload(&Driver.Object);
    RuleLeaveDriver("DriverUnload", &Balance);
    /* Who was given to the driver before its device went, and has got no further than its first instruction, is no
     * fault of the driver's: the host that does not wait for handles waits for these. */
    SchedEnter();
    SchedWait(DriverIsQuiet, NULL);
    SchedLeave();
    RuleNothingLeft("DriverUnload");
    DriverSetState(DRIVER_NONE);
}

NTSTATUS
SimUnload(void)
{
    IrpDeliverApcs();
    if (!Driver.Object.DriverUnload)
        return STATUS_INVALID_DEVICE_REQUEST;
    SchedEnter();
    bool Busy = Driver.State != DRIVER_LOADED;
    bool Open = !Busy && IoMarkUnload() != 0;
    if (!Busy)
        Driver.State = Open ? DRIVER_LEAVING : DRIVER_UNLOADING;
    SchedLeave();
    if (Busy)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (Open)
        return STATUS_PENDING;
    DriverUnloadNow();
    return STATUS_SUCCESS;
}

NTSTATUS
SimUnloadAtOnce(void)
{
    SchedEnter();
    bool Busy = Driver.State != DRIVER_LOADED;
    if (!Busy)
    {
        IoMarkUnload();
        Driver.State = DRIVER_UNLOADING;
        Driver.AtOnce = true;
    }
    SchedLeave();
    if (Busy)
        return STATUS_INVALID_DEVICE_REQUEST;
    DriverUnloadNow();
    IrpDeliverApcs();
    return STATUS_SUCCESS;
}

void
DriverFileGone(void)
{
    SchedEnter();
    bool Last = Driver.State == DRIVER_LEAVING && IoMarkUnload() == 0;
    if (Last)
        Driver.State = DRIVER_UNLOADING;
    SchedLeave();
    if (Last)
        DriverUnloadNow();
}

/* ---- Looking at it ---- */

static void
HeldPool(const TRACKED *Entry, void *Context)
{
    SIM_HELD *Held = Context;
    Held->PoolBlocks++;
    Held->PoolBytes += Entry->Bytes;
}

static void
HeldCount(const TRACKED *Entry, void *Context)
{
    (void)Entry;
    ++*(SIZE_T *)Context;
}

void
SimHeld(SIM_HELD *Held)
{
    memset(Held, 0, sizeof(*Held));
    TrackEach(TRACK_POOL, HeldPool, Held);
    TrackEach(TRACK_REQUEST, HeldCount, &Held->Requests);
    TrackEach(TRACK_MDL, HeldCount, &Held->Mdls);
    Held->References = ObpDriverReferences(NULL);
    Held->KernelHandles = ObpKernelHandles();
}

#define SEARCH_MAX_RANGES 1024

typedef struct SEARCH
{
    ULONG Count;
    struct
    {
        ULONG_PTR First, Last;
    } Ranges[SEARCH_MAX_RANGES];
} SEARCH;

static void
SearchAdd(SEARCH *Search, const void *Address, SIZE_T Bytes)
{
    if (!Bytes)
        return;
    if (Search->Count == SEARCH_MAX_RANGES)
        RuleBroken("sim", "more than %d things in the kernel", SEARCH_MAX_RANGES);
    Search->Ranges[Search->Count].First = (ULONG_PTR)Address;
    Search->Ranges[Search->Count++].Last = (ULONG_PTR)Address + Bytes - 1;
}

static void
SearchVisit(const TRACKED *Entry, void *Context)
{
    SearchAdd(Context, Entry->Address, Entry->Bytes);
}

LONG_PTR
SimFindKernelAddress(const void *Bytes, SIZE_T Length)
{
    SEARCH *Search = RtlpAllocate(sizeof(*Search));
    const char *Data;
    LONG_PTR Found = -1;
    for (TRACK_KIND Kind = 0; Kind < TRACK_KIND_COUNT; Kind++)
        TrackEach(Kind, SearchVisit, Search);
    SIZE_T DataBytes = DriverData(&Data);
    SearchAdd(Search, Data, DataBytes);

    for (SIZE_T At = 0; At + sizeof(ULONG_PTR) <= Length && Found < 0; At++)
    {
        ULONG_PTR Value;
        memcpy(&Value, (const char *)Bytes + At, sizeof(Value));
        for (ULONG Index = 0; Index < Search->Count; Index++)
            if (Value >= Search->Ranges[Index].First && Value <= Search->Ranges[Index].Last)
                Found = (LONG_PTR)At;
    }
    free(Search);
    return Found;
}
