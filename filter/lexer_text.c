/* SPDX-License-Identifier: MIT */
#include "lexer.h"

#include <string.h>

#define UNIT_DIGITS 4u

/* A character of a text, at *At, to one or two units. How many; 0: it is none. */
static uint32_t
ReadCharacter(const char *Text, size_t *At, uint16_t Units[2])
{
    uint32_t Point;
    size_t Length = Utf16DecodeUtf8(Text + *At, &Point);

    *At += Length;
    if (Length == 0 || Point < 0x10000)
    {
        Units[0] = (uint16_t)Point;
        return Length == 0 ? 0 : 1;
    }
    Units[0] = (uint16_t)(0xD800 + ((Point - 0x10000) >> 10));
    Units[1] = (uint16_t)(0xDC00 + (Point & 0x3FF));
    return 2;
}

static bool
ReadUnitDigits(const char *Text, uint16_t *Unit)
{
    uint32_t Value = 0;

    for (unsigned Index = 0; Index < UNIT_DIGITS; Index++)
    {
        char Digit = Text[Index];
        if (Digit >= '0' && Digit <= '9')
            Value = Value << 4 | (uint32_t)(Digit - '0');
        else if ((Digit | 0x20) >= 'a' && (Digit | 0x20) <= 'f')
            Value = Value << 4 | (uint32_t)((Digit | 0x20) - 'a' + 10);
        else
            return false;
    }
    *Unit = (uint16_t)Value;
    return true;
}

/* What stands behind a backslash, at *At. */
static bool
ReadEscape(const char *Text, size_t *At, uint16_t *Unit)
{
    static const char Names[] = "\\\"nrt";
    static const char Values[] = "\\\"\n\r\t";
    const char *Found = strchr(Names, Text[*At]);

    if (Text[*At] == 'u' && ReadUnitDigits(Text + *At + 1, Unit))
    {
        *At += 1 + UNIT_DIGITS;
        return true;
    }
    if (Found == NULL || *Found == '\0')
        return false;
    *Unit = (uint8_t)Values[Found - Names];
    (*At)++;
    return true;
}

/* One character or escape of a text in Quote. How many units; 0: it is none. */
static uint32_t
ReadOne(const char *Text, size_t *At, char Quote, uint16_t Units[2])
{
    if (Quote == '"' && Text[*At] == '\\')
    {
        (*At)++;
        return ReadEscape(Text, At, Units) ? 1 : 0;
    }
    if (Text[*At] == '\'' && Quote == '\'')
        (*At)++;
    return ReadCharacter(Text, At, Units);
}

static bool
Refuse(const LEXER *Lexer, size_t At)
{
    if (Lexer->Text[At] != '\\')
        return FilterFail(Lexer->Error, At, 1, "this byte is not UTF-8");
    if (Lexer->Text[At + 1] == 'u')
        return FilterFail(Lexer->Error, At, 2, "four hexadecimal digits stand behind \\u");
    return FilterFail(
        Lexer->Error, At, 2,
        "no escape: a backslash is \\\\ in \"double quotes\"; in 'single quotes' it stands for itself");
}

bool
LexerReadText(LEXER *Lexer, const TOKEN *Token, uint16_t *Units, uint32_t *Count)
{
    size_t End = Token->Offset + Token->Length - 1;
    char Quote = Lexer->Text[Token->Offset];

    *Count = 0;
    for (size_t At = Token->Offset + 1; At < End;)
    {
        size_t Begun = At;
        uint16_t Read[2];
        uint32_t ReadCount = ReadOne(Lexer->Text, &At, Quote, Read);
        if (ReadCount == 0)
            return Refuse(Lexer, Begun);
        memcpy(Units + *Count, Read, ReadCount * sizeof(*Read));
        *Count += ReadCount;
    }
    if (*Count > FILTER_MAX_TEXT)
        return FilterFail(Lexer->Error, Token->Offset, Token->Length, "a text has at most %u units",
                          FILTER_MAX_TEXT);
    return true;
}

size_t
LexerPlaceOf(const LEXER *Lexer, const TOKEN *Token, uint32_t Unit)
{
    size_t End = Token->Offset + Token->Length - 1;
    size_t At = Token->Offset + 1;
    uint16_t Read[2];

    for (uint32_t Count = 0; Count < Unit && At < End;)
        Count += ReadOne(Lexer->Text, &At, Lexer->Text[Token->Offset], Read);
    return At;
}
