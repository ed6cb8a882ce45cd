/* SPDX-License-Identifier: MIT */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>

#include "prcm.h"

/* What this library knows the inside of; other kinds are passed over. */
bool RecordIsKnown(const PRCM_RECORD *Record);

/* Size, and for known kinds every field: statuses, forms, reserved members, and that no field points outside
 * the record. Says nothing about numbers and counts.
 *   Left  bytes from Record to the end of its batch; at least sizeof(PRCM_RECORD) of them are read */
bool RecordIsWellFormed(const PRCM_RECORD *Record, uint32_t Left);

#endif
