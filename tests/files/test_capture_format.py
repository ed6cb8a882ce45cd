# SPDX-License-Identifier: MIT
"""docs/capture.md says enough: a reader written from it alone finds in the kept captures what the library does."""

import pathlib
import re
import struct

import capture_reader
import pytest

CAPTURES = pathlib.Path(__file__).resolve().parent.parent / "data" / "captures"
DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "capture.md"


def told(name):
    """What the library says of a capture, without reasons and accounts."""
    for line in (CAPTURES / f"{name}.txt").read_text().splitlines():
        if not line.startswith("account"):
            yield re.sub(r"^(gap \d+ to \d+|damage \d+\+\d+|end \w+, torn \d+) .*", r"\1", line)


@pytest.mark.parametrize("name", ["whole", "open", "damaged"])
def test_a_reader_from_the_document_finds_the_same(name):
    data = (CAPTURES / f"{name}.prcm").read_bytes()
    assert list(capture_reader.lines(data)) == list(told(name))


def test_the_index_has_every_block():
    data = (CAPTURES / "whole.prcm").read_bytes()
    found = [(block.offset, block.end - block.offset, block.kind) for block, _ in capture_reader.blocks(data)]
    assert capture_reader.index(data) == [block for block in found if block[2] < 5]


def test_facts_are_where_the_document_says():
    data = (CAPTURES / "whole.prcm").read_bytes()
    facts = {}
    for block, _ in capture_reader.blocks(data):
        if block.kind == 2:
            facts.update(capture_reader.facts(block.unpack()))
    host, system, zone, driver, drive, user, process = (facts[kind] for kind in (1, 2, 3, 4, 6, 7, 9))
    assert capture_reader.text(host, 40) == "WORKSTATION-1"
    assert capture_reader.text(host, 56) == ""
    assert capture_reader.value(system, 40) == 19045
    assert capture_reader.value(system, 56) is None
    assert capture_reader.text(system, 136) == "Windows 10 Pro"
    assert capture_reader.text(system, 152) is None
    _status, offset, length, _full = struct.unpack_from("<IIII", zone, 8)
    changes = list(struct.iter_unpack("<qiI", zone[offset:offset + length]))
    assert [change[1:] for change in changes] == [(-60, 0), (-120, 1)]
    assert struct.unpack_from("<II", driver, struct.unpack_from("<II", driver, 8)[1])[0] == 264
    assert (capture_reader.text(drive, 8), capture_reader.text(drive, 24)) == ("\\Device\\HarddiskVolume3", "C:")
    assert capture_reader.text(user, 24) == "BUILTIN\\Administrators"
    assert capture_reader.value(process, 8) == 4
    assert capture_reader.text(process, 120) == "System"


def test_header_lengths_are_those_of_the_document():
    rows = re.findall(r"^\| (\d) \| ([A-Z]+) \| (\d+) \|", DOCUMENT.read_text(), re.MULTILINE)
    assert {int(kind): int(size) for kind, _name, size in rows} == capture_reader.LEAST_HEADER
