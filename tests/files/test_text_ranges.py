# SPDX-License-Identifier: MIT
"""What is escaped, what takes two cells, and what is upper case, is what the scripts make of Unicode's data."""

import pathlib
import unicodedata

import pytest

import cell_ranges
import text_ranges
import upper_ranges
from conftest import ROOT

UNICODE = pathlib.Path("/usr/share/unicode")


@pytest.fixture(scope="module")
def escaped():
    return text_ranges.escaped(UNICODE)


@pytest.mark.parametrize(
    ("path", "script"),
    (
        ("lib/text_ranges.h", text_ranges),
        ("text/cell_ranges.h", cell_ranges),
        ("text/upper_ranges.h", upper_ranges),
    ),
)
def test_the_committed_table_is_what_the_script_makes(path, script):
    assert (ROOT / path).read_text() == script.header(UNICODE)


def test_wide_characters_are_what_python_takes_for_wide():
    wide = cell_ranges.points(UNICODE, "W", "F")
    for point in range(0x10000):
        if unicodedata.category(chr(point)) != "Cn":
            assert (point in wide) == (unicodedata.east_asian_width(chr(point)) in "WF"), hex(point)


def test_ranges_say_neither_more_nor_less(escaped):
    ranges = list(text_ranges.ranges(escaped))
    assert sum(last - first + 1 for first, last in ranges) == len(escaped)
    assert all(point in escaped for first, last in ranges for point in (first, last))
    assert all(last + 1 < first for (_, last), (first, _) in zip(ranges, ranges[1:]))


def test_every_character_that_shows_nothing_by_itself_is_escaped(escaped):
    """By Python's own tables, of an older Unicode."""
    for point in range(0x110000):
        character = chr(point)
        category = unicodedata.category(character)
        if category in ("Cc", "Cs", "Zl", "Zp") or (category == "Zs" and character != " "):
            assert point in escaped, hex(point)
        if category[0] in "LNPS" and point not in (0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0):
            assert point not in escaped, hex(point)


def test_characters_without_a_glyph_are_some_four_thousand(escaped):
    beyond = {point for point in escaped if not 0xD800 <= point <= 0xDFFF}
    path = UNICODE / "DerivedCoreProperties.txt"
    ignorable = text_ranges.with_property(path, "Default_Ignorable_Code_Point")
    assert ignorable <= beyond and len(ignorable) > 4000


def test_upper_case_is_what_python_takes_for_it_where_it_can_be_undone():
    """By Python's own tables, of an older Unicode, and where its upper case is one character."""
    expected = {}
    for point in range(0x10000):
        small = chr(point)
        large = small.upper()
        if small != large and len(large) == 1 and ord(large) <= 0xFFFF and large.lower() == small:
            expected[point] = ord(large)
    found = upper_ranges.pairs(UNICODE)
    single = {small for small in found if len(chr(small).upper()) == 1 and unicodedata.category(chr(small)) != "Cn"}
    assert {small: found[small] for small in single} == expected


def test_ranges_of_upper_case_say_neither_more_nor_less():
    found = {}
    for first, last, step, add in upper_ranges.ranges(upper_ranges.pairs(UNICODE)):
        assert not found or max(found) < first
        found |= {small: (small + add) % 0x10000 for small in range(first, last + 1, step)}
    assert found == upper_ranges.pairs(UNICODE)
