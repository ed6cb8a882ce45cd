/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "capture_fact.h"
#include "capture_kept.h"
#include "result.h"

/* A snapshot of a large machine has some 20 MiB. */
#define KEPT_MAX_BYTES (64u * 1024u * 1024u)

static bool
IsOfSnapshot(const PRCM_FACT *Fact)
{
    return Fact->Type >= PRCM_FACT_SNAPSHOT_BEGIN && Fact->Type <= PRCM_FACT_SNAPSHOT_END;
}

/* Whether New takes the place of Old. */
static bool
FactReplaces(const PRCM_FACT *New, const PRCM_FACT *Old)
{
    return New->Type == PRCM_FACT_SNAPSHOT_BEGIN ? IsOfSnapshot(Old) : FactIsSame(New, Old);
}

/* What a snapshot lists replaces nothing, and there may be much of it. */
static bool
MayReplace(const PRCM_FACT *Fact)
{
    return Fact->Type != PRCM_FACT_PROCESS && Fact->Type != PRCM_FACT_MODULE;
}

static void
KeptRemove(CAPTURE_KEPT *Kept, const PRCM_FACT *New)
{
    KEPT_FACT *Before = NULL;
    KEPT_FACT *At = Kept->First;
    while (At != NULL)
    {
        KEPT_FACT *Next = At->Next;
        const PRCM_FACT *Old = (const void *)At->Fact;
        if (!FactReplaces(New, Old))
            Before = At;
        else
        {
            *(Before != NULL ? &Before->Next : &Kept->First) = Next;
            Kept->Bytes -= Old->Size;
            free(At);
        }
        At = Next;
    }
    Kept->Last = Before;
}

PRCM_RESULT
KeptTake(CAPTURE_KEPT *Kept, const PRCM_FACT *Fact)
{
    if (Fact->Size > KEPT_MAX_BYTES - Kept->Bytes)
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    KEPT_FACT *New = malloc(sizeof(*New) + Fact->Size);
    if (New == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    if (MayReplace(Fact))
        KeptRemove(Kept, Fact);
    New->Next = NULL;
    memcpy(New->Fact, Fact, Fact->Size);
    *(Kept->Last != NULL ? &Kept->Last->Next : &Kept->First) = New;
    Kept->Last = New;
    Kept->Bytes += Fact->Size;
    return PRCM_OK;
}

void
KeptDestroy(CAPTURE_KEPT *Kept)
{
    while (Kept->First != NULL)
    {
        KEPT_FACT *Next = Kept->First->Next;
        free(Kept->First);
        Kept->First = Next;
    }
    *Kept = (CAPTURE_KEPT){0};
}
