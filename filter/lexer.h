/* SPDX-License-Identifier: MIT
 *
 * From a filter's text to words, texts, numbers and signs.
 */
#ifndef FILTER_LEXER_H
#define FILTER_LEXER_H

#include "filter.h"

typedef enum TOKEN_TYPE
{
    TOKEN_END,
    TOKEN_NAME,     /* a word without quotes */
    TOKEN_TEXT,     /* with its quotes; LexerReadText reads it */
    TOKEN_NUMBER,   /* Number; Negative; Sized: with K, M, G or T */
    TOKEN_DURATION, /* Number of 100 ns; Negative */
    TOKEN_TIME,     /* Number: UTC */
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_SIGN /* ==, =~ and so on */
} TOKEN_TYPE;

typedef struct TOKEN
{
    TOKEN_TYPE Type;
    size_t Offset; /* in the filter's text */
    size_t Length;
    uint64_t Number;
    bool Negative;
    bool Sized;
} TOKEN;

typedef struct LEXER
{
    const char *Text;
    size_t At;
    FILTER_ERROR *Error;
} LEXER;

/* Each of these that returns false has set the error. */

bool LexerNext(LEXER *Lexer, TOKEN *Token);

/* The number, duration or time at Offset, as JSON has some of them in quotes. */
bool LexerReadNumber(LEXER *Lexer, size_t Offset, size_t Length, TOKEN *Token);

/* The units of a text, without quotes and escapes: at most Token->Length. */
bool LexerReadText(LEXER *Lexer, const TOKEN *Token, uint16_t *Units, uint32_t *Count);

/* Where in the filter's text a unit of a text comes from that LexerReadText has read. */
size_t LexerPlaceOf(const LEXER *Lexer, const TOKEN *Token, uint32_t Unit);

bool LexerIs(const LEXER *Lexer, const TOKEN *Token, const char *Text);

#ifdef __MINGW_PRINTF_FORMAT
#define FILTER_FORMAT __MINGW_PRINTF_FORMAT
#else
#define FILTER_FORMAT printf
#endif

/* Says what is wrong, and where. Returns false. */
bool FilterFail(FILTER_ERROR *Error, size_t Offset, size_t Length, const char *Format, ...)
    __attribute__((format(FILTER_FORMAT, 4, 5)));

#endif
