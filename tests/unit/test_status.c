/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "status_report.h"

static STATUS_REPORT
Running(void)
{
    return (STATUS_REPORT){
        .Installed = true,
        .ServiceState = PRCM_SERVICE_RUNNING,
        .Running = true,
        .LocalInstance = 134398370451234567,
        .Query =
            {
                .Size = sizeof(PRCM_QUERY),
                .AbiVersion = 1,
                .DriverVersion = 0x00010002,
                .Flags = PRCM_QUERY_CLAMPED_IMAGE | PRCM_QUERY_TIME_PRECISE,
                .Instance = 134398334451234567,
                .Time = 134398334461234567,
                .ProcessTierStatus = {0xC000007A, 0xC0000022, 0},
                .ImageTierStatus = {0, PRCM_TIER_NOT_TRIED},
                .Kinds = PRCM_KINDS_ALL,
                .MaxSessions = 64,
                .MaxReadBytes = 1048576,
                .MaxRecordBytes = 132096,
                .MaxKeys = 64,
                .Sessions = 2,
                .Waiting = 1,
                .Next = 12346,
                .Published = 12345,
                .Captured = {120, 119, 12106, 0},
                .Dropped = {0, 0, 3, 0},
                .Evicted = {0, 0, 9000, 0},
                .LongestStall = 25000,
                .Lanes = {{4194304, 0, 71234, 1}, {2097152, 65536, 0, 0}},
            },
    };
}

static void
text_tells_what_is_in_use_what_was_refused_and_why(void **State)
{
    STATUS_REPORT Report = Running();
    (void)State;
    StatusReportWriteText(CaptureBegin(), &Report);
    ASSERT_WROTE(
        "service        running\n"
        "driver         0.1.2, ABI 1\n"
        "instance       0x1dd7a92b75eb707, started 2026-11-22 16:04:05\n"
        "processes by   PsSetCreateProcessNotifyRoutine\n"
        "               PsSetCreateProcessNotifyRoutineEx2 not used, 0xC000007A: this Windows does not "
        "have it\n"
        "               PsSetCreateProcessNotifyRoutineEx not used, 0xC0000022: the driver's image lacks "
        "FORCE_INTEGRITY: link it with /INTEGRITYCHECK\n"
        "images by      PsSetLoadImageNotifyRoutineEx\n"
        "captures       starts, exits, image loads\n"
        "readers        2 of 64 open (this one included), 1 waiting for events\n"
        "clock          finer than the clock tick\n"
        "\n"
        "LANES                  BYTES         USED       OLDEST\n"
        "lifecycle          4,194,304       71,234            1\n"
        "image              2,097,152            0        empty  (configured: 65,536, out of range)\n"
        "\n"
        "EVENTS                STARTS        EXITS  IMAGE LOADS        TOTAL\n"
        "captured                 120          119       12,106       12,345\n"
        "  evicted                  0            0        9,000        9,000\n"
        "  dropped                  0            0            3            3\n"
        "next number 12,346, readable below 12,345; longest stall 2.50 ms\n");
}

static void
a_lane_that_is_not_as_configured_tells_why(void **State)
{
    static const struct
    {
        uint32_t Requested;
        uint32_t Bytes;
        const char *Words;
    } Cases[] = {
        {3000000, 4194304, "(configured: 3,000,000, rounded up)"},
        {8388608, 2097152, "(configured: 8,388,608, more than there was memory for)"},
        {2097151, 2097152, "(configured: 2,097,151, out of range)"},
        {268435457, 268435456, "(configured: 268,435,457, out of range)"},
    };
    STATUS_REPORT Report = Running();
    (void)State;
    for (size_t Index = 0; Index < sizeof(Cases) / sizeof(Cases[0]); Index++)
    {
        Report.Query.Lanes[PRCM_LANE_IMAGE].Requested = Cases[Index].Requested;
        Report.Query.Lanes[PRCM_LANE_IMAGE].Bytes = Cases[Index].Bytes;
        StatusReportWriteText(CaptureBegin(), &Report);
        assert_non_null(strstr(CaptureText(), Cases[Index].Words));
    }
}

/* 0 is what the driver knows of a lane that nobody configured, of one configured as 0, and of no number. */
static void
a_lane_of_no_configured_size_tells_why_it_is_not_the_default(void **State)
{
    static const struct
    {
        uint32_t Lane;
        uint32_t Bytes;
        const char *Words;
    } Cases[] = {
        {PRCM_LANE_LIFECYCLE, 2097152, "(default: 4,194,304; no memory for it, or 0 was configured)\n"},
        {PRCM_LANE_IMAGE, 4194304, "(default: 8,388,608; no memory for it, or 0 was configured)\n"},
        {PRCM_LANE_LIFECYCLE, 4194304, "(the default: what was configured is no size)\n"},
        {PRCM_LANE_IMAGE, 8388608, "(the default: what was configured is no size)\n"},
    };
    (void)State;
    for (size_t Index = 0; Index < sizeof(Cases) / sizeof(Cases[0]); Index++)
    {
        STATUS_REPORT Report = Running();
        Report.Query.Flags =
            Cases[Index].Lane == PRCM_LANE_IMAGE ? PRCM_QUERY_CLAMPED_IMAGE : PRCM_QUERY_CLAMPED_LIFECYCLE;
        Report.Query.Lanes[Cases[Index].Lane].Requested = 0;
        Report.Query.Lanes[Cases[Index].Lane].Bytes = Cases[Index].Bytes;
        StatusReportWriteText(CaptureBegin(), &Report);
        assert_non_null(strstr(CaptureText(), Cases[Index].Words));
        assert_null(strstr(CaptureText(), "configured: 0"));
    }
}

static void
json_tells_the_same(void **State)
{
    STATUS_REPORT Report = Running();
    (void)State;
    StatusReportWriteJson(CaptureBegin(), &Report);
    ASSERT_WROTE(
        "{\"service\":\"running\",\"driver_version\":\"0.1.2\",\"abi\":1,\"instance\":\"0x1dd7a92b75eb707\","
        "\"started\":\"2026-11-22T15:04:05.1234567Z\",\"time\":\"2026-11-22T15:04:06.1234567Z\","
        "\"time_precise\":true,\"stopping\":false,\"process_routines\":["
        "{\"routine\":\"PsSetCreateProcessNotifyRoutineEx2\",\"state\":\"not_exported\","
        "\"refused_with\":\"0xC000007A\",\"reason\":\"this Windows does not have it\"},"
        "{\"routine\":\"PsSetCreateProcessNotifyRoutineEx\",\"state\":\"refused\",\"refused_with\":"
        "\"0xC0000022\","
        "\"reason\":\"the driver's image lacks FORCE_INTEGRITY: link it with /INTEGRITYCHECK\"},"
        "{\"routine\":\"PsSetCreateProcessNotifyRoutine\",\"state\":\"in_use\"}],\"image_routines\":["
        "{\"routine\":\"PsSetLoadImageNotifyRoutineEx\",\"state\":\"in_use\"},"
        "{\"routine\":\"PsSetLoadImageNotifyRoutine\",\"state\":\"not_tried\"}],"
        "\"kinds\":[\"process_start\",\"process_exit\",\"image_load\"],\"kinds_clamped\":false,\"sessions\":"
        "2,"
        "\"max_sessions\":64,\"waiting\":1,\"max_read_bytes\":1048576,\"max_record_bytes\":132096,\"max_"
        "pids\":64,"
        "\"lanes\":{\"lifecycle\":{\"bytes\":4194304,\"requested\":null,\"clamped\":false,\"used\":71234,"
        "\"oldest\":1},"
        "\"image\":{\"bytes\":2097152,\"requested\":65536,\"clamped\":true,\"used\":0,\"oldest\":0}},"
        "\"next\":12346,\"published\":12345,"
        "\"captured\":{\"process_start\":120,\"process_exit\":119,\"image_load\":12106,\"total\":12345},"
        "\"evicted\":{\"process_start\":0,\"process_exit\":0,\"image_load\":9000,\"total\":9000},"
        "\"dropped\":{\"process_start\":0,\"process_exit\":0,\"image_load\":3,\"total\":3},"
        "\"longest_stall_us\":2500}\n");
}

static void
a_driver_that_does_not_run_has_only_its_service(void **State)
{
    STATUS_REPORT Report = {.Installed = true, .ServiceState = PRCM_SERVICE_STOPPED};
    (void)State;
    StatusReportWriteText(CaptureBegin(), &Report);
    ASSERT_WROTE("service        stopped\n");
    StatusReportWriteJson(CaptureBegin(), &Report);
    ASSERT_WROTE("{\"service\":\"stopped\"}\n");
    Report.Installed = false;
    StatusReportWriteText(CaptureBegin(), &Report);
    ASSERT_WROTE("service        not installed\n");
    StatusReportWriteJson(CaptureBegin(), &Report);
    ASSERT_WROTE("{\"service\":\"not_installed\"}\n");
}

static void
each_refusal_that_has_a_known_cause_is_explained(void **State)
{
    (void)State;
    assert_non_null(strstr(StatusTierReason(0xC0000022), "/INTEGRITYCHECK"));
    assert_non_null(strstr(StatusTierReason(0xC000000D), "table"));
    assert_non_null(strstr(StatusTierReason(0xC000009A), "table"));
    assert_non_null(strstr(StatusTierReason(0xC000007A), "does not have"));
    assert_null(StatusTierReason(0));
    assert_null(StatusTierReason(0xC0000001));
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(text_tells_what_is_in_use_what_was_refused_and_why),
        cmocka_unit_test(a_lane_that_is_not_as_configured_tells_why),
        cmocka_unit_test(a_lane_of_no_configured_size_tells_why_it_is_not_the_default),
        cmocka_unit_test(json_tells_the_same),
        cmocka_unit_test(a_driver_that_does_not_run_has_only_its_service),
        cmocka_unit_test(each_refusal_that_has_a_known_cause_is_explained),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
