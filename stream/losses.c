/* SPDX-License-Identifier: MIT */
#include "format.h"

static void
Add(FORMAT_LOSS *Losses, size_t *Used, uint32_t Kind, const char *Cause, uint64_t Count)
{
    static const char *const Kinds[] = {"process_start", "process_exit", "image_load"};
    static const char *const Nouns[] = {"process start", "process exit", "image load"};
    bool Known = Kind < CLOSING_KINDS;

    if (Count == 0)
        return;
    Losses[(*Used)++] = (FORMAT_LOSS){
        .Kind = Known ? Kinds[Kind] : "unknown",
        .Noun = Known ? Nouns[Kind] : "event",
        .Cause = Cause,
        .Count = Count,
    };
}

size_t
FormatLosses(const PRCM_LOST *Lost, FORMAT_LOSS Losses[FORMAT_MAX_LOSSES])
{
    size_t Used = 0;

    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Add(Losses, &Used, Kind, "evicted", Lost->Evicted[Kind]);
        Add(Losses, &Used, Kind, "dropped", Lost->Dropped[Kind]);
    }
    Add(Losses, &Used, PRCM_KIND_LOST, "unknown", Lost->Unknown);
    return Used;
}
