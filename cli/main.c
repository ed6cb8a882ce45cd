/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "cli/selftest/selftest.h"
#include "command.h"
#include "host/console.h"
#include "host/dll_search.h"
#include "message.h"
#include "output.h"

/* The shell's wildcards are the user's own: --image *.dll. */
int _dowildcard = 0;

static const COMMAND *const Commands[] = {
    &InstallCommand, &UninstallCommand, &StartCommand,    &StopCommand,
    &StatusCommand,  &WatchCommand,     &SelftestCommand,
};

#define COMMAND_COUNT (sizeof(Commands) / sizeof(Commands[0]))

static void
WriteVersion(SINK *Sink, uint32_t Version)
{
    SinkUnsigned(Sink, Version >> 24);
    SinkChar(Sink, '.');
    SinkUnsigned(Sink, Version >> 16 & 0xFF);
    SinkChar(Sink, '.');
    SinkUnsigned(Sink, Version & 0xFFFF);
}

static EXIT_CODE
ShowVersion(void)
{
    SINK *Sink = ConsoleOutput();

    SinkText(Sink, "prcm ");
    WriteVersion(Sink, PrcmVersion());
    SinkText(Sink, ", ABI ");
    SinkUnsigned(Sink, PRCM_ABI_VERSION);
    SinkText(Sink, "\n");
    return EXIT_OK;
}

static EXIT_CODE
ShowHelp(void)
{
    SINK *Sink = ConsoleOutput();

    SinkText(Sink, "prcm tells of every process start, process exit and image load, in order, with\n"
                   "an exact account of anything missing.\n\n"
                   "usage: prcm COMMAND [OPTIONS]\n\ncommands:\n");
    for (size_t Index = 0; Index < COMMAND_COUNT; Index++)
    {
        SinkText(Sink, "  ");
        SinkText(Sink, Commands[Index]->Name);
        SinkPadTo(Sink, 13);
        SinkText(Sink, Commands[Index]->Summary);
        SinkChar(Sink, '\n');
    }
    SinkText(Sink,
             "\n\"prcm COMMAND --help\" tells more; \"prcm --version\" tells the version.\n\nexit codes:\n");
    ExitCodeWriteTable(Sink);
    return EXIT_OK;
}

EXIT_CODE
CommandShowHelp(const COMMAND *Command)
{
    SinkText(ConsoleOutput(), Command->Help);
    return EXIT_OK;
}

bool
CommandTakesNothing(const COMMAND *Command, ARGS *Args, EXIT_CODE *Code)
{
    static const struct option Table[] = {ARGS_HELP_OPTION, {NULL, 0, NULL, 0}};
    int Option = ArgsNext(Args, Table);

    if (Option == ARGS_END && ArgsNone(Args))
        return true;
    *Code = Option == ARGS_HELP ? CommandShowHelp(Command) : MessageUsage(Args);
    return false;
}

static const COMMAND *
FindCommand(const char *Name)
{
    for (size_t Index = 0; Index < COMMAND_COUNT; Index++)
    {
        if (strcmp(Commands[Index]->Name, Name) == 0)
            return Commands[Index];
    }
    return NULL;
}

static EXIT_CODE
RunCommand(int Count, char **Values)
{
    ARGS Args;
    const COMMAND *Command = FindCommand(Values[0]);

    if (Command == NULL)
    {
        MessageSay("\"%s\" is not a command. See \"prcm --help\".", Values[0]);
        return EXIT_USAGE;
    }
    ArgsInit(&Args, Count, Values);
    return Command->Run(&Args);
}

static EXIT_CODE
Run(int Count, char **Values)
{
    if (Count == 0)
    {
        MessageSay("which command? See \"prcm --help\".");
        return EXIT_USAGE;
    }
    bool Help = strcmp(Values[0], "help") == 0;
    if (strcmp(Values[0], "--version") == 0)
        return ShowVersion();
    const COMMAND *Command = Help && Count > 1 ? FindCommand(Values[1]) : NULL;
    if (Command != NULL)
        return CommandShowHelp(Command);
    if (Help || strcmp(Values[0], "--help") == 0 || strcmp(Values[0], "-h") == 0)
        return ShowHelp();
    return RunCommand(Count, Values);
}

/* NULL: no memory, or not Unicode. */
static char *
ToUtf8(const wchar_t *Text)
{
    int Bytes = WideCharToMultiByte(CP_UTF8, 0, Text, -1, NULL, 0, NULL, NULL);
    char *Utf8 = Bytes > 0 ? malloc((size_t)Bytes) : NULL;

    if (Utf8 != NULL)
        WideCharToMultiByte(CP_UTF8, 0, Text, -1, Utf8, Bytes, NULL, NULL);
    return Utf8;
}

static void
FreeArguments(int Count, char **Values)
{
    for (int Index = 0; Index < Count; Index++)
        free(Values[Index]);
    free(Values);
}

/* NULL: no memory, or not Unicode. */
static char **
ToUtf8Arguments(int Count, wchar_t **Values)
{
    char **Utf8 = calloc((size_t)Count + 1, sizeof(char *));
    if (Utf8 == NULL)
        return NULL;
    for (int Index = 0; Index < Count; Index++)
    {
        Utf8[Index] = ToUtf8(Values[Index]);
        if (Utf8[Index] == NULL)
        {
            FreeArguments(Index, Utf8);
            return NULL;
        }
    }
    return Utf8;
}

/* The runtime's entry, by way of -municode. */
int wmain(int Count, wchar_t **Values);

int
wmain(int Count, wchar_t **Values)
{
    DllSearchOnlySystem();
    if (Count >= 3 && wcscmp(Values[1], SELFTEST_CHILD_WORD) == 0)
        ExitProcess(SelftestChildCode(Values[2]));
    ConsoleInit();
    int Given = Count > 0 ? Count - 1 : 0;
    char **Utf8 = ToUtf8Arguments(Given, Values + 1);
    if (Utf8 == NULL)
    {
        MessageSay("there is no memory for the arguments.");
        return EXIT_FAILED;
    }
    EXIT_CODE Code = OutputFinish(Run(Given, Utf8));
    FreeArguments(Given, Utf8);
    return Code;
}
