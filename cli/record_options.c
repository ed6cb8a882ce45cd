/* SPDX-License-Identifier: MIT */
#include "record_options.h"

#include <string.h>

#define SUFFIX ".prcm"

/* What file names begin with, unless --name says otherwise. */
#define DEFAULT_NAME "prcm"

#define MIN_FILE_BYTES   0x10000u
#define MIN_BUDGET_BYTES 0x80000u

enum
{
    OPTION_APPEND = 0x300,
    OPTION_FORCE,
    OPTION_FOLDER_FIRST,
    OPTION_NAME = OPTION_FOLDER_FIRST,
    OPTION_ROTATE_SIZE,
    OPTION_ROTATE_AGE,
    OPTION_BUDGET,
    OPTION_KEEP_UNTIL_READ
};

static const struct option Table[] = {
    READING_OPTIONS_ROWS,
    {"append", no_argument, NULL, OPTION_APPEND},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"name", required_argument, NULL, OPTION_NAME},
    {"rotate-size", required_argument, NULL, OPTION_ROTATE_SIZE},
    {"rotate-age", required_argument, NULL, OPTION_ROTATE_AGE},
    {"budget", required_argument, NULL, OPTION_BUDGET},
    {"keep-until-read", no_argument, NULL, OPTION_KEEP_UNTIL_READ},
    ARGS_HELP_OPTION,
    {NULL, 0, NULL, 0},
};

static bool
SetName(RECORDING_TARGET *Target, ARGS *Args, const char *Argument)
{
    size_t Length = strlen(Argument);
    size_t Good = strspn(Argument, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    if (Length == 0 || Length >= PRCM_FOLDER_NAME_BYTES || Good != Length)
        return ArgsRefuse(Args, "name", Argument, "not 1 to 63 of letters, digits, \".\", \"_\" and \"-\"");
    Target->Folder.Name = Argument;
    return true;
}

static bool
SetAge(RECORDING_TARGET *Target, ARGS *Args, const char *Argument)
{
    uint32_t Milliseconds;

    if (!ArgsSeconds(Args, "rotate-age", Argument, &Milliseconds))
        return false;
    if (Milliseconds == 0)
        return ArgsRefuse(Args, "rotate-age", Argument, "not a number of seconds above 0");
    Target->Folder.MaxFileMs = Milliseconds;
    return true;
}

static bool
SetFolderOption(RECORDING_TARGET *Target, ARGS *Args, int Option, const char *Argument)
{
    static const ARGS_SIZES Files = {.Min = MIN_FILE_BYTES, .Max = INT64_MAX, .Named = "64K on"};
    static const ARGS_SIZES Budgets = {.Min = MIN_BUDGET_BYTES, .Max = INT64_MAX, .Named = "512K on"};

    switch (Option)
    {
    case OPTION_NAME:
        return SetName(Target, Args, Argument);
    case OPTION_ROTATE_SIZE:
        return ArgsBytes(Args, "rotate-size", Argument, &Files, &Target->Folder.MaxFileBytes);
    case OPTION_ROTATE_AGE:
        return SetAge(Target, Args, Argument);
    case OPTION_BUDGET:
        return ArgsBytes(Args, "budget", Argument, &Budgets, &Target->Folder.BudgetBytes);
    default:
        Target->Folder.KeepUntilRead = 1;
        return true;
    }
}

static bool
SetOption(RECORD_OPTIONS *Options, ARGS *Args, int Option, const char *Argument)
{
    RECORDING_TARGET *Target = &Options->Target;

    Options->FromGiven = Options->FromGiven || Option == READING_OPTION_FROM;
    if (Option >= READING_OPTION_FIRST && Option < READING_OPTION_END)
        return ReadingOptionsSet(&Options->Reading, Args, Option, Argument);
    if (Option >= OPTION_FOLDER_FIRST)
    {
        Options->FolderGiven = true;
        return SetFolderOption(Target, Args, Option, Argument);
    }
    Target->Append = Target->Append || Option == OPTION_APPEND;
    Target->Force = Target->Force || Option == OPTION_FORCE;
    Options->Help = Option == ARGS_HELP;
    return Option != ARGS_WRONG;
}

static bool
EndsWith(const char *Text, const char *Suffix)
{
    size_t Length = strlen(Text);
    size_t SuffixLength = strlen(Suffix);
    return Length > SuffixLength && strcmp(Text + Length - SuffixLength, Suffix) == 0;
}

static bool
Check(RECORD_OPTIONS *Options, ARGS *Args)
{
    RECORDING_TARGET *Target = &Options->Target;

    if (ArgsOperandCount(Args) != 1)
        return ArgsRefuse(Args, NULL, "record", "one file or folder to record to, such as night.prcm");
    Target->Path = ArgsOperand(Args, 0);
    Target->IsFolder = !EndsWith(Target->Path, SUFFIX);
    if (Target->IsFolder && (Target->Append || Target->Force))
        return ArgsRefuse(
            Args, NULL, Target->Path,
            "a folder, since it does not end in .prcm; a folder is always gone on with, so without "
            "--append and --force");
    if (!Target->IsFolder && Options->FolderGiven)
        return ArgsRefuse(Args, NULL, Target->Path,
                          "a file, since it ends in .prcm; only a folder is rotated");
    if (Target->Append && Target->Force)
        return ArgsRefuse(Args, "append", "and --force", "either go on with the file, or begin it anew");
    if (Target->Append && Options->FromGiven)
        return ArgsRefuse(Args, "append", "and --from", "a capture is gone on with where it ends");
    if (Target->Folder.BudgetBytes != 0 && Target->Folder.MaxFileBytes > Target->Folder.BudgetBytes / 2)
        return ArgsRefuse(Args, "rotate-size", "and --budget", "a file may have half of the budget at most");
    if (Target->Folder.KeepUntilRead != 0 && Target->Folder.BudgetBytes == 0)
        return ArgsRefuse(Args, "keep-until-read", "without --budget", "nothing is deleted without one");
    return true;
}

bool
RecordOptionsParse(RECORD_OPTIONS *Options, ARGS *Args)
{
    int Option;

    memset(Options, 0, sizeof(*Options));
    ReadingOptionsInit(&Options->Reading, PRCM_FROM_OLDEST);
    Options->Target.Folder.Name = DEFAULT_NAME;
    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        if (!SetOption(Options, Args, Option, optarg))
            return false;
        if (Options->Help)
            return true;
    }
    ReadingOptionsFinish(&Options->Reading);
    return Check(Options, Args);
}
