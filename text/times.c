/* SPDX-License-Identifier: MIT */
#include "times.h"

#include <limits.h>
#include <string.h>

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

/* Digits of exactly that many digits, and moves Text behind them; UINT_MAX: there are none. */
static unsigned
ReadDigits(const char **Text, unsigned Digits)
{
    unsigned Value = 0;

    for (; Digits > 0; Digits--, (*Text)++)
    {
        if (**Text < '0' || **Text > '9')
            return UINT_MAX;
        Value = Value * 10 + (unsigned)(**Text - '0');
    }
    return Value;
}

static bool
ReadChar(const char **Text, char Character)
{
    if (**Text != Character)
        return false;
    (*Text)++;
    return true;
}

static unsigned
DaysOfMonth(uint64_t Year, unsigned Month)
{
    bool Leap = (Year % 4 == 0 && Year % 100 != 0) || Year % 400 == 0;

    if (Month == 2)
        return Leap ? 29 : 28;
    return Month == 4 || Month == 6 || Month == 9 || Month == 11 ? 30 : 31;
}

/* Days since 1601-01-01; the reverse of SetDate. */
static int64_t
DaysOf(const CALENDAR *Calendar)
{
    uint64_t Year = Calendar->Year - 1600 - (Calendar->Month <= 2);
    unsigned MonthFromMarch = Calendar->Month > 2 ? Calendar->Month - 3 : Calendar->Month + 9;
    unsigned DayOfYear = (DAYS_PER_5_MONTHS * MonthFromMarch + 2) / 5 + Calendar->Day - 1;

    return (int64_t)(Year * 365 + Year / 4 - Year / 100 + Year / 400 + DayOfYear) + DAYS_TO_MARCH_1600;
}

static bool
ReadDate(const char **Text, CALENDAR *Calendar)
{
    Calendar->Year = ReadDigits(Text, 4);
    if (Calendar->Year < 1601 || Calendar->Year > 9999 || !ReadChar(Text, '-'))
        return false;
    Calendar->Month = ReadDigits(Text, 2);
    if (Calendar->Month < 1 || Calendar->Month > 12 || !ReadChar(Text, '-'))
        return false;
    Calendar->Day = ReadDigits(Text, 2);
    return Calendar->Day >= 1 && Calendar->Day <= DaysOfMonth(Calendar->Year, Calendar->Month);
}

/* What stands behind seconds; more than seven digits are cut. */
static bool
ReadFraction(const char **Text, unsigned *Fraction)
{
    unsigned Unit = TIMES_PER_SECOND / 10;

    if (**Text < '0' || **Text > '9')
        return false;
    for (; **Text >= '0' && **Text <= '9'; (*Text)++, Unit /= 10)
        *Fraction += (unsigned)(**Text - '0') * Unit;
    return true;
}

static bool
ReadClock(const char **Text, CALENDAR *Calendar)
{
    Calendar->Hour = ReadDigits(Text, 2);
    if (Calendar->Hour > 23 || !ReadChar(Text, ':'))
        return false;
    Calendar->Minute = ReadDigits(Text, 2);
    if (Calendar->Minute > 59)
        return false;
    if (!ReadChar(Text, ':'))
        return true;
    Calendar->Second = ReadDigits(Text, 2);
    if (Calendar->Second > 59)
        return false;
    return !ReadChar(Text, '.') || ReadFraction(Text, &Calendar->Fraction);
}

/* Minutes ahead of UTC. */
static bool
ReadZone(const char **Text, int *Offset)
{
    int Sign = **Text == '-' ? -1 : 1;

    if (ReadChar(Text, 'Z'))
        return true;
    (*Text)++;
    unsigned Hours = ReadDigits(Text, 2);
    if (Hours > 23 || !ReadChar(Text, ':'))
        return false;
    unsigned Minutes = ReadDigits(Text, 2);
    *Offset = Sign * (int)(Hours * 60 + Minutes);
    return Minutes <= 59;
}

bool
TimesRead(const char *Text, int64_t *Time, bool *Zoned)
{
    CALENDAR Calendar = {0};
    int Offset = 0;

    if (!ReadDate(&Text, &Calendar))
        return false;
    if ((ReadChar(&Text, 'T') || ReadChar(&Text, ' ')) && !ReadClock(&Text, &Calendar))
        return false;
    *Zoned = *Text != '\0';
    if (*Zoned && strchr("Z+-", *Text) == NULL)
        return false;
    if (*Zoned && !ReadZone(&Text, &Offset))
        return false;
    int64_t Minutes = (DaysOf(&Calendar) * 24 + Calendar.Hour) * 60 + Calendar.Minute - Offset;
    *Time = (Minutes * 60 + Calendar.Second) * TIMES_PER_SECOND + Calendar.Fraction;
    return *Text == '\0' && *Time > 0;
}
