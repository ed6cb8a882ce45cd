/* SPDX-License-Identifier: MIT
 *
 * The simulated kernel by itself: each of its routines that may fail can be made to, and what differs between
 * versions of Windows does.
 */
#include "rig.h"

#define TAG     0x74736554u /* "Test" */
#define REFUSED STATUS_DEVICE_NOT_READY

/* ---- What can fail ---- */

static DRIVER_OBJECT Driver;

static PVOID
Find(PCWSTR Name)
{
    UNICODE_STRING String;
    RtlInitUnicodeString(&String, Name);
    return MmGetSystemRoutineAddress(&String);
}

static NTSTATUS
CallPool(void)
{
    PVOID Block = ExAllocatePoolWithTag(NonPagedPoolNx, 16, TAG);
    if (Block)
        ExFreePool(Block);
    return Block ? STATUS_SUCCESS : REFUSED;
}

static NTSTATUS
CallPool2(void)
{
    PVOID Block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG);
    if (Block)
        ExFreePool(Block);
    return Block ? STATUS_SUCCESS : REFUSED;
}

static NTSTATUS
CallAllocateMdl(void)
{
    PMDL Mdl = IoAllocateMdl(&Driver, 16, FALSE, FALSE, NULL);
    if (Mdl)
        IoFreeMdl(Mdl);
    return Mdl ? STATUS_SUCCESS : REFUSED;
}

static NTSTATUS
CallCreateDevice(void)
{
    PDEVICE_OBJECT Device;
    NTSTATUS Status = IoCreateDevice(&Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
    if (NT_SUCCESS(Status))
        IoDeleteDevice(Device);
    return Status;
}

static NTSTATUS
CallCreateLink(void)
{
    UNICODE_STRING Link;
    RtlInitUnicodeString(&Link, L"\\DosDevices\\Test");
    NTSTATUS Status = IoCreateSymbolicLink(&Link, &Link);
    if (NT_SUCCESS(Status))
        IoDeleteSymbolicLink(&Link);
    return Status;
}

/* Of a queue that holds nothing. */
static NTSTATUS
QueueInsert(PIO_CSQ Csq, PIRP Irp, PVOID Context)
{
    (void)Csq;
    (void)Irp;
    (void)Context;
    return STATUS_SUCCESS;
}

static VOID
QueueTake(PIO_CSQ Csq, PIRP Irp)
{
    (void)Csq;
    (void)Irp;
}

static PIRP
QueuePeek(PIO_CSQ Csq, PIRP Irp, PVOID Context)
{
    (void)Csq;
    (void)Irp;
    (void)Context;
    return NULL;
}

static VOID
QueueLock(PIO_CSQ Csq, PKIRQL Irql)
{
    (void)Csq;
    *Irql = PASSIVE_LEVEL;
}

static VOID
QueueUnlock(PIO_CSQ Csq, KIRQL Irql)
{
    (void)Csq;
    (void)Irql;
}

static NTSTATUS
CallInitializeQueue(void)
{
    IO_CSQ Csq;
    return IoCsqInitializeEx(&Csq, QueueInsert, QueueTake, QueuePeek, QueueLock, QueueUnlock, QueueTake);
}

static NTSTATUS
CallLookup(void)
{
    PEPROCESS Process;
    NTSTATUS Status = PsLookupProcessByProcessId(ULongToHandle(SIM_SYSTEM_PROCESS_ID), &Process);
    if (NT_SUCCESS(Status))
        ObDereferenceObject(Process);
    return Status;
}

static NTSTATUS
OpenSystem(HANDLE *Handle)
{
    return ObOpenObjectByPointer(PsGetCurrentProcess(), OBJ_KERNEL_HANDLE, NULL, PROCESS_QUERY_INFORMATION,
                                 NULL, KernelMode, Handle);
}

static NTSTATUS
CallOpenByPointer(void)
{
    HANDLE Handle;
    NTSTATUS Status = OpenSystem(&Handle);
    if (NT_SUCCESS(Status))
        ZwClose(Handle);
    return Status;
}

static NTSTATUS
CallQueryProcess(void)
{
    ULONG_PTR Peb;
    HANDLE Handle;
    OpenSystem(&Handle);
    NTSTATUS Status = ZwQueryInformationProcess(Handle, ProcessWow64Information, &Peb, sizeof(Peb), NULL);
    ZwClose(Handle);
    return Status;
}

static NTSTATUS
OpenToken(HANDLE *Token)
{
    HANDLE Handle;
    OpenSystem(&Handle);
    NTSTATUS Status = ZwOpenProcessTokenEx(Handle, TOKEN_QUERY, OBJ_KERNEL_HANDLE, Token);
    ZwClose(Handle);
    return Status;
}

static NTSTATUS
CallOpenToken(void)
{
    HANDLE Token;
    NTSTATUS Status = OpenToken(&Token);
    if (NT_SUCCESS(Status))
        ZwClose(Token);
    return Status;
}

static NTSTATUS
CallQueryToken(void)
{
    ULONG Elevation;
    ULONG Length;
    HANDLE Token;
    OpenToken(&Token);
    NTSTATUS Status = ZwQueryInformationToken(Token, TokenElevation, &Elevation, sizeof(Elevation), &Length);
    ZwClose(Token);
    return Status;
}

static NTSTATUS
CallLocateName(void)
{
    typedef NTSTATUS LOCATE(PEPROCESS Process, PUNICODE_STRING * Name);
    LOCATE *Locate = (LOCATE *)(ULONG_PTR)Find(L"SeLocateProcessImageName");
    PUNICODE_STRING Name;
    NTSTATUS Status = Locate(PsGetCurrentProcess(), &Name);
    if (NT_SUCCESS(Status))
        ExFreePool(Name);
    return Status;
}

/* What DriverEntry is told of the registry. */
static NTSTATUS KeyStatus;

static NTSTATUS
AskRegistry(PDRIVER_OBJECT Object, PUNICODE_STRING RegistryPath)
{
    OBJECT_ATTRIBUTES Attributes;
    UNICODE_STRING Name;
    UCHAR Info[64];
    ULONG Length;
    HANDLE Service;
    HANDLE Key;
    (void)Object;
    InitializeObjectAttributes(&Attributes, RegistryPath, OBJ_KERNEL_HANDLE, NULL, NULL);
    KeyStatus = ZwOpenKey(&Service, KEY_READ, &Attributes);
    if (!NT_SUCCESS(KeyStatus))
        return KeyStatus;
    RtlInitUnicodeString(&Name, L"Parameters");
    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE, Service, NULL);
    KeyStatus = ZwOpenKey(&Key, KEY_READ, &Attributes);
    ZwClose(Service);
    if (!NT_SUCCESS(KeyStatus))
        return KeyStatus;
    RtlInitUnicodeString(&Name, L"Kinds");
    KeyStatus = ZwQueryValueKey(Key, &Name, KeyValuePartialInformation, Info, sizeof(Info), &Length);
    ZwClose(Key);
    return STATUS_UNSUCCESSFUL; /* nothing of it stays */
}

static NTSTATUS
CallRegistry(void)
{
    static const SIM_IMAGE Image = {"test", AskRegistry, NULL, NULL};
    SimSetRegistryDword(L"Kinds", 1);
    SimLoad(&Image);
    return KeyStatus;
}

static NTSTATUS
CallCreateAcl(void)
{
    ACL Acl;
    return RtlCreateAcl(&Acl, sizeof(Acl), ACL_REVISION);
}

static NTSTATUS
CallAddAce(void)
{
    static SID System = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};
    union
    {
        ACL Acl;
        UCHAR Room[64];
    } Dacl;
    RtlCreateAcl(&Dacl.Acl, sizeof(Dacl), ACL_REVISION);
    return RtlAddAccessAllowedAce(&Dacl.Acl, ACL_REVISION, FILE_ALL_ACCESS, &System);
}

static NTSTATUS
CallCreateDescriptor(void)
{
    SECURITY_DESCRIPTOR Descriptor;
    return RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION);
}

static NTSTATUS
CallSetDacl(void)
{
    SECURITY_DESCRIPTOR Descriptor;
    RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION);
    return RtlSetDaclSecurityDescriptor(&Descriptor, TRUE, NULL, FALSE);
}

static NTSTATUS
CallSetSecurity(void)
{
    SECURITY_DESCRIPTOR Descriptor;
    PDEVICE_OBJECT Device;
    UNICODE_STRING Name;
    HANDLE Handle;
    RtlInitUnicodeString(&Name, L"\\Device\\Test");
    RtlCreateSecurityDescriptor(&Descriptor, SECURITY_DESCRIPTOR_REVISION);
    IoCreateDevice(&Driver, 0, &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
    ObOpenObjectByPointer(Device, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC, NULL, KernelMode, &Handle);
    NTSTATUS Status = ZwSetSecurityObject(Handle, DACL_SECURITY_INFORMATION, &Descriptor);
    ZwClose(Handle);
    IoDeleteDevice(Device);
    return Status;
}

static VOID
HearStarts(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create)
{
    (void)ParentId;
    (void)ProcessId;
    (void)Create;
}

static VOID
HearStartsEx(PEPROCESS Process, HANDLE ProcessId, PPS_CREATE_NOTIFY_INFO Info)
{
    (void)Process;
    (void)ProcessId;
    (void)Info;
}

static VOID
HearImages(PUNICODE_STRING Name, HANDLE ProcessId, PIMAGE_INFO Info)
{
    (void)Name;
    (void)ProcessId;
    (void)Info;
}

static NTSTATUS
CallSetProcess(void)
{
    NTSTATUS Status = PsSetCreateProcessNotifyRoutine(HearStarts, FALSE);
    if (NT_SUCCESS(Status))
        PsSetCreateProcessNotifyRoutine(HearStarts, TRUE);
    return Status;
}

static NTSTATUS
CallSetProcessEx(void)
{
    NTSTATUS Status = PsSetCreateProcessNotifyRoutineEx(HearStartsEx, FALSE);
    if (NT_SUCCESS(Status))
        PsSetCreateProcessNotifyRoutineEx(HearStartsEx, TRUE);
    return Status;
}

static NTSTATUS
CallSetImage(void)
{
    NTSTATUS Status = PsSetLoadImageNotifyRoutine(HearImages);
    if (NT_SUCCESS(Status))
        PsRemoveLoadImageNotifyRoutine(HearImages);
    return Status;
}

static NTSTATUS
CallSetProcessEx2(void)
{
    typedef NTSTATUS SET_EX2(PSCREATEPROCESSNOTIFYTYPE Type, PVOID Routine, BOOLEAN Remove);
    SET_EX2 *Set = (SET_EX2 *)(ULONG_PTR)Find(L"PsSetCreateProcessNotifyRoutineEx2");
    PVOID Routine = (PVOID)(ULONG_PTR)HearStartsEx;
    NTSTATUS Status = Set(PsCreateProcessNotifySubsystems, Routine, FALSE);
    if (NT_SUCCESS(Status))
        Set(PsCreateProcessNotifySubsystems, Routine, TRUE);
    return Status;
}

static NTSTATUS
CallSetImageEx(void)
{
    typedef NTSTATUS SET_EX(PLOAD_IMAGE_NOTIFY_ROUTINE Routine, ULONG_PTR Flags);
    SET_EX *Set = (SET_EX *)(ULONG_PTR)Find(L"PsSetLoadImageNotifyRoutineEx");
    NTSTATUS Status = Set(HearImages, PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE);
    if (NT_SUCCESS(Status))
        PsRemoveLoadImageNotifyRoutine(HearImages);
    return Status;
}

/* The requests of a reader: SUBSCRIBE and READ. */
static NTSTATUS
CallRead(void)
{
    static const PRCM_READ Request = {sizeof(Request), PRCM_READ_NO_WAIT};
    PRCM_SUBSCRIBE Subscribe = ReaderRequest(PRCM_FROM_NOW);
    PRCM_SUBSCRIBED Subscribed;
    PRCM_BATCH Batch;
    HANDLE File = RigOpen();
    SimControl(File, PRCM_IOCTL_SUBSCRIBE, &Subscribe, sizeof(Subscribe), &Subscribed, sizeof(Subscribed),
               NULL);
    NTSTATUS Status =
        SimControl(File, PRCM_IOCTL_READ, &Request, sizeof(Request), &Batch, sizeof(Batch), NULL);
    SimClose(File);
    return Status;
}

static void
what_a_request_needs_can_be_refused_it(void **State)
{
    static const char *const Needs[] = {"IoAllocateSystemBuffer", "IoAllocateMdl",
                                        "MmMapLockedPagesSpecifyCache"};
    (void)State;
    RigLoad();
    assert_status(CallRead(), STATUS_SUCCESS);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Needs); Index++)
    {
        SimRefuse(Needs[Index], REFUSED);
        assert_false(NT_SUCCESS(CallRead()));
        SimRefuse(Needs[Index], STATUS_SUCCESS);
        assert_status(CallRead(), STATUS_SUCCESS);
    }
}

static const struct
{
    const char *Routine;
    NTSTATUS (*Call)(void);
} Fallible[] = {
    {"ExAllocatePoolWithTag", CallPool},
    {"ExAllocatePool2", CallPool2},
    {"IoAllocateMdl", CallAllocateMdl},
    {"IoCreateDevice", CallCreateDevice},
    {"IoCreateSymbolicLink", CallCreateLink},
    {"IoCsqInitializeEx", CallInitializeQueue},
    {"ObOpenObjectByPointer", CallOpenByPointer},
    {"PsLookupProcessByProcessId", CallLookup},
    {"PsSetCreateProcessNotifyRoutine", CallSetProcess},
    {"PsSetCreateProcessNotifyRoutineEx", CallSetProcessEx},
    {"PsSetCreateProcessNotifyRoutineEx2", CallSetProcessEx2},
    {"PsSetLoadImageNotifyRoutine", CallSetImage},
    {"PsSetLoadImageNotifyRoutineEx", CallSetImageEx},
    {"RtlAddAccessAllowedAce", CallAddAce},
    {"RtlCreateAcl", CallCreateAcl},
    {"RtlCreateSecurityDescriptor", CallCreateDescriptor},
    {"RtlSetDaclSecurityDescriptor", CallSetDacl},
    {"SeLocateProcessImageName", CallLocateName},
    {"ZwOpenKey", CallRegistry},
    {"ZwOpenProcessTokenEx", CallOpenToken},
    {"ZwQueryInformationProcess", CallQueryProcess},
    {"ZwQueryInformationToken", CallQueryToken},
    {"ZwQueryValueKey", CallRegistry},
    {"ZwSetSecurityObject", CallSetSecurity},
};

static void
each_routine_that_may_fail_can_be_made_to(void **State)
{
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Fallible); Index++)
    {
        RigReset(State);
        assert_status(Fallible[Index].Call(), STATUS_SUCCESS);
        ULONG Calls = SimFallibleCalls();
        assert_true(Calls > 0);

        SimFailNth(Calls, false);
        assert_false(NT_SUCCESS(Fallible[Index].Call()));
        SimFailNth(0, false);
        assert_status(Fallible[Index].Call(), STATUS_SUCCESS);

        SimRefuse(Fallible[Index].Routine, REFUSED);
        if (Fallible[Index].Call() != REFUSED)
            fail_msg("%s cannot be refused", Fallible[Index].Routine);
        SimRefuse(Fallible[Index].Routine, STATUS_SUCCESS);
        assert_status(Fallible[Index].Call(), STATUS_SUCCESS);
    }
}

/* ---- What differs between versions ---- */

static void
CheckPlaces(SIM_OS Os, ULONG Processes, ULONG Images)
{
    SimSetOs(Os);
    SimOccupyNotify(Processes - 1, Images - 1);
    assert_status(CallSetProcess(), STATUS_SUCCESS);
    assert_status(CallSetImage(), STATUS_SUCCESS);
    SimOccupyNotify(Processes, Images);
    assert_status(CallSetProcess(), STATUS_INVALID_PARAMETER);
    assert_status(CallSetImage(), STATUS_INSUFFICIENT_RESOURCES);
}

static void
notify_tables_have_the_places_that_the_os_gives_them(void **State)
{
    (void)State;
    CheckPlaces(SIM_NT52, 8, 8);
    CheckPlaces(SIM_NT60, 64, 8);
    CheckPlaces(SIM_NT61, 64, 8);
    CheckPlaces(SIM_NT62, 64, 8);
    for (SIM_OS Os = SIM_10_1607; Os < SIM_OS_COUNT; Os++)
        CheckPlaces(Os, 64, 64);
}

static void
the_clock_steps_back_when_told_to(void **State)
{
    LARGE_INTEGER Before;
    LARGE_INTEGER After;
    (void)State;
    KeQuerySystemTimePrecise(&Before);
    KeQuerySystemTimePrecise(&After);
    assert_int_equal(Before.QuadPart, After.QuadPart);
    SimAdvanceTime(-3 * SIM_CLOCK_TICK);
    KeQuerySystemTimePrecise(&After);
    assert_int_equal(After.QuadPart, Before.QuadPart - 3 * SIM_CLOCK_TICK);
    KeQuerySystemTime(&After);
    assert_int_equal(After.QuadPart % SIM_CLOCK_TICK, 0);
    assert_true(Before.QuadPart - 4 * SIM_CLOCK_TICK < After.QuadPart);
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, RigReset, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(each_routine_that_may_fail_can_be_made_to),
        TEST(what_a_request_needs_can_be_refused_it),
        TEST(notify_tables_have_the_places_that_the_os_gives_them),
        TEST(the_clock_steps_back_when_told_to),
    };
    return cmocka_run_group_tests_name("simulated kernel", Tests, NULL, NULL);
}
