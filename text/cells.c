/* SPDX-License-Identifier: MIT */
#include "cells.h"

#include <stdlib.h>

#include "cell_ranges.h"

#define FIRST_AMBIGUOUS 0xA1u
#define FIRST_WIDE      0x1100u

static int
Compare(const void *Key, const void *Element)
{
    uint16_t Point = *(const uint16_t *)Key;
    const CELL_RANGE *Range = Element;
    return Point < Range->First ? -1 : Point > Range->Last;
}

static bool
IsIn(const CELL_RANGE *Ranges, size_t Count, uint16_t Point)
{
    return bsearch(&Point, Ranges, Count, sizeof(*Ranges), Compare) != NULL;
}

size_t
CellsOf(uint32_t Point, bool EastAsian)
{
    if (Point > 0xFFFF)
        return 2;
    if (EastAsian && Point >= FIRST_AMBIGUOUS &&
        IsIn(CellsAmbiguous, sizeof(CellsAmbiguous) / sizeof(CellsAmbiguous[0]), (uint16_t)Point))
        return 2;
    bool Wide =
        Point >= FIRST_WIDE && IsIn(CellsWide, sizeof(CellsWide) / sizeof(CellsWide[0]), (uint16_t)Point);
    return Wide ? 2 : 1;
}
