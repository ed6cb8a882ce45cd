/* SPDX-License-Identifier: MIT */
#include "sid.h"

#define HEADER_BYTES 8u
#define PART_BYTES   4u
#define MAX_DIGITS   20

/* A hyphen and Value. */
static void
PutPart(char *Text, size_t *Length, uint64_t Value)
{
    char Digits[MAX_DIGITS];
    unsigned Count = 0;

    do
        Digits[Count++] = (char)('0' + Value % 10);
    while ((Value /= 10) != 0);
    Text[(*Length)++] = '-';
    while (Count > 0)
        Text[(*Length)++] = Digits[--Count];
}

size_t
SidToText(const void *Sid, char Text[SID_TEXT_BYTES])
{
    const uint8_t *Bytes = Sid;
    uint64_t Authority = 0;
    size_t Length = 0;

    Text[Length++] = 'S';
    PutPart(Text, &Length, Bytes[0]);
    for (unsigned Index = 2; Index < HEADER_BYTES; Index++)
        Authority = Authority << 8 | Bytes[Index];
    PutPart(Text, &Length, Authority);
    for (unsigned Index = 0; Index < Bytes[1]; Index++)
    {
        const uint8_t *At = Bytes + HEADER_BYTES + PART_BYTES * Index;
        PutPart(Text, &Length, At[0] | (uint32_t)At[1] << 8 | (uint32_t)At[2] << 16 | (uint32_t)At[3] << 24);
    }
    Text[Length] = '\0';
    return Length;
}
