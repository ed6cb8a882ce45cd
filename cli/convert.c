/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "command.h"
#include "formats/formats.h"
#include "host/console.h"
#include "host/output_file.h"
#include "message.h"
#include "player.h"

enum
{
    OPTION_FORCE = 0x300
};

static const struct option Table[] = {
    SHOW_OPTIONS_ROWS, CAPTURE_OPTIONS_ROWS, {"force", no_argument, NULL, OPTION_FORCE},
    ARGS_HELP_OPTION,  {NULL, 0, NULL, 0},
};

/* What a file's name says of its format. The other formats are JSON, too, and have to be named. */
static const struct
{
    const char *Suffix;
    const FORMAT *Format;
} Suffixes[] = {
    {".txt", &FormatText},
    {".json", &FormatJson},
    {".jsonl", &FormatJson},
    {".csv", &FormatCsv},
};

typedef struct CONVERT
{
    PLAYER Player;
    bool FormatGiven;
    bool Force;
    bool Help;
    const char *To;
} CONVERT;

static bool
SetOption(CONVERT *Convert, ARGS *Args, int Option, const char *Argument)
{
    bool Taken;
    bool Good = PlayerSetOption(&Convert->Player, Args, Option, Argument, &Taken);

    Convert->FormatGiven = Convert->FormatGiven || Option == SHOW_OPTION_FORMAT || Option == SHOW_OPTION_JSON;
    if (Taken)
        return Good;
    Convert->Force = Convert->Force || Option == OPTION_FORCE;
    Convert->Help = Option == ARGS_HELP;
    return Option != ARGS_WRONG;
}

static bool
SetFormatBySuffix(CONVERT *Convert, ARGS *Args)
{
    const char *Suffix = strrchr(Convert->To, '.');

    for (size_t Index = 0; Suffix != NULL && Index < sizeof(Suffixes) / sizeof(Suffixes[0]); Index++)
    {
        if (strcmp(Suffix, Suffixes[Index].Suffix) != 0)
            continue;
        Convert->Player.Show.Format = Suffixes[Index].Format;
        return true;
    }
    return ArgsRefuse(Args, NULL, Convert->To,
                      "which format? --format says it, or a name that ends in .txt, .json, .jsonl or .csv");
}

static bool
Parse(CONVERT *Convert, ARGS *Args)
{
    int Option;

    ShowOptionsInit(&Convert->Player.Show);
    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        if (!SetOption(Convert, Args, Option, optarg))
            return false;
        if (Convert->Help)
            return true;
    }
    if (ArgsOperandCount(Args) != 2)
        return ArgsRefuse(Args, NULL, "convert", "one capture, and the file to write");
    Convert->To = ArgsOperand(Args, 1);
    return Convert->FormatGiven || SetFormatBySuffix(Convert, Args);
}

static EXIT_CODE
CannotWrite(const CONVERT *Convert, uint32_t Error)
{
    char Text[512];

    ConsoleErrorText(Error, Text, sizeof(Text));
    MessageSay("cannot write %s: %s (%s %lu).%s", Convert->To, Text, ConsoleErrorName, (unsigned long)Error,
               OutputFileExists(Error) ? " --force replaces it." : "");
    return EXIT_OUTPUT;
}

/* What is incomplete is written all the same, and says so in its place; of what cannot be read nothing is left. */
static EXIT_CODE
ConvertTo(CONVERT *Convert, const char *From)
{
    static SINK Sink;
    uint32_t Error;
    OUTPUT_FILE *File = OutputFileBegin(Convert->To, Convert->Force, &Sink, &Error);

    if (File == NULL)
        return CannotWrite(Convert, Error);
    Convert->Player.Sink = &Sink;
    Convert->Player.IsLast = true;
    EXIT_CODE Code = PlayerPlay(&Convert->Player, From);
    bool Keep = Code == EXIT_OK || Code == EXIT_INCOMPLETE;
    Error = Sink.Error != 0 ? Sink.Error : OutputFileFinish(File, Keep);
    if (Sink.Error != 0)
        OutputFileFinish(File, false);
    return Keep && Error != 0 ? CannotWrite(Convert, Error) : Code;
}

static EXIT_CODE
RunConvert(ARGS *Args)
{
    static CONVERT Convert;
    EXIT_CODE Code;

    if (!Parse(&Convert, Args))
        Code = MessageUsage(Args);
    else if (Convert.Help)
        Code = CommandShowHelp(&ConvertCommand);
    else
        Code = ConvertTo(&Convert, ArgsOperand(Args, 0));
    ShowOptionsDestroy(&Convert.Player.Show);
    return Code;
}

const COMMAND ConvertCommand = {
    .Summary = "write a capture to a file in another format",
    .Run = RunConvert,
    .Help = "usage: prcm convert [OPTIONS] FILE|FOLDER OUTPUT\n"
            "\n"
            "Writes a capture to OUTPUT in another format. OUTPUT comes into being whole or\n"
            "not at all; one that exists is left as it is, unless --force is given.\n"
            "\n"
            "  --format FORMAT  text, json, csv, ecs, ocsf, sysmon or trace; without it, by\n"
            "                   OUTPUT's name: .txt, .json, .jsonl, .csv\n"
            "  --force          replace OUTPUT, if it exists\n"
            "  --filter FILTER, --kind KINDS, --pid PID, --image PATTERN, --from PLACE,\n"
            "  --to PLACE, --count N\n"
            "                   which events, as with cat\n"
            "  -h, --help       show this\n"
            "\n"
            "Exit code 9 if anything is missing or damaged; all else is written.\n"
            "\n"
            "examples:\n"
            "  prcm convert night.prcm night.csv\n"
            "  prcm convert --format sysmon night.prcm night.sysmon.jsonl\n",
};
