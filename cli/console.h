/* SPDX-License-Identifier: MIT
 *
 * The Windows edge of input and output: standard output and errors as sinks, colour, Ctrl-C, and messages.
 */
#ifndef CLI_CONSOLE_H
#define CLI_CONSOLE_H

#include <stdio.h>

#include "args.h"
#include "exit_code.h"
#include "sink.h"

void ConsoleInit(void);

/* Standard output. UTF-8 to files and pipes, UTF-16 to a console. */
SINK *ConsoleOutput(void);

/* Whether standard output gets colour; without a call it does not. AUTO: a console gets it, unless the
 * environment has NO_COLOR. */
void ConsoleSetColor(ARGS_COLOR Color);

/* Flushes standard output. true: that has failed, now or before, and why was said. */
bool ConsoleOutputFailed(void);

/* The same at the end: EXIT_OUTPUT instead of Code where it has failed. */
EXIT_CODE ConsoleFinish(EXIT_CODE Code);

/* A line on standard error, after "prcm: ". What the text quotes is escaped. */
void ConsoleSay(const char *Format, ...) __attribute__((format(__MINGW_PRINTF_FORMAT, 1, 2)));

/* "prcm: cannot DO: why, and what to do", from the library's last result. The code to exit with. */
EXIT_CODE ConsoleFail(const char *Do, PRCM_RESULT Result);

/* The same with the Windows error kept from when Result was returned. */
EXIT_CODE ConsoleFailWith(const char *Do, PRCM_RESULT Result, uint32_t Error);

/* What is wrong with the arguments, and where help is. EXIT_USAGE. */
EXIT_CODE ConsoleUsage(const ARGS *Args);

/* An event (a HANDLE) that Ctrl-C, Ctrl-Break and closing the console set. NULL: there is no memory for it.
 * The second Ctrl-C ends the program as if it had no handler. */
void *ConsoleStopEvent(void);

#endif
