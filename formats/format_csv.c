/* SPDX-License-Identifier: MIT
 *
 * One table of all kinds, a record a line: events first, then what losses and accounts have. Columns may be added at the end,
 * never changed.
 *
 * Spreadsheets take a cell that begins with = + - @ for a formula, quotes or not. Such a text gets an apostrophe in front,
 * and so does one that begins with an apostrophe: whoever takes one away has the text again. Numbers are never written so.
 */
#include "formats.h"

#include "parts.h"
#include "text/sid.h"
#include "text/times.h"

#define END_OF_LINE "\r\n"

/* Behind the fields of an event. */
static const char *const Others[] = {
    "status",    "first_seq",       "next_seq",         "kind", "cause",  "count", "captured",
    "delivered", "filtered_driver", "filtered_console", "lost", "unread", "token", "closed",
};

#define OTHER_COUNT  (sizeof(Others) / sizeof(Others[0]))
#define LOST_COLUMNS 5u /* of them, behind "status" */

/* Characters that spreadsheets may take for the beginning of a formula, full-width ones among them. */
static bool
BeginsFormula(UTF16 Text)
{
    static const uint16_t Signs[] = {'=', '+', '-', '@', '\'', '\t', '\r', 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20};

    for (size_t Index = 0; Index < sizeof(Signs) / sizeof(Signs[0]) && Text.Count != 0; Index++)
    {
        if (Text.Units[0] == Signs[Index])
            return true;
    }
    return false;
}

/* Quotes are doubled; what is between them is written as for people, so that a record is one line. */
static void
WriteText(SINK *Sink, UTF16 Text)
{
    uint32_t Begun = 0;

    SinkText(Sink, BeginsFormula(Text) ? "\"'" : "\"");
    for (uint32_t At = 0; At < Text.Count; At++)
    {
        if (Text.Units[At] != '"')
            continue;
        Utf16Write(Sink, (UTF16){.Units = Text.Units + Begun, .Count = At - Begun});
        SinkText(Sink, "\"\"");
        Begun = At + 1;
    }
    if (Begun < Text.Count)
        Utf16Write(Sink, (UTF16){.Units = Text.Units + Begun, .Count = Text.Count - Begun});
    SinkChar(Sink, '"');
}

static void
WriteSid(SINK *Sink, const uint8_t *Sid)
{
    char Text[SID_TEXT_BYTES];

    SidToText(Sid, Text);
    SinkText(Sink, Text);
}

static void
WriteValue(SINK *Sink, EVENT_FIELD_TYPE Type, const EVENT_VALUE *Value)
{
    switch (Type)
    {
    case EVENT_FIELD_UNSIGNED:
        SinkUnsigned(Sink, Value->Number);
        break;
    case EVENT_FIELD_HEX:
        SinkText(Sink, "0x");
        SinkHex(Sink, Value->Number, 1);
        break;
    case EVENT_FIELD_DATE:
        TimesWriteRfc3339(Sink, (int64_t)Value->Number);
        break;
    case EVENT_FIELD_BOOL:
        SinkText(Sink, Value->Number != 0 ? "true" : "false");
        break;
    case EVENT_FIELD_WORD:
        SinkText(Sink, Value->Word);
        break;
    case EVENT_FIELD_TEXT:
        WriteText(Sink, Value->Text);
        break;
    case EVENT_FIELD_SID:
        WriteSid(Sink, Value->Sid);
        break;
    case EVENT_FIELD_IDENTITY:
        IdentityWrite(Sink, &Value->Identity);
        break;
    }
}

static void
WriteColumns(SINK *Sink, const FORMAT_ORIGIN *Origin)
{
    if (Origin->State->Begun)
        return;
    Origin->State->Begun = true;
    SinkText(Sink, "event,host,instance");
    for (EVENT_FIELD_ID Id = 0; Id < EVENT_FIELD_COUNT; Id++)
    {
        SinkChar(Sink, ',');
        SinkText(Sink, EventFieldName(Id));
    }
    for (size_t Index = 0; Index < OTHER_COUNT; Index++)
    {
        SinkChar(Sink, ',');
        SinkText(Sink, Others[Index]);
    }
    SinkText(Sink, END_OF_LINE);
}

static void
BeginRecord(SINK *Sink, const FORMAT_ORIGIN *Origin, const char *Event)
{
    SinkText(Sink, Event);
    SinkChar(Sink, ',');
    if (Origin->HostStatus == PRCM_PRESENT)
        WriteText(Sink, Origin->Host);
    SinkText(Sink, ",0x");
    SinkHex(Sink, Origin->Instance, 1);
}

static void
WriteEmpty(SINK *Sink, size_t Count)
{
    for (size_t Index = 0; Index < Count; Index++)
        SinkChar(Sink, ',');
}

static void
WriteHeader(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    (void)Header;
    WriteColumns(Sink, Origin);
}

/* "command_line=truncated base=withheld", of the fields that this kind of event has. */
static void
WriteStatuses(SINK *Sink, const EVENT *Event)
{
    EVENT_VALUE Value;
    bool Written = false;

    SinkChar(Sink, ',');
    for (EVENT_FIELD_ID Id = 0; Id < EVENT_FIELD_COUNT; Id++)
    {
        if (!EventFieldGet(Event, Id, &Value) || Value.Status == PRCM_PRESENT)
            continue;
        SinkText(Sink, Written ? ";" : "\"");
        Written = true;
        SinkText(Sink, EventFieldName(Id));
        SinkChar(Sink, '=');
        JsonStatusWords(Sink, Value.Status);
    }
    if (Written)
        SinkChar(Sink, '"');
}

static void
WriteEvent(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    EVENT_VALUE Value;

    BeginRecord(Sink, Origin, EventKindName(Event->Record->Kind));
    for (EVENT_FIELD_ID Id = 0; Id < EVENT_FIELD_COUNT; Id++)
    {
        SinkChar(Sink, ',');
        if (EventFieldGet(Event, Id, &Value) && EventHasValue(Value.Status))
            WriteValue(Sink, EventFieldType(Id), &Value);
    }
    WriteStatuses(Sink, Event);
    WriteEmpty(Sink, OTHER_COUNT - 1);
    SinkText(Sink, END_OF_LINE);
}

static void
WriteNumber(SINK *Sink, uint64_t Number)
{
    SinkChar(Sink, ',');
    SinkUnsigned(Sink, Number);
}

static void
WriteWord(SINK *Sink, const char *Word)
{
    SinkChar(Sink, ',');
    SinkText(Sink, Word);
}

/* The time of the record behind the hole; empty where there is none. */
static void
BeginOther(SINK *Sink, const FORMAT_ORIGIN *Origin, const char *Event, int64_t Time)
{
    BeginRecord(Sink, Origin, Event);
    WriteEmpty(Sink, EVENT_TIME + 1);
    if (Time != 0)
        TimesWriteRfc3339(Sink, Time);
    WriteEmpty(Sink, EVENT_FIELD_COUNT - EVENT_TIME - 1 + 1);
}

static void
WriteLost(SINK *Sink, const FORMAT_ORIGIN *Origin, const HOLE *Hole)
{
    for (size_t Index = 0; Index < Hole->LossCount; Index++)
    {
        BeginOther(Sink, Origin, "lost", Hole->Time);
        WriteNumber(Sink, Hole->First);
        WriteNumber(Sink, Hole->Next);
        WriteWord(Sink, Hole->Losses[Index].Kind);
        WriteWord(Sink, Hole->Losses[Index].Cause);
        WriteNumber(Sink, Hole->Losses[Index].Count);
        WriteEmpty(Sink, OTHER_COUNT - 1 - LOST_COLUMNS);
        SinkText(Sink, END_OF_LINE);
    }
}

static uint64_t
CountOf(const CLOSING_COUNTS *Counts, uint32_t Kind)
{
    return Kind < CLOSING_KINDS ? Counts->Kind[Kind] : Counts->Unknown;
}

static void
WriteCounts(SINK *Sink, const CLOSING *Closing, uint32_t Kind)
{
    const CLOSING_COUNTS *const All[] = {
        &Closing->Captured,        &Closing->Delivered, &Closing->FilteredDriver,
        &Closing->FilteredConsole, &Closing->Lost,      &Closing->Unread,
    };

    for (size_t Index = 0; Index < sizeof(All) / sizeof(All[0]); Index++)
        WriteNumber(Sink, CountOf(All[Index], Kind));
}

/* A record for each kind, and one for what is of no known kind; their sum is the account. */
static void
WriteClosing(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance)
{
    (void)LocalInstance;
    for (uint32_t Kind = 0; Kind <= CLOSING_KINDS; Kind++)
    {
        BeginOther(Sink, Origin, "account", 0);
        WriteNumber(Sink, Closing->From);
        WriteNumber(Sink, Closing->Next);
        WriteWord(Sink, Kind < CLOSING_KINDS ? EventKindName(Kind) : "unknown");
        WriteEmpty(Sink, 2);
        WriteCounts(Sink, Closing, Kind);
        WriteWord(Sink, "\"");
        SinkText(Sink, Closing->Token);
        SinkChar(Sink, '"');
        WriteWord(Sink, Closing->Closed ? "true" : "false");
        SinkText(Sink, END_OF_LINE);
    }
}

const FORMAT FormatCsv = {
    .Header = WriteHeader,
    .Event = WriteEvent,
    .Lost = WriteLost,
    .Closing = WriteClosing,
};
