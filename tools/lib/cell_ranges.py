#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes text/cell_ranges.h: characters that take two cells of a console. From Debian's package unicode-data.

usage: cell_ranges.py [DIRECTORY]       default: /usr/share/unicode

Wide and fullwidth characters (East_Asian_Width W, F) take two cells everywhere, ambiguous ones (A: accented
letters, Greek, Cyrillic, frames) where the code page is Chinese, Japanese or Korean. What lies beyond
U+FFFF is left out: old consoles draw a cell for each surrogate, so all of it counts two.
"""

import pathlib
import sys

from text_ranges import ranges, with_property

HEAD = """/* SPDX-License-Identifier: MIT
 *
 * Made by tools/lib/cell_ranges.py, which says what is in here and why, from {version}.
 */
#ifndef TEXT_CELL_RANGES_H
#define TEXT_CELL_RANGES_H

#include <stdint.h>

typedef struct CELL_RANGE
{{
    uint16_t First;
    uint16_t Last;
}} CELL_RANGE;

/* Each ascending. */
/* clang-format off */
"""
TAIL = """/* clang-format on */

#endif
"""


def points(directory, *widths):
    """The characters up to U+FFFF with one of these values of East_Asian_Width."""
    path = directory / "EastAsianWidth.txt"
    return {point for width in widths for point in with_property(path, width) if point <= 0xFFFF}


def table(name, found):
    lines = "".join(f"    {{0x{first:04X}, 0x{last:04X}}},\n" for first, last in ranges(found))
    return f"static const CELL_RANGE {name}[] = {{\n{lines}}};\n"


def header(directory):
    """The whole file."""
    first_line = (directory / "EastAsianWidth.txt").read_text(encoding="utf-8").splitlines()[0]
    wide = table("CellsWide", points(directory, "W", "F"))
    ambiguous = table("CellsAmbiguous", points(directory, "A"))
    return HEAD.format(version=first_line.lstrip("# ")) + wide + "\n" + ambiguous + TAIL


def main():
    if len(sys.argv) > 2:
        sys.exit("usage: cell_ranges.py [DIRECTORY]")
    sys.stdout.write(header(pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else "/usr/share/unicode")))


if __name__ == "__main__":
    main()
