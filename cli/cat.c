/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "message.h"
#include "player.h"
#include "show_options.h"

enum
{
    OPTION_MARK_READ = 0x300
};

static const struct option Table[] = {
    SHOW_OPTIONS_ROWS, CAPTURE_OPTIONS_ROWS, {"mark-read", no_argument, NULL, OPTION_MARK_READ},
    ARGS_HELP_OPTION,  {NULL, 0, NULL, 0},
};

typedef struct CAT
{
    PLAYER Player; /* first: a PLAYER of cat is a CAT */
    bool MarkRead;
    bool Help;
} CAT;

static bool
SetOption(CAT *Cat, ARGS *Args, int Option, const char *Argument)
{
    bool Taken;
    bool Good = PlayerSetOption(&Cat->Player, Args, Option, Argument, &Taken);

    if (Taken)
        return Good;
    Cat->MarkRead = Cat->MarkRead || Option == OPTION_MARK_READ;
    Cat->Help = Option == ARGS_HELP;
    return Option != ARGS_WRONG;
}

/* Whether only a part of the capture may be shown. */
static bool
IsPart(const PLAYER *Player)
{
    const CAPTURE_OPTIONS *Options = &Player->Options;
    const SHOW_OPTIONS *Show = &Player->Show;

    return Options->From.Given || Options->To.Given || Options->Kinds != 0 || Options->IdCount != 0 ||
           Show->Count != 0 || Show->PatternCount != 0 || Show->FilterCount != 0;
}

static bool
Parse(CAT *Cat, ARGS *Args)
{
    int Option;

    ShowOptionsInit(&Cat->Player.Show);
    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        if (!SetOption(Cat, Args, Option, optarg))
            return false;
        if (Cat->Help)
            return true;
    }
    if (Cat->MarkRead && IsPart(&Cat->Player))
        return ArgsRefuse(Args, "mark-read", "and what shows a part", "only what is shown whole was read");
    return ArgsOperandCount(Args) != 0 || ArgsRefuse(Args, NULL, "cat", "no capture is named");
}

/* A file of a folder that has ended was read when all of it is written. One that is still being written to is read again. */
static void
MarkRead(PLAYER *Player, const PRCM_CAPTURE_ITEM *Item)
{
    const CAT *Cat = (const CAT *)Player;
    PRCM_CAPTURE_STORE Store;

    if (!Cat->MarkRead || Item->Type != PRCM_ITEM_FILE_END || Item->Name == NULL || !Item->Closed ||
        !SinkFlush(Player->Stream.Sink))
        return;
    PRCM_RESULT Result = PrcmCaptureStoreOpen(Player->Path, 0, &Store);
    if (Result == PRCM_OK)
    {
        Result = PrcmCaptureMarkRead(&Store, Item->Name);
        Store.Close(Store.Context);
    }
    if (Result != PRCM_OK)
        MessageFail("mark a file as read", Result);
}

static EXIT_CODE
RunCat(ARGS *Args)
{
    static CAT Cat = {.Player = {.Item = MarkRead}};
    EXIT_CODE Code;

    if (!Parse(&Cat, Args))
        Code = MessageUsage(Args);
    else if (Cat.Help)
        Code = CommandShowHelp(&CatCommand);
    else
        Code = PlayerPlayAll(&Cat.Player, Args);
    ShowOptionsDestroy(&Cat.Player.Show);
    return Code;
}

const COMMAND CatCommand = {
    .Summary = "show what a capture holds",
    .Run = RunCat,
    .Help = "usage: prcm cat [OPTIONS] FILE|FOLDER...\n"
            "\n"
            "Shows the events of a capture as watch showed them: with the names, drives and\n"
            "local time of the machine where it was recorded, whatever is missing in its\n"
            "place, and at the end the account of each run of the driver.\n"
            "\n"
            "what:\n"
            "  --filter FILTER     of which FILTER is true, such as\n"
            "                      'kind == start and command_line contains \"-enc\"';\n"
            "                      \"prcm help filter\" lists the fields. Up to 16 times\n"
            "  --kind KINDS        start,exit,image: short for a filter\n"
            "  --pid PID           of this process: the same; up to 64 times\n"
            "  --image PATTERN     of images that match, as with watch\n"
            "from where, and how much:\n"
            "  --from PLACE        a number, a token or a time: 2026-11-22T15:04:05Z; without\n"
            "                      a zone it is local time of the machine that was recorded\n"
            "  --to PLACE          the last to be shown\n"
            "  --count N           end after N events shown\n"
            "  --mark-read         of a folder: what is shown whole may be deleted by a\n"
            "                      record with --keep-until-read\n"
            "how:\n"
            "  --format FORMAT     text (default), json, csv, ecs, ocsf, sysmon or trace;\n"
            "                      with all but text, notices go to standard error\n"
            "  --json              --format json: an object a line, each with every field.\n"
            "                      The first says whose stream it is\n"
            "  --color WHEN        auto, always or never (default auto: on a console, unless\n"
            "                      NO_COLOR is set)\n"
            "  --full              on a console, too, show all of each event, on as many\n"
            "                      lines as it takes\n"
            "  -h, --help          show this\n"
            "\n"
            "Exit code 9 if anything is missing or damaged; all else is shown.\n"
            "\n"
            "examples:\n"
            "  prcm cat night.prcm\n"
            "  prcm cat --from 2026-11-22T15:04 --to 2026-11-22T15:06 --json night.prcm\n",
};
