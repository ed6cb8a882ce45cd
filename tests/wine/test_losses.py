# SPDX-License-Identifier: MIT
"""Lanes that are too small for what comes: what is lost is told exactly, by kind and cause, where it is
missing."""

import collections

import pytest

from prcm import EXIT_LOST, EXIT_OK, EXIT_STOPPED, MIB
from stream import Stream, check_stream, hole_ends
from truth import check_truth

LIFECYCLE = ("process_start", "process_exit")
STARTS, IMAGES = 200, 200_000


def kinds_of(events):
    return collections.Counter(event["event"] for event in events)


def check_losses(prcm, truth, stream):
    """The stream's own account is already found to add up: here, against the truth and the driver's
    counters."""
    check_truth(truth, stream, begin=1, lossy=True)
    raised, read = kinds_of(truth), kinds_of(stream.events)
    lost = collections.Counter()
    causes = collections.Counter()
    for (kind, cause), count in stream.losses().items():
        lost[kind] += count
        causes[cause] += count
    assert lost == raised - read, "lost is what was raised and not read"
    status = prcm.status()
    for cause in ("evicted", "dropped"):
        assert causes[cause] == status[cause]["total"], cause
    assert causes["unknown"] == 0


def test_a_flood_of_200000_image_loads_pushes_out_no_start_and_no_exit(prcm):
    prcm.install("--image-lane", "2M")
    prcm.start()
    reader = prcm.waiting_reader("--kind", "start,exit")
    truth = prcm.feed_made_up("--starts", STARTS, "--exits", STARTS, "--images", IMAGES)
    assert kinds_of(truth) == {"process_start": STARTS, "process_exit": STARTS, "image_load": IMAGES}

    prcm.wait_for_readers(1)
    lifecycle = check_stream(reader.end(), filtered=True)
    assert lifecycle.account["lost"]["total"] == 0 and not lifecycle.holes
    check_truth(truth, lifecycle, begin=1, filtered=True)
    assert kinds_of(lifecycle.events) == {"process_start": STARTS, "process_exit": STARTS}

    everything = prcm.read_all()
    kinds = kinds_of(everything.events)
    assert kinds["process_start"] == kinds["process_exit"] == STARTS
    assert everything.account["lost"]["image_load"] == everything.account["lost"]["total"] > IMAGES // 2
    check_losses(prcm, truth, everything)
    # The evicted are the oldest: the image loads that were kept are the last ones, without a hole.
    loads = [event["seq"] for event in everything.of("image_load")]
    numbers = [number for number, event in enumerate(truth, 1) if event["event"] == "image_load"]
    assert loads == numbers[-len(loads) :]
    assert everything.holes[-1][0]["next_seq"] <= loads[0]


def test_a_flood_from_several_threads_loses_no_start_and_no_exit_either(prcm):
    prcm.install("--image-lane", "2M")
    prcm.start()
    reader = prcm.waiting_reader()
    truth = prcm.feed_made_up("--starts", STARTS, "--exits", STARTS, "--images", 40_000, "--threads", 4)
    prcm.wait_for_readers(1)
    stream = check_stream(reader.end())
    raised, read = kinds_of(truth), kinds_of(stream.events)
    assert [read[kind] for kind in LIFECYCLE] == [STARTS] * 2
    lost = stream.account["lost"]
    assert lost["image_load"] == lost["total"] == raised["image_load"] - read["image_load"]


@pytest.mark.parametrize("lane", [2, 4])
def test_a_lifecycle_lane_overflowed_with_64_kib_command_lines_is_exact_too(prcm, lane):
    prcm.install("--lifecycle-lane", f"{lane}M")
    prcm.start()
    beginning = prcm.read_all().account["token"]
    truth = prcm.feed_made_up("--starts", 200, "--exits", 200, "--images", 400, "--command-line-bytes", 65534)
    stream = prcm.read_all("--from", beginning)
    read = kinds_of(stream.events)
    assert read["image_load"] == 400, "the other lane is undisturbed"
    starts = stream.of("process_start")
    assert lane * MIB // 70_000 <= len(starts) < lane * MIB // 65_534, "as many as fit"
    assert {len(event["command_line"]) for event in starts} == {32767}, "whole"
    check_losses(prcm, truth, stream)


def test_an_overtaken_reader_is_told_and_goes_on(prcm):
    """A reader in mid-stream: its hole is told between the last event before it and the first behind it."""
    prcm.install("--image-lane", "2M")
    prcm.start()
    reader = prcm.waiting_reader("--read-delay", "100", "--read-bytes", "32K")
    truth = prcm.feed_made_up("--starts", 100, "--exits", 100, "--images", 30_000)
    prcm.wait_for_readers(1)
    stream = check_stream(reader.end())
    assert stream.account["lost"]["image_load"] == stream.account["lost"]["total"] > 0
    assert kinds_of(stream.events)["process_exit"] == 100
    check_truth(truth, stream, begin=1, lossy=True)
    first = stream.items[0]
    assert isinstance(first, dict) and first["seq"] == 1, "it had something before it was overtaken"


def test_whoever_watches_sees_a_loss_in_red_and_in_words(prcm):
    prcm.install("--image-lane", "2M")
    prcm.start()
    prcm.feed_made_up("--starts", 2, "--exits", 2, "--images", 20_000)
    shown = prcm.run("watch", "--from", "oldest", "--duration", "0", "--color", "always").text().splitlines()
    red = [line for line in shown if "\x1b[1;31m" in line]
    lost = prcm.read_all().account["lost"]["image_load"]
    assert any("lost" in line.lower() and "image load" in line for line in red), red[:3]
    assert any(f"{lost:,}" in line for line in shown), f"{lost:,} is said nowhere"


def places(stream):
    """The numbers of the events and the ends of the holes."""
    return [hole_ends(item) if isinstance(item, list) else item["seq"] for item in stream.items]


def watch_what_is_left(prcm, *options, code):
    return prcm.run("watch", "--json", "--from", "1", "--duration", "0", *options, code=code)


@pytest.fixture
def overflowed(prcm):
    """Image loads are missing before the first that is kept, and starts and exits are not."""
    prcm.install("--image-lane", "2M")
    prcm.start()
    prcm.feed_made_up("--starts", 2, "--exits", 2, "--images", 20_000)
    return prcm


def test_a_loss_is_no_failure_unless_asked_for(overflowed):
    for options in ([], ["--on-loss", "ignore"]):
        program = watch_what_is_left(overflowed, *options, code=EXIT_OK)
        assert "lost" not in program.error_text()


def test_on_loss_warn_reads_all_says_how_much_and_fails(overflowed):
    program = watch_what_is_left(overflowed, "--on-loss", "warn", code=EXIT_LOST)
    stream = check_stream(Stream.read(program.out))
    assert stream.account["unread"]["total"] == 0
    said = f"prcm: {stream.account['lost']['total']} events were lost"
    assert said in program.error_text().splitlines()[-1]


def test_on_loss_exit_ends_behind_the_first_hole_with_a_token_to_go_on(overflowed):
    program = watch_what_is_left(overflowed, "--on-loss", "exit", code=EXIT_LOST)
    first = check_stream(Stream.read(program.out))
    assert isinstance(first.items[-1], list) and len(first.holes) == 1
    assert first.account["next"] == first.holes[0][0]["next_seq"]
    assert first.account["unread"]["total"] > 0
    said = f"prcm: {first.account['lost']['total']} events were lost, so reading has ended"
    assert said in program.error_text()
    rest = overflowed.read_all("--from", first.account["token"])
    whole = overflowed.read_all("--from", "1")
    assert places(first) + places(rest) == places(whole)


@pytest.mark.parametrize("action", ["warn", "exit"])
def test_without_a_loss_on_loss_changes_nothing(driver, action):
    truth = driver.feed_made_up("--starts", 5, "--exits", 5, "--images", 5)
    program = watch_what_is_left(driver, "--on-loss", action, code=EXIT_OK)
    check_truth(truth, check_stream(Stream.read(program.out)), begin=1)
    assert not program.error_text()


def test_a_driver_that_stops_is_the_reason_even_where_something_was_lost(overflowed):
    reader = overflowed.reader("--from", "oldest", "--on-loss", "warn")
    overflowed.wait_for_readers(1)
    overflowed.stop()
    stream = reader.finish(EXIT_STOPPED)
    assert stream.account["lost"]["total"] > 0 and "events were lost" in reader.program.error_text()


def test_settings_out_of_range_are_clamped_and_reported(prcm):
    prcm.install("--lifecycle-lane", "1", "--image-lane", "3000000")
    prcm.start()
    lanes = prcm.status()["lanes"]
    assert lanes["lifecycle"] | {"used": 0} == {
        "bytes": 2 * MIB,
        "requested": 1,
        "clamped": True,
        "used": 0,
        "oldest": 0,
    }
    assert lanes["image"] | {"used": 0} == {
        "bytes": 4 * MIB,
        "requested": 3_000_000,
        "clamped": True,
        "used": 0,
        "oldest": 0,
    }
    truth = prcm.feed_made_up("--starts", 3, "--images", 3, "--exits", 3)
    check_truth(truth, prcm.read_all(), begin=1)


def test_a_kind_that_is_not_captured_takes_no_number(prcm):
    prcm.install("--kind", "start,exit")
    prcm.start()
    truth = prcm.feed_made_up("--starts", 50, "--exits", 50, "--images", 500)
    captured = [event for event in truth if event["event"] != "image_load"]
    stream = prcm.read_all()
    assert prcm.look().Next == 101
    check_truth(captured, stream, begin=1)
