/* SPDX-License-Identifier: MIT
 *
 * How many cells of a console a character takes. In doubt more: a line that is thought too long is broken early, one that is
 * thought too short is broken by the console, and what follows could pass for a line of its own.
 */
#ifndef TEXT_CELLS_H
#define TEXT_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 1 or 2. Combining marks count 1, as old consoles give them a cell; so do controls, which nobody writes.
 *   EastAsian  the console's code page is Chinese, Japanese or Korean: accented letters, Greek, Cyrillic and frames may be
 *              as wide as ideographs */
size_t CellsOf(uint32_t Point, bool EastAsian);

#endif
