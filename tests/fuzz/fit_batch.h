/* SPDX-License-Identifier: MIT
 *
 * Arbitrary bytes as a batch whose sums are those of its records: few would get past the sums otherwise.
 */
#ifndef FIT_BATCH_H
#define FIT_BATCH_H

#include <stdint.h>

/* Writes a header of a batch over the first bytes, with numbers and counts from the records behind it, as far as they can be
 * walked. The result need not be valid. Length is at least sizeof(PRCM_BATCH); Bytes are aligned to 8. */
void FitBatch(uint8_t *Bytes, uint32_t Length);

#endif
