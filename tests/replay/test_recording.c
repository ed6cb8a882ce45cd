/* SPDX-License-Identifier: MIT
 *
 * What comes from outside: every mistake is told with file and line, and what is lacking is treated as
 * recording.h says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "memory.h"
#include "prcm_abi.h"
#include "recording.h"

#define TIME     "\"time\":\"2020-10-09 22:27:49.087\""
#define PROCESS  "\"pid\":8,\"guid\":\"{a}\""
#define EXIT     "{" TIME ",\"kind\":\"process_exit\"," PROCESS "}"
#define START(A) "{" TIME ",\"kind\":\"process_start\"," PROCESS A "}"
#define LOAD(A)  "{" TIME ",\"kind\":\"image_load\"," PROCESS A "}"
#define EVERYTHING_OF_A_START                                                                                \
    START(                                                                                                   \
        ",\"image\":\"C:\\\\\xC3\xA9\xF0\x9D\x84\x9E.exe\",\"command_line\":\"\",\"ppid\":4,\"session\":3,"  \
        "\"integrity\":\"High\"")
#define EVERYTHING_OF_A_LOAD LOAD(",\"loaded\":\"b.dll\",\"signed\":true")
#define AT(Time)             "{\"time\":" Time ",\"kind\":\"process_exit\"," PROCESS "}"
#define PID(Id)              "{" TIME ",\"kind\":\"process_exit\",\"pid\":" Id ",\"guid\":\"{a}\"}"

static bool
ReadBytes(RECORDING *Recording, const char *Bytes, size_t Length, char *Error)
{
    char *Copy = MemoryZeroed(Length + 1, 1);
    memcpy(Copy, Bytes, Length);
    FILE *Stream = fmemopen(Copy, Length ? Length : 1, "r");
    if (!Length)
        getc(Stream);
    bool Read = RecordingRead(Recording, Stream, "f", Error);
    fclose(Stream);
    free(Copy);
    return Read;
}

static void
Read(RECORDING *Recording, const char *Text)
{
    char Error[RECORDING_ERROR_BYTES] = "";
    if (!ReadBytes(Recording, Text, strlen(Text), Error))
        fail_msg("%s: %s", Text, Error);
}

static void
ExpectError(const char *Bytes, size_t Length, const char *Expected)
{
    char Error[RECORDING_ERROR_BYTES] = "";
    RECORDING Recording;
    assert_false(ReadBytes(&Recording, Bytes, Length, Error));
    assert_string_equal(Error, Expected);
    RecordingFree(&Recording);
}

static void
every_mistake_is_told_with_file_and_line(void **State)
{
    static const struct
    {
        const char *Text;
        const char *Error;
    } Cases[] = {
        {"", "f:0: no row up to here that could be replayed"},
        {"{}\n", "f:1: no row up to here that could be replayed"},
        {EXIT "\n\n" EXIT "\n", "f:2: no JSON: '[' or '{' expected near end of file (byte 0)"},
        {EXIT "\n{\"time\":\n", "f:2: no JSON: unexpected token near end of file (byte 8)"},
        {EXIT EXIT "\n", "f:1: no JSON: end of file expected near '{' (byte 78)"},
        {"{\"kind\":\"a\",\"kind\":\"b\"}", "f:1: no JSON: duplicate object key near '\"kind\"' (byte 18)"},
        {"{\"kind\":\"\xC3\x28\"}", "f:1: no JSON: unable to decode byte 0xc3 near '\"' (byte 9)"},
        {"{\"kind\":\"\\ud800\"}", "f:1: no JSON: invalid Unicode '\\uD800' near '\"\\ud800\"' (byte 16)"},
        {"{\"kind\":\"\\u0000\"}",
         "f:1: no JSON: \\u0000 is not allowed without JSON_ALLOW_NUL near '\"\\u0000\"' (byte 16)"},
        {"[1]", "f:1: no JSON object"},
        {"{\"kind\":1}", "f:1: \"kind\" is no string"},
        {"{\"kind\":\"registry\"}", "f:1: there is no kind \"registry\""},
        {AT("7"), "f:1: \"time\" is no string"},
        {AT("\"yesterday\""), "f:1: \"time\" is not of the form 2020-10-09 22:27:49.087"},
        {AT("\"2020-10-09 22:27:49\""), "f:1: \"time\" is not of the form 2020-10-09 22:27:49.087"},
        {AT("\"2020-10-09 22:27:49.08\""), "f:1: \"time\" is not of the form 2020-10-09 22:27:49.087"},
        {AT("\"2020-10-09 22:27:49.0870\""), "f:1: \"time\" is not of the form 2020-10-09 22:27:49.087"},
        {AT("\"2020-13-09 22:27:49.087\""), "f:1: \"time\" is not of the form 2020-10-09 22:27:49.087"},
        {AT("\"1899-10-09 22:27:49.087\""), "f:1: \"time\" is not of the form 2020-10-09 22:27:49.087"},
        {PID("\"8\""), "f:1: \"pid\" is no whole number from 1 to 4294967280"},
        {PID("0"), "f:1: \"pid\" is no whole number from 1 to 4294967280"},
        {PID("8.5"), "f:1: \"pid\" is no whole number from 1 to 4294967280"},
        {PID("4294967281"), "f:1: \"pid\" is no whole number from 1 to 4294967280"},
        {PID("-1"), "f:1: \"pid\" is no whole number from 1 to 4294967280"},
        {START(",\"ppid\":-4"), "f:1: \"ppid\" is no whole number from 0 to 4294967280"},
        {START(",\"session\":\"0\""), "f:1: \"session\" is no whole number from 0 to 4294967295"},
        {START(",\"integrity\":\"Lofty\""), "f:1: there is no integrity \"Lofty\""},
        {START(",\"image\":{}"), "f:1: \"image\" is no string"},
        {START(",\"image\":\"a\",\"command_line\":[]"), "f:1: \"command_line\" is no string"},
        {LOAD(",\"loaded\":7"), "f:1: \"loaded\" is no string"},
        {LOAD(",\"loaded\":\"a\",\"signed\":\"yes\""), "f:1: \"signed\" is neither true nor false"},
    };
    (void)State;
    for (size_t Index = 0; Index < sizeof(Cases) / sizeof(*Cases); Index++)
        ExpectError(Cases[Index].Text, strlen(Cases[Index].Text), Cases[Index].Error);
}

/* What a file of this many letters 'a' between Before and After is refused with; NULL: it is not. */
static void
ExpectLong(const char *Before, size_t Letters, const char *After, const char *Error)
{
    size_t Length = strlen(Before) + Letters + strlen(After);
    char *Text = MemoryZeroed(Length + 1, 1);
    memset(Text, 'a', Length);
    memcpy(Text, Before, strlen(Before));
    memcpy(Text + Length - strlen(After), After, strlen(After));
    if (Error)
    {
        ExpectError(Text, Length, Error);
    }
    else
    {
        RECORDING Recording;
        Read(&Recording, Text);
        RecordingFree(&Recording);
    }
    free(Text);
}

static void
lines_and_strings_have_a_length_up_to_which_they_are_taken(void **State)
{
    const char *Before = "{" TIME ",\"kind\":\"process_start\"," PROCESS ",\"command_line\":\"";
    const char *Other = "{" TIME ",\"kind\":\"process_start\"," PROCESS ",\"other\":\"";
    size_t Room = RECORDING_MAX_LINE_BYTES - strlen(Other) - 2;
    (void)State;
    ExpectLong(Before, PRCM_MAX_STRING_BYTES / 2, "\"}\n", NULL);
    ExpectLong(Before, PRCM_MAX_STRING_BYTES / 2 + 1, "\"}\n",
               "f:1: \"command_line\" is longer than a string of Windows can be (65534 bytes)");
    ExpectLong(Other, Room, "\"}\n", NULL);
    ExpectLong(Other, Room + 1, "\"}\n", "f:1: the line is longer than 1048576 bytes");
}

static void
a_file_that_cannot_be_read_is_told(void **State)
{
    char Error[RECORDING_ERROR_BYTES] = "";
    RECORDING Recording;
    (void)State;
    FILE *Stream = fopen("/", "r");
    assert_non_null(Stream);
    assert_false(RecordingRead(&Recording, Stream, "f", Error));
    assert_string_equal(Error, "f:0: cannot be read on: Is a directory");
    fclose(Stream);
    RecordingFree(&Recording);
}

static void
rows_without_time_kind_pid_or_guid_are_skipped_and_counted(void **State)
{
    RECORDING Recording;
    (void)State;
    Read(&Recording, EXIT "\n"
                          "{\"kind\":\"process_exit\"," PROCESS "}\n"
                          "{" TIME "," PROCESS "}\n"
                          "{" TIME ",\"kind\":\"process_exit\",\"guid\":\"{a}\"}\n"
                          "{" TIME ",\"kind\":\"process_exit\",\"pid\":8}\n" PID("null") "\n" EXIT "\n");
    assert_int_equal(Recording.Count, 2);
    assert_int_equal(Recording.Skipped, 5);
    assert_int_equal(Recording.FirstSkipped, 2);
    assert_int_equal(Recording.Rows[1].Line, 7);
    RecordingFree(&Recording);
}

static void
assert_text(const UNICODE_STRING *Text, PCWSTR Expected)
{
    UNICODE_STRING Wanted;
    RtlInitUnicodeString(&Wanted, Expected);
    assert_int_equal(Text->Length, Wanted.Length);
    assert_memory_equal(Text->Buffer, Wanted.Buffer, Wanted.Length);
}

static void
every_member_is_taken_as_recorded(void **State)
{
    RECORDING Recording;
    (void)State;
    Read(&Recording, EVERYTHING_OF_A_START "\n" EVERYTHING_OF_A_LOAD "\n{" TIME ",\"kind\":\"driver_load\"}");
    const ROW *Row = Recording.Rows;
    assert_int_equal(Recording.Count, 3);
    assert_int_equal(Row->Kind, ROW_START);
    assert_int_equal(Row->Time, 132467560690870000);
    assert_int_equal(Row->ProcessId, 8);
    assert_string_equal(Row->Guid, "{a}");
    assert_text(&Row->Path, L"C:\\\u00E9\xD834\xDD1E.exe");
    assert_non_null(Row->CommandLine.Buffer);
    assert_int_equal(Row->CommandLine.Length, 0);
    assert_int_equal(Row->ParentId, 4);
    assert_int_equal(Row->SessionId, 3);
    assert_int_equal(Row->IntegrityLevel, 0x3000);
    assert_int_equal(Row[1].Kind, ROW_LOAD);
    assert_text(&Row[1].Path, L"b.dll");
    assert_true(Row[1].Signed);
    assert_int_equal(Row[2].Kind, ROW_DRIVER_LOAD);
    assert_int_equal(Row[2].ProcessId, 0);
    assert_null(Row[2].Guid);
    assert_null(Row[2].Path.Buffer);
    RecordingFree(&Recording);
}

static void
what_a_row_lacks_is_nothing_or_medium(void **State)
{
    RECORDING Recording;
    (void)State;
    Read(&Recording, START(",\"image\":null"));
    assert_null(Recording.Rows->Path.Buffer);
    assert_null(Recording.Rows->CommandLine.Buffer);
    assert_int_equal(Recording.Rows->ParentId, 0);
    assert_int_equal(Recording.Rows->SessionId, 0);
    assert_int_equal(Recording.Rows->IntegrityLevel, 0x2000);
    RecordingFree(&Recording);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(every_mistake_is_told_with_file_and_line),
        cmocka_unit_test(lines_and_strings_have_a_length_up_to_which_they_are_taken),
        cmocka_unit_test(a_file_that_cannot_be_read_is_told),
        cmocka_unit_test(rows_without_time_kind_pid_or_guid_are_skipped_and_counted),
        cmocka_unit_test(every_member_is_taken_as_recorded),
        cmocka_unit_test(what_a_row_lacks_is_nothing_or_medium),
    };
    return cmocka_run_group_tests_name("recording", Tests, NULL, NULL);
}
