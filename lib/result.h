/* SPDX-License-Identifier: MIT */
#ifndef RESULT_H
#define RESULT_H

#include "prcm.h"

/* Returns Result, and notes SystemError (a Win32 error, or 0) as what PrcmLastSystemError tells. Every result
 * other than PRCM_OK leaves the library through here. */
PRCM_RESULT ResultNote(PRCM_RESULT Result, uint32_t SystemError);

#endif
