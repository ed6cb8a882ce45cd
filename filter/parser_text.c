/* SPDX-License-Identifier: MIT */
#include "parser.h"

#include <string.h>

#include "text_match.h"

#define UNITS(Text) ((UTF16){(const uint16_t *)u##Text, sizeof(u##Text) / 2 - 1})

/* A pattern of =~, which keeps its case: \W is not \w. */
static bool
CompileRegex(PARSER *Parser, OPERAND *Operand)
{
    REGEX_ERROR Error;

    Operand->Regex = RegexCreate(TreeTextOf(Parser->Filter, Operand), &Error);
    if (Operand->Regex != NULL)
        return true;
    size_t Place = LexerPlaceOf(&Parser->Lexer, &Parser->Token, Error.At);
    size_t End = Operand->Offset + Operand->Length;
    return FilterFail(Parser->Lexer.Error, Place, End - Place, "%s", Error.Message);
}

/* == and != with what no status is would always or never be true. */
static bool
IsStatus(UTF16 Upper)
{
    return Utf16Equal(Upper, UNITS("PRESENT")) || Utf16Equal(Upper, UNITS("ABSENT")) ||
           Utf16Equal(Upper, UNITS("WITHHELD")) || Utf16Equal(Upper, UNITS("TRUNCATED")) ||
           (Upper.Count > 7 && TextStartsWith(Upper, UNITS("FAILED ")));
}

static bool
IsEquality(OPERATOR Operator)
{
    return Operator == OPERATOR_EQUAL || Operator == OPERATOR_UNEQUAL || Operator == OPERATOR_IN;
}

static bool
Prepare(PARSER *Parser, const COMPARISON *Comparison, OPERAND *Operand)
{
    FILTER *Filter = Parser->Filter;
    UTF16 Text = TreeTextOf(Filter, Operand);

    if (Comparison->Operator == OPERATOR_REGEX || Comparison->Operator == OPERATOR_NOT_REGEX)
        return CompileRegex(Parser, Operand);
    for (uint32_t At = Operand->TextAt; At < Operand->TextAt + Operand->TextCount; At++)
        Filter->Units[At] = Utf16Upper(Filter->Units[At]);
    if (Comparison->OfStatus && IsEquality(Comparison->Operator) && !IsStatus(Text))
        return FilterFail(
            PARSER_PLACE(Parser, &Parser->Token),
            "no status; there are present, absent, withheld, truncated and \"failed 0xC0000022\"");
    if (Comparison->Operator == OPERATOR_CONTAINS)
        TextPrepare(Text, Filter->Borders + Operand->TextAt);
    return true;
}

bool
ParserText(PARSER *Parser, const COMPARISON *Comparison, OPERAND *Operand)
{
    FILTER *Filter = Parser->Filter;
    const TOKEN *Token = &Parser->Token;

    if (Token->Type == TOKEN_NAME && FieldFind(Parser->Lexer.Text + Token->Offset, Token->Length) != NULL)
        return ParserOtherField(Parser, Comparison, Operand);
    if (Token->Type != TOKEN_TEXT)
        return FilterFail(PARSER_PLACE(Parser, Token), "a text stands in quotes: \"%.*s\"",
                          PARSER_TEXT(Parser, Token));
    Operand->TextAt = Filter->UnitCount;
    if (!LexerReadText(&Parser->Lexer, Token, Filter->Units + Filter->UnitCount, &Operand->TextCount))
        return false;
    Filter->UnitCount += Operand->TextCount;
    return Prepare(Parser, Comparison, Operand);
}
