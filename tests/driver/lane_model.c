/* SPDX-License-Identifier: MIT */
#include "lane_model.h"

void
LaneModelInit(LANE_MODEL *Lane, uint32_t Bytes, uint64_t Head)
{
    Lane->Bytes = Bytes;
    Lane->First = Lane->End = 0;
    Lane->Head = Head;
}

/* The index of the oldest entry that may stay if Needed bytes more are to fit; false: one that may not go would have
 * to. */
static bool
LaneMakesRoom(const LANE_MODEL *Lane, uint64_t Needed, uint64_t Filling, uint32_t *First)
{
    for (*First = Lane->First;; (*First)++)
    {
        uint64_t Tail = *First < Lane->End ? Lane->Entries[*First].Offset : Lane->Head;
        if (Lane->Head + Needed - Tail <= Lane->Bytes)
            return true;
        if (*First == Lane->End || Lane->Entries[*First].Number >= Filling)
            return false;
    }
}

static void
LaneAppend(LANE_MODEL *Lane, uint32_t Bytes, uint64_t Number)
{
    Lane->Entries[Lane->End++] = (PLACED){Lane->Head, Bytes, Number};
    Lane->Head += Bytes;
}

bool
LaneModelReserve(LANE_MODEL *Lane, uint64_t Number, uint32_t Bytes, uint64_t Filling,
                 void (*Evict)(void *Context, uint64_t Number), void *Context)
{
    uint32_t ToEnd = Lane->Bytes - (uint32_t)(Lane->Head % Lane->Bytes);
    uint32_t Padding = ToEnd < Bytes ? ToEnd : 0;
    uint32_t First;
    if (!LaneMakesRoom(Lane, Padding + Bytes, Filling, &First))
        return false;
    for (; Lane->First < First; Lane->First++)
        if (Lane->Entries[Lane->First].Number)
            Evict(Context, Lane->Entries[Lane->First].Number);
    if (Padding)
        LaneAppend(Lane, Padding, 0);
    LaneAppend(Lane, Bytes, Number);
    return true;
}

uint64_t
LaneModelUsed(const LANE_MODEL *Lane)
{
    return Lane->First < Lane->End ? Lane->Head - Lane->Entries[Lane->First].Offset : 0;
}

uint64_t
LaneModelOldest(const LANE_MODEL *Lane)
{
    for (uint32_t Index = Lane->First; Index < Lane->End; Index++)
        if (Lane->Entries[Index].Number)
            return Lane->Entries[Index].Number;
    return 0;
}
