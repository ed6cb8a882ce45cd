/* SPDX-License-Identifier: MIT
 *
 * usage: burst author|one-at-a-time|prcm IMAGES
 *
 * Reads one way, whose driver runs, while it raises the events of ten processes one after the other and then those of
 * twenty more in one burst, with IMAGES image loads. Prints one JSON object; events_per_second is of the burst: from its
 * beginning until the last event was read.
 */
#include "raise.h"
#include "readers.h"
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_IMAGES 300000u /* of 20 processes, no two of one process have the same base */

static void
Print(const READER *Reader, const TALLY *Tally, const TALLY_RESULT *Result, double BurstSeconds)
{
    printf("{\"way\":\"%s\",\"raised\":%u,\"delivered\":%u,\"duplicates\":%u,\"out_of_order\":%u,"
           "\"missing\":%u,\"known_lost\":",
           Reader->Name, Tally->RaisedCount, Tally->DeliveredCount, Result->Duplicates, Result->OutOfOrder,
           Result->Missing);
    if (Tally->KnownLost < 0)
        printf("null");
    else
        printf("%lld", (long long)Tally->KnownLost);
    printf(",\"events_per_second\":%.0f,\"requests\":%u,\"pended\":%u,\"buffer_bytes\":%u}\n",
           Result->OfBurst / BurstSeconds, Tally->Requests, Reader->Pended, Reader->BufferBytes);
}

/* FALSE: it was quiet. */
static bool
RunRead(const READER *Reader, TALLY *Tally)
{
    if (!Reader->Read(Tally))
        return false;
    Tally->Requests++;
    Tally->LastAt = Ticks();
    return true;
}

static void
Run(const READER *Reader, uint32_t Images)
{
    TALLY Tally;
    TALLY_RESULT Result;
    RAISE Raise;
    TallyInit(&Tally, RaiseCount(Images));
    RaisePlan(&Tally, Images);
    Reader->Open();
    RaiseBegin(&Raise, Images);
    while (RunRead(Reader, &Tally) || !RaiseHasEnded(&Raise))
        continue;
    RaiseEnd(&Raise);
    Reader->Close(&Tally);
    TallyJudge(&Tally, &Result);
    Print(Reader, &Tally, &Result, (double)(Tally.LastAt - Raise.BurstAt) / (double)TicksASecond());
    TallyFree(&Tally);
}

int
main(int Count, char **Arguments)
{
    uint32_t Images = Count == 3 ? (uint32_t)strtoul(Arguments[2], NULL, 10) : 0;
    for (unsigned Index = 0; Index < ReaderCount && Images > 0 && Images <= MAX_IMAGES; Index++)
        if (strcmp(Readers[Index].Name, Arguments[1]) == 0)
        {
            Run(&Readers[Index], Images);
            return 0;
        }
    fprintf(stderr, "usage: burst author|one-at-a-time|prcm IMAGES, at most %u\n", MAX_IMAGES);
    return 2;
}
