/* SPDX-License-Identifier: MIT
 *
 * The golden captures of tests/data/captures: what is in them, made anew, so that a reader's finds can be compared to
 * the byte. They are of version 1 of the format, and stay as they are.
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "capture_rig.h"

/* whole.prcm: ended, with every type of fact, two runs of the driver, filtered and lost events, a hole between two
 * sessions. */
void GoldenWhole(RIG_FILE *File);

/* open.prcm: cut in the middle of its last block. */
void GoldenOpen(RIG_FILE *File);

/* damaged.prcm: a block with another payload, one of an unknown kind, a fact of an unknown type. */
void GoldenDamaged(RIG_FILE *File);

#endif
