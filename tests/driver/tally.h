/* SPDX-License-Identifier: MIT
 *
 * How many events' accounts were found closed, split by what went on while they were. When the program ends, its standard
 * output says so in lines of the form
 *
 *     account: 1234 events, 4 producers, 5 readers, with loss
 *
 * which tools/lib/ctest_lines.py adds up.
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <stdint.h>

/* An account over Events more events has been found closed. Any thread, and any process forked after the first call; a
 * forked one must end with _exit. */
void TallyEvents(unsigned Producers, unsigned Readers, bool Loss, uint64_t Events);

#endif
