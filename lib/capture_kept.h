/* SPDX-License-Identifier: MIT
 *
 * The facts that hold, for the beginning of a further file.
 */
#ifndef CAPTURE_KEPT_H
#define CAPTURE_KEPT_H

#include "prcm_capture.h"

typedef struct KEPT_FACT
{
    struct KEPT_FACT *Next;
    uint64_t Fact[]; /* a PRCM_FACT */
} KEPT_FACT;

/* In the order of their coming. */
typedef struct CAPTURE_KEPT
{
    KEPT_FACT *First;
    KEPT_FACT *Last;
    uint64_t Bytes;
} CAPTURE_KEPT;

/* Takes a copy of a well-formed fact, in the place of what it replaces. PRCM_ERROR_MEMORY. */
PRCM_RESULT KeptTake(CAPTURE_KEPT *Kept, const PRCM_FACT *Fact);

void KeptDestroy(CAPTURE_KEPT *Kept);

#endif
