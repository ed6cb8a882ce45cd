/* SPDX-License-Identifier: MIT
 *
 * Compiled and linked as C++: the public headers take their functions from a C library.
 */
#include "prcm_capture.h"

int
main()
{
    PRCM_RECORDS Records;
    return PrcmBatchOpen(nullptr, 0, &Records) == PRCM_ERROR_PARAMETER ? 0 : 1;
}
