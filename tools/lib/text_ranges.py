#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes lib/text_ranges.h: what text for people has as escapes. From Debian's package unicode-data.

usage: text_ranges.py [DIRECTORY]       default: /usr/share/unicode

Escaped is what steers, hides, reorders or passes for something else:
- controls and format characters (Cc, Cf), line and paragraph separators (Zl, Zp); but not the Arabic, Syriac
  and Kaithi signs of Cf that are drawn around the number after them (Prepended_Concatenation_Mark);
- every blank but the space itself (Zs), and U+2800, a Braille pattern without a dot;
- what a font shows nothing for (Default_Ignorable_Code_Point): fillers, joiners, variation selectors, tags;
- surrogates and noncharacters, which are no characters.
"""

import pathlib
import sys

LAST = 0x10FFFF
CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")
BRAILLE_BLANK = 0x2800

HEAD = """/* SPDX-License-Identifier: MIT
 *
 * Made by tools/lib/text_ranges.py, which says what is in here and why, from {version}.
 */
#ifndef TEXT_RANGES_H
#define TEXT_RANGES_H

#include <stdint.h>

typedef struct TEXT_RANGE
{{
    uint32_t First;
    uint32_t Last;
}} TEXT_RANGE;

/* Ascending, with a gap between any two. */
/* clang-format off */
static const TEXT_RANGE TextEscaped[] = {{
"""
TAIL = """};
/* clang-format on */

#endif
"""


def fields(path):
    """The fields of each line of a file of Unicode's, without comments."""
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line:
            yield [field.strip() for field in line.split(";")]


def span(text):
    first, _, last = text.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


def with_property(path, name):
    return {point for points, value, *_ in fields(path) if value == name for point in span(points)}


def escaped(directory):
    """Every code point that is escaped."""
    found = set()
    for category in CATEGORIES:
        found |= with_property(directory / "extracted" / "DerivedGeneralCategory.txt", category)
    found -= with_property(directory / "PropList.txt", "Prepended_Concatenation_Mark")
    found |= with_property(directory / "DerivedCoreProperties.txt", "Default_Ignorable_Code_Point")
    found |= with_property(directory / "PropList.txt", "Noncharacter_Code_Point")
    return found - {ord(" ")} | {BRAILLE_BLANK}


def ranges(points):
    """The code points as pairs of first and last."""
    first = None
    for point in range(LAST + 2):
        if point in points and first is None:
            first = point
        elif point not in points and first is not None:
            yield first, point - 1
            first = None


def header(directory):
    """The whole file."""
    first_line = (directory / "DerivedCoreProperties.txt").read_text(encoding="utf-8").splitlines()[0]
    lines = [f"    {{0x{first:04X}, 0x{last:04X}}},\n" for first, last in ranges(escaped(directory))]
    return HEAD.format(version=first_line.lstrip("# ")) + "".join(lines) + TAIL


def main():
    if len(sys.argv) > 2:
        sys.exit("usage: text_ranges.py [DIRECTORY]")
    sys.stdout.write(header(pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else "/usr/share/unicode")))


if __name__ == "__main__":
    main()
