/* SPDX-License-Identifier: MIT
 *
 * How often each name came by, whatever its case. Bounded: names beyond the first TALLY_MAX_NAMES are counted together.
 */
#ifndef STREAM_TALLY_H
#define STREAM_TALLY_H

#include "text/utf16.h"

#define TALLY_MAX_NAMES 65536u
#define TALLY_MAX_UNITS (8u * 1024u * 1024u) /* of all names together */
#define TALLY_BUCKETS   16384u               /* a power of two */

typedef struct TALLY_NAME
{
    struct TALLY_NAME *Next;
    uint64_t Count;
    uint32_t Length;
    uint16_t Units[];
} TALLY_NAME;

typedef struct TALLY
{
    TALLY_NAME *Buckets[TALLY_BUCKETS];
    size_t Names;
    size_t Units;
    uint64_t Others; /* of names that are not kept */
    uint64_t None;   /* of events without the name */
} TALLY;

/* All zero is an empty tally. */
void TallyDestroy(TALLY *Tally);

/* One more; Known is false for an event that has no such name. */
void TallyAdd(TALLY *Tally, UTF16 Name, bool Known);

/* The most frequent names, the most frequent first, those as frequent by name: how many, at most Room. */
size_t TallyTop(const TALLY *Tally, const TALLY_NAME **Top, size_t Room);

#endif
