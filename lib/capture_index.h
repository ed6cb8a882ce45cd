/* SPDX-License-Identifier: MIT
 *
 * The index while a file is written: INDEX blocks on the way, each of the blocks since the one before, and at the end
 * one of those. So it takes little memory, however long the file gets.
 */
#ifndef CAPTURE_INDEX_H
#define CAPTURE_INDEX_H

#include "capture_format.h"

#define INDEX_ENTRIES    1024u
#define INDEX_MAX_LEAVES ((CAPTURE_MAX_RAW_BYTES - sizeof(CAPTURE_TRAILER)) / sizeof(CAPTURE_LEAF))

typedef struct CAPTURE_INDEX
{
    CAPTURE_ENTRY Entries[INDEX_ENTRIES]; /* of blocks that no INDEX block has yet */
    uint32_t EntryCount;
    uint32_t LeafCount;
    uint32_t LeafRoom;
    CAPTURE_LEAF *Leaves;
    uint64_t From;      /* where the blocks begin that no INDEX block has */
    int64_t LatestTime; /* of all events so far; INT64_MIN: there are none */
} CAPTURE_INDEX;

void IndexInit(CAPTURE_INDEX *Index);
void IndexDestroy(CAPTURE_INDEX *Index);

/* Has memory for one more block and one more leaf. false: no memory, or no room in an END block. */
bool IndexReserve(CAPTURE_INDEX *Index);

/* A block that was written. Those of the index itself are not in it. With INDEX_ENTRIES there is no room: they are
 * given up, and the index has a hole, by which readers see that it is not to be gone by. */
void IndexAdd(CAPTURE_INDEX *Index, const CAPTURE_ANY_HEADER *Header, uint64_t Offset);

/* An INDEX block that was written, of all entries; they are empty then. */
void IndexAddLeaf(CAPTURE_INDEX *Index, const CAPTURE_ANY_HEADER *Header, uint64_t Offset);

#endif
