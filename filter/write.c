/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "fields.h"
#include "filter.h"

#define INDENT         4u
#define MAX_LINE       100u /* bytes of a filter's line that are shown */
#define BEFORE_PLACE   50u
#define NAME_COLUMN    27u
#define TYPE_COLUMN    37u
#define MEANING_COLUMN 55u

static bool
IsInCharacter(char Byte)
{
    return ((unsigned char)Byte & 0xC0) == 0x80;
}

/* Bytes of Text from Begin to before End, with what could steer a terminal escaped. */
static void
WritePart(SINK *Sink, const char *Text, size_t Begin, size_t End)
{
    char Part[MAX_LINE + 8];
    size_t Length = End > Begin ? End - Begin : 0;

    memcpy(Part, Text + Begin, Length);
    Part[Length] = '\0';
    Utf16WriteUtf8(Sink, Part);
}

static void
WriteTimes(SINK *Sink, size_t Count, char Character)
{
    for (size_t Index = 0; Index < Count; Index++)
        SinkChar(Sink, Character);
}

static bool
IsLineEnd(char Character)
{
    return Character == '\0' || Character == '\n' || Character == '\r';
}

void
FilterWritePlace(SINK *Sink, const char *Text, const FILTER_ERROR *Error)
{
    size_t Begin = Error->Offset;
    size_t End = Error->Offset;
    size_t PlaceEnd = Error->Offset + Error->Length;

    while (Begin > 0 && !IsLineEnd(Text[Begin - 1]) && Error->Offset - Begin < BEFORE_PLACE)
        Begin--;
    while (Begin < Error->Offset && IsInCharacter(Text[Begin]))
        Begin++;
    while (!IsLineEnd(Text[End]) && End - Begin < MAX_LINE)
        End++;
    while (End > Begin && IsInCharacter(Text[End]))
        End--;
    PlaceEnd = PlaceEnd > End ? End : PlaceEnd;
    WriteTimes(Sink, INDENT, ' ');
    WritePart(Sink, Text, Begin, Error->Offset);
    size_t First = Sink->Column;
    WritePart(Sink, Text, Error->Offset, PlaceEnd);
    size_t Next = Sink->Column;
    WritePart(Sink, Text, PlaceEnd, End);
    SinkChar(Sink, '\n');
    WriteTimes(Sink, First, ' ');
    SinkChar(Sink, '^');
    WriteTimes(Sink, Next > First ? Next - First - 1 : 0, '~');
    SinkChar(Sink, '\n');
}

static void
WriteKinds(SINK *Sink, uint32_t Kinds)
{
    static const char *const Names[] = {"start", "exit", "image"};
    bool First = true;

    for (uint32_t Kind = 0; Kind < sizeof(Names) / sizeof(Names[0]); Kind++)
    {
        if ((Kinds & PRCM_KIND_BIT(Kind)) == 0)
            continue;
        SinkText(Sink, First ? "" : ", ");
        SinkText(Sink, Names[Kind]);
        First = false;
    }
}

void
FilterWriteFields(SINK *Sink)
{
    for (size_t Index = 0; Index < FieldCount; Index++)
    {
        const FIELD *Field = &FieldTable[Index];
        SinkText(Sink, Field->Name);
        SinkPadTo(Sink, NAME_COLUMN);
        SinkText(Sink, FieldTypeNames[Field->Type]);
        SinkPadTo(Sink, TYPE_COLUMN);
        WriteKinds(Sink, Field->Kinds);
        SinkPadTo(Sink, MEANING_COLUMN);
        SinkText(Sink, Field->Meaning);
        SinkChar(Sink, '\n');
    }
}
