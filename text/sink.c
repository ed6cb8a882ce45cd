/* SPDX-License-Identifier: MIT */
#include "sink.h"

#include <string.h>

#include "cells.h"

#define MAX_DIGITS 32

/* Columns of a line that make it worth beginning a field there. */
#define LEAST_TAIL 20

/* Between two columns. */
#define LEAST_GAP 2

/* In a narrower window nothing could be laid out. */
#define LEAST_WIDTH 16

#define CUT_MARK       ">"
#define CONTINUED_MARK "|"

void
SinkInit(SINK *Sink, SINK_WRITE *Write, void *Context, bool Color)
{
    Sink->Write = Write;
    Sink->AskWindow = NULL;
    Sink->Context = Context;
    Sink->Error = 0;
    Sink->Color = Color;
    Sink->Style = STYLE_PLAIN;
    Sink->Column = 0;
    Sink->Window = (SINK_WINDOW){0};
    Sink->RowLines = 0;
    Sink->RowLine = 0;
    Sink->RowEnd = 0;
    Sink->RowIndent = 0;
    Sink->RowCut = false;
    Sink->Used = 0;
    Sink->LineEnd = 0;
}

bool
SinkFlush(SINK *Sink)
{
    if (Sink->Error == 0 && Sink->Used != 0)
        Sink->Error = Sink->Write(Sink->Context, Sink->Bytes, Sink->Used);
    Sink->Used = 0;
    Sink->LineEnd = 0;
    return Sink->Error == 0;
}

size_t
SinkWholeLines(const char *Bytes, size_t Length, size_t Limit)
{
    size_t End = Limit;

    if (Length <= Limit)
        return Length;
    while (End > 0 && Bytes[End - 1] != '\n')
        End--;
    if (End > 0)
        return End;
    const char *Last = memchr(Bytes + Limit, '\n', Length - Limit);
    return Last != NULL ? (size_t)(Last - Bytes) + 1 : Length;
}

static void
FlushLines(SINK *Sink)
{
    if (Sink->LineEnd == 0)
        return;
    if (Sink->Error == 0)
        Sink->Error = Sink->Write(Sink->Context, Sink->Bytes, Sink->LineEnd);
    Sink->Used -= Sink->LineEnd;
    memmove(Sink->Bytes, Sink->Bytes + Sink->LineEnd, Sink->Used);
    Sink->LineEnd = 0;
}

/* Never splits what it is given, so that a writer always sees whole characters and whole styles. */
static void
Append(SINK *Sink, const char *Bytes, size_t Length)
{
    if (Sink->Used + Length > SINK_BYTES)
        FlushLines(Sink);
    if (Length > SINK_LINE_BYTES - Sink->Used)
        SinkFlush(Sink);
    if (Length > SINK_LINE_BYTES)
    {
        if (Sink->Error == 0)
            Sink->Error = Sink->Write(Sink->Context, Bytes, Length);
        return;
    }
    memcpy(Sink->Bytes + Sink->Used, Bytes, Length);
    Sink->Used += Length;
    if (Length != 0 && Bytes[Length - 1] == '\n')
        Sink->LineEnd = Sink->Used;
}

void
SinkBeginRow(SINK *Sink, size_t Indent)
{
    if (Sink->AskWindow != NULL && Sink->Used == 0)
        Sink->Window = Sink->AskWindow(Sink->Context);
    size_t Half = Sink->Window.Width / 2;
    Sink->RowIndent = Indent < Half ? Indent : Half;
    Sink->RowLine = Sink->Window.Width >= LEAST_WIDTH ? 1 : 0;
    Sink->RowEnd = 0;
    Sink->RowCut = false;
}

/* Whether the row may go on in another line. */
static bool
MayBreak(const SINK *Sink)
{
    return Sink->RowEnd == 0 || Sink->RowLine < Sink->RowEnd;
}

/* How many columns of the row's line can be used. The console's last one is not: some consoles begin another line as soon as
 * it is filled. Where the row may be cut, its mark takes one. */
static size_t
RowWidth(const SINK *Sink)
{
    return Sink->Window.Width - (MayBreak(Sink) ? 1 : 2);
}

/* Whether a field that begins at Column has too little of the row's line, and would have more of another. */
static bool
IsTooFar(const SINK *Sink, size_t Column)
{
    return Sink->RowLine != 0 && Column > Sink->RowIndent && Column + LEAST_TAIL > RowWidth(Sink);
}

void
SinkLastField(SINK *Sink)
{
    size_t Least = Sink->RowLine + (IsTooFar(Sink, Sink->Column) ? 1 : 0);

    if (Sink->RowLine != 0 && Sink->RowLines != 0)
        Sink->RowEnd = Sink->RowLines > Least ? Sink->RowLines : Least;
}

static void
AppendMark(SINK *Sink, const char *Mark)
{
    SINK_STYLE Style = Sink->Style;
    SinkStyle(Sink, STYLE_YELLOW);
    Append(Sink, Mark, strlen(Mark));
    SinkStyle(Sink, Style);
}

static void
BreakRow(SINK *Sink)
{
    Append(Sink, "\n", 1);
    AppendMark(Sink, CONTINUED_MARK);
    for (Sink->Column = 1; Sink->Column < Sink->RowIndent; Sink->Column++)
        Append(Sink, " ", 1);
    Sink->RowLine++;
}

/* Makes room for a character of the row; false: there is none, and it is dropped. */
static bool
FitsRow(SINK *Sink, size_t Cells)
{
    if (Sink->RowCut)
        return false;
    if (Sink->Column + Cells <= RowWidth(Sink))
        return true;
    if (MayBreak(Sink))
    {
        BreakRow(Sink);
        return true;
    }
    AppendMark(Sink, CUT_MARK);
    Sink->RowCut = true;
    return false;
}

/* The bytes of the character that Bytes begin with. */
static size_t
FirstCharacter(const char *Bytes, size_t Length, uint32_t *Point)
{
    size_t Count = 1;

    *Point = (unsigned char)Bytes[0];
    if (*Point >= 0xC0)
        *Point &= *Point >= 0xF0 ? 0x07 : *Point >= 0xE0 ? 0x0F : 0x1F;
    for (; Count < Length && ((unsigned char)Bytes[Count] & 0xC0) == 0x80; Count++)
        *Point = *Point << 6 | ((unsigned char)Bytes[Count] & 0x3F);
    return Count;
}

/* How many of Bytes are characters of one byte and one cell, before another comes. */
static size_t
PlainRun(const char *Bytes, size_t Length)
{
    size_t Count = 0;

    while (Count < Length && Bytes[Count] >= ' ' && Bytes[Count] <= '~')
        Count++;
    return Count;
}

void
SinkBytes(SINK *Sink, const char *Bytes, size_t Length)
{
    size_t Begun = 0; /* of what fits, and is still to be appended */

    for (size_t At = 0, Count; At < Length; At += Count)
    {
        uint32_t Point;
        Count = Sink->RowLine == 0 ? PlainRun(Bytes + At, Length - At) : 0;
        Sink->Column += Count;
        if (Count != 0)
            continue;
        Count = FirstCharacter(Bytes + At, Length - At, &Point);
        if (Point == '\n')
        {
            Sink->Column = 0;
            Sink->RowLine = 0;
            continue;
        }
        size_t Cells = CellsOf(Point, Sink->Window.EastAsian);
        if (Sink->RowLine != 0 && Sink->Column + Cells > RowWidth(Sink))
        {
            Append(Sink, Bytes + Begun, At - Begun);
            Begun = FitsRow(Sink, Cells) ? At : At + Count;
        }
        Sink->Column += Cells;
    }
    Append(Sink, Bytes + Begun, Length - Begun);
}

void
SinkText(SINK *Sink, const char *Text)
{
    SinkBytes(Sink, Text, strlen(Text));
}

void
SinkChar(SINK *Sink, char Character)
{
    SinkBytes(Sink, &Character, 1);
}

static void
WriteNumber(SINK *Sink, uint64_t Value, unsigned Base, const char *Alphabet, unsigned Digits)
{
    char Text[MAX_DIGITS];
    size_t At = sizeof(Text);

    if (Digits > MAX_DIGITS)
        Digits = MAX_DIGITS;
    do
    {
        Text[--At] = Alphabet[Value % Base];
        Value /= Base;
    } while (Value != 0);
    while (sizeof(Text) - At < Digits)
        Text[--At] = '0';
    SinkBytes(Sink, Text + At, sizeof(Text) - At);
}

void
SinkUnsigned(SINK *Sink, uint64_t Value)
{
    WriteNumber(Sink, Value, 10, "0123456789", 1);
}

void
SinkDigits(SINK *Sink, uint64_t Value, unsigned Digits)
{
    WriteNumber(Sink, Value, 10, "0123456789", Digits);
}

void
SinkHex(SINK *Sink, uint64_t Value, unsigned Digits)
{
    WriteNumber(Sink, Value, 16, "0123456789abcdef", Digits);
}

void
SinkHexUpper(SINK *Sink, uint64_t Value, unsigned Digits)
{
    WriteNumber(Sink, Value, 16, "0123456789ABCDEF", Digits);
}

void
SinkCode(SINK *Sink, uint32_t Code)
{
    SinkText(Sink, "0x");
    SinkHexUpper(Sink, Code, 8);
}

void
SinkGrouped(SINK *Sink, uint64_t Value)
{
    if (Value < 1000)
    {
        SinkUnsigned(Sink, Value);
        return;
    }
    SinkGrouped(Sink, Value / 1000);
    SinkChar(Sink, ',');
    SinkDigits(Sink, Value % 1000, 3);
}

size_t
SinkUnsignedWidth(uint64_t Value)
{
    size_t Width = 1;
    while (Value >= 10)
    {
        Value /= 10;
        Width++;
    }
    return Width;
}

size_t
SinkGroupedWidth(uint64_t Value)
{
    size_t Digits = SinkUnsignedWidth(Value);
    return Digits + (Digits - 1) / 3;
}

void
SinkPadTo(SINK *Sink, size_t Column)
{
    if (IsTooFar(Sink, Column))
    {
        if (MayBreak(Sink))
        {
            BreakRow(Sink);
            return;
        }
        Column = 0;
    }
    size_t Spaces = Column > Sink->Column + LEAST_GAP ? Column - Sink->Column : LEAST_GAP;
    for (; Spaces > 0; Spaces--)
        SinkChar(Sink, ' ');
}

void
SinkStyle(SINK *Sink, SINK_STYLE Style)
{
    static const char *const Codes[STYLE_COUNT] = {
        [STYLE_PLAIN] = "\033[0m",  [STYLE_DIM] = "\033[90m",    [STYLE_BOLD] = "\033[1m",
        [STYLE_GREEN] = "\033[32m", [STYLE_YELLOW] = "\033[33m", [STYLE_BLUE] = "\033[34m",
        [STYLE_CYAN] = "\033[36m",  [STYLE_RED] = "\033[1;31m",
    };

    if (Sink->Color && Style != Sink->Style)
        Append(Sink, Codes[Style], strlen(Codes[Style]));
    Sink->Style = Style;
}
