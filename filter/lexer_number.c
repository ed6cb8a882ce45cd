/* SPDX-License-Identifier: MIT */
#include "lexer.h"

#include <string.h>

#include "text/times.h"

#define MAX_TIME_BYTES 48u
#define YEAR_DIGITS    4u

typedef struct SUFFIX
{
    const char *Text;
    TOKEN_TYPE Type;
    uint64_t Unit;
} SUFFIX;

static const SUFFIX Suffixes[] = {
    {"K", TOKEN_NUMBER, 1ull << 10},
    {"M", TOKEN_NUMBER, 1ull << 20},
    {"G", TOKEN_NUMBER, 1ull << 30},
    {"T", TOKEN_NUMBER, 1ull << 40},
    {"ms", TOKEN_DURATION, TIMES_PER_MILLISECOND},
    {"s", TOKEN_DURATION, TIMES_PER_SECOND},
    {"m", TOKEN_DURATION, 60ull * TIMES_PER_SECOND},
    {"h", TOKEN_DURATION, 3600ull * TIMES_PER_SECOND},
    {"d", TOKEN_DURATION, 86400ull * TIMES_PER_SECOND},
};

static bool
LooksLikeTime(const char *Text, size_t Length)
{
    return Length > YEAR_DIGITS && strspn(Text, "0123456789") == YEAR_DIGITS && Text[YEAR_DIGITS] == '-';
}

static bool
ReadTime(const LEXER *Lexer, TOKEN *Token)
{
    char Text[MAX_TIME_BYTES];
    int64_t Time;
    bool Zoned;

    Token->Type = TOKEN_TIME;
    if (Token->Length >= sizeof(Text))
        return FilterFail(Lexer->Error, Token->Offset, Token->Length,
                          "this is no time; one is 2026-11-22T15:04:05Z");
    memcpy(Text, Lexer->Text + Token->Offset, Token->Length);
    Text[Token->Length] = '\0';
    if (!TimesRead(Text, &Time, &Zoned))
        return FilterFail(Lexer->Error, Token->Offset, Token->Length,
                          "this is no time; one is 2026-11-22T15:04:05Z");
    if (!Zoned)
        return FilterFail(Lexer->Error, Token->Offset, Token->Length,
                          "a time needs its zone: Z behind it for UTC, or such as +01:00");
    Token->Number = (uint64_t)Time;
    return true;
}

static int
DigitOf(char Character)
{
    static const char Digits[] = "0123456789abcdefABCDEF";
    const char *Found = Character != '\0' ? strchr(Digits, Character) : NULL;
    int Digit = Found != NULL ? (int)(Found - Digits) : 16;

    return Digit < 16 ? Digit : Found != NULL ? Digit - 6 : 16;
}

/* Digits at *At up to End; false: they are more than 64 bits. */
static bool
ReadDigits(const char **At, const char *End, unsigned Base, uint64_t *Number)
{
    for (; *At < End && (unsigned)DigitOf(**At) < Base; (*At)++)
    {
        uint64_t Digit = (uint64_t)DigitOf(**At);
        if (*Number > (UINT64_MAX - Digit) / Base)
            return false;
        *Number = *Number * Base + Digit;
    }
    return true;
}

static const SUFFIX *
FindSuffix(const char *Text, size_t Length)
{
    for (size_t Index = 0; Index < sizeof(Suffixes) / sizeof(Suffixes[0]); Index++)
    {
        if (strlen(Suffixes[Index].Text) == Length && memcmp(Suffixes[Index].Text, Text, Length) == 0)
            return &Suffixes[Index];
    }
    return NULL;
}

/* false: the result is too large. */
static bool
ApplySuffix(const SUFFIX *Suffix, TOKEN *Token)
{
    uint64_t Limit = Suffix->Type == TOKEN_DURATION ? (uint64_t)INT64_MAX : UINT64_MAX;

    Token->Type = Suffix->Type;
    Token->Sized = Suffix->Type == TOKEN_NUMBER;
    if (Token->Number > Limit / Suffix->Unit)
        return false;
    Token->Number *= Suffix->Unit;
    return true;
}

bool
LexerReadNumber(LEXER *Lexer, size_t Offset, size_t Length, TOKEN *Token)
{
    const char *At = Lexer->Text + Offset;
    const char *End = At + Length;

    *Token = (TOKEN){.Type = TOKEN_NUMBER, .Offset = Offset, .Length = Length};
    if (LooksLikeTime(At, Length))
        return ReadTime(Lexer, Token);
    Token->Negative = At < End && *At == '-';
    At += Token->Negative;
    bool Hex = End - At > 2 && At[0] == '0' && (At[1] == 'x' || At[1] == 'X');
    At += Hex ? 2 : 0;
    const char *First = At;
    bool Fits = ReadDigits(&At, End, Hex ? 16 : 10, &Token->Number);
    const SUFFIX *Suffix = Hex ? NULL : FindSuffix(At, (size_t)(End - At));
    if (Fits && (At == First || (At < End && Suffix == NULL)))
        return FilterFail(Lexer->Error, Offset, Length,
                          "this is no number; one is 10, 0x1F, 64K, 500ms, -5m or 2026-11-22T15:04:05Z");
    if (!Fits || (Suffix != NULL && !ApplySuffix(Suffix, Token)))
        return FilterFail(Lexer->Error, Offset, Length, "this number is too large");
    return true;
}
