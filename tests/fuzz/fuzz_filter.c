/* SPDX-License-Identifier: MIT
 *
 * libFuzzer: whatever the text, it is read as a filter or refused at a place within it; a filter decides on every event,
 * and nothing passes that the driver was told to leave out.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "filter/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size);

#define EVENT_COUNT 6u /* a start, a load and an exit with every field, and without */

static VIEW Views[EVENT_COUNT];
static EVENT Events[EVENT_COUNT];
static BATCH_BUILDER Builders[2];
static SINK Sink;

static uint32_t
Discard(void *Context, const char *Bytes, size_t Length)
{
    (void)Context;
    (void)Bytes;
    (void)Length;
    return 0;
}

/* Texts of an event are the view's, so each has one. */
static void
Resolve(const PRCM_BATCH *Batch, const VIEW_HOOKS *Hooks, unsigned First)
{
    for (unsigned Index = 0; Index < EVENT_COUNT / 2; Index++)
    {
        PRCM_RECORDS Records;
        VIEW *View = &Views[First + Index];
        PRCM_RESULT Result = PrcmBatchOpen(Batch, Batch->Bytes, &Records);
        assert(Result == PRCM_OK);
        (void)Result;
        ViewInit(View, Hooks, PRCM_KINDS_ALL);
        EventsLoadDrives(&View->Paths);
        for (unsigned Behind = 0; Behind <= Index; Behind++)
            ViewResolve(View, PrcmBatchNext(&Records), &Events[First + Index]);
    }
}

static void
MakeEvents(void)
{
    const uint64_t Before[PRCM_KIND_COUNT] = {0};

    BuilderBegin(&Builders[0], Before);
    EventsAddStart(&Builders[0]);
    EventsAddImage(&Builders[0]);
    EventsAddExit(&Builders[0]);
    Resolve(BuilderEnd(&Builders[0], 0), &EventsHooks, 0);
    BuilderBegin(&Builders[1], Before);
    EventsAddBareStart(&Builders[1]);
    EventsAddBareImage(&Builders[1]);
    EventsAddBareExit(&Builders[1]);
    Resolve(BuilderEnd(&Builders[1], 0), &EventsNoHooks, EVENT_COUNT / 2);
    SinkInit(&Sink, Discard, NULL, false);
}

static void
CheckError(const char *Text, const FILTER_ERROR *Error)
{
    size_t Length = strlen(Text);

    assert(Error->Offset <= Length && Error->Length <= Length - Error->Offset);
    assert(Error->Message[0] != '\0' && memchr(Error->Message, '\0', sizeof(Error->Message)) != NULL);
    for (const char *At = Error->Message; *At != '\0'; At++)
        assert(*At >= ' ' && *At <= '~');
    FilterWritePlace(&Sink, Text, Error);
    SinkFlush(&Sink);
}

static void
CheckNeeds(const FILTER_NEEDS *Needs, const PRCM_RECORD *Record)
{
    bool Found = Needs->KeyCount == 0;

    for (uint32_t Index = 0; Index < Needs->KeyCount; Index++)
        Found = Found || Needs->Keys[Index] == Record->Key;
    assert(Found && (Needs->Shown & PRCM_KIND_BIT(Record->Kind)) != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size)
{
    FILTER_ERROR Error;
    FILTER_NEEDS Needs;

    if (Events[0].Record == NULL)
        MakeEvents();
    char *Text = malloc(Size + 1);
    assert(Text);
    memcpy(Text, Data, Size);
    Text[Size] = '\0';
    FILTER *Filter = FilterParse(Text, EVENTS_TIME, &Error);
    if (Filter == NULL)
        CheckError(Text, &Error);
    else
    {
        FilterGetNeeds(Filter, &Needs);
        assert((Needs.Shown & ~Needs.Read) == 0 && Needs.Read != 0 && Needs.KeyCount <= PRCM_MAX_KEYS);
        for (unsigned Index = 0; Index < EVENT_COUNT; Index++)
        {
            if (FilterMatches(Filter, &EventsOrigin, &Events[Index]))
                CheckNeeds(&Needs, Events[Index].Record);
        }
    }
    FilterFree(Filter);
    free(Text);
    return 0;
}
