/* SPDX-License-Identifier: MIT
 *
 * Names and forms are a public interface: they may be added to, never changed.
 */
#include "formats.h"

#include "prcm.h"
#include "text/json.h"
#include "text/sid.h"

static void
WriteTime(JSON *Json, const char *Name, uint64_t Value)
{
    JsonTime(Json, Name, (int64_t)Value);
}

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
BeginEvent(JSON *Json, SINK *Sink, const char *Name, const FORMAT_ORIGIN *Origin, const PRCM_RECORD *Record)
{
    BeginLine(Json, Sink, Name, Origin);
    JsonUnsigned(Json, "seq", Record->Sequence);
    JsonTime(Json, "time", Record->Time);
    JsonUnsigned(Json, "pid", Record->Key);
    JsonUnsigned(Json, "tid", Record->ThreadId);
}

static UTF16
TextOf(const PRCM_RECORD *Record, const PRCM_BYTES *Field)
{
    return (UTF16){.Units = PrcmRecordBytes(Record, Field), .Count = Field->Length / 2};
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
    JsonField(Json, "image_nt", &Path->Text, TextOf(Event->Record, &Path->Text));
    JsonAscii(Json, "image_form", Path->Form <= PRCM_PATH_SYSTEM_ROOT ? Forms[Path->Form] : "other");
}

static void
WriteUser(JSON *Json, const EVENT *Event, const PRCM_BYTES *Field)
{
    if (Field->Status == PRCM_PRESENT)
    {
        char Text[SID_TEXT_BYTES];
        SidToText(PrcmRecordBytes(Event->Record, Field), Text);
        JsonAscii(Json, "user_sid", Text);
    }
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

    BeginEvent(&Json, Sink, "process_start", Origin, Event->Record);
    JsonOptional(&Json, "create_time", &Start->CreateTime, WriteTime);
    JsonOptional(&Json, "start_key", &Start->StartKey, JsonHex);
    JsonOptional(&Json, "parent_pid", &Start->ParentProcessId, JsonUnsigned);
    JsonOptional(&Json, "parent_create_time", &Start->ParentCreateTime, WriteTime);
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
    JsonField(&Json, "command_line", &Start->CommandLine, TextOf(Event->Record, &Start->CommandLine));
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

    BeginEvent(&Json, Sink, "process_exit", Origin, Event->Record);
    JsonOptional(&Json, "create_time", &Exit->CreateTime, WriteTime);
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

    BeginEvent(&Json, Sink, "image_load", Origin, Event->Record);
    JsonOptional(&Json, "create_time", &Image->CreateTime, WriteTime);
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
WriteAbsent(JSON *Json, const char *Name)
{
    JsonNull(Json, Name);
    JsonStatus(Json, Name, PRCM_ABSENT);
}

static void
WriteAsked(JSON *Json, const FORMAT_HEADER *Header)
{
    if (Header->Asked != NULL)
        JsonKinds(Json, "kinds", Header->Asked->Kinds);
    else
        WriteAbsent(Json, "kinds");
    if (Header->Driver != NULL)
        JsonKinds(Json, "captured_kinds", Header->Driver->Kinds);
    else
        WriteAbsent(Json, "captured_kinds");
    JsonOpen(Json, "pids", '[');
    for (uint32_t Index = 0; Header->Asked != NULL && Index < Header->Asked->KeyCount; Index++)
        JsonUnsigned(Json, NULL, Header->Asked->Keys[Index]);
    JsonClose(Json, ']');
    JsonOpen(Json, "images", '[');
    for (uint32_t Index = 0; Index < Header->PatternCount; Index++)
    {
        JsonName(Json, NULL);
        Utf16WriteJson(Json->Sink, Header->Patterns[Index]);
    }
    JsonClose(Json, ']');
}

/* Where the stream begins, and whether anything about the past is unknown. */
static void
WriteBeginning(JSON *Json, const PRCM_SUBSCRIPTION *Asked, const PRCM_SUBSCRIBED *Given)
{
    if (Given != NULL)
        JsonUnsigned(Json, "from", Given->Start.Next);
    else
        WriteAbsent(Json, "from");
    if (Asked != NULL && Asked->From == PRCM_FROM_TOKEN)
    {
        char Token[PRCM_TOKEN_TEXT_BYTES];
        PrcmTokenFormat(&Asked->Token, Token);
        JsonAscii(Json, "from_token", Token);
    }
    else
        WriteAbsent(Json, "from_token");
    if (Given != NULL)
        JsonAscii(Json, "resume",
                  Given->Resume == PRCM_RESUME_OTHER_INSTANCE  ? "other_instance"
                  : Given->Resume == PRCM_RESUME_KINDS_UNKNOWN ? "kinds_unknown"
                                                               : "exact");
    else
        WriteAbsent(Json, "resume");
}

static void
WriteDriver(JSON *Json, const PRCM_QUERY *Driver)
{
    if (Driver == NULL)
    {
        WriteAbsent(Json, "time");
        WriteAbsent(Json, "driver_version");
        return;
    }
    JsonTime(Json, "time", Driver->Time);
    JsonVersion(Json, "driver_version", Driver->DriverVersion);
}

static void
WriteHeader(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    JSON Json;

    BeginLine(&Json, Sink, "stream", Origin);
    JsonOptional(&Json, "boot", &Header->Boot, WriteTime);
    JsonTime(&Json, "started", (int64_t)Origin->Instance);
    WriteDriver(&Json, Header->Driver);
    JsonVersion(&Json, "console_version", Header->ConsoleVersion);
    WriteBeginning(&Json, Header->Asked, Header->Given);
    WriteAsked(&Json, Header);
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
        JsonUnsigned(&Json, "first_seq", Hole->First);
        JsonUnsigned(&Json, "next_seq", Hole->Next);
        JsonAscii(&Json, "kind", Hole->Losses[Index].Kind);
        JsonAscii(&Json, "cause", Hole->Losses[Index].Cause);
        JsonUnsigned(&Json, "count", Hole->Losses[Index].Count);
        JsonEnd(&Json);
    }
}

static void
WriteCounts(JSON *Json, const char *Name, const CLOSING_COUNTS *Counts)
{
    JsonOpen(Json, Name, '{');
    JsonUnsigned(Json, "process_start", Counts->Kind[PRCM_KIND_START]);
    JsonUnsigned(Json, "process_exit", Counts->Kind[PRCM_KIND_EXIT]);
    JsonUnsigned(Json, "image_load", Counts->Kind[PRCM_KIND_IMAGE]);
    JsonUnsigned(Json, "unknown", Counts->Unknown);
    JsonUnsigned(Json, "total", Counts->Total);
    JsonClose(Json, '}');
}

static void
WriteClosing(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance)
{
    JSON Json;

    (void)LocalInstance;
    BeginLine(&Json, Sink, "account", Origin);
    JsonUnsigned(&Json, "from", Closing->From);
    JsonUnsigned(&Json, "next", Closing->Next);
    WriteCounts(&Json, "captured", &Closing->Captured);
    WriteCounts(&Json, "delivered", &Closing->Delivered);
    WriteCounts(&Json, "filtered_driver", &Closing->FilteredDriver);
    WriteCounts(&Json, "filtered_console", &Closing->FilteredConsole);
    WriteCounts(&Json, "lost", &Closing->Lost);
    WriteCounts(&Json, "unread", &Closing->Unread);
    JsonAscii(&Json, "token", Closing->Token);
    JsonBool(&Json, "closed", Closing->Closed);
    JsonEnd(&Json);
}

const FORMAT FormatJson = {
    .Header = WriteHeader,
    .Event = WriteEvent,
    .Lost = WriteLost,
    .Closing = WriteClosing,
};
