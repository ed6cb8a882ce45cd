/* SPDX-License-Identifier: MIT
 *
 * Compiled and linked as C++: the public header takes its functions from a C library.
 */
#include "prcm.h"

int
main()
{
    PRCM_RECORDS Records;
    return PrcmBatchOpen(nullptr, 0, &Records) == PRCM_ERROR_PARAMETER ? 0 : 1;
}
