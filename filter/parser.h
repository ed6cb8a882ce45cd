/* SPDX-License-Identifier: MIT
 *
 * What reads a filter, between its files. Whatever returns false or NO_NODE has set the error.
 */
#ifndef FILTER_PARSER_H
#define FILTER_PARSER_H

#include "lexer.h"
#include "tree.h"

/* A name in a message: at most so much of it. */
#define PARSER_MAX_NAME 40

typedef struct PARSER
{
    LEXER Lexer;
    TOKEN Token; /* the one that is looked at */
    FILTER *Filter;
    int64_t Now;
    unsigned Depth;
} PARSER;

/* What a value is read for. */
typedef struct COMPARISON
{
    const FIELD *Field;
    bool OfStatus;
    OPERATOR Operator;
} COMPARISON;

/* Of a token: its place, and its text for "%.*s". */
#define PARSER_PLACE(Parser, Token) (Parser)->Lexer.Error, (Token)->Offset, (Token)->Length
#define PARSER_TEXT(Parser, Token)                                                                           \
    (int)((Token)->Length < PARSER_MAX_NAME ? (Token)->Length : PARSER_MAX_NAME),                            \
        (Parser)->Lexer.Text + (Token)->Offset

bool ParserAdvance(PARSER *Parser);

/* The field that Token names, or NULL: it names none, and the error says which it may be. */
const FIELD *ParserField(PARSER *Parser, const TOKEN *Token, bool *OfStatus);

/* Reads the value that a field is compared with, and passes over it. */
bool ParserOperand(PARSER *Parser, const COMPARISON *Comparison);

/* Its two halves. Number is for all types but texts; a status is a text. */
bool ParserText(PARSER *Parser, const COMPARISON *Comparison, OPERAND *Operand);
bool ParserNumber(PARSER *Parser, const COMPARISON *Comparison, OPERAND *Operand);

/* Another field as the value; one of its type is what is asked for. */
bool ParserOtherField(PARSER *Parser, const COMPARISON *Comparison, OPERAND *Operand);

#endif
