/* SPDX-License-Identifier: MIT
 *
 * Every field of every record, against what the OS was made to say; and each status that a field can have.
 */
#include "rig.h"
#include <stdlib.h>

#define PROCESS_ID  4242u
#define PARENT_ID   1234u
#define CREATOR_ID  777u
#define CREATOR_TID 778u
#define CREATE_TIME 0x01DD112233445566LL
#define PARENT_TIME 0x01DD000000000001LL
#define START_KEY   0x00400000000000A1ull

#define NT_PATH      L"\\Device\\HarddiskVolume3\\Windows\\System32\\notepad.exe"
#define DOS_PATH     L"\\??\\C:\\Windows\\System32\\notepad.exe"
#define COMMAND_LINE L"\"C:\\Windows\\notepad.exe\" \xD800 a\tb"

/* S-1-5-21-1-2-3-1001 */
static struct
{
    SID Sid;
    ULONG More[4];
} User = {{SID_REVISION, 5, {SECURITY_NT_AUTHORITY}, {21}}, {1, 2, 3, 1001}};
#define USER_BYTES 28u

static SIM_PROCESS
Child(PCUNICODE_STRING ImageName)
{
    return (SIM_PROCESS){.Id = PROCESS_ID,
                         .ParentId = PARENT_ID,
                         .CreateTime = CREATE_TIME,
                         .StartKey = START_KEY,
                         .SessionId = 3,
                         .User = &User,
                         .IntegrityLevel = 0x3000,
                         .Elevated = true,
                         .ImageName = ImageName};
}

static void
AddParent(LONGLONG CreateTime)
{
    SimProcessAdd(&(SIM_PROCESS){.Id = PARENT_ID, .ParentId = 4, .CreateTime = CreateTime});
}

/* Loads the driver, raises a start and gives the one record that comes of it; valid until RigEnd. */
static READER Reader;

static int
FieldsReset(void **State)
{
    RigReset(State);
    return 0;
}

static int
FieldsEnd(void **State)
{
    if (Reader.File)
        ReaderClose(&Reader);
    return RigEnd(State);
}

static const PRCM_START *
RaiseOneStart(const SIM_PROCESS *Process, const SIM_START *Start)
{
    if (!SimIsLoaded())
        RigLoad();
    if (Reader.File)
        ReaderClose(&Reader);
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    SimRaiseStart(SimProcessAdd(Process), Start);
    assert_int_equal(ReaderDrain(&Reader), 1);
    return ReaderRecord(&Reader, 0, PRCM_KIND_START);
}

static SIM_START
FullStart(PUNICODE_STRING Image, PUNICODE_STRING CommandLine)
{
    return (SIM_START){.CreatorId = CREATOR_ID,
                       .CreatorThreadId = CREATOR_TID,
                       .ImageFileName = Image,
                       .FileOpenNameAvailable = true,
                       .CommandLine = CommandLine};
}

static void
CheckValue(const PRCM_VALUE *Field, uint64_t Value)
{
    assert_int_equal(Field->Status, PRCM_PRESENT);
    assert_int_equal(Field->Value, Value);
    assert_int_equal(Field->Reserved, 0);
}

static void
CheckNoValue(const PRCM_VALUE *Field, uint32_t Status)
{
    assert_int_equal(Field->Status, Status);
    assert_int_equal(Field->Value, 0);
    assert_int_equal(Field->Reserved, 0);
}

static void
CheckBytes(const void *Record, const PRCM_BYTES *Field, const void *Bytes, uint32_t Length)
{
    assert_int_equal(Field->Status, PRCM_PRESENT);
    assert_int_equal(Field->Length, Length);
    assert_int_equal(Field->FullLength, Length);
    if (Length)
        assert_memory_equal((const char *)Record + Field->Offset, Bytes, Length);
    else
        assert_int_equal(Field->Offset, 0);
}

static void
CheckNoBytes(const PRCM_BYTES *Field, uint32_t Status)
{
    assert_int_equal(Field->Status, Status);
    assert_int_equal(Field->Offset, 0);
    assert_int_equal(Field->Length, 0);
    assert_int_equal(Field->FullLength, 0);
}

/* ---- Starts ---- */

static void
a_start_tells_all_that_the_os_told(void **State)
{
    PUNICODE_STRING Image = RigText(NT_PATH);
    PUNICODE_STRING CommandLine = RigText(COMMAND_LINE);
    SIM_PROCESS Process = Child(Image);
    SIM_START How = FullStart(Image, CommandLine);
    (void)State;
    AddParent(PARENT_TIME);
    SimSetTime(0x01DE000000000007LL);
    const PRCM_START *Start = RaiseOneStart(&Process, &How);

    assert_int_equal(Start->Header.FixedSize, sizeof(PRCM_START));
    assert_int_equal(Start->Header.Sequence, 1);
    assert_int_equal(Start->Header.Time, 0x01DE000000000007LL);
    assert_int_equal(Start->Header.Key, PROCESS_ID);
    assert_int_equal(Start->Header.ThreadId, CREATOR_TID);
    CheckValue(&Start->CreateTime, CREATE_TIME);
    CheckValue(&Start->StartKey, START_KEY);
    CheckValue(&Start->ParentProcessId, PARENT_ID);
    CheckValue(&Start->ParentCreateTime, PARENT_TIME);
    CheckValue(&Start->CreatorProcessId, CREATOR_ID);
    CheckValue(&Start->CreatorThreadId, CREATOR_TID);
    CheckValue(&Start->SessionId, 3);
    CheckValue(&Start->IntegrityLevel, 0x3000);
    CheckValue(&Start->Elevated, 1);
    CheckValue(&Start->Subsystem, 0);
    CheckValue(&Start->Architecture, PRCM_ARCHITECTURE_NATIVE);
    CheckValue(&Start->CreationStatus, 0);
    CheckValue(&Start->ImageExact, 1);
    assert_int_equal(Start->ImagePath.Form, PRCM_PATH_NT);
    CheckBytes(Start, &Start->ImagePath.Text, NT_PATH, sizeof(NT_PATH) - 2);
    CheckBytes(Start, &Start->CommandLine, COMMAND_LINE, sizeof(COMMAND_LINE) - 2);
    CheckBytes(Start, &Start->UserSid, &User, USER_BYTES);
}

static void
what_the_os_did_not_tell_is_absent(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = {.CreationStatus = STATUS_ACCESS_DENIED};
    (void)State;
    Process.ParentId = 0;
    Process.StartKey = 0;
    Process.CreateTime = 0;
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckNoValue(&Start->CreateTime, PRCM_ABSENT);
    CheckNoValue(&Start->StartKey, PRCM_ABSENT);
    CheckNoValue(&Start->ParentProcessId, PRCM_ABSENT);
    CheckNoValue(&Start->ParentCreateTime, PRCM_ABSENT);
    CheckNoValue(&Start->CreatorProcessId, PRCM_ABSENT);
    CheckNoValue(&Start->CreatorThreadId, PRCM_ABSENT);
    CheckNoValue(&Start->ImageExact, PRCM_ABSENT);
    CheckNoBytes(&Start->CommandLine, PRCM_ABSENT);
    CheckValue(&Start->CreationStatus, (uint32_t)STATUS_ACCESS_DENIED);
}

static void
an_empty_command_line_is_present_and_not_absent(void **State)
{
    PUNICODE_STRING Image = RigText(NT_PATH);
    UNICODE_STRING Empty = {0, 2, (PWCH)(ULONG_PTR)L""};
    SIM_PROCESS Process = Child(Image);
    SIM_START How = FullStart(Image, &Empty);
    (void)State;
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckBytes(Start, &Start->CommandLine, NULL, 0);
}

static void
a_string_without_a_buffer_is_absent(void **State)
{
    UNICODE_STRING NoBuffer = {0, 0, NULL};
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, &NoBuffer);
    (void)State;
    CheckNoBytes(&RaiseOneStart(&Process, &How)->CommandLine, PRCM_ABSENT);
}

static void
embedded_nuls_and_lone_surrogates_pass_as_they_are(void **State)
{
    static const WCHAR Odd[] = {L'a', 0, 0xDC00, 0xD800, 0xFFFF, 0, L'z'};
    PUNICODE_STRING CommandLine = RigTextOfLength(L"x", sizeof(Odd));
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, CommandLine);
    (void)State;
    memcpy(CommandLine->Buffer, Odd, sizeof(Odd));
    SimPageOut(CommandLine);
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckBytes(Start, &Start->CommandLine, Odd, sizeof(Odd));
}

static void
a_parent_younger_than_the_child_is_another_process(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, NULL);
    (void)State;
    AddParent(CREATE_TIME + 1);
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckValue(&Start->ParentProcessId, PARENT_ID);
    CheckNoValue(&Start->ParentCreateTime, PRCM_ABSENT);
}

static void
a_parent_of_the_same_instant_is_accepted(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, NULL);
    (void)State;
    AddParent(CREATE_TIME);
    CheckValue(&RaiseOneStart(&Process, &How)->ParentCreateTime, CREATE_TIME);
}

/* Nothing says that it is not somebody who got the parent's id. */
static void
a_parent_is_not_vouched_for_where_the_child_has_no_create_time(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, NULL);
    (void)State;
    Process.CreateTime = 0;
    AddParent(PARENT_TIME);
    CheckNoValue(&RaiseOneStart(&Process, &How)->ParentCreateTime, PRCM_ABSENT);
}

static void
a_parent_that_is_gone_has_no_create_time(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, NULL);
    (void)State;
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckValue(&Start->ParentProcessId, PARENT_ID);
    CheckNoValue(&Start->ParentCreateTime, PRCM_ABSENT);
}

static void
forms_of_paths_are_told(void **State)
{
    static const struct
    {
        PCWSTR Path;
        uint32_t Form;
    } Cases[] = {{L"\\Device\\Mup\\server\\share\\a.exe", PRCM_PATH_NT},
                 {L"\\DEVICE\\HarddiskVolume1\\a.exe", PRCM_PATH_NT},
                 {DOS_PATH, PRCM_PATH_DOS_DEVICE},
                 {L"\\SystemRoot\\System32\\ntoskrnl.exe", PRCM_PATH_SYSTEM_ROOT},
                 {L"\\systemroot\\a", PRCM_PATH_SYSTEM_ROOT},
                 {L"\\Devices\\a.exe", PRCM_PATH_OTHER},
                 {L"\\Device", PRCM_PATH_OTHER},
                 {L"C:\\Windows\\a.exe", PRCM_PATH_OTHER},
                 {L"a", PRCM_PATH_OTHER}};
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Cases); Index++)
    {
        PUNICODE_STRING Image = RigText(Cases[Index].Path);
        SIM_PROCESS Process = Child(NULL);
        SIM_START How = FullStart(Image, NULL);
        How.FileOpenNameAvailable = false;
        Process.Id += 4 * Index;
        const PRCM_START *Start = RaiseOneStart(&Process, &How);
        assert_int_equal(Start->ImagePath.Form, Cases[Index].Form);
        CheckValue(&Start->ImageExact, 0);
    }
}

static void
an_emulated_process_is_told(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, NULL);
    (void)State;
    Process.Emulated = true;
    Process.Elevated = false;
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckValue(&Start->Architecture, PRCM_ARCHITECTURE_EMULATED);
    CheckValue(&Start->Elevated, 0);
}

static void
a_subsystem_process_comes_on_ex2(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, NULL);
    (void)State;
    Process.Subsystem = true;
    CheckValue(&RaiseOneStart(&Process, &How)->Subsystem, 1);
}

static void
on_ex_whether_it_is_a_subsystem_process_is_absent(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, NULL);
    (void)State;
    SimSetOs(SIM_10_1607);
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckNoValue(&Start->Subsystem, PRCM_ABSENT);
    CheckNoValue(&Start->StartKey, PRCM_ABSENT);
}

/* ---- Each tier, each OS ---- */

static void
CheckBaseTier(SIM_OS Os)
{
    PUNICODE_STRING Image = RigText(NT_PATH);
    SIM_PROCESS Process = Child(Image);
    SIM_START How = FullStart(Image, Image);
    AddParent(PARENT_TIME);
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckValue(&Start->CreateTime, CREATE_TIME);
    CheckValue(&Start->ParentProcessId, PARENT_ID);
    CheckValue(&Start->ParentCreateTime, PARENT_TIME);
    CheckValue(&Start->CreatorProcessId, CREATOR_ID);
    CheckValue(&Start->CreatorThreadId, CREATOR_TID);
    CheckNoValue(&Start->CreationStatus, PRCM_ABSENT);
    CheckNoValue(&Start->Subsystem, PRCM_ABSENT);
    CheckNoValue(&Start->ImageExact, PRCM_ABSENT);
    CheckNoBytes(&Start->CommandLine, PRCM_ABSENT);
    CheckBytes(Start, &Start->ImagePath.Text, NT_PATH, sizeof(NT_PATH) - 2);
    assert_int_equal(Start->ImagePath.Form, PRCM_PATH_NT);
    CheckBytes(Start, &Start->UserSid, &User, USER_BYTES);
    CheckValue(&Start->SessionId, 3);
    if (Os == SIM_NT52)
    {
        CheckNoValue(&Start->IntegrityLevel, PRCM_ABSENT);
        CheckNoValue(&Start->Elevated, PRCM_ABSENT);
    }
    else
    {
        CheckValue(&Start->IntegrityLevel, 0x3000);
        CheckValue(&Start->Elevated, 1);
    }
}

static void
the_base_tier_gets_path_and_creator_from_process_and_thread(void **State)
{
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
    {
        FieldsReset(State);
        SimSetOs(Os);
        SimHide("PsSetCreateProcessNotifyRoutineEx2");
        SimHide("PsSetCreateProcessNotifyRoutineEx");
        CheckBaseTier(Os);
        FieldsEnd(State);
    }
    FieldsReset(State);
}

static void
the_base_tier_tells_a_process_that_cannot_be_looked_up(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, NULL);
    (void)State;
    SimSetOs(SIM_NT52);
    RigLoad();
    SimRefuse("PsLookupProcessByProcessId", STATUS_INVALID_CID);
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    assert_int_equal(Start->Header.Key, PROCESS_ID);
    CheckNoValue(&Start->CreateTime, (uint32_t)STATUS_INVALID_CID);
    CheckNoValue(&Start->SessionId, (uint32_t)STATUS_INVALID_CID);
    CheckNoValue(&Start->Architecture, (uint32_t)STATUS_INVALID_CID);
    CheckNoBytes(&Start->UserSid, (uint32_t)STATUS_INVALID_CID);
    CheckNoBytes(&Start->ImagePath.Text, (uint32_t)STATUS_INVALID_CID);
    CheckValue(&Start->ParentProcessId, PARENT_ID);
    CheckValue(&Start->CreatorProcessId, CREATOR_ID);
    CheckValue(&Start->CreatorThreadId, CREATOR_TID);
}

static void
on_the_base_tier_a_creator_of_id_0_is_absent(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = {.CreatorThreadId = CREATOR_TID}; /* of the parent, which is nobody */
    (void)State;
    SimSetOs(SIM_NT52);
    Process.ParentId = 0;
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckNoValue(&Start->CreatorProcessId, PRCM_ABSENT);
    CheckValue(&Start->CreatorThreadId, CREATOR_TID);
}

static void
a_start_key_that_cannot_be_asked_for_is_not_one_that_the_os_lacks(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, NULL);
    (void)State;
    SimHide("PsSetCreateProcessNotifyRoutineEx2");
    SimHide("PsSetCreateProcessNotifyRoutineEx");
    RigLoad();
    SimRefuse("PsLookupProcessByProcessId", STATUS_INVALID_CID);
    CheckNoValue(&RaiseOneStart(&Process, &How)->StartKey, (uint32_t)STATUS_INVALID_CID);
}

static void
the_base_tier_tells_the_exit_of_a_process_that_cannot_be_looked_up(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    (void)State;
    SimSetOs(SIM_NT52);
    RigLoad();
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    SimRefuse("PsLookupProcessByProcessId", STATUS_INVALID_CID);
    SimRaiseExit(SimProcessAdd(&Process), 7, 4040);
    assert_int_equal(ReaderDrain(&Reader), 1);
    const PRCM_EXIT *Exit = ReaderRecord(&Reader, 0, PRCM_KIND_EXIT);
    assert_int_equal(Exit->Header.Key, PROCESS_ID);
    CheckNoValue(&Exit->CreateTime, (uint32_t)STATUS_INVALID_CID);
    CheckNoValue(&Exit->ExitStatus, (uint32_t)STATUS_INVALID_CID);
}

static void
time_is_as_precise_as_the_os_can(void **State)
{
    (void)State;
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
    {
        LONGLONG Now = 0x01DD555500000001LL + SIM_CLOCK_TICK / 2;
        SIM_PROCESS Process = Child(NULL);
        SIM_START How = FullStart(NULL, NULL);
        FieldsReset(State);
        SimSetOs(Os);
        SimSetTime(Now);
        const PRCM_START *Start = RaiseOneStart(&Process, &How);
        assert_int_equal(Start->Header.Time, Os >= SIM_NT62 ? Now : Now - Now % SIM_CLOCK_TICK);
        FieldsEnd(State);
    }
    FieldsReset(State);
}

/* ---- What fails is told, field by field, and costs nothing else ---- */

static void
a_failing_question_is_its_fields_status(void **State)
{
    static const struct
    {
        const char *Routine;
        bool Token, Architecture;
    } Cases[] = {{"ObOpenObjectByPointer", true, true},
                 {"ZwOpenProcessTokenEx", true, false},
                 {"ZwQueryInformationToken", true, false},
                 {"ZwQueryInformationProcess", false, true}};
    uint32_t Failed = (uint32_t)STATUS_PROCESS_IS_TERMINATING;
    PUNICODE_STRING Image = RigText(NT_PATH);
    PUNICODE_STRING CommandLine = RigText(COMMAND_LINE);
    (void)State;
    RigLoad();
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Cases); Index++)
    {
        SIM_PROCESS Process = Child(Image);
        SIM_START How = FullStart(Image, CommandLine);
        Process.Id += 4 * Index;
        SimRefuse(Cases[Index].Routine, STATUS_PROCESS_IS_TERMINATING);
        const PRCM_START *Start = RaiseOneStart(&Process, &How);
        SimRefuse(Cases[Index].Routine, STATUS_SUCCESS);
        if (Cases[Index].Token)
        {
            CheckNoBytes(&Start->UserSid, Failed);
            CheckNoValue(&Start->SessionId, Failed);
            CheckNoValue(&Start->IntegrityLevel, Failed);
            CheckNoValue(&Start->Elevated, Failed);
        }
        else
        {
            CheckBytes(Start, &Start->UserSid, &User, USER_BYTES);
            CheckValue(&Start->SessionId, 3);
        }
        if (Cases[Index].Architecture)
            CheckNoValue(&Start->Architecture, Failed);
        else
            CheckValue(&Start->Architecture, PRCM_ARCHITECTURE_NATIVE);
        CheckBytes(Start, &Start->ImagePath.Text, NT_PATH, sizeof(NT_PATH) - 2);
        CheckBytes(Start, &Start->CommandLine, COMMAND_LINE, sizeof(COMMAND_LINE) - 2);
    }
}

static void
what_the_os_does_not_know_is_absent_and_not_failed(void **State)
{
    static const NTSTATUS Statuses[] = {STATUS_INVALID_INFO_CLASS, STATUS_NOT_IMPLEMENTED,
                                        STATUS_NOT_SUPPORTED};
    (void)State;
    RigLoad();
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Statuses); Index++)
    {
        SIM_PROCESS Process = Child(NULL);
        SIM_START How = FullStart(NULL, NULL);
        Process.Id += 4 * Index;
        SimRefuse("ZwQueryInformationToken", Statuses[Index]);
        SimRefuse("ZwQueryInformationProcess", Statuses[Index]);
        SimRefuse("SeLocateProcessImageName", Statuses[Index]);
        const PRCM_START *Start = RaiseOneStart(&Process, &How);
        CheckNoBytes(&Start->UserSid, PRCM_ABSENT);
        CheckNoValue(&Start->SessionId, PRCM_ABSENT);
        CheckNoValue(&Start->IntegrityLevel, PRCM_ABSENT);
        CheckNoValue(&Start->Elevated, PRCM_ABSENT);
        CheckNoValue(&Start->Architecture, PRCM_ABSENT);
        CheckNoBytes(&Start->ImagePath.Text, PRCM_ABSENT);
    }
}

/* A SID of no sub-authority has no last one to be an integrity level, and identifies nobody. */
static void
a_user_of_too_few_or_too_many_sub_authorities_is_failed(void **State)
{
    static struct
    {
        SID Sid;
        ULONG More[SID_MAX_SUB_AUTHORITIES];
    } Odd = {{SID_REVISION, 0, {SECURITY_NT_AUTHORITY}, {21}}, {0}};
    static const struct
    {
        UCHAR Count;
        uint32_t Status;
    } Cases[] = {{0, (uint32_t)STATUS_INVALID_SID},
                 {1, PRCM_PRESENT},
                 {SID_MAX_SUB_AUTHORITIES, PRCM_PRESENT},
                 {SID_MAX_SUB_AUTHORITIES + 1, (uint32_t)STATUS_INVALID_SID}};
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Cases); Index++)
    {
        SIM_PROCESS Process = Child(NULL);
        SIM_START How = FullStart(NULL, NULL);
        Process.Id += 4 * Index;
        Process.User = &Odd;
        Odd.Sid.SubAuthorityCount = Cases[Index].Count;
        const PRCM_START *Start = RaiseOneStart(&Process, &How);
        if (Cases[Index].Status == PRCM_PRESENT)
            CheckBytes(Start, &Start->UserSid, &Odd, 8u + 4u * Cases[Index].Count);
        else
            CheckNoBytes(&Start->UserSid, Cases[Index].Status);
        CheckValue(&Start->SessionId, 3);
    }
}

/* The older way asks for the path's length first. */
static void
a_path_whose_length_the_os_does_not_tell_is_failed(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, NULL);
    (void)State;
    SimSetOs(SIM_NT52);
    RigLoad();
    SimRefuse("ZwQueryInformationProcess", STATUS_INFO_LENGTH_MISMATCH);
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckNoBytes(&Start->ImagePath.Text, (uint32_t)STATUS_INFO_LENGTH_MISMATCH);
}

static void
no_path_where_none_was_told_and_none_can_be_had(void **State)
{
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, NULL);
    (void)State;
    RigLoad();
    SimRefuse("SeLocateProcessImageName", STATUS_PROCESS_IS_TERMINATING);
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckNoBytes(&Start->ImagePath.Text, (uint32_t)STATUS_PROCESS_IS_TERMINATING);
    assert_int_equal(Start->ImagePath.Form, PRCM_PATH_OTHER);
}

/* Whatever call fails while an event is gathered, the event comes, and with its number. */
static void
no_failing_call_costs_the_event(void **State)
{
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
    {
        ULONG Calls = 1;
        for (ULONG Nth = 1; Nth <= Calls; Nth++)
        {
            UNICODE_STRING Image;
            SIM_PROCESS Process = Child(&Image);
            SIM_START How = FullStart(NULL, &Image);
            RtlInitUnicodeString(&Image, NT_PATH);
            FieldsReset(State);
            SimSetOs(Os);
            RigLoad();
            READER Local;
            ReaderOpen(&Local, PRCM_FROM_NOW);
            PEPROCESS Object = SimProcessAdd(&Process);
            SimFailNth(Nth, Nth % 2 == 0);
            SimRaiseStart(Object, &How);
            SimRaiseImage(PROCESS_ID, 0, &Image, &(IMAGE_INFO){0});
            SimRaiseExit(Object, 1, 0);
            Calls = max(Calls, SimFallibleCalls());
            SimFailNth(0, false);
            assert_int_equal(ReaderDrain(&Local), 3);
            ReaderCheckAccount(&Local);
            ReaderClose(&Local);
            RigUnload();
        }
        assert_true(Calls > 5);
    }
}

/* ---- Exits ---- */

static void
an_exit_tells_process_time_and_status(void **State)
{
    static const NTSTATUS Statuses[] = {0, 1, STATUS_ACCESS_VIOLATION, (NTSTATUS)0xFFFFFFFF, STATUS_PENDING};
    (void)State;
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
    {
        FieldsReset(State);
        SimSetOs(Os);
        RigLoad();
        ReaderOpen(&Reader, PRCM_FROM_NOW);
        for (ULONG Index = 0; Index < RTL_NUMBER_OF(Statuses); Index++)
        {
            SIM_PROCESS Process = Child(NULL);
            SimRaiseExit(SimProcessAdd(&Process), Statuses[Index], 4040);
            assert_int_equal(ReaderDrain(&Reader), 1);
            const PRCM_EXIT *Exit = ReaderRecord(&Reader, Index, PRCM_KIND_EXIT);
            assert_int_equal(Exit->Header.Size, sizeof(*Exit));
            assert_int_equal(Exit->Header.Key, PROCESS_ID);
            assert_int_equal(Exit->Header.ThreadId, 4040);
            CheckValue(&Exit->CreateTime, CREATE_TIME);
            CheckValue(&Exit->ExitStatus, (uint32_t)Statuses[Index]);
        }
        FieldsEnd(State);
    }
    FieldsReset(State);
}

/* ---- Images ---- */

static const PRCM_IMAGE *
RaiseOneImage(ULONG ProcessId, PCUNICODE_STRING Name, const IMAGE_INFO *Info)
{
    if (!SimIsLoaded())
        RigLoad();
    if (Reader.File)
        ReaderClose(&Reader);
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    SimRaiseImage(ProcessId, 99, Name, Info);
    assert_int_equal(ReaderDrain(&Reader), 1);
    return ReaderRecord(&Reader, 0, PRCM_KIND_IMAGE);
}

static void
an_image_load_tells_all_that_the_os_told(void **State)
{
    IMAGE_INFO Info = {.ImageBase = (PVOID)0x7FFB12340000, .ImageSize = 0x1F8000};
    SIM_PROCESS Process = Child(NULL);
    PUNICODE_STRING Name = RigText(NT_PATH);
    (void)State;
    Info.ImageAddressingMode = IMAGE_ADDRESSING_MODE_32BIT;
    Info.ImageMappedToAllPids = 1;
    Info.ExtendedInfoPresent = 1;
    Info.MachineTypeMismatch = 1;
    Info.ImageSignatureLevel = 12;
    Info.ImageSignatureType = 5;
    Info.ImagePartialMap = 1;
    SimProcessAdd(&Process);
    const PRCM_IMAGE *Image = RaiseOneImage(PROCESS_ID, Name, &Info);
    assert_int_equal(Image->Header.FixedSize, sizeof(*Image));
    assert_int_equal(Image->Header.Key, PROCESS_ID);
    assert_int_equal(Image->Header.ThreadId, 99);
    CheckValue(&Image->CreateTime, CREATE_TIME);
    CheckValue(&Image->Base, 0x7FFB12340000);
    assert_int_equal(Image->ImageSize, 0x1F8000);
    assert_int_equal(Image->Properties, 3u | PRCM_IMAGE_MAPPED_TO_ALL_PIDS | PRCM_IMAGE_EXTENDED_INFO |
                                            PRCM_IMAGE_MACHINE_TYPE_MISMATCH | 12u << 12 | 5u << 16 |
                                            PRCM_IMAGE_PARTIAL_MAP);
    CheckBytes(Image, &Image->ImagePath.Text, NT_PATH, sizeof(NT_PATH) - 2);
    assert_int_equal(Image->ImagePath.Form, PRCM_PATH_NT);
}

static void
a_kernel_image_withholds_its_base_whatever_its_process_id(void **State)
{
    static const ULONG Ids[] = {0, SIM_SYSTEM_PROCESS_ID, PROCESS_ID};
    static const ULONG64 Base = 0xFFFFF80123450000ull;
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Ids); Index++)
    {
        IMAGE_INFO Info = {.ImageBase = (PVOID)Base, .ImageSize = 0x8000};
        Info.SystemModeImage = 1;
        const PRCM_IMAGE *Image =
            RaiseOneImage(Ids[Index], RigText(L"\\SystemRoot\\System32\\drivers\\a.sys"), &Info);
        CheckNoValue(&Image->Base, PRCM_WITHHELD);
        CheckNoValue(&Image->CreateTime, PRCM_ABSENT);
        assert_int_equal(Image->Header.Key, Ids[Index]);
        assert_int_equal(Image->Properties, PRCM_IMAGE_SYSTEM_MODE);
        for (ULONG At = 0; At + sizeof(Base) <= Image->Header.Size; At++)
            assert_memory_not_equal((const char *)Image + At, &Base, sizeof(Base));
    }
}

static void
CheckBaseIsWithheldFrom(ULONG64 First)
{
    IMAGE_INFO Info = {.ImageBase = (PVOID)First, .ImageSize = 0x8000};
    CheckNoValue(&RaiseOneImage(PROCESS_ID, NULL, &Info)->Base, PRCM_WITHHELD);
    Info.ImageBase = (PVOID)(First - 1);
    CheckValue(&RaiseOneImage(PROCESS_ID, NULL, &Info)->Base, First - 1);
    Info.SystemModeImage = 1;
    CheckNoValue(&RaiseOneImage(PROCESS_ID, NULL, &Info)->Base, PRCM_WITHHELD);
}

/* Whatever the OS calls the image. */
static void
a_base_in_the_systems_range_is_withheld(void **State)
{
    (void)State;
    CheckBaseIsWithheldFrom(0xFFFF800000000000ull);
}

static void
where_the_os_does_not_say_where_its_range_begins_the_upper_half_is_withheld(void **State)
{
    (void)State;
    SimHide("MmSystemRangeStart");
    CheckBaseIsWithheldFrom(0x8000000000000000ull);
}

static void
an_image_without_a_name_is_told(void **State)
{
    UNICODE_STRING NoBuffer = {0, 0, NULL};
    IMAGE_INFO Info = {.ImageBase = (PVOID)0x10000, .ImageSize = 4096};
    (void)State;
    CheckNoBytes(&RaiseOneImage(PROCESS_ID, NULL, &Info)->ImagePath.Text, PRCM_ABSENT);
    CheckNoBytes(&RaiseOneImage(PROCESS_ID, &NoBuffer, &Info)->ImagePath.Text, PRCM_ABSENT);
}

static void
an_image_of_a_process_that_is_gone_is_told(void **State)
{
    IMAGE_INFO Info = {.ImageBase = (PVOID)0x10000, .ImageSize = 4096};
    (void)State;
    const PRCM_IMAGE *Image = RaiseOneImage(PROCESS_ID, RigText(DOS_PATH), &Info);
    CheckNoValue(&Image->CreateTime, (uint32_t)STATUS_INVALID_CID);
    CheckValue(&Image->Base, 0x10000);
    assert_int_equal(Image->ImagePath.Form, PRCM_PATH_DOS_DEVICE);
}

/* ---- Limits ---- */

static void
the_longest_command_line_and_path_pass_whole(void **State)
{
    PUNICODE_STRING Image =
        RigTextOfLength(L"\\Device\\HarddiskVolume3\\0123456789abcdef", PRCM_MAX_STRING_BYTES);
    PUNICODE_STRING CommandLine = RigTextOfLength(L"the quick brown fox ", PRCM_MAX_STRING_BYTES);
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(Image, CommandLine);
    (void)State;
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    CheckBytes(Start, &Start->ImagePath.Text, Image->Buffer, PRCM_MAX_STRING_BYTES);
    CheckBytes(Start, &Start->CommandLine, CommandLine->Buffer, PRCM_MAX_STRING_BYTES);
    CheckBytes(Start, &Start->UserSid, &User, USER_BYTES);
    assert_true(Start->Header.Size <= PRCM_MAX_RECORD_BYTES);
    assert_int_equal(Start->Header.Size % 8, 0);
}

/* Bytes that the OS cannot have meant as UTF-16: the half character at the end is left out. */
static void
an_odd_length_loses_its_half_character(void **State)
{
    UNICODE_STRING Odd = {5, 6, (PWCH)(ULONG_PTR)L"abc"};
    SIM_PROCESS Process = Child(NULL);
    SIM_START How = FullStart(NULL, &Odd);
    (void)State;
    const PRCM_START *Start = RaiseOneStart(&Process, &How);
    assert_int_equal(Start->CommandLine.Length, 4);
    assert_memory_equal((const char *)Start + Start->CommandLine.Offset, L"ab", 4);
}

static void
every_length_near_a_word_is_padded_with_zeros(void **State)
{
    (void)State;
    for (ULONG Bytes = 0; Bytes <= 34; Bytes += 2)
    {
        PUNICODE_STRING CommandLine = RigTextOfLength(L"\xFFFF", Bytes);
        SIM_PROCESS Process = Child(NULL);
        SIM_START How = FullStart(CommandLine, CommandLine);
        Process.Id += Bytes * 2;
        const PRCM_START *Start = RaiseOneStart(&Process, &How);
        ULONG End = max(max(Start->CommandLine.Offset + Bytes, Start->ImagePath.Text.Offset + Bytes),
                        Start->UserSid.Offset + Start->UserSid.Length);
        assert_int_equal(Start->Header.Size % 8, 0);
        for (ULONG At = max(End, (ULONG)sizeof(*Start)); At < Start->Header.Size; At++)
            assert_int_equal(((const UCHAR *)Start)[At], 0);
    }
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test_setup_teardown(a_start_tells_all_that_the_os_told, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(what_the_os_did_not_tell_is_absent, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(an_empty_command_line_is_present_and_not_absent, FieldsReset,
                                        FieldsEnd),
        cmocka_unit_test_setup_teardown(a_string_without_a_buffer_is_absent, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(embedded_nuls_and_lone_surrogates_pass_as_they_are, FieldsReset,
                                        FieldsEnd),
        cmocka_unit_test_setup_teardown(a_parent_younger_than_the_child_is_another_process, FieldsReset,
                                        FieldsEnd),
        cmocka_unit_test_setup_teardown(a_parent_of_the_same_instant_is_accepted, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(a_parent_is_not_vouched_for_where_the_child_has_no_create_time,
                                        FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(a_parent_that_is_gone_has_no_create_time, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(forms_of_paths_are_told, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(an_emulated_process_is_told, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(a_subsystem_process_comes_on_ex2, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(on_ex_whether_it_is_a_subsystem_process_is_absent, FieldsReset,
                                        FieldsEnd),
        cmocka_unit_test_setup_teardown(the_base_tier_gets_path_and_creator_from_process_and_thread,
                                        FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(the_base_tier_tells_a_process_that_cannot_be_looked_up, FieldsReset,
                                        FieldsEnd),
        cmocka_unit_test_setup_teardown(on_the_base_tier_a_creator_of_id_0_is_absent, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(a_start_key_that_cannot_be_asked_for_is_not_one_that_the_os_lacks,
                                        FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(the_base_tier_tells_the_exit_of_a_process_that_cannot_be_looked_up,
                                        FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(time_is_as_precise_as_the_os_can, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(a_failing_question_is_its_fields_status, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(what_the_os_does_not_know_is_absent_and_not_failed, FieldsReset,
                                        FieldsEnd),
        cmocka_unit_test_setup_teardown(a_user_of_too_few_or_too_many_sub_authorities_is_failed, FieldsReset,
                                        FieldsEnd),
        cmocka_unit_test_setup_teardown(a_path_whose_length_the_os_does_not_tell_is_failed, FieldsReset,
                                        FieldsEnd),
        cmocka_unit_test_setup_teardown(no_path_where_none_was_told_and_none_can_be_had, FieldsReset,
                                        FieldsEnd),
        cmocka_unit_test_setup_teardown(no_failing_call_costs_the_event, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(an_exit_tells_process_time_and_status, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(an_image_load_tells_all_that_the_os_told, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(a_kernel_image_withholds_its_base_whatever_its_process_id,
                                        FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(a_base_in_the_systems_range_is_withheld, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(
            where_the_os_does_not_say_where_its_range_begins_the_upper_half_is_withheld, FieldsReset,
            FieldsEnd),
        cmocka_unit_test_setup_teardown(an_image_without_a_name_is_told, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(an_image_of_a_process_that_is_gone_is_told, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(the_longest_command_line_and_path_pass_whole, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(an_odd_length_loses_its_half_character, FieldsReset, FieldsEnd),
        cmocka_unit_test_setup_teardown(every_length_near_a_word_is_padded_with_zeros, FieldsReset,
                                        FieldsEnd),
    };
    return cmocka_run_group_tests_name("driver fields", Tests, NULL, NULL);
}
