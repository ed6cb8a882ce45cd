/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <string.h>

#include "prcm.h"
#include "text_ranges.h"

#define REPLACEMENT 0xFFFDu

/* What is left of a text. */
typedef struct TEXT
{
    const uint16_t *Units;
    uint32_t Count;
} TEXT;

static bool
IsBetween(uint32_t Value, uint32_t First, uint32_t Last)
{
    return Value >= First && Value <= Last;
}

/* The first character, or the value of an unpaired surrogate; *Count receives how many units it has. */
static uint32_t
FirstPoint(TEXT Text, uint32_t *Count)
{
    uint32_t High = Text.Units[0];
    *Count = 1;
    if (!IsBetween(High, 0xD800, 0xDBFF) || Text.Count < 2 || !IsBetween(Text.Units[1], 0xDC00, 0xDFFF))
        return High;
    *Count = 2;
    return 0x10000 + ((High - 0xD800) << 10) + (Text.Units[1] - 0xDC00u);
}

int
PrcmNeedsEscape(uint32_t Character)
{
    const TEXT_RANGE *Ranges = TextEscaped;
    size_t Count = sizeof(TextEscaped) / sizeof(TextEscaped[0]);

    /* Halved until one range is left, the last that begins at Character or before: the first begins at 0. */
    while (Count > 1)
    {
        size_t Half = Count / 2;
        if (Ranges[Half].First <= Character)
            Ranges += Half;
        Count -= Half;
    }
    return IsBetween(Character, Ranges->First, Ranges->Last);
}

/* At most 4 bytes. */
static uint32_t
PutUtf8(char *Bytes, uint32_t Point)
{
    static const unsigned char Leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    uint32_t Length = Point < 0x80 ? 1 : Point < 0x800 ? 2 : Point < 0x10000 ? 3 : 4;

    for (uint32_t Index = Length - 1; Index > 0; Index--)
    {
        Bytes[Index] = (char)(0x80 | (Point & 0x3F));
        Point >>= 6;
    }
    Bytes[0] = (char)(Leads[Length] | Point);
    return Length;
}

/* "<U+001B>", with 4 to 6 digits: at most PRCM_TEXT_ROOM bytes. */
static uint32_t
PutEscape(char *Bytes, uint32_t Point)
{
    uint32_t Length = 3;
    uint32_t Digits = Point < 0x10000 ? 4 : Point < 0x100000 ? 5 : 6;

    memcpy(Bytes, "<U+", Length);
    while (Digits-- > 0)
        Bytes[Length++] = "0123456789ABCDEF"[Point >> (4 * Digits) & 0xF];
    Bytes[Length++] = '>';
    return Length;
}

/* Whether the text goes on as an escape does. */
static bool
LooksEscaped(TEXT Text)
{
    return Text.Count >= 3 && Text.Units[0] == '<' && Text.Units[1] == 'U' && Text.Units[2] == '+';
}

/* Writes the first character, which is Point, at most PRCM_TEXT_ROOM bytes. */
static uint32_t
PutCharacter(char *Bytes, TEXT Text, uint32_t Point, uint32_t Flags)
{
    bool Shown = (Flags & PRCM_TEXT_ESCAPE) != 0;

    if (Shown && (PrcmNeedsEscape(Point) || LooksEscaped(Text)))
        return PutEscape(Bytes, Point);
    return PutUtf8(Bytes, IsBetween(Point, 0xD800, 0xDFFF) ? REPLACEMENT : Point);
}

uint32_t
PrcmTextToUtf8(const void *Utf16, uint32_t Length, uint32_t Flags, char *Utf8, uint32_t Room, uint32_t *Taken)
{
    TEXT Text = {.Units = Utf16, .Count = Length / sizeof(*Text.Units)};
    uint32_t Written = 0;

    while (Text.Count > 0)
    {
        char Bytes[PRCM_TEXT_ROOM];
        uint32_t Units;
        uint32_t Point = FirstPoint(Text, &Units);
        uint32_t Put = PutCharacter(Bytes, Text, Point, Flags);
        if (Put > Room - Written)
            break;
        memcpy(Utf8 + Written, Bytes, Put);
        Written += Put;
        Text.Units += Units;
        Text.Count -= Units;
    }
    *Taken = Text.Count > 0 ? Length / 2 * 2 - Text.Count * 2 : Length;
    return Written;
}
