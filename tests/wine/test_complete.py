# SPDX-License-Identifier: MIT
"""docs/complete.jq: outputs, whatever became of them, prove what is there and name what is not."""

import json
import random
import subprocess

import pytest

from conftest import ROOT
from prcm import EXIT_STOPPED, MIB
from stream import check_stream


def judge(*outputs):
    """What complete.jq says of them, by (host, instance)."""
    raw = "".join(json.dumps(line) + "\n" for output in outputs for line in output)
    done = subprocess.run(
        ["jq", "-n", "-R", "-c", "-f", ROOT / "docs" / "complete.jq"],
        input=raw.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    by_run = {(one["host"], one["instance"]): one for one in said}
    assert len(by_run) == len(said)
    return by_run


def judge_one(*outputs):
    (one,) = judge(*outputs).values()
    return one


def whole(first, last, **more):
    """What is said of an output that is all there."""
    nothing = {"missing": 0, "among": [], "lost": 0, "filtered": 0, "not_read": [], "unfinished": 0}
    return nothing | {"complete": True, "from": first, "to": last, **more}


def differs(one, **wanted):
    """Where it differs from what was wanted."""
    return {name: one[name] for name in wanted if one[name] != wanted[name]}


def read(prcm, *options):
    """Lines of all that is there."""
    reader = prcm.reader("--from", "oldest", "--duration", "0", *options)
    check_stream(reader.finish(), filtered=True)
    return reader.lines()


def without(lines, *numbers):
    return [line for line in lines if line.get("seq") not in numbers]


@pytest.fixture
def filled(driver):
    driver.feed_made_up("--starts", 20, "--exits", 20, "--images", 60)
    return driver


def test_real_output_is_complete(filled):
    assert not differs(judge_one(read(filled)), **whole(1, 100))
    assert not differs(judge_one(read(filled, "--from", "41")), **whole(41, 100))
    assert not differs(judge_one(read(filled, "--from", "now")), **whole(101, 100))


def test_each_line_that_was_deleted_is_named(filled):
    lines = read(filled)
    for numbers, ranges in [((1,), [[1, 1]]), ((100,), [[100, 100]]), ((17, 18, 40), [[17, 18], [40, 40]])]:
        one = judge_one(without(lines, *numbers))
        assert not differs(one, **whole(1, 100, complete=False, missing=len(numbers), among=ranges))


@pytest.mark.parametrize("options", [["--kind", "start,exit"], ["--pid", "1000000"], ["--image", "*.dll"]])
def test_with_a_filter_it_is_known_how_many_lines_are_missing_and_among_which_numbers(filled, options):
    lines = read(filled, *options)
    filtered = 100 - (len(lines) - 2)
    assert filtered > 0 and not differs(judge_one(lines), **whole(1, 100, filtered=filtered))
    gone = lines[1]["seq"]
    one = judge_one(without(lines, gone))
    assert not differs(one, complete=False, missing=1, filtered=filtered)
    assert any(first <= gone <= last for first, last in one["among"])


def test_what_was_lost_is_accounted_for_and_a_deleted_loss_is_missing(prcm):
    prcm.install("--image-lane", "2M")
    prcm.start()
    prcm.feed_made_up("--starts", 2, "--exits", 2, "--images", 20_000)
    lines = read(prcm, "--from", "1")
    lost = lines[-1]["lost"]["total"]
    assert lost > 0 and not differs(judge_one(lines), **whole(1, 20_004, lost=lost))
    hole = next(line for line in lines if line["event"] == "lost")
    one = judge_one([line for line in lines if line is not hole])
    ends = [hole["first_seq"], hole["next_seq"] - 1]
    assert not differs(one, complete=False, missing=hole["count"], among=[ends], lost=lost)


def test_an_output_and_the_one_that_goes_on_from_its_token_are_one(filled):
    first = read(filled, "--count", "37")
    second = read(filled, "--from", first[-1]["token"])
    assert not differs(judge_one(first, second), **whole(1, 100))
    assert not differs(judge_one(second, first), **whole(1, 100))
    late = read(filled, "--from", "51")
    one = judge_one(first, late)
    assert not differs(one, **whole(1, 100, complete=False, not_read=[[38, 50]]))


def test_a_reader_that_was_killed_proves_what_it_wrote(driver):
    reader = driver.waiting_reader()
    driver.feed_made_up("--starts", 10)
    driver.wait_for_readers(1)
    reader.program.kill()
    lines = reader.lines()
    assert not differs(judge_one(lines), **whole(1, 10, unfinished=1))
    one = judge_one(without(lines, 4))
    assert not differs(one, **whole(1, 10, complete=False, missing=1, among=[[4, 4]], unfinished=1))
    one = judge_one(lines[1:])
    assert not differs(one, complete=False, missing=None), "nothing says what was asked for"


def test_two_runs_of_the_driver_and_two_hosts_are_told_apart_however_shuffled(filled):
    """The second reader has the token of the first run; each line says of which run it is."""
    first = read(filled)
    filled.stop()
    filled.start()
    filled.feed_made_up("--starts", 30, "--first-pid", 2000000)
    second = read(filled, "--from", first[-1]["token"])
    assert (first[0]["resume"], second[0]["resume"]) == ("exact", "other_instance")
    assert second[0]["from_token"] == first[-1]["token"]
    assert first[0]["instance"] != second[0]["instance"] == second[-1]["instance"]
    assert first[0]["boot"] == second[0]["boot"] and first[0]["host"] == second[0]["host"]

    elsewhere = [line | {"host": "elsewhere"} for line in without(second, 3)]
    together = [*first, *second, *elsewhere]
    random.Random(1).shuffle(together)
    said = judge(together)
    host, (one, other) = first[0]["host"], (lines[0]["instance"] for lines in (first, second))
    assert said.keys() == {(host, one), (host, other), ("elsewhere", other)}
    assert not differs(said[host, one], **whole(1, 100))
    assert not differs(said[host, other], **whole(1, 30))
    assert not differs(said["elsewhere", other], **whole(1, 30, complete=False, missing=1, among=[[3, 3]]))


def test_an_output_that_the_driver_ended_is_complete_up_to_there(filled):
    reader = filled.waiting_reader("--from", "oldest")
    filled.stop()
    reader.finish(EXIT_STOPPED)
    assert not differs(judge_one(reader.lines()), **whole(1, 100))


def test_a_large_output_takes_no_more_than_seconds(prcm):
    """Nothing in it grows with the square of the lines."""
    prcm.install("--image-lane", f"{64 * MIB}")
    prcm.start()
    prcm.feed_made_up("--starts", 1, "--images", 100_000)
    lines = read(prcm, "--kind", "image")
    assert len(lines) > 100_000 and judge_one(lines)["complete"]
