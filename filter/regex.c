/* SPDX-License-Identifier: MIT */
#include "regex.h"

#include <stdio.h>
#include <stdlib.h>

#include <pcre2.h>

/* Case does not matter, as in all comparisons of text; (?-i) in a pattern makes it matter. A dot is any unit, and $ is
 * the end and nothing else: whoever writes a line feed into a command line hides nothing behind it. Nobody asks what a
 * group has captured. */
#define OPTIONS                                                                                              \
    (PCRE2_CASELESS | PCRE2_UCP | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UTF |                    \
     PCRE2_NO_AUTO_CAPTURE | PCRE2_AUTO_CALLOUT)

#define STEPS_PER_ITEM 16u /* and one for each group that captures all the same: a step copies what it has */
#define MATCH_LIMIT    1000000u /* of PCRE2's, as well */

struct REGEX
{
    pcre2_code *Code;
    pcre2_match_data *Match;
    pcre2_match_context *Context;
    UTF16 Pattern;
    uint32_t ItemSteps;
    uint32_t Steps; /* of the search that goes on */
    size_t Reached;
};

/* How often at least an item of the pattern is repeated: n of {n}, {n,} and {n,m} at its end, else 0. */
static uint32_t
RepeatsOf(const uint16_t *Item, size_t Length)
{
    uint32_t Repeats = 0;
    size_t At;

    if (Length > 0 && (Item[Length - 1] == '+' || Item[Length - 1] == '?'))
        Length--;
    if (Length == 0 || Item[Length - 1] != '}')
        return 0;
    for (At = Length - 1; At > 0 && Item[At - 1] != '{'; At--)
        continue;
    for (; At > 0 && Item[At] >= '0' && Item[At] <= '9' && Repeats < REGEX_MAX_STEPS; At++)
        Repeats = Repeats * 10 + (Item[At] - '0');
    return Repeats;
}

/* At each item of the pattern. */
static int
CountSteps(pcre2_callout_block *Block, void *Data)
{
    REGEX *Regex = Data;
    size_t At = Block->current_position;

    Regex->Steps += Regex->ItemSteps + (uint32_t)(At > Regex->Reached ? At - Regex->Reached : 0);
    Regex->Steps += RepeatsOf(Regex->Pattern.Units + Block->pattern_position, Block->next_item_length);
    Regex->Reached = At;
    return Regex->Steps > REGEX_MAX_STEPS ? PCRE2_ERROR_MATCHLIMIT : 0;
}

/* PCRE2's words are ASCII in 16-bit units. */
static void
TakeMessage(int Code, size_t At, REGEX_ERROR *Error)
{
    PCRE2_UCHAR Units[REGEX_MESSAGE_BYTES];
    int Length = pcre2_get_error_message(Code, Units, REGEX_MESSAGE_BYTES);

    for (int Index = 0; Index < Length; Index++)
        Error->Message[Index] = (char)Units[Index];
    Error->Message[Length > 0 ? Length : 0] = '\0';
    Error->At = (uint32_t)At;
}

static bool
Refuse(REGEX_ERROR *Error, const char *Message)
{
    snprintf(Error->Message, sizeof(Error->Message), "%s", Message);
    Error->At = 0;
    return false;
}

static bool
Compile(REGEX *Regex, UTF16 Pattern, REGEX_ERROR *Error)
{
    int Code;
    size_t At;
    uint32_t BackReferences = 0;
    uint32_t Captures = 0;

    Regex->Code = pcre2_compile(Pattern.Units, Pattern.Count, OPTIONS, &Code, &At, NULL);
    if (Regex->Code == NULL)
    {
        TakeMessage(Code, At, Error);
        return false;
    }
    pcre2_pattern_info(Regex->Code, PCRE2_INFO_BACKREFMAX, &BackReferences);
    pcre2_pattern_info(Regex->Code, PCRE2_INFO_CAPTURECOUNT, &Captures);
    Regex->ItemSteps = STEPS_PER_ITEM + Captures;
    if (BackReferences == 0)
        return true;
    return Refuse(Error, "a filter's pattern has no back references");
}

static bool
Prepare(REGEX *Regex, REGEX_ERROR *Error)
{
    Regex->Match = pcre2_match_data_create(1, NULL);
    Regex->Context = pcre2_match_context_create(NULL);
    if (Regex->Match == NULL || Regex->Context == NULL)
        return Refuse(Error, "no memory");
    pcre2_set_callout(Regex->Context, CountSteps, Regex);
    pcre2_set_match_limit(Regex->Context, MATCH_LIMIT);
    pcre2_set_heap_limit(Regex->Context, REGEX_MAX_KIB);
    return true;
}

REGEX *
RegexCreate(UTF16 Pattern, REGEX_ERROR *Error)
{
    REGEX *Regex = calloc(1, sizeof(*Regex));

    if (Regex == NULL)
    {
        Refuse(Error, "no memory");
        return NULL;
    }
    Regex->Pattern = Pattern;
    if (Compile(Regex, Pattern, Error) && Prepare(Regex, Error))
        return Regex;
    RegexFree(Regex);
    return NULL;
}

void
RegexFree(REGEX *Regex)
{
    if (Regex == NULL)
        return;
    pcre2_match_context_free(Regex->Context);
    pcre2_match_data_free(Regex->Match);
    pcre2_code_free(Regex->Code);
    free(Regex);
}

REGEX_RESULT
RegexSearch(REGEX *Regex, UTF16 Text)
{
    static const uint16_t Empty[1];

    Regex->Steps = 0;
    Regex->Reached = 0;
    int Result = pcre2_match(Regex->Code, Text.Count != 0 ? Text.Units : Empty, Text.Count, 0, 0,
                             Regex->Match, Regex->Context);
    if (Result == PCRE2_ERROR_NOMATCH)
        return REGEX_NO_MATCH;
    return Result >= 0 ? REGEX_MATCH : REGEX_GIVEN_UP;
}
