/* SPDX-License-Identifier: MIT
 *
 * The truth is what the JSON output says of the same event, read back by jansson.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "capture.h"
#include "filter/fields.h"
#include "filter_rig.h"

#define TEXT_BYTES 4096

static BATCH_BUILDER Builder;
static VIEW View;
static unsigned Compared;

static const char *const Kinds[] = {"start", "exit", "image"};

static bool
Passes(const EVENT *Event, const char *Text)
{
    FILTER_ERROR Error;
    FILTER *Filter = FilterParse(Text, RIG_NOW, &Error);

    if (Filter == NULL)
        fail_msg("%s: %s", Text, Error.Message);
    bool Passed = FilterMatches(Filter, &EventsOrigin, Event);
    FilterFree(Filter);
    return Passed;
}

static bool
EndsWith(const char *Text, const char *End)
{
    return strlen(Text) > strlen(End) && strcmp(Text + strlen(Text) - strlen(End), End) == 0;
}

/* In double quotes, with escapes. */
static void
Quote(char *To, const char *Text)
{
    *To++ = '"';
    for (; *Text != '\0'; Text++)
    {
        if (*Text == '"' || *Text == '\\')
            *To++ = '\\';
        *To++ = *Text;
    }
    *To++ = '"';
    *To = '\0';
}

static void
Write(char *To, const json_t *Value)
{
    if (json_is_string(Value))
        Quote(To, json_string_value(Value));
    else if (json_is_integer(Value))
        snprintf(To, TEXT_BYTES, "%llu", (unsigned long long)json_integer_value(Value));
    else
        snprintf(To, TEXT_BYTES, "%s", json_is_true(Value) ? "true" : "false");
}

static void
AssertAsked(const EVENT *Event, bool Expected, const char *Text)
{
    if (Passes(Event, Text) != Expected)
        fail_msg("%s: %s", Text, Expected ? "did not pass" : "passed");
    Compared++;
}

#define ASSERT_ASKED(Event, Expected, ...)                                                                   \
    do                                                                                                       \
    {                                                                                                        \
        char Asked[TEXT_BYTES * 2];                                                                          \
        snprintf(Asked, sizeof(Asked), __VA_ARGS__);                                                         \
        AssertAsked(Event, Expected, Asked);                                                                 \
    } while (0)

static void
CompareValue(const EVENT *Event, const char *Name, const json_t *Value)
{
    char Text[TEXT_BYTES] = "0";
    bool Has = !json_is_null(Value);

    ASSERT_ASKED(Event, Has, "has(%s)", Name);
    if (!Has)
        return;
    Write(Text, Value);
    ASSERT_ASKED(Event, true, "%s == %s", Name, Text);
    ASSERT_ASKED(Event, true, "%s in (%s)", Name, Text);
    ASSERT_ASKED(Event, false, "%s != %s", Name, Text);
    ASSERT_ASKED(Event, false, "not %s == %s", Name, Text);
    if (json_is_boolean(Value))
        ASSERT_ASKED(Event, json_is_true(Value), "%s", Name);
}

static void
CompareStatus(const EVENT *Event, const char *Name, const json_t *Status)
{
    char Text[TEXT_BYTES];

    Quote(Text, Status != NULL ? json_string_value(Status) : "present");
    ASSERT_ASKED(Event, true, "status(%s) == %s", Name, Text);
    ASSERT_ASKED(Event, true, "%s_status == %s", Name, Text);
}

/* Every name of Object, which is Event as JSON has it. */
static void
CompareAll(const EVENT *Event, json_t *Object)
{
    char Text[TEXT_BYTES];
    const char *Name;
    json_t *Value;

    json_object_foreach(Object, Name, Value)
    {
        const FIELD *Field = FieldFind(Name, strlen(Name));
        if (Field == NULL && EndsWith(Name, "_status"))
            continue;
        assert_non_null(Field);
        assert_true(Field->Kinds & PRCM_KIND_BIT(Event->Record->Kind));
        snprintf(Text, sizeof(Text), "%s_status", Name);
        CompareValue(Event, Name, Value);
        CompareStatus(Event, Name, json_object_get(Object, Text));
    }
}

/* No field is there that JSON lacks, but kind. A length is there only where the text was cut. */
static void
CompareNames(const EVENT *Event, const json_t *Object)
{
    for (size_t Index = 0; Index < FieldCount; Index++)
    {
        const FIELD *Field = &FieldTable[Index];
        bool Here = (Field->Kinds & PRCM_KIND_BIT(Event->Record->Kind)) != 0;
        bool InJson = json_object_get(Object, Field->Name) != NULL;
        ASSERT_ASKED(Event, Here, "status(%s) =~ '.'", Field->Name);
        if (EndsWith(Field->Name, "_full_length"))
            ASSERT_ASKED(Event, InJson, "has(%s)", Field->Name);
        else if (strcmp(Field->Name, "kind") != 0)
            assert_int_equal(InJson, Here);
    }
}

static void
CompareEvent(const EVENT *Event)
{
    json_error_t Error;

    SINK *Sink = CaptureBegin();
    FormatJson.Event(Sink, &EventsOrigin, Event);
    json_t *Object = json_loads(CaptureText(), 0, &Error);
    assert_non_null(Object);
    CompareAll(Event, Object);
    CompareNames(Event, Object);
    ASSERT_ASKED(Event, true, "kind == %s", Kinds[Event->Record->Kind]);
    json_decref(Object);
}

/* What a test has added to Builder. */
static void
CompareBatch(const VIEW_HOOKS *Hooks)
{
    const PRCM_RECORD *Record;
    PRCM_RECORDS Records;
    EVENT Event;

    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    ViewInit(&View, Hooks, PRCM_KINDS_ALL);
    EventsLoadDrives(&View.Paths);
    Compared = 0;
    while ((Record = PrcmBatchNext(&Records)) != NULL)
    {
        ViewResolve(&View, Record, &Event);
        CompareEvent(&Event);
    }
    ViewDestroy(&View);
    assert_true(Compared > 200);
}

static void
Begin(void)
{
    const uint64_t Before[PRCM_KIND_COUNT] = {0};
    BuilderBegin(&Builder, Before);
}

static void
every_field_has_the_value_that_json_tells(void **State)
{
    (void)State;
    Begin();
    EventsAddStart(&Builder);
    EventsAddImage(&Builder);
    EventsAddExit(&Builder);
    CompareBatch(&EventsHooks);
}

static void
every_field_says_why_it_is_missing_as_json_does(void **State)
{
    (void)State;
    Begin();
    EventsAddBareStart(&Builder)->UserSid.Status = 0xC0000022;
    EventsAddBareImage(&Builder)->Base.Status = PRCM_WITHHELD;
    EventsAddBareExit(&Builder)->ExitStatus.Status = 0xC000000D;
    CompareBatch(&EventsNoHooks);
}

static void
a_text_that_was_cut_has_its_beginning_and_its_length(void **State)
{
    (void)State;
    Begin();
    PRCM_START *Start = EventsAddStart(&Builder);
    Start->CommandLine.Status = PRCM_TRUNCATED;
    Start->CommandLine.FullLength = 65534;
    Start->ImagePath.Text.Status = PRCM_TRUNCATED;
    Start->ImagePath.Text.FullLength = 65532;
    PRCM_IMAGE *Image = EventsAddImage(&Builder);
    Image->ImagePath.Text.Status = PRCM_TRUNCATED;
    Image->ImagePath.Text.FullLength = 65530;
    CompareBatch(&EventsHooks);
}

static void
values_that_no_driver_of_today_tells_are_as_in_json(void **State)
{
    (void)State;
    Begin();
    PRCM_START *Start = EventsAddStart(&Builder);
    Start->Architecture = EventsPresent(7);
    Start->Elevated = EventsPresent(2);
    Start->CreationStatus = EventsPresent(0xC0000022);
    Start->ImagePath.Form = PRCM_PATH_DOS_DEVICE;
    PRCM_IMAGE *Image = EventsAddImage(&Builder);
    Image->Properties = UINT32_MAX;
    Image->ImageSize = UINT32_MAX;
    EventsAddBareExit(&Builder)->ExitStatus = EventsPresent(0xC0000005);
    CompareBatch(&EventsHooks);
}

static void
a_field_that_an_event_does_not_have_is_neither_there_nor_missing(void **State)
{
    (void)State;
    assert_int_equal(RigAsk("has(exit_status)"), RIG_EXIT);
    assert_int_equal(RigAsk("not has(exit_status)"), RIG_START | RIG_IMAGE);
    assert_int_equal(RigAskBare("status(exit_status) == \"absent\""), RIG_EXIT);
    assert_int_equal(RigAskBare("status(exit_status) != \"present\""), RIG_EXIT);
    assert_int_equal(RigAsk("size != 1"), RIG_IMAGE);
    assert_int_equal(RigAsk("kernel_image == false"), RIG_IMAGE);
    assert_int_equal(RigAsk("not kernel_image"), RIG_ALL);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(every_field_has_the_value_that_json_tells),
        cmocka_unit_test(every_field_says_why_it_is_missing_as_json_does),
        cmocka_unit_test(a_text_that_was_cut_has_its_beginning_and_its_length),
        cmocka_unit_test(values_that_no_driver_of_today_tells_are_as_in_json),
        cmocka_unit_test(a_field_that_an_event_does_not_have_is_neither_there_nor_missing),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
