/* SPDX-License-Identifier: MIT
 *
 * Standard output and errors as sinks, the system's words for its errors, and who asks to stop.
 */
#ifndef HOST_CONSOLE_H
#define HOST_CONSOLE_H

#include "text/sink.h"

void ConsoleInit(void);

/* Standard output and standard error. UTF-8 to files and pipes; to a console of Windows, UTF-16. */
SINK *ConsoleOutput(void);
SINK *ConsoleErrors(void);

/* Whether standard output is a console, and the environment has no NO_COLOR. */
bool ConsoleWantsColor(void);

/* What numbers of errors are called here: "Windows error". */
extern const char ConsoleErrorName[];

/* The system's own words for an error, UTF-8, without the line break and the full stop at their end. */
void ConsoleErrorText(uint32_t Error, char *Text, size_t Bytes);

/* What the errors that an output ends with mean to who sees them; NULL: no more than ConsoleErrorText says. */
const char *ConsoleOutputErrorText(uint32_t Error);

/* From now on Ctrl-C, and on Windows Ctrl-Break and closing the console, ask the program to stop; a second Ctrl-C ends it
 * as if it had no handler. What PrcmWait takes for it: an event (a HANDLE). NULL: there is no memory for it. */
void *ConsoleStopEvent(void);

/* Waits. true: to stop was asked, before or while waiting. */
bool ConsoleWaitStop(uint32_t Milliseconds);

#endif
