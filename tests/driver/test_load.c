/* SPDX-License-Identifier: MIT
 *
 * DriverEntry: on every OS, with every tier, and with every call that can fail failing.
 */
#include "rig.h"

#define REFUSED STATUS_ACCESS_DENIED

static const char *const ProcessRoutines[PRCM_PROCESS_TIER_COUNT] = {"PsSetCreateProcessNotifyRoutineEx2",
                                                                     "PsSetCreateProcessNotifyRoutineEx",
                                                                     "PsSetCreateProcessNotifyRoutine"};
static const char *const ImageRoutines[PRCM_IMAGE_TIER_COUNT] = {"PsSetLoadImageNotifyRoutineEx",
                                                                 "PsSetLoadImageNotifyRoutine"};

static ULONG
BestProcessTier(SIM_OS Os)
{
    if (Os >= SIM_10_1703)
        return PRCM_PROCESS_TIER_EX2;
    return Os >= SIM_NT60 ? PRCM_PROCESS_TIER_EX : PRCM_PROCESS_TIER_BASE;
}

static ULONG
BestImageTier(SIM_OS Os)
{
    return Os >= SIM_10_1709 ? PRCM_IMAGE_TIER_EX : PRCM_IMAGE_TIER_BASE;
}

/* Tiers above Used are told with Above, those below it as not tried. */
static void
CheckTiers(const uint32_t *Told, ULONG Count, ULONG Used, uint32_t Above)
{
    for (ULONG Tier = 0; Tier < Count; Tier++)
        assert_int_equal(Told[Tier], Tier < Used ? Above : Tier == Used ? 0 : PRCM_TIER_NOT_TRIED);
}

/* One start, load and exit, each delivered exactly once: no routine is registered twice. */
static void
CheckEachComesOnce(void)
{
    READER Reader;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    PEPROCESS Process = RigRaiseStart(1000);
    RigRaiseImage(1000);
    RigRaiseExit(Process);
    assert_int_equal(ReaderDrain(&Reader), 3);
    ReaderRecord(&Reader, 0, PRCM_KIND_START);
    ReaderRecord(&Reader, 1, PRCM_KIND_IMAGE);
    ReaderRecord(&Reader, 2, PRCM_KIND_EXIT);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

static void
every_os_gets_its_best_tier(void **State)
{
    (void)State;
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
    {
        PRCM_QUERY Query;
        SimReset();
        SimSetOs(Os);
        RigLoad();
        RigQuery(&Query);
        CheckTiers(Query.ProcessTierStatus, PRCM_PROCESS_TIER_COUNT, BestProcessTier(Os),
                   (uint32_t)STATUS_PROCEDURE_NOT_FOUND);
        CheckTiers(Query.ImageTierStatus, PRCM_IMAGE_TIER_COUNT, BestImageTier(Os),
                   (uint32_t)STATUS_PROCEDURE_NOT_FOUND);
        assert_int_equal((Query.Flags & PRCM_QUERY_TIME_PRECISE) != 0, Os >= SIM_NT62);
        CheckEachComesOnce();
        RigUnload();
    }
}

static void
a_refused_tier_falls_to_the_next_and_query_tells(void **State)
{
    static const NTSTATUS Refusals[] = {STATUS_ACCESS_DENIED, STATUS_INVALID_PARAMETER,
                                        STATUS_INSUFFICIENT_RESOURCES, STATUS_NOT_SUPPORTED};
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Refusals); Index++)
        for (ULONG Process = 0; Process < PRCM_PROCESS_TIER_COUNT; Process++)
            for (ULONG Image = 0; Image < PRCM_IMAGE_TIER_COUNT; Image++)
            {
                PRCM_QUERY Query;
                SimReset();
                for (ULONG Tier = 0; Tier < Process; Tier++)
                    SimRefuse(ProcessRoutines[Tier], Refusals[Index]);
                for (ULONG Tier = 0; Tier < Image; Tier++)
                    SimRefuse(ImageRoutines[Tier], Refusals[Index]);
                RigLoad();
                RigQuery(&Query);
                CheckTiers(Query.ProcessTierStatus, PRCM_PROCESS_TIER_COUNT, Process,
                           (uint32_t)Refusals[Index]);
                CheckTiers(Query.ImageTierStatus, PRCM_IMAGE_TIER_COUNT, Image, (uint32_t)Refusals[Index]);
                CheckEachComesOnce();
                RigUnload();
            }
}

static void
a_hidden_tier_is_told_as_not_found(void **State)
{
    PRCM_QUERY Query;
    (void)State;
    SimHide("PsSetCreateProcessNotifyRoutineEx2");
    SimHide("PsSetCreateProcessNotifyRoutineEx");
    SimHide("PsSetLoadImageNotifyRoutineEx");
    RigLoad();
    RigQuery(&Query);
    CheckTiers(Query.ProcessTierStatus, PRCM_PROCESS_TIER_COUNT, PRCM_PROCESS_TIER_BASE,
               (uint32_t)STATUS_PROCEDURE_NOT_FOUND);
    CheckTiers(Query.ImageTierStatus, PRCM_IMAGE_TIER_COUNT, PRCM_IMAGE_TIER_BASE,
               (uint32_t)STATUS_PROCEDURE_NOT_FOUND);
    CheckEachComesOnce();
}

static void
all_process_tiers_refused_fails_with_the_last_refusal(void **State)
{
    (void)State;
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
    {
        SimReset();
        SimSetOs(Os);
        SimRefuse(ProcessRoutines[0], REFUSED);
        SimRefuse(ProcessRoutines[1], REFUSED);
        SimRefuse(ProcessRoutines[2], STATUS_INVALID_PARAMETER);
        assert_status(SimLoad(&RigImage), STATUS_INVALID_PARAMETER);
        assert_false(SimIsLoaded());
    }
}

static void
all_image_tiers_refused_fails_with_the_last_refusal(void **State)
{
    (void)State;
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
    {
        SimReset();
        SimSetOs(Os);
        SimRefuse(ImageRoutines[0], REFUSED);
        SimRefuse(ImageRoutines[1], STATUS_INSUFFICIENT_RESOURCES);
        assert_status(SimLoad(&RigImage), STATUS_INSUFFICIENT_RESOURCES);
        assert_false(SimIsLoaded());
    }
}

/* Also where nothing can be removed: a routine that stays behind is worse than none. */
static void
a_kernel_without_any_such_routine_fails_the_load(void **State)
{
    (void)State;
    for (ULONG Tier = 0; Tier < PRCM_PROCESS_TIER_COUNT; Tier++)
        SimHide(ProcessRoutines[Tier]);
    assert_status(SimLoad(&RigImage), STATUS_PROCEDURE_NOT_FOUND);
    SimReset();
    for (ULONG Tier = 0; Tier < PRCM_IMAGE_TIER_COUNT; Tier++)
        SimHide(ImageRoutines[Tier]);
    assert_status(SimLoad(&RigImage), STATUS_PROCEDURE_NOT_FOUND);
    SimReset();
    SimHide("PsRemoveLoadImageNotifyRoutine");
    assert_status(SimLoad(&RigImage), STATUS_PROCEDURE_NOT_FOUND);
    SimReset();
    RigLoad();
    CheckEachComesOnce();
}

static void
a_queue_that_cannot_be_made_fails_the_load(void **State)
{
    (void)State;
    SimRefuse("IoCsqInitializeEx", STATUS_INSUFFICIENT_RESOURCES);
    assert_status(SimLoad(&RigImage), STATUS_INSUFFICIENT_RESOURCES);
    assert_false(SimIsLoaded());
}

static void
full_notify_tables_fail_the_load(void **State)
{
    (void)State;
    SimOccupyNotify(64, 0);
    assert_status(SimLoad(&RigImage), STATUS_INVALID_PARAMETER);
    SimOccupyNotify(0, 64);
    assert_status(SimLoad(&RigImage), STATUS_INSUFFICIENT_RESOURCES);
    SimOccupyNotify(63, 63);
    RigLoad();
    CheckEachComesOnce();
}

static void
the_table_of_nt52_has_eight_places(void **State)
{
    (void)State;
    SimSetOs(SIM_NT52);
    SimOccupyNotify(8, 0);
    assert_status(SimLoad(&RigImage), STATUS_INVALID_PARAMETER);
    SimOccupyNotify(7, 7);
    RigLoad();
    CheckEachComesOnce();
}

typedef struct ACE
{
    ACE_HEADER Header;
    ACCESS_MASK Mask;
    UCHAR Revision;
    UCHAR Count;
    UCHAR Authority[6];
    ULONG SubAuthorities[2];
} ACE;

/* Full access for SYSTEM, S-1-5-18, and administrators, S-1-5-32-544, and nothing else. */
static void
CheckDevice(void)
{
    static const ACE System = {
        {ACCESS_ALLOWED_ACE_TYPE, 0, 20}, FILE_ALL_ACCESS, 1, 1, {0, 0, 0, 0, 0, 5}, {18}};
    static const ACE Administrators = {
        {ACCESS_ALLOWED_ACE_TYPE, 0, 24}, FILE_ALL_ACCESS, 1, 2, {0, 0, 0, 0, 0, 5}, {32, 544}};
    const SECURITY_DESCRIPTOR *Security;
    const DEVICE_OBJECT *Device = SimDevice(PRCM_DEVICE_NAME, &Security);
    assert_non_null(Device);
    assert_int_equal(Device->DeviceType, PRCM_DEVICE_TYPE);
    assert_int_equal(Device->Characteristics, FILE_DEVICE_SECURE_OPEN);
    assert_null(Device->DeviceExtension);
    assert_non_null(Security);
    assert_int_equal(Security->Control, SE_DACL_PRESENT);
    assert_int_equal(Security->Dacl->AclRevision, ACL_REVISION);
    assert_int_equal(Security->Dacl->AceCount, 2);
    const UCHAR *Ace = (const UCHAR *)(Security->Dacl + 1);
    assert_memory_equal(Ace, &System, System.Header.AceSize);
    assert_memory_equal(Ace + System.Header.AceSize, &Administrators, Administrators.Header.AceSize);
}

static void
the_device_is_guarded_for_administrators_and_system(void **State)
{
    (void)State;
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
    {
        SimReset();
        SimSetOs(Os);
        RigLoad();
        CheckDevice();
        RigUnload();
    }
}

static void
a_device_that_cannot_be_made_or_guarded_fails_the_load(void **State)
{
    static const char *const Routines[] = {"IoCreateDevice",
                                           "RtlCreateAcl",
                                           "RtlAddAccessAllowedAce",
                                           "RtlCreateSecurityDescriptor",
                                           "RtlSetDaclSecurityDescriptor",
                                           "ObOpenObjectByPointer",
                                           "ZwSetSecurityObject",
                                           "IoCreateSymbolicLink"};
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Routines); Index++)
    {
        SimReset();
        SimRefuse(Routines[Index], REFUSED);
        assert_status(SimLoad(&RigImage), REFUSED);
        assert_false(SimIsLoaded());
    }
}

/* Each call of DriverEntry that can fail, by number: the load fails or does without, and nothing is left either way. */
static void
any_failing_call_fails_the_load_or_does_no_harm(void **State)
{
    (void)State;
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
    {
        ULONG Calls = 0;
        ULONG Failed = 0;
        for (ULONG Nth = 1; Nth == 1 || Nth <= Calls; Nth++)
        {
            SimReset();
            SimSetOs(Os);
            SimSetRegistryDword(L"Kinds", PRCM_KINDS_ALL);
            SimFailNth(Nth, false);
            NTSTATUS Status = SimLoad(&RigImage);
            Calls = max(Calls, SimFallibleCalls());
            SimFailNth(0, false);
            assert_int_not_equal(Status, STATUS_PENDING);
            if (!NT_SUCCESS(Status))
            {
                Failed++;
                continue;
            }
            CheckDevice();
            CheckEachComesOnce();
            RigUnload();
        }
        assert_true(Calls > 10);
        assert_true(Failed > 3);
    }
}

static void
every_call_failing_from_some_call_on_leaves_nothing(void **State)
{
    (void)State;
    SimFailNth(0, false);
    RigLoad();
    ULONG Calls = SimFallibleCalls();
    RigUnload();
    assert_true(Calls > 10);
    for (ULONG Nth = 1; Nth <= Calls; Nth++)
    {
        SimReset();
        SimFailNth(Nth, true);
        NTSTATUS Status = SimLoad(&RigImage);
        SimFailNth(0, false);
        assert_false(NT_SUCCESS(Status));
        assert_false(SimIsLoaded());
    }
}

static void
a_lane_that_does_not_fit_is_halved_and_told(void **State)
{
    ULONG Halved = 0;
    (void)State;
    for (ULONG Nth = 1; Nth <= 20; Nth++)
    {
        PRCM_QUERY Query;
        SimReset();
        SimFailNth(Nth, false);
        NTSTATUS Status = SimLoad(&RigImage);
        SimFailNth(0, false);
        if (!NT_SUCCESS(Status))
            continue;
        RigQuery(&Query);
        bool First = Query.Lanes[PRCM_LANE_LIFECYCLE].Bytes == PRCM_DEFAULT_LIFECYCLE_LANE_BYTES / 2;
        bool Second = Query.Lanes[PRCM_LANE_IMAGE].Bytes == PRCM_DEFAULT_IMAGE_LANE_BYTES / 2;
        assert_false(First && Second);
        Halved += First || Second;
        CheckEachComesOnce();
        RigUnload();
    }
    assert_int_equal(Halved, 2);
}

/* ---- Parameters ---- */

static void
CheckLane(PCWSTR Name, ULONG Lane, ULONG Value, ULONG Bytes, ULONG Flag)
{
    PRCM_QUERY Query;
    SimReset();
    SimSetRegistryDword(Name, Value);
    RigLoad();
    RigQuery(&Query);
    assert_int_equal(Query.Lanes[Lane].Bytes, Bytes);
    assert_int_equal(Query.Lanes[Lane].Requested, Value);
    assert_int_equal(Query.Flags & (PRCM_QUERY_CLAMPED_LIFECYCLE | PRCM_QUERY_CLAMPED_IMAGE), Flag);
    RigUnload();
}

static void
lane_sizes_are_taken_clamped_and_told(void **State)
{
    static const PCWSTR Names[] = {L"LifecycleLaneBytes", L"ImageLaneBytes"};
    static const ULONG Flags[] = {PRCM_QUERY_CLAMPED_LIFECYCLE, PRCM_QUERY_CLAMPED_IMAGE};
    (void)State;
    for (ULONG Lane = 0; Lane < PRCM_LANE_COUNT; Lane++)
    {
        CheckLane(Names[Lane], Lane, PRCM_MIN_LANE_BYTES, PRCM_MIN_LANE_BYTES, 0);
        CheckLane(Names[Lane], Lane, 16u << 20, 16u << 20, 0);
        CheckLane(Names[Lane], Lane, PRCM_MAX_LANE_BYTES, PRCM_MAX_LANE_BYTES, 0);
        CheckLane(Names[Lane], Lane, 1, PRCM_MIN_LANE_BYTES, Flags[Lane]);
        CheckLane(Names[Lane], Lane, PRCM_MIN_LANE_BYTES + 1, 2 * PRCM_MIN_LANE_BYTES, Flags[Lane]);
        CheckLane(Names[Lane], Lane, PRCM_MAX_LANE_BYTES + 1, PRCM_MAX_LANE_BYTES, Flags[Lane]);
        CheckLane(Names[Lane], Lane, 0xFFFFFFFFu, PRCM_MAX_LANE_BYTES, Flags[Lane]);
    }
}

static void
without_parameters_the_defaults_hold(void **State)
{
    PRCM_QUERY Query;
    (void)State;
    RigLoad();
    RigQuery(&Query);
    assert_int_equal(Query.Lanes[PRCM_LANE_LIFECYCLE].Bytes, PRCM_DEFAULT_LIFECYCLE_LANE_BYTES);
    assert_int_equal(Query.Lanes[PRCM_LANE_IMAGE].Bytes, PRCM_DEFAULT_IMAGE_LANE_BYTES);
    assert_int_equal(Query.Lanes[PRCM_LANE_IMAGE].Requested, 0);
    assert_int_equal(Query.Kinds, PRCM_KINDS_ALL);
    assert_int_equal(Query.Flags, PRCM_QUERY_TIME_PRECISE);
}

static void
values_of_a_wrong_type_are_told_and_not_taken(void **State)
{
    static const ULONG64 Number = 4u << 20;
    PRCM_QUERY Query;
    (void)State;
    SimSetRegistry(L"LifecycleLaneBytes", REG_QWORD, &Number, sizeof(Number));
    SimSetRegistry(L"ImageLaneBytes", REG_SZ, L"16", 6);
    SimSetRegistry(L"Kinds", REG_DWORD, &Number, 3);
    RigLoad();
    RigQuery(&Query);
    assert_int_equal(Query.Lanes[PRCM_LANE_LIFECYCLE].Bytes, PRCM_DEFAULT_LIFECYCLE_LANE_BYTES);
    assert_int_equal(Query.Lanes[PRCM_LANE_IMAGE].Bytes, PRCM_DEFAULT_IMAGE_LANE_BYTES);
    assert_int_equal(Query.Kinds, PRCM_KINDS_ALL);
    assert_int_equal(Query.Flags & ~PRCM_QUERY_TIME_PRECISE,
                     PRCM_QUERY_CLAMPED_LIFECYCLE | PRCM_QUERY_CLAMPED_IMAGE | PRCM_QUERY_CLAMPED_KINDS);
}

static void
kinds_not_captured_take_no_number_on_any_tier(void **State)
{
    (void)State;
    for (SIM_OS Os = 0; Os < SIM_OS_COUNT; Os++)
        for (ULONG Kind = PRCM_KIND_START; Kind <= PRCM_KIND_IMAGE; Kind++)
        {
            PRCM_QUERY Query;
            READER Reader;
            SimReset();
            SimSetOs(Os);
            SimSetRegistryDword(L"Kinds", PRCM_KIND_BIT(Kind));
            RigLoad();
            ReaderOpen(&Reader, PRCM_FROM_OLDEST);
            PEPROCESS Process = RigRaiseStart(1000);
            RigRaiseImage(1000);
            RigRaiseExit(Process);
            assert_int_equal(ReaderDrain(&Reader), 1);
            const PRCM_RECORD *Record = ReaderRecord(&Reader, 0, Kind);
            assert_int_equal(Record->Sequence, 1);
            RigQuery(&Query);
            assert_int_equal(Query.Kinds, PRCM_KIND_BIT(Kind));
            assert_int_equal(Query.Next, 2);
            ReaderClose(&Reader);
            RigUnload();
        }
}

static void
unknown_kinds_are_clamped(void **State)
{
    PRCM_QUERY Query;
    (void)State;
    SimSetRegistryDword(L"Kinds", 0xF0 | PRCM_KIND_BIT(PRCM_KIND_IMAGE));
    RigLoad();
    RigQuery(&Query);
    assert_int_equal(Query.Kinds, PRCM_KIND_BIT(PRCM_KIND_IMAGE));
    assert_true(Query.Flags & PRCM_QUERY_CLAMPED_KINDS);
    RigUnload();
    SimSetRegistryDword(L"Kinds", 0xF0);
    RigLoad();
    RigQuery(&Query);
    assert_int_equal(Query.Kinds, PRCM_KINDS_ALL);
    assert_true(Query.Flags & PRCM_QUERY_CLAMPED_KINDS);
}

static void
each_load_is_another_instance(void **State)
{
    PRCM_QUERY First;
    PRCM_QUERY Second;
    (void)State;
    RigLoad();
    RigQuery(&First);
    RigRaiseImage(1000);
    RigUnload();
    SimAdvanceTime(1);
    RigLoad();
    RigQuery(&Second);
    assert_int_not_equal(First.Instance, 0);
    assert_int_not_equal(First.Instance, Second.Instance);
    assert_int_equal(Second.Next, 1);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test_setup_teardown(every_os_gets_its_best_tier, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(a_refused_tier_falls_to_the_next_and_query_tells, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(a_hidden_tier_is_told_as_not_found, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(all_process_tiers_refused_fails_with_the_last_refusal, RigReset,
                                        RigEnd),
        cmocka_unit_test_setup_teardown(all_image_tiers_refused_fails_with_the_last_refusal, RigReset,
                                        RigEnd),
        cmocka_unit_test_setup_teardown(a_kernel_without_any_such_routine_fails_the_load, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(a_queue_that_cannot_be_made_fails_the_load, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(full_notify_tables_fail_the_load, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(the_table_of_nt52_has_eight_places, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(the_device_is_guarded_for_administrators_and_system, RigReset,
                                        RigEnd),
        cmocka_unit_test_setup_teardown(a_device_that_cannot_be_made_or_guarded_fails_the_load, RigReset,
                                        RigEnd),
        cmocka_unit_test_setup_teardown(any_failing_call_fails_the_load_or_does_no_harm, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(every_call_failing_from_some_call_on_leaves_nothing, RigReset,
                                        RigEnd),
        cmocka_unit_test_setup_teardown(a_lane_that_does_not_fit_is_halved_and_told, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(lane_sizes_are_taken_clamped_and_told, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(without_parameters_the_defaults_hold, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(values_of_a_wrong_type_are_told_and_not_taken, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(kinds_not_captured_take_no_number_on_any_tier, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(unknown_kinds_are_clamped, RigReset, RigEnd),
        cmocka_unit_test_setup_teardown(each_load_is_another_instance, RigReset, RigEnd),
    };
    return cmocka_run_group_tests_name("driver load", Tests, NULL, NULL);
}
