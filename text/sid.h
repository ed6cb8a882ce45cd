/* SPDX-License-Identifier: MIT
 *
 * Security identifiers as text.
 */
#ifndef TEXT_SID_H
#define TEXT_SID_H

#include <stddef.h>
#include <stdint.h>

/* A byte, 48 bits, and 15 times 32 bits in decimal digits, with a hyphen before each. */
#define SID_TEXT_BYTES (1 + 4 + 16 + 15 * 11 + 1)

/* S-1-5-21-... of a SID with at most 15 parts, as the library has checked. Returns the length. */
size_t SidToText(const void *Sid, char Text[SID_TEXT_BYTES]);

#endif
