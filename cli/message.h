/* SPDX-License-Identifier: MIT
 *
 * How commands speak to who started them: lines on standard error, after "prcm: ".
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include <stdint.h>
#include <stdio.h>

#include "args.h"
#include "exit_code.h"

#ifdef __MINGW_PRINTF_FORMAT
#define MESSAGE_FORMAT __MINGW_PRINTF_FORMAT
#else
#define MESSAGE_FORMAT printf
#endif

/* A line. What the text quotes is escaped. */
void MessageSay(const char *Format, ...) __attribute__((format(MESSAGE_FORMAT, 1, 2)));

/* "cannot DO: why, and what to do", from the library's last result. The code to exit with. */
EXIT_CODE MessageFail(const char *Do, PRCM_RESULT Result);

/* The same with the system's error kept from when Result was returned. */
EXIT_CODE MessageFailWith(const char *Do, PRCM_RESULT Result, uint32_t Error);

/* What is wrong with the arguments, and where help is. EXIT_USAGE. */
EXIT_CODE MessageUsage(const ARGS *Args);

#endif
