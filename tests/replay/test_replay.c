/* SPDX-License-Identifier: MIT
 *
 * The recordings of real workstations, raised by many threads and read by several readers. Built with
 * ThreadSanitizer as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "memory.h"
#include "replay.h"

#define WORKSTATION_A REPLAY_DATA "/workstation-a.jsonl"
#define WORKSTATION_B REPLAY_DATA "/workstation-b.jsonl"

enum
{
    READER_WAITS,
    READER_POLLS,
    READER_RESUMES,
    READER_ONE_PROCESS
};

typedef struct INPUT
{
    RECORDING Recording;
    MODEL Model;
} INPUT;

static REPLAY_RESULT Result;

static void
InputRead(INPUT *Input, FILE *Stream, uint32_t Times)
{
    char Error[RECORDING_ERROR_BYTES];
    assert_non_null(Stream);
    if (!RecordingRead(&Input->Recording, Stream, "recording", Error))
        fail_msg("%s", Error);
    fclose(Stream);
    assert_true(ModelBuild(&Input->Model, &Input->Recording, Times));
}

static void
InputFree(INPUT *Input)
{
    ModelFree(&Input->Model);
    RecordingFree(&Input->Recording);
}

static void
ExpectNoMismatch(void)
{
    for (unsigned Index = 0; Index < READER_COUNT; Index++)
    {
        const COMPARISON *Comparison = &Result.Readers[Index].Comparison;
        if (Comparison->Mismatches)
            fail_msg("%s: %s", ReaderWays[Index].Name, Comparison->Notes[0]);
        for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
            assert_int_equal(Comparison->Delivered[Kind] + Comparison->Missing[Kind],
                             Comparison->Raised[Kind]);
    }
    if (Result.Mismatches)
        fail_msg("%s", Result.Note);
}

static void
ReplayFile(const char *Name, const REPLAY_OPTIONS *Options)
{
    INPUT Input;
    InputRead(&Input, fopen(Name, "r"), Options->Times);
    ReplayRun(&Input.Model, &Input.Model, Options, &Result);
    InputFree(&Input);
    ExpectNoMismatch();
}

static void
ExpectAll(unsigned Reader, uint64_t Starts, uint64_t Exits, uint64_t Images)
{
    const COMPARISON *Comparison = &Result.Readers[Reader].Comparison;
    assert_int_equal(Comparison->Delivered[PRCM_KIND_START], Starts);
    assert_int_equal(Comparison->Delivered[PRCM_KIND_EXIT], Exits);
    assert_int_equal(Comparison->Delivered[PRCM_KIND_IMAGE], Images);
}

static void
workstation_a_is_told_as_raised(void **State)
{
    (void)State;
    ReplayFile(WORKSTATION_A, &(REPLAY_OPTIONS){.Threads = 4, .Times = 1});
    ExpectAll(READER_WAITS, 72, 67, 4396);
    ExpectAll(READER_POLLS, 72, 67, 0);
    ExpectAll(READER_RESUMES, 72, 67, 4396);
    assert_true(Result.Readers[READER_RESUMES].Resumes > 0);
}

static void
workstation_b_is_told_as_raised(void **State)
{
    (void)State;
    ReplayFile(WORKSTATION_B, &(REPLAY_OPTIONS){.Threads = 4, .Times = 1});
    ExpectAll(READER_WAITS, 116, 98, 3612);
    ExpectAll(READER_POLLS, 116, 98, 0);
    ExpectAll(READER_RESUMES, 116, 98, 3612);
    assert_true(Result.Readers[READER_RESUMES].Resumes > 0);
}

static void
one_thread_raises_the_same(void **State)
{
    (void)State;
    ReplayFile(WORKSTATION_B, &(REPLAY_OPTIONS){.Threads = 1, .Times = 1});
    ExpectAll(READER_WAITS, 116, 98, 3612);
}

/* 304 and 77 s were recorded. */
static void
at_a_multiple_of_the_recorded_speed_readers_wait_and_are_told_as_raised(void **State)
{
    (void)State;
    ReplayFile(WORKSTATION_A, &(REPLAY_OPTIONS){.Threads = 4, .Times = 1, .Speed = 600});
    ExpectAll(READER_WAITS, 72, 67, 4396);
    ReplayFile(WORKSTATION_B, &(REPLAY_OPTIONS){.Threads = 4, .Times = 1, .Speed = 150});
    ExpectAll(READER_WAITS, 116, 98, 3612);
}

static void
with_small_lanes_late_readers_lose_loads_alone_and_are_told_exactly_what(void **State)
{
    (void)State;
    ReplayFile(WORKSTATION_A,
               &(REPLAY_OPTIONS){.Threads = 4, .Times = 6, .LaneBytes = PRCM_MIN_LANE_BYTES, .Late = true});
    for (unsigned Index = 0; Index < READER_COUNT; Index++)
    {
        const COMPARISON *Comparison = &Result.Readers[Index].Comparison;
        assert_int_equal(Comparison->Missing[PRCM_KIND_START], 0);
        assert_int_equal(Comparison->Missing[PRCM_KIND_EXIT], 0);
        assert_int_equal(Comparison->Missing[PRCM_KIND_IMAGE] > 0, Index != READER_POLLS);
    }
}

/* ---- Untidy recordings ---- */

#define ROW(Second, Kind, Id, Guid, Rest)                                                                    \
    "{\"time\":\"2020-01-01 00:00:" #Second ".000\",\"kind\":\"" Kind "\",\"pid\":" #Id ",\"guid\":\"" Guid  \
    "\"" Rest "}\n"
#define START(Second, Id, Guid, Parent) ROW(Second, "process_start", Id, Guid, ",\"ppid\":" #Parent)
#define EXIT(Second, Id, Guid)          ROW(Second, "process_exit", Id, Guid, "")
#define LOAD(Second, Id, Guid)          ROW(Second, "image_load", Id, Guid, ",\"loaded\":\"a\"")

static void
ReadText(INPUT *Input, const char *Text)
{
    InputRead(Input, fmemopen((void *)(uintptr_t)Text, strlen(Text), "r"), 1);
}

static void
ReplayText(INPUT *Input, const char *Text)
{
    ReadText(Input, Text);
    ReplayRun(&Input->Model, &Input->Model, &(REPLAY_OPTIONS){.Threads = 3, .Times = 1}, &Result);
    ExpectNoMismatch();
}

static void
what_stands_before_a_start_or_after_an_exit_is_raised_all_the_same(void **State)
{
    INPUT Input;
    (void)State;
    ReplayText(&Input,
               LOAD(01, 40, "a") START(02, 40, "a", 4) START(03, 40, "a", 4) EXIT(04, 40, "a")
                   LOAD(05, 40, "a") EXIT(06, 40, "a") START(07, 40, "a", 40) LOAD(08, 4, "system")
                       LOAD(09, 40, "a") "{\"time\":\"2020-01-01 00:00:00.000\",\"kind\":\"driver_load\"}\n");
    assert_int_equal(Input.Model.AfterExit, 1);
    assert_int_equal(Input.Model.Older, 1);
    assert_int_equal(Input.Model.Events[4].CreateTime.Status, (uint32_t)STATUS_INVALID_CID);
    ExpectAll(READER_WAITS, 3, 2, 5);
    InputFree(&Input);
}

static void
the_guid_tells_processes_of_one_id_apart(void **State)
{
    INPUT Input;
    (void)State;
    ReplayText(&Input, START(01, 40, "a", 4) START(02, 40, "b", 4) LOAD(03, 40, "b") LOAD(04, 40, "a")
                           EXIT(05, 40, "a") LOAD(06, 40, "b") EXIT(07, 40, "b") LOAD(08, 40, "a"));
    const EVENT *Events = Input.Model.Events;
    assert_int_equal(Input.Model.TakenOver, 2);
    assert_int_not_equal(Events[0].CreateTime.Value, Events[1].CreateTime.Value);
    assert_int_equal(Events[2].CreateTime.Value, Events[1].CreateTime.Value);
    assert_int_equal(Events[3].CreateTime.Value, Events[0].CreateTime.Value);
    assert_int_equal(Events[5].CreateTime.Value, Events[1].CreateTime.Value);
    InputFree(&Input);
}

static void
a_parent_is_whoever_had_the_id_then_and_is_not_younger(void **State)
{
    INPUT Input;
    (void)State;
    ReplayText(&Input,
               START(01, 40, "a", 4) START(02, 41, "child", 40) EXIT(03, 40, "a") START(04, 42, "orphan", 40)
                   START(05, 40, "b", 4) START(06, 43, "child of b", 40) LOAD(07, 44, "late")
                       START(07, 45, "child of late", 44) START(09, 44, "late", 4) START(10, 46, "own", 46));
    const EVENT *Events = Input.Model.Events;
    assert_int_equal(Events[1].ParentCreateTime.Value, Events[0].CreateTime.Value);
    assert_int_equal(Events[3].ParentCreateTime.Status, PRCM_ABSENT);
    assert_int_equal(Events[5].ParentCreateTime.Value, Events[4].CreateTime.Value);
    assert_int_equal(Events[7].ParentCreateTime.Status, PRCM_ABSENT);
    assert_int_equal(Events[9].ParentCreateTime.Value, Events[9].CreateTime.Value);
    InputFree(&Input);
}

/* ---- The comparison fails where it should ---- */

static void
ExpectMismatches(const char *Raised, const char *Expected)
{
    INPUT RaisedInput, ExpectedInput;
    ReadText(&RaisedInput, Raised);
    ReadText(&ExpectedInput, Expected);
    ReplayRun(&RaisedInput.Model, &ExpectedInput.Model, &(REPLAY_OPTIONS){.Threads = 2, .Times = 1}, &Result);
    for (unsigned Index = 0; Index < READER_COUNT; Index++)
        assert_true(Result.Readers[Index].Comparison.Mismatches > 0);
    InputFree(&RaisedInput);
    InputFree(&ExpectedInput);
}

static void
a_raised_event_that_differs_is_a_mismatch_to_every_reader(void **State)
{
    (void)State;
    ExpectMismatches(START(01, 40, "a", 4) LOAD(02, 40, "a") EXIT(03, 40, "a"),
                     START(01, 40, "a", 8) LOAD(02, 40, "a") EXIT(03, 40, "a"));
    ExpectMismatches(START(01, 40, "a", 4) LOAD(02, 40, "a") EXIT(03, 40, "a"),
                     EXIT(01, 40, "a") LOAD(02, 40, "a") START(03, 40, "a", 4));
}

/* ---- The program ---- */

typedef struct PROGRAM
{
    int Code;
    char *Out;
    char *Errors;
} PROGRAM;

#define MAX_ARGUMENTS 8

/* Arguments end with a NULL. */
static PROGRAM
Program(const char *const *Arguments)
{
    PROGRAM Ran;
    size_t OutBytes, ErrorBytes;
    char *Values[MAX_ARGUMENTS + 2] = {(char *)(uintptr_t) "replay"};
    int Count = 1;
    for (; Arguments[Count - 1]; Count++)
        Values[Count] = (char *)(uintptr_t)Arguments[Count - 1];
    FILE *Out = open_memstream(&Ran.Out, &OutBytes);
    FILE *Errors = open_memstream(&Ran.Errors, &ErrorBytes);
    Ran.Code = ReplayMain(Count, Values, Out, Errors);
    fclose(Out);
    fclose(Errors);
    return Ran;
}

static void
ExpectProgram(const char *const *Arguments, int Code, const char *Out, const char *Errors)
{
    PROGRAM Ran = Program(Arguments);
    assert_int_equal(Ran.Code, Code);
    if (!strstr(Ran.Out, Out))
        fail_msg("\"%s\" is not in \"%s\"", Out, Ran.Out);
    assert_string_equal(Ran.Errors, Errors);
    free(Ran.Out);
    free(Ran.Errors);
}

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void
the_program_tells_each_file_and_the_sum(void **State)
{
    (void)State;
    ExpectProgram(ARGUMENTS(WORKSTATION_B), 0,
                  "    skipped rows, which lack time, kind, pid or guid: 1, the first in line 1718\n"
                  "    reader                 raised  delivered       lost mismatches\n"
                  "    waits                    3826       3826          0          0\n"
                  "    polls, lifecycle          214        214          0          0\n"
                  "    resumes                  3826       3826          0          0\n"
                  "    one process               131        131          0          0\n",
                  "");
    ExpectProgram(ARGUMENTS("--threads", "2", "--repeat", "2", WORKSTATION_A, WORKSTATION_B), 0,
                  "2 recordings, 16722 events raised by 2 threads, 0 mismatches\n", "");
    ExpectProgram(ARGUMENTS("--help"), 0, "usage: replay", "");
}

static void
wrong_arguments_and_files_are_exit_code_2(void **State)
{
    (void)State;
    ExpectProgram((const char *const[]){NULL}, 2, "", "replay: no file named\nTry --help.\n");
    ExpectProgram(ARGUMENTS("--speed", "0", "x"), 2, "",
                  "replay: --speed 0: not a number above 0 and up to 1000000000\nTry --help.\n");
    ExpectProgram(ARGUMENTS("--speed", "nan", "x"), 2, "",
                  "replay: --speed nan: not a number above 0 and up to 1000000000\nTry --help.\n");
    ExpectProgram(ARGUMENTS("--fast", "x"), 2, "",
                  "replay: --fast is not an option of this command\nTry --help.\n");
    ExpectProgram(ARGUMENTS("there-is-no-such-file"), 2, "",
                  "replay: there-is-no-such-file: No such file or directory\n");
    ExpectProgram(ARGUMENTS(WORKSTATION_A, "/dev/null"), 2, "",
                  "replay: /dev/null:0: no row up to here that could be replayed\n");
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(workstation_a_is_told_as_raised),
        cmocka_unit_test(workstation_b_is_told_as_raised),
        cmocka_unit_test(one_thread_raises_the_same),
        cmocka_unit_test(at_a_multiple_of_the_recorded_speed_readers_wait_and_are_told_as_raised),
        cmocka_unit_test(with_small_lanes_late_readers_lose_loads_alone_and_are_told_exactly_what),
        cmocka_unit_test(what_stands_before_a_start_or_after_an_exit_is_raised_all_the_same),
        cmocka_unit_test(the_guid_tells_processes_of_one_id_apart),
        cmocka_unit_test(a_parent_is_whoever_had_the_id_then_and_is_not_younger),
        cmocka_unit_test(a_raised_event_that_differs_is_a_mismatch_to_every_reader),
        cmocka_unit_test(the_program_tells_each_file_and_the_sum),
        cmocka_unit_test(wrong_arguments_and_files_are_exit_code_2),
    };
    return cmocka_run_group_tests_name("replay", Tests, NULL, NULL);
}
