/* SPDX-License-Identifier: MIT */
#include "args.h"

#include <stdio.h>
#include <string.h>

#include "prcm_abi.h"

#define MAX_SECONDS                                                                                          \
    2000000u /* 23 days: as milliseconds, well within what a 32-bit tick count can measure                   \
              */

void
ArgsInit(ARGS *Args, int Count, char **Values)
{
    Args->Count = Count;
    Args->Values = Values;
    Args->Error[0] = '\0';
    opterr = 0;
    optind = 0;
}

/* An argument to an option that takes none: one C library says ':' for it, another '?' with the option's value. */
static bool
WasNotAsked(int Option, const char *Text)
{
    return strncmp(Text, "--", 2) == 0 && strchr(Text, '=') != NULL &&
           (Option == ':' || (Option == '?' && optopt != 0));
}

int
ArgsNext(ARGS *Args, const struct option *Options)
{
    int At = optind == 0 ? 1 : optind;
    int Option = getopt_long(Args->Count, Args->Values, ":h", Options, NULL);
    const char *Text = Args->Values[optind > At ? optind - 1 : At < Args->Count ? At : Args->Count - 1];

    if (WasNotAsked(Option, Text))
        snprintf(Args->Error, sizeof(Args->Error), "%.*s takes no argument", (int)strcspn(Text, "="), Text);
    else if (Option == ':')
        snprintf(Args->Error, sizeof(Args->Error), "%s needs an argument", Text);
    else if (Option == '?')
        snprintf(Args->Error, sizeof(Args->Error), "%s is not an option of this command", Text);
    return Option == ':' ? ARGS_WRONG : Option;
}

int
ArgsOperandCount(const ARGS *Args)
{
    return Args->Count - optind;
}

const char *
ArgsOperand(const ARGS *Args, int Index)
{
    return Args->Values[optind + Index];
}

bool
ArgsNone(ARGS *Args)
{
    if (ArgsOperandCount(Args) == 0)
        return true;
    snprintf(Args->Error, sizeof(Args->Error), "\"%s\" is more than this command takes",
             ArgsOperand(Args, 0));
    return false;
}

bool
ArgsRefuse(ARGS *Args, const char *Option, const char *Argument, const char *What)
{
    snprintf(Args->Error, sizeof(Args->Error), "%s%s%s%s: %s", Option != NULL ? "--" : "",
             Option != NULL ? Option : "", Option != NULL ? " " : "", Argument, What);
    return false;
}

/* Digits up to End; false if there are none or they are too many. */
static bool
ReadDigits(const char **Text, uint64_t *Value)
{
    const char *Begin = *Text;

    *Value = 0;
    for (; **Text >= '0' && **Text <= '9'; (*Text)++)
    {
        uint64_t Digit = (uint64_t)(**Text - '0');
        if (*Value > (UINT64_MAX - Digit) / 10)
            return false;
        *Value = *Value * 10 + Digit;
    }
    return *Text != Begin;
}

bool
ArgsNumber(ARGS *Args, const char *Option, const char *Argument, uint64_t Min, uint64_t Max, uint64_t *Value)
{
    char What[96];
    const char *At = Argument;

    if (ReadDigits(&At, Value) && *At == '\0' && *Value >= Min && *Value <= Max)
        return true;
    if (Max == UINT64_MAX)
        snprintf(What, sizeof(What), "not a number from %llu on, or too large", (unsigned long long)Min);
    else
        snprintf(What, sizeof(What), "not a number from %llu to %llu", (unsigned long long)Min,
                 (unsigned long long)Max);
    return ArgsRefuse(Args, Option, Argument, What);
}

bool
ArgsBytes(ARGS *Args, const char *Option, const char *Argument, const ARGS_SIZES *Sizes, uint64_t *Value)
{
    static const char Suffixes[] = "KMG";
    const char *At = Argument;
    unsigned Shift = 0;

    bool Valid = ReadDigits(&At, Value);
    const char *Suffix = *At != '\0' ? strchr(Suffixes, *At & ~0x20) : NULL;
    if (Suffix != NULL)
    {
        Shift = 10 * (unsigned)(Suffix - Suffixes + 1);
        At++;
    }
    if (!Valid || *At != '\0' || *Value > Sizes->Max >> Shift || *Value << Shift < Sizes->Min)
    {
        char What[96];
        snprintf(What, sizeof(What), "not a size from %s, in bytes or with K, M or G", Sizes->Named);
        return ArgsRefuse(Args, Option, Argument, What);
    }
    *Value <<= Shift;
    return true;
}

bool
ArgsLane(ARGS *Args, const char *Option, const char *Argument, uint32_t *Bytes)
{
    static const ARGS_SIZES Sizes = {.Min = 1, .Max = UINT32_MAX, .Named = ARGS_LANE_LIMITS};
    uint64_t Value;

    if (!ArgsBytes(Args, Option, Argument, &Sizes, &Value))
        return false;
    *Bytes = (uint32_t)Value;
    return true;
}

bool
ArgsSeconds(ARGS *Args, const char *Option, const char *Argument, uint32_t *Milliseconds)
{
    const char *At = Argument;
    uint64_t Seconds;
    uint32_t Fraction = 0;

    bool Valid = ReadDigits(&At, &Seconds) && Seconds <= MAX_SECONDS;
    if (Valid && *At == '.')
    {
        Valid = *++At != '\0';
        for (uint32_t Place = 100; *At >= '0' && *At <= '9'; At++, Place /= 10)
            Fraction += Place * (uint32_t)(*At - '0');
    }
    if (!Valid || *At != '\0')
        return ArgsRefuse(Args, Option, Argument,
                          "not a number of seconds, such as 10 or 0.5, up to 2000000");
    *Milliseconds = (uint32_t)Seconds * 1000 + Fraction;
    return true;
}

static uint32_t
KindBit(const char *Name, size_t Length)
{
    static const char *const Names[] = {
        [PRCM_KIND_START] = "start", [PRCM_KIND_EXIT] = "exit", [PRCM_KIND_IMAGE] = "image"};

    for (uint32_t Kind = 0; Kind < sizeof(Names) / sizeof(Names[0]); Kind++)
    {
        if (strlen(Names[Kind]) == Length && memcmp(Names[Kind], Name, Length) == 0)
            return PRCM_KIND_BIT(Kind);
    }
    return 0;
}

bool
ArgsKinds(ARGS *Args, const char *Option, const char *Argument, uint32_t *Kinds)
{
    const char *At = Argument;

    for (;;)
    {
        size_t Length = strcspn(At, ",");
        uint32_t Bit = KindBit(At, Length);
        if (Bit == 0)
            return ArgsRefuse(Args, Option, Argument,
                              "kinds are start, exit and image, with commas in between");
        *Kinds |= Bit;
        if (At[Length] == '\0')
            return true;
        At += Length + 1;
    }
}

bool
ArgsColor(ARGS *Args, const char *Option, const char *Argument, ARGS_COLOR *Color)
{
    static const char *const Names[] = {
        [ARGS_COLOR_AUTO] = "auto", [ARGS_COLOR_ALWAYS] = "always", [ARGS_COLOR_NEVER] = "never"};

    for (size_t Index = 0; Index < sizeof(Names) / sizeof(Names[0]); Index++)
    {
        if (strcmp(Argument, Names[Index]) == 0)
        {
            *Color = (ARGS_COLOR)Index;
            return true;
        }
    }
    return ArgsRefuse(Args, Option, Argument, "auto, always or never");
}
