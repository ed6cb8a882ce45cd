/* SPDX-License-Identifier: MIT */
#include "parser.h"

#include <string.h>

#define STATUS_SUFFIX "_status"

static const char *const OperatorTexts[OPERATOR_COUNT] = {
    [OPERATOR_EQUAL] = "==",
    [OPERATOR_UNEQUAL] = "!=",
    [OPERATOR_LESS] = "<",
    [OPERATOR_NOT_MORE] = "<=",
    [OPERATOR_MORE] = ">",
    [OPERATOR_NOT_LESS] = ">=",
    [OPERATOR_IN] = "in",
    [OPERATOR_MATCHES] = "matches",
    [OPERATOR_STARTS] = "startswith",
    [OPERATOR_ENDS] = "endswith",
    [OPERATOR_CONTAINS] = "contains",
    [OPERATOR_REGEX] = "=~",
    [OPERATOR_NOT_REGEX] = "!~",
};

static uint32_t ParseOr(PARSER *Parser);

bool
ParserAdvance(PARSER *Parser)
{
    return LexerNext(&Parser->Lexer, &Parser->Token);
}

static bool
Is(const PARSER *Parser, const char *Text)
{
    return LexerIs(&Parser->Lexer, &Parser->Token, Text);
}

static bool
Expect(PARSER *Parser, TOKEN_TYPE Type, const char *Text)
{
    if (Parser->Token.Type == Type)
        return ParserAdvance(Parser);
    return FilterFail(PARSER_PLACE(Parser, &Parser->Token), "%s is missing here", Text);
}

/* NAME_status of JSON's is status(NAME). */
static const FIELD *
FindWithSuffix(const char *Name, size_t Length)
{
    size_t Suffix = strlen(STATUS_SUFFIX);

    if (Length <= Suffix || memcmp(Name + Length - Suffix, STATUS_SUFFIX, Suffix) != 0)
        return NULL;
    return FieldFind(Name, Length - Suffix);
}

const FIELD *
ParserField(PARSER *Parser, const TOKEN *Token, bool *OfStatus)
{
    const char *Name = Parser->Lexer.Text + Token->Offset;
    const FIELD *Field = FieldFind(Name, Token->Length);

    *OfStatus = false;
    if (Field != NULL)
        return Field;
    Field = FindWithSuffix(Name, Token->Length);
    *OfStatus = Field != NULL;
    if (Field != NULL)
        return Field;
    const FIELD *Meant = FieldSuggest(Name, Token->Length);
    if (Meant != NULL)
        FilterFail(PARSER_PLACE(Parser, Token), "unknown field \"%.*s\"; did you mean %s?",
                   PARSER_TEXT(Parser, Token), Meant->Name);
    else
        FilterFail(PARSER_PLACE(Parser, Token), "unknown field \"%.*s\"", PARSER_TEXT(Parser, Token));
    return NULL;
}

/* (FIELD), behind has or status. */
static const FIELD *
ParseArgument(PARSER *Parser)
{
    bool OfStatus;

    if (!ParserAdvance(Parser) || !Expect(Parser, TOKEN_OPEN, "(FIELD)"))
        return NULL;
    if (Parser->Token.Type != TOKEN_NAME)
    {
        FilterFail(PARSER_PLACE(Parser, &Parser->Token), "a field's name is missing here");
        return NULL;
    }
    const FIELD *Field = ParserField(Parser, &Parser->Token, &OfStatus);
    if (Field != NULL && OfStatus)
    {
        FilterFail(PARSER_PLACE(Parser, &Parser->Token), "a status has none itself");
        return NULL;
    }
    if (Field == NULL || !ParserAdvance(Parser) || !Expect(Parser, TOKEN_CLOSE, ")"))
        return NULL;
    return Field;
}

static bool
IsAllowed(const COMPARISON *Comparison)
{
    bool Text = Comparison->OfStatus || FieldIsText(Comparison->Field);
    bool Ordered = !Text && Comparison->Field->Type != FIELD_WORD && Comparison->Field->Type != FIELD_FLAG;

    switch (Comparison->Operator)
    {
    case OPERATOR_EQUAL:
    case OPERATOR_UNEQUAL:
    case OPERATOR_IN:
        return true;
    case OPERATOR_LESS:
    case OPERATOR_NOT_MORE:
    case OPERATOR_MORE:
    case OPERATOR_NOT_LESS:
        return Ordered;
    default:
        return Text;
    }
}

static bool
ParseOperator(PARSER *Parser, const TOKEN *Name, COMPARISON *Comparison)
{
    const TOKEN *Token = &Parser->Token;
    unsigned Index = 0;

    while (Index < OPERATOR_COUNT && !Is(Parser, OperatorTexts[Index]))
        Index++;
    Comparison->Operator = (OPERATOR)Index;
    if (Index == OPERATOR_COUNT && Token->Type == TOKEN_NAME && !Is(Parser, "and") && !Is(Parser, "or"))
        return FilterFail(
            PARSER_PLACE(Parser, Token),
            "no comparison; there are == != < <= > >= in matches startswith endswith contains =~ !~");
    if (Index == OPERATOR_COUNT)
        return FilterFail(PARSER_PLACE(Parser, Name),
                          "%.*s is compared with nothing; has(%s) asks for any value",
                          PARSER_TEXT(Parser, Name), Comparison->Field->Name);
    if (!IsAllowed(Comparison))
        return FilterFail(PARSER_PLACE(Parser, Token), "%s does not go with %.*s, which is a %s",
                          OperatorTexts[Index], PARSER_TEXT(Parser, Name),
                          FieldTypeNames[Comparison->OfStatus ? FIELD_TEXT : Comparison->Field->Type]);
    return ParserAdvance(Parser);
}

bool
ParserOperand(PARSER *Parser, const COMPARISON *Comparison)
{
    OPERAND *Operand = TreeAddOperand(Parser->Filter);
    bool Text = Comparison->OfStatus || FieldIsText(Comparison->Field);
    TOKEN_TYPE Type = Parser->Token.Type;

    Operand->Offset = Parser->Token.Offset;
    Operand->Length = Parser->Token.Length;
    if (Type != TOKEN_NAME && Type != TOKEN_TEXT && Type != TOKEN_NUMBER && Type != TOKEN_DURATION &&
        Type != TOKEN_TIME)
        return FilterFail(PARSER_PLACE(Parser, &Parser->Token), "a value for %s is missing here",
                          Comparison->Field->Name);
    bool Good = Text ? ParserText(Parser, Comparison, Operand) : ParserNumber(Parser, Comparison, Operand);
    return Good && ParserAdvance(Parser);
}

static bool
ParseList(PARSER *Parser, const COMPARISON *Comparison)
{
    if (!Expect(Parser, TOKEN_OPEN, "( of a list"))
        return false;
    while (ParserOperand(Parser, Comparison))
    {
        if (Parser->Token.Type != TOKEN_COMMA)
            return Expect(Parser, TOKEN_CLOSE, "a comma, or ) of the list,");
        if (!ParserAdvance(Parser))
            return false;
    }
    return false;
}

/* What is behind a field, Name, or the status of one. */
static uint32_t
ParseComparison(PARSER *Parser, const TOKEN *Name, COMPARISON *Comparison)
{
    FILTER *Filter = Parser->Filter;
    uint32_t First = Filter->OperandCount;

    if (!ParseOperator(Parser, Name, Comparison))
        return NO_NODE;
    bool Good = Comparison->Operator == OPERATOR_IN ? ParseList(Parser, Comparison)
                                                    : ParserOperand(Parser, Comparison);
    if (!Good)
        return NO_NODE;
    uint32_t Node = TreeAddNode(Filter, NODE_COMPARE);
    Filter->Nodes[Node].Field = Comparison->Field;
    Filter->Nodes[Node].OfStatus = Comparison->OfStatus;
    Filter->Nodes[Node].Operator = Comparison->Operator;
    Filter->Nodes[Node].First = First;
    Filter->Nodes[Node].Count = Filter->OperandCount - First;
    return Node;
}

static uint32_t
AddAboutField(PARSER *Parser, NODE_TYPE Type, const FIELD *Field)
{
    if (Field == NULL)
        return NO_NODE;
    uint32_t Node = TreeAddNode(Parser->Filter, Type);
    Parser->Filter->Nodes[Node].Field = Field;
    return Node;
}

/* What stands for true by itself: a boolean field. */
static bool
EndsHere(const PARSER *Parser)
{
    return Parser->Token.Type == TOKEN_END || Parser->Token.Type == TOKEN_CLOSE || Is(Parser, "and") ||
           Is(Parser, "or");
}

static uint32_t
ParseAboutField(PARSER *Parser)
{
    COMPARISON Comparison = {0};
    TOKEN Name = Parser->Token;

    if (Is(Parser, "has"))
        return AddAboutField(Parser, NODE_HAS, ParseArgument(Parser));
    if (Is(Parser, "status"))
    {
        Comparison.OfStatus = true;
        Comparison.Field = ParseArgument(Parser);
        return Comparison.Field != NULL ? ParseComparison(Parser, &Name, &Comparison) : NO_NODE;
    }
    Comparison.Field = ParserField(Parser, &Name, &Comparison.OfStatus);
    if (Comparison.Field == NULL || !ParserAdvance(Parser))
        return NO_NODE;
    if (Comparison.Field->Type == FIELD_FLAG && !Comparison.OfStatus && EndsHere(Parser))
        return AddAboutField(Parser, NODE_FLAG, Comparison.Field);
    return ParseComparison(Parser, &Name, &Comparison);
}

static uint32_t
ParseInParentheses(PARSER *Parser)
{
    TOKEN Open = Parser->Token;

    if (Parser->Depth == FILTER_MAX_DEPTH)
    {
        FilterFail(PARSER_PLACE(Parser, &Open), "nested deeper than %u", FILTER_MAX_DEPTH);
        return NO_NODE;
    }
    if (!ParserAdvance(Parser))
        return NO_NODE;
    Parser->Depth++;
    uint32_t Node = ParseOr(Parser);
    Parser->Depth--;
    if (Node == NO_NODE)
        return NO_NODE;
    if (Parser->Token.Type == TOKEN_END)
    {
        FilterFail(PARSER_PLACE(Parser, &Open), "nothing closes this parenthesis");
        return NO_NODE;
    }
    return Expect(Parser, TOKEN_CLOSE, "and, or or )") ? Node : NO_NODE;
}

static uint32_t
ParseSimple(PARSER *Parser)
{
    TOKEN *Token = &Parser->Token;

    if (Token->Type == TOKEN_OPEN)
        return ParseInParentheses(Parser);
    if (Token->Type == TOKEN_NAME && !Is(Parser, "and") && !Is(Parser, "or"))
        return ParseAboutField(Parser);
    if (Token->Type == TOKEN_END || Token->Type == TOKEN_NAME || Token->Type == TOKEN_CLOSE)
        FilterFail(PARSER_PLACE(Parser, Token), "a comparison is missing here");
    else
        FilterFail(PARSER_PLACE(Parser, Token), "a comparison begins with a field");
    return NO_NODE;
}

static uint32_t
ParseNot(PARSER *Parser)
{
    bool Negated = false;

    for (; Is(Parser, "not"); Negated = !Negated)
    {
        if (!ParserAdvance(Parser))
            return NO_NODE;
    }
    uint32_t Below = ParseSimple(Parser);
    if (!Negated || Below == NO_NODE)
        return Below;
    uint32_t Node = TreeAddNode(Parser->Filter, NODE_NOT);
    Parser->Filter->Nodes[Node].First = Below;
    return Node;
}

/* What Parse reads, once or several times with Word between. */
static uint32_t
ParseSeries(PARSER *Parser, const char *Word, NODE_TYPE Type, uint32_t (*Parse)(PARSER *))
{
    NODE *Nodes = Parser->Filter->Nodes;
    uint32_t Last = Parse(Parser);

    if (Last == NO_NODE || !Is(Parser, Word))
        return Last;
    uint32_t Node = TreeAddNode(Parser->Filter, Type);
    Nodes[Node].First = Last;
    while (Is(Parser, Word))
    {
        uint32_t Next = ParserAdvance(Parser) ? Parse(Parser) : NO_NODE;
        if (Next == NO_NODE)
            return NO_NODE;
        Nodes[Last].Next = Next;
        Last = Next;
    }
    return Node;
}

static uint32_t
ParseAnd(PARSER *Parser)
{
    return ParseSeries(Parser, "and", NODE_AND, ParseNot);
}

static uint32_t
ParseOr(PARSER *Parser)
{
    return ParseSeries(Parser, "or", NODE_OR, ParseAnd);
}

static bool
ParseAll(PARSER *Parser)
{
    if (!ParserAdvance(Parser))
        return false;
    Parser->Filter->Root = ParseOr(Parser);
    if (Parser->Filter->Root == NO_NODE)
        return false;
    if (Parser->Token.Type == TOKEN_CLOSE)
        return FilterFail(PARSER_PLACE(Parser, &Parser->Token), "nothing opens this parenthesis");
    return Parser->Token.Type == TOKEN_END ||
           FilterFail(PARSER_PLACE(Parser, &Parser->Token), "and, or or the end is missing here");
}

FILTER *
FilterParse(const char *Text, int64_t Now, FILTER_ERROR *Error)
{
    size_t Length = strlen(Text);
    PARSER Parser = {.Lexer = {.Text = Text, .Error = Error}, .Now = Now};

    if (Length > FILTER_MAX_BYTES)
    {
        FilterFail(Error, 0, 1, "a filter has at most %u bytes", FILTER_MAX_BYTES);
        return NULL;
    }
    Parser.Filter = TreeCreate(Length);
    if (Parser.Filter == NULL)
    {
        FilterFail(Error, 0, 1, "no memory");
        return NULL;
    }
    if (ParseAll(&Parser))
        return Parser.Filter;
    FilterFree(Parser.Filter);
    return NULL;
}
