/* SPDX-License-Identifier: MIT
 *
 * Captures as arguments.
 */
#ifndef CLI_CAPTURES_H
#define CLI_CAPTURES_H

#include "exit_code.h"
#include "prcm_capture.h"

/* Opens the capture that an argument names. NULL: that has failed, and why was said; *Code is what to exit with. */
PRCM_CAPTURE_READER *CapturesOpen(const char *Path, EXIT_CODE *Code);

/* What to exit with behind several captures: the first that is not good counts, but for what is worse than incomplete. */
EXIT_CODE CapturesWorse(EXIT_CODE Before, EXIT_CODE Now);

#endif
