/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "result.h"
#include "token.h"

bool
CountsAdd(const uint64_t *Values, uint32_t Count, uint64_t *Sum)
{
    for (uint32_t Index = 0; Index < Count; Index++)
    {
        if (Values[Index] > UINT64_MAX - *Sum)
            return false;
        *Sum += Values[Index];
    }
    return true;
}

bool
TokenIsWellFormed(const PRCM_TOKEN *Token)
{
    if (Token->Instance == 0 || Token->Next == 0 || Token->CountsKnown > 1 || Token->Reserved != 0)
        return false;
    if (Token->CountsKnown)
        return true;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        if (Token->Captured[Kind] != 0 || Token->Dropped[Kind] != 0)
            return false;
    }
    return true;
}

bool
TokenAddsUp(const PRCM_TOKEN *Token)
{
    if (!Token->CountsKnown)
        return true;
    uint64_t Captured = 0;
    if (!CountsAdd(Token->Captured, PRCM_KIND_COUNT, &Captured) || Captured != Token->Next - 1)
        return false;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        if (Token->Dropped[Kind] > Token->Captured[Kind])
            return false;
    }
    return true;
}

/* The C library's formats for 64 bits differ between the systems this runs on, and follow the locale. */
static char *
NumberFormat(char *At, uint64_t Value, uint32_t Base)
{
    char Digits[20];
    uint32_t Count = 0;
    do
    {
        Digits[Count++] = "0123456789abcdef"[Value % Base];
        Value /= Base;
    } while (Value != 0);
    while (Count != 0)
        *At++ = Digits[--Count];
    return At;
}

static char *
CountsFormat(char *At, const uint64_t Counts[PRCM_KIND_COUNT])
{
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        *At++ = Kind == 0 ? ':' : ',';
        At = NumberFormat(At, Counts[Kind], 10);
    }
    return At;
}

/* "0x", the instance, the number, the counts, each with the separator before it, and the terminator. */
#define TOKEN_LONGEST (2 + 16 + 1 + 20 + 2 * PRCM_KIND_COUNT * (1 + 20) + 1)
PRCM_ASSERT(TOKEN_LONGEST <= PRCM_TOKEN_TEXT_BYTES);

void
PrcmTokenFormat(const PRCM_TOKEN *Token, char Text[PRCM_TOKEN_TEXT_BYTES])
{
    char *At = Text;
    *At++ = '0';
    *At++ = 'x';
    At = NumberFormat(At, Token->Instance, 16);
    *At++ = ':';
    At = NumberFormat(At, Token->Next, 10);
    if (Token->CountsKnown)
    {
        At = CountsFormat(At, Token->Captured);
        At = CountsFormat(At, Token->Dropped);
    }
    *At = 0;
}

static uint32_t
DigitParse(char Digit)
{
    if (Digit >= '0' && Digit <= '9')
        return (uint32_t)(Digit - '0');
    if (Digit >= 'a' && Digit <= 'f')
        return (uint32_t)(Digit - 'a') + 10;
    return UINT32_MAX;
}

/* Each of these returns where it stopped, or NULL when there is nothing to read or, handed on, At is NULL. */
static const char *
NumberParse(const char *At, uint32_t Base, uint64_t *Value)
{
    if (At == NULL || DigitParse(*At) >= Base)
        return NULL;
    *Value = 0;
    for (; DigitParse(*At) < Base; At++)
    {
        uint32_t Digit = DigitParse(*At);
        if (*Value > (UINT64_MAX - Digit) / Base)
            return NULL;
        *Value = *Value * Base + Digit;
    }
    return At;
}

static const char *
WordParse(const char *At, const char *Word)
{
    size_t Length = strlen(Word);
    return At != NULL && strncmp(At, Word, Length) == 0 ? At + Length : NULL;
}

static const char *
CountsParse(const char *At, uint64_t Counts[PRCM_KIND_COUNT])
{
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        At = NumberParse(WordParse(At, Kind == 0 ? ":" : ","), 10, &Counts[Kind]);
    return At;
}

PRCM_RESULT
PrcmTokenParse(const char *Text, PRCM_TOKEN *Token)
{
    if (Text == NULL || Token == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    PRCM_TOKEN Parsed = {0};
    const char *At = NumberParse(WordParse(Text, "0x"), 16, &Parsed.Instance);
    At = NumberParse(WordParse(At, ":"), 10, &Parsed.Next);
    if (At != NULL && *At != 0)
    {
        At = CountsParse(At, Parsed.Captured);
        At = CountsParse(At, Parsed.Dropped);
        Parsed.CountsKnown = 1;
    }
    if (At == NULL || *At != 0 || !TokenIsWellFormed(&Parsed) || !TokenAddsUp(&Parsed))
        return ResultNote(PRCM_ERROR_TOKEN, 0);
    *Token = Parsed;
    return PRCM_OK;
}
