/* SPDX-License-Identifier: MIT */
#include "sink.h"

#include <string.h>

#define MAX_DIGITS 32

void
SinkInit(SINK *Sink, SINK_WRITE *Write, void *Context, bool Color)
{
    Sink->Write = Write;
    Sink->Context = Context;
    Sink->Error = 0;
    Sink->Color = Color;
    Sink->Style = STYLE_PLAIN;
    Sink->Column = 0;
    Sink->Used = 0;
}

bool
SinkFlush(SINK *Sink)
{
    if (Sink->Error == 0 && Sink->Used != 0)
        Sink->Error = Sink->Write(Sink->Context, Sink->Bytes, Sink->Used);
    Sink->Used = 0;
    return Sink->Error == 0;
}

/* Never splits what it is given, so that a writer always sees whole characters and whole styles. */
static void
Append(SINK *Sink, const char *Bytes, size_t Length)
{
    if (Length > SINK_BYTES - Sink->Used)
        SinkFlush(Sink);
    if (Length > SINK_BYTES)
    {
        if (Sink->Error == 0)
            Sink->Error = Sink->Write(Sink->Context, Bytes, Length);
        return;
    }
    memcpy(Sink->Bytes + Sink->Used, Bytes, Length);
    Sink->Used += Length;
}

void
SinkBytes(SINK *Sink, const char *Bytes, size_t Length)
{
    for (size_t Index = 0; Index < Length; Index++)
    {
        bool Continuation = ((unsigned char)Bytes[Index] & 0xC0) == 0x80;
        if (Bytes[Index] == '\n')
            Sink->Column = 0;
        else if (!Continuation)
            Sink->Column++;
    }
    Append(Sink, Bytes, Length);
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
    do
        SinkChar(Sink, ' ');
    while (Sink->Column < Column);
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
