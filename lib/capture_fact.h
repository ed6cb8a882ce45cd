/* SPDX-License-Identifier: MIT */
#ifndef CAPTURE_FACT_H
#define CAPTURE_FACT_H

#include <stdbool.h>

#include "prcm_capture.h"

bool FactIsWellFormed(const PRCM_FACT *Fact, uint32_t Left);

/* Whether this library knows the inside of it. */
bool FactIsKnown(const PRCM_FACT *Fact);

/* Whether One takes the place of Other: facts of the same type and key. */
bool FactIsSame(const PRCM_FACT *One, const PRCM_FACT *Other);

#define FACT_SUBSCRIPTION_BYTES                                                                              \
    (sizeof(PRCM_FACT_SUBSCRIPTION_INFO) + sizeof(PRCM_SUBSCRIBED) + sizeof(uint32_t) * PRCM_MAX_KEYS)

/* The fact of a session. Asked may be NULL. NULL: too many process ids, or none where some are said to be. */
const PRCM_FACT *FactOfSubscription(uint64_t Room[FACT_SUBSCRIPTION_BYTES / 8],
                                    const PRCM_SUBSCRIPTION *Asked, const PRCM_SUBSCRIBED *Given);

#endif
