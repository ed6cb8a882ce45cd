/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "cli/status/status_report.h"

static STATUS_REPORT
Running(void)
{
    return (STATUS_REPORT){
        .Installed = true,
        .HasService = true,
        .Service =
            {
                .State = PRCM_SERVICE_RUNNING,
                .HasFile = 1,
                .FileVersion = 0x00010002,
                .DriverPath = "C:\\Windows\\System32\\drivers\\prcm.sys",
                .ServiceSecurity = "O:SYD:(A;;CCLC;;;IU)(A;;RPWP;;;BA)",
                .DeviceSecurity = "O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)",
            },
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
        "file           C:\\Windows\\System32\\drivers\\prcm.sys, version 0.1.2\n"
        "controlled by  Administrators\n"
        "               O:SYD:(A;;CCLC;;;IU)(A;;RPWP;;;BA)\n"
        "opened by      SYSTEM, Administrators\n"
        "               O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)\n"
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
        "{\"service\":\"running\",\"start\":\"demand\","
        "\"driver_path\":\"C:\\\\Windows\\\\System32\\\\drivers\\\\prcm.sys\",\"file_version\":\"0.1.2\","
        "\"unsafe\":null,\"service_security\":\"O:SYD:(A;;CCLC;;;IU)(A;;RPWP;;;BA)\","
        "\"device_security\":\"O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)\",\"driver_version\":\"0.1.2\",\"abi\":1,"
        "\"instance\":\"0x1dd7a92b75eb707\","
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
    STATUS_REPORT Report = {
        .Installed = true, .HasService = true, .Service = {.State = PRCM_SERVICE_STOPPED, .StartsAtBoot = 1}};
    (void)State;
    StatusReportWriteText(CaptureBegin(), &Report);
    ASSERT_WROTE("service        stopped, starts at boot\n"
                 "file           ?, which is not there\n");
    StatusReportWriteJson(CaptureBegin(), &Report);
    ASSERT_WROTE("{\"service\":\"stopped\",\"start\":\"boot\",\"driver_path\":null,\"file_version\":null,"
                 "\"unsafe\":null,\"service_security\":null,\"device_security\":null}\n");
    Report.HasService = false;
    StatusReportWriteText(CaptureBegin(), &Report);
    ASSERT_WROTE("service        unknown\n");
    Report.Installed = false;
    StatusReportWriteText(CaptureBegin(), &Report);
    ASSERT_WROTE("service        not installed\n");
    StatusReportWriteJson(CaptureBegin(), &Report);
    ASSERT_WROTE("{\"service\":\"not_installed\"}\n");
}

static void
a_driver_that_is_held_tells_by_whom(void **State)
{
    STATUS_REPORT Report = Running();
    (void)State;
    Report.Running = false;
    Report.Service =
        (PRCM_SERVICE_INFO){.State = PRCM_SERVICE_STOPPING, .HasFile = 1, .DriverPath = "C:\\p.sys"};
    Report.Holders = (HOLDERS){.Known = true,
                               .Found = {.Handles = 2, .Complete = 1, .Count = 1, .Holders = {{1234, 2}}},
                               .Images = {"viewer.exe"}};
    StatusReportWriteText(CaptureBegin(), &Report);
    ASSERT_WROTE("service        stopping, held by 2 handles: viewer.exe (1234)\n"
                 "file           C:\\p.sys\n");
    StatusReportWriteJson(CaptureBegin(), &Report);
    assert_non_null(strstr(CaptureText(), "{\"service\":\"stopping\""));
    assert_non_null(strstr(CaptureText(),
                           "\"held_by\":[{\"pid\":1234,\"image\":\"viewer.exe\",\"handles\":2}],"
                           "\"handles\":2,\"handles_complete\":true}"));
    Report.Holders.Known = false;
    StatusReportWriteJson(CaptureBegin(), &Report);
    assert_non_null(strstr(CaptureText(), "\"held_by\":null}"));
}

static void
what_is_not_safe_is_told_with_who_and_where(void **State)
{
    static const struct
    {
        uint32_t Why;
        const char *Text;
        const char *Json;
    } Rows[] = {
        {PRCM_WRITER_ACCESS, "not safe: PC\\jo (S-1-5-9) may change C:\\dir\n", "\"why\":\"access\""},
        {PRCM_WRITER_OWNER, "not safe: PC\\jo (S-1-5-9) owns C:\\dir\n", "\"why\":\"owner\""},
        {PRCM_WRITER_LINK, "not safe: C:\\dir is a link", "\"why\":\"link\""},
        {PRCM_WRITER_NO_SECURITY, "not safe: C:\\dir has a file system without security",
         "\"why\":\"no_security\""},
    };
    STATUS_REPORT Report = Running();
    (void)State;
    Report.Service.Writer = (PRCM_WRITER){.Path = "C:\\dir", .Account = "PC\\jo", .Sid = "S-1-5-9"};
    for (size_t Index = 0; Index < sizeof(Rows) / sizeof(Rows[0]); Index++)
    {
        Report.Service.Writer.Why = Rows[Index].Why;
        StatusReportWriteText(CaptureBegin(), &Report);
        assert_non_null(strstr(CaptureText(), Rows[Index].Text));
        StatusReportWriteJson(CaptureBegin(), &Report);
        assert_non_null(strstr(CaptureText(), Rows[Index].Json));
        assert_non_null(
            strstr(CaptureText(), "\"path\":\"C:\\\\dir\",\"account\":\"PC\\\\jo\",\"sid\":\"S-1-5-9\"}"));
    }
    Report.Service.Writer.Account[0] = 0;
    Report.Service.Writer.Why = PRCM_WRITER_OWNER;
    StatusReportWriteText(CaptureBegin(), &Report);
    assert_non_null(strstr(CaptureText(), "not safe: S-1-5-9 owns C:\\dir\n"));
}

static void
others_than_administrators_with_rights_are_warned_of(void **State)
{
    STATUS_REPORT Report = Running();
    (void)State;
    strcpy(Report.Service.DeviceSecurity, "D:(A;;FR;;;WD)");
    StatusReportWriteText(CaptureBegin(), &Report);
    assert_non_null(strstr(CaptureText(),
                           "opened by      Everyone\n"
                           "               not safe: others than administrators are among them\n"
                           "               D:(A;;FR;;;WD)\n"));
}

static void
another_version_in_the_file_than_runs_is_told(void **State)
{
    STATUS_REPORT Report = Running();
    (void)State;
    Report.Service.FileVersion = 0x00020000;
    StatusReportWriteText(CaptureBegin(), &Report);
    assert_non_null(
        strstr(CaptureText(), "version 0.2.0\n               another version than the one that runs"));
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
        cmocka_unit_test(a_driver_that_is_held_tells_by_whom),
        cmocka_unit_test(what_is_not_safe_is_told_with_who_and_where),
        cmocka_unit_test(others_than_administrators_with_rights_are_warned_of),
        cmocka_unit_test(another_version_in_the_file_than_runs_is_told),
        cmocka_unit_test(each_refusal_that_has_a_known_cause_is_explained),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
