/* SPDX-License-Identifier: MIT */
#include "main.h"

#include <string.h>

#include "command.h"
#include "filter/filter.h"
#include "host/console.h"
#include "message.h"
#include "output.h"

#ifdef _WIN32
#define ON_WINDOWS(Command) &(Command)
#else
#define ON_WINDOWS(Command) NULL
#endif

/* Command is NULL where this system has no driver to do it with. */
static const struct
{
    const char *Name;
    const COMMAND *Command;
} Commands[] = {
    {"install", ON_WINDOWS(InstallCommand)},
    {"uninstall", ON_WINDOWS(UninstallCommand)},
    {"start", ON_WINDOWS(StartCommand)},
    {"stop", ON_WINDOWS(StopCommand)},
    {"status", ON_WINDOWS(StatusCommand)},
    {"watch", ON_WINDOWS(WatchCommand)},
    {"selftest", ON_WINDOWS(SelftestCommand)},
    {"record", ON_WINDOWS(RecordCommand)},
    {"cat", &CatCommand},
    {"verify", &VerifyCommand},
    {"stats", &StatsCommand},
    {"convert", &ConvertCommand},
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
        if (Commands[Index].Command == NULL)
            continue;
        SinkText(Sink, "  ");
        SinkText(Sink, Commands[Index].Name);
        SinkPadTo(Sink, 13);
        SinkText(Sink, Commands[Index].Command->Summary);
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

/* *Known: there is such a command, here or elsewhere. */
static const COMMAND *
FindCommand(const char *Name, bool *Known)
{
    for (size_t Index = 0; Index < COMMAND_COUNT; Index++)
    {
        *Known = strcmp(Commands[Index].Name, Name) == 0;
        if (*Known)
            return Commands[Index].Command;
    }
    return NULL;
}

static EXIT_CODE
NoCommand(const char *Name, bool Known)
{
    if (Known)
    {
        MessageSay("\"%s\" needs the driver, and so Windows.", Name);
        return EXIT_NO_DRIVER;
    }
    MessageSay("\"%s\" is not a command. See \"prcm --help\".", Name);
    return EXIT_USAGE;
}

static EXIT_CODE
RunCommand(int Count, char **Values)
{
    ARGS Args;
    bool Known;
    const COMMAND *Command = FindCommand(Values[0], &Known);

    if (Command == NULL)
        return NoCommand(Values[0], Known);
    ArgsInit(&Args, Count, Values);
    return Command->Run(&Args);
}

static EXIT_CODE
ShowFilterHelp(void)
{
    SinkText(ConsoleOutput(),
             "A filter is true or false of an event:\n\n"
             "  kind == start and image endswith \"\\\\powershell.exe\" and not user == \"NT "
             "AUTHORITY\\\\SYSTEM\"\n"
             "  kind == image and image matches \"*\\\\Temp\\\\*\"\n"
             "  exit_status == 0xC0000005 or lifetime_ms < 100ms\n"
             "  command_line =~ \"-e(nc)?\\\\s\" or pid in (4, 88)\n\n"
             "  ==  !=  <  <=  >  >=  in (A, B)          any value\n"
             "  contains  startswith  endswith           text\n"
             "  matches \"*.dll\"                          text, with * and ?\n"
             "  =~  !~                                   text, a regular expression\n"
             "  has(FIELD)  status(FIELD) == \"absent\"    whether there is a value, and why not\n"
             "  and  or  not  ( )\n\n"
             "Case does not count. A field without a value is neither equal nor unequal to anything.\n"
             "docs/filters.md tells all of it. The fields:\n\n");
    FilterWriteFields(ConsoleOutput());
    return EXIT_OK;
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
    if (Help && Count > 1 && strcmp(Values[1], "filter") == 0)
        return ShowFilterHelp();
    bool Known;
    const COMMAND *Command = Help && Count > 1 ? FindCommand(Values[1], &Known) : NULL;
    if (Command != NULL)
        return CommandShowHelp(Command);
    if (Help || strcmp(Values[0], "--help") == 0 || strcmp(Values[0], "-h") == 0)
        return ShowHelp();
    return RunCommand(Count, Values);
}

EXIT_CODE
MainRun(int Count, char **Values)
{
    return OutputFinish(Run(Count, Values));
}
