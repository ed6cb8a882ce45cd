/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "filter_rig.h"

#define LIFECYCLE   (RIG_START | RIG_EXIT)
#define EXPRESSIONS 4000
#define EVENTS      60u
#define PROCESSES   6u

static FILTER *
Parse(const char *Text)
{
    FILTER_ERROR Error;
    FILTER *Filter = FilterParse(Text, RIG_NOW, &Error);

    if (Filter == NULL)
        fail_msg("%s: %s", Text, Error.Message);
    return Filter;
}

static FILTER_NEEDS
NeedsOf(const char *Text)
{
    FILTER_NEEDS Needs;
    FILTER *Filter = Parse(Text);

    FilterGetNeeds(Filter, &Needs);
    FilterFree(Filter);
    return Needs;
}

static void
AssertKinds(const char *Text, uint32_t Shown, uint32_t Read)
{
    FILTER_NEEDS Needs = NeedsOf(Text);

    assert_int_equal(Needs.Shown, Shown);
    assert_int_equal(Needs.Read, Read);
}

static void
kinds_that_cannot_pass_are_not_read(void **State)
{
    (void)State;
    AssertKinds("kind == image", RIG_IMAGE, RIG_IMAGE);
    AssertKinds("kind != image", LIFECYCLE, LIFECYCLE);
    AssertKinds("not kind == image", LIFECYCLE, LIFECYCLE);
    AssertKinds("kind in (start, exit) and not event == process_exit", RIG_START, RIG_START);
    AssertKinds("kind == start or kind == image", RIG_START | RIG_IMAGE, RIG_START | RIG_IMAGE);
    AssertKinds("not (kind == start or kind == image)", RIG_EXIT, RIG_EXIT);
    AssertKinds("not (kind != start and kind != image)", RIG_START | RIG_IMAGE, RIG_START | RIG_IMAGE);
    AssertKinds("size > 1M", RIG_IMAGE, RIG_IMAGE);
    AssertKinds("elevated and user == 'x'", RIG_START, RIG_START);
    AssertKinds("not size > 1M", RIG_ALL, RIG_ALL);
    AssertKinds("pid == 5", RIG_ALL, RIG_ALL);
    AssertKinds("kind == event", RIG_ALL, RIG_ALL);
}

static void
what_the_view_joins_from_is_read_and_not_shown(void **State)
{
    (void)State;
    AssertKinds("kind == exit and image endswith 'x'", RIG_EXIT, LIFECYCLE);
    AssertKinds("kind == exit and not has(image)", RIG_EXIT, LIFECYCLE);
    AssertKinds("kind == exit and status(image) == 'absent'", RIG_EXIT, LIFECYCLE);
    AssertKinds("lifetime_ms < 1s", RIG_EXIT, LIFECYCLE);
    AssertKinds("images > 5", RIG_EXIT, RIG_ALL);
    AssertKinds("parent_image endswith 'x'", RIG_START, LIFECYCLE);
    AssertKinds("image == parent_image", RIG_START, LIFECYCLE);
    AssertKinds("kind == image and image endswith 'x'", RIG_IMAGE, RIG_IMAGE);
    AssertKinds("kind == start and image endswith 'x'", RIG_START, RIG_START);
    AssertKinds("kind == image and not parent_image endswith 'x'", RIG_IMAGE, RIG_IMAGE);
}

static void
where_nothing_passes_losses_of_every_kind_are_read(void **State)
{
    (void)State;
    AssertKinds("kind == lost", 0, RIG_ALL);
    AssertKinds("kind == start and kind == exit", 0, RIG_ALL);
    AssertKinds("pid == 5 and pid == 6", 0, RIG_ALL);
    AssertKinds("pid == 5000000000", 0, RIG_ALL);
    AssertKinds("kind != lost", RIG_ALL, RIG_ALL);
    AssertKinds("kind in (start, lost)", RIG_START, RIG_START);
}

static void
AssertKeys(const char *Text, uint32_t Count, uint32_t First, uint32_t Second)
{
    FILTER_NEEDS Needs = NeedsOf(Text);

    assert_int_equal(Needs.KeyCount, Count);
    assert_int_equal(Needs.Keys[0], First);
    assert_int_equal(Needs.Keys[1], Second);
}

static void
process_ids_are_the_drivers_to_select_by(void **State)
{
    (void)State;
    AssertKeys("pid == 5", 1, 5, 0);
    AssertKeys("pid in (5, 6, 5)", 2, 5, 6);
    AssertKeys("pid == 5 or pid == 6 and kind == exit", 2, 5, 6);
    AssertKeys("pid in (4, 5) and pid in (5, 6) and size > 5", 1, 5, 0);
    AssertKeys("not (pid != 5 and pid != 6)", 2, 5, 6);
    AssertKeys("not pid != 5", 1, 5, 0);
    AssertKeys("pid == 5 and (kind == exit or kind == start)", 1, 5, 0);
    AssertKeys("kind == exit and image endswith 'x' and pid == 5", 1, 5, 0);
    AssertKeys("pid == 5 or kind == exit", 0, 0, 0);
    AssertKeys("pid != 5", 0, 0, 0);
    AssertKeys("not pid == 5", 0, 0, 0);
    AssertKeys("pid > 5", 0, 0, 0);
    AssertKeys("pid == parent_pid", 0, 0, 0);
    AssertKeys("status(pid) == 'present'", 0, 0, 0);
    /* The parent's start is another process's. */
    AssertKeys("pid == 5 and parent_image endswith 'x'", 0, 0, 0);
    AssertKeys("pid == 5 and kind == image and not has(parent_image)", 1, 5, 0);
}

static void
more_process_ids_than_the_driver_takes_are_all(void **State)
{
    static char Text[RIG_TEXT_BYTES] = "pid in (0";
    char Part[16];

    (void)State;
    for (unsigned Index = 1; Index < PRCM_MAX_KEYS; Index++)
    {
        snprintf(Part, sizeof(Part), ", %u", Index);
        RigAppend(Text, Part);
    }
    RigAppend(Text, ")");
    assert_int_equal(NeedsOf(Text).KeyCount, PRCM_MAX_KEYS);
    RigAppend(Text, " or pid == 7");
    assert_int_equal(NeedsOf(Text).KeyCount, PRCM_MAX_KEYS);
    RigAppend(Text, " or pid == 64");
    assert_int_equal(NeedsOf(Text).KeyCount, 0);
    assert_int_equal(NeedsOf(Text).Shown, RIG_ALL);
}

static FILTER_NEEDS
NeedsOfBoth(const char *A, const char *B, uint32_t Kinds, uint32_t Key)
{
    FILTER_NEEDS Needs = {.Shown = Kinds, .KeyCount = Key != 0, .Keys = {Key}};
    FILTER *Filters[2] = {Parse(A), Parse(B)};

    FilterGetNeedsOfAll((const FILTER *const *)Filters, 2, &Needs);
    FilterFree(Filters[0]);
    FilterFree(Filters[1]);
    return Needs;
}

static void
of_several_filters_one_does_not_take_from_another_what_it_joins(void **State)
{
    FILTER_NEEDS Needs = NeedsOfBoth("pid == 5", "parent_image endswith 'x'", RIG_ALL, 0);

    (void)State;
    assert_int_equal(Needs.Shown, RIG_START);
    assert_int_equal(Needs.Read, LIFECYCLE);
    assert_int_equal(Needs.KeyCount, 0);
    Needs = NeedsOfBoth("kind == exit", "not image endswith 'x'", RIG_ALL, 5);
    assert_int_equal(Needs.Shown, RIG_EXIT);
    assert_int_equal(Needs.Read, LIFECYCLE);
    assert_int_equal(Needs.KeyCount, 1);
    assert_int_equal(Needs.Keys[0], 5);
    Needs = NeedsOfBoth("pid in (5, 6)", "images > 5", RIG_START | RIG_EXIT, 6);
    assert_int_equal(Needs.Shown, RIG_EXIT);
    assert_int_equal(Needs.Read, RIG_ALL);
    assert_int_equal(Needs.KeyCount, 1);
    assert_int_equal(Needs.Keys[0], 6);
    Needs = NeedsOfBoth("pid == 5", "elevated", RIG_ALL, 6);
    assert_int_equal(Needs.Shown, 0);
    assert_int_equal(Needs.Read, RIG_ALL);
    assert_int_equal(Needs.KeyCount, 0);
}

static uint64_t Seed;

static unsigned
Random(unsigned Below)
{
    Seed ^= Seed << 13;
    Seed ^= Seed >> 7;
    Seed ^= Seed << 17;
    return (unsigned)(Seed % Below);
}

static void
AppendLeaf(char *Text)
{
    static const char *const Leaves[] = {
        "kind == start",
        "kind == exit",
        "kind == image",
        "kind == lost",
        "kind != start",
        "kind in (exit, image)",
        "event != process_exit",
        "kind == event",
        "pid == 4",
        "pid == 8",
        "pid != 8",
        "pid in (4, 12)",
        "pid in (8, 12, 16)",
        "pid < 12",
        "pid == parent_pid",
        "image endswith 'a.exe'",
        "image matches 'b*'",
        "image =~ 'c'",
        "image !~ 'a'",
        "image != 'x'",
        "image == parent_image",
        "has(image)",
        "status(image) == 'absent'",
        "has(parent_image)",
        "parent_image endswith 'b.exe'",
        "parent_image != 'x'",
        "status(parent_image) != 'absent'",
        "lifetime_ms > 5",
        "lifetime_ms <= 20ms",
        "has(lifetime_ms)",
        "images > 1",
        "images == 0",
        "has(images)",
        "size > 1K",
        "exit_status == 1",
        "elevated",
        "elevated == false",
        "has(exit_status)",
        "parent_pid in (4, 8)",
        "seq > 30",
        "base == 1",
    };
    RigAppend(Text, Leaves[Random(sizeof(Leaves) / sizeof(Leaves[0]))]);
}

static void
AppendExpression(char *Text, unsigned Depth)
{
    unsigned Choice = Random(8);

    if (Depth == 0 || Choice < 2)
    {
        AppendLeaf(Text);
        return;
    }
    RigAppend(Text, Choice == 2 ? "not (" : "(");
    AppendExpression(Text, Depth - 1);
    if (Choice > 2)
    {
        RigAppend(Text, Choice < 6 ? " and " : " or ");
        AppendExpression(Text, Depth - 1);
    }
    RigAppend(Text, ")");
}

static const char *const Images[] = {"\\d\\a.exe", "\\d\\b.exe", "\\d\\c.exe"};

static void
AddRandomStart(BATCH_BUILDER *Builder, uint32_t Id, const uint64_t *Created)
{
    unsigned Parent = Random(PROCESSES);
    PRCM_START *Start = BuilderAddStart(Builder, Id);

    Start->CreateTime = EventsPresent(Created[Id / 4]);
    Start->ParentProcessId = EventsPresent(4 * Parent);
    if (Created[Parent] != 0 && Random(4) != 0)
        Start->ParentCreateTime = EventsPresent(Created[Parent]);
    if (Random(3) != 0)
        Start->Elevated = EventsPresent(Random(2));
    if (Random(5) != 0)
        BuilderSetText(Builder, &Start->ImagePath.Text, Images[Random(3)]);
}

static void
AddRandomLoad(BATCH_BUILDER *Builder, uint32_t Id, const uint64_t *Created)
{
    PRCM_IMAGE *Image = BuilderAddImage(Builder, Id);

    Image->CreateTime = EventsPresent(Created[Id / 4]);
    Image->ImageSize = Random(2000);
    if (Random(5) != 0)
        BuilderSetText(Builder, &Image->ImagePath.Text, Images[Random(3)]);
}

/* Processes that start, load and exit; some were there before, and ids are used again. */
static const PRCM_BATCH *
MakeEvents(BATCH_BUILDER *Builder)
{
    const uint64_t Before[PRCM_KIND_COUNT] = {0};
    uint64_t Created[PROCESSES];
    bool Runs[PROCESSES];

    BuilderBegin(Builder, Before);
    for (unsigned Index = 0; Index < PROCESSES; Index++)
    {
        Runs[Index] = Random(2) != 0;
        Created[Index] = Runs[Index] ? 1 + Index : 0;
    }
    for (unsigned Index = 0; Index < EVENTS; Index++)
    {
        unsigned Process = Random(PROCESSES);
        bool Exits = Runs[Process] && Random(4) == 0;
        if (!Runs[Process])
        {
            Created[Process] = EVENTS_TIME + Index;
            AddRandomStart(Builder, 4 * Process, Created);
        }
        else if (!Exits)
            AddRandomLoad(Builder, 4 * Process, Created);
        else
        {
            PRCM_EXIT *Exit = BuilderAddExit(Builder, 4 * Process);
            Exit->CreateTime = EventsPresent(Created[Process]);
            Exit->ExitStatus = EventsPresent(Random(3));
        }
        Runs[Process] = !Exits;
    }
    return BuilderEnd(Builder, 0);
}

static bool
IsRead(const FILTER_NEEDS *Needs, const PRCM_RECORD *Record)
{
    bool Found = Needs->KeyCount == 0;

    for (uint32_t Index = 0; Index < Needs->KeyCount; Index++)
        Found = Found || Needs->Keys[Index] == Record->Key;
    return Found && (Needs->Read & PRCM_KIND_BIT(Record->Kind)) != 0;
}

static bool
PassesIn(VIEW *View, FILTER *Filter, const PRCM_RECORD *Record)
{
    EVENT Event;

    ViewResolve(View, Record, &Event);
    return FilterMatches(Filter, &EventsOrigin, &Event);
}

/* Counts what passed and what was not read. */
static void
Compare(const char *Text, const PRCM_BATCH *Batch, unsigned *Passed, unsigned *Unread)
{
    static VIEW Whole;
    static VIEW Part;
    FILTER *Filter = Parse(Text);
    const PRCM_RECORD *Record;
    PRCM_RECORDS Records;
    FILTER_NEEDS Needs;

    FilterGetNeeds(Filter, &Needs);
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    ViewInit(&Whole, &EventsNoHooks, PRCM_KINDS_ALL);
    ViewInit(&Part, &EventsNoHooks, Needs.Read);
    while ((Record = PrcmBatchNext(&Records)) != NULL)
    {
        bool Read = IsRead(&Needs, Record);
        bool Passes = PassesIn(&Whole, Filter, Record);
        bool PassesHere = Read && PassesIn(&Part, Filter, Record);
        if (Passes != PassesHere || (Passes && (Needs.Shown & PRCM_KIND_BIT(Record->Kind)) == 0))
            fail_msg("%s: number %u, %s", Text, (unsigned)Record->Sequence, Read ? "read" : "not read");
        *Passed += Passes;
        *Unread += !Read;
    }
    ViewDestroy(&Whole);
    ViewDestroy(&Part);
    FilterFree(Filter);
}

static void
the_same_passes_whatever_the_driver_leaves_out(void **State)
{
    static BATCH_BUILDER Builder;
    static char Text[RIG_TEXT_BYTES];
    unsigned Passed = 0;
    unsigned Unread = 0;

    (void)State;
    Seed = 20261122;
    for (unsigned Index = 0; Index < EXPRESSIONS; Index++)
    {
        const PRCM_BATCH *Batch = MakeEvents(&Builder);
        Text[0] = '\0';
        AppendExpression(Text, 1 + Random(4));
        Compare(Text, Batch, &Passed, &Unread);
    }
    /* The test has seen both. */
    assert_in_range(Passed, EXPRESSIONS, EXPRESSIONS * (EVENTS - 5));
    assert_in_range(Unread, EXPRESSIONS, EXPRESSIONS * EVENTS);
    print_message("%u expressions, %u events: %u passed, %u not read\n", EXPRESSIONS, EXPRESSIONS * EVENTS,
                  Passed, Unread);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(kinds_that_cannot_pass_are_not_read),
        cmocka_unit_test(what_the_view_joins_from_is_read_and_not_shown),
        cmocka_unit_test(where_nothing_passes_losses_of_every_kind_are_read),
        cmocka_unit_test(process_ids_are_the_drivers_to_select_by),
        cmocka_unit_test(more_process_ids_than_the_driver_takes_are_all),
        cmocka_unit_test(of_several_filters_one_does_not_take_from_another_what_it_joins),
        cmocka_unit_test(the_same_passes_whatever_the_driver_leaves_out),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
