# SPDX-License-Identifier: MIT
"""`prcm record`: what the driver told is in the capture, once, whatever ends the recording; and this machine's prcm
shows it as watch did in the box."""

import random
import time

import pytest

from box import wait_until
from prcm import EXIT_FAILED, EXIT_INCOMPLETE, EXIT_NO_DRIVER, EXIT_STOPPED, EXIT_USAGE
from stream import Stream, check_stream
from truth import check_truth

MADE_UP = ("--starts", 20, "--exits", 20, "--images", 60)
BUDGET = ("--budget", "512K", "--rotate-size", "64K")


@pytest.fixture
def capture(box):
    return box.logs / "night.prcm"


def shown(prcm, capture, **more):
    """The capture's stream, checked in itself."""
    return check_stream(Stream(prcm.cat_lines(capture, **more)))


def test_a_capture_shows_elsewhere_what_watch_showed(driver, capture):
    truth = driver.feed_command("cmd", "/c", "cmd /c exit 3 & exit 7", code=7)
    truth += driver.feed_made_up(*MADE_UP)
    text = driver.box.run(driver.console, "watch", "--from", "1", "--duration", "0").out.read_bytes()
    lines = driver.reader("--from", "1", "--duration", "0").finish().lines
    driver.record_all(capture)
    recorded = driver.cat_lines(capture)
    for stream in recorded, lines:
        del stream[0]["time"]
    assert recorded == lines
    assert driver.cat(capture) == text.replace(b"\r\n", b"\n")
    check_truth(truth, check_stream(Stream(driver.cat_lines(capture))))


def test_a_file_that_exists_stays_as_it_is_unless_it_is_said(driver, capture):
    driver.feed_made_up(*MADE_UP)
    capture.write_bytes(b"a letter")
    error = driver.record_all(capture, code=EXIT_FAILED).error_text()
    assert "exists already" in error and "--append" in error and "--force" in error
    assert capture.read_bytes() == b"a letter"
    assert "not a capture" in driver.record_all(capture, "--append", code=EXIT_FAILED).error_text()
    assert capture.read_bytes() == b"a letter"
    driver.record_all(capture, "--force")
    assert shown(driver, capture).events


def test_without_a_driver_no_file_comes_into_being(prcm, capture):
    prcm.record_all(capture, code=EXIT_NO_DRIVER)
    assert not capture.exists()


def test_what_was_taken_is_on_the_disk_within_a_second(driver, capture, tmp_path):
    program = driver.record(capture)
    driver.wait_for_readers(1)
    truth = driver.feed_made_up(*MADE_UP)
    time.sleep(1)
    copy = tmp_path / "copy.prcm"
    copy.write_bytes(capture.read_bytes())
    check_truth(truth, shown(driver, copy))
    program.interrupt()
    program.expect()


def test_appending_goes_on_with_each_event_once(driver, capture):
    truth = driver.feed_made_up(*MADE_UP)
    driver.record_all(capture)
    truth += driver.feed_made_up(*MADE_UP)
    driver.record_all(capture, "--append")
    driver.record_all(capture, "--append")
    check_truth(truth, shown(driver, capture))


def test_a_recording_that_is_killed_at_any_time_goes_on_with_each_event_once(driver, capture):
    """The box's own clock decides where each dies; the seed says how long it is let."""
    chance = random.Random(1)
    truth = driver.feed_made_up(*MADE_UP)
    driver.record_all(capture)
    for _ in range(12):
        program = driver.record(capture, "--append")
        truth += driver.feed_made_up(*MADE_UP)
        time.sleep(chance.uniform(0, 0.8))
        program.kill()
        wait_until(lambda: driver.look().Sessions == 1, "the driver has noticed")
    driver.record_all(capture, "--append")
    check_truth(truth, shown(driver, capture))


def test_a_torn_end_is_cut_back_and_said(driver, capture):
    truth = driver.feed_made_up(*MADE_UP)
    driver.record_all(capture)
    with capture.open("ab") as file:
        file.write(bytes(4096))
    assert "torn" in driver.record_all(capture, "--append").error_text()
    check_truth(truth, shown(driver, capture))


def test_what_was_lost_before_it_was_recorded_is_told_and_the_capture_is_incomplete(driver, capture):
    driver.feed_made_up(*MADE_UP)
    driver.record_all(capture)
    driver.feed_made_up("--starts", 5, "--exits", 5, "--images", 200000)
    assert "lost" in driver.record_all(capture, "--append", code=EXIT_INCOMPLETE).text()
    stream = shown(driver, capture, code=EXIT_INCOMPLETE)
    assert stream.losses()["image_load", "evicted"] > 0
    assert not stream.losses()["process_start", "evicted"]


def test_a_restarted_driver_is_another_run_in_the_same_file(driver, capture):
    driver.feed_made_up(*MADE_UP)
    driver.record_all(capture)
    driver.stop()
    driver.start()
    driver.feed_made_up("--starts", 1)
    driver.record_all(capture, "--append")
    lines = driver.cat_lines(capture)
    heads = [line["instance"] for line in lines if line["event"] == "stream"]
    accounts = [line for line in lines if line["event"] == "account"]
    assert len(heads) == len(set(heads)) == len(accounts) == 2
    assert [account["closed"] for account in accounts] == [True, True]
    assert [account["captured"]["total"] for account in accounts] == [100, 1]


def test_a_stopped_driver_ends_a_recording_that_is_whole(driver, capture):
    program = driver.record(capture)
    driver.wait_for_readers(1)
    truth = driver.feed_made_up(*MADE_UP)
    driver.stop()
    assert "prcm start" in program.expect(EXIT_STOPPED).error_text()
    check_truth(truth, shown(driver, capture))


def test_a_folder_is_rotated_and_gone_on_with(driver, box):
    folder = box.logs / "captures"
    truth = driver.feed_made_up(*MADE_UP)
    driver.record_all(folder)
    for _ in range(3):
        truth += driver.feed_made_up(*MADE_UP)
        driver.record_all(folder)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 4 and all(name.startswith("prcm-") and name.endswith(".prcm") for name in names)
    check_truth(truth, shown(driver, folder))


@pytest.fixture
def full_folder(driver, box):
    """A folder that has more than BUDGET, most of it in its oldest file."""
    folder = box.logs / "captures"
    driver.record_all(folder)
    oldest = folder / "prcm-20200101T000000000Z-00000000000000000001.prcm"
    oldest.write_bytes(bytes(600 * 1024))
    driver.feed_made_up(*MADE_UP)
    return folder, oldest


def test_a_budget_deletes_the_oldest(driver, full_folder):
    folder, oldest = full_folder
    driver.record_all(folder, *BUDGET)
    assert not oldest.exists()
    assert len(shown(driver, folder).events) == 100


def test_what_has_not_been_read_is_not_deleted(driver, full_folder):
    folder, oldest = full_folder
    error = driver.record_all(folder, *BUDGET, "--keep-until-read").error_text()
    assert "over its budget" in error and oldest.exists()
    oldest.with_name(oldest.name + ".read").touch()
    driver.feed_made_up(*MADE_UP)
    driver.record_all(folder, *BUDGET, "--keep-until-read")
    assert not oldest.exists()


def test_what_was_shown_whole_is_marked_as_read(driver, box):
    folder = box.logs / "captures"
    driver.feed_made_up(*MADE_UP)
    driver.record_all(folder)
    driver.cat(folder, "--mark-read")
    (capture,) = folder.glob("*.prcm")
    assert capture.with_name(capture.name + ".read").exists()


@pytest.mark.parametrize(
    "arguments, why",
    [
        ((), "one file or folder"),
        (("a.prcm", "b.prcm"), "one file or folder"),
        (("--append", "--force", "a.prcm"), "begin it anew"),
        (("--append", "--from", "1", "a.prcm"), "where it ends"),
        (("--append", "folder"), "a folder"),
        (("--budget", "1M", "a.prcm"), "only a folder"),
        (("--keep-until-read", "folder"), "--budget"),
        (("--budget", "1", "folder"), "512K"),
        (("--budget", "1M", "--rotate-size", "1M", "folder"), "half"),
        (("--name", "../up", "folder"), "letters"),
        (("--rotate-age", "0", "folder"), "seconds"),
    ],
)
def test_wrong_arguments_are_refused(prcm, arguments, why):
    program = prcm.box.start(prcm.console, "record", *arguments)
    assert program.wait() == EXIT_USAGE and why in program.error_text(), program.report()
