/* SPDX-License-Identifier: MIT */
#include "utf16.h"

#include <stdlib.h>

#include "upper_ranges.h"

#define FIRST_BEYOND_ASCII 0x80u

static int
Compare(const void *Key, const void *Element)
{
    uint16_t Unit = *(const uint16_t *)Key;
    const UPPER_RANGE *Range = Element;
    return Unit < Range->First ? -1 : Unit > Range->Last;
}

uint16_t
Utf16Upper(uint16_t Unit)
{
    if (Unit < FIRST_BEYOND_ASCII)
        return Unit >= 'a' && Unit <= 'z' ? (uint16_t)(Unit - 'a' + 'A') : Unit;
    const UPPER_RANGE *Range = bsearch(&Unit, UpperRanges, sizeof(UpperRanges) / sizeof(UpperRanges[0]),
                                       sizeof(UpperRanges[0]), Compare);
    if (Range == NULL || (Unit - Range->First) % Range->Step != 0)
        return Unit;
    return (uint16_t)(Unit + Range->Add);
}
