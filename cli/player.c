/* SPDX-License-Identifier: MIT */
#include "player.h"

#include <stdio.h>

#include "host/folder.h"
#include "message.h"
#include "output.h"

#define DO_BYTES 1024

bool
PlayerSetOption(PLAYER *Player, ARGS *Args, int Option, const char *Argument, bool *Taken)
{
    *Taken = true;
    if (Option >= SHOW_OPTION_FIRST && Option < SHOW_OPTION_END)
        return ShowOptionsSet(&Player->Show, Args, Option, Argument);
    if (Option >= CAPTURE_OPTION_FIRST && Option < CAPTURE_OPTION_END)
        return CaptureOptionsSet(&Player->Options, Args, Option, Argument);
    *Taken = false;
    return false;
}

static PRCM_RESULT
OpenFolder(const char *Path, PRCM_CAPTURE_READER **Reader)
{
    PRCM_CAPTURE_STORE Store;
    PRCM_RESULT Result = PrcmCaptureStoreOpen(Path, 0, &Store);

    return Result == PRCM_OK ? PrcmCaptureOpenStore(&Store, NULL, Reader) : Result;
}

static PRCM_RESULT
OpenFile(const char *Path, PRCM_CAPTURE_READER **Reader)
{
    PRCM_CAPTURE_FILE File;
    PRCM_RESULT Result = PrcmCaptureFileOpen(Path, PRCM_CAPTURE_READ, &File);

    return Result == PRCM_OK ? PrcmCaptureOpen(&File, Reader) : Result;
}

/* The facts at the beginning of the capture; then wherever From says. */
static PRCM_RESULT
Seek(PLAYER *Player)
{
    PRCM_CAPTURE_ITEM Item;
    PRCM_RESULT Result;

    if (!Player->Options.From.Given && !Player->Options.To.Given)
        return PRCM_OK;
    do
    {
        Result = PrcmCaptureNext(Player->Reader, &Item);
        if (Result == PRCM_OK && Item.Type == PRCM_ITEM_FACT)
            FactsAdd(&Player->Facts, Item.Fact);
    } while (Result == PRCM_OK && Item.Type != PRCM_ITEM_BATCH && Item.Type != PRCM_ITEM_END);
    if (Result == PRCM_OK && !Player->Options.From.Given)
        Result = PrcmCaptureSeekNumber(Player->Reader, 0, 0);
    if (Result != PRCM_OK)
        return Result;
    return RangeApply(&Player->Options.From, &Player->Options.To, &Player->Facts, Player->Reader,
                      &Player->Stream.Range);
}

static PRCM_RESULT
Play(PLAYER *Player)
{
    PRCM_CAPTURE_ITEM Item;
    PRCM_RESULT Result = Seek(Player);

    while (Result == PRCM_OK)
    {
        Result = PrcmCaptureNext(Player->Reader, &Item);
        if (Result != PRCM_OK || Item.Type == PRCM_ITEM_END)
            break;
        if (!PlaybackItem(&Player->Playback, &Item) || Player->Stream.Sink->Error != 0)
            break;
        if (Player->Item != NULL)
            Player->Item(Player, &Item);
    }
    PlaybackEnd(&Player->Playback);
    if (Player->IsLast)
        StreamEnd(&Player->Stream);
    if (Result == PRCM_OK && Player->Playback.Runs == 0 && Player->Options.From.Given)
        MessageSay("%s has nothing from there on.", Player->Path);
    return Result;
}

static void
Notice(void *Context, const char *Text)
{
    PLAYER *Player = Context;
    ShowOptionsNotice(&Player->Show, &Player->Stream, Text);
}

static void
BeginStream(PLAYER *Player)
{
    ShowOptionsBegin(&Player->Show, &Player->Stream, FactsViewHooks(&Player->Facts), PRCM_KINDS_ALL);
    if (Player->Sink != NULL)
        Player->Stream.Sink = Player->Sink;
    Player->Stream.State = Player->State;
    Player->Stream.Kinds = Player->Options.Kinds;
    Player->Stream.Ids = Player->Options.Ids;
    Player->Stream.IdCount = Player->Options.IdCount;
    if (Player->Begin != NULL)
        Player->Begin(Player);
}

static EXIT_CODE
PlayOpened(PLAYER *Player)
{
    FactsInit(&Player->Facts);
    BeginStream(Player);
    PlaybackInit(&Player->Playback, Player->Reader, &Player->Stream, &Player->Facts);
    Player->Playback.Notice = Notice;
    Player->Playback.Context = Player;
    PRCM_RESULT Result = Play(Player);
    uint32_t Error = PrcmLastSystemError();
    ShowOptionsSayUndecided(&Player->Show);
    if (Player->End != NULL)
        Player->End(Player);
    Player->State = Player->Stream.State;
    StreamDestroy(&Player->Stream);
    FactsDestroy(&Player->Facts);
    if (OutputFailed())
        return EXIT_OUTPUT;
    if (Result != PRCM_OK)
        return MessageFailWith("read on", Result, Error);
    if (!Player->Playback.Closed)
        return EXIT_MISMATCH;
    return Player->Playback.Complete ? EXIT_OK : EXIT_INCOMPLETE;
}

EXIT_CODE
PlayerPlay(PLAYER *Player, const char *Path)
{
    Player->Path = Path;
    PRCM_RESULT Result =
        FolderExists(Path) ? OpenFolder(Path, &Player->Reader) : OpenFile(Path, &Player->Reader);
    if (Result != PRCM_OK)
    {
        char Do[DO_BYTES];
        snprintf(Do, sizeof(Do), "read %s", Path);
        return MessageFail(Do, Result);
    }
    EXIT_CODE Code = PlayOpened(Player);
    PrcmCaptureClose(Player->Reader);
    return Code;
}

EXIT_CODE
PlayerPlayAll(PLAYER *Player, const ARGS *Args)
{
    EXIT_CODE Code = EXIT_OK;

    for (int Index = 0; Index < ArgsOperandCount(Args) && Code != EXIT_OUTPUT; Index++)
    {
        Player->IsLast = Index + 1 == ArgsOperandCount(Args);
        EXIT_CODE Now = PlayerPlay(Player, ArgsOperand(Args, Index));
        if (Code == EXIT_OK || (Code == EXIT_INCOMPLETE && Now != EXIT_OK))
            Code = Now;
    }
    return Code;
}
