/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "filter/regex.h"
#include "filter_rig.h"

#define MAX_UNITS   32767u
/* Some forty times as much as a search takes that is given up, with sanitizers. */
#define MAX_SECONDS 5

static uint16_t Units[MAX_UNITS];

static REGEX_RESULT
Search(const char *Pattern, const char *Repeated, const char *End)
{
    uint16_t Wanted[256];
    REGEX_ERROR Error;
    size_t Length = strlen(Repeated);
    size_t Behind = strlen(End);
    uint32_t Count = (uint32_t)Utf16FromUtf8(Pattern, Wanted, 256);

    for (size_t Index = 0; Index < MAX_UNITS - Behind; Index++)
        Units[Index] = (uint8_t)Repeated[Index % Length];
    for (size_t Index = 0; Index < Behind; Index++)
        Units[MAX_UNITS - Behind + Index] = (uint8_t)End[Index];
    REGEX *Regex = RegexCreate((UTF16){Wanted, Count}, &Error);
    assert_non_null(Regex);
    clock_t Begun = clock();
    REGEX_RESULT Result = RegexSearch(Regex, (UTF16){Units, MAX_UNITS});
    assert_true((clock() - Begun) / CLOCKS_PER_SEC < MAX_SECONDS);
    assert_int_equal(RegexSearch(Regex, (UTF16){Units, MAX_UNITS}), Result);
    RegexFree(Regex);
    return Result;
}

static void
no_pattern_takes_longer_than_its_steps(void **State)
{
    static const char *const Patterns[] = {
        "(a+)+$",
        "(?:a|aa)+[bc]",
        "a.*[bc]",
        "x?a*[yz]",
        "\\w+[!?]",
        "(?:.*)*[bc]",
        "a{30000}[bc]",
        "\\w{16000}[bc]",
        "(?=a*[bc])a",
        "a*?a*?a*?[bc]",
        "(?>a*)a",
        "a*+a",
        "[ab]*+[ab]",
        "\\X*[bc]",
        "(?:a{0,1000}){0,60}[bc]",
        "(?:(?:(?:a*)*)*)*[bc]",
        "(?<n>a*)(?<m>a*)(?<o>a*)[bc]",
        ".*.*.*.*[bx][cd]",
    };

    (void)State;
    for (size_t Index = 0; Index < sizeof(Patterns) / sizeof(Patterns[0]); Index++)
        assert_int_equal(Search(Patterns[Index], "a", ";"), REGEX_GIVEN_UP);
}

static void
what_people_look_for_is_decided_in_the_longest_text(void **State)
{
    (void)State;
    assert_int_equal(Search("-e(nc|ncodedcommand)?\\s+[a-z0-9+/=]{200,}", "powershell -enx AAAA ", ""),
                     REGEX_NO_MATCH);
    assert_int_equal(Search("[a-z0-9+/=]{200,}", "cmd /c ", ""), REGEX_NO_MATCH);
    assert_int_equal(Search("[a-z0-9+/=]{200,}", "ab", ""), REGEX_MATCH);
    assert_int_equal(Search("\\\\temp\\\\[^\\\\]+\\.exe$", "C:\\Users\\joe\\Temp\\abc\\", "\\Temp\\x.exe"),
                     REGEX_MATCH);
    assert_int_equal(Search("^(?:[^\"]|\"[^\"]*\")*$", "\"bc\"", "\"d\""), REGEX_MATCH);
    assert_int_equal(Search("https?://[^ ]+\\.(ru|cn)", "http://example.org/x ", ""), REGEX_NO_MATCH);
    assert_int_equal(Search("evil", "abcd", ""), REGEX_NO_MATCH);
}

static void
case_matters_only_where_it_is_asked_for(void **State)
{
    (void)State;
    assert_int_equal(RigAsk("image =~ 'CMD\\.EXE$'"), RIG_START | RIG_EXIT);
    assert_int_equal(RigAsk("image =~ '(?-i)CMD\\.EXE$'"), 0);
    assert_int_equal(RigAsk("image =~ '(?-i)\\Qcmd.exe\\E$'"), RIG_START | RIG_EXIT);
    assert_int_equal(RigAsk("image !~ 'CMD'"), RIG_IMAGE);
    assert_int_equal(RigAsk("user =~ 'J\xC3\x89R'"), RIG_START);
    assert_int_equal(RigAsk("user =~ '\\\\\\w+$'"), RIG_START);
}

static void
AddLongLines(BATCH_BUILDER *Builder)
{
    uint16_t Line[1000];

    for (size_t Index = 0; Index < sizeof(Line) / sizeof(Line[0]); Index++)
        Line[Index] = 'a';
    for (unsigned Index = 0; Index < 2; Index++)
    {
        PRCM_START *Start = EventsAddStart(Builder);
        BuilderSetBytes(Builder, &Start->CommandLine, Line, sizeof(Line));
    }
}

/* An event that nobody could decide about is not lost, unless the rest of the filter refuses it. */
static void
what_is_given_up_passes(void **State)
{
    (void)State;
    assert_int_equal(RigAskOf("command_line =~ '(a+)+[bc]'", AddLongLines, &EventsHooks), RIG_START);
    assert_int_equal(RigAskOf("command_line !~ '(a+)+[bc]'", AddLongLines, &EventsHooks), RIG_START);
    assert_int_equal(RigAskOf("not command_line =~ '(a+)+[bc]'", AddLongLines, &EventsHooks), RIG_START);
    assert_int_equal(RigAskOf("command_line =~ '(a+)+[bc]' and pid == 1", AddLongLines, &EventsHooks), 0);
    assert_int_equal(RigAskOf("pid == 1 and command_line =~ '(a+)+[bc]'", AddLongLines, &EventsHooks), 0);
    assert_int_equal(RigAskOf("not (command_line =~ '(a+)+[bc]' or pid == 1234)", AddLongLines, &EventsHooks),
                     0);
    assert_int_equal(RigAskOf("command_line =~ '(a+)+[bc]' and pid == 1234", AddLongLines, &EventsHooks),
                     RIG_START);
}

static void
the_first_that_is_given_up_is_told_with_its_pattern(void **State)
{
    static const char Text[] = "pid == 1234 and command_line =~ '(a+)+[bc]'";
    const uint64_t Before[PRCM_KIND_COUNT] = {0};
    static BATCH_BUILDER Builder;
    FILTER_ERROR Error;
    FILTER *Filter = FilterParse(Text, RIG_NOW, &Error);
    const PRCM_RECORD *Record;
    PRCM_RECORDS Records;

    (void)State;
    assert_non_null(Filter);
    BuilderBegin(&Builder, Before);
    AddLongLines(&Builder);
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    const FILTER_UNDECIDED *Undecided = FilterUndecided(Filter);
    assert_true(Undecided->Events == 0);
    while ((Record = PrcmBatchNext(&Records)) != NULL)
        FilterMatches(Filter, &EventsOrigin, &(EVENT){.Record = Record});
    assert_true(Undecided->Events == 2 && Undecided->FirstSequence == 1);
    assert_string_equal(Text + Undecided->Reason.Offset, "'(a+)+[bc]'");
    assert_int_equal(Undecided->Reason.Length, strlen("'(a+)+[bc]'"));
    assert_string_equal(Undecided->Reason.Message,
                        "this pattern takes too many steps and was given up on; the event passes");
    FilterFree(Filter);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(no_pattern_takes_longer_than_its_steps),
        cmocka_unit_test(what_people_look_for_is_decided_in_the_longest_text),
        cmocka_unit_test(case_matters_only_where_it_is_asked_for),
        cmocka_unit_test(what_is_given_up_passes),
        cmocka_unit_test(the_first_that_is_given_up_is_told_with_its_pattern),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
