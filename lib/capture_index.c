/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "capture_block.h"
#include "capture_index.h"

void
IndexInit(CAPTURE_INDEX *Index)
{
    Index->EntryCount = Index->LeafCount = Index->LeafRoom = 0;
    Index->Leaves = NULL;
    Index->From = 0;
    Index->LatestTime = INT64_MIN;
}

void
IndexDestroy(CAPTURE_INDEX *Index)
{
    free(Index->Leaves);
    IndexInit(Index);
}

bool
IndexReserve(CAPTURE_INDEX *Index)
{
    if (Index->LeafCount < Index->LeafRoom)
        return true;
    if (Index->LeafCount >= INDEX_MAX_LEAVES)
        return false;
    uint32_t Room = Index->LeafRoom != 0 ? 2 * Index->LeafRoom : 16;
    CAPTURE_LEAF *Grown = realloc(Index->Leaves, Room * sizeof(*Grown));
    if (Grown == NULL)
        return false;
    Index->Leaves = Grown;
    Index->LeafRoom = Room;
    return true;
}

static bool
HasEvents(const CAPTURE_SUMMARY *Summary)
{
    return Summary->FirstTime != 0 || Summary->LastTime != 0;
}

void
IndexAdd(CAPTURE_INDEX *Index, const CAPTURE_ANY_HEADER *Header, uint64_t Offset)
{
    if (Index->EntryCount == INDEX_ENTRIES)
    {
        Index->EntryCount = 0;
        Index->From = Offset;
    }
    CAPTURE_ENTRY *Entry = &Index->Entries[Index->EntryCount++];
    *Entry =
        (CAPTURE_ENTRY){.Offset = Offset, .Bytes = BlockBytes(&Header->Block), .Kind = Header->Block.Kind};
    if (Entry->Kind != CAPTURE_KIND_BATCHES)
        return;
    Entry->Summary = Header->Batches.Summary;
    if (HasEvents(&Entry->Summary) && Entry->Summary.LastTime > Index->LatestTime)
        Index->LatestTime = Entry->Summary.LastTime;
}

void
IndexAddLeaf(CAPTURE_INDEX *Index, const CAPTURE_ANY_HEADER *Header, uint64_t Offset)
{
    CAPTURE_LEAF *Leaf = &Index->Leaves[Index->LeafCount++];
    *Leaf = (CAPTURE_LEAF){.Offset = Offset,
                           .From = Header->Index.From,
                           .Bytes = BlockBytes(&Header->Block),
                           .EntryCount = Header->Index.EntryCount,
                           .LatestTime = Index->LatestTime};
    for (uint32_t At = 0; At < Index->EntryCount; At++)
    {
        const CAPTURE_ENTRY *Entry = &Index->Entries[At];
        if (Entry->Kind == CAPTURE_KIND_FACTS)
            Leaf->Flags |= CAPTURE_LEAF_FACTS;
        if (Entry->Kind != CAPTURE_KIND_BATCHES)
            continue;
        if (Leaf->Instance != 0 && Leaf->Instance != Entry->Summary.Instance)
            Leaf->Flags |= CAPTURE_LEAF_SEAM;
        Leaf->Instance = Entry->Summary.Instance;
        Leaf->Next = Entry->Summary.Next;
    }
    Index->EntryCount = 0;
    Index->From = Offset + Leaf->Bytes;
}
