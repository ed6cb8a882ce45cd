# SPDX-License-Identifier: MIT
"""Which room of the console program may include which, as docs/ARCHITECTURE.md has it."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What each room may include of others; the library's public headers, and itself, every room may.
BELOW = {
    "text": set(),
    "stream": {"text"},
    "filter": {"text", "stream"},
    "formats": {"text", "stream"},
    "host": {"text", "stream"},
    "cli": {"text", "stream", "filter", "formats", "host"},
}
PUBLIC = {path.name for path in (ROOT / "include").glob("*.h")}
STANDARD_C = set("""assert.h ctype.h errno.h inttypes.h limits.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h
    stdio.h stdlib.h string.h time.h""".split())
# What is no C standard and still the same everywhere, as libraries are.
PORTABLE = STANDARD_C | {"getopt.h", "pcre2.h", "xxhash.h"}
# Where the operating system is known: its own room, and what exists on Windows alone.
KNOWS_SYSTEM = re.compile(r"host/(windows|linux)/|cli/selftest/|cli/(main_windows|service)\.c$")

FILES = [str(path.relative_to(ROOT)) for room in BELOW for path in sorted((ROOT / room).glob("**/*.[ch]"))]


def includes(name, quote):
    return re.findall(r"^#include [%s]([^\">]+)[\">]" % quote, (ROOT / name).read_text(), re.M)


def room_of(name):
    return name.split("/")[0]


@pytest.mark.parametrize("name", FILES)
def test_a_file_includes_only_rooms_below_its_own(name):
    for included in includes(name, '"'):
        if "/" not in included:
            assert included in PUBLIC or (ROOT / name).with_name(included).exists(), included
        else:
            assert (ROOT / included).exists(), included
            assert room_of(included) == room_of(name) or room_of(included) in BELOW[room_of(name)], included


@pytest.mark.parametrize("name", [name for name in FILES if not KNOWS_SYSTEM.search(name)])
def test_the_system_is_known_only_where_it_is_meant_to_be(name):
    assert set(includes(name, "<")) <= PORTABLE


def test_no_files_include_each_other_in_a_circle():
    below = {name: [] for name in FILES}
    for name in FILES:
        for included in includes(name, '"'):
            other = included if "/" in included else str(pathlib.PurePath(name).with_name(included))
            if other in below:
                below[name].append(other)
    done = set()

    def visit(name, path):
        assert name not in path, " -> ".join([*path, name])
        if name not in done:
            for other in below[name]:
                visit(other, [*path, name])
            done.add(name)

    for name in FILES:
        visit(name, [])


def test_the_rooms_are_those_that_are_documented():
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text()
    for room in BELOW:
        assert f"| `{room}/` |" in text, room
