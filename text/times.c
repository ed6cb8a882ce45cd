/* SPDX-License-Identifier: MIT */
#include "times.h"

#define SECONDS_PER_DAY     86400u
#define DAYS_PER_400_YEARS  146097u
#define DAYS_TO_MARCH_1600  (-306) /* 1600-03-01 as seen from 1601-01-01 */
#define DAYS_PER_5_MONTHS   153u   /* March to July, August to December: 31 30 31 30 31 */
#define UNITS_PER_10_MICROS 100u

typedef struct CALENDAR
{
    uint64_t Year;
    unsigned Month;
    unsigned Day;
    unsigned Hour;
    unsigned Minute;
    unsigned Second;
    unsigned Fraction; /* 100 ns */
} CALENDAR;

/* Years are counted from March, so that the leap day is their last. */
static void
SetDate(CALENDAR *Calendar, uint64_t Days)
{
    uint64_t SinceMarch1600 = Days - DAYS_TO_MARCH_1600;
    uint64_t Era = SinceMarch1600 / DAYS_PER_400_YEARS;
    unsigned DayOfEra = (unsigned)(SinceMarch1600 % DAYS_PER_400_YEARS);
    unsigned YearOfEra = (DayOfEra - DayOfEra / 1460 + DayOfEra / 36524 - DayOfEra / 146096) / 365;
    unsigned DayOfYear = DayOfEra - (365 * YearOfEra + YearOfEra / 4 - YearOfEra / 100);
    unsigned MonthFromMarch = (5 * DayOfYear + 2) / DAYS_PER_5_MONTHS;

    Calendar->Day = DayOfYear - (DAYS_PER_5_MONTHS * MonthFromMarch + 2) / 5 + 1;
    Calendar->Month = MonthFromMarch < 10 ? MonthFromMarch + 3 : MonthFromMarch - 9;
    Calendar->Year = 1600 + 400 * Era + YearOfEra + (Calendar->Month <= 2);
}

static CALENDAR
ToCalendar(int64_t Time)
{
    CALENDAR Calendar;
    uint64_t Units = Time < 0 ? 0 : (uint64_t)Time;
    uint64_t Seconds = Units / TIMES_PER_SECOND;
    unsigned OfDay = (unsigned)(Seconds % SECONDS_PER_DAY);

    SetDate(&Calendar, Seconds / SECONDS_PER_DAY);
    Calendar.Hour = OfDay / 3600;
    Calendar.Minute = OfDay / 60 % 60;
    Calendar.Second = OfDay % 60;
    Calendar.Fraction = (unsigned)(Units % TIMES_PER_SECOND);
    return Calendar;
}

static void
WriteDay(SINK *Sink, const CALENDAR *Calendar)
{
    SinkDigits(Sink, Calendar->Year, 4);
    SinkChar(Sink, '-');
    SinkDigits(Sink, Calendar->Month, 2);
    SinkChar(Sink, '-');
    SinkDigits(Sink, Calendar->Day, 2);
}

static void
WriteHourMinuteSecond(SINK *Sink, const CALENDAR *Calendar)
{
    SinkDigits(Sink, Calendar->Hour, 2);
    SinkChar(Sink, ':');
    SinkDigits(Sink, Calendar->Minute, 2);
    SinkChar(Sink, ':');
    SinkDigits(Sink, Calendar->Second, 2);
}

void
TimesWriteRfc3339(SINK *Sink, int64_t Time)
{
    CALENDAR Calendar = ToCalendar(Time);

    WriteDay(Sink, &Calendar);
    SinkChar(Sink, 'T');
    WriteHourMinuteSecond(Sink, &Calendar);
    SinkChar(Sink, '.');
    SinkDigits(Sink, Calendar.Fraction, 7);
    SinkChar(Sink, 'Z');
}

void
TimesWriteDate(SINK *Sink, int64_t Time)
{
    CALENDAR Calendar = ToCalendar(Time);

    WriteDay(Sink, &Calendar);
    SinkChar(Sink, ' ');
    WriteHourMinuteSecond(Sink, &Calendar);
}

void
TimesWriteClock(SINK *Sink, int64_t Time)
{
    CALENDAR Calendar = ToCalendar(Time);

    WriteHourMinuteSecond(Sink, &Calendar);
    SinkChar(Sink, '.');
    SinkDigits(Sink, Calendar.Fraction / TIMES_PER_MILLISECOND, 3);
}

/* Hundredths, for figures that are read at a glance. */
static void
WriteHundredths(SINK *Sink, uint64_t Hundredths, const char *Unit)
{
    SinkUnsigned(Sink, Hundredths / 100);
    SinkChar(Sink, '.');
    SinkDigits(Sink, Hundredths % 100, 2);
    SinkText(Sink, Unit);
}

static void
WriteTwo(SINK *Sink, uint64_t Large, const char *LargeUnit, uint64_t Small, const char *SmallUnit)
{
    SinkUnsigned(Sink, Large);
    SinkText(Sink, LargeUnit);
    SinkDigits(Sink, Small, 2);
    SinkText(Sink, SmallUnit);
}

void
TimesWriteDuration(SINK *Sink, uint64_t Milliseconds)
{
    uint64_t Seconds = Milliseconds / 1000;

    if (Milliseconds < 1000)
    {
        SinkUnsigned(Sink, Milliseconds);
        SinkText(Sink, " ms");
    }
    else if (Seconds < 60)
        WriteHundredths(Sink, Milliseconds / 10, " s");
    else if (Seconds < 3600)
        WriteTwo(Sink, Seconds / 60, " min ", Seconds % 60, " s");
    else if (Seconds < SECONDS_PER_DAY)
        WriteTwo(Sink, Seconds / 3600, " h ", Seconds / 60 % 60, " min");
    else
        WriteTwo(Sink, Seconds / SECONDS_PER_DAY, " d ", Seconds / 3600 % 24, " h");
}

void
TimesWriteShort(SINK *Sink, uint64_t Units)
{
    if (Units < TIMES_PER_MILLISECOND)
    {
        SinkUnsigned(Sink, Units / 10);
        SinkText(Sink, " us");
    }
    else if (Units < TIMES_PER_SECOND)
        WriteHundredths(Sink, Units / UNITS_PER_10_MICROS, " ms");
    else
        TimesWriteDuration(Sink, Units / TIMES_PER_MILLISECOND);
}
