/* SPDX-License-Identifier: MIT */
#include "regex.h"

#include <stdio.h>
#include <stdlib.h>

#include <pcre2.h>

/* Case does not matter, as in all comparisons of text; (?-i) in a pattern makes it matter. A dot is any unit, and $ is
 * the end and nothing else: whoever writes a line feed into a command line hides nothing behind it. */
#define OPTIONS                                                                                              \
    (PCRE2_CASELESS | PCRE2_UCP | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UTF | PCRE2_AUTO_CALLOUT)

struct REGEX
{
    pcre2_code *Code;
    pcre2_match_data *Match;
    pcre2_match_context *Context;
    uint32_t Steps; /* of the search that goes on */
    size_t Reached;
};

/* At each item of the pattern. */
static int
CountSteps(pcre2_callout_block *Block, void *Data)
{
    REGEX *Regex = Data;
    size_t At = Block->current_position;

    Regex->Steps += 1 + (uint32_t)(At > Regex->Reached ? At - Regex->Reached : 0);
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
Compile(REGEX *Regex, UTF16 Pattern, REGEX_ERROR *Error)
{
    int Code;
    size_t At;
    uint32_t BackReferences = 0;

    Regex->Code = pcre2_compile(Pattern.Units, Pattern.Count, OPTIONS, &Code, &At, NULL);
    if (Regex->Code == NULL)
    {
        TakeMessage(Code, At, Error);
        return false;
    }
    pcre2_pattern_info(Regex->Code, PCRE2_INFO_BACKREFMAX, &BackReferences);
    if (BackReferences == 0)
        return true;
    snprintf(Error->Message, sizeof(Error->Message), "a filter's pattern has no back references");
    Error->At = 0;
    return false;
}

static bool
Prepare(REGEX *Regex, REGEX_ERROR *Error)
{
    Regex->Match = pcre2_match_data_create(1, NULL);
    Regex->Context = pcre2_match_context_create(NULL);
    if (Regex->Match == NULL || Regex->Context == NULL)
    {
        snprintf(Error->Message, sizeof(Error->Message), "no memory");
        Error->At = 0;
        return false;
    }
    pcre2_set_callout(Regex->Context, CountSteps, Regex);
    pcre2_set_match_limit(Regex->Context, REGEX_MAX_STEPS);
    pcre2_set_heap_limit(Regex->Context, REGEX_MAX_KIB);
    return true;
}

REGEX *
RegexCreate(UTF16 Pattern, REGEX_ERROR *Error)
{
    REGEX *Regex = calloc(1, sizeof(*Regex));

    if (Regex == NULL)
    {
        snprintf(Error->Message, sizeof(Error->Message), "no memory");
        Error->At = 0;
        return NULL;
    }
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
