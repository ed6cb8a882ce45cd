/* SPDX-License-Identifier: MIT */
#include "format_check.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of 64 bits, which are more than jansson takes for integers. */
#define JSON_FLAGS (JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL)

static void
Fail(const char *Name, const char *What, const char *Text)
{
    fprintf(stderr, "format %s: %s: %.200s\n", Name, What, Text);
    abort();
}

/* The length of the character at Text, or 0. */
static size_t
CharacterLength(const unsigned char *Text)
{
    size_t Length = Text[0] < 0x80                       ? 1
                    : Text[0] >= 0xC2 && Text[0] <= 0xDF ? 2
                    : (Text[0] & 0xF0) == 0xE0           ? 3
                    : Text[0] >= 0xF0 && Text[0] <= 0xF4 ? 4
                                                         : 0;
    for (size_t Index = 1; Index < Length; Index++)
    {
        if ((Text[Index] & 0xC0) != 0x80)
            return 0;
    }
    bool Overlong = (Text[0] == 0xE0 && Text[1] < 0xA0) || (Text[0] == 0xF0 && Text[1] < 0x90);
    bool Surrogate = Text[0] == 0xED && Text[1] > 0x9F;
    return Overlong || Surrogate || (Text[0] == 0xF4 && Text[1] > 0x8F) ? 0 : Length;
}

/* Of line ends, csv has both. */
static bool
Steers(const unsigned char *Text, bool IsCsv)
{
    if (Text[0] == '\n' || (IsCsv && Text[0] == '\r' && Text[1] == '\n'))
        return false;
    return Text[0] < 0x20 || Text[0] == 0x7F || (Text[0] == 0xC2 && Text[1] < 0xA0);
}

static void
CheckCharacters(const char *Name, const char *Text, size_t Length)
{
    bool IsCsv = strcmp(Name, "csv") == 0;

    for (size_t At = 0, Count; At < Length; At += Count)
    {
        const unsigned char *Character = (const unsigned char *)Text + At;
        Count = CharacterLength(Character);
        if (Count == 0)
            Fail(Name, "no UTF-8", Text + At);
        if (Steers(Character, IsCsv))
            Fail(Name, "steers a terminal", Text + At);
    }
}

static void
CheckJson(const char *Name, const char *Text, size_t Length)
{
    json_error_t Error;
    json_t *Value = json_loadb(Text, Length, JSON_FLAGS, &Error);

    if (Value == NULL)
        Fail(Name, Error.text, Text);
    json_decref(Value);
}

static void
CheckJsonLines(const char *Name, const char *Text)
{
    for (const char *End; (End = strchr(Text, '\n')) != NULL; Text = End + 1)
        CheckJson(Name, Text, (size_t)(End - Text));
}

/* Counts the cells of the record at Text, and moves on behind it. */
static size_t
TakeRecord(const char **Text)
{
    bool Quoted = false;
    size_t Cells = 1;
    const char *At = *Text;

    for (; Quoted || *At != '\r'; At++)
    {
        if (*At == '\0' || *At == '\n')
            Fail("csv", "a record that does not end", *Text);
        Quoted = Quoted != (*At == '"');
        Cells += !Quoted && *At == ',';
    }
    *Text = At + 2;
    return Cells;
}

static void
CheckCsv(const char *Text)
{
    size_t Columns = *Text != '\0' ? TakeRecord(&Text) : 0;

    while (*Text != '\0')
    {
        if (TakeRecord(&Text) != Columns)
            Fail("csv", "more or fewer cells than columns", Text);
    }
}

void
FormatCheck(const char *Name, const char *Text, size_t Length)
{
    CheckCharacters(Name, Text, Length);
    if (Length == 0 || Text[Length - 1] != '\n')
        Fail(Name, "does not end with a line", Text);
    if (strcmp(Name, "csv") == 0)
        CheckCsv(Text);
    else if (strcmp(Name, "trace") == 0)
        CheckJson(Name, Text, Length);
    else if (strcmp(Name, "text") != 0)
        CheckJsonLines(Name, Text);
}
