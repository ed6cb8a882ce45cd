#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes text/upper_ranges.h: upper case, unit by unit, as file systems of Windows have it. From Debian's package
unicode-data.

usage: upper_ranges.py [DIRECTORY]       default: /usr/share/unicode

A letter has an upper case here where the two have each other (Simple_Uppercase_Mapping and Simple_Lowercase_Mapping)
and both are one unit of UTF-16. So what would only look like another letter in upper case stays what it is, as it does
in NTFS: the dotless i, the long s, the micro sign.
"""

import pathlib
import sys

from text_ranges import fields

UPPER_FIELD = 12
LOWER_FIELD = 13

HEAD = """/* SPDX-License-Identifier: MIT
 *
 * Made by tools/lib/upper_ranges.py, which says what is in here and why, from {version}.
 */
#ifndef TEXT_UPPER_RANGES_H
#define TEXT_UPPER_RANGES_H

#include <stdint.h>

/* Of First, First + Step and so on to Last: the upper case is Add more, modulo 0x10000. */
typedef struct UPPER_RANGE
{{
    uint16_t First;
    uint16_t Last;
    uint16_t Step;
    uint16_t Add;
}} UPPER_RANGE;

/* Ascending. */
/* clang-format off */
static const UPPER_RANGE UpperRanges[] = {{
"""
TAIL = """};
/* clang-format on */

#endif
"""


def pairs(directory):
    """Lower to upper case, where the two have each other."""
    upper, lower = {}, {}
    for field in fields(directory / "UnicodeData.txt"):
        for mapping, column in ((upper, UPPER_FIELD), (lower, LOWER_FIELD)):
            if field[column]:
                mapping[int(field[0], 16)] = int(field[column], 16)
    return {
        small: large
        for small, large in sorted(upper.items())
        if lower.get(large) == small and max(small, large) <= 0xFFFF
    }


def ranges(mapping):
    """(first, last, step, add), as long as they go; no two overlap."""
    found = []
    for small, large in mapping.items():
        add = (large - small) % 0x10000
        if found and found[-1][3] == add:
            first, last, step, _ = found[-1]
            if small - last == step or (first == last and small - last == 2):
                found[-1] = (first, small, small - last, add)
                continue
        found.append((small, small, 1, add))
    return found


def header(directory):
    """The whole file."""
    first_line = (directory / "DerivedCoreProperties.txt").read_text(encoding="utf-8").splitlines()[0]
    version = first_line.lstrip("# ").replace("DerivedCoreProperties", "UnicodeData").removesuffix(".txt")
    lines = [
        f"    {{0x{first:04X}, 0x{last:04X}, {step}, 0x{add:04X}}},\n"
        for first, last, step, add in ranges(pairs(directory))
    ]
    return HEAD.format(version=version) + "".join(lines) + TAIL


def main():
    if len(sys.argv) > 2:
        sys.exit("usage: upper_ranges.py [DIRECTORY]")
    sys.stdout.write(header(pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else "/usr/share/unicode")))


if __name__ == "__main__":
    main()
