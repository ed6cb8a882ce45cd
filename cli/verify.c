/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "formats/formats.h"
#include "host/console.h"
#include "message.h"
#include "output.h"
#include "player.h"

enum
{
    OPTION_JSON = 0x300,
    OPTION_COLOR
};

static const struct option Table[] = {
    {"json", no_argument, NULL, OPTION_JSON},
    {"color", required_argument, NULL, OPTION_COLOR},
    ARGS_HELP_OPTION,
    {NULL, 0, NULL, 0},
};

typedef struct VERIFY
{
    PLAYER Player; /* first: a PLAYER of verify is a VERIFY */
    FORMAT Format; /* one that shows events, without them */
    bool Help;
} VERIFY;

static bool
Parse(VERIFY *Verify, ARGS *Args)
{
    int Option;

    ShowOptionsInit(&Verify->Player.Show);
    while ((Option = ArgsNext(Args, Table)) != ARGS_END)
    {
        if (Option == OPTION_JSON)
            Verify->Player.Show.Format = &FormatJson;
        else if (Option == OPTION_COLOR && !ArgsColor(Args, "color", optarg, &Verify->Player.Show.Color))
            return false;
        else if (Option == ARGS_WRONG)
            return false;
        else if (Option == ARGS_HELP)
        {
            Verify->Help = true;
            return true;
        }
    }
    return ArgsOperandCount(Args) != 0 || ArgsRefuse(Args, NULL, "verify", "no capture is named");
}

static void
NoEvent(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    (void)Sink;
    (void)Origin;
    (void)Event;
}

static void
NoHeader(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    (void)Sink;
    (void)Origin;
    (void)Header;
}

static void
Begin(PLAYER *Player)
{
    VERIFY *Verify = (VERIFY *)Player;

    Verify->Format = *Player->Stream.Format;
    Verify->Format.Event = NoEvent;
    if (ShowOptionsIsText(&Verify->Player.Show))
        Verify->Format.Header = NoHeader;
    Player->Stream.Format = &Verify->Format;
}

static void
Count(SINK *Sink, uint64_t Value, const char *One, const char *Many)
{
    SinkGrouped(Sink, Value);
    SinkText(Sink, Value == 1 ? One : Many);
}

static void
WriteInstance(SINK *Sink, const char *Before, uint64_t Instance)
{
    SinkText(Sink, Before);
    SinkHex(Sink, Instance, 1);
    SinkChar(Sink, '\n');
}

static void
ShowVerdict(PLAYER *Player, SINK *Sink)
{
    uint32_t Runs = PrcmCaptureAccountCount(Player->Reader);
    PRCM_CAPTURE_ACCOUNT Account;

    for (uint32_t Index = 0; Index < Runs; Index++)
    {
        PrcmCaptureAccount(Player->Reader, Index, &Account);
        if (Account.From == Account.Next)
        {
            WriteInstance(Sink, "no events, instance 0x", Account.Instance);
            continue;
        }
        SinkStyle(Sink, Account.Complete ? STYLE_GREEN : STYLE_RED);
        SinkText(Sink, Account.Complete ? "complete from number " : "incomplete from number ");
        SinkUnsigned(Sink, Account.From);
        SinkText(Sink, " to ");
        SinkUnsigned(Sink, Account.Next - 1);
        SinkStyle(Sink, STYLE_PLAIN);
        WriteInstance(Sink, ", instance 0x", Account.Instance);
    }
    if (Runs == 0)
        SinkText(Sink, "no events\n");
}

/* What was read, and the verdict, last. */
static void
End(PLAYER *Player)
{
    const VERIFY *Verify = (const VERIFY *)Player;
    SINK *Sink = Player->Stream.Sink;
    PRCM_CAPTURE_TOTALS Totals;

    if (!ShowOptionsIsText(&Verify->Player.Show))
        return;
    PrcmCaptureTotals(Player->Reader, &Totals);
    Count(Sink, Totals.Files, " file, ", " files, ");
    Count(Sink, Totals.Bytes, " byte, ", " bytes, ");
    Count(Sink, Totals.Blocks, " block", " blocks");
    if (Totals.ClosedFiles != Totals.Files)
    {
        SinkText(Sink, ", ");
        SinkGrouped(Sink, Totals.Files - Totals.ClosedFiles);
        SinkText(Sink, " without an end: still being written, or cut off");
    }
    if (Totals.Damages != 0)
    {
        SinkText(Sink, ", ");
        Count(Sink, Totals.DamagedBytes, " byte damaged", " bytes damaged");
    }
    SinkChar(Sink, '\n');
    ShowVerdict(Player, Sink);
}

static EXIT_CODE
RunVerify(ARGS *Args)
{
    static VERIFY Verify = {.Player = {.Begin = Begin, .End = End}};
    EXIT_CODE Code;

    if (!Parse(&Verify, Args))
        Code = MessageUsage(Args);
    else if (Verify.Help)
        Code = CommandShowHelp(&VerifyCommand);
    else
        Code = PlayerPlayAll(&Verify.Player, Args);
    ShowOptionsDestroy(&Verify.Player.Show);
    return Code;
}

const COMMAND VerifyCommand = {
    .Summary = "check a capture: is it whole, and what is missing",
    .Run = RunVerify,
    .Help = "usage: prcm verify [OPTIONS] FILE|FOLDER...\n"
            "\n"
            "Reads all of a capture and checks every checksum, every sum and every number.\n"
            "Shows what is damaged, and where; what is missing, and why; the account of\n"
            "each run of the driver; and last, for each, whether it is complete.\n"
            "\n"
            "  --json        the same as JSON lines: \"lost\" and \"account\"\n"
            "  --color WHEN  auto, always or never (default auto: on a console, unless\n"
            "                NO_COLOR is set)\n"
            "  -h, --help    show this\n"
            "\n"
            "Exit code 0 only if nothing is missing or damaged; 9 if something is.\n",
};
