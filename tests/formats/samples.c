/* SPDX-License-Identifier: MIT */
#include "samples.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>

#include "events.h"
#include "prcm.h"

/* Each names what it steers or breaks where nobody looks after it. */
static const char16_t *const Hostile[] = {
    u"=cmd|'/C calc'!A0",
    u"+1+1",
    u"-2+3",
    u"@SUM(A1)",
    u"'quoted",
    u"\tTab",
    u"\rReturn",
    u"line\nline\r\n{\"event\":\"lost\"}",
    u"\x1B[2Jterminal\x9B;31m",
    u"a\"b\"\"c,d;e",
    u"\\\"\\u0022\\",
    u"<script>alert(1)</script>&amp;",
    u"\u202Etxt.exe\u2066",
    u"\u2028\u2029",
    u"\uFF1D1+1",
    u"<U+001B>",
    u"\U0001F600 \uFFFE\uFDD0",
    u"",
};

static const char16_t Broken[] = {'a', 0xD83D, 'b', 0xDC00, 0, 'c', 0xDBFF};

void
SampleBegin(SAMPLE_RUN *Run, STREAM *Stream, const FORMAT_ORIGIN *Origin)
{
    static const PRCM_FACT_SYSTEM_INFO System = {
        .Major = {.Value = 10, .Status = PRCM_PRESENT},
        .Minor = {.Value = 0, .Status = PRCM_PRESENT},
        .Build = {.Value = 19045, .Status = PRCM_PRESENT},
        .Revision = {.Status = PRCM_ABSENT},
    };
    const PRCM_QUERY Driver = {.DriverVersion = 1u << 16, .Time = EVENTS_TIME, .Kinds = PRCM_KINDS_ALL};
    const PRCM_SUBSCRIPTION Asked = {.Kinds = PRCM_KINDS_ALL, .From = PRCM_FROM_OLDEST};
    const PRCM_SUBSCRIBED Given = {.Start = {.Instance = Origin->Instance, .Next = 1},
                                   .Resume = PRCM_RESUME_EXACT};
    const FORMAT_HEADER Header = {
        .Boot = {.Value = EVENTS_TIME - 72000000000, .Status = PRCM_PRESENT},
        .ConsoleVersion = PrcmVersion(),
        .Driver = &Driver,
        .Asked = &Asked,
        .Given = &Given,
        .System = &System,
    };

    memset(Run, 0, sizeof(*Run));
    Run->Stream = Stream;
    Run->Account.Instance = Origin->Instance;
    Run->Account.From = 1;
    Run->Account.KindsKnown = 1;
    Run->Account.Closed = 1;
    StreamBegin(Stream, Origin, &Header);
}

void
SampleShow(SAMPLE_RUN *Run, const PRCM_BATCH *Batch)
{
    PRCM_ACCOUNT *Account = &Run->Account;
    PRCM_RECORDS Records;

    PRCM_RESULT Result = PrcmBatchOpen(Batch, Batch->Bytes, &Records);
    assert(Result == PRCM_OK);
    if (Result != PRCM_OK)
        return;
    StreamBatch(Run->Stream, Batch, Records);
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Account->Delivered[Kind] += Batch->Delivered[Kind];
        Account->Filtered[Kind] += Batch->Filtered[Kind];
        Account->Lost[Kind] += Batch->Lost[Kind];
        Account->Captured[Kind] = Account->Delivered[Kind] + Account->Filtered[Kind] + Account->Lost[Kind];
    }
    Account->Unknown += Batch->Unknown;
    Account->Next = Batch->Next.Next;
    Account->Head = Batch->Next.Next;
    Run->Next = Batch->Next;
}

void
SampleClose(SAMPLE_RUN *Run)
{
    CLOSING Closing;

    StreamClose(Run->Stream, &Run->Account, &Run->Next, &Closing);
}

/* The next batch continues behind what Run has shown. */
static BATCH_BUILDER *
Continue(const SAMPLE_RUN *Run)
{
    static BATCH_BUILDER Builder;

    BuilderBegin(&Builder, Run->Next.Captured);
    return &Builder;
}

static void
End(SAMPLE_RUN *Run, BATCH_BUILDER *Builder)
{
    SampleShow(Run, BuilderEnd(Builder, 0));
}

void
SampleShort(STREAM *Stream)
{
    SAMPLE_RUN Run;

    SampleBegin(&Run, Stream, &EventsOrigin);
    BATCH_BUILDER *Builder = Continue(&Run);
    EventsAddStart(Builder);
    EventsAddImage(Builder);
    BuilderAddLost(Builder, PRCM_KIND_IMAGE, 3, 0, PRCM_KIND_START, 0)->Header.Time = EVENTS_TIME + 5000000;
    EventsAddExit(Builder);
    End(&Run, Builder);
    SampleClose(&Run);
}

static void
SetUnits(BATCH_BUILDER *Builder, PRCM_BYTES *Field, const char16_t *Units, size_t Count)
{
    BuilderSetBytes(Builder, Field, Units, (uint32_t)(Count * sizeof(*Units)));
}

static size_t
LengthOf(const char16_t *Units)
{
    size_t Count = 0;

    while (Units[Count] != 0)
        Count++;
    return Count;
}

/* A process that does as it likes with what is told of it, a child of the one before. */
static void
AddHostile(SAMPLE_RUN *Run, uint32_t Id, const char16_t *Units, size_t Count)
{
    BATCH_BUILDER *Builder = Continue(Run);
    PRCM_START *Start = EventsAddBareStart(Builder);

    Start->Header.Key = Id;
    Start->CreateTime = EventsPresent(EVENTS_TIME + Id);
    Start->ParentProcessId = EventsPresent(Id - 4);
    Start->ParentCreateTime = EventsPresent(EVENTS_TIME + Id - 4);
    SetUnits(Builder, &Start->ImagePath.Text, Units, Count);
    SetUnits(Builder, &Start->CommandLine, Units, Count);
    PRCM_IMAGE *Image = EventsAddBareImage(Builder);
    Image->Header.Key = Id;
    Image->CreateTime = EventsPresent(EVENTS_TIME + Id);
    SetUnits(Builder, &Image->ImagePath.Text, Units, Count);
    End(Run, Builder);
}

static void
ShowHostile(SAMPLE_RUN *Run)
{
    uint32_t Id = 5000;

    for (size_t Index = 0; Index < sizeof(Hostile) / sizeof(Hostile[0]); Index++, Id += 4)
        AddHostile(Run, Id, Hostile[Index], LengthOf(Hostile[Index]));
    AddHostile(Run, Id, Broken, sizeof(Broken) / sizeof(Broken[0]));
}

/* Fields that are not there, for each reason there is. */
static void
ShowLacking(SAMPLE_RUN *Run)
{
    BATCH_BUILDER *Builder = Continue(Run);

    EventsAddBareStart(Builder)->Header.Key = 4000;
    PRCM_START *Failing = EventsAddBareStart(Builder);
    Failing->Header.Key = 4004;
    Failing->UserSid.Status = 0xC0000022;
    Failing->SessionId = EventsMissing(0xC0000008);
    Failing->StartKey = EventsMissing(PRCM_WITHHELD);
    PRCM_START *Cut = EventsAddStart(Builder);
    Cut->Header.Key = 4008;
    Cut->CommandLine.Status = PRCM_TRUNCATED;
    Cut->CommandLine.FullLength += 100;
    Cut->CreationStatus = EventsPresent(0xC0000022);
    Cut->IntegrityLevel = EventsPresent(0x2100);
    PRCM_IMAGE *Kernel = EventsAddImage(Builder);
    Kernel->Header.Key = 0;
    Kernel->CreateTime = EventsMissing(PRCM_ABSENT);
    Kernel->Base = EventsMissing(PRCM_WITHHELD);
    Kernel->Properties = PRCM_IMAGE_SYSTEM_MODE;
    EventsAddBareImage(Builder)->Header.Key = 4000;
    EventsAddBareExit(Builder)->Header.Key = 4012;
    End(Run, Builder);
}

static void
ShowLosses(SAMPLE_RUN *Run)
{
    static const char *const Causes[] = {HOLE_CAUSE_DAMAGED, HOLE_CAUSE_NOT_RECORDED,
                                         HOLE_CAUSE_FILE_MISSING};
    BATCH_BUILDER *Builder = Continue(Run);
    HOLE Hole;

    BuilderAddLost(Builder, PRCM_KIND_START, 1, 2, PRCM_KIND_EXIT, 4)->Header.Time = 0;
    EventsAddExit(Builder)->Header.Key = 4016;
    BuilderAddLost(Builder, PRCM_KIND_EXIT, 7, 0, PRCM_KIND_EXIT, 0)->Header.Time = EVENTS_TIME;
    End(Run, Builder);
    for (size_t Index = 0; Index < sizeof(Causes) / sizeof(Causes[0]); Index++)
    {
        HoleOfGap(&Hole, Run->Next.Next, Run->Next.Next + 2, Causes[Index], NULL);
        StreamHole(Run->Stream, &Hole);
    }
    Builder = Continue(Run);
    BuilderAddUnknown(Builder, 40);
    End(Run, Builder);
}

/* A process with a child that outlives it, a fault at its end, and a clock that is set back meanwhile. */
static void
ShowFamily(SAMPLE_RUN *Run)
{
    BATCH_BUILDER *Builder = Continue(Run);

    EventsAddStart(Builder);
    EventsAddImage(Builder);
    PRCM_START *Child = EventsAddStart(Builder);
    Child->Header.Key = 2000;
    Child->Header.Time = EVENTS_TIME - 36000000000;
    Child->ParentProcessId = EventsPresent(EVENTS_PROCESS);
    Child->ParentCreateTime = EventsPresent(EVENTS_TIME - 10);
    EventsAddImage(Builder)->Header.Key = 2000;
    PRCM_EXIT *Exit = EventsAddExit(Builder);
    Exit->Header.Time = EVENTS_TIME - 1;
    Exit->ExitStatus = EventsPresent(0xC0000005);
    PRCM_START *Grandchild = EventsAddStart(Builder);
    Grandchild->Header.Key = 2004;
    Grandchild->ParentProcessId = EventsPresent(EVENTS_PROCESS);
    Grandchild->ParentCreateTime = EventsPresent(EVENTS_TIME - 10);
    EventsAddExit(Builder)->Header.Key = 2004;
    End(Run, Builder);
}

void
SampleAll(STREAM *Stream)
{
    const FORMAT_ORIGIN Nameless = {.HostStatus = 0xC0000022, .Instance = 6};
    SAMPLE_RUN Run;

    SampleBegin(&Run, Stream, &EventsOrigin);
    ShowFamily(&Run);
    ShowLacking(&Run);
    ShowHostile(&Run);
    ShowLosses(&Run);
    SampleClose(&Run);
    SampleBegin(&Run, Stream, &Nameless);
    ShowFamily(&Run);
    SampleClose(&Run);
}
