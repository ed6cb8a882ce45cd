/* SPDX-License-Identifier: MIT
 *
 * Compiled as strict ISO C11: the public headers need no extension, nothing before it and nothing after it.
 */
#include "prcm_capture.h"

PRCM_RESULT (*const HeaderStrict)(const void *, uint32_t, PRCM_RECORDS *) = PrcmBatchOpen;
