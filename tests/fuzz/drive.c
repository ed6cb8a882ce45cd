/* SPDX-License-Identifier: MIT */
#include "drive_state.h"
#include <stdio.h>

#define CLOCK_START 0x01DD0A2B3C4D5E6FLL
#define ONE_SECOND  10000000LL

DRIVE Drive;

static void
DriveTime(const OPERATION *Operation)
{
    static const LONGLONG Units[] = {1, 1000, SIM_CLOCK_TICK, 1000 * ONE_SECOND};
    LONGLONG By = (int16_t)Operation->D * Units[Operation->A % RTL_NUMBER_OF(Units)];
    Drive.Model.Clock += By;
    SimAdvanceTime(By);
}

/* The faults of the operation before this one are spent. */
static void
DriveFault(const OPERATION *Operation)
{
    Drive.Nth = Operation->A % 48 + 1u;
    Drive.Onwards = Operation->B & 1;
}

typedef struct OPERATION_KIND
{
    const char *Name;
    void (*Run)(const OPERATION *Operation);
    bool Inside; /* can be done by the thread that an event is raised in */
} OPERATION_KIND;

static const OPERATION_KIND Kinds[OP_COUNT] = {
    [OP_LOAD] = {"load", DriveLoad, false},
    [OP_UNLOAD] = {"unload", DriveUnload, false},
    [OP_OPEN] = {"open", DriveOpen, true},
    [OP_OPEN_MANY] = {"open many", DriveOpenMany, true},
    [OP_OPEN_RELATIVE] = {"open relative", DriveOpenRelative, true},
    [OP_DUPLICATE] = {"duplicate", DriveDuplicate, true},
    [OP_CLOSE] = {"close", DriveClose, false},
    [OP_QUERY] = {"QUERY", DriveQuery, true},
    [OP_SUBSCRIBE] = {"SUBSCRIBE", DriveSubscribe, true},
    [OP_READ] = {"READ", DriveRead, true},
    [OP_CONTROL] = {"control", DriveControl, true},
    [OP_STOP] = {"STOP", DriveStop, true},
    [OP_CANCEL] = {"cancel", DriveCancel, true},
    [OP_START] = {"start", DriveStart, true},
    [OP_EXIT] = {"exit", DriveExit, true},
    [OP_IMAGE] = {"image", DriveImage, true},
    [OP_BURST] = {"burst", DriveBurst, true},
    [OP_INSIDE] = {"inside", DriveInside, true},
    [OP_TIME] = {"time", DriveTime, true},
    [OP_FAULT] = {"fault", DriveFault, false},
    [OP_REFUSE] = {"refuse", DriveRefuse, true},
};

const char *
OperationName(uint8_t Code)
{
    return Kinds[Code % OP_COUNT].Name;
}

/* ---- Faults ---- */

void
DriveFaultArm(void)
{
    SimFailNth(Drive.Nth, Drive.Onwards);
}

bool
DriveFaultEnd(void)
{
    bool Failed = Drive.Nth && SimFallibleCalls() >= Drive.Nth;
    SimFailNth(0, false);
    return Failed;
}

/* ---- Shared ---- */

DRIVE_HANDLE *
DrivePick(uint8_t Index)
{
    return Drive.HandleCount ? &Drive.Handles[Index % Drive.HandleCount] : NULL;
}

void
DriveStatus(NTSTATUS Expected, NTSTATUS Actual)
{
    if (Expected != Actual)
        ModelFail("the status is 0x%08X, expected 0x%08X", (ULONG)Actual, (ULONG)Expected);
}

NTSTATUS
DriveRefusal(uint8_t Index)
{
    static const NTSTATUS Refusals[] = {
        STATUS_SUCCESS,           STATUS_ACCESS_DENIED, STATUS_INSUFFICIENT_RESOURCES,
        STATUS_INVALID_PARAMETER, STATUS_NOT_SUPPORTED, STATUS_NOT_IMPLEMENTED};
    return Refusals[Index % RTL_NUMBER_OF(Refusals)];
}

void
DriveRememberToken(const PRCM_TOKEN *Token)
{
    Drive.Tokens[Drive.TokenCount++ % DRIVE_MAX_TOKENS] = *Token;
}

DRIVE_HANDLE *
DriveQuerier(void)
{
    for (ULONG Index = 0; Index < Drive.HandleCount; Index++)
    {
        const MODEL_HANDLE *Handle = &Drive.Handles[Index].Model;
        NT_ASSERT(Handle->File);
        if ((Handle->Access & FILE_READ_DATA) && !Handle->File->Gone && NT_SUCCESS(Handle->File->Refused))
            return &Drive.Handles[Index];
    }
    return NULL;
}

void
DriveAsk(const DRIVE_HANDLE *Handle, PRCM_QUERY *Query)
{
    NT_ASSERT(Handle);
    DriveStatus(STATUS_SUCCESS,
                SimControl(Handle->Real, PRCM_IOCTL_QUERY, NULL, 0, Query, sizeof(*Query), NULL));
}

void
DriveCheckQuery(const DRIVE_HANDLE *Handle)
{
    PRCM_QUERY Expected, Actual;
    DriveAsk(Handle, &Actual);
    DriveStatus(STATUS_SUCCESS, ModelQuery(&Drive.Model, &Handle->Model, 0, sizeof(Expected), &Expected));
    ModelCheckQuery(&Expected, &Actual);
}

/* ---- READs ---- */

void
DriveTakeRead(ULONG File, NTSTATUS Status, ULONG_PTR Information)
{
    MODEL_BATCH *Batch = &Drive.Model.Files[File].Read;
    DRIVE_READ *Read = &Drive.Reads[File];
    DriveStatus(Batch->Status, Status);
    ModelCheckBatch(&Drive.Model, Batch, Read->Buffer, Information);
    if (ModelBringsBatch(Status))
        DriveRememberToken(&Batch->Header.Next);
    free(Read->Buffer);
    *Read = (DRIVE_READ){0};
    ModelReadTaken(&Drive.Model.Files[File]);
}

void
DriveCollect(void)
{
    for (ULONG Index = 0; Index < MODEL_MAX_FILES; Index++)
    {
        const MODEL_FILE *File = &Drive.Model.Files[Index];
        ULONG_PTR Information;
        if (!File->Pended)
            continue;
        bool Done = SimIoDone(Drive.Reads[Index].Io);
        if (Done != File->Done)
            ModelFail("the pended READ of file %u is %s, expected %s", Index, Done ? "complete" : "waiting",
                      File->Done ? "complete" : "waiting");
        if (!Done)
            continue;
        NTSTATUS Status = SimIoWait(Drive.Reads[Index].Io, &Information);
        DriveTakeRead(Index, Status, Information);
    }
}

/* ---- Running ---- */

static void
DriveTrace(const OPERATION *Operation)
{
    static int Trace = -1;
    if (Trace < 0)
        Trace = getenv("FUZZ_TRACE") != NULL;
    snprintf(ModelDoing, sizeof(ModelDoing), "operation %zu, %*s%s: A %u, B %u, C %u, D %u, E %u", Drive.At,
             (int)(2 * Drive.Depth), "", OperationName(Operation->Code), Operation->A, Operation->B,
             Operation->C, Operation->D, Operation->E);
    if (Trace)
        fprintf(stderr, "%s\n", ModelDoing);
}

bool
DriveNext(bool Inside)
{
    const OPERATION *Operation = &Drive.Operations[Drive.At];
    if (Drive.At == Drive.Count)
        return false;
    const OPERATION_KIND *Kind = &Kinds[Operation->Code % OP_COUNT];
    if (Inside && !Kind->Inside)
        return false;
    DriveTrace(Operation);
    Drive.At++;
    Kind->Run(Operation);
    if (Kind->Run != DriveFault)
        Drive.Nth = 0;
    DriveCollect();
    return true;
}

/* A machine just started, and the driver loaded, unless the first operation has to do with that. */
static void
DriveBegin(const SETUP *Setup, const OPERATION *Operations, size_t Count)
{
    static const OPERATION Load = {.Code = OP_LOAD};
    MODEL *Model = &Drive.Model;
    SimReset();
    ModelReset(Model);
    memset(&Drive.HandleCount, 0, sizeof(Drive) - offsetof(DRIVE, HandleCount));
    Model->Os = Setup->Os % SIM_OS_COUNT;
    Model->Wine = Setup->Host & 1;
    Model->Clock = CLOCK_START + Setup->Clock * ONE_SECOND;
    SimSetOs(Model->Os);
    SimHostIsWine(Model->Wine);
    SimSetTime(Model->Clock);
    DriveEventsInit();
    Drive.Operations = Operations;
    Drive.Count = min(Count, DRIVE_MAX_OPERATIONS);
    uint8_t First = Count ? Operations[0].Code % OP_COUNT : OP_COUNT;
    if (First != OP_FAULT && First != OP_LOAD)
        DriveLoad(&Load);
}

static void
DriveEnd(const SETUP *Setup)
{
    static const OPERATION Nothing = {0};
    snprintf(ModelDoing, sizeof(ModelDoing), "at the end");
    if (DriveQuerier())
        DriveCheckQuery(DriveQuerier());
    if (Setup->Host & 2)
        DriveUnload(&Nothing);
    while (Drive.HandleCount)
    {
        DriveClose(&Nothing);
        DriveCollect();
    }
    if (Drive.Model.Loaded)
        DriveUnload(&Nothing);
    if (Drive.Model.Loaded || SimIsLoaded())
        ModelFail("the driver is still loaded");
    SimReset();
}

void
DriveRun(const SETUP *Setup, const OPERATION *Operations, size_t Count)
{
    DriveBegin(Setup, Operations, Count);
    while (DriveNext(false))
        ;
    DriveEnd(Setup);
}
