/* SPDX-License-Identifier: MIT
 *
 * The Open Cybersecurity Schema Framework: process_activity and module_activity. What the schema has no name for is in
 * "unmapped".
 */
#include "formats.h"

#include "ocsf_chain.h"
#include "ocsf_process.h"
#include "parts.h"
#include "prcm.h"

#define OCSF_VERSION "1.9.0-dev"

#define CLASS_MODULE  1005u
#define CLASS_PROCESS 1007u
#define ACTIVITY_LOAD 1u /* of CLASS_MODULE */
#define LAUNCH        1u /* of CLASS_PROCESS */
#define TERMINATE     2u
#define OTHER         99u
#define INFORMATIONAL 1u /* severity_id */
#define MEDIUM        3u
#define SUCCESS       1u /* status_id */
#define FAILURE       2u
#define WINDOWS       100u /* os.type_id */

/* Written under names of the schema's. */
#define PLACED                                                                                               \
    (EVENT_BIT(EVENT_PID) | EVENT_BIT(EVENT_SEQ) | EVENT_BIT(EVENT_ENTITY_ID) |                              \
     EVENT_BIT(EVENT_PARENT_PID) | EVENT_BIT(EVENT_PARENT_ENTITY_ID) | EVENT_BIT(EVENT_PARENT_IMAGE) |       \
     EVENT_BIT(EVENT_CREATOR_PID) | EVENT_BIT(EVENT_CREATOR_TID) | EVENT_BIT(EVENT_SESSION_ID) |             \
     EVENT_BIT(EVENT_USER_SID) | EVENT_BIT(EVENT_USER) | EVENT_BIT(EVENT_IMAGE) |                            \
     EVENT_BIT(EVENT_COMMAND_LINE) | EVENT_BIT(EVENT_EXIT_STATUS) | EVENT_BIT(EVENT_BASE))

/* What a record is, in the schema's words. */
typedef struct OCSF_EVENT
{
    uint32_t Class;
    uint32_t Activity;
    const char *ActivityName;
    uint32_t Severity;
    int64_t Time;
    char Name[FORMAT_MAX_NAME_BYTES];
    uint64_t Sequence; /* 0: none */
    bool Truncated;
} OCSF_EVENT;

static void
WriteMetadata(JSON *Json, const OCSF_EVENT *Event)
{
    JsonOpen(Json, "metadata", '{');
    JsonAscii(Json, "version", OCSF_VERSION);
    JsonOpen(Json, "product", '{');
    JsonAscii(Json, "name", "prcm");
    JsonVersion(Json, "version", PrcmVersion());
    JsonClose(Json, '}');
    JsonOpen(Json, "profiles", '[');
    JsonAscii(Json, NULL, "host");
    JsonAscii(Json, NULL, "record_integrity");
    JsonClose(Json, ']');
    JsonAscii(Json, "uid", Event->Name);
    if (Event->Sequence != 0)
        JsonUnsigned(Json, "sequence", Event->Sequence);
    if (Event->Truncated)
        JsonBool(Json, "is_truncated", true);
    JsonClose(Json, '}');
}

/* The schema wants a name; where the host's is not known, the run of the driver stands for it. */
static void
WriteDevice(JSON *Json, const FORMAT_ORIGIN *Origin)
{
    JsonOpen(Json, "device", '{');
    JsonUnsigned(Json, "type_id", 0);
    if (Origin->HostStatus == PRCM_PRESENT)
        PartsText(Json, "hostname", Origin->Host);
    else
        JsonHex(Json, "instance_uid", Origin->Instance);
    PartsOptional(Json, "boot_time", &Origin->Boot, PartsUnixTime);
    JsonOpen(Json, "os", '{');
    JsonAscii(Json, "name", "Windows");
    JsonUnsigned(Json, "type_id", WINDOWS);
    PartsSystemVersion(Json, "version", &Origin->System);
    JsonClose(Json, '}');
    JsonClose(Json, '}');
}

static void
Begin(JSON *Json, SINK *Sink, const FORMAT_ORIGIN *Origin, const OCSF_EVENT *Event)
{
    JsonBegin(Json, Sink);
    JsonUnsigned(Json, "category_uid", 1);
    JsonAscii(Json, "category_name", "System Activity");
    JsonUnsigned(Json, "class_uid", Event->Class);
    JsonAscii(Json, "class_name", Event->Class == CLASS_MODULE ? "Module Activity" : "Process Activity");
    JsonUnsigned(Json, "activity_id", Event->Activity);
    JsonAscii(Json, "activity_name", Event->ActivityName);
    JsonUnsigned(Json, "type_uid", Event->Class * 100 + Event->Activity);
    JsonUnsigned(Json, "severity_id", Event->Severity);
    PartsUnixTime(Json, "time", (uint64_t)PartsTime(Origin, Event->Time));
    WriteMetadata(Json, Event);
    WriteDevice(Json, Origin);
}

static bool
IsTruncated(const EVENT *Event)
{
    EVENT_VALUE Image, CommandLine;

    EventFieldGet(Event, EVENT_IMAGE, &Image);
    EventFieldGet(Event, EVENT_COMMAND_LINE, &CommandLine);
    return Image.Status == PRCM_TRUNCATED || CommandLine.Status == PRCM_TRUNCATED;
}

static void
BeginEvent(JSON *Json, SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event, OCSF_EVENT *Ocsf)
{
    PartsSawTime(Origin, Event->Record->Time);
    OcsfNameEvent(Origin, Event->Record->Sequence, Ocsf->Name);
    Ocsf->Severity = INFORMATIONAL;
    Ocsf->Time = Event->Record->Time;
    Ocsf->Sequence = Event->Record->Sequence;
    Ocsf->Truncated = IsTruncated(Event);
    Begin(Json, Sink, Origin, Ocsf);
}

static void
EndEvent(JSON *Json, const FORMAT_ORIGIN *Origin, const EVENT *Event, const char *Name)
{
    JsonOpen(Json, "unmapped", '{');
    JsonHex(Json, "instance", Origin->Instance);
    PartsRest(Json, Event, PLACED);
    JsonClose(Json, '}');
    OcsfEndRecord(Json, Origin, Name);
}

static void
WriteStatus(JSON *Json, const PRCM_VALUE *Status)
{
    if (Status->Status != PRCM_PRESENT)
        return;
    JsonUnsigned(Json, "status_id", PRCM_IS_FAILURE(Status->Value) ? FAILURE : SUCCESS);
    JsonCode(Json, "status_code", (uint32_t)Status->Value);
}

static void
WriteStart(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    const PRCM_START *Start = (const PRCM_START *)Event->Record;
    OCSF_EVENT Ocsf = {.Class = CLASS_PROCESS, .Activity = LAUNCH, .ActivityName = "Launch"};
    JSON Json;

    BeginEvent(&Json, Sink, Origin, Event, &Ocsf);
    WriteStatus(&Json, &Start->CreationStatus);
    OcsfCreator(&Json, Event, Start);
    OcsfStarted(&Json, Event, Start);
    EndEvent(&Json, Origin, Event, Ocsf.Name);
}

/* The process itself: its last thread is where an exit is told, and it is where a load is mapped. */
static void
WriteSelf(JSON *Json, const EVENT *Event)
{
    JsonOpen(Json, "actor", '{');
    OcsfOpenProcess(Json, Event);
    OcsfRemembered(Json, Event);
    JsonClose(Json, '}');
    JsonClose(Json, '}');
}

static void
WriteExit(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    const PRCM_EXIT *Exit = (const PRCM_EXIT *)Event->Record;
    OCSF_EVENT Ocsf = {.Class = CLASS_PROCESS, .Activity = TERMINATE, .ActivityName = "Terminate"};
    JSON Json;

    BeginEvent(&Json, Sink, Origin, Event, &Ocsf);
    if (Exit->ExitStatus.Status == PRCM_PRESENT)
        PartsSigned(&Json, "exit_code", (int32_t)(uint32_t)Exit->ExitStatus.Value);
    if (Event->LifetimeKnown)
        JsonUnsigned(&Json, "duration", Event->LifetimeMs);
    JsonOpen(&Json, "actor", '{');
    OcsfOpenProcess(&Json, Event);
    JsonClose(&Json, '}');
    JsonClose(&Json, '}');
    OcsfOpenProcess(&Json, Event);
    PartsUnixTime(&Json, "terminated_time", (uint64_t)Event->Record->Time);
    OcsfRemembered(&Json, Event);
    JsonClose(&Json, '}');
    EndEvent(&Json, Origin, Event, Ocsf.Name);
}

static void
WriteModule(JSON *Json, const EVENT *Event)
{
    JsonOpen(Json, "module", '{');
    JsonUnsigned(Json, "load_type_id", 0);
    JsonAscii(Json, "type", PartsIsDriver(Event) ? "Driver" : "Library");
    PartsField(Json, "base_address", Event, EVENT_BASE);
    if (Event->ImageKnown)
        OcsfFile(Json, Event->Image);
    JsonClose(Json, '}');
}

static void
WriteLoad(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    OCSF_EVENT Ocsf = {.Class = CLASS_MODULE, .Activity = ACTIVITY_LOAD, .ActivityName = "Load"};
    JSON Json;

    BeginEvent(&Json, Sink, Origin, Event, &Ocsf);
    if (PartsIsDriver(Event))
    {
        JsonOpen(&Json, "actor", '{');
        JsonAscii(&Json, "invoked_by", "Windows kernel");
        JsonClose(&Json, '}');
    }
    else
        WriteSelf(&Json, Event);
    WriteModule(&Json, Event);
    EndEvent(&Json, Origin, Event, Ocsf.Name);
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

/* The classes have no place for events that are not there. What they require is filled with what cannot be taken for a
 * process or a module: the record's own name, and a load of unknown type. */
static void
WriteNothing(JSON *Json, const OCSF_EVENT *Event)
{
    JsonOpen(Json, "actor", '{');
    JsonOpen(Json, "session", '{');
    JsonClose(Json, '}');
    JsonClose(Json, '}');
    JsonOpen(Json, Event->Class == CLASS_MODULE ? "module" : "process", '{');
    if (Event->Class == CLASS_MODULE)
        JsonUnsigned(Json, "load_type_id", 0);
    else
        JsonAscii(Json, "uid", Event->Name);
    JsonClose(Json, '}');
}

static void
EndOwn(JSON *Json, const FORMAT_ORIGIN *Origin, const char *Name)
{
    JsonClose(Json, '}');
    JsonClose(Json, '}');
    OcsfEndRecord(Json, Origin, Name);
}

static void
OpenOwn(JSON *Json, const FORMAT_ORIGIN *Origin, const char *Name)
{
    JsonOpen(Json, "unmapped", '{');
    JsonHex(Json, "instance", Origin->Instance);
    JsonOpen(Json, Name, '{');
}

static void
WriteLost(SINK *Sink, const FORMAT_ORIGIN *Origin, const HOLE *Hole)
{
    JSON Json;

    for (size_t Index = 0; Index < Hole->LossCount; Index++)
    {
        const HOLE_LOSS *Loss = &Hole->Losses[Index];
        OCSF_EVENT Ocsf = {.Class = Loss->KindNumber == PRCM_KIND_IMAGE ? CLASS_MODULE : CLASS_PROCESS,
                           .Activity = OTHER,
                           .ActivityName = "Lost",
                           .Severity = MEDIUM,
                           .Time = Hole->Time};
        OcsfNameLost(Origin, Hole, Loss, Ocsf.Name);
        Begin(&Json, Sink, Origin, &Ocsf);
        PartsLostText(&Json, "message", Hole, Loss);
        JsonUnsigned(&Json, "count", Loss->Count);
        JsonAscii(&Json, "status_detail", Loss->Cause);
        WriteNothing(&Json, &Ocsf);
        OpenOwn(&Json, Origin, "lost");
        PartsLost(&Json, Hole, Loss);
        EndOwn(&Json, Origin, Ocsf.Name);
    }
}

static void
WriteClosing(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance)
{
    OCSF_EVENT Ocsf = {.Class = CLASS_PROCESS,
                       .Activity = OTHER,
                       .ActivityName = "Account",
                       .Severity = Closing->Lost.Total == 0 && Closing->Closed ? INFORMATIONAL : MEDIUM};
    JSON Json;

    (void)LocalInstance;
    OcsfNameAccount(Origin, Closing, Ocsf.Name);
    Begin(&Json, Sink, Origin, &Ocsf);
    PartsAccountText(&Json, "message", Closing);
    WriteNothing(&Json, &Ocsf);
    OpenOwn(&Json, Origin, "account");
    PartsAccount(&Json, Closing);
    EndOwn(&Json, Origin, Ocsf.Name);
}

static void
WriteHeader(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    (void)Sink;
    (void)Origin;
    (void)Header;
}

const FORMAT FormatOcsf = {
    .Header = WriteHeader,
    .Event = WriteEvent,
    .Lost = WriteLost,
    .Closing = WriteClosing,
};
