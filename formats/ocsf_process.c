/* SPDX-License-Identifier: MIT */
#include "ocsf_process.h"

#define REGULAR_FILE    1u
#define INTEGRITY_OTHER 99u

void
OcsfFile(JSON *Json, UTF16 Path)
{
    JsonOpen(Json, "file", '{');
    PartsFileName(Json, "name", Path);
    JsonUnsigned(Json, "type_id", REGULAR_FILE);
    PartsText(Json, "path", Path);
    JsonClose(Json, '}');
}

static void
WriteImage(JSON *Json, bool Known, UTF16 Path)
{
    if (!Known)
        return;
    PartsFileName(Json, "name", Path);
    OcsfFile(Json, Path);
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
    if (Named)
    {
        PartsSplitUser(User.Text, &Domain, &Name);
        PartsText(Json, "name", Name);
        if (Domain.Count != 0)
            PartsText(Json, "domain", Domain);
    }
    if (Sid != NULL)
        PartsSid(Json, "uid", Sid);
    JsonClose(Json, '}');
}

static void
WriteSession(JSON *Json, const PRCM_VALUE *Session)
{
    if (Session->Status != PRCM_PRESENT)
        return;
    JsonOpen(Json, "session", '{');
    JsonName(Json, "uid");
    SinkChar(Json->Sink, '"');
    SinkUnsigned(Json->Sink, Session->Value);
    SinkChar(Json->Sink, '"');
    JsonClose(Json, '}');
}

/* integrity_id: from 1, in the order of the levels; 99 for one between them. */
static void
WriteIntegrity(JSON *Json, const PRCM_VALUE *Level)
{
    const char *Name = PartsIntegrity(Level);

    if (Level->Status != PRCM_PRESENT)
        return;
    JsonUnsigned(Json, "integrity_id", Name != NULL ? Level->Value / 0x1000 + 1 : INTEGRITY_OTHER);
    JsonName(Json, "integrity");
    SinkChar(Json->Sink, '"');
    if (Name != NULL)
        SinkText(Json->Sink, Name);
    else
        SinkUnsigned(Json->Sink, Level->Value);
    SinkChar(Json->Sink, '"');
}

/* What there is to say of a parent but its id. */
static void
WriteParentFacts(JSON *Json, const EVENT *Event, const PRCM_VALUE *Created)
{
    PartsEntity(Json, "uid", &Event->ParentEntity);
    PartsOptional(Json, "created_time", Created, PartsUnixTime);
    WriteImage(Json, Event->ParentImageKnown, Event->ParentImage);
    if (Event->Parent != NULL)
        PartsTold(Json, "cmd_line", &Event->Parent->Told.CommandLine);
}

static void
WriteParent(JSON *Json, const EVENT *Event, const PRCM_VALUE *Id, const PRCM_VALUE *Created)
{
    if (Id->Status != PRCM_PRESENT)
        return;
    JsonOpen(Json, "parent_process", '{');
    JsonUnsigned(Json, "pid", Id->Value);
    WriteParentFacts(Json, Event, Created);
    JsonClose(Json, '}');
}

void
OcsfOpenProcess(JSON *Json, const EVENT *Event)
{
    EVENT_VALUE Created;

    JsonOpen(Json, "process", '{');
    JsonUnsigned(Json, "pid", Event->Record->Key);
    PartsEntity(Json, "uid", &Event->Entity);
    if (EventFieldGet(Event, EVENT_CREATE_TIME, &Created) && Created.Status == PRCM_PRESENT)
        PartsUnixTime(Json, "created_time", Created.Number);
}

/* A process whose start was seen earlier. */
void
OcsfRemembered(JSON *Json, const EVENT *Event)
{
    if (Event->Process == NULL)
        return;
    const PROCESS_TOLD *Told = &Event->Process->Told;
    WriteImage(Json, EventHasValue(Told->Image.Status), Told->Image.Text);
    PartsTold(Json, "cmd_line", &Told->CommandLine);
    WriteSession(Json, &Told->SessionId);
    WriteIntegrity(Json, &Told->IntegrityLevel);
    WriteUser(Json, Event);
    WriteParent(Json, Event, &Told->ParentId, &Told->ParentCreateTime);
}

void
OcsfStarted(JSON *Json, const EVENT *Event, const PRCM_START *Start)
{
    OcsfOpenProcess(Json, Event);
    WriteImage(Json, Event->ImageKnown, Event->Image);
    PartsField(Json, "cmd_line", Event, EVENT_COMMAND_LINE);
    WriteSession(Json, &Start->SessionId);
    WriteIntegrity(Json, &Start->IntegrityLevel);
    WriteUser(Json, Event);
    WriteParent(Json, Event, &Start->ParentProcessId, &Start->ParentCreateTime);
    JsonClose(Json, '}');
}

/* Who called the OS: not always the parent. Nobody, where it is not told: the schema wants an actor all the same, and one of
 * whom nothing is said. */
void
OcsfCreator(JSON *Json, const EVENT *Event, const PRCM_START *Start)
{
    JsonOpen(Json, "actor", '{');
    if (Start->CreatorProcessId.Status != PRCM_PRESENT)
        JsonOpen(Json, "session", '{');
    else
    {
        JsonOpen(Json, "process", '{');
        JsonUnsigned(Json, "pid", Start->CreatorProcessId.Value);
        PartsOptional(Json, "tid", &Start->CreatorThreadId, JsonUnsigned);
        if (Start->ParentProcessId.Status == PRCM_PRESENT &&
            Start->ParentProcessId.Value == Start->CreatorProcessId.Value)
            WriteParentFacts(Json, Event, &Start->ParentCreateTime);
    }
    JsonClose(Json, '}');
    JsonClose(Json, '}');
}
