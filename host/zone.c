/* SPDX-License-Identifier: MIT */
#include "zone.h"

#define MINUTE ((int64_t)600000000)
#define DAY    (24 * 60 * MINUTE)

static int32_t
BiasAt(ZONE_LOCAL_TIME *LocalTime, int64_t Time)
{
    return (int32_t)((Time - LocalTime(Time)) / MINUTE);
}

/* The first minute that has another bias than Before has, which After does not have. */
static int64_t
Narrow(ZONE_LOCAL_TIME *LocalTime, int64_t Before, int64_t After)
{
    int32_t Bias = BiasAt(LocalTime, Before);

    while (After - Before > MINUTE)
    {
        int64_t Middle = Before + (After - Before) / MINUTE / 2 * MINUTE;
        if (BiasAt(LocalTime, Middle) == Bias)
            Before = Middle;
        else
            After = Middle;
    }
    return After;
}

/* Summer time is what is ahead of another time of the zone. */
static void
SetDaylight(PRCM_ZONE_CHANGE *Changes, uint32_t Count)
{
    int32_t Standard = Changes[0].BiasMinutes;

    for (uint32_t Index = 1; Index < Count; Index++)
    {
        if (Changes[Index].BiasMinutes > Standard)
            Standard = Changes[Index].BiasMinutes;
    }
    for (uint32_t Index = 0; Index < Count; Index++)
        Changes[Index].Daylight = Changes[Index].BiasMinutes < Standard;
}

uint32_t
ZoneFind(ZONE_LOCAL_TIME *LocalTime, int64_t From, int64_t To, PRCM_ZONE_CHANGE Changes[ZONE_MAX_CHANGES])
{
    int64_t Time = From - From % MINUTE;
    uint32_t Count = 1;

    Changes[0] = (PRCM_ZONE_CHANGE){.From = Time, .BiasMinutes = BiasAt(LocalTime, Time)};
    for (; Time < To && Count < ZONE_MAX_CHANGES; Time += DAY)
    {
        if (BiasAt(LocalTime, Time + DAY) == BiasAt(LocalTime, Time))
            continue;
        int64_t Change = Narrow(LocalTime, Time, Time + DAY);
        Changes[Count++] = (PRCM_ZONE_CHANGE){.From = Change, .BiasMinutes = BiasAt(LocalTime, Change)};
    }
    SetDaylight(Changes, Count);
    return Count;
}
