# SPDX-License-Identifier: MIT
"""cat, verify and stats: what a capture holds is shown, what it lacks is told, and the exit code says which it was."""

import csv
import json
import random
import re
import signal
import subprocess

import pytest

from conftest import CAPTURES, EXIT_INCOMPLETE, EXIT_OK, EXIT_OUTPUT, PROGRAM

WHOLE = CAPTURES / "whole.prcm"  # two runs of the driver; in the first, numbers that were lost or not recorded
OPEN = CAPTURES / "open.prcm"  # eight events, and a torn end
DAMAGED = CAPTURES / "damaged.prcm"  # sixteen, four of them in a block that is damaged

TORN_BYTES = int(re.search(r"torn (\d+)", (CAPTURES / "open.txt").read_text())[1])
TORN_AT = OPEN.stat().st_size - TORN_BYTES
DAMAGED_AT, DAMAGED_BYTES = re.search(r"damage (\d+)\+(\d+)", (CAPTURES / "damaged.txt").read_text()).groups()

FIRST, SECOND = "0x1dc5bd0f3a1b2c4", "0x1dc5bd0f3a1b2c5"


def numbers(events, instance=FIRST):
    return [event["seq"] for event in events if event["instance"] == instance]


def test_cat_shows_each_run_with_its_beginning_and_its_account(prcm):
    lines = prcm("cat", "--json", WHOLE, code=EXIT_INCOMPLETE).lines()
    marks = [(line["event"], line["instance"]) for line in lines if line["event"] in ("stream", "account")]
    assert marks == [("stream", FIRST), ("account", FIRST), ("stream", SECOND), ("account", SECOND)]
    events = [line for line in lines if "seq" in line]
    assert numbers(events) == [*range(1, 13), 83, *range(93, 97)]
    assert numbers(events, SECOND) == [*range(1, 9)]
    assert all(line["closed"] for line in lines if line["event"] == "account")


@pytest.mark.parametrize(
    "options",
    [
        ("--image", "cmd.exe"),
        ("--filter", "kind == exit and exit_status != 0"),
        ("--filter", "image =~ '\\\\cmd\\.exe$' or size > 64K"),
        ("--filter", "kind == lost"),
    ],
)
def test_each_run_has_an_account_of_what_a_filter_left_out_of_it(prcm, options):
    lines = prcm("cat", "--json", *options, WHOLE, code=EXIT_INCOMPLETE).lines()
    for instance, captured in ((FIRST, 96), (SECOND, 8)):
        (account,) = [line for line in lines if line["event"] == "account" and line["instance"] == instance]
        shown = len(numbers([line for line in lines if "seq" in line], instance))
        assert account["captured"]["total"] == captured and account["closed"]
        assert account["delivered"]["total"] == shown
        lost = account["lost"]["total"]
        assert account["filtered_console"]["total"] + account["filtered_driver"]["total"] == captured - shown - lost
        assert lost == sum(line["count"] for line in lines if line["event"] == "lost" and line["instance"] == instance)


def test_what_a_capture_lacks_stands_in_its_place_with_the_cause(prcm):
    lines = prcm("cat", "--json", WHOLE, code=EXIT_INCOMPLETE).lines()
    lost = [(line["first_seq"], line["next_seq"], line["cause"]) for line in lines if line["event"] == "lost"]
    assert lost == [(13, 83, "evicted"), (84, 93, "not_recorded")]
    ran = prcm("cat", "--json", DAMAGED, code=EXIT_INCOMPLETE)
    lost = [line for line in ran.lines() if line["event"] == "lost"]
    assert {(line["first_seq"], line["next_seq"], line["cause"]) for line in lost} == {(5, 9, "damaged")}
    assert {line["kind"]: line["count"] for line in lost} == {
        "process_start": 1, "process_exit": 1, "image_load": 2,
    }
    assert numbers(ran.events()) == [*range(1, 5), *range(9, 17)]
    assert f"{DAMAGED_BYTES} bytes at offset {DAMAGED_AT} are damaged: a block's checksum is wrong" in ran.error
    assert "kind 999" in ran.error


def test_a_torn_end_is_told_and_is_no_loss(prcm):
    ran = prcm("cat", "--json", OPEN)
    assert numbers(ran.events()) == [*range(1, 9)]
    assert "torn" in ran.error


@pytest.mark.parametrize(
    "options, shown",
    [
        (("--from", 5, "--to", 10), range(5, 11)),
        (("--to", 4), range(1, 5)),
        (("--from", f"{FIRST}:4:1,0,2,0:0,0,0,0"), [*range(4, 13), 83, *range(93, 97)]),
        (("--from", 94), [94, 95, 96]),
        (("--count", 3), range(1, 4)),
        (("--from", 2, "--count", 2), range(2, 4)),
        (("--from", 1000000), []),
        (("--from", "2030-01-01"), []),
        (("--to", "2001-01-01T00:00:00Z"), []),
    ],
)
def test_cat_shows_what_lies_between_two_numbers(prcm, options, shown):
    lines = prcm("cat", "--json", *options, WHOLE, code=(EXIT_OK, EXIT_INCOMPLETE)).lines()
    assert numbers([line for line in lines if "seq" in line]) == [*shown]
    assert all(line["closed"] for line in lines if line["event"] == "account")


def test_verify_says_complete_or_exactly_what_is_missing(prcm):
    ran = prcm("verify", OPEN)
    assert ran.text().endswith(f"complete from number 1 to 8, instance {FIRST}\n")
    assert f"{TORN_BYTES} bytes at offset {TORN_AT} at the end are torn" in ran.text()
    text = prcm("verify", DAMAGED, code=EXIT_INCOMPLETE).text()
    assert text.endswith(f"incomplete from number 1 to 16, instance {FIRST}\n")
    assert f"{DAMAGED_BYTES} bytes at offset {DAMAGED_AT} are damaged" in text
    assert "2 image loads (recorded, in a part of the capture that is damaged), among numbers 5..8" in text
    text = prcm("verify", WHOLE, code=EXIT_INCOMPLETE).text()
    assert f"incomplete from number 1 to 96, instance {FIRST}\n" in text
    assert text.endswith(f"complete from number 1 to 8, instance {SECOND}\n")


def test_of_several_captures_the_worst_is_the_exit_code(prcm, tmp_path):
    prcm("verify", OPEN, OPEN)
    prcm("verify", OPEN, DAMAGED, code=EXIT_INCOMPLETE)
    prcm("verify", DAMAGED, OPEN, code=EXIT_INCOMPLETE)
    prcm("verify", DAMAGED, tmp_path / "none.prcm", OPEN, code=1)


def test_a_byte_changed_anywhere_is_found_and_all_else_is_shown(prcm, tmp_path):
    """By the program; by the library, at every byte and bit, in tests/unit."""
    content = OPEN.read_bytes()
    path = tmp_path / "changed.prcm"
    for at in range(0, TORN_AT, 41):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :])
        done = subprocess.run([PROGRAM, "verify", path], capture_output=True, timeout=60)
        assert done.returncode == EXIT_INCOMPLETE, (at, done.stderr)
        assert b"damaged" in done.stdout or b"torn" in done.stdout, at


def test_stats_count_by_kind_image_and_second(prcm):
    text = prcm("stats", OPEN).text()
    for part in ("2  process starts", "2  process exits", "4  image loads", "IMAGES STARTED", "IMAGES LOADED"):
        assert part in text
    (found,) = prcm("stats", "--json", "--top", "1", WHOLE, code=EXIT_INCOMPLETE).lines()
    assert (found["process_start"], found["process_exit"], found["image_load"]) == (6, 7, 12)
    assert found["missing"] == 70 + 9
    assert found["loaded"] == {"top": [{"name": "\\SystemRoot\\a.dll", "count": 6}], "others": 6, "not_known": 0}
    assert [second["count"] for second in found["busiest_seconds"]] == [17]


def test_only_whole_lines_reach_a_pipe_however_reader_and_writer_end():
    """500 times, the writer is killed or the reader goes; what the reader has is whole lines."""
    chance = random.Random(1)
    command = [PROGRAM, "cat", "--json", *[WHOLE] * 300]
    for _ in range(500):
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        had = b""
        for _ in range(chance.randrange(4)):
            had += program.stdout.read1(chance.choice((1, 100, 5000, 70000)))
        if chance.random() < 0.8:
            program.send_signal(signal.SIGKILL)
            had += program.stdout.read()
            assert had.endswith(b"\n") or had == b"", had[-100:]
        program.stdout.close()
        assert program.wait(60) in (-signal.SIGKILL, EXIT_OUTPUT, EXIT_INCOMPLETE)
        assert all(line.startswith(b"{") and line.endswith(b"}") for line in had.splitlines()[:-1])


def test_a_reader_that_goes_ends_it_with_a_message():
    command = [PROGRAM, "cat", "--json", *[WHOLE] * 300]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    program.stdout.readline()
    program.stdout.close()
    assert b"whoever was reading it has gone" in program.stderr.read()
    assert program.wait(60) == EXIT_OUTPUT


def test_convert_writes_what_cat_shows_and_replaces_nothing_unasked(prcm, tmp_path):
    to = tmp_path / "out.jsonl"
    prcm("convert", OPEN, to)
    assert to.read_bytes() == prcm("cat", "--json", OPEN).out
    to.write_bytes(b"a letter")
    ran = prcm("convert", OPEN, to, code=EXIT_OUTPUT)
    assert "--force replaces it" in ran.error and to.read_bytes() == b"a letter"
    prcm("convert", "--force", "--filter", "kind == exit", OPEN, to)
    assert to.read_bytes() == prcm("cat", "--json", "--filter", "kind == exit", OPEN).out
    prcm("convert", DAMAGED, tmp_path / "damaged.csv", code=EXIT_INCOMPLETE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged.csv", "out.jsonl"]


def test_of_what_cannot_be_converted_nothing_is_left(prcm, tmp_path):
    (tmp_path / "letter.prcm").write_bytes(b"a letter")
    prcm("convert", tmp_path / "letter.prcm", tmp_path / "out.csv", code=1)
    prcm("convert", OPEN, tmp_path / "no" / "out.csv", code=EXIT_OUTPUT)
    assert "which format" in prcm("convert", OPEN, tmp_path / "out.xml", code=2).error
    assert [path.name for path in tmp_path.iterdir()] == ["letter.prcm"]


@pytest.mark.parametrize("name", ["csv", "ecs", "ocsf", "sysmon", "trace"])
def test_every_format_is_whole_over_several_captures(prcm, name):
    text = prcm("cat", "--format", name, OPEN, WHOLE, code=EXIT_INCOMPLETE).text()
    if name == "trace":
        assert json.loads(text)
    elif name == "csv":
        rows = list(csv.reader(text.splitlines()))
        assert {len(row) for row in rows} == {len(rows[0])} and rows.count(rows[0]) == 1
    else:
        assert all(json.loads(line) for line in text.splitlines())
