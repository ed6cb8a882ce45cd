/* SPDX-License-Identifier: MIT
 *
 * Regular expressions: PCRE2's, unit by unit of UTF-16. A text that is no Unicode, as the OS lets names and command
 * lines be, is matched like any other; a character beyond U+FFFF is two units.
 *
 * No pattern takes longer than REGEX_MAX_STEPS over a text. PCRE2's own limits do not bound that: they hold for each
 * place where a match may begin, and a run of one repeated character counts as one step however long it is. So steps
 * are counted here, at each item of a pattern: some for the item, those that it has to repeat, and the units passed
 * over since the last. What such counting cannot see, back references, is refused.
 */
#ifndef FILTER_REGEX_H
#define FILTER_REGEX_H

#include "text/utf16.h"

#define REGEX_MAX_STEPS     16000000u
#define REGEX_MESSAGE_BYTES 160u

typedef struct REGEX REGEX;

typedef enum REGEX_RESULT
{
    REGEX_NO_MATCH,
    REGEX_MATCH,
    REGEX_GIVEN_UP /* a limit was reached */
} REGEX_RESULT;

typedef struct REGEX_ERROR
{
    uint32_t At; /* unit of the pattern */
    char Message[REGEX_MESSAGE_BYTES];
} REGEX_ERROR;

/* Pattern has to outlive it. NULL: Error says why. RegexFree frees it. */
REGEX *RegexCreate(UTF16 Pattern, REGEX_ERROR *Error);
void RegexFree(REGEX *Regex);

/* Whether it matches anywhere in Text. Memory for deep matches is kept until RegexFree, at most REGEX_MAX_KIB. */
REGEX_RESULT RegexSearch(REGEX *Regex, UTF16 Text);

#define REGEX_MAX_KIB 16384u

#endif
