/* SPDX-License-Identifier: MIT
 *
 * The one table of exit codes; "prcm --help" shows it. They are stable.
 */
#ifndef CLI_EXIT_CODE_H
#define CLI_EXIT_CODE_H

#include "prcm.h"
#include "text/sink.h"

/* Row(name, number, meaning) */
#define EXIT_CODES(Row)                                                                                      \
    Row(EXIT_OK, 0, "done; for watch and selftest: and the account closes")                                  \
        Row(EXIT_FAILED, 1, "failed; the message says why") Row(EXIT_USAGE, 2, "wrong arguments")            \
            Row(EXIT_MISMATCH, 3, "the account does not close, or selftest found a mismatch")                \
                Row(EXIT_NO_DRIVER, 4, "the driver is not installed or not started")                         \
                    Row(EXIT_DENIED, 5, "access denied: administrators only")                                \
                        Row(EXIT_STOPPED, 6, "the driver was stopped while reading")                         \
                            Row(EXIT_OUTPUT, 7, "the output could not be written")                           \
                                Row(EXIT_LOST, 8, "events were lost, and --on-loss warn or exit was given")  \
                                    Row(EXIT_INCOMPLETE, 9,                                                  \
                                        "a capture is incomplete; the output says what is missing")

#define EXIT_CODE_MEMBER(Name, Number, Meaning) Name = Number,
typedef enum EXIT_CODE
{
    EXIT_CODES(EXIT_CODE_MEMBER)
} EXIT_CODE;
#undef EXIT_CODE_MEMBER

/* The code for a result of the library; PRCM_OK is EXIT_OK. */
EXIT_CODE ExitCodeOf(PRCM_RESULT Result);

/* The table, a line each. */
void ExitCodeWriteTable(SINK *Sink);

#endif
