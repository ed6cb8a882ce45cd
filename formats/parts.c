/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include "prcm.h"
#include "text/sid.h"
#include "text/times.h"

#define UNIX_EPOCH 116444736000000000

/* The levels between which Windows' own lie. */
#define LEVEL_LOW       0x1000u
#define LEVEL_MEDIUM    0x2000u
#define LEVEL_HIGH      0x3000u
#define LEVEL_SYSTEM    0x4000u
#define LEVEL_PROTECTED 0x5000u

void
PartsText(JSON *Json, const char *Name, UTF16 Text)
{
    JsonName(Json, Name);
    Utf16WriteJson(Json->Sink, Text);
}

void
PartsTold(JSON *Json, const char *Name, const PROCESS_TEXT *Text)
{
    if (EventHasValue(Text->Status))
        PartsText(Json, Name, Text->Text);
}

void
PartsEntity(JSON *Json, const char *Name, const IDENTITY *Identity)
{
    if (Identity->Status != PRCM_PRESENT)
        return;
    JsonName(Json, Name);
    SinkChar(Json->Sink, '"');
    IdentityWrite(Json->Sink, Identity);
    SinkChar(Json->Sink, '"');
}

void
PartsOptional(JSON *Json, const char *Name, const PRCM_VALUE *Field, JSON_VALUE *Write)
{
    if (Field->Status == PRCM_PRESENT)
        Write(Json, Name, Field->Value);
}

void
PartsFileName(JSON *Json, const char *Name, UTF16 Path)
{
    PartsText(Json, Name, Utf16FileName(Path));
}

void
PartsDate(JSON *Json, const char *Name, uint64_t Value)
{
    JsonTime(Json, Name, (int64_t)Value);
}

void
PartsSigned(JSON *Json, const char *Name, int64_t Value)
{
    JsonName(Json, Name);
    if (Value < 0)
        SinkChar(Json->Sink, '-');
    SinkUnsigned(Json->Sink, Value < 0 ? 0 - (uint64_t)Value : (uint64_t)Value);
}

void
PartsUnixTime(JSON *Json, const char *Name, uint64_t Value)
{
    PartsSigned(Json, Name, (int64_t)(Value / TIMES_PER_MILLISECOND) - UNIX_EPOCH / TIMES_PER_MILLISECOND);
}

void
PartsSid(JSON *Json, const char *Name, const uint8_t *Sid)
{
    char Text[SID_TEXT_BYTES];

    SidToText(Sid, Text);
    JsonAscii(Json, Name, Text);
}

void
PartsSystemVersion(JSON *Json, const char *Name, const FORMAT_SYSTEM *System)
{
    const PRCM_VALUE *const Numbers[] = {&System->Major, &System->Minor, &System->Build, &System->Revision};

    if (System->Major.Status != PRCM_PRESENT)
        return;
    JsonName(Json, Name);
    SinkChar(Json->Sink, '"');
    SinkUnsigned(Json->Sink, System->Major.Value);
    for (size_t Index = 1; Index < 4 && Numbers[Index]->Status == PRCM_PRESENT; Index++)
    {
        SinkChar(Json->Sink, '.');
        SinkUnsigned(Json->Sink, Numbers[Index]->Value);
    }
    SinkChar(Json->Sink, '"');
}

void
PartsSplitUser(UTF16 User, UTF16 *Domain, UTF16 *Name)
{
    *Name = Utf16FileName(User);
    uint32_t Count = User.Count - Name->Count;
    *Domain = (UTF16){.Units = User.Units, .Count = Count > 0 ? Count - 1 : 0};
}

void
PartsUser(const EVENT *Event, const uint8_t **Sid, PROCESS_TEXT *User)
{
    *Sid = NULL;
    *User = (PROCESS_TEXT){.Status = PRCM_ABSENT};
    if (Event->Record->Kind == PRCM_KIND_START)
    {
        const PRCM_BYTES *Field = &((const PRCM_START *)Event->Record)->UserSid;
        *User = (PROCESS_TEXT){.Text = Event->User, .Status = Event->UserStatus};
        if (Field->Status == PRCM_PRESENT)
            *Sid = PrcmRecordBytes(Event->Record, Field);
        return;
    }
    if (Event->Process == NULL)
        return;
    *User = Event->Process->Told.User;
    if (Event->Process->Told.SidStatus == PRCM_PRESENT)
        *Sid = Event->Process->Told.Sid;
}

bool
PartsIsDriver(const EVENT *Event)
{
    const PRCM_IMAGE *Image = (const PRCM_IMAGE *)Event->Record;

    return Event->Record->Kind == PRCM_KIND_IMAGE &&
           (Event->Record->Key == 0 || (Image->Properties & PRCM_IMAGE_SYSTEM_MODE) != 0);
}

const char *
PartsIntegrity(const PRCM_VALUE *Level)
{
    static const struct
    {
        uint64_t Level;
        const char *Name;
    } Names[] = {{0, "Untrusted"},     {LEVEL_LOW, "Low"},       {LEVEL_MEDIUM, "Medium"},
                 {LEVEL_HIGH, "High"}, {LEVEL_SYSTEM, "System"}, {LEVEL_PROTECTED, "Protected"}};

    for (size_t Index = 0; Level->Status == PRCM_PRESENT && Index < sizeof(Names) / sizeof(Names[0]); Index++)
    {
        if (Names[Index].Level == Level->Value)
            return Names[Index].Name;
    }
    return NULL;
}

static void
WriteValue(JSON *Json, const char *Name, EVENT_FIELD_TYPE Type, const EVENT_VALUE *Value)
{
    switch (Type)
    {
    case EVENT_FIELD_UNSIGNED:
        JsonUnsigned(Json, Name, Value->Number);
        break;
    case EVENT_FIELD_HEX:
        JsonHex(Json, Name, Value->Number);
        break;
    case EVENT_FIELD_DATE:
        JsonTime(Json, Name, (int64_t)Value->Number);
        break;
    case EVENT_FIELD_BOOL:
        JsonBool(Json, Name, Value->Number != 0);
        break;
    case EVENT_FIELD_WORD:
        JsonAscii(Json, Name, Value->Word);
        break;
    case EVENT_FIELD_TEXT:
        PartsText(Json, Name, Value->Text);
        break;
    case EVENT_FIELD_SID:
        PartsSid(Json, Name, Value->Sid);
        break;
    case EVENT_FIELD_IDENTITY:
        PartsEntity(Json, Name, &Value->Identity);
        break;
    }
}

void
PartsField(JSON *Json, const char *Name, const EVENT *Event, EVENT_FIELD_ID Id)
{
    EVENT_VALUE Value;

    if (EventFieldGet(Event, Id, &Value) && EventHasValue(Value.Status))
        WriteValue(Json, Name, EventFieldType(Id), &Value);
}

/* The status of a field that has no value, or not all of it; false: it has, or there is no such field. */
static bool
IsLacking(const EVENT *Event, EVENT_FIELD_ID Id, EVENT_VALUE *Value)
{
    return EventFieldGet(Event, Id, Value) && Value->Status != PRCM_PRESENT;
}

static void
WriteStatuses(JSON *Json, const EVENT *Event)
{
    EVENT_VALUE Value;
    bool Opened = false;

    for (EVENT_FIELD_ID Id = 0; Id < EVENT_FIELD_COUNT; Id++)
    {
        if (!IsLacking(Event, Id, &Value))
            continue;
        if (!Opened)
            JsonOpen(Json, "status", '{');
        Opened = true;
        JsonName(Json, EventFieldName(Id));
        SinkChar(Json->Sink, '"');
        JsonStatusWords(Json->Sink, Value.Status);
        SinkChar(Json->Sink, '"');
    }
    if (Opened)
        JsonClose(Json, '}');
}

void
PartsRest(JSON *Json, const EVENT *Event, uint64_t Placed)
{
    for (EVENT_FIELD_ID Id = 0; Id < EVENT_FIELD_COUNT; Id++)
    {
        if ((Placed & EVENT_BIT(Id)) == 0)
            PartsField(Json, EventFieldName(Id), Event, Id);
    }
    WriteStatuses(Json, Event);
}

int64_t
PartsTime(const FORMAT_ORIGIN *Origin, int64_t Time)
{
    if (Time != 0)
        return Time;
    return Origin->State->Latest != 0 ? Origin->State->Latest : (int64_t)Origin->Instance;
}

void
PartsSawTime(const FORMAT_ORIGIN *Origin, int64_t Time)
{
    if (Time > Origin->State->Latest)
        Origin->State->Latest = Time;
}
