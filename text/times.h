/* SPDX-License-Identifier: MIT
 *
 * Times and durations as text. A time is 100 ns units since 1601-01-01, as in the ABI.
 */
#ifndef TEXT_TIMES_H
#define TEXT_TIMES_H

#include "sink.h"

#define TIMES_PER_SECOND      10000000
#define TIMES_PER_MILLISECOND 10000

/* RFC 3339 with 7 digits: 2026-11-22T15:04:05.1234567Z. Time is UTC; a negative one is taken as 0. */
void TimesWriteRfc3339(SINK *Sink, int64_t Time);

/* 2026-11-22 15:04:05, in whatever zone Time is. */
void TimesWriteDate(SINK *Sink, int64_t Time);

/* 15:04:05.123 */
void TimesWriteClock(SINK *Sink, int64_t Time);

/* Reads a time: 2026-11-22, 2026-11-22T15:04, 2026-11-22 15:04:05.1234567, with Z or +01:00 behind it, or without. false:
 * it is none. Zoned is false where no zone stands behind it: Time is then in whatever zone the caller takes it for. */
bool TimesRead(const char *Text, int64_t *Time, bool *Zoned);

/* For people: 12 ms, 1.25 s, 3 min 05 s, 2 h 03 min, 5 d 02 h. */
void TimesWriteDuration(SINK *Sink, uint64_t Milliseconds);

/* For people: 850 us, 1.25 ms, 1.25 s and so on, from 100 ns units. */
void TimesWriteShort(SINK *Sink, uint64_t Units);

#endif
