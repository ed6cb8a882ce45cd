/* SPDX-License-Identifier: MIT
 *
 * What Sysmon would have logged, by its event ids and names, for rules that are written for it: a flat JSON object a line. A
 * field that is not known is left out. What Sysmon has no name for is in the object "prcm".
 */
#include "formats.h"

#include "parts.h"
#include "text/times.h"

#define SYSMON_PROCESS_CREATE    1u
#define SYSMON_PROCESS_TERMINATE 5u
#define SYSMON_DRIVER_LOAD       6u
#define SYSMON_IMAGE_LOAD        7u
#define SYSMON_ERROR             255u

/* Written under names of Sysmon's. */
#define PLACED                                                                                               \
    (EVENT_BIT(EVENT_TIME) | EVENT_BIT(EVENT_PID) | EVENT_BIT(EVENT_SEQ) | EVENT_BIT(EVENT_PARENT_PID) |     \
     EVENT_BIT(EVENT_PARENT_IMAGE) | EVENT_BIT(EVENT_SESSION_ID) | EVENT_BIT(EVENT_USER) |                   \
     EVENT_BIT(EVENT_IMAGE) | EVENT_BIT(EVENT_COMMAND_LINE))

/* "2026-11-22 17:59:21.893" */
static void
WriteUtcTime(JSON *Json, const char *Name, int64_t Time)
{
    JsonName(Json, Name);
    SinkChar(Json->Sink, '"');
    TimesWriteDate(Json->Sink, Time);
    SinkChar(Json->Sink, '.');
    SinkDigits(Json->Sink, (uint64_t)Time / TIMES_PER_MILLISECOND % 1000, 3);
    SinkChar(Json->Sink, '"');
}

static void
WriteGuid(JSON *Json, const char *Name, const IDENTITY *Identity)
{
    if (Identity->Status != PRCM_PRESENT)
        return;
    JsonName(Json, Name);
    SinkChar(Json->Sink, '"');
    IdentityWriteGuid(Json->Sink, Identity);
    SinkChar(Json->Sink, '"');
}

static void
Begin(JSON *Json, SINK *Sink, const FORMAT_ORIGIN *Origin, uint32_t EventId, int64_t Time)
{
    JsonBegin(Json, Sink);
    JsonUnsigned(Json, "EventID", EventId);
    JsonAscii(Json, "Channel", "Microsoft-Windows-Sysmon/Operational");
    JsonAscii(Json, "Provider_Name", "prcm");
    if (Origin->HostStatus == PRCM_PRESENT)
        PartsText(Json, "Computer", Origin->Host);
    WriteUtcTime(Json, "UtcTime", Time);
}

static void
BeginEvent(JSON *Json, SINK *Sink, const FORMAT_ORIGIN *Origin, uint32_t EventId, const EVENT *Event)
{
    PartsSawTime(Origin, Event->Record->Time);
    Begin(Json, Sink, Origin, EventId, Event->Record->Time);
    JsonUnsigned(Json, "EventRecordID", Event->Record->Sequence);
    if (EventId == SYSMON_DRIVER_LOAD)
        return;
    WriteGuid(Json, "ProcessGuid", &Event->Entity);
    JsonUnsigned(Json, "ProcessId", Event->Record->Key);
}

static void
EndEvent(JSON *Json, const FORMAT_ORIGIN *Origin, const EVENT *Event, uint64_t Placed)
{
    JsonOpen(Json, "prcm", '{');
    JsonHex(Json, "instance", Origin->Instance);
    PartsRest(Json, Event, Placed);
    JsonClose(Json, '}');
    JsonEnd(Json);
}

static void
WriteUser(JSON *Json, const EVENT *Event)
{
    const uint8_t *Sid;
    PROCESS_TEXT User;

    PartsUser(Event, &Sid, &User);
    PartsTold(Json, "User", &User);
}

static void
WriteParent(JSON *Json, const EVENT *Event)
{
    WriteGuid(Json, "ParentProcessGuid", &Event->ParentEntity);
    PartsField(Json, "ParentProcessId", Event, EVENT_PARENT_PID);
    PartsField(Json, "ParentImage", Event, EVENT_PARENT_IMAGE);
    if (Event->Parent == NULL)
        return;
    PartsTold(Json, "ParentCommandLine", &Event->Parent->Told.CommandLine);
    PartsTold(Json, "ParentUser", &Event->Parent->Told.User);
}

static const char *
IntegrityOf(const PRCM_START *Start)
{
    const char *Name = PartsIntegrity(&Start->IntegrityLevel);
    bool IsSysmons = Name != NULL && Start->IntegrityLevel.Value != 0;

    if (!IsSysmons)
        return NULL;
    return Name[0] == 'P' ? "Protected Process" : Name;
}

static void
WriteStart(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    const char *Integrity = IntegrityOf((const PRCM_START *)Event->Record);
    JSON Json;

    BeginEvent(&Json, Sink, Origin, SYSMON_PROCESS_CREATE, Event);
    PartsField(&Json, "Image", Event, EVENT_IMAGE);
    PartsField(&Json, "CommandLine", Event, EVENT_COMMAND_LINE);
    WriteUser(&Json, Event);
    PartsField(&Json, "TerminalSessionId", Event, EVENT_SESSION_ID);
    if (Integrity != NULL)
        JsonAscii(&Json, "IntegrityLevel", Integrity);
    WriteParent(&Json, Event);
    EndEvent(&Json, Origin, Event, PLACED);
}

static void
WriteExit(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    JSON Json;

    BeginEvent(&Json, Sink, Origin, SYSMON_PROCESS_TERMINATE, Event);
    PartsField(&Json, "Image", Event, EVENT_IMAGE);
    WriteUser(&Json, Event);
    EndEvent(&Json, Origin, Event, PLACED);
}

static void
WriteLoad(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    uint32_t EventId = PartsIsDriver(Event) ? SYSMON_DRIVER_LOAD : SYSMON_IMAGE_LOAD;
    JSON Json;

    BeginEvent(&Json, Sink, Origin, EventId, Event);
    if (Event->Process != NULL && EventId == SYSMON_IMAGE_LOAD)
    {
        PartsTold(&Json, "Image", &Event->Process->Told.Image);
        WriteUser(&Json, Event);
    }
    PartsField(&Json, "ImageLoaded", Event, EVENT_IMAGE);
    EndEvent(&Json, Origin, Event, PLACED);
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

/* Sysmon tells of itself as event 255, with an ID and a description: so do we. */
static void
BeginError(JSON *Json, SINK *Sink, const FORMAT_ORIGIN *Origin, const char *Id, int64_t Time)
{
    Begin(Json, Sink, Origin, SYSMON_ERROR, PartsTime(Origin, Time));
    JsonAscii(Json, "ID", Id);
}

static void
OpenOwn(JSON *Json, const FORMAT_ORIGIN *Origin, const char *Name)
{
    JsonOpen(Json, "prcm", '{');
    JsonHex(Json, "instance", Origin->Instance);
    JsonOpen(Json, Name, '{');
}

static void
CloseOwn(JSON *Json)
{
    JsonClose(Json, '}');
    JsonClose(Json, '}');
    JsonEnd(Json);
}

static void
WriteLost(SINK *Sink, const FORMAT_ORIGIN *Origin, const HOLE *Hole)
{
    JSON Json;

    for (size_t Index = 0; Index < Hole->LossCount; Index++)
    {
        BeginError(&Json, Sink, Origin, "LOST", Hole->Time);
        PartsLostText(&Json, "Description", Hole, &Hole->Losses[Index]);
        OpenOwn(&Json, Origin, "lost");
        PartsLost(&Json, Hole, &Hole->Losses[Index]);
        CloseOwn(&Json);
    }
}

static void
WriteClosing(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance)
{
    JSON Json;

    (void)LocalInstance;
    BeginError(&Json, Sink, Origin, "ACCOUNT", 0);
    PartsAccountText(&Json, "Description", Closing);
    OpenOwn(&Json, Origin, "account");
    PartsAccount(&Json, Closing);
    CloseOwn(&Json);
}

static void
WriteHeader(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    (void)Sink;
    (void)Origin;
    (void)Header;
}

const FORMAT FormatSysmon = {
    .Header = WriteHeader,
    .Event = WriteEvent,
    .Lost = WriteLost,
    .Closing = WriteClosing,
};
