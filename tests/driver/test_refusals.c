/* SPDX-License-Identifier: MIT
 *
 * The simulated kernel refuses what NT refuses, with NT's status. What NT stops the machine for is in broken_calls.c.
 */
#include "rig.h"

static DRIVER_OBJECT Driver;

static PVOID
Find(PCWSTR Name)
{
    UNICODE_STRING String;
    RtlInitUnicodeString(&String, Name);
    return MmGetSystemRoutineAddress(&String);
}

static HANDLE
OpenSystem(ACCESS_MASK Access)
{
    HANDLE Handle;
    assert_status(ObOpenObjectByPointer(PsGetCurrentProcess(), OBJ_KERNEL_HANDLE, NULL, Access, NULL,
                                        KernelMode, &Handle),
                  STATUS_SUCCESS);
    return Handle;
}

static HANDLE
OpenToken(ACCESS_MASK Access)
{
    HANDLE Process = OpenSystem(PROCESS_QUERY_INFORMATION);
    HANDLE Token;
    assert_status(ZwOpenProcessTokenEx(Process, Access, OBJ_KERNEL_HANDLE, &Token), STATUS_SUCCESS);
    ZwClose(Process);
    return Token;
}

/* ---- Types ---- */

static NTSTATUS
OpenAs(PVOID Object, POBJECT_TYPE Type, KPROCESSOR_MODE Mode)
{
    HANDLE Handle;
    NTSTATUS Status = ObOpenObjectByPointer(Object, OBJ_KERNEL_HANDLE, NULL, 0, Type, Mode, &Handle);
    if (NT_SUCCESS(Status))
        ZwClose(Handle);
    return Status;
}

static void
an_object_opens_by_its_own_type_alone(void **State)
{
    POBJECT_TYPE *Processes = Find(L"PsProcessType");
    POBJECT_TYPE *Devices = Find(L"IoDeviceObjectType");
    PVOID System = PsGetCurrentProcess();
    (void)State;
    assert_status(OpenAs(System, *Processes, KernelMode), STATUS_SUCCESS);
    assert_status(OpenAs(System, NULL, KernelMode), STATUS_SUCCESS);
    assert_status(OpenAs(System, *Devices, KernelMode), STATUS_OBJECT_TYPE_MISMATCH);
    assert_status(OpenAs(System, *Devices, UserMode), STATUS_OBJECT_TYPE_MISMATCH);
    assert_status(OpenAs(System, NULL, UserMode), STATUS_OBJECT_TYPE_MISMATCH);
}

/* A compiler that follows an import by itself makes of *PsProcessType what the type begins with. */
static void
a_type_that_was_followed_once_too_often_is_none(void **State)
{
    POBJECT_TYPE *const *Processes = Find(L"PsProcessType");
    (void)State;
    assert_status(OpenAs(PsGetCurrentProcess(), **Processes, KernelMode), STATUS_OBJECT_TYPE_MISMATCH);
}

/* ---- Handles ---- */

static NTSTATUS
QueryProcess(HANDLE Handle)
{
    ULONG_PTR Wow64;
    return ZwQueryInformationProcess(Handle, ProcessWow64Information, &Wow64, sizeof(Wow64), NULL);
}

static NTSTATUS
QueryToken(HANDLE Handle)
{
    ULONG Session;
    ULONG Length;
    return ZwQueryInformationToken(Handle, TokenSessionId, &Session, sizeof(Session), &Length);
}

static NTSTATUS
OpenTokenOf(HANDLE Process)
{
    HANDLE Token;
    NTSTATUS Status = ZwOpenProcessTokenEx(Process, TOKEN_QUERY, OBJ_KERNEL_HANDLE, &Token);
    if (NT_SUCCESS(Status))
        ZwClose(Token);
    return Status;
}

static NTSTATUS
Secure(HANDLE Handle)
{
    SECURITY_DESCRIPTOR Descriptor;
    RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION);
    return ZwSetSecurityObject(Handle, DACL_SECURITY_INFORMATION, &Descriptor);
}

static void
a_handle_of_another_type_is_refused(void **State)
{
    HANDLE Process = OpenSystem(PROCESS_ALL_ACCESS);
    HANDLE Token = OpenToken(TOKEN_QUERY);
    (void)State;
    assert_status(QueryProcess(Token), STATUS_OBJECT_TYPE_MISMATCH);
    assert_status(OpenTokenOf(Token), STATUS_OBJECT_TYPE_MISMATCH);
    assert_status(QueryToken(Process), STATUS_OBJECT_TYPE_MISMATCH);
    assert_status(Secure(Process), STATUS_OBJECT_TYPE_MISMATCH);
    ZwClose(Process);
    ZwClose(Token);
}

static void
a_process_handle_without_the_right_to_ask_is_refused(void **State)
{
    HANDLE Nothing = OpenSystem(SYNCHRONIZE);
    HANDLE Limited = OpenSystem(PROCESS_QUERY_LIMITED_INFORMATION);
    (void)State;
    assert_status(QueryProcess(Nothing), STATUS_ACCESS_DENIED);
    assert_status(QueryProcess(Limited), STATUS_SUCCESS);
    assert_status(OpenTokenOf(Nothing), STATUS_ACCESS_DENIED);
    assert_status(OpenTokenOf(Limited), STATUS_ACCESS_DENIED);
    SimSetOs(SIM_NT52);
    assert_status(QueryProcess(Limited), STATUS_ACCESS_DENIED);
    ZwClose(Nothing);
    ZwClose(Limited);
}

static void
a_token_handle_without_the_right_to_ask_is_refused(void **State)
{
    HANDLE Token = OpenToken(READ_CONTROL);
    (void)State;
    assert_status(QueryToken(Token), STATUS_ACCESS_DENIED);
    ZwClose(Token);
}

static void
a_process_that_is_not_there_is_refused_by_the_status_of_its_time(void **State)
{
    PEPROCESS Process;
    (void)State;
    assert_status(PsLookupProcessByProcessId(ULongToHandle(1000), &Process), STATUS_INVALID_CID);
    SimSetOs(SIM_NT52);
    assert_status(PsLookupProcessByProcessId(ULongToHandle(1000), &Process), STATUS_INVALID_PARAMETER);
}

/* ---- Lengths ---- */

static void
a_token_is_told_into_the_length_it_takes(void **State)
{
    HANDLE Token = OpenToken(TOKEN_QUERY);
    ULONG64 Room[16];
    ULONG Needed = 0;
    (void)State;
    assert_status(ZwQueryInformationToken(Token, TokenUser, NULL, 0, &Needed), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(Needed, sizeof(SID_AND_ATTRIBUTES) + 12);
    assert_status(ZwQueryInformationToken(Token, TokenUser, Room, Needed - 1, &Needed),
                  STATUS_BUFFER_TOO_SMALL);
    assert_status(ZwQueryInformationToken(Token, TokenUser, Room, Needed, &Needed), STATUS_SUCCESS);
    assert_status(ZwQueryInformationToken(Token, TokenSessionId, Room, 3, &Needed), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(Needed, sizeof(ULONG));
    assert_status(ZwQueryInformationToken(Token, TokenSessionId, Room, 5, &Needed),
                  STATUS_INFO_LENGTH_MISMATCH);
    ZwClose(Token);
}

static void
a_process_is_told_into_the_length_it_takes(void **State)
{
    HANDLE Process = OpenSystem(PROCESS_QUERY_INFORMATION);
    ULONG64 Room[16];
    ULONG Needed = 0;
    (void)State;
    assert_status(ZwQueryInformationProcess(Process, ProcessWow64Information, Room, 4, NULL),
                  STATUS_INFO_LENGTH_MISMATCH);
    assert_status(ZwQueryInformationProcess(Process, ProcessWow64Information, Room, 12, NULL),
                  STATUS_INFO_LENGTH_MISMATCH);
    assert_status(ZwQueryInformationProcess(Process, ProcessImageFileName, NULL, 0, &Needed),
                  STATUS_INFO_LENGTH_MISMATCH);
    assert_status(ZwQueryInformationProcess(Process, ProcessImageFileName, Room, Needed - 1, &Needed),
                  STATUS_INFO_LENGTH_MISMATCH);
    assert_status(ZwQueryInformationProcess(Process, ProcessImageFileName, Room, Needed, NULL),
                  STATUS_SUCCESS);
    ZwClose(Process);
}

/* ---- Names ---- */

static NTSTATUS
CreateDevice(PCWSTR Text)
{
    PDEVICE_OBJECT Device;
    UNICODE_STRING Name;
    RtlInitUnicodeString(&Name, Text);
    NTSTATUS Status = IoCreateDevice(&Driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
    if (NT_SUCCESS(Status))
        IoDeleteDevice(Device);
    return Status;
}

static NTSTATUS
CreateLink(PCWSTR Text, PCWSTR TargetText)
{
    UNICODE_STRING Name;
    UNICODE_STRING Target;
    RtlInitUnicodeString(&Name, Text);
    RtlInitUnicodeString(&Target, TargetText);
    return IoCreateSymbolicLink(&Name, &Target);
}

static void
a_name_is_a_path_in_a_directory_that_exists(void **State)
{
    UNICODE_STRING Half = {sizeof(L"\\Device\\Test") - 3, sizeof(L"\\Device\\Test"), (PWCH)L"\\Device\\Test"};
    PDEVICE_OBJECT Device;
    (void)State;
    assert_status(CreateDevice(L"\\Device\\Test"), STATUS_SUCCESS);
    assert_status(CreateDevice(L"\\Test"), STATUS_SUCCESS);
    assert_status(CreateDevice(L""), STATUS_OBJECT_PATH_SYNTAX_BAD);
    assert_status(CreateDevice(L"Test"), STATUS_OBJECT_PATH_SYNTAX_BAD);
    assert_status(CreateDevice(L"\\Device\\"), STATUS_OBJECT_NAME_INVALID);
    assert_status(CreateDevice(L"\\Device\\Other\\Test"), STATUS_OBJECT_PATH_NOT_FOUND);
    assert_status(CreateDevice(L"\\Devices\\Test"), STATUS_OBJECT_PATH_NOT_FOUND);
    assert_status(IoCreateDevice(&Driver, 0, &Half, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device),
                  STATUS_OBJECT_NAME_INVALID);
    assert_status(CreateLink(L"Test", L"\\Device\\Test"), STATUS_OBJECT_PATH_SYNTAX_BAD);
    assert_status(CreateLink(L"\\DosDevices\\Other\\Test", L"\\Device\\Test"), STATUS_OBJECT_PATH_NOT_FOUND);
}

static void
a_link_has_a_target_and_a_name_of_its_own(void **State)
{
    UNICODE_STRING Name;
    (void)State;
    RtlInitUnicodeString(&Name, L"\\DosDevices\\Test");
    assert_status(CreateLink(L"\\DosDevices\\Test", L""), STATUS_INVALID_PARAMETER);
    assert_status(IoDeleteSymbolicLink(&Name), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_status(CreateLink(L"\\DosDevices\\Test", L"\\Device\\Test"), STATUS_SUCCESS);
    assert_status(CreateLink(L"\\??\\TEST", L"\\Device\\Test"), STATUS_OBJECT_NAME_COLLISION);
    assert_status(IoDeleteSymbolicLink(&Name), STATUS_SUCCESS);
    assert_status(IoDeleteSymbolicLink(&Name), STATUS_OBJECT_NAME_NOT_FOUND);
}

/* ---- Security ---- */

static SID SystemSid = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};

typedef union DACL
{
    ACL Acl;
    UCHAR Room[64];
} DACL;

static void
an_acl_has_a_size_and_a_revision_that_there_are(void **State)
{
    DACL Dacl;
    (void)State;
    assert_status(RtlCreateAcl(&Dacl.Acl, sizeof(ACL) - 1, ACL_REVISION), STATUS_BUFFER_TOO_SMALL);
    assert_status(RtlCreateAcl(&Dacl.Acl, 65536, ACL_REVISION), STATUS_INVALID_PARAMETER);
    assert_status(RtlCreateAcl(&Dacl.Acl, sizeof(Dacl), ACL_REVISION - 1), STATUS_INVALID_PARAMETER);
    assert_status(RtlCreateAcl(&Dacl.Acl, sizeof(Dacl), MAX_ACL_REVISION + 1), STATUS_INVALID_PARAMETER);
    assert_status(RtlCreateAcl(&Dacl.Acl, sizeof(Dacl) - 1, ACL_REVISION), STATUS_SUCCESS);
    assert_int_equal(Dacl.Acl.AclSize, sizeof(Dacl) - 4); /* whole ULONGs */
}

static void
an_entry_goes_into_an_acl_that_is_one_and_has_room(void **State)
{
    SID Old = {SID_REVISION + 1, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};
    DACL Dacl;
    (void)State;
    memset(&Dacl, 0xCD, sizeof(Dacl));
    assert_status(RtlAddAccessAllowedAce(&Dacl.Acl, ACL_REVISION, 1, &SystemSid), STATUS_INVALID_ACL);
    RtlCreateAcl(&Dacl.Acl, sizeof(ACL) + 24, ACL_REVISION);
    assert_status(RtlAddAccessAllowedAce(&Dacl.Acl, MAX_ACL_REVISION + 1, 1, &SystemSid),
                  STATUS_REVISION_MISMATCH);
    assert_status(RtlAddAccessAllowedAce(&Dacl.Acl, ACL_REVISION, 1, &Old), STATUS_INVALID_SID);
    assert_status(RtlAddAccessAllowedAce(&Dacl.Acl, ACL_REVISION, 1, &SystemSid), STATUS_SUCCESS);
    assert_status(RtlAddAccessAllowedAce(&Dacl.Acl, ACL_REVISION, 1, &SystemSid),
                  STATUS_ALLOTTED_SPACE_EXCEEDED);
    Dacl.Acl.AclSize = sizeof(ACL) + 4; /* less than its entry */
    assert_status(RtlAddAccessAllowedAce(&Dacl.Acl, ACL_REVISION, 1, &SystemSid), STATUS_INVALID_ACL);
}

static void
a_dacl_goes_into_an_absolute_descriptor(void **State)
{
    SECURITY_DESCRIPTOR Descriptor = {0};
    DACL Dacl;
    (void)State;
    assert_status(RtlSetDaclSecurityDescriptor(&Descriptor, TRUE, &Dacl.Acl, FALSE), STATUS_UNKNOWN_REVISION);
    assert_status(RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION + 1),
                  STATUS_UNKNOWN_REVISION);
    RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION);
    Descriptor.Control = SE_SELF_RELATIVE;
    assert_status(RtlSetDaclSecurityDescriptor(&Descriptor, TRUE, &Dacl.Acl, FALSE),
                  STATUS_INVALID_SECURITY_DESCR);
    Descriptor.Control = 0;
    assert_status(RtlSetDaclSecurityDescriptor(&Descriptor, FALSE, &Dacl.Acl, TRUE), STATUS_SUCCESS);
    assert_int_equal(Descriptor.Control, 0);
    assert_null(Descriptor.Dacl);
}

static void
a_device_is_secured_by_a_sound_descriptor_and_the_right_to(void **State)
{
    SECURITY_DESCRIPTOR Descriptor = {0};
    PDEVICE_OBJECT Device;
    UNICODE_STRING Name;
    HANDLE Reader;
    HANDLE Writer;
    DACL Dacl;
    (void)State;
    RtlInitUnicodeString(&Name, L"\\Device\\Test");
    IoCreateDevice(&Driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
    ObOpenObjectByPointer(Device, OBJ_KERNEL_HANDLE, NULL, READ_CONTROL, NULL, KernelMode, &Reader);
    ObOpenObjectByPointer(Device, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC, NULL, KernelMode, &Writer);
    assert_status(Secure(Reader), STATUS_ACCESS_DENIED);
    assert_status(Secure(Writer), STATUS_SUCCESS);
    assert_status(ZwSetSecurityObject(Writer, DACL_SECURITY_INFORMATION, NULL), STATUS_ACCESS_VIOLATION);
    assert_status(ZwSetSecurityObject(Writer, DACL_SECURITY_INFORMATION, &Descriptor),
                  STATUS_UNKNOWN_REVISION);
    memset(&Dacl, 0xCD, sizeof(Dacl));
    RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlSetDaclSecurityDescriptor(&Descriptor, TRUE, &Dacl.Acl, FALSE);
    assert_status(ZwSetSecurityObject(Writer, DACL_SECURITY_INFORMATION, &Descriptor), STATUS_INVALID_ACL);
    ZwClose(Reader);
    ZwClose(Writer);
    IoDeleteDevice(Device);
}

/* ---- The registry ---- */

static NTSTATUS
OpenKey(HANDLE Root, PCWSTR Text, ACCESS_MASK Access, HANDLE *Key)
{
    OBJECT_ATTRIBUTES Attributes;
    UNICODE_STRING Name;
    RtlInitUnicodeString(&Name, Text);
    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE, Root, NULL);
    return ZwOpenKey(Key, Access, &Attributes);
}

static NTSTATUS
QueryKinds(HANDLE Key, PVOID Buffer, ULONG Length, PULONG Needed)
{
    UNICODE_STRING Name;
    RtlInitUnicodeString(&Name, L"Kinds");
    return ZwQueryValueKey(Key, &Name, KeyValuePartialInformation, Buffer, Length, Needed);
}

static void
RefuseAttributes(PUNICODE_STRING RegistryPath)
{
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Key;
    InitializeObjectAttributes(&Attributes, RegistryPath, OBJ_KERNEL_HANDLE, NULL, NULL);
    Attributes.Length--;
    assert_status(ZwOpenKey(&Key, KEY_READ, &Attributes), STATUS_INVALID_PARAMETER);
    InitializeObjectAttributes(&Attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_status(ZwOpenKey(&Key, KEY_READ, &Attributes), STATUS_OBJECT_NAME_INVALID);
    assert_status(OpenKey(NULL, L"Parameters", KEY_READ, &Key), STATUS_OBJECT_PATH_SYNTAX_BAD);
    assert_status(OpenKey(NULL, L"\\Registry\\Machine\\Other", KEY_READ, &Key), STATUS_OBJECT_NAME_NOT_FOUND);
}

static NTSTATUS
RefuseKeys(PDRIVER_OBJECT Object, PUNICODE_STRING RegistryPath)
{
    HANDLE Process = OpenSystem(PROCESS_QUERY_INFORMATION);
    ULONG64 Room[8];
    ULONG Needed;
    HANDLE Service;
    HANDLE Key;
    HANDLE Blind;
    (void)Object;
    RefuseAttributes(RegistryPath);
    assert_status(OpenKey(NULL, RegistryPath->Buffer, KEY_READ, &Service), STATUS_SUCCESS);
    assert_status(OpenKey(Service, L"\\Parameters", KEY_READ, &Key), STATUS_OBJECT_PATH_SYNTAX_BAD);
    assert_status(OpenKey(Process, L"Parameters", KEY_READ, &Key), STATUS_OBJECT_TYPE_MISMATCH);
    assert_status(OpenKey(Service, L"Parameters", KEY_READ, &Key), STATUS_SUCCESS);
    assert_status(OpenKey(Service, L"Parameters", KEY_SET_VALUE, &Blind), STATUS_SUCCESS);
    assert_status(QueryKinds(Blind, Room, sizeof(Room), &Needed), STATUS_ACCESS_DENIED);
    assert_status(QueryKinds(Process, Room, sizeof(Room), &Needed), STATUS_OBJECT_TYPE_MISMATCH);
    assert_status(QueryKinds(Key, NULL, 0, &Needed), STATUS_BUFFER_TOO_SMALL);
    assert_status(QueryKinds(Key, Room, Needed - 1, &Needed), STATUS_BUFFER_OVERFLOW);
    assert_status(QueryKinds(Key, Room, Needed, &Needed), STATUS_SUCCESS);
    ZwClose(Process);
    ZwClose(Service);
    ZwClose(Blind);
    ZwClose(Key);
    return STATUS_UNSUCCESSFUL; /* nothing of it stays */
}

static void
a_key_is_opened_by_path_and_read_by_who_may(void **State)
{
    static const SIM_IMAGE Image = {"test", RefuseKeys, NULL, NULL};
    (void)State;
    SimSetRegistryDword(L"Kinds", 1);
    assert_status(SimLoad(&Image), STATUS_UNSUCCESSFUL);
}

/* ---- Notify routines ---- */

static ULONG Heard;

static VOID
HearStarts(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create)
{
    (void)ParentId;
    (void)ProcessId;
    (void)Create;
}

static VOID
HearOthers(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create)
{
    HearStarts(ParentId, ProcessId, Create);
}

static VOID
HearImages(PUNICODE_STRING Name, HANDLE ProcessId, PIMAGE_INFO Info)
{
    (void)Name;
    (void)ProcessId;
    (void)Info;
    Heard++;
}

static void
a_process_routine_is_registered_once(void **State)
{
    (void)State;
    assert_status(PsSetCreateProcessNotifyRoutine(HearOthers, FALSE), STATUS_SUCCESS);
    assert_status(PsSetCreateProcessNotifyRoutine(HearStarts, FALSE), STATUS_SUCCESS);
    assert_status(PsSetCreateProcessNotifyRoutine(HearStarts, FALSE), STATUS_INVALID_PARAMETER);
    /* Not even into the place that is free before it. */
    assert_status(PsSetCreateProcessNotifyRoutine(HearOthers, TRUE), STATUS_SUCCESS);
    assert_status(PsSetCreateProcessNotifyRoutine(HearStarts, FALSE), STATUS_INVALID_PARAMETER);
    assert_status(PsSetCreateProcessNotifyRoutine(HearStarts, TRUE), STATUS_SUCCESS);
    assert_status(PsSetCreateProcessNotifyRoutine(HearStarts, TRUE), STATUS_INVALID_PARAMETER);
}

static void
an_image_routine_is_called_as_often_as_it_was_registered(void **State)
{
    (void)State;
    Heard = 0;
    assert_status(PsSetLoadImageNotifyRoutine(HearImages), STATUS_SUCCESS);
    assert_status(PsSetLoadImageNotifyRoutine(HearImages), STATUS_SUCCESS);
    RigRaiseImage(1000);
    assert_int_equal(Heard, 2);
    assert_status(PsRemoveLoadImageNotifyRoutine(HearImages), STATUS_SUCCESS);
    RigRaiseImage(1000);
    assert_int_equal(Heard, 3);
    assert_status(PsRemoveLoadImageNotifyRoutine(HearImages), STATUS_SUCCESS);
    assert_status(PsRemoveLoadImageNotifyRoutine(HearImages), STATUS_PROCEDURE_NOT_FOUND);
}

/* ---- Text ---- */

static void
a_string_holds_no_more_than_its_length_can_say(void **State)
{
    static WCHAR Long[40001];
    UNICODE_STRING String;
    (void)State;
    for (ULONG At = 0; At < RTL_NUMBER_OF(Long) - 1; At++)
        Long[At] = L'x';
    RtlInitUnicodeString(&String, Long);
    assert_int_equal(String.Length, UNICODE_STRING_MAX_BYTES - sizeof(WCHAR));
    assert_int_equal(String.MaximumLength, UNICODE_STRING_MAX_BYTES);
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, RigReset, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(an_object_opens_by_its_own_type_alone),
        TEST(a_type_that_was_followed_once_too_often_is_none),
        TEST(a_handle_of_another_type_is_refused),
        TEST(a_process_handle_without_the_right_to_ask_is_refused),
        TEST(a_token_handle_without_the_right_to_ask_is_refused),
        TEST(a_process_that_is_not_there_is_refused_by_the_status_of_its_time),
        TEST(a_token_is_told_into_the_length_it_takes),
        TEST(a_process_is_told_into_the_length_it_takes),
        TEST(a_name_is_a_path_in_a_directory_that_exists),
        TEST(a_link_has_a_target_and_a_name_of_its_own),
        TEST(an_acl_has_a_size_and_a_revision_that_there_are),
        TEST(an_entry_goes_into_an_acl_that_is_one_and_has_room),
        TEST(a_dacl_goes_into_an_absolute_descriptor),
        TEST(a_device_is_secured_by_a_sound_descriptor_and_the_right_to),
        TEST(a_key_is_opened_by_path_and_read_by_who_may),
        TEST(a_process_routine_is_registered_once),
        TEST(an_image_routine_is_called_as_often_as_it_was_registered),
        TEST(a_string_holds_no_more_than_its_length_can_say),
    };
    return cmocka_run_group_tests_name("what NT refuses", Tests, NULL, NULL);
}
