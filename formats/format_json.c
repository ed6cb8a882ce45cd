/* SPDX-License-Identifier: MIT
 *
 * Names and forms are a public interface: they may be added to, never changed.
 */
#include "formats.h"

#include "parts.h"
#include "prcm.h"

static void
WriteFlag(JSON *Json, const char *Name, uint64_t Value)
{
    JsonBool(Json, Name, Value != 0);
}

static void
WriteArchitecture(JSON *Json, const char *Name, uint64_t Value)
{
    JsonAscii(Json, Name,
              Value == PRCM_ARCHITECTURE_NATIVE     ? "native"
              : Value == PRCM_ARCHITECTURE_EMULATED ? "emulated"
                                                    : "other");
}

/* What the console found out itself: a text, or null and why. */
static void
WriteFound(JSON *Json, const char *Name, uint32_t Status, UTF16 Text)
{
    if (Status == PRCM_PRESENT)
        JsonUtf16(Json, Name, Text);
    else
        JsonNull(Json, Name);
    JsonStatus(Json, Name, Status);
}

/* What every line begins with. */
static void
BeginLine(JSON *Json, SINK *Sink, const char *Name, const FORMAT_ORIGIN *Origin)
{
    JsonBegin(Json, Sink);
    JsonAscii(Json, "event", Name);
    WriteFound(Json, "host", Origin->HostStatus, Origin->Host);
    JsonHex(Json, "instance", Origin->Instance);
}

static void
WriteEntity(JSON *Json, const char *Name, const IDENTITY *Identity)
{
    if (Identity->Status == PRCM_PRESENT)
        PartsEntity(Json, Name, Identity);
    else
        JsonNull(Json, Name);
    JsonStatus(Json, Name, Identity->Status);
}

static void
BeginEvent(JSON *Json, SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    const PRCM_RECORD *Record = Event->Record;

    BeginLine(Json, Sink, EventKindName(Record->Kind), Origin);
    JsonUnsigned(Json, "seq", Record->Sequence);
    JsonTime(Json, "time", Record->Time);
    JsonUnsigned(Json, "pid", Record->Key);
    JsonUnsigned(Json, "tid", Record->ThreadId);
    WriteEntity(Json, "entity_id", &Event->Entity);
}

static void
WriteImage(JSON *Json, const EVENT *Event, const PRCM_PATH *Path)
{
    static const char *const Forms[] = {
        [PRCM_PATH_OTHER] = "other",
        [PRCM_PATH_NT] = "nt",
        [PRCM_PATH_DOS_DEVICE] = "dos_device",
        [PRCM_PATH_SYSTEM_ROOT] = "system_root",
    };

    JsonField(Json, "image", &Path->Text, Event->Image);
    JsonField(Json, "image_nt", &Path->Text, EventText(Event->Record, &Path->Text));
    JsonAscii(Json, "image_form", Path->Form <= PRCM_PATH_SYSTEM_ROOT ? Forms[Path->Form] : "other");
}

static void
WriteUser(JSON *Json, const EVENT *Event, const PRCM_BYTES *Field)
{
    if (Field->Status == PRCM_PRESENT)
        PartsSid(Json, "user_sid", PrcmRecordBytes(Event->Record, Field));
    else
        JsonNull(Json, "user_sid");
    JsonStatus(Json, "user_sid", Field->Status);
    WriteFound(Json, "user", Event->UserStatus, Event->User);
}

static void
WriteStart(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    const PRCM_START *Start = (const PRCM_START *)Event->Record;
    JSON Json;

    BeginEvent(&Json, Sink, Origin, Event);
    JsonOptional(&Json, "create_time", &Start->CreateTime, PartsDate);
    JsonOptional(&Json, "start_key", &Start->StartKey, JsonHex);
    JsonOptional(&Json, "parent_pid", &Start->ParentProcessId, JsonUnsigned);
    JsonOptional(&Json, "parent_create_time", &Start->ParentCreateTime, PartsDate);
    WriteEntity(&Json, "parent_entity_id", &Event->ParentEntity);
    WriteFound(&Json, "parent_image", Event->ParentImageKnown ? PRCM_PRESENT : PRCM_ABSENT,
               Event->ParentImage);
    JsonOptional(&Json, "creator_pid", &Start->CreatorProcessId, JsonUnsigned);
    JsonOptional(&Json, "creator_tid", &Start->CreatorThreadId, JsonUnsigned);
    JsonOptional(&Json, "session_id", &Start->SessionId, JsonUnsigned);
    WriteUser(&Json, Event, &Start->UserSid);
    JsonOptional(&Json, "integrity_level", &Start->IntegrityLevel, JsonUnsigned);
    JsonOptional(&Json, "elevated", &Start->Elevated, WriteFlag);
    JsonOptional(&Json, "subsystem", &Start->Subsystem, WriteFlag);
    JsonOptional(&Json, "architecture", &Start->Architecture, WriteArchitecture);
    JsonOptional(&Json, "creation_status", &Start->CreationStatus, JsonUnsigned);
    WriteImage(&Json, Event, &Start->ImagePath);
    JsonOptional(&Json, "image_exact", &Start->ImageExact, WriteFlag);
    JsonField(&Json, "command_line", &Start->CommandLine, EventText(Event->Record, &Start->CommandLine));
    JsonEnd(&Json);
}

static void
WriteRemembered(JSON *Json, const char *Name, bool Known, uint64_t Value)
{
    PRCM_VALUE Field = {.Value = Value, .Status = Known ? PRCM_PRESENT : PRCM_ABSENT};
    JsonOptional(Json, Name, &Field, JsonUnsigned);
}

static void
WriteExit(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    const PRCM_EXIT *Exit = (const PRCM_EXIT *)Event->Record;
    JSON Json;

    BeginEvent(&Json, Sink, Origin, Event);
    JsonOptional(&Json, "create_time", &Exit->CreateTime, PartsDate);
    JsonOptional(&Json, "exit_status", &Exit->ExitStatus, JsonUnsigned);
    WriteFound(&Json, "image", Event->ImageKnown ? PRCM_PRESENT : PRCM_ABSENT, Event->Image);
    WriteRemembered(&Json, "lifetime_ms", Event->LifetimeKnown, Event->LifetimeMs);
    WriteRemembered(&Json, "images", Event->ImagesKnown, Event->Images);
    JsonEnd(&Json);
}

static void
WriteLoad(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    const PRCM_IMAGE *Image = (const PRCM_IMAGE *)Event->Record;
    uint32_t Properties = Image->Properties;
    JSON Json;

    BeginEvent(&Json, Sink, Origin, Event);
    JsonOptional(&Json, "create_time", &Image->CreateTime, PartsDate);
    WriteImage(&Json, Event, &Image->ImagePath);
    JsonOptional(&Json, "base", &Image->Base, JsonHex);
    JsonUnsigned(&Json, "size", Image->ImageSize);
    JsonBool(&Json, "kernel_image", (Properties & PRCM_IMAGE_SYSTEM_MODE) != 0);
    JsonUnsigned(&Json, "addressing_mode", Properties & PRCM_IMAGE_ADDRESSING_MODE);
    JsonBool(&Json, "mapped_to_all", (Properties & PRCM_IMAGE_MAPPED_TO_ALL_PIDS) != 0);
    JsonBool(&Json, "extended_info", (Properties & PRCM_IMAGE_EXTENDED_INFO) != 0);
    JsonBool(&Json, "machine_type_mismatch", (Properties & PRCM_IMAGE_MACHINE_TYPE_MISMATCH) != 0);
    JsonBool(&Json, "partial_map", (Properties & PRCM_IMAGE_PARTIAL_MAP) != 0);
    JsonUnsigned(&Json, "signature_level", PRCM_IMAGE_SIGNATURE_LEVEL(Properties));
    JsonUnsigned(&Json, "signature_type", PRCM_IMAGE_SIGNATURE_TYPE(Properties));
    JsonUnsigned(&Json, "properties", Properties);
    JsonEnd(&Json);
}

static void
WriteHeader(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    JSON Json;

    BeginLine(&Json, Sink, "stream", Origin);
    PartsStream(&Json, Origin, Header);
    JsonEnd(&Json);
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
WriteLost(SINK *Sink, const FORMAT_ORIGIN *Origin, const HOLE *Hole)
{
    JSON Json;

    for (size_t Index = 0; Index < Hole->LossCount; Index++)
    {
        BeginLine(&Json, Sink, "lost", Origin);
        PartsLost(&Json, Hole, &Hole->Losses[Index]);
        JsonEnd(&Json);
    }
}

static void
WriteClosing(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance)
{
    JSON Json;

    (void)LocalInstance;
    BeginLine(&Json, Sink, "account", Origin);
    PartsAccount(&Json, Closing);
    JsonEnd(&Json);
}

const FORMAT FormatJson = {
    .Header = WriteHeader,
    .Event = WriteEvent,
    .Lost = WriteLost,
    .Closing = WriteClosing,
};
