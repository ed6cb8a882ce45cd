/* SPDX-License-Identifier: MIT
 *
 * The Elastic Common Schema. What it has no name for is in the object "prcm", as the schema wants fields of one's own.
 */
#include "formats.h"

#include "parts.h"
#include "prcm.h"

#define ECS_VERSION "9.4.0"

#define NANOSECONDS_PER_MILLISECOND 1000000u

/* Written under names of the schema's. */
#define PLACED                                                                                               \
    (EVENT_BIT(EVENT_TIME) | EVENT_BIT(EVENT_PID) | EVENT_BIT(EVENT_SEQ) | EVENT_BIT(EVENT_ENTITY_ID) |      \
     EVENT_BIT(EVENT_CREATE_TIME) | EVENT_BIT(EVENT_PARENT_PID) | EVENT_BIT(EVENT_PARENT_CREATE_TIME) |      \
     EVENT_BIT(EVENT_PARENT_ENTITY_ID) | EVENT_BIT(EVENT_PARENT_IMAGE) | EVENT_BIT(EVENT_USER_SID) |         \
     EVENT_BIT(EVENT_USER) | EVENT_BIT(EVENT_IMAGE) | EVENT_BIT(EVENT_COMMAND_LINE) |                        \
     EVENT_BIT(EVENT_EXIT_STATUS))

/* What a record is, in the schema's words. */
typedef struct ECS_EVENT
{
    const char *Kind;
    const char *Category; /* NULL: none */
    const char *Type;
    const char *Action;
    const char *Outcome; /* NULL: not known */
    uint64_t Sequence;   /* 0: none */
} ECS_EVENT;

static void
WriteList(JSON *Json, const char *Name, const char *One)
{
    if (One == NULL)
        return;
    JsonOpen(Json, Name, '[');
    JsonAscii(Json, NULL, One);
    JsonClose(Json, ']');
}

static void
WriteHost(JSON *Json, const FORMAT_ORIGIN *Origin)
{
    JsonOpen(Json, "host", '{');
    if (Origin->HostStatus == PRCM_PRESENT)
        PartsText(Json, "name", Origin->Host);
    JsonOpen(Json, "os", '{');
    JsonAscii(Json, "type", "windows");
    JsonAscii(Json, "family", "windows");
    JsonAscii(Json, "platform", "windows");
    PartsSystemVersion(Json, "version", &Origin->System);
    JsonClose(Json, '}');
    JsonClose(Json, '}');
}

static void
Begin(JSON *Json, SINK *Sink, const FORMAT_ORIGIN *Origin, int64_t Time, const ECS_EVENT *Event)
{
    JsonBegin(Json, Sink);
    JsonTime(Json, "@timestamp", PartsTime(Origin, Time));
    JsonOpen(Json, "ecs", '{');
    JsonAscii(Json, "version", ECS_VERSION);
    JsonClose(Json, '}');
    JsonOpen(Json, "event", '{');
    JsonAscii(Json, "kind", Event->Kind);
    WriteList(Json, "category", Event->Category);
    WriteList(Json, "type", Event->Type);
    JsonAscii(Json, "action", Event->Action);
    if (Event->Outcome != NULL)
        JsonAscii(Json, "outcome", Event->Outcome);
    if (Event->Sequence != 0)
        JsonUnsigned(Json, "sequence", Event->Sequence);
    JsonAscii(Json, "module", "prcm");
    JsonAscii(Json, "dataset", "prcm.events");
}

static void
OpenOwn(JSON *Json, const FORMAT_ORIGIN *Origin)
{
    JsonOpen(Json, "prcm", '{');
    JsonHex(Json, "instance", Origin->Instance);
}

static void
BeginEvent(JSON *Json, SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event, ECS_EVENT Ecs)
{
    PartsSawTime(Origin, Event->Record->Time);
    Ecs.Kind = "event";
    Ecs.Sequence = Event->Record->Sequence;
    Begin(Json, Sink, Origin, Event->Record->Time, &Ecs);
    if (Event->LifetimeKnown && Event->LifetimeMs <= INT64_MAX / NANOSECONDS_PER_MILLISECOND)
        JsonUnsigned(Json, "duration", Event->LifetimeMs * NANOSECONDS_PER_MILLISECOND);
    JsonClose(Json, '}');
    WriteHost(Json, Origin);
}

static void
EndEvent(JSON *Json, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    OpenOwn(Json, Origin);
    PartsRest(Json, Event, PLACED);
    JsonClose(Json, '}');
    JsonEnd(Json);
}

static void
WriteUser(JSON *Json, const EVENT *Event)
{
    const uint8_t *Sid;
    PROCESS_TEXT User;
    UTF16 Domain, Name;

    PartsUser(Event, &Sid, &User);
    bool Named = EventHasValue(User.Status);
    if (!Named && Sid == NULL)
        return;
    JsonOpen(Json, "user", '{');
    if (Sid != NULL)
        PartsSid(Json, "id", Sid);
    if (Named)
    {
        PartsSplitUser(User.Text, &Domain, &Name);
        PartsText(Json, "name", Name);
        if (Domain.Count != 0)
            PartsText(Json, "domain", Domain);
    }
    JsonClose(Json, '}');
}

static void
WriteExecutable(JSON *Json, UTF16 Path)
{
    PartsText(Json, "executable", Path);
    PartsFileName(Json, "name", Path);
}

/* Of a start by its record; else as the process's own start told it. */
static void
WriteParent(JSON *Json, const EVENT *Event)
{
    bool IsStart = Event->Record->Kind == PRCM_KIND_START;
    const PRCM_START *Start = (const PRCM_START *)Event->Record;

    if (!IsStart && Event->Process == NULL)
        return;
    const PRCM_VALUE *Id = IsStart ? &Start->ParentProcessId : &Event->Process->Told.ParentId;
    const PRCM_VALUE *Created = IsStart ? &Start->ParentCreateTime : &Event->Process->Told.ParentCreateTime;
    if (Id->Status != PRCM_PRESENT)
        return;
    JsonOpen(Json, "parent", '{');
    PartsEntity(Json, "entity_id", &Event->ParentEntity);
    JsonUnsigned(Json, "pid", Id->Value);
    PartsOptional(Json, "start", Created, PartsDate);
    if (Event->ParentImageKnown)
        WriteExecutable(Json, Event->ParentImage);
    if (Event->Parent != NULL)
        PartsTold(Json, "command_line", &Event->Parent->Told.CommandLine);
    JsonClose(Json, '}');
}

static void
OpenProcess(JSON *Json, const EVENT *Event)
{
    JsonOpen(Json, "process", '{');
    PartsField(Json, "entity_id", Event, EVENT_ENTITY_ID);
    JsonUnsigned(Json, "pid", Event->Record->Key);
    PartsField(Json, "start", Event, EVENT_CREATE_TIME);
}

static void
WriteStart(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    const PRCM_START *Start = (const PRCM_START *)Event->Record;
    ECS_EVENT Ecs = {.Category = "process", .Type = "start", .Action = "start"};
    JSON Json;

    if (Start->CreationStatus.Status == PRCM_PRESENT)
        Ecs.Outcome = PRCM_IS_FAILURE(Start->CreationStatus.Value) ? "failure" : "success";
    BeginEvent(&Json, Sink, Origin, Event, Ecs);
    OpenProcess(&Json, Event);
    if (Event->ImageKnown)
        WriteExecutable(&Json, Event->Image);
    PartsField(&Json, "command_line", Event, EVENT_COMMAND_LINE);
    WriteParent(&Json, Event);
    JsonClose(&Json, '}');
    WriteUser(&Json, Event);
    EndEvent(&Json, Origin, Event);
}

/* What is remembered of the process's start. */
static void
WriteRemembered(JSON *Json, const EVENT *Event)
{
    if (Event->Process == NULL)
        return;
    const PROCESS_TOLD *Told = &Event->Process->Told;
    if (EventHasValue(Told->Image.Status))
        WriteExecutable(Json, Told->Image.Text);
    PartsTold(Json, "command_line", &Told->CommandLine);
    WriteParent(Json, Event);
}

static void
WriteExit(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    const ECS_EVENT Ecs = {.Category = "process", .Type = "end", .Action = "end"};
    JSON Json;

    BeginEvent(&Json, Sink, Origin, Event, Ecs);
    OpenProcess(&Json, Event);
    JsonTime(&Json, "end", Event->Record->Time);
    PartsField(&Json, "exit_code", Event, EVENT_EXIT_STATUS);
    WriteRemembered(&Json, Event);
    JsonClose(&Json, '}');
    WriteUser(&Json, Event);
    EndEvent(&Json, Origin, Event);
}

static void
WriteFile(JSON *Json, const char *Name, const EVENT *Event)
{
    JsonOpen(Json, Name, '{');
    PartsText(Json, "path", Event->Image);
    PartsFileName(Json, "name", Event->Image);
    JsonClose(Json, '}');
}

static void
WriteLoad(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    bool IsDriver = PartsIsDriver(Event);
    const ECS_EVENT Ecs = {.Category = IsDriver ? "driver" : "library", .Type = "start", .Action = "load"};
    JSON Json;

    BeginEvent(&Json, Sink, Origin, Event, Ecs);
    if (!IsDriver)
    {
        OpenProcess(&Json, Event);
        WriteRemembered(&Json, Event);
        JsonClose(&Json, '}');
        WriteUser(&Json, Event);
    }
    if (Event->ImageKnown)
    {
        WriteFile(&Json, "dll", Event);
        WriteFile(&Json, "file", Event);
    }
    EndEvent(&Json, Origin, Event);
}

static void
WriteEvent(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    switch (Event->Record->Kind)
    {
    case PRCM_KIND_START:
        WriteStart(Sink, Origin, Event);
        break;
    case PRCM_KIND_EXIT:
        WriteExit(Sink, Origin, Event);
        break;
    case PRCM_KIND_IMAGE:
        WriteLoad(Sink, Origin, Event);
        break;
    default:
        break;
    }
}

static void
EndOwn(JSON *Json)
{
    JsonClose(Json, '}');
    JsonClose(Json, '}');
    JsonEnd(Json);
}

static void
WriteHeader(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    const ECS_EVENT Ecs = {.Kind = "state", .Type = "info", .Action = "stream"};
    JSON Json;

    Begin(&Json, Sink, Origin, Header->Driver != NULL ? Header->Driver->Time : 0, &Ecs);
    JsonClose(&Json, '}');
    WriteHost(&Json, Origin);
    OpenOwn(&Json, Origin);
    JsonOpen(&Json, "stream", '{');
    PartsStream(&Json, Origin, Header);
    EndOwn(&Json);
}

static const char *
CategoryOf(const HOLE_LOSS *Loss)
{
    return Loss->KindNumber == PRCM_KIND_IMAGE ? "library"
           : Loss->KindNumber < CLOSING_KINDS  ? "process"
                                               : NULL;
}

static void
WriteLost(SINK *Sink, const FORMAT_ORIGIN *Origin, const HOLE *Hole)
{
    JSON Json;

    for (size_t Index = 0; Index < Hole->LossCount; Index++)
    {
        const HOLE_LOSS *Loss = &Hole->Losses[Index];
        const ECS_EVENT Ecs = {.Kind = "pipeline_error",
                               .Category = CategoryOf(Loss),
                               .Type = "info",
                               .Action = "lost",
                               .Sequence = Hole->First};
        Begin(&Json, Sink, Origin, Hole->Time, &Ecs);
        JsonAscii(&Json, "reason", Loss->Cause);
        JsonClose(&Json, '}');
        PartsLostText(&Json, "message", Hole, Loss);
        WriteHost(&Json, Origin);
        OpenOwn(&Json, Origin);
        JsonOpen(&Json, "lost", '{');
        PartsLost(&Json, Hole, Loss);
        EndOwn(&Json);
    }
}

static void
WriteClosing(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance)
{
    const ECS_EVENT Ecs = {.Kind = "metric", .Type = "info", .Action = "account"};
    JSON Json;

    (void)LocalInstance;
    Begin(&Json, Sink, Origin, 0, &Ecs);
    JsonClose(&Json, '}');
    PartsAccountText(&Json, "message", Closing);
    WriteHost(&Json, Origin);
    OpenOwn(&Json, Origin);
    JsonOpen(&Json, "account", '{');
    PartsAccount(&Json, Closing);
    EndOwn(&Json);
}

const FORMAT FormatEcs = {
    .Header = WriteHeader,
    .Event = WriteEvent,
    .Lost = WriteLost,
    .Closing = WriteClosing,
};
