/* SPDX-License-Identifier: MIT */
#include "utf16.h"

#include <string.h>

#include "prcm.h"

#define WRITE_BYTES 512

#define IS_HIGH_SURROGATE(Unit) ((Unit) >= 0xD800 && (Unit) <= 0xDBFF)
#define IS_LOW_SURROGATE(Unit)  ((Unit) >= 0xDC00 && (Unit) <= 0xDFFF)
#define IS_SURROGATE(Unit)      ((Unit) >= 0xD800 && (Unit) <= 0xDFFF)
#define MAX_CODE_POINT          0x10FFFFu
#define REPLACEMENT             "\xEF\xBF\xBD" /* U+FFFD */

/* A code point, or the value of an unpaired surrogate. */
static uint32_t
NextCodePoint(UTF16 Text, uint32_t *At)
{
    uint32_t High = Text.Units[(*At)++];
    if (!IS_HIGH_SURROGATE(High) || *At == Text.Count || !IS_LOW_SURROGATE(Text.Units[*At]))
        return High;
    uint32_t Low = Text.Units[(*At)++];
    return 0x10000 + ((High - 0xD800) << 10) + (Low - 0xDC00);
}

static void
Write(SINK *Sink, UTF16 Text, uint32_t Flags)
{
    char Bytes[WRITE_BYTES];

    while (Text.Count > 0)
    {
        uint32_t Taken;
        uint32_t Length = PrcmTextToUtf8(Text.Units, Text.Count * (uint32_t)sizeof(*Text.Units), Flags, Bytes,
                                         sizeof(Bytes), &Taken);
        SinkBytes(Sink, Bytes, Length);
        Text.Units += Taken / sizeof(*Text.Units);
        Text.Count -= Taken / (uint32_t)sizeof(*Text.Units);
    }
}

void
Utf16Write(SINK *Sink, UTF16 Text)
{
    Write(Sink, Text, PRCM_TEXT_ESCAPE);
}

/* Two blanks in a row, or one at an end, could pass for the end of a column. */
static bool
IsMisleadingBlank(UTF16 Name, uint32_t At)
{
    bool Inner = At > 0 && At + 1 < Name.Count && Name.Units[At - 1] != ' ';
    return Name.Units[At] == ' ' && !Inner;
}

void
Utf16WriteName(SINK *Sink, UTF16 Name)
{
    uint32_t Begun = 0;

    for (uint32_t At = 0; At < Name.Count; At++)
    {
        if (!IsMisleadingBlank(Name, At))
            continue;
        Utf16Write(Sink, (UTF16){.Units = Name.Units + Begun, .Count = At - Begun});
        SinkText(Sink, "<U+0020>");
        Begun = At + 1;
    }
    Utf16Write(Sink, (UTF16){.Units = Name.Units + Begun, .Count = Name.Count - Begun});
}

static void
WriteJsonUnit(SINK *Sink, uint32_t Unit)
{
    SinkText(Sink, "\\u");
    SinkHex(Sink, Unit, 4);
}

/* Readers written in C refuse a NUL, or end the string there. All of these need an escape. */
static bool
IsForeignToJson(uint32_t Point)
{
    bool IsNoncharacter = (Point >= 0xFDD0 && Point <= 0xFDEF) || (Point & 0xFFFE) == 0xFFFE;
    return Point == 0 || IsNoncharacter || IS_SURROGATE(Point);
}

static void
WriteJsonEscape(SINK *Sink, uint32_t Point)
{
    if (Point < 0x10000)
    {
        WriteJsonUnit(Sink, Point);
        return;
    }
    WriteJsonUnit(Sink, 0xD800 + ((Point - 0x10000) >> 10));
    WriteJsonUnit(Sink, 0xDC00 + (Point & 0x3FF));
}

/* From At to before End of Text, which a JSON string has as they are. */
static void
WriteJsonRun(SINK *Sink, UTF16 Text, uint32_t At, uint32_t End)
{
    if (At < End)
        Write(Sink, (UTF16){.Units = Text.Units + At, .Count = End - At}, 0);
}

bool
Utf16WriteJson(SINK *Sink, UTF16 Text)
{
    bool Exact = true;
    uint32_t Run = 0;

    SinkChar(Sink, '"');
    for (uint32_t At = 0, Next = 0; At < Text.Count; At = Next)
    {
        uint32_t Point = NextCodePoint(Text, &Next);
        bool Quoted = Point == '"' || Point == '\\';
        if (!Quoted && !PrcmNeedsEscape(Point))
            continue;
        WriteJsonRun(Sink, Text, Run, At);
        Run = Next;
        if (Quoted)
            SinkBytes(Sink, Point == '"' ? "\\\"" : "\\\\", 2);
        else if (IsForeignToJson(Point))
        {
            SinkText(Sink, REPLACEMENT);
            Exact = false;
        }
        else
            WriteJsonEscape(Sink, Point);
    }
    WriteJsonRun(Sink, Text, Run, Text.Count);
    SinkChar(Sink, '"');
    return Exact;
}

size_t
Utf16DecodeUtf8(const char *Text, uint32_t *Point)
{
    static const uint32_t Smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char Lead = (unsigned char)Text[0];
    size_t Length = Lead < 0x80             ? 1
                    : (Lead & 0xE0) == 0xC0 ? 2
                    : (Lead & 0xF0) == 0xE0 ? 3
                    : (Lead & 0xF8) == 0xF0 ? 4
                                            : 0;
    if (Length < 2)
    {
        *Point = Lead;
        return Length;
    }
    *Point = Lead & (0xFFu >> (Length + 1));
    for (size_t Index = 1; Index < Length; Index++)
    {
        if (((unsigned char)Text[Index] & 0xC0) != 0x80)
            return 0;
        *Point = (*Point << 6) | ((unsigned char)Text[Index] & 0x3F);
    }
    bool Valid = *Point >= Smallest[Length] && *Point <= MAX_CODE_POINT && !IS_SURROGATE(*Point);
    return Valid ? Length : 0;
}

/* What Utf16Write or this function writes in the place of a character or byte. */
static bool
LooksEscaped(const char *Text)
{
    return strncmp(Text, "<U+", 3) == 0 || strncmp(Text, "<0x", 3) == 0;
}

static void
WriteEscape(SINK *Sink, const char *Prefix, uint32_t Value, unsigned Digits)
{
    SinkText(Sink, Prefix);
    SinkHexUpper(Sink, Value, Digits);
    SinkChar(Sink, '>');
}

void
Utf16WriteUtf8(SINK *Sink, const char *Text)
{
    while (*Text != '\0')
    {
        uint32_t Point;
        size_t Length = Utf16DecodeUtf8(Text, &Point);
        if (Length == 0)
            WriteEscape(Sink, "<0x", (unsigned char)*Text, 2);
        else if (PrcmNeedsEscape(Point) || LooksEscaped(Text))
            WriteEscape(Sink, "<U+", Point, 4);
        else
            SinkBytes(Sink, Text, Length);
        Text += Length != 0 ? Length : 1;
    }
}

static void
PutUnit(uint16_t *Units, size_t Capacity, size_t *Count, uint32_t Unit)
{
    if (*Count < Capacity)
        Units[*Count] = (uint16_t)Unit;
    (*Count)++;
}

size_t
Utf16FromUtf8(const char *Text, uint16_t *Units, size_t Capacity)
{
    size_t Count = 0;

    while (*Text != '\0')
    {
        uint32_t Point;
        size_t Length = Utf16DecodeUtf8(Text, &Point);
        if (Length == 0)
            return SIZE_MAX;
        Text += Length;
        if (Point < 0x10000)
        {
            PutUnit(Units, Capacity, &Count, Point);
            continue;
        }
        PutUnit(Units, Capacity, &Count, 0xD800 + ((Point - 0x10000) >> 10));
        PutUnit(Units, Capacity, &Count, 0xDC00 + (Point & 0x3FF));
    }
    return Count;
}

bool
Utf16Equal(UTF16 A, UTF16 B)
{
    return A.Count == B.Count && (A.Count == 0 || memcmp(A.Units, B.Units, A.Count * sizeof(uint16_t)) == 0);
}

bool
Utf16EqualNoCase(UTF16 A, UTF16 B)
{
    if (A.Count != B.Count)
        return false;
    for (uint32_t Index = 0; Index < A.Count; Index++)
    {
        if (Utf16Upper(A.Units[Index]) != Utf16Upper(B.Units[Index]))
            return false;
    }
    return true;
}

UTF16
Utf16FileName(UTF16 Path)
{
    uint32_t At = Path.Count;
    while (At > 0 && Path.Units[At - 1] != '\\')
        At--;
    if (At == 0)
        return Path;
    return (UTF16){.Units = Path.Units + At, .Count = Path.Count - At};
}
