/* SPDX-License-Identifier: MIT
 *
 * The machine, loading, opens and requests: which status, in the order of the tables of docs/abi.md.
 */
#include "model_log.h"

#define MAX_INPUT_BYTES 4096u

#define DRIVER_VERSION                                                                                       \
    ((uint32_t)PRCM_VERSION_MAJOR << 24 | (uint32_t)PRCM_VERSION_MINOR << 16 | PRCM_VERSION_PATCH)

/* ---- The machine ---- */

static const struct
{
    const char *Name;
    SIM_OS Since;
} Routines[ROUTINE_COUNT] = {
    [ROUTINE_PROCESS_EX2] = {"PsSetCreateProcessNotifyRoutineEx2", SIM_10_1703},
    [ROUTINE_PROCESS_EX] = {"PsSetCreateProcessNotifyRoutineEx", SIM_NT60},
    [ROUTINE_PROCESS_BASE] = {"PsSetCreateProcessNotifyRoutine", SIM_NT52},
    [ROUTINE_IMAGE_EX] = {"PsSetLoadImageNotifyRoutineEx", SIM_10_1709},
    [ROUTINE_IMAGE_BASE] = {"PsSetLoadImageNotifyRoutine", SIM_NT52},
    [ROUTINE_IMAGE_REMOVE] = {"PsRemoveLoadImageNotifyRoutine", SIM_NT52},
    [ROUTINE_START_KEY] = {"PsGetProcessStartKey", SIM_10_1703},
    [ROUTINE_LOCATE] = {"SeLocateProcessImageName", SIM_NT60},
    [ROUTINE_POOL2] = {"ExAllocatePool2", SIM_11},
    [ROUTINE_TIME_PRECISE] = {"KeQuerySystemTimePrecise", SIM_NT62},
    [ROUTINE_LOOKUP] = {"PsLookupProcessByProcessId", SIM_NT52},
    [ROUTINE_OPEN_OBJECT] = {"ObOpenObjectByPointer", SIM_NT52},
    [ROUTINE_OPEN_TOKEN] = {"ZwOpenProcessTokenEx", SIM_NT52},
    [ROUTINE_QUERY_TOKEN] = {"ZwQueryInformationToken", SIM_NT52},
    [ROUTINE_QUERY_PROCESS] = {"ZwQueryInformationProcess", SIM_NT52},
    [ROUTINE_MAP] = {"MmMapLockedPagesSpecifyCache", SIM_NT52},
};

const char *
ModelRoutineName(MODEL_ROUTINE Routine)
{
    return Routines[Routine].Name;
}

bool
ModelHas(const MODEL *Model, MODEL_ROUTINE Routine)
{
    return Model->Os >= Routines[Routine].Since && !Model->Hidden[Routine];
}

LONGLONG
ModelTime(const MODEL *Model)
{
    return ModelHas(Model, ROUTINE_TIME_PRECISE) ? Model->Clock
                                                 : Model->Clock - Model->Clock % SIM_CLOCK_TICK;
}

/* All but the lanes' entries and the events, of which as much counts as the model says. */
void
ModelReset(MODEL *Model)
{
    for (ULONG Index = 0; Index < MODEL_MAX_FILES; Index++)
        free(Model->Files[Index].Read.Items);
    memset(Model, 0, offsetof(MODEL, Lanes));
    memset(Model->Files, 0, sizeof(Model->Files));
    Model->Os = SIM_11;
}

/* ---- Loading ---- */

static ULONG
FirstInUse(const uint32_t *Statuses, ULONG Count)
{
    ULONG Tier = 0;
    while (Tier < Count && Statuses[Tier] != 0)
        Tier++;
    return Tier;
}

ULONG
ModelProcessTier(const MODEL *Model)
{
    return FirstInUse(Model->Constant.ProcessTierStatus, PRCM_PROCESS_TIER_COUNT);
}

ULONG
ModelImageTier(const MODEL *Model)
{
    return FirstInUse(Model->Constant.ImageTierStatus, PRCM_IMAGE_TIER_COUNT);
}

/* Tries Count tiers of which Best is the first. Full: what a table without a free place is refused with. */
static NTSTATUS
LoadRegister(const MODEL *Model, MODEL_ROUTINE Best, ULONG Count, ULONG Others, NTSTATUS Full,
             uint32_t *Statuses)
{
    /* 64 since Vista SP1 for processes ("PsSetCreateProcessNotifyRoutine"), since an update of Windows 8.1 for images
     * ("PsSetLoadImageNotifyRoutine"). */
    bool OfImages = Best == ROUTINE_IMAGE_EX;
    ULONG Limit = Model->Os <= (OfImages ? SIM_NT62 : SIM_NT52) ? 8 : 64;
    bool Removable = !OfImages || ModelHas(Model, ROUTINE_IMAGE_REMOVE);
    NTSTATUS Status = STATUS_PROCEDURE_NOT_FOUND;
    memset(Statuses, 0xFF, Count * sizeof(*Statuses)); /* PRCM_TIER_NOT_TRIED */
    for (ULONG Tier = 0; Tier < Count; Tier++)
    {
        Status = Others >= Limit ? Full : (NTSTATUS)STATUS_SUCCESS;
        if (!NT_SUCCESS(Model->Refused[Best + Tier]))
            Status = Model->Refused[Best + Tier];
        if (!Removable || !ModelHas(Model, Best + Tier))
            Status = STATUS_PROCEDURE_NOT_FOUND;
        Statuses[Tier] = (uint32_t)Status;
        if (NT_SUCCESS(Status))
            return Status;
    }
    return Status;
}

static ULONG
LoadLane(PRCM_QUERY *Constant, const MODEL_PARAMETER *Parameter, ULONG Default, ULONG Flag,
         PRCM_LANE_INFO *Info)
{
    ULONG Bytes = Default;
    if (Parameter->Usable)
        for (Bytes = PRCM_MIN_LANE_BYTES; Bytes < Parameter->Value && Bytes < PRCM_MAX_LANE_BYTES;)
            Bytes *= 2;
    if (Parameter->Given && (!Parameter->Usable || Bytes != Parameter->Value))
        Constant->Flags |= Flag;
    Info->Requested = Parameter->Usable ? Parameter->Value : 0;
    return Info->Bytes = Bytes;
}

static void
LoadKinds(PRCM_QUERY *Constant, const MODEL_PARAMETER *Parameter)
{
    Constant->Kinds = Parameter->Usable ? Parameter->Value & PRCM_KINDS_ALL : PRCM_KINDS_ALL;
    if (!Constant->Kinds)
        Constant->Kinds = PRCM_KINDS_ALL;
    if (Parameter->Given && (!Parameter->Usable || Constant->Kinds != Parameter->Value))
        Constant->Flags |= PRCM_QUERY_CLAMPED_KINDS;
}

/* An empty log. */
static void
LoadLog(MODEL *Model)
{
    Model->Loaded = true;
    Model->Leaving = Model->Stopping = false;
    Model->Next = Model->Published = 1;
    Model->FillingCount = 0;
    Model->LongestStall = 0;
    memset(Model->StallSince, 0, sizeof(Model->StallSince));
    memset(Model->Captured, 0, sizeof(Model->Captured));
    memset(Model->Dropped, 0, sizeof(Model->Dropped));
    memset(Model->Evicted, 0, sizeof(Model->Evicted));
    for (ULONG Lane = 0; Lane < PRCM_LANE_COUNT; Lane++)
        LaneModelInit(&Model->Lanes[Lane], (uint32_t)Model->Constant.Lanes[Lane].Bytes, 0);
}

NTSTATUS
ModelLoad(MODEL *Model)
{
    PRCM_QUERY *Constant = &Model->Constant;
    *Constant = (PRCM_QUERY){.Size = sizeof(*Constant),
                             .AbiVersion = PRCM_ABI_VERSION,
                             .DriverVersion = DRIVER_VERSION,
                             .Instance = (uint64_t)ModelTime(Model),
                             .MaxSessions = PRCM_MAX_SESSIONS,
                             .MaxReadBytes = PRCM_MAX_READ_BYTES,
                             .MaxRecordBytes = PRCM_MAX_RECORD_BYTES,
                             .MaxKeys = PRCM_MAX_KEYS};
    if (ModelHas(Model, ROUTINE_TIME_PRECISE))
        Constant->Flags |= PRCM_QUERY_TIME_PRECISE;
    LoadLane(Constant, &Model->Lifecycle, PRCM_DEFAULT_LIFECYCLE_LANE_BYTES, PRCM_QUERY_CLAMPED_LIFECYCLE,
             &Constant->Lanes[PRCM_LANE_LIFECYCLE]);
    LoadLane(Constant, &Model->Image, PRCM_DEFAULT_IMAGE_LANE_BYTES, PRCM_QUERY_CLAMPED_IMAGE,
             &Constant->Lanes[PRCM_LANE_IMAGE]);
    LoadKinds(Constant, &Model->Kinds);
    NTSTATUS Status = LoadRegister(Model, ROUTINE_IMAGE_EX, PRCM_IMAGE_TIER_COUNT, Model->OthersImage,
                                   STATUS_INSUFFICIENT_RESOURCES, Constant->ImageTierStatus);
    if (NT_SUCCESS(Status))
        Status = LoadRegister(Model, ROUTINE_PROCESS_EX2, PRCM_PROCESS_TIER_COUNT, Model->OthersProcess,
                              STATUS_INVALID_PARAMETER, Constant->ProcessTierStatus);
    if (NT_SUCCESS(Status))
        LoadLog(Model);
    return Status;
}

void
ModelLoadLearned(MODEL *Model, const PRCM_QUERY *Query)
{
    PRCM_QUERY *Constant = &Model->Constant;
    ModelLoad(Model);
    memcpy(Constant->ProcessTierStatus, Query->ProcessTierStatus, sizeof(Query->ProcessTierStatus));
    memcpy(Constant->ImageTierStatus, Query->ImageTierStatus, sizeof(Query->ImageTierStatus));
    Constant->Kinds = Query->Kinds;
    Constant->Flags = Query->Flags;
    for (ULONG Lane = 0; Lane < PRCM_LANE_COUNT; Lane++)
    {
        uint64_t Bytes = Constant->Lanes[Lane].Bytes = Query->Lanes[Lane].Bytes;
        Constant->Lanes[Lane].Requested = Query->Lanes[Lane].Requested;
        if (Bytes < PRCM_MIN_LANE_BYTES || Bytes > PRCM_MAX_LANE_BYTES || (Bytes & (Bytes - 1)))
            ModelFail("a lane of %llu bytes", (unsigned long long)Bytes);
    }
    if (ModelProcessTier(Model) == PRCM_PROCESS_TIER_COUNT || ModelImageTier(Model) == PRCM_IMAGE_TIER_COUNT)
        ModelFail("the driver is loaded, and not registered");
    if (!Query->Kinds || (Query->Kinds & ~PRCM_KINDS_ALL))
        ModelFail("kinds 0x%X are captured", Query->Kinds);
    LoadLog(Model);
}

/* ---- Unloading ---- */

/* File objects that keep the driver. */
static ULONG
FilesOpen(const MODEL *Model)
{
    ULONG Count = 0;
    for (ULONG Index = 0; Index < MODEL_MAX_FILES; Index++)
        Count += Model->Files[Index].InUse && !Model->Files[Index].Gone && Model->Files[Index].Handles;
    return Count;
}

static ULONG
Sessions(const MODEL *Model)
{
    ULONG Count = 0;
    for (ULONG Index = 0; Index < MODEL_MAX_FILES; Index++)
    {
        const MODEL_FILE *File = &Model->Files[Index];
        Count += File->InUse && !File->Gone && File->Handles && NT_SUCCESS(File->Refused);
    }
    return Count;
}

static ULONG
Waiting(const MODEL *Model)
{
    ULONG Count = 0;
    for (ULONG Index = 0; Index < MODEL_MAX_FILES; Index++)
        Count += Model->Files[Index].Pended && !Model->Files[Index].Done;
    return Count;
}

static void
EndRead(MODEL_FILE *File, NTSTATUS Status)
{
    if (!File->Pended || File->Done)
        return;
    File->Done = true;
    File->Read.Status = Status;
}

static void
EndReads(MODEL *Model)
{
    for (ULONG Index = 0; Index < MODEL_MAX_FILES; Index++)
        EndRead(&Model->Files[Index], STATUS_DEVICE_REMOVED);
}

NTSTATUS
ModelUnload(MODEL *Model)
{
    if (!Model->Loaded || Model->Leaving)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!Model->Wine && FilesOpen(Model))
    {
        Model->Leaving = true;
        return STATUS_PENDING;
    }
    EndReads(Model);
    for (ULONG Index = 0; Index < MODEL_MAX_FILES; Index++)
        Model->Files[Index].Gone = Model->Files[Index].InUse;
    Model->Loaded = false;
    return STATUS_SUCCESS;
}

/* ---- Opens and closes ---- */

static NTSTATUS
OpenFile(MODEL *Model, NTSTATUS Status, ACCESS_MASK Access, MODEL_HANDLE *Handle)
{
    if (!NT_SUCCESS(Status) && !Model->Wine)
        return Status;
    MODEL_FILE *File = Model->Files;
    while (File->InUse)
        File++;
    MODEL_ITEM *Items = File->Read.Items;
    uint32_t Room = File->Read.Room;
    *File =
        (MODEL_FILE){.InUse = true, .Refused = Status, .Handles = 1, .Read = {.Items = Items, .Room = Room}};
    *Handle = (MODEL_HANDLE){File, Access};
    return STATUS_SUCCESS;
}

/* What the I/O manager says before the driver is asked. */
static NTSTATUS
OpenAdmit(const MODEL *Model, SIM_USER User)
{
    if (!Model->Loaded)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (Model->Leaving)
        return STATUS_NO_SUCH_DEVICE;
    return User == SIM_USER_ORDINARY ? (NTSTATUS)STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

NTSTATUS
ModelOpen(MODEL *Model, SIM_USER User, ACCESS_MASK Access, bool HasName, MODEL_HANDLE *Handle)
{
    NTSTATUS Status = OpenAdmit(Model, User);
    if (!NT_SUCCESS(Status))
        return Status;
    if (HasName)
        Status = STATUS_OBJECT_NAME_NOT_FOUND;
    else if (Model->Stopping)
        Status = STATUS_DEVICE_REMOVED;
    else if (Sessions(Model) == PRCM_MAX_SESSIONS)
        Status = STATUS_TOO_MANY_SESSIONS;
    return OpenFile(Model, Status, Access, Handle);
}

NTSTATUS
ModelOpenFails(MODEL *Model, ACCESS_MASK Access, MODEL_HANDLE *Handle)
{
    return OpenFile(Model, STATUS_INSUFFICIENT_RESOURCES, Access, Handle);
}

MODEL_HANDLE
ModelDuplicate(const MODEL_HANDLE *Handle)
{
    Handle->File->Handles++;
    return *Handle;
}

static void
ForgetIfUnused(MODEL_FILE *File)
{
    if (!File->Handles && !File->Pended)
        File->InUse = false;
}

void
ModelClose(MODEL *Model, MODEL_HANDLE *Handle)
{
    MODEL_FILE *File = Handle->File;
    Handle->File = NULL;
    if (--File->Handles)
        return;
    EndRead(File, STATUS_CANCELLED);
    ForgetIfUnused(File);
    if (Model->Leaving && !FilesOpen(Model))
        Model->Loaded = Model->Leaving = false;
}

void
ModelCancel(MODEL_FILE *File)
{
    EndRead(File, STATUS_CANCELLED);
}

void
ModelReadTaken(MODEL_FILE *File)
{
    File->Pended = File->Done = false;
    ForgetIfUnused(File);
}

/* ---- Requests ---- */

/* What is said before a request's own table: the I/O manager, and an open that was refused. */
static NTSTATUS
Admit(const MODEL_HANDLE *Handle, ULONG Code)
{
    ULONG Needed = Code >> 14 & 3; /* read 1, write 2: FILE_READ_DATA, FILE_WRITE_DATA */
    if ((Handle->Access & Needed) != Needed)
        return STATUS_ACCESS_DENIED;
    return Handle->File->Gone ? (NTSTATUS)STATUS_NO_SUCH_DEVICE : Handle->File->Refused;
}

NTSTATUS
ModelUnknown(const MODEL_HANDLE *Handle, ULONG Code)
{
    NTSTATUS Status = Admit(Handle, Code);
    return NT_SUCCESS(Status) ? (NTSTATUS)STATUS_INVALID_DEVICE_REQUEST : Status;
}

static bool
IsZero(const void *Bytes, size_t Length)
{
    for (size_t At = 0; At < Length; At++)
        if (((const uint8_t *)Bytes)[At])
            return false;
    return true;
}

/* An input structure of which Known bytes are known. */
static NTSTATUS
CheckInput(const void *In, ULONG InBytes, ULONG Known)
{
    uint32_t Size;
    if (InBytes < Known || InBytes > MAX_INPUT_BYTES)
        return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(&Size, In, sizeof(Size));
    if (Size != InBytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    return IsZero((const char *)In + Known, InBytes - Known) ? STATUS_SUCCESS
                                                             : (NTSTATUS)STATUS_INVALID_PARAMETER;
}

NTSTATUS
ModelQuery(MODEL *Model, const MODEL_HANDLE *Handle, ULONG InBytes, ULONG OutBytes, PRCM_QUERY *Query)
{
    NTSTATUS Status = Admit(Handle, PRCM_IOCTL_QUERY);
    if (!NT_SUCCESS(Status))
        return Status;
    if (InBytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (OutBytes < PRCM_QUERY_MIN_BYTES)
        return STATUS_BUFFER_TOO_SMALL;
    *Query = Model->Constant;
    Query->Flags |= Model->Stopping ? PRCM_QUERY_STOPPING : 0;
    Query->Time = ModelTime(Model);
    Query->Sessions = Sessions(Model);
    Query->Waiting = Waiting(Model);
    Query->Next = Model->Next;
    Query->Published = Model->Published;
    memcpy(Query->Captured, Model->Captured, sizeof(Query->Captured));
    memcpy(Query->Dropped, Model->Dropped, sizeof(Query->Dropped));
    memcpy(Query->Evicted, Model->Evicted, sizeof(Query->Evicted));
    Query->LongestStall = (uint64_t)ModelLongestStall(Model);
    for (ULONG Lane = 0; Lane < PRCM_LANE_COUNT; Lane++)
    {
        Query->Lanes[Lane].Used = LaneModelUsed(&Model->Lanes[Lane]);
        Query->Lanes[Lane].Oldest = LaneModelOldest(&Model->Lanes[Lane]);
    }
    return STATUS_SUCCESS;
}

/* What can be seen without the log. */
static bool
SubscribeIsSound(const PRCM_SUBSCRIBE *Request)
{
    PRCM_TOKEN Rest = Request->Token;
    if (!Request->Kinds || (Request->Kinds & ~PRCM_KINDS_ALL) || Request->KeyCount > PRCM_MAX_KEYS ||
        Request->Reserved)
        return false;
    for (uint32_t Index = Request->KeyCount; Index < PRCM_MAX_KEYS; Index++)
        if (Request->Keys[Index])
            return false;
    if (Request->From == PRCM_FROM_TOKEN)
        return Rest.Instance && Rest.CountsKnown <= 1 && !Rest.Reserved;
    if (Request->From == PRCM_FROM_SEQUENCE)
        Rest.Next = 0;
    return IsZero(&Rest, sizeof(Rest));
}

static NTSTATUS
SubscribeCheck(const MODEL *Model, const MODEL_FILE *File, const void *In, ULONG InBytes, ULONG OutBytes,
               PRCM_SUBSCRIBE *Request)
{
    uint32_t Version = PRCM_ABI_VERSION;
    if (InBytes >= 8)
        memcpy(&Version, (const char *)In + 4, sizeof(Version));
    if (Version != PRCM_ABI_VERSION)
        return STATUS_REVISION_MISMATCH;
    NTSTATUS Status = CheckInput(In, InBytes, sizeof(*Request));
    if (!NT_SUCCESS(Status))
        return Status;
    memcpy(Request, In, sizeof(*Request));
    if (OutBytes < sizeof(PRCM_SUBSCRIBED))
        return STATUS_BUFFER_TOO_SMALL;
    if (!SubscribeIsSound(Request))
        return STATUS_INVALID_PARAMETER;
    if (Model->Stopping)
        return STATUS_DEVICE_REMOVED;
    return File->Subscribed ? (NTSTATUS)STATUS_INVALID_DEVICE_STATE : STATUS_SUCCESS;
}

NTSTATUS
ModelSubscribe(MODEL *Model, const MODEL_HANDLE *Handle, const void *In, ULONG InBytes, ULONG OutBytes,
               PRCM_SUBSCRIBED *Answer)
{
    MODEL_FILE *File = Handle->File;
    PRCM_SUBSCRIBE Request;
    MODEL_READER Reader;
    uint32_t Resume;
    NTSTATUS Status = Admit(Handle, PRCM_IOCTL_SUBSCRIBE);
    if (NT_SUCCESS(Status))
        Status = SubscribeCheck(Model, File, In, InBytes, OutBytes, &Request);
    if (!NT_SUCCESS(Status))
        return Status;
    if (!ModelPlaceReader(Model, &Request, &Reader, &Resume))
        return STATUS_INVALID_PARAMETER;
    File->Subscribed = true;
    File->Reader = Reader;
    *Answer = (PRCM_SUBSCRIBED){.Size = sizeof(*Answer),
                                .AbiVersion = PRCM_ABI_VERSION,
                                .Resume = Resume,
                                .Start = Reader.At,
                                .Oldest = ModelOldest(Model),
                                .Head = Model->Next};
    return STATUS_SUCCESS;
}

static NTSTATUS
ReadCheck(const MODEL *Model, const MODEL_FILE *File, const void *In, ULONG InBytes, ULONG OutBytes,
          bool *NoWait)
{
    PRCM_READ Request;
    NTSTATUS Status = CheckInput(In, InBytes, sizeof(Request));
    if (!NT_SUCCESS(Status))
        return Status;
    memcpy(&Request, In, sizeof(Request));
    *NoWait = Request.Flags & PRCM_READ_NO_WAIT;
    if (Request.Flags & ~PRCM_READ_NO_WAIT)
        return STATUS_INVALID_PARAMETER;
    if (OutBytes < sizeof(PRCM_BATCH))
        return STATUS_BUFFER_TOO_SMALL;
    if (OutBytes > PRCM_MAX_READ_BYTES)
        return STATUS_INVALID_BUFFER_SIZE;
    if (!NT_SUCCESS(Model->Refused[ROUTINE_MAP]))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (Model->Stopping)
        return STATUS_DEVICE_REMOVED;
    if (!File->Subscribed)
        return STATUS_INVALID_DEVICE_STATE;
    return File->Pended ? (NTSTATUS)STATUS_DEVICE_BUSY : STATUS_SUCCESS;
}

NTSTATUS
ModelRead(MODEL *Model, const MODEL_HANDLE *Handle, const void *In, ULONG InBytes, ULONG OutBytes)
{
    MODEL_FILE *File = Handle->File;
    bool NoWait;
    NTSTATUS Status = Admit(Handle, PRCM_IOCTL_READ);
    if (NT_SUCCESS(Status))
        Status = ReadCheck(Model, File, In, InBytes, OutBytes, &NoWait);
    if (!NT_SUCCESS(Status))
        return Status;
    File->ReadBytes = OutBytes;
    ModelServe(Model, File, OutBytes, NoWait);
    File->Pended = !File->Done;
    File->Done = false;
    return File->Pended ? (NTSTATUS)STATUS_PENDING : File->Read.Status;
}

NTSTATUS
ModelStop(MODEL *Model, const MODEL_HANDLE *Handle, ULONG InBytes, ULONG OutBytes)
{
    NTSTATUS Status = Admit(Handle, PRCM_IOCTL_STOP);
    if (!NT_SUCCESS(Status))
        return Status;
    if (InBytes || OutBytes)
        return STATUS_INFO_LENGTH_MISMATCH;
    Model->Stopping = true;
    EndReads(Model);
    return STATUS_SUCCESS;
}
