/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* strptime */
#include "recording.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "memory.h"
#include "prcm_abi.h"
#include "text/utf16.h"

#define MAX_UNITS (PRCM_MAX_STRING_BYTES / sizeof(uint16_t))

#define UNITS_OF_A_SECOND      10000000
#define UNITS_OF_A_MILLISECOND 10000
#define SECONDS_1601_TO_1970   11644473600

/* One line as it is read. */
typedef struct LINE
{
    const char *Name;
    unsigned Number;
    char *Error;
    json_t *Object;
    bool Lacks; /* something that a row cannot be replayed without */
} LINE;

__attribute__((format(printf, 2, 3))) static bool
Refuse(const LINE *Line, const char *Format, ...)
{
    va_list Arguments;
    int Length = snprintf(Line->Error, RECORDING_ERROR_BYTES, "%s:%u: ", Line->Name, Line->Number);
    if (Length < 0 || Length >= (int)RECORDING_ERROR_BYTES)
        return false;
    va_start(Arguments, Format);
    vsnprintf(Line->Error + Length, RECORDING_ERROR_BYTES - (size_t)Length, Format, Arguments);
    va_end(Arguments);
    return false;
}

/* NULL: lacking. */
static const json_t *
Member(const LINE *Line, const char *Name)
{
    const json_t *Value = json_object_get(Line->Object, Name);
    return json_is_null(Value) ? NULL : Value;
}

/* *Text is NULL where it is lacking; it lives as long as the line. */
static bool
ReadString(const LINE *Line, const char *Name, const char **Text)
{
    const json_t *Value = Member(Line, Name);
    *Text = json_string_value(Value);
    return !Value || *Text || Refuse(Line, "\"%s\" is no string", Name);
}

static bool
ReadUtf16(const LINE *Line, const char *Name, UNICODE_STRING *String)
{
    const char *Text;
    if (!ReadString(Line, Name, &Text))
        return false;
    if (!Text)
        return true;
    size_t Units = Utf16FromUtf8(Text, NULL, 0);
    if (Units > MAX_UNITS)
        return Refuse(Line, "\"%s\" is longer than a string of Windows can be (%u bytes)", Name,
                      PRCM_MAX_STRING_BYTES);
    String->Buffer = MemoryZeroed(Units + 1, sizeof(*String->Buffer));
    Utf16FromUtf8(Text, String->Buffer, Units);
    String->Length = String->MaximumLength = (USHORT)(Units * sizeof(*String->Buffer));
    return true;
}

static bool
ReadNumber(const LINE *Line, const char *Name, uint32_t Min, uint32_t Max, uint32_t *Number)
{
    const json_t *Value = Member(Line, Name);
    if (!Value)
        return true;
    json_int_t Integer = json_integer_value(Value);
    if (!json_is_integer(Value) || Integer < (json_int_t)Min || Integer > (json_int_t)Max)
        return Refuse(Line, "\"%s\" is no whole number from %u to %u", Name, Min, Max);
    *Number = (uint32_t)Integer;
    return true;
}

static bool
ReadBool(const LINE *Line, const char *Name, bool *Is)
{
    const json_t *Value = Member(Line, Name);
    if (Value && !json_is_boolean(Value))
        return Refuse(Line, "\"%s\" is neither true nor false", Name);
    *Is = json_is_true(Value);
    return true;
}

/* One of Count words. *Which is left as it was where it is lacking. */
static bool
ReadWord(const LINE *Line, const char *Name, const char *const *Words, size_t Count, size_t *Which)
{
    const char *Text;
    if (!ReadString(Line, Name, &Text))
        return false;
    for (size_t Index = 0; Text && Index < Count; Index++)
    {
        if (strcmp(Text, Words[Index]) != 0)
            continue;
        *Which = Index;
        return true;
    }
    return !Text || Refuse(Line, "there is no %s \"%.80s\"", Name, Text);
}

static bool
ReadTime(LINE *Line, int64_t *Time)
{
    const char *Text;
    struct tm Parts = {0};
    unsigned Milliseconds;
    int Length = 0;
    if (!ReadString(Line, "time", &Text))
        return false;
    Line->Lacks |= !Text;
    if (!Text)
        return true;
    const char *Rest = strptime(Text, "%Y-%m-%d %H:%M:%S", &Parts);
    if (!Rest || sscanf(Rest, ".%3u%n", &Milliseconds, &Length) != 1 || Length != 4 || Rest[Length] ||
        Parts.tm_year < 0)
        return Refuse(Line, "\"time\" is not of the form 2020-10-09 22:27:49.087");
    *Time = (timegm(&Parts) + SECONDS_1601_TO_1970) * UNITS_OF_A_SECOND +
            (int64_t)Milliseconds * UNITS_OF_A_MILLISECOND;
    return true;
}

static bool
ReadKind(LINE *Line, ROW_KIND *Kind)
{
    static const char *const Words[] = {"process_start", "process_exit", "image_load", "driver_load"};
    size_t Which = SIZE_MAX;
    if (!ReadWord(Line, "kind", Words, sizeof(Words) / sizeof(*Words), &Which))
        return false;
    Line->Lacks |= Which == SIZE_MAX;
    *Kind = Which == SIZE_MAX ? ROW_DRIVER_LOAD : (ROW_KIND)Which;
    return true;
}

static bool
ReadProcess(LINE *Line, ROW *Row)
{
    const char *Guid;
    if (!ReadNumber(Line, "pid", 1, RECORDING_MAX_PROCESS_ID, &Row->ProcessId) ||
        !ReadString(Line, "guid", &Guid))
        return false;
    Line->Lacks |= !Row->ProcessId || !Guid;
    if (Guid)
    {
        size_t Bytes = strlen(Guid) + 1;
        Row->Guid = memcpy(MemoryZeroed(Bytes, 1), Guid, Bytes);
    }
    return true;
}

static bool
ReadIntegrity(const LINE *Line, uint32_t *Level)
{
    /* An AppContainer's is low. */
    static const char *const Words[] = {"Untrusted", "AppContainer", "Low", "Medium", "High", "System"};
    static const uint32_t Levels[] = {0, 0x1000, 0x1000, 0x2000, 0x3000, 0x4000};
    size_t Which = 3;
    if (!ReadWord(Line, "integrity", Words, sizeof(Words) / sizeof(*Words), &Which))
        return false;
    *Level = Levels[Which];
    return true;
}

static bool
ReadRow(LINE *Line, ROW *Row)
{
    Row->Line = Line->Number;
    if (!ReadKind(Line, &Row->Kind) || !ReadTime(Line, &Row->Time))
        return false;
    if (Row->Kind != ROW_DRIVER_LOAD && !ReadProcess(Line, Row))
        return false;
    if (Row->Kind == ROW_EXIT)
        return true;
    if (Row->Kind != ROW_START)
        return ReadUtf16(Line, "loaded", &Row->Path) && ReadBool(Line, "signed", &Row->Signed);
    return ReadUtf16(Line, "image", &Row->Path) && ReadUtf16(Line, "command_line", &Row->CommandLine) &&
           ReadNumber(Line, "ppid", 0, RECORDING_MAX_PROCESS_ID, &Row->ParentId) &&
           ReadNumber(Line, "session", 0, UINT32_MAX, &Row->SessionId) &&
           ReadIntegrity(Line, &Row->IntegrityLevel);
}

static void
RowFree(ROW *Row)
{
    free(Row->Guid);
    free(Row->Path.Buffer);
    free(Row->CommandLine.Buffer);
}

static void
TakeRow(RECORDING *Recording, const LINE *Line, ROW *Row)
{
    if (Line->Lacks)
    {
        if (!Recording->Skipped++)
            Recording->FirstSkipped = Line->Number;
        RowFree(Row);
        return;
    }
    if (Recording->Count == Recording->Room)
    {
        Recording->Room = Recording->Room * 2 + 1024;
        Recording->Rows = MemoryResized(Recording->Rows, Recording->Room * sizeof(*Row));
    }
    Recording->Rows[Recording->Count++] = *Row;
}

static bool
ReadLine(RECORDING *Recording, LINE *Line, const char *Bytes, size_t Length)
{
    json_error_t Wrong;
    ROW Row = {0};
    Line->Object = json_loadb(Bytes, Length, JSON_REJECT_DUPLICATES, &Wrong);
    if (!Line->Object)
        return Refuse(Line, "no JSON: %s (byte %d)", Wrong.text, Wrong.position);
    bool Read = json_is_object(Line->Object) ? ReadRow(Line, &Row) : Refuse(Line, "no JSON object");
    if (Read)
        TakeRow(Recording, Line, &Row);
    else
        RowFree(&Row);
    json_decref(Line->Object);
    return Read;
}

/* The bytes up to the next line feed or the end; SIZE_MAX if they are too many. */
static size_t
NextLine(FILE *Stream, char *Bytes)
{
    size_t Length = 0;
    int Byte;
    while ((Byte = getc(Stream)) != EOF && Byte != '\n')
    {
        if (Length == RECORDING_MAX_LINE_BYTES)
            return SIZE_MAX;
        Bytes[Length++] = (char)Byte;
    }
    return Length;
}

static bool
ReadLines(RECORDING *Recording, FILE *Stream, LINE *Line, char *Bytes)
{
    int Ahead;
    while ((Ahead = getc(Stream)) != EOF)
    {
        ungetc(Ahead, Stream);
        Line->Number++;
        Line->Lacks = false;
        size_t Length = NextLine(Stream, Bytes);
        if (Length == SIZE_MAX)
            return Refuse(Line, "the line is longer than %u bytes", RECORDING_MAX_LINE_BYTES);
        if (!ferror(Stream) && !ReadLine(Recording, Line, Bytes, Length))
            return false;
    }
    if (ferror(Stream))
        return Refuse(Line, "cannot be read on: %s", strerror(errno));
    return Recording->Count || Refuse(Line, "no row up to here that could be replayed");
}

bool
RecordingRead(RECORDING *Recording, FILE *Stream, const char *Name, char Error[RECORDING_ERROR_BYTES])
{
    LINE Line = {.Name = Name, .Error = Error};
    char *Bytes = MemoryZeroed(RECORDING_MAX_LINE_BYTES, 1);
    *Recording = (RECORDING){0};
    bool Read = ReadLines(Recording, Stream, &Line, Bytes);
    free(Bytes);
    return Read;
}

void
RecordingFree(RECORDING *Recording)
{
    while (Recording->Count)
        RowFree(&Recording->Rows[--Recording->Count]);
    free(Recording->Rows);
    *Recording = (RECORDING){0};
}
