/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "capture_name.h"

#define MS_PER_DAY    86400000
#define TIME_PER_MS   10000
#define DAYS_TO_1601  584694              /* from 0000-03-01 */
#define LAST_TIME     2650467743999999999 /* 9999-12-31T23:59:59.9999999Z */
#define NUMBER_DIGITS 20u

bool
NameIsGood(const char *Name)
{
    static const char Allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t Length = Name != NULL ? strlen(Name) : 0;
    return Length != 0 && Length < PRCM_FOLDER_NAME_BYTES && strspn(Name, Allowed) == Length &&
           Name[0] != '.';
}

static char *
DigitsPut(char *At, uint64_t Value, uint32_t Count)
{
    for (uint32_t Digit = Count; Digit != 0; Digit--)
    {
        At[Digit - 1] = (char)('0' + Value % 10);
        Value /= 10;
    }
    return At + Count;
}

/* The Gregorian calendar in years that begin in March, so that a leap day is a year's last. */
static char *
DatePut(char *At, uint32_t Day)
{
    Day += DAYS_TO_1601;
    uint32_t Era = Day / 146097;
    uint32_t OfEra = Day % 146097;
    uint32_t Year = (OfEra - OfEra / 1460 + OfEra / 36524 - OfEra / 146096) / 365;
    uint32_t OfYear = OfEra - (365 * Year + Year / 4 - Year / 100);
    uint32_t Month = (5 * OfYear + 2) / 153;
    uint32_t OfMonth = OfYear - (153 * Month + 2) / 5 + 1;
    At = DigitsPut(At, Era * 400 + Year + (Month >= 10), 4);
    At = DigitsPut(At, Month < 10 ? Month + 3 : Month - 9, 2);
    return DigitsPut(At, OfMonth, 2);
}

static char *
TextPut(char *At, const char *Text)
{
    size_t Length = strlen(Text);
    memcpy(At, Text, Length);
    return At + Length;
}

void
NameFormat(const char *Name, int64_t Time, uint64_t First, char File[CAPTURE_NAME_BYTES])
{
    if (Time < 0)
        Time = 0;
    if (Time > LAST_TIME)
        Time = LAST_TIME;
    uint64_t Ms = (uint64_t)Time / TIME_PER_MS;
    uint32_t OfDay = (uint32_t)(Ms % MS_PER_DAY);
    char *At = TextPut(File, Name);
    At = TextPut(At, "-");
    At = DatePut(At, (uint32_t)(Ms / MS_PER_DAY));
    At = TextPut(At, "T");
    At = DigitsPut(At, OfDay / 3600000, 2);
    At = DigitsPut(At, OfDay / 60000 % 60, 2);
    At = DigitsPut(At, OfDay % 60000, 5);
    At = TextPut(At, "Z-");
    At = DigitsPut(At, First, NUMBER_DIGITS);
    *TextPut(At, CAPTURE_SUFFIX) = 0;
}

bool
NameIsOf(const char *File, const char *Name)
{
    size_t Length = strlen(File);
    size_t Suffix = strlen(CAPTURE_SUFFIX);
    if (Length <= Suffix || strcmp(File + Length - Suffix, CAPTURE_SUFFIX) != 0)
        return false;
    if (Name == NULL)
        return true;
    /* Exactly this name, which may be another's beginning: NAME, and of a fixed length what is behind it. */
    size_t Begin = strlen(Name);
    return Length == Begin + 1 + 19 + 1 + NUMBER_DIGITS + Suffix && strncmp(File, Name, Begin) == 0 &&
           File[Begin] == '-' && File[Begin + 20] == '-';
}
