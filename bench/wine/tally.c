/* SPDX-License-Identifier: MIT */
#include "tally.h"
#include "fail.h"

#include <stdbool.h>
#include <stdlib.h>
#include <windows.h>

#define TALLY_ROOM 2u /* of what was raised: an event may come twice */

int64_t
Ticks(void)
{
    LARGE_INTEGER Count;
    QueryPerformanceCounter(&Count);
    return Count.QuadPart;
}

int64_t
TicksASecond(void)
{
    LARGE_INTEGER Frequency;
    QueryPerformanceFrequency(&Frequency);
    return Frequency.QuadPart;
}

void
TallyInit(TALLY *Tally, uint32_t Count)
{
    *Tally = (TALLY){.Raised = Allocate(Count * sizeof(TALLY_EVENT)),
                     .Delivered = Allocate((size_t)TALLY_ROOM * Count * sizeof(TALLY_EVENT))};
}

void
TallyFree(TALLY *Tally)
{
    free(Tally->Raised);
    free(Tally->Delivered);
}

void
TallyRaised(TALLY *Tally, uint32_t Kind, uint32_t ProcessId, uint64_t Base)
{
    uint32_t Position = Tally->RaisedCount++;
    Tally->Raised[Position] = (TALLY_EVENT){Kind, ProcessId, Base, Position};
}

void
TallyDelivered(TALLY *Tally, uint32_t Kind, uint32_t ProcessId, uint64_t Base)
{
    if (Tally->DeliveredCount == TALLY_ROOM * Tally->RaisedCount)
        Fail("far more events came than were raised");
    Tally->Delivered[Tally->DeliveredCount++] = (TALLY_EVENT){Kind, ProcessId, Base, 0};
}

static int
TallyCompare(const void *A, const void *B)
{
    const TALLY_EVENT *Left = A, *Right = B;
    if (Left->Kind != Right->Kind)
        return Left->Kind < Right->Kind ? -1 : 1;
    if (Left->ProcessId != Right->ProcessId)
        return Left->ProcessId < Right->ProcessId ? -1 : 1;
    return (Left->Base > Right->Base) - (Left->Base < Right->Base);
}

void
TallyJudge(TALLY *Tally, TALLY_RESULT *Result)
{
    bool *Seen = Allocate(Tally->RaisedCount);
    uint32_t Next = 0; /* one behind the latest position so far */
    *Result = (TALLY_RESULT){.Missing = Tally->RaisedCount};
    qsort(Tally->Raised, Tally->RaisedCount, sizeof(TALLY_EVENT), TallyCompare);
    for (uint32_t i = 0; i < Tally->DeliveredCount; i++)
    {
        const TALLY_EVENT *Found = bsearch(&Tally->Delivered[i], Tally->Raised, Tally->RaisedCount,
                                           sizeof(TALLY_EVENT), TallyCompare);
        if (!Found)
            Fail("an event came that was not raised");
        if (Seen[Found->Position])
        {
            Result->Duplicates++;
            continue;
        }
        Seen[Found->Position] = true;
        Result->Missing--;
        Result->OfBurst += Found->Position >= Tally->BurstFrom;
        if (Found->Position < Next)
            Result->OutOfOrder++;
        else
            Next = Found->Position + 1;
    }
    free(Seen);
}
