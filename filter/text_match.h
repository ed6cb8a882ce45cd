/* SPDX-License-Identifier: MIT
 *
 * Comparisons of text without regard to case. Each is linear in both texts.
 */
#ifndef FILTER_TEXT_MATCH_H
#define FILTER_TEXT_MATCH_H

#include "text/utf16.h"

bool TextStartsWith(UTF16 Text, UTF16 Beginning);
bool TextEndsWith(UTF16 Text, UTF16 End);

/* Prepares a search for Part, which is in upper case. Borders has as many elements as it has units: of each beginning
 * of Part, the length of the longest shorter one that it ends with. */
void TextPrepare(UTF16 Part, uint32_t *Borders);
bool TextContains(UTF16 Text, UTF16 Part, const uint32_t *Borders);

#endif
