/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "events.h"
#include "stream/stream.h"

static BATCH_BUILDER Builder;
static STREAM Stream;

/* Shows what the test adds to Builder, as it would be shown by itself. */
static void
Begin(const FORMAT *Format, const VIEW_HOOKS *Hooks, uint32_t Kinds)
{
    const uint64_t Before[PRCM_KIND_COUNT] = {0};
    BuilderBegin(&Builder, Before);
    StreamInit(&Stream, Format, CaptureBegin(), Hooks, Kinds);
    Stream.Origin = EventsOrigin;
    ViewSetOrigin(&Stream.View, EventsOrigin.Host, EventsOrigin.HostStatus, &EventsOrigin.Boot);
    EventsLoadDrives(&Stream.View.Paths);
}

static void
AssertShown(const char *Expected)
{
    PRCM_RECORDS Records;
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    assert_true(StreamBatch(&Stream, Batch, Records));
    ASSERT_WROTE(Expected);
    StreamDestroy(&Stream);
}

static void
json_of_a_start_has_every_field(void **State)
{
    (void)State;
    Begin(&FormatJson, &EventsHooks, PRCM_KINDS_ALL);
    EventsAddStart(&Builder);
    AssertShown(
        "{\"event\":\"process_start\",\"host\":\"PC\",\"instance\":\"0x5\",\"seq\":1,\"time\":\"2026-11-"
        "22T15:04:05.1234567Z\",\"pid\":1234,"
        "\"tid\":77,\"entity_id\":\"70e10b63ed11fbb994872d7eb9ede9fe\","
        "\"create_time\":\"2026-11-22T15:04:05.1234557Z\",\"start_key\":\"0x123456789abcdef\","
        "\"parent_pid\":988,\"parent_create_time\":\"2026-11-22T14:04:05.1234567Z\","
        "\"parent_entity_id\":\"d070d15076b9628b569a14e64e73eea4\","
        "\"parent_image\":\"C:\\\\Windows\\\\explorer.exe\",\"creator_pid\":988,\"creator_tid\":992,"
        "\"session_id\":1,\"user_sid\":\"S-1-5-21-1-2-4294967295-1001\","
        "\"user\":\"HOST\\\\J\xC3\xA9r\xC3\xB4me\",\"integrity_level\":12288,\"elevated\":true,"
        "\"subsystem\":false,\"architecture\":\"native\",\"creation_status\":0,"
        "\"image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\","
        "\"image_nt\":\"\\\\Device\\\\HarddiskVolume3\\\\Windows\\\\System32\\\\cmd.exe\","
        "\"image_form\":\"nt\",\"image_exact\":true,\"command_line\":\"cmd.exe /c \\\"echo hi\\\"\"}\n");
}

static void
json_of_a_start_says_of_each_field_why_it_is_missing(void **State)
{
    (void)State;
    Begin(&FormatJson, &EventsHooks, PRCM_KINDS_ALL);
    PRCM_START *Start = EventsAddBareStart(&Builder);
    Start->StartKey = EventsMissing(PRCM_WITHHELD);
    Start->UserSid.Status = 0xC0000022;
    Start->SessionId = EventsMissing(0xC0000008);
    Start->Architecture = EventsPresent(PRCM_ARCHITECTURE_EMULATED);
    AssertShown(
        "{\"event\":\"process_start\",\"host\":\"PC\",\"instance\":\"0x5\",\"seq\":1,\"time\":\"2026-11-"
        "22T15:04:05.1234567Z\",\"pid\":1234,"
        "\"tid\":77,\"entity_id\":null,\"entity_id_status\":\"absent\","
        "\"create_time\":null,\"create_time_status\":\"absent\",\"start_key\":null,"
        "\"start_key_status\":\"withheld\",\"parent_pid\":null,\"parent_pid_status\":\"absent\","
        "\"parent_create_time\":null,\"parent_create_time_status\":\"absent\","
        "\"parent_entity_id\":null,\"parent_entity_id_status\":\"absent\",\"parent_image\":null,"
        "\"parent_image_status\":\"absent\",\"creator_pid\":null,\"creator_pid_status\":\"absent\","
        "\"creator_tid\":null,\"creator_tid_status\":\"absent\",\"session_id\":null,"
        "\"session_id_status\":\"failed 0xC0000008\",\"user_sid\":null,"
        "\"user_sid_status\":\"failed 0xC0000022\",\"user\":null,\"user_status\":\"failed 0xC0000022\","
        "\"integrity_level\":null,\"integrity_level_status\":\"absent\",\"elevated\":null,"
        "\"elevated_status\":\"absent\",\"subsystem\":null,\"subsystem_status\":\"absent\","
        "\"architecture\":\"emulated\",\"creation_status\":null,\"creation_status_status\":\"absent\","
        "\"image\":null,\"image_status\":\"absent\",\"image_nt\":null,\"image_nt_status\":\"absent\","
        "\"image_form\":\"other\",\"image_exact\":null,\"image_exact_status\":\"absent\","
        "\"command_line\":null,\"command_line_status\":\"absent\"}\n");
}

static void
json_of_a_truncated_text_has_its_beginning_and_its_length(void **State)
{
    (void)State;
    Begin(&FormatJson, &EventsNoHooks, PRCM_KINDS_ALL);
    PRCM_START *Start = EventsAddBareStart(&Builder);
    BuilderSetText(&Builder, &Start->CommandLine, "begin");
    Start->CommandLine.Status = PRCM_TRUNCATED;
    Start->CommandLine.FullLength = 65534;
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    PRCM_RECORDS Records;
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    StreamBatch(&Stream, Batch, Records);
    assert_non_null(strstr(CaptureText(), ",\"command_line\":\"begin\",\"command_line_status\":\"truncated\","
                                          "\"command_line_full_length\":65534}\n"));
    StreamDestroy(&Stream);
}

/* RFC 7493: such a string ended the whole of jq's input, and other readers refused the line. */
static void
json_of_a_text_that_is_no_unicode_has_its_units_as_well(void **State)
{
    static const uint16_t Path[] = {'\\', 'D', 'e', 'v', 'i', 'c', 'e', '\\', 'x', '\\', 0xD83D};
    static const uint16_t Line[] = {'a', 0, 0xDE00, 'b'};
    (void)State;
    Begin(&FormatJson, &EventsNoHooks, PRCM_KINDS_ALL);
    PRCM_START *Start = EventsAddBareStart(&Builder);
    BuilderSetBytes(&Builder, &Start->ImagePath.Text, Path, sizeof(Path));
    Start->ImagePath.Form = PRCM_PATH_NT;
    BuilderSetBytes(&Builder, &Start->CommandLine, Line, sizeof(Line));
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    PRCM_RECORDS Records;
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    StreamBatch(&Stream, Batch, Records);
    assert_non_null(
        strstr(CaptureText(),
               ",\"image\":\"\\\\Device\\\\x\\\\\xEF\xBF\xBD\","
               "\"image_utf16\":\"005c004400650076006900630065005c0078005cd83d\","
               "\"image_nt\":\"\\\\Device\\\\x\\\\\xEF\xBF\xBD\","
               "\"image_nt_utf16\":\"005c004400650076006900630065005c0078005cd83d\",\"image_form\":\"nt\","));
    assert_non_null(strstr(CaptureText(), ",\"command_line\":\"a\xEF\xBF\xBD\xEF\xBF\xBD"
                                          "b\","
                                          "\"command_line_utf16\":"
                                          "\"00610000de000062\"}\n"));
    StreamDestroy(&Stream);
}

/* The driver may cut a text in the middle of a pair. */
static void
json_of_a_text_cut_within_a_pair_has_units_and_status(void **State)
{
    static const uint16_t Line[] = {'a', 0xD83D};
    (void)State;
    Begin(&FormatJson, &EventsNoHooks, PRCM_KINDS_ALL);
    PRCM_START *Start = EventsAddBareStart(&Builder);
    BuilderSetBytes(&Builder, &Start->CommandLine, Line, sizeof(Line));
    Start->CommandLine.Status = PRCM_TRUNCATED;
    Start->CommandLine.FullLength = 6;
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    PRCM_RECORDS Records;
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    StreamBatch(&Stream, Batch, Records);
    assert_non_null(strstr(CaptureText(),
                           ",\"command_line\":\"a\xEF\xBF\xBD\",\"command_line_utf16\":\"0061d83d\","
                           "\"command_line_status\":\"truncated\",\"command_line_full_length\":6}\n"));
    StreamDestroy(&Stream);
}

static void
json_of_an_empty_text_is_not_null(void **State)
{
    (void)State;
    Begin(&FormatJson, &EventsNoHooks, PRCM_KINDS_ALL);
    PRCM_START *Start = EventsAddBareStart(&Builder);
    BuilderSetText(&Builder, &Start->CommandLine, "");
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    PRCM_RECORDS Records;
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    StreamBatch(&Stream, Batch, Records);
    assert_non_null(strstr(CaptureText(), ",\"command_line\":\"\"}\n"));
    StreamDestroy(&Stream);
}

static void
json_of_a_load_has_every_field(void **State)
{
    (void)State;
    Begin(&FormatJson, &EventsHooks, PRCM_KINDS_ALL);
    EventsAddImage(&Builder);
    AssertShown("{\"event\":\"image_load\",\"host\":\"PC\",\"instance\":\"0x5\",\"seq\":1,\"time\":\"2026-11-"
                "22T15:04:05.1234567Z\",\"pid\":1234,"
                "\"tid\":77,\"entity_id\":\"70e10b63ed11fbb994872d7eb9ede9fe\","
                "\"create_time\":\"2026-11-22T15:04:05.1234557Z\","
                "\"image\":\"C:\\\\Windows\\\\System32\\\\ntdll.dll\","
                "\"image_nt\":\"\\\\SystemRoot\\\\System32\\\\ntdll.dll\",\"image_form\":\"system_root\","
                "\"base\":\"0x7ffabcde0000\",\"size\":1982464,\"kernel_image\":false,\"addressing_mode\":3,"
                "\"mapped_to_all\":false,\"extended_info\":true,\"machine_type_mismatch\":false,"
                "\"partial_map\":false,\"signature_level\":12,\"signature_type\":2,\"properties\":181251}\n");
}

static void
json_of_a_kernel_image_withholds_its_base(void **State)
{
    (void)State;
    Begin(&FormatJson, &EventsNoHooks, PRCM_KINDS_ALL);
    PRCM_IMAGE *Image = EventsAddBareImage(&Builder);
    Image->Header.Key = 0;
    Image->Base = EventsMissing(PRCM_WITHHELD);
    Image->Properties = PRCM_IMAGE_SYSTEM_MODE | PRCM_IMAGE_MAPPED_TO_ALL_PIDS | PRCM_IMAGE_PARTIAL_MAP |
                        PRCM_IMAGE_MACHINE_TYPE_MISMATCH;
    AssertShown(
        "{\"event\":\"image_load\",\"host\":\"PC\",\"instance\":\"0x5\",\"seq\":1,\"time\":\"2026-11-22T15:"
        "04:05.1234567Z\",\"pid\":0,\"tid\":77,"
        "\"entity_id\":null,\"entity_id_status\":\"absent\","
        "\"create_time\":null,\"create_time_status\":\"absent\",\"image\":null,\"image_status\":\"absent\","
        "\"image_nt\":null,\"image_nt_status\":\"absent\",\"image_form\":\"other\",\"base\":null,"
        "\"base_status\":\"withheld\",\"size\":0,\"kernel_image\":true,\"addressing_mode\":0,"
        "\"mapped_to_all\":true,\"extended_info\":false,\"machine_type_mismatch\":true,\"partial_map\":true,"
        "\"signature_level\":0,\"signature_type\":0,\"properties\":527104}\n");
}

static void
json_of_an_exit_has_what_the_stream_told_of_its_process(void **State)
{
    (void)State;
    Begin(&FormatJson, &EventsNoHooks, PRCM_KINDS_ALL);
    EventsAddStart(&Builder);
    EventsAddImage(&Builder);
    EventsAddImage(&Builder);
    PRCM_EXIT *Exit = EventsAddExit(&Builder);
    Exit->ExitStatus.Value = 0xC0000005;
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    PRCM_RECORDS Records;
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    StreamBatch(&Stream, Batch, Records);
    assert_string_equal(
        strstr(CaptureText(), "{\"event\":\"process_exit\""),
        "{\"event\":\"process_exit\",\"host\":\"PC\",\"instance\":\"0x5\",\"seq\":4,\"time\":\"2026-11-22T15:"
        "04:05.4234567Z\",\"pid\":1234,"
        "\"tid\":77,\"entity_id\":\"70e10b63ed11fbb994872d7eb9ede9fe\","
        "\"create_time\":\"2026-11-22T15:04:05.1234557Z\",\"exit_status\":3221225477,"
        "\"image\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\",\"lifetime_ms\":300,\"images\":2}\n");
    StreamDestroy(&Stream);
}

static void
json_of_an_exit_without_its_start_says_absent(void **State)
{
    (void)State;
    Begin(&FormatJson, &EventsHooks, PRCM_KINDS_ALL);
    EventsAddExit(&Builder);
    AssertShown(
        "{\"event\":\"process_exit\",\"host\":\"PC\",\"instance\":\"0x5\",\"seq\":1,\"time\":\"2026-11-22T15:"
        "04:05.1234567Z\",\"pid\":1234,"
        "\"tid\":77,\"entity_id\":\"70e10b63ed11fbb994872d7eb9ede9fe\","
        "\"create_time\":\"2026-11-22T15:04:05.1234557Z\",\"exit_status\":3,\"image\":null,"
        "\"image_status\":\"absent\",\"lifetime_ms\":null,\"lifetime_ms_status\":\"absent\",\"images\":null,"
        "\"images_status\":\"absent\"}\n");
}

static void
json_of_a_hole_is_an_object_for_each_kind_and_cause(void **State)
{
    (void)State;
    Begin(&FormatJson, &EventsNoHooks, PRCM_KINDS_ALL);
    PRCM_LOST *Lost = BuilderAddLost(&Builder, PRCM_KIND_IMAGE, 12345, 5, PRCM_KIND_EXIT, 7);
    Lost->Evicted[PRCM_KIND_START] = 2;
    Lost->NextSequence += 2;
    HOLE Hole;
    HoleOfLost(&Hole, Lost);
    Stream.Format->Lost(Stream.Sink, &EventsOrigin, &Hole);
    ASSERT_WROTE("{\"event\":\"lost\",\"host\":\"PC\",\"instance\":\"0x5\",\"first_seq\":1,\"next_seq\":"
                 "12360,\"kind\":\"process_start\","
                 "\"cause\":\"evicted\","
                 "\"count\":2}\n"
                 "{\"event\":\"lost\",\"host\":\"PC\",\"instance\":\"0x5\",\"first_seq\":1,\"next_seq\":"
                 "12360,\"kind\":\"image_load\",\"cause\":"
                 "\"evicted\","
                 "\"count\":12345}\n"
                 "{\"event\":\"lost\",\"host\":\"PC\",\"instance\":\"0x5\",\"first_seq\":1,\"next_seq\":"
                 "12360,\"kind\":\"image_load\",\"cause\":"
                 "\"dropped\","
                 "\"count\":5}\n");
    StreamDestroy(&Stream);
    Begin(&FormatJson, &EventsNoHooks, PRCM_KINDS_ALL);
    BuilderAddUnknown(&Builder, 40);
    AssertShown("{\"event\":\"lost\",\"host\":\"PC\",\"instance\":\"0x5\",\"first_seq\":1,\"next_seq\":41,"
                "\"kind\":\"unknown\",\"cause\":\"unknown\","
                "\"count\":40}\n");
}

/* What FormatJson's first line is made of. */
typedef struct OPENING
{
    PRCM_QUERY Driver;
    PRCM_SUBSCRIPTION Asked;
    PRCM_SUBSCRIBED Given;
    FORMAT_HEADER Header;
} OPENING;

static void
BeginOpening(OPENING *Opening)
{
    memset(Opening, 0, sizeof(*Opening));
    Opening->Driver =
        (PRCM_QUERY){.DriverVersion = 1u << 16 | 2, .Time = EVENTS_TIME, .Kinds = PRCM_KINDS_ALL};
    Opening->Asked = (PRCM_SUBSCRIPTION){.Kinds = PRCM_KINDS_ALL, .From = PRCM_FROM_OLDEST};
    Opening->Given = (PRCM_SUBSCRIBED){.Start = {.Instance = 5, .Next = 17}, .Resume = PRCM_RESUME_EXACT};
    Opening->Header = (FORMAT_HEADER){
        .Boot = EventsPresent(EVENTS_TIME - 36000000000),
        .ConsoleVersion = 1u << 24 | 2u << 16 | 3,
        .Driver = &Opening->Driver,
        .Asked = &Opening->Asked,
        .Given = &Opening->Given,
    };
}

static void
AssertOpens(const OPENING *Opening, const FORMAT_ORIGIN *Origin, const char *Expected)
{
    StreamInit(&Stream, &FormatJson, CaptureBegin(), &EventsNoHooks, PRCM_KINDS_ALL);
    StreamBegin(&Stream, Origin, &Opening->Header);
    ASSERT_WROTE(Expected);
    StreamDestroy(&Stream);
}

static void
json_begins_with_whose_stream_it_is_and_what_was_asked_for(void **State)
{
    OPENING Opening;
    (void)State;
    BeginOpening(&Opening);
    AssertOpens(&Opening, &EventsOrigin,
                "{\"event\":\"stream\",\"host\":\"PC\",\"instance\":\"0x5\",\"boot\":\"2026-11-22T14:04:05."
                "1234567Z\","
                "\"started\":\"1601-01-01T00:00:00.0000005Z\",\"time\":\"2026-11-22T15:04:05.1234567Z\","
                "\"driver_version\":\"0.1.2\",\"console_version\":\"1.2.3\",\"from\":17,\"from_token\":null,"
                "\"from_token_status\":\"absent\",\"resume\":\"exact\","
                "\"kinds\":[\"process_start\",\"process_exit\",\"image_load\"],"
                "\"captured_kinds\":[\"process_start\",\"process_exit\",\"image_load\"],\"pids\":[],"
                "\"images\":[]}\n");
}

static void
json_begins_with_each_filter_and_the_token(void **State)
{
    static const uint32_t Keys[] = {8, 4294967295};
    static const uint16_t Pattern[] = {'*', '\\', 0xE9, '.', 'e'};
    const UTF16 Patterns[] = {{Pattern, 5}, {Pattern, 1}};
    OPENING Opening;
    (void)State;
    BeginOpening(&Opening);
    Opening.Header.Boot = EventsMissing(0xC0000004);
    Opening.Header.Patterns = Patterns;
    Opening.Header.PatternCount = 2;
    Opening.Driver.Kinds = PRCM_KIND_BIT(PRCM_KIND_START);
    Opening.Asked = (PRCM_SUBSCRIPTION){
        .Kinds = PRCM_KIND_BIT(PRCM_KIND_EXIT),
        .From = PRCM_FROM_TOKEN,
        .Token = {.Instance = 4, .Next = 99},
        .Keys = Keys,
        .KeyCount = 2,
    };
    Opening.Given.Resume = PRCM_RESUME_OTHER_INSTANCE;
    AssertOpens(
        &Opening, &(FORMAT_ORIGIN){.HostStatus = 0x800700EA, .Instance = 5},
        "{\"event\":\"stream\",\"host\":null,\"host_status\":\"failed 0x800700EA\",\"instance\":\"0x5\","
        "\"boot\":null,\"boot_status\":\"failed 0xC0000004\","
        "\"started\":\"1601-01-01T00:00:00.0000005Z\",\"time\":\"2026-11-22T15:04:05.1234567Z\","
        "\"driver_version\":\"0.1.2\",\"console_version\":\"1.2.3\",\"from\":17,\"from_token\":\"0x4:99\","
        "\"resume\":\"other_instance\",\"kinds\":[\"process_exit\"],\"captured_kinds\":[\"process_start\"],"
        "\"pids\":[8,4294967295],\"images\":[\"*\\\\\xC3\xA9.e\",\"*\"]}\n");
}

static void
text_has_one_aligned_line_for_each_event(void **State)
{
    (void)State;
    Begin(&FormatText, &EventsHooks, PRCM_KINDS_ALL);
    FormatText.Header(Stream.Sink, NULL, NULL);
    EventsAddStart(&Builder);
    EventsAddImage(&Builder);
    EventsAddExit(&Builder);
    AssertShown(
        "TIME               PID  EVENT  DETAILS\n"
        "16:04:05.123      1234  start  cmd.exe          by explorer.exe (988)     cmd.exe /c \"echo hi\"\n"
        "16:04:05.223      1234  load     1.8 MiB        C:\\Windows\\System32\\ntdll.dll\n"
        "16:04:05.323      1234  exit   cmd.exe          status 3, ran 200 ms, 1 image\n");
}

static void
text_says_what_is_missing(void **State)
{
    (void)State;
    Begin(&FormatText, &EventsNoHooks, PRCM_KINDS_ALL);
    PRCM_START *Start = EventsAddBareStart(&Builder);
    Start->ParentProcessId = EventsPresent(988);
    Start->CreatorProcessId = EventsPresent(40);
    Start->CreationStatus = EventsPresent(0xC0000022);
    Start = EventsAddBareStart(&Builder);
    BuilderSetText(&Builder, &Start->ImagePath.Text, "\\Device\\HarddiskVolume3\\a.exe");
    Start->ImagePath.Form = PRCM_PATH_NT;
    PRCM_IMAGE *Image = EventsAddBareImage(&Builder);
    Image->ImagePath.Text.Status = 0xC000009A;
    Image->ImageSize = 4096;
    Image->Properties = PRCM_IMAGE_SYSTEM_MODE;
    EventsAddBareExit(&Builder)->Header.Key = 5;
    AssertShown("15:04:05.123      1234  start  ?                refused 0xC0000022, by ? (988) via 40  "
                "(command line absent) ?\n"
                "15:04:05.223      1234  start  a.exe            by ? (parent absent)      "
                "(command line absent) C:\\a.exe\n"
                "15:04:05.323      1234  load     4.0 KiB        (kernel) (path failed 0xC000009A) ?\n"
                "15:04:05.423         5  exit   ?                status absent (its start was not seen)\n");
}

static void
text_keeps_a_line_a_line_whatever_the_command_line(void **State)
{
    static const uint16_t Hostile[] = {'a', '\r', '\n', 0x1B, '[', '2', 'J', 0, 0x202E, 0xD800, 'z'};
    (void)State;
    Begin(&FormatText, &EventsNoHooks, PRCM_KINDS_ALL);
    PRCM_START *Start = EventsAddBareStart(&Builder);
    BuilderSetBytes(&Builder, &Start->CommandLine, Hostile, sizeof(Hostile));
    AssertShown("15:04:05.123      1234  start  ?                by ? (parent absent)      "
                "a<U+000D><U+000A><U+001B>[2J<U+0000><U+202E><U+D800>z\n");
}

static void
text_shows_small_statuses_in_decimal_and_known_ones_by_name(void **State)
{
    (void)State;
    Begin(&FormatText, &EventsNoHooks, PRCM_KINDS_ALL);
    EventsAddBareExit(&Builder)->ExitStatus = EventsPresent(65535);
    EventsAddBareExit(&Builder)->ExitStatus = EventsPresent(65536);
    EventsAddBareExit(&Builder)->ExitStatus = EventsPresent(0xC0000005);
    AssertShown("15:04:05.123      1234  exit   ?                status 65535 (its start was not seen)\n"
                "15:04:05.223      1234  exit   ?                status 0x00010000 (its start was not seen)\n"
                "15:04:05.323      1234  exit   ?                status 0xC0000005 (access violation) "
                "(its start was not seen)\n");
}

static void
text_says_why_an_exit_has_no_name_where_starts_are_not_read(void **State)
{
    (void)State;
    Begin(&FormatText, &EventsNoHooks, PRCM_KIND_BIT(PRCM_KIND_EXIT));
    EventsAddBareExit(&Builder)->ExitStatus = EventsPresent(0);
    AssertShown(
        "15:04:05.123      1234  exit   ?                status 0 (starts are not read, so no name)\n");
}

static void
text_says_in_words_what_was_lost(void **State)
{
    (void)State;
    Begin(&FormatText, &EventsHooks, PRCM_KINDS_ALL);
    EventsAddStart(&Builder);
    PRCM_LOST *Lost = BuilderAddLost(&Builder, PRCM_KIND_IMAGE, 12345, 1, PRCM_KIND_EXIT, 0);
    Lost->Header.Time = EVENTS_TIME;
    BuilderAddLost(&Builder, PRCM_KIND_EXIT, 2, 0, PRCM_KIND_IMAGE, 8)->Header.Time = 0;
    EventsAddExit(&Builder)->Header.Time = EVENTS_TIME + 1000000;
    AssertShown(
        "16:04:05.123      1234  start  cmd.exe          by explorer.exe (988)     cmd.exe /c \"echo hi\"\n"
        "16:04:05.123            LOST   12,345 image loads (evicted: this reader was overtaken), among "
        "numbers "
        "2..12347\n"
        "16:04:05.123            LOST   1 image load (dropped: the lane was full up to an event still being "
        "written), among numbers 2..12347\n"
        "                        LOST   2 process exits (evicted: this reader was overtaken), among numbers "
        "12348..12357\n"
        "16:04:05.223      1234  exit   cmd.exe          status 3, ran 100 ms, at least 0 images\n");
}

static void
text_names_the_numbers_where_nothing_else_is_among_them(void **State)
{
    (void)State;
    Begin(&FormatText, &EventsNoHooks, PRCM_KINDS_ALL);
    BuilderAddLost(&Builder, PRCM_KIND_IMAGE, 3, 0, PRCM_KIND_EXIT, 0)->Header.Time = 0;
    BuilderAddUnknown(&Builder, 40)->Header.Time = 0;
    AssertShown(
        "                        LOST   3 image loads (evicted: this reader was overtaken), numbers 1..3\n"
        "                        LOST   40 events (of unknown kind: resumed from a bare number), numbers "
        "4..43\n");
}

static void
losses_are_red(void **State)
{
    (void)State;
    Begin(&FormatText, &EventsNoHooks, PRCM_KINDS_ALL);
    Stream.Sink->Color = true;
    BuilderAddLost(&Builder, PRCM_KIND_IMAGE, 3, 0, PRCM_KIND_EXIT, 0)->Header.Time = 0;
    AssertShown("\033[1;31m                        LOST   3 image loads (evicted: this reader was "
                "overtaken), numbers "
                "1..3\033[0m\n");
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(json_of_a_start_has_every_field),
        cmocka_unit_test(json_of_a_start_says_of_each_field_why_it_is_missing),
        cmocka_unit_test(json_of_a_truncated_text_has_its_beginning_and_its_length),
        cmocka_unit_test(json_of_a_text_that_is_no_unicode_has_its_units_as_well),
        cmocka_unit_test(json_of_a_text_cut_within_a_pair_has_units_and_status),
        cmocka_unit_test(json_of_an_empty_text_is_not_null),
        cmocka_unit_test(json_begins_with_whose_stream_it_is_and_what_was_asked_for),
        cmocka_unit_test(json_begins_with_each_filter_and_the_token),
        cmocka_unit_test(json_of_a_load_has_every_field),
        cmocka_unit_test(json_of_a_kernel_image_withholds_its_base),
        cmocka_unit_test(json_of_an_exit_has_what_the_stream_told_of_its_process),
        cmocka_unit_test(json_of_an_exit_without_its_start_says_absent),
        cmocka_unit_test(json_of_a_hole_is_an_object_for_each_kind_and_cause),
        cmocka_unit_test(text_has_one_aligned_line_for_each_event),
        cmocka_unit_test(text_says_what_is_missing),
        cmocka_unit_test(text_keeps_a_line_a_line_whatever_the_command_line),
        cmocka_unit_test(text_shows_small_statuses_in_decimal_and_known_ones_by_name),
        cmocka_unit_test(text_says_why_an_exit_has_no_name_where_starts_are_not_read),
        cmocka_unit_test(text_says_in_words_what_was_lost),
        cmocka_unit_test(text_names_the_numbers_where_nothing_else_is_among_them),
        cmocka_unit_test(losses_are_red),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
