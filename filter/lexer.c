/* SPDX-License-Identifier: MIT */
#include "lexer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MIDDLE_OF_NAME "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"
#define OPENING_QUOTE  "\xE2\x80\x9C"
#define CLOSING_QUOTE  "\xE2\x80\x9D"

bool
FilterFail(FILTER_ERROR *Error, size_t Offset, size_t Length, const char *Format, ...)
{
    va_list Arguments;

    va_start(Arguments, Format);
    vsnprintf(Error->Message, sizeof(Error->Message), Format, Arguments);
    va_end(Arguments);
    Error->Offset = Offset;
    Error->Length = Length;
    return false;
}

static bool
IsDigit(char Character)
{
    return Character >= '0' && Character <= '9';
}

/* Two signs first. */
static const char *const Signs[] = {"==", "!=", "<=", ">=", "=~", "!~", "<", ">"};

/* What other languages write, and people do in a hurry. */
static const struct
{
    const char *Text;
    const char *Instead;
} Foreign[] = {
    {"=", "two equals signs compare: =="},
    {"&&", "write and"},
    {"&", "write and"},
    {"||", "write or"},
    {"|", "write or"},
    {"!", "write not"},
    {"~", "write =~ for a regular expression"},
    {OPENING_QUOTE, "a text stands in straight quotes"},
    {CLOSING_QUOTE, "a text stands in straight quotes"},
};

static bool
StartsWith(const char *Text, const char *Beginning)
{
    return strncmp(Text, Beginning, strlen(Beginning)) == 0;
}

static bool
RefuseSign(const LEXER *Lexer, const TOKEN *Token)
{
    const char *Text = Lexer->Text + Token->Offset;
    uint32_t Point;

    for (size_t Index = 0; Index < sizeof(Foreign) / sizeof(Foreign[0]); Index++)
    {
        if (StartsWith(Text, Foreign[Index].Text))
            return FilterFail(Lexer->Error, Token->Offset, strlen(Foreign[Index].Text), "%s",
                              Foreign[Index].Instead);
    }
    size_t Length = Utf16DecodeUtf8(Text, &Point);
    if (Length == 0)
        return FilterFail(Lexer->Error, Token->Offset, 1, "this byte is not UTF-8");
    return FilterFail(Lexer->Error, Token->Offset, Length, "this stands for nothing in a filter");
}

static bool
ReadSign(LEXER *Lexer, TOKEN *Token)
{
    static const char Single[] = "(),";
    static const TOKEN_TYPE Types[] = {TOKEN_OPEN, TOKEN_CLOSE, TOKEN_COMMA};
    const char *Text = Lexer->Text + Token->Offset;
    const char *Found = strchr(Single, *Text);

    if (Found != NULL)
    {
        Token->Type = Types[Found - Single];
        Token->Length = 1;
        return true;
    }
    for (size_t Index = 0; Index < sizeof(Signs) / sizeof(Signs[0]); Index++)
    {
        if (!StartsWith(Text, Signs[Index]))
            continue;
        Token->Type = TOKEN_SIGN;
        Token->Length = strlen(Signs[Index]);
        return true;
    }
    return RefuseSign(Lexer, Token);
}

/* Finds the end of a text; in double quotes a backslash takes the next character with it. */
static bool
ReadQuoted(LEXER *Lexer, TOKEN *Token)
{
    const char *Text = Lexer->Text + Token->Offset;
    char Quote = Text[0];
    size_t At = 1;

    Token->Type = TOKEN_TEXT;
    for (; Text[At] != '\0'; At++)
    {
        bool Escape = Text[At] == (Quote == '"' ? '\\' : Quote);
        if (Escape && Text[At + 1] != '\0' && (Quote == '"' || Text[At + 1] == Quote))
            At++;
        else if (Text[At] == Quote)
        {
            Token->Length = At + 1;
            return true;
        }
    }
    return FilterFail(Lexer->Error, Token->Offset, At, "the text that begins here has no end: %c is missing",
                      Quote);
}

bool
LexerNext(LEXER *Lexer, TOKEN *Token)
{
    Lexer->At += strspn(Lexer->Text + Lexer->At, " \t\r\n");
    const char *Text = Lexer->Text + Lexer->At;
    bool Good = true;

    *Token = (TOKEN){.Offset = Lexer->At};
    if (*Text == '\0')
        Token->Type = TOKEN_END;
    else if (*Text == '"' || *Text == '\'')
        Good = ReadQuoted(Lexer, Token);
    else if (IsDigit(*Text) || (*Text == '-' && IsDigit(Text[1])))
        Good = LexerReadNumber(Lexer, Lexer->At, 1 + strspn(Text + 1, MIDDLE_OF_NAME "-+:."), Token);
    else if (strspn(Text, MIDDLE_OF_NAME) > 0)
    {
        Token->Type = TOKEN_NAME;
        Token->Length = strspn(Text, MIDDLE_OF_NAME);
    }
    else
        Good = ReadSign(Lexer, Token);
    Lexer->At += Token->Length;
    return Good;
}

bool
LexerIs(const LEXER *Lexer, const TOKEN *Token, const char *Text)
{
    bool Word = Token->Type == TOKEN_NAME || Token->Type == TOKEN_SIGN;
    return Word && strlen(Text) == Token->Length &&
           memcmp(Lexer->Text + Token->Offset, Text, Token->Length) == 0;
}
