/* SPDX-License-Identifier: MIT */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>

#include "prcm.h"

/* Adds Count values to *Sum. False: the sum does not fit, and *Sum is of no use. */
bool CountsAdd(const uint64_t *Values, uint32_t Count, uint64_t *Sum);

/* Has an instance and a number; counts are there, or said to be unknown and zero; reserved is zero. */
bool TokenIsWellFormed(const PRCM_TOKEN *Token);

/* For a well-formed token: its counts, where known, are those of the numbers below its own. */
bool TokenAddsUp(const PRCM_TOKEN *Token);

#endif
