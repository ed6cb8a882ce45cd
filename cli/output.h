/* SPDX-License-Identifier: MIT
 *
 * What a command makes of standard output: its colour, and its end.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "args.h"
#include "exit_code.h"

/* Whether standard output gets colour; without a call it does not. AUTO: if ConsoleWantsColor. */
void OutputSetColor(ARGS_COLOR Color);

/* Flushes standard output. true: that has failed, now or before, and why was said. */
bool OutputFailed(void);

/* The same at the end: EXIT_OUTPUT instead of Code where it has failed. */
EXIT_CODE OutputFinish(EXIT_CODE Code);

#endif
