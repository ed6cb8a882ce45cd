/* SPDX-License-Identifier: MIT */
#include "parser.h"

#include <stdio.h>

#include "text/times.h"

#define MAX_NEGATIVE_CODE 0x80000000u

typedef bool READ_NUMBER(PARSER *Parser, const COMPARISON *Comparison, const TOKEN *Token, uint64_t *Number);

static bool
ReadNumber(PARSER *Parser, const COMPARISON *Comparison, const TOKEN *Token, uint64_t *Number)
{
    *Number = Token->Number;
    if (Token->Type != TOKEN_NUMBER)
        return FilterFail(PARSER_PLACE(Parser, Token), "%s is a number, such as 10, 0x1F or 64K",
                          Comparison->Field->Name);
    return !Token->Negative ||
           FilterFail(PARSER_PLACE(Parser, Token), "%s is never negative", Comparison->Field->Name);
}

static bool
IsOrdering(OPERATOR Operator)
{
    return Operator >= OPERATOR_LESS && Operator <= OPERATOR_NOT_LESS;
}

/* -1073741819 is 0xC0000005. Their order is that of JSON's, which have no sign. */
static bool
ReadCode(PARSER *Parser, const COMPARISON *Comparison, const TOKEN *Token, uint64_t *Number)
{
    *Number = Token->Negative ? (uint32_t)(0 - Token->Number) : Token->Number;
    if (Token->Type != TOKEN_NUMBER || Token->Sized ||
        Token->Number > (Token->Negative ? MAX_NEGATIVE_CODE : UINT32_MAX))
        return FilterFail(PARSER_PLACE(Parser, Token), "%s is a code, such as 0xC0000005 or -1073741819",
                          Comparison->Field->Name);
    return !Token->Negative || !IsOrdering(Comparison->Operator) ||
           FilterFail(PARSER_PLACE(Parser, Token),
                      "the order of %s is that of numbers without a sign: write 0x%08X",
                      Comparison->Field->Name, (unsigned)*Number);
}

static bool
ReadTime(PARSER *Parser, const COMPARISON *Comparison, const TOKEN *Token, uint64_t *Number)
{
    bool Ago = Token->Type == TOKEN_DURATION && Token->Negative;

    *Number = Ago ? (uint64_t)(Parser->Now - (int64_t)Token->Number) : Token->Number;
    return Ago || Token->Type == TOKEN_TIME ||
           FilterFail(PARSER_PLACE(Parser, Token),
                      "%s is a time: 2026-11-22T15:04:05Z, or -5m for five minutes ago",
                      Comparison->Field->Name);
}

static bool
ReadMilliseconds(PARSER *Parser, const COMPARISON *Comparison, const TOKEN *Token, uint64_t *Number)
{
    bool Duration = Token->Type == TOKEN_DURATION;

    *Number = Duration ? Token->Number / TIMES_PER_MILLISECOND : Token->Number;
    return ((Duration || Token->Type == TOKEN_NUMBER) && !Token->Sized && !Token->Negative) ||
           FilterFail(PARSER_PLACE(Parser, Token), "%s is a duration, such as 500ms, 2s or 5m",
                      Comparison->Field->Name);
}

static bool
RefuseFlag(PARSER *Parser, const COMPARISON *Comparison, const TOKEN *Token, uint64_t *Number)
{
    *Number = 0;
    return FilterFail(PARSER_PLACE(Parser, Token), "%s is true or false", Comparison->Field->Name);
}

static bool
RefuseWord(PARSER *Parser, const COMPARISON *Comparison, const TOKEN *Token, uint64_t *Number)
{
    char Words[FILTER_MESSAGE_BYTES];
    size_t Used = 0;

    *Number = 0;
    for (const FIELD_WORD_VALUE *At = Comparison->Field->Words; At->Word != NULL && Used < sizeof(Words);
         At++)
        Used += (size_t)snprintf(Words + Used, sizeof(Words) - Used, "%s%s", Used != 0 ? ", " : "", At->Word);
    return FilterFail(PARSER_PLACE(Parser, Token), "%s is one of %s", Comparison->Field->Name, Words);
}

static READ_NUMBER *const Readers[FIELD_TYPE_COUNT] = {
    [FIELD_NUMBER] = ReadNumber, [FIELD_CODE] = ReadCode,
    [FIELD_TIME] = ReadTime,     [FIELD_MILLISECONDS] = ReadMilliseconds,
    [FIELD_FLAG] = RefuseFlag,   [FIELD_WORD] = RefuseWord,
};

/* A word of the field's own, in quotes as in JSON or without. */
static bool
FindWord(PARSER *Parser, const COMPARISON *Comparison, uint64_t *Number)
{
    const TOKEN *Token = &Parser->Token;
    const char *Text = Parser->Lexer.Text + Token->Offset;
    bool Flag = Comparison->Field->Type == FIELD_FLAG;

    if (Token->Type == TOKEN_TEXT)
        return FieldFindWord(Comparison->Field, Text + 1, Token->Length - 2, Number);
    *Number = LexerIs(&Parser->Lexer, Token, "true");
    if (Flag && (*Number || LexerIs(&Parser->Lexer, Token, "false")))
        return true;
    return Token->Type == TOKEN_NAME && FieldFindWord(Comparison->Field, Text, Token->Length, Number);
}

bool
ParserOtherField(PARSER *Parser, const COMPARISON *Comparison, OPERAND *Operand)
{
    const TOKEN *Token = &Parser->Token;
    const FIELD *Field = Comparison->Field;
    bool OfStatus;

    Operand->Field = ParserField(Parser, Token, &OfStatus);
    if (Operand->Field == NULL)
        return false;
    bool Same = Operand->Field->Type == Field->Type || (FieldIsText(Operand->Field) && FieldIsText(Field));
    if (OfStatus || Comparison->OfStatus || !Same ||
        (Field->Type == FIELD_WORD && Field->Words != Operand->Field->Words))
        return FilterFail(PARSER_PLACE(Parser, Token),
                          "%s and %.*s cannot be compared: they are not of one type",
                          Comparison->OfStatus ? "a status" : Field->Name, PARSER_TEXT(Parser, Token));
    if (Comparison->Operator == OPERATOR_IN || Comparison->Operator == OPERATOR_MATCHES ||
        Comparison->Operator >= OPERATOR_CONTAINS)
        return FilterFail(PARSER_PLACE(Parser, Token), "a value is needed here, not another field");
    return true;
}

bool
ParserNumber(PARSER *Parser, const COMPARISON *Comparison, OPERAND *Operand)
{
    TOKEN Token = Parser->Token;
    const FIELD *Field = Comparison->Field;

    if (FindWord(Parser, Comparison, &Operand->Number))
        return true;
    if (Token.Type == TOKEN_NAME && FieldFind(Parser->Lexer.Text + Token.Offset, Token.Length) != NULL)
        return ParserOtherField(Parser, Comparison, Operand);
    if (Token.Type == TOKEN_TEXT && Field->Type != FIELD_WORD && Field->Type != FIELD_FLAG &&
        !LexerReadNumber(&Parser->Lexer, Token.Offset + 1, Token.Length - 2, &Token))
        return false;
    return Readers[Field->Type](Parser, Comparison, &Token, &Operand->Number);
}
