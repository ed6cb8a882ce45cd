/* SPDX-License-Identifier: MIT */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "args.h"
#include "exit_code.h"

typedef struct COMMAND
{
    const char *Summary;          /* a line of "prcm --help" */
    const char *Help;             /* all of "prcm NAME --help" */
    EXIT_CODE (*Run)(ARGS *Args); /* after ARGS_HELP it shows Help itself, by CommandShowHelp */
} COMMAND;

extern const COMMAND InstallCommand;
extern const COMMAND UninstallCommand;
extern const COMMAND StartCommand;
extern const COMMAND StopCommand;
extern const COMMAND StatusCommand;
extern const COMMAND WatchCommand;
extern const COMMAND SelftestCommand;
extern const COMMAND RecordCommand;
extern const COMMAND CatCommand;
extern const COMMAND VerifyCommand;
extern const COMMAND StatsCommand;
extern const COMMAND ConvertCommand;

EXIT_CODE CommandShowHelp(const COMMAND *Command);

/* For commands that take no options but --help: whether to go on; if not, Code is what to exit with. */
bool CommandTakesNothing(const COMMAND *Command, ARGS *Args, EXIT_CODE *Code);

#endif
