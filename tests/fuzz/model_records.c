/* SPDX-License-Identifier: MIT
 *
 * What becomes of an event: each field as the tables of docs/abi.md have it.
 */
#include "model_log.h"

static const SID SystemSid = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};

static PRCM_VALUE
Present(uint64_t Value)
{
    return (PRCM_VALUE){.Value = Value, .Status = PRCM_PRESENT};
}

static PRCM_VALUE
Absent(void)
{
    return (PRCM_VALUE){.Status = PRCM_ABSENT};
}

static PRCM_VALUE
PresentUnlessZero(uint64_t Value)
{
    return Value ? Present(Value) : Absent();
}

/* What an OS does not have is absent; any other refusal is a failure. */
static uint32_t
Failure(NTSTATUS Status)
{
    bool Lacks = Status == STATUS_INVALID_INFO_CLASS || Status == STATUS_NOT_IMPLEMENTED ||
                 Status == STATUS_NOT_SUPPORTED;
    return Lacks ? PRCM_ABSENT : (uint32_t)Status;
}

static PRCM_VALUE
PresentOr(NTSTATUS Refusal, uint64_t Value)
{
    return NT_SUCCESS(Refusal) ? Present(Value) : (PRCM_VALUE){.Status = Failure(Refusal)};
}

/* ---- Texts ---- */

static bool
BeginsWith(PCUNICODE_STRING Text, const char *Prefix)
{
    size_t Length = strlen(Prefix);
    if (Text->Length / sizeof(WCHAR) < Length)
        return false;
    for (size_t At = 0; At < Length; At++)
        if ((Text->Buffer[At] | (Prefix[At] == '\\' || Prefix[At] == '?' ? 0 : 0x20)) != (UCHAR)Prefix[At])
            return false;
    return true;
}

static uint32_t
PathForm(PCUNICODE_STRING Text)
{
    if (BeginsWith(Text, "\\device\\"))
        return PRCM_PATH_NT;
    if (BeginsWith(Text, "\\??\\"))
        return PRCM_PATH_DOS_DEVICE;
    return BeginsWith(Text, "\\systemroot\\") ? PRCM_PATH_SYSTEM_ROOT : PRCM_PATH_OTHER;
}

static void
DraftBytes(MODEL_EVENT *Event, uint32_t Index, PRCM_BYTES *Field, const void *Bytes, uint32_t Length)
{
    Field->Status = PRCM_PRESENT;
    Field->Length = Field->FullLength = Length;
    Event->Bytes[Index] = Bytes;
    Event->Record.Header.Size += Length;
}

static void
DraftPath(MODEL_EVENT *Event, PRCM_PATH *Path, PCUNICODE_STRING Text)
{
    if (!Text)
        return;
    DraftBytes(Event, 0, &Path->Text, Text->Buffer, Text->Length);
    Path->Form = PathForm(Text);
}

/* ---- The record as a whole ---- */

static bool
DraftBegin(const MODEL *Model, uint32_t Kind, uint32_t Key, ULONG ThreadId, uint32_t FixedSize,
           MODEL_EVENT *Event)
{
    memset(Event, 0, sizeof(*Event));
    Event->Record.Header = (PRCM_RECORD){.Kind = (uint16_t)Kind,
                                         .FixedSize = (uint16_t)FixedSize,
                                         .Size = FixedSize,
                                         .Key = Key,
                                         .ThreadId = ThreadId};
    return Model->Loaded && (Model->Constant.Kinds & PRCM_KIND_BIT(Kind));
}

static void
DraftEnd(MODEL_EVENT *Event)
{
    Event->Record.Header.Size = (Event->Record.Header.Size + 7) & ~7u;
}

ULONG
ModelLooseSizes(const MODEL_EVENT *Event, uint32_t *Sizes)
{
    const PRCM_START *Start = &Event->Record.Start;
    uint32_t Path = Start->ImageExact.Status == PRCM_PRESENT ? 0 : Start->ImagePath.Text.Length;
    Sizes[0] = Event->Record.Header.Size;
    if (Event->Record.Header.Kind != PRCM_KIND_START)
        return 1;
    uint32_t Command = Start->CommandLine.Length;
    uint32_t Handed = Start->ImagePath.Text.Length - Path;
    for (uint32_t Index = 0; Index < MODEL_MAX_SIZES; Index++)
    {
        uint32_t Bytes = (uint32_t)sizeof(*Start) + Command + Handed;
        Bytes += (Index & 1 ? 0 : Start->UserSid.Length) + (Index & 2 ? 0 : Path);
        Sizes[Index] = (Bytes + 7) & ~7u;
    }
    return MODEL_MAX_SIZES;
}

/* ---- Processes ---- */

static const MODEL_PROCESS *
FindProcess(const MODEL *Model, ULONG Id)
{
    for (ULONG Index = 0; Index < MODEL_MAX_PROCESSES; Index++)
        if (Id && Model->Processes[Index].Id == Id)
            return &Model->Processes[Index];
    return NULL;
}

/* Of a process known by its id alone. */
static PRCM_VALUE
CreateTimeOf(const MODEL *Model, ULONG Id)
{
    const MODEL_PROCESS *Process = FindProcess(Model, Id);
    NTSTATUS Status = Model->Refused[ROUTINE_LOOKUP];
    if (NT_SUCCESS(Status) && !Process && Id != SIM_SYSTEM_PROCESS_ID)
        /* PsLookupProcessByProcessId: there is none */
        Status = Model->Os >= SIM_NT60 ? STATUS_INVALID_CID : STATUS_INVALID_PARAMETER;
    if (!NT_SUCCESS(Status))
        return (PRCM_VALUE){.Status = Failure(Status)};
    return PresentUnlessZero(Process ? (uint64_t)Process->CreateTime : 0);
}

static PRCM_VALUE
ParentCreateTime(const MODEL *Model, ULONG ParentId, const PRCM_VALUE *Child)
{
    PRCM_VALUE Time = CreateTimeOf(Model, ParentId);
    bool Older = Time.Status == PRCM_PRESENT && Child->Status == PRCM_PRESENT && Time.Value <= Child->Value;
    return Older ? Time : Absent();
}

/* ---- Starts ---- */

static NTSTATUS
FirstRefusal(NTSTATUS A, NTSTATUS B)
{
    return NT_SUCCESS(A) ? B : A;
}

/* The fields that come from the process's token. */
static void
DraftToken(const MODEL *Model, const SIM_PROCESS *Process, NTSTATUS Refusal, MODEL_EVENT *Event)
{
    PRCM_START *Start = &Event->Record.Start;
    NTSTATUS Vista = Model->Os >= SIM_NT60 ? STATUS_SUCCESS : STATUS_INVALID_INFO_CLASS;
    const SID *User = Process->User ? Process->User : &SystemSid;
    Refusal = FirstRefusal(Refusal, Model->Refused[ROUTINE_OPEN_TOKEN]);
    Refusal = FirstRefusal(Refusal, Model->Refused[ROUTINE_QUERY_TOKEN]);
    Start->SessionId = PresentOr(Refusal, Process->SessionId);
    Start->IntegrityLevel = PresentOr(FirstRefusal(Refusal, Vista), Process->IntegrityLevel);
    Start->Elevated = PresentOr(FirstRefusal(Refusal, Vista), Process->Elevated);
    if (NT_SUCCESS(Refusal))
        DraftBytes(Event, 2, &Start->UserSid, User, 8 + 4u * User->SubAuthorityCount);
    else
        Start->UserSid.Status = Failure(Refusal);
}

/* The image path where the OS handed none over. */
static void
DraftLocatedPath(const MODEL *Model, const SIM_PROCESS *Process, NTSTATUS Refusal, MODEL_EVENT *Event)
{
    PRCM_PATH *Path = &Event->Record.Start.ImagePath;
    MODEL_ROUTINE Asked = ModelHas(Model, ROUTINE_LOCATE) ? ROUTINE_LOCATE : ROUTINE_QUERY_PROCESS;
    Refusal = FirstRefusal(Refusal, Model->Refused[Asked]);
    if (NT_SUCCESS(Refusal))
        DraftPath(Event, Path, Process->ImageName);
    else
        Path->Text.Status = Failure(Refusal);
}

/* Lookup: the process cannot be had at all. */
static void
DraftProcess(const MODEL *Model, const SIM_PROCESS *Process, NTSTATUS Lookup, MODEL_EVENT *Event)
{
    PRCM_START *Start = &Event->Record.Start;
    NTSTATUS Open = FirstRefusal(Lookup, Model->Refused[ROUTINE_OPEN_OBJECT]);
    Start->CreateTime = PresentUnlessZero((uint64_t)Process->CreateTime);
    if (!NT_SUCCESS(Lookup))
        Start->CreateTime = PresentOr(Lookup, 0);
    if (ModelHas(Model, ROUTINE_START_KEY))
        Start->StartKey = NT_SUCCESS(Lookup) ? PresentUnlessZero(Process->StartKey) : PresentOr(Lookup, 0);
    Start->Architecture =
        PresentOr(FirstRefusal(Open, Model->Refused[ROUTINE_QUERY_PROCESS]), Process->Emulated);
    DraftToken(Model, Process, Open, Event);
    if (Start->ImagePath.Text.Status != PRCM_PRESENT)
        DraftLocatedPath(Model, Process, Open, Event);
}

/* What PS_CREATE_NOTIFY_INFO alone tells. */
static void
DraftCreateInfo(const MODEL *Model, const SIM_PROCESS *Process, const SIM_START *From, MODEL_EVENT *Event)
{
    PRCM_START *Start = &Event->Record.Start;
    Start->CreationStatus = Present((uint32_t)From->CreationStatus);
    if (ModelProcessTier(Model) == PRCM_PROCESS_TIER_EX2)
        Start->Subsystem = Present(Process->Subsystem);
    DraftPath(Event, &Start->ImagePath, From->ImageFileName);
    if (From->ImageFileName)
        Start->ImageExact = Present(From->FileOpenNameAvailable);
    if (From->CommandLine)
        DraftBytes(Event, 1, &Start->CommandLine, From->CommandLine->Buffer, From->CommandLine->Length);
}

bool
ModelDraftStart(const MODEL *Model, const SIM_PROCESS *Process, const SIM_START *From, MODEL_EVENT *Event)
{
    PRCM_START *Start = &Event->Record.Start;
    if (!DraftBegin(Model, PRCM_KIND_START, Process->Id, From->CreatorThreadId, sizeof(*Start), Event))
        return false;
    ULONG Tier = ModelProcessTier(Model);
    if (Process->Subsystem && Tier != PRCM_PROCESS_TIER_EX2)
        return false;
    bool Base = Tier == PRCM_PROCESS_TIER_BASE;
    Start->CreatorProcessId = PresentUnlessZero(From->CreatorId ? From->CreatorId : Process->ParentId);
    Start->CreatorThreadId = PresentUnlessZero(From->CreatorThreadId);
    if (!Base)
        DraftCreateInfo(Model, Process, From, Event);
    DraftProcess(Model, Process, Base ? Model->Refused[ROUTINE_LOOKUP] : STATUS_SUCCESS, Event);
    Start->ParentProcessId = PresentUnlessZero(Process->ParentId);
    if (Process->ParentId)
        Start->ParentCreateTime = ParentCreateTime(Model, Process->ParentId, &Start->CreateTime);
    DraftEnd(Event);
    return true;
}

/* ---- Exits and images ---- */

bool
ModelDraftExit(const MODEL *Model, const SIM_PROCESS *Process, NTSTATUS Status, ULONG ThreadId,
               MODEL_EVENT *Event)
{
    PRCM_EXIT *Exit = &Event->Record.Exit;
    if (!DraftBegin(Model, PRCM_KIND_EXIT, Process->Id, ThreadId, sizeof(*Exit), Event))
        return false;
    ULONG Tier = ModelProcessTier(Model);
    NTSTATUS Lookup =
        Tier == PRCM_PROCESS_TIER_BASE ? Model->Refused[ROUTINE_LOOKUP] : (NTSTATUS)STATUS_SUCCESS;
    if (Process->Subsystem && Tier != PRCM_PROCESS_TIER_EX2)
        return false;
    Exit->CreateTime =
        NT_SUCCESS(Lookup) ? PresentUnlessZero((uint64_t)Process->CreateTime) : PresentOr(Lookup, 0);
    Exit->ExitStatus = PresentOr(Lookup, (uint32_t)Status);
    return true;
}

bool
ModelDraftImage(const MODEL *Model, ULONG ProcessId, ULONG ThreadId, PCUNICODE_STRING Name,
                const IMAGE_INFO *Info, MODEL_EVENT *Event)
{
    PRCM_IMAGE *Image = &Event->Record.Image;
    if (!DraftBegin(Model, PRCM_KIND_IMAGE, ProcessId, ThreadId, sizeof(*Image), Event))
        return false;
    if (Info->MachineTypeMismatch && ModelImageTier(Model) != PRCM_IMAGE_TIER_EX)
        return false;
    const PRCM_VALUE Withheld = {.Status = PRCM_WITHHELD};
    bool Kernel = Info->SystemModeImage;
    Image->CreateTime = Kernel ? Absent() : CreateTimeOf(Model, ProcessId);
    Image->Base = Kernel ? Withheld : Present((ULONG_PTR)Info->ImageBase);
    Image->ImageSize = Info->ImageSize;
    Image->Properties = Info->Properties;
    DraftPath(Event, &Image->ImagePath, Name);
    DraftEnd(Event);
    return true;
}
