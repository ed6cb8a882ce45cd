/* SPDX-License-Identifier: MIT */
#include "hole.h"

#include <stdbool.h>
#include <string.h>

static void
Add(HOLE *Hole, uint32_t Kind, const char *Cause, uint64_t Count)
{
    static const char *const Kinds[] = {"process_start", "process_exit", "image_load"};
    static const char *const Nouns[] = {"process start", "process exit", "image load"};
    bool Known = Kind < sizeof(Kinds) / sizeof(Kinds[0]);

    if (Count == 0)
        return;
    Hole->Losses[Hole->LossCount++] = (HOLE_LOSS){
        .Kind = Known ? Kinds[Kind] : "unknown",
        .Noun = Known ? Nouns[Kind] : "event",
        .Cause = Cause,
        .KindNumber = Known ? Kind : PRCM_KIND_LOST,
        .Count = Count,
    };
}

void
HoleOfLost(HOLE *Hole, const PRCM_LOST *Lost)
{
    memset(Hole, 0, sizeof(*Hole));
    Hole->First = Lost->Header.Sequence;
    Hole->Next = Lost->NextSequence;
    Hole->Filtered = Lost->Filtered;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Add(Hole, Kind, HOLE_CAUSE_EVICTED, Lost->Evicted[Kind]);
        Add(Hole, Kind, HOLE_CAUSE_DROPPED, Lost->Dropped[Kind]);
    }
    Add(Hole, PRCM_KIND_LOST, HOLE_CAUSE_UNKNOWN, Lost->Unknown);
}

void
HoleOfGap(HOLE *Hole, uint64_t First, uint64_t Next, const char *Cause, const uint64_t Kinds[PRCM_KIND_COUNT])
{
    memset(Hole, 0, sizeof(*Hole));
    Hole->First = First;
    Hole->Next = Next;
    for (uint32_t Kind = 0; Kinds != NULL && Kind < PRCM_KIND_COUNT; Kind++)
        Add(Hole, Kind, Cause, Kinds[Kind]);
    if (Kinds == NULL)
        Add(Hole, PRCM_KIND_LOST, Cause, Next - First);
}
