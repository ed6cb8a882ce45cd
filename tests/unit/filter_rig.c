/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "filter_rig.h"

static BATCH_BUILDER Builder;
static VIEW View;

static FILTER *
Parse(const char *Text)
{
    FILTER_ERROR Error;
    FILTER *Filter = FilterParse(Text, RIG_NOW, &Error);

    if (Filter == NULL)
        fail_msg("%s: %s, at %zu", Text, Error.Message, Error.Offset);
    return Filter;
}

uint32_t
RigAskOf(const char *Text, void (*Add)(BATCH_BUILDER *Builder), const VIEW_HOOKS *Hooks)
{
    const uint64_t Before[PRCM_KIND_COUNT] = {0};
    FILTER *Filter = Parse(Text);
    const PRCM_RECORD *Record;
    PRCM_RECORDS Records;
    uint32_t Passed = 0;
    EVENT Event;

    BuilderBegin(&Builder, Before);
    Add(&Builder);
    const PRCM_BATCH *Batch = BuilderEnd(&Builder, 0);
    assert_int_equal(PrcmBatchOpen(Batch, Batch->Bytes, &Records), PRCM_OK);
    ViewInit(&View, Hooks, PRCM_KINDS_ALL);
    EventsLoadDrives(&View.Paths);
    while ((Record = PrcmBatchNext(&Records)) != NULL)
    {
        ViewResolve(&View, Record, &Event);
        if (FilterMatches(Filter, &EventsOrigin, &Event))
            Passed |= PRCM_KIND_BIT(Record->Kind);
    }
    ViewDestroy(&View);
    FilterFree(Filter);
    return Passed;
}

static void
AddFull(BATCH_BUILDER *To)
{
    EventsAddStart(To);
    EventsAddImage(To);
    EventsAddExit(To);
}

static void
AddBare(BATCH_BUILDER *To)
{
    EventsAddBareStart(To);
    EventsAddBareImage(To);
    EventsAddBareExit(To);
}

uint32_t
RigAsk(const char *Text)
{
    return RigAskOf(Text, AddFull, &EventsHooks);
}

uint32_t
RigAskBare(const char *Text)
{
    return RigAskOf(Text, AddBare, &EventsNoHooks);
}

void
RigRefuses(const char *Text, const char *Place, const char *Message)
{
    FILTER_ERROR Error;
    FILTER *Filter = FilterParse(Text, RIG_NOW, &Error);

    assert_null(Filter);
    assert_string_equal(Error.Message, Message);
    assert_true(Error.Offset + Error.Length <= strlen(Text));
    assert_int_equal(Error.Length, strlen(Place));
    assert_memory_equal(Text + Error.Offset, Place, Error.Length);
}

void
RigAppend(char *Text, const char *Part)
{
    size_t Used = strlen(Text);
    size_t Length = strlen(Part);

    assert_true(Used + Length < RIG_TEXT_BYTES);
    memcpy(Text + Used, Part, Length + 1);
}
