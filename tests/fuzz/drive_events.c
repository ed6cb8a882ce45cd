/* SPDX-License-Identifier: MIT
 *
 * Events, and what comes between the reserve and the commit of one.
 */
#include "drive_state.h"

#define MAX_TEXT_BYTES PRCM_MAX_STRING_BYTES
#define MAX_DEPTH      4u
#define FORMS          4u

/* A text of each form, of which strings take as much as they need. */
static WCHAR Texts[FORMS][MAX_TEXT_BYTES / sizeof(WCHAR)];

static struct
{
    SID Sid;
    ULONG More[SID_MAX_SUB_AUTHORITIES - 1];
} LongSid = {{SID_REVISION, SID_MAX_SUB_AUTHORITIES, {SECURITY_NT_AUTHORITY}, {21}}, {1, 2, 3, 4, 5}};

void
DriveEventsInit(void)
{
    static const PCWSTR Prefixes[FORMS] = {L"\\dEvice\\Harddisk", L"\\??\\C:", L"\\SystemRoot\\", L"C:\\"};
    for (ULONG Form = 0; Form < FORMS && !Texts[Form][0]; Form++)
        for (ULONG At = 0, Prefix = 1; At < RTL_NUMBER_OF(Texts[Form]); At++)
        {
            Prefix = Prefix && Prefixes[Form][At];
            Texts[Form][At] = Prefix ? Prefixes[Form][At] : (WCHAR)(0x100 * Form + At % 251);
        }
}

/* A text as long as Choice says: mostly short, now and then as long as can be. */
static UNICODE_STRING
Text(uint8_t Form, uint16_t Choice)
{
    ULONG Bytes = Choice < 0xC000 ? Choice & 0xFEu : (Choice & 0x3FFFu) * 4;
    if (Choice == 0xFFFE)
        Bytes = MAX_TEXT_BYTES;
    return (UNICODE_STRING){(USHORT)Bytes, (USHORT)Bytes, Texts[Form % FORMS]};
}

ULONG
DriveProcessId(uint8_t Index)
{
    return 1000u + 4u * Index;
}

/* ---- Raising ---- */

/* An event that is about to be raised. */
typedef struct RAISE
{
    bool Told; /* the driver is, and captures it */
    MODEL_EVENT Draft;
    uint64_t Number; /* once it is reserved */
    ULONG Inside;    /* operations that come between its reserve and its commit */
} RAISE;

static RAISE Raises[MAX_DEPTH + 1];

static RAISE *
RaiseNew(ULONG Inside)
{
    RAISE *Raise = &Raises[Drive.Depth];
    Raise->Number = 0;
    Raise->Inside = Inside;
    return Raise;
}

/* The first lock that is let go while an event is raised is the one under which it got its number. */
static void
RaiseHook(void *Context, SIM_POINT Point, const void *Object)
{
    RAISE *Raise = Context;
    (void)Object;
    if (Point != SIM_POINT_UNLOCK)
        return;
    SimSetHook(NULL, NULL);
    if (!Raise->Told)
        ModelFail("an event got a number that should not have");
    Raise->Number = ModelReserve(&Drive.Model, &Raise->Draft);
    Drive.Depth++;
    for (; Raise->Inside && DriveNext(true); Raise->Inside--)
        ;
    Drive.Depth--;
}

static void
RaiseBegin(RAISE *Raise)
{
    if (Raise->Inside)
    {
        Drive.Nth = 0;
        SimSetHook(RaiseHook, Raise);
        return;
    }
    if (!DriveQuerier())
        Drive.Nth = 0; /* nobody could ask what has become of it */
    DriveFaultArm();
}

/* Something failed while the event was gathered: its size says what. */
static void
RaiseLearnSize(RAISE *Raise)
{
    PRCM_QUERY Query;
    uint32_t Sizes[MODEL_MAX_SIZES];
    ULONG Count = ModelLooseSizes(&Raise->Draft, Sizes);
    DriveAsk(DriveQuerier(), &Query);
    ULONG Index = 0;
    while (Index < Count && !ModelExplains(&Drive.Model, &Raise->Draft, Sizes[Index], &Query))
        Index++;
    if (Index == Count)
        ModelFail("no size of the record explains what its lane uses");
    Raise->Draft.Record.Header.Size = Sizes[Index];
    Raise->Draft.Loose = true;
}

static void
RaiseEnd(RAISE *Raise)
{
    SimSetHook(NULL, NULL);
    bool Failed = DriveFaultEnd();
    if (!Raise->Told)
        return;
    if (!Raise->Number)
    {
        if (Failed)
            RaiseLearnSize(Raise);
        Raise->Number = ModelReserve(&Drive.Model, &Raise->Draft);
    }
    ModelCommit(&Drive.Model, Raise->Number);
    if (Failed)
        DriveCheckQuery(DriveQuerier());
}

static bool
RoomForEvent(void)
{
    return Drive.Model.Next < MODEL_MAX_EVENTS && Drive.Depth <= MAX_DEPTH;
}

/* ---- Processes ---- */

enum
{
    START_HAS_PATH = 1,
    START_HAS_COMMAND = 2,
    START_IS_EXACT = 4,
    START_IS_SUBSYSTEM = 8,
    START_IS_EMULATED = 16,
    START_IS_ELEVATED = 32,
    START_HAS_LONG_SID = 64,
    START_IS_REFUSED = 128
};

static void
ProcessAdd(ULONG Index, const OPERATION *Operation)
{
    static const ULONG Parents[] = {SIM_SYSTEM_PROCESS_ID, 0,           1000, 1004, 1008, 0x7FFFFFF0,
                                    1000 + 4 * 4,          1000 + 4 * 5};
    DRIVE_PROCESS *Process = &Drive.Processes[Index];
    MODEL_PROCESS *Model = &Drive.Model.Processes[Index];
    if (Process->Real)
        return;
    Process->ImageName = Text(Operation->C, (uint16_t)(Operation->D | 2));
    Process->Info = (SIM_PROCESS){.Id = DriveProcessId((uint8_t)Index),
                                  .ParentId = Parents[Operation->C >> 2 & 7],
                                  .CreateTime = Drive.Model.Clock - (Operation->C >> 5) * 10,
                                  .StartKey = Operation->C >> 5,
                                  .SessionId = Operation->A,
                                  .User = Operation->B & START_HAS_LONG_SID ? &LongSid : NULL,
                                  .IntegrityLevel = 0x1000u * (Operation->A & 7),
                                  .Elevated = (Operation->B & START_IS_ELEVATED) != 0,
                                  .Emulated = (Operation->B & START_IS_EMULATED) != 0,
                                  .Subsystem = (Operation->B & START_IS_SUBSYSTEM) != 0,
                                  .ImageName = &Process->ImageName};
    if (Operation->C >> 5 == 7)
        Process->Info.CreateTime = 0;
    Process->Real = SimProcessAdd(&Process->Info);
    *Model = (MODEL_PROCESS){Process->Info.Id, Process->Info.CreateTime};
}

static void
RaiseStart(const OPERATION *Operation, ULONG Inside)
{
    ULONG Index = Operation->A % MODEL_MAX_PROCESSES;
    UNICODE_STRING Path = Text(Operation->C, Operation->D);
    UNICODE_STRING Command = Text((uint8_t)(Operation->C + 1), Operation->E);
    SIM_START Start = {.CreatorId = Operation->B & START_IS_EMULATED ? 77 : 0,
                       .CreatorThreadId = 1u + Operation->A,
                       .ImageFileName = Operation->B & START_HAS_PATH ? &Path : NULL,
                       .FileOpenNameAvailable = (Operation->B & START_IS_EXACT) != 0,
                       .CommandLine = Operation->B & START_HAS_COMMAND ? &Command : NULL,
                       .CreationStatus =
                           Operation->B & START_IS_REFUSED ? (NTSTATUS)STATUS_ACCESS_DENIED : STATUS_SUCCESS};
    RAISE *Raise = RaiseNew(Inside);
    ProcessAdd(Index, Operation);
    Raise->Told = ModelDraftStart(&Drive.Model, &Drive.Processes[Index].Info, &Start, &Raise->Draft);
    RaiseBegin(Raise);
    SimRaiseStart(Drive.Processes[Index].Real, &Start);
    RaiseEnd(Raise);
}

void
DriveStart(const OPERATION *Operation)
{
    if (RoomForEvent())
        RaiseStart(Operation, 0);
}

void
DriveExit(const OPERATION *Operation)
{
    ULONG Index = Operation->A % MODEL_MAX_PROCESSES;
    DRIVE_PROCESS *Process = &Drive.Processes[Index];
    NTSTATUS Status = (NTSTATUS)((ULONG)Operation->D << 16 | Operation->E);
    ULONG ThreadId = 1u + Operation->B;
    /* Not in the midst of a notification about a process, which may be this one. */
    if (!Process->Real || Drive.Depth || !RoomForEvent())
        return;
    RAISE *Raise = RaiseNew(0);
    Raise->Told = ModelDraftExit(&Drive.Model, &Process->Info, Status, ThreadId, &Raise->Draft);
    RaiseBegin(Raise);
    SimRaiseExit(Process->Real, Status, ThreadId);
    Process->Real = NULL;
    RaiseEnd(Raise);
    Drive.Model.Processes[Index].Id = 0;
}

/* ---- Images ---- */

static void
RaiseImage(const OPERATION *Operation, ULONG Inside)
{
    static const ULONG Others[] = {0, SIM_SYSTEM_PROCESS_ID, 0x7FFFFFF0, 0};
    UNICODE_STRING Path = Text(Operation->B, Operation->D);
    PCUNICODE_STRING Name = Operation->B & 4 ? NULL : &Path;
    ULONG Id = Operation->A & 8 ? Others[Operation->A & 3] : DriveProcessId(Operation->A & 7);
    ULONG ThreadId = 1u + Operation->E;
    IMAGE_INFO Info = {.Properties = (ULONG)Operation->C << 12 | Operation->B >> 4,
                       .ImageBase = (PVOID)(0x7FF600000000u + 0x10000u * Operation->E),
                       .ImageSize = 0x1000u * Operation->E};
    Info.SystemModeImage = (Operation->A & 0x10) != 0;
    Info.ExtendedInfoPresent = (Operation->A & 0x20) != 0;
    Info.MachineTypeMismatch = (Operation->A & 0x40) != 0;
    RAISE *Raise = RaiseNew(Inside);
    Raise->Told = ModelDraftImage(&Drive.Model, Id, ThreadId, Name, &Info, &Raise->Draft);
    RaiseBegin(Raise);
    SimRaiseImage(Id, ThreadId, Name, &Info);
    RaiseEnd(Raise);
}

void
DriveImage(const OPERATION *Operation)
{
    if (RoomForEvent())
        RaiseImage(Operation, 0);
}

/* ---- Many, and some in the midst of one ---- */

void
DriveBurst(const OPERATION *Operation)
{
    OPERATION One = *Operation;
    One.A = MODEL_MAX_PROCESSES - 1;
    One.B = START_HAS_PATH | START_HAS_COMMAND;
    One.C = 0;
    for (ULONG Left = Operation->B % 40 + 1; Left; Left--)
    {
        bool Image = Operation->A % 3 == 2 ? Left & 1 : Operation->A % 3 == 0;
        if (Image)
            One.B = 0;
        (Image ? DriveImage : DriveStart)(&One);
        DriveCollect();
    }
}

void
DriveInside(const OPERATION *Operation)
{
    if (!RoomForEvent() || Drive.Depth == MAX_DEPTH)
        return;
    (Operation->B & 1 ? RaiseImage : RaiseStart)(Operation, Operation->A / 16 + 1u);
}
