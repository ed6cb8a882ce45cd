/* SPDX-License-Identifier: MIT
 *
 * Loading and unloading, opening and closing.
 */
#include "drive_state.h"

extern char __start_sim_driver_data[];
extern char __stop_sim_driver_data[];
DRIVER_INITIALIZE DriverEntry;

static const SIM_IMAGE Image = {"prcm", DriverEntry, __start_sim_driver_data, __stop_sim_driver_data};

/* ---- Loading ---- */

/* A value of the Parameters key: none at all, a REG_DWORD, or something else. */
typedef struct PARAMETER_CHOICE
{
    bool Given;
    ULONG Type;
    ULONG Bytes;
    ULONG Value;
} PARAMETER_CHOICE;

/* None near the largest: it would take longer to clear than all else. */
static const PARAMETER_CHOICE Lanes[] = {
    {true, REG_DWORD, 4, PRCM_MIN_LANE_BYTES},
    {true, REG_DWORD, 4, PRCM_MIN_LANE_BYTES - 1},
    {true, REG_DWORD, 4, 0},
    {true, REG_DWORD, 4, PRCM_MIN_LANE_BYTES + 1},
    {true, REG_DWORD, 4, 1},
    {false, 0, 0, 0},
    {true, REG_BINARY, 4, PRCM_MIN_LANE_BYTES},
    {true, REG_DWORD, 8, PRCM_MIN_LANE_BYTES},
};

static PARAMETER_CHOICE
KindsChoice(uint8_t Choice)
{
    if (Choice == 0)
        return (PARAMETER_CHOICE){0};
    return (PARAMETER_CHOICE){true, Choice & 0x40 ? REG_BINARY : REG_DWORD, Choice & 0x80 ? 2 : 4,
                              Choice & 0x0Fu};
}

/* What a key was once given stays in it: a later choice can only replace it. */
static void
LoadParameter(PCWSTR Name, const PARAMETER_CHOICE *Choice, MODEL_PARAMETER *Parameter)
{
    static const ULONG Padding[2];
    ULONG Data[2] = {Choice->Value, Padding[1]};
    if (!Choice->Given)
        return;
    SimSetRegistry(Name, Choice->Type, Data, Choice->Bytes);
    *Parameter = (MODEL_PARAMETER){
        .Given = true, .Usable = Choice->Type == REG_DWORD && Choice->Bytes == 4, .Value = Choice->Value};
}

static void
SetRefusal(MODEL_ROUTINE Routine, NTSTATUS Status)
{
    if (Drive.Model.Refused[Routine] == Status)
        return;
    Drive.Model.Refused[Routine] = Status;
    SimRefuse(ModelRoutineName(Routine), Status);
}

static void
LoadConfigure(const OPERATION *Operation)
{
    MODEL *Model = &Drive.Model;
    PARAMETER_CHOICE Kinds = KindsChoice(Operation->B);
    LoadParameter(L"LifecycleLaneBytes", &Lanes[Operation->A % RTL_NUMBER_OF(Lanes)], &Model->Lifecycle);
    LoadParameter(L"ImageLaneBytes", &Lanes[(Operation->A >> 4) % RTL_NUMBER_OF(Lanes)], &Model->Image);
    LoadParameter(L"Kinds", &Kinds, &Model->Kinds);
    for (MODEL_ROUTINE Routine = 0; Routine < ROUTINE_COUNT; Routine++)
    {
        bool Refused = Routine <= ROUTINE_IMAGE_BASE && (Operation->E >> Routine & 1);
        SetRefusal(Routine, Refused ? DriveRefusal(Operation->C) : (NTSTATUS)STATUS_SUCCESS);
        if (Routine >= ROUTINE_LOOKUP || !(Operation->D >> Routine & 1))
            continue;
        Model->Hidden[Routine] = true;
        SimHide(ModelRoutineName(Routine));
    }
    Model->OthersProcess = Operation->E & 0x4000 ? (Operation->E & 0x100 ? 64 : 8) : 0;
    Model->OthersImage = Operation->E & 0x8000 ? (Operation->E & 0x200 ? 64 : 8) : 0;
    SimOccupyNotify(Model->OthersProcess, Model->OthersImage);
}

void
DriveLoad(const OPERATION *Operation)
{
    PRCM_QUERY Query;
    HANDLE Handle;
    if (Drive.Model.Loaded)
        return;
    LoadConfigure(Operation);
    DriveFaultArm();
    NTSTATUS Status = SimLoad(&Image);
    if (!DriveFaultEnd())
    {
        DriveStatus(ModelLoad(&Drive.Model), Status);
        return;
    }
    if (!NT_SUCCESS(Status))
        return; /* with which status, is the failed call's affair */
    DriveStatus(STATUS_SUCCESS, SimOpen(PRCM_LINK_NAME, FILE_READ_DATA, &Handle));
    DriveAsk(&(DRIVE_HANDLE){.Real = Handle}, &Query);
    ModelLoadLearned(&Drive.Model, &Query);
    DriveStatus(STATUS_SUCCESS, SimClose(Handle));
}

void
DriveUnload(const OPERATION *Operation)
{
    (void)Operation;
    if (!Drive.Model.Loaded)
        return;
    NTSTATUS Expected = ModelUnload(&Drive.Model);
    DriveStatus(Expected, Drive.Model.Wine ? SimUnloadAtOnce() : SimUnload());
    if (SimIsLoaded() != Drive.Model.Loaded)
        ModelFail("the driver is %sloaded", Drive.Model.Loaded ? "not " : "");
}

void
DriveRefuse(const OPERATION *Operation)
{
    MODEL_ROUTINE Routine = ROUTINE_LOOKUP + Operation->A % (ROUTINE_COUNT - ROUTINE_LOOKUP);
    if (!Drive.Model.Loaded)
        return;
    SetRefusal(Routine, DriveRefusal(Operation->B));
}

/* ---- Handles ---- */

static bool
RoomForHandle(bool ForFile)
{
    ULONG Files = 0;
    for (ULONG Index = 0; Index < MODEL_MAX_FILES; Index++)
        Files += Drive.Model.Files[Index].InUse;
    return Drive.HandleCount < DRIVE_MAX_HANDLES && (!ForFile || Files < MODEL_MAX_FILES);
}

static void
KeepHandle(NTSTATUS Expected, NTSTATUS Status, HANDLE Real, const MODEL_HANDLE *Model)
{
    DriveStatus(Expected, Status);
    if (NT_SUCCESS(Status))
        Drive.Handles[Drive.HandleCount++] = (DRIVE_HANDLE){Real, *Model};
}

/* What a generic right means to a file. */
static ACCESS_MASK
AccessChoice(uint8_t Choice, ACCESS_MASK *Granted)
{
    static const struct
    {
        ACCESS_MASK Asked, Granted;
    } Choices[] = {
        {DRIVE_ALL_ACCESS, DRIVE_ALL_ACCESS},
        {GENERIC_READ | GENERIC_WRITE, DRIVE_ALL_ACCESS},
        {GENERIC_READ, FILE_READ_DATA},
        {GENERIC_WRITE, FILE_WRITE_DATA},
        {GENERIC_ALL, DRIVE_ALL_ACCESS},
        {FILE_READ_DATA, FILE_READ_DATA},
        {SYNCHRONIZE, 0},
        {READ_CONTROL, 0},
    };
    *Granted = Choices[Choice % RTL_NUMBER_OF(Choices)].Granted;
    return Choices[Choice % RTL_NUMBER_OF(Choices)].Asked;
}

void
DriveOpen(const OPERATION *Operation)
{
    static const PCWSTR Names[] = {PRCM_LINK_NAME,         PRCM_DEVICE_NAME,         PRCM_LINK_NAME L"\\x",
                                   PRCM_DEVICE_NAME L"\\", PRCM_LINK_NAME L"\\a\\b", PRCM_LINK_NAME L"x"};
    SIM_USER User = Operation->A % 3;
    ULONG Name = Operation->C % RTL_NUMBER_OF(Names);
    ACCESS_MASK Granted, Asked = AccessChoice(Operation->B, &Granted);
    MODEL_HANDLE Model;
    HANDLE Real;
    if (!RoomForHandle(true))
        return;
    DriveFaultArm();
    NTSTATUS Status = SimOpenAs(User, Names[Name], Asked, &Real);
    NTSTATUS Expected = STATUS_OBJECT_NAME_NOT_FOUND; /* the last of the names: no device's */
    if (DriveFaultEnd())
        Expected = ModelOpenFails(&Drive.Model, Granted, &Model);
    else if (Name < RTL_NUMBER_OF(Names) - 1)
        Expected = ModelOpen(&Drive.Model, User, Granted, Name > 1, &Model);
    KeepHandle(Expected, Status, Real, &Model);
}

void
DriveOpenMany(const OPERATION *Operation)
{
    static const OPERATION Open = {.Code = OP_OPEN};
    for (ULONG Count = Operation->A % (PRCM_MAX_SESSIONS + 2u); Count; Count--)
        DriveOpen(&Open);
}

void
DriveOpenRelative(const OPERATION *Operation)
{
    const DRIVE_HANDLE *Root = DrivePick(Operation->A);
    ACCESS_MASK Granted, Asked = AccessChoice(Operation->B, &Granted);
    NTSTATUS Expected = STATUS_NO_SUCH_DEVICE;
    MODEL_HANDLE Model;
    HANDLE Real = NULL;
    if (!Root || !RoomForHandle(true))
        return;
    if (!Root->Model.File->Gone)
        Expected = ModelOpen(&Drive.Model, SIM_USER_ADMINISTRATOR, Granted, true, &Model);
    KeepHandle(Expected, SimOpenRelative(Root->Real, Operation->C & 1 ? L"x" : L"", Asked, &Real), Real,
               &Model);
}

void
DriveDuplicate(const OPERATION *Operation)
{
    const DRIVE_HANDLE *Handle = DrivePick(Operation->A);
    if (!Handle || !RoomForHandle(false))
        return;
    HANDLE Real = SimDuplicate(Handle->Real);
    MODEL_HANDLE Model = ModelDuplicate(&Handle->Model);
    KeepHandle(STATUS_SUCCESS, Real ? STATUS_SUCCESS : (NTSTATUS)STATUS_INVALID_HANDLE, Real, &Model);
}

void
DriveClose(const OPERATION *Operation)
{
    DRIVE_HANDLE *Handle = DrivePick(Operation->A);
    if (!Handle)
        return;
    DRIVE_HANDLE Closed = *Handle;
    *Handle = Drive.Handles[--Drive.HandleCount];
    ModelClose(&Drive.Model, &Closed.Model);
    DriveStatus(STATUS_SUCCESS, SimClose(Closed.Real));
    if (SimIsLoaded() != Drive.Model.Loaded)
        ModelFail("the driver is %sloaded", Drive.Model.Loaded ? "not " : "");
}
