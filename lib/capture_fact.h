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

#endif
