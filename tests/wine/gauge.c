/* SPDX-License-Identifier: MIT
 *
 * usage: gauge MS
 *
 * A reader that measures: from now until nothing has come for MS milliseconds after the first event, or
 * Ctrl-C. Prints one JSON object: how many events in how many batches, how long each event took to get here,
 * and how long the same events would have lain had a timer collected them for half a second. Times are
 * microseconds.
 */
#define _WIN32_WINNT 0x0602
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

#include "prcm.h"

#define TIMER_PERIOD 5000000 /* half a second, in 100 ns */
#define MAX_EVENTS   10000000u
#define ROOM_AT_ONCE 65536u

typedef struct GAUGE
{
    PRCM_SESSION *Session;
    uint32_t Events;
    uint32_t Batches;
    uint32_t Largest; /* batch, in events */
    uint32_t Room;
    int64_t *Took;
    int64_t *Timer;
} GAUGE;

static HANDLE StopEvent;

static BOOL WINAPI
Stop(DWORD Event)
{
    (void)Event;
    return SetEvent(StopEvent);
}

static int64_t
Now(void)
{
    ULARGE_INTEGER Large;
    FILETIME Time;
    GetSystemTimePreciseAsFileTime(&Time);
    Large.LowPart = Time.dwLowDateTime;
    Large.HighPart = Time.dwHighDateTime;
    return (int64_t)Large.QuadPart;
}

static bool
GaugeMakeRoom(GAUGE *Gauge)
{
    if (Gauge->Events < Gauge->Room)
        return true;
    uint32_t Room = Gauge->Room + ROOM_AT_ONCE;
    int64_t *Took = Room <= MAX_EVENTS ? realloc(Gauge->Took, Room * sizeof(*Took)) : NULL;
    if (!Took)
        return false;
    Gauge->Took = Took;
    int64_t *Timer = realloc(Gauge->Timer, Room * sizeof(*Timer));
    if (!Timer)
        return false;
    Gauge->Timer = Timer;
    Gauge->Room = Room;
    return true;
}

static bool
GaugeTake(GAUGE *Gauge, PRCM_RECORDS Records)
{
    int64_t Time = Now();
    uint32_t Before = Gauge->Events;
    const PRCM_RECORD *Record;
    while ((Record = PrcmBatchNext(&Records)) != NULL)
    {
        if (Record->Kind == PRCM_KIND_LOST)
            continue;
        if (!GaugeMakeRoom(Gauge))
            return false;
        Gauge->Took[Gauge->Events] = Time - Record->Time;
        Gauge->Timer[Gauge->Events] = TIMER_PERIOD - Record->Time % TIMER_PERIOD;
        Gauge->Events++;
    }
    Gauge->Batches++;
    if (Gauge->Events - Before > Gauge->Largest)
        Gauge->Largest = Gauge->Events - Before;
    return true;
}

static PRCM_RESULT
GaugeRun(GAUGE *Gauge, uint32_t QuietMs)
{
    const PRCM_SUBSCRIPTION Subscription = {.From = PRCM_FROM_NOW};
    const PRCM_BATCH *Batch;
    PRCM_RECORDS Records;
    PRCM_RESULT Result = PrcmOpen(&Gauge->Session);
    if (Result == PRCM_OK)
        Result = PrcmSubscribe(Gauge->Session, &Subscription, NULL);
    while (Result == PRCM_OK)
    {
        uint32_t WaitMs = Gauge->Events ? QuietMs : PRCM_WAIT_FOREVER;
        Result = PrcmWait(Gauge->Session, WaitMs, StopEvent, &Batch, &Records);
        if (Result == PRCM_OK && !GaugeTake(Gauge, Records))
            Result = PRCM_ERROR_MEMORY;
    }
    return Result < PRCM_ERROR_FIRST ? PRCM_OK : Result;
}

static int
Compare(const void *A, const void *B)
{
    const int64_t *Left = A, *Right = B;
    return (*Left > *Right) - (*Left < *Right);
}

static void
PrintSpread(const char *Name, int64_t *Times, uint32_t Count)
{
    qsort(Times, Count, sizeof(*Times), Compare);
    printf(",\"%s\":{\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f}", Name, (double)Times[Count / 2] / 10,
           (double)Times[(uint64_t)Count * 99 / 100] / 10, (double)Times[Count - 1] / 10);
}

int
main(int Count, char **Arguments)
{
    static GAUGE Gauge;
    uint32_t QuietMs = Count == 2 ? (uint32_t)strtoul(Arguments[1], NULL, 10) : 0;
    if (!QuietMs)
    {
        fputs("usage: gauge MS\n", stderr);
        return 2;
    }
    StopEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    SetConsoleCtrlHandler(Stop, TRUE);
    PRCM_RESULT Result = GaugeRun(&Gauge, QuietMs);
    PrcmClose(Gauge.Session);
    if (Result != PRCM_OK)
    {
        fprintf(stderr, "gauge: %s\n", PrcmResultText(Result));
        return 1;
    }
    printf("{\"events\":%lu,\"batches\":%lu,\"largest\":%lu", (unsigned long)Gauge.Events,
           (unsigned long)Gauge.Batches, (unsigned long)Gauge.Largest);
    if (Gauge.Events)
    {
        PrintSpread("took_us", Gauge.Took, Gauge.Events);
        PrintSpread("timer_us", Gauge.Timer, Gauge.Events);
    }
    puts("}");
    return 0;
}
