# SPDX-License-Identifier: MIT
"""What `prcm watch` leaves out, where it ends, and what it does when something is in its way."""

import signal
import subprocess

import pytest

from box import wait_until
from prcm import EXIT_FAILED, EXIT_NO_DRIVER, EXIT_OK, EXIT_OUTPUT, EXIT_USAGE
from stream import check_stream
from truth import check_truth


@pytest.fixture
def filled(driver):
    """(prcm, truth): some processes with their loads, kept by the driver."""
    return driver, driver.feed_made_up("--starts", 20, "--exits", 20, "--images", 60)


def kept(stream, truth, wanted):
    """That the events are those of the truth that are wanted, and no others."""
    numbers = [number for number, event in enumerate(truth, 1) if wanted(event)]
    assert numbers and [event["seq"] for event in stream.events] == numbers
    check_truth(truth, stream, begin=1, filtered=True)


def read_filtered(prcm, *options):
    reader = prcm.reader("--from", "oldest", "--duration", "0", *options)
    return check_stream(reader.finish(), filtered=True)


@pytest.mark.parametrize(
    "kinds, names",
    [
        ("start", {"process_start"}),
        ("exit", {"process_exit"}),
        ("image", {"image_load"}),
        ("start,image", {"process_start", "image_load"}),
    ],
)
def test_kinds_are_left_out_by_the_driver(filled, kinds, names):
    prcm, truth = filled
    stream = read_filtered(prcm, "--kind", kinds)
    kept(stream, truth, lambda event: event["event"] in names)
    account = stream.account
    assert account["filtered_driver"]["total"] == len(truth) - len(stream.events)
    assert account["filtered_console"]["total"] == 0


def test_processes_are_left_out_by_the_driver(filled):
    prcm, truth = filled
    wanted = (1000000, 1000076)
    stream = read_filtered(prcm, "--pid", wanted[0], "--pid", wanted[1])
    kept(stream, truth, lambda event: event["pid"] in wanted)
    assert stream.account["filtered_driver"]["total"] == len(truth) - len(stream.events)


def test_what_the_driver_can_leave_out_for_a_filter_it_does(filled):
    prcm, truth = filled
    stream = read_filtered(prcm, "--filter", 'kind == image and image endswith ".dll"')
    kept(stream, truth, lambda event: event["event"] == "image_load")
    assert stream.account["filtered_console"]["total"] == 0
    stream = read_filtered(prcm, "--filter", "pid in (1000000, 1000076)")
    kept(stream, truth, lambda event: event["pid"] in (1000000, 1000076))
    assert stream.account["filtered_console"]["total"] == 0
    stream = read_filtered(prcm, "--filter", "kind == exit and image endswith '.exe'", "--filter", "exit_status != 3")
    kept(stream, truth, lambda event: event["event"] == "process_exit" and event["exit_status"] != 3)
    assert stream.account["filtered_driver"]["image_load"] == 60
    assert stream.account["filtered_console"]["process_start"] == 20


def test_a_wrong_filter_is_told_with_the_place(prcm):
    program = prcm.box.start(prcm.console, "watch", "--filter", "kind == start and parent_imag == 'x'")
    assert program.wait() == EXIT_USAGE, program.report()
    said, text, mark, more = program.error_text().splitlines()
    assert said == 'prcm: --filter: unknown field "parent_imag"; did you mean parent_image?'
    assert text.index("parent_imag") == mark.index("^") and mark.strip() == "^" + "~" * 10
    assert "help filter" in more


def test_images_are_left_out_by_the_console(filled):
    prcm, truth = filled
    one = truth[0]["image"]
    assert one.startswith("C:\\made-up\\")
    stream = read_filtered(prcm, "--image", one.rsplit("\\", 1)[1].upper())
    kept(stream, truth, lambda event: event["pid"] == truth[0]["pid"] and event["event"] != "image_load")
    assert stream.account["filtered_console"]["total"] == len(truth) - len(stream.events)
    assert stream.account["filtered_driver"]["total"] == 0
    loads = read_filtered(prcm, "--image", "*.dll")
    kept(loads, truth, lambda event: event["event"] == "image_load")
    both = read_filtered(prcm, "--image", "*.dll", "--kind", "start,image", "--image", "C:\\made-up\\*")
    kept(both, truth, lambda event: event["event"] != "process_exit")


def test_count_ends_in_mid_batch_and_its_token_goes_on_from_there(filled):
    prcm, truth = filled
    token, read = None, []
    while len(read) < len(truth):
        stream = prcm.read_all("--count", 17, *(["--from", token] if token else []))
        assert len(stream.events) == min(17, len(truth) - len(read))
        check_truth(truth, stream, begin=1, lossy=True)
        read += [event["seq"] for event in stream.events]
        token = stream.account["token"]
    assert read == list(range(1, len(truth) + 1))


def test_count_waits_for_what_it_counts(driver):
    reader = driver.waiting_reader("--count", "3")
    truth = driver.feed_made_up("--starts", 2)
    driver.wait_for_readers(1)
    truth += driver.feed_made_up("--starts", 2, "--first-pid", 2000000)
    stream = check_stream(reader.finish())
    assert len(stream.events) == 3 and stream.account["unread"]["total"] == 1
    check_truth(truth, stream, begin=1, lossy=True)


def test_duration_ends_by_itself(driver):
    reader = driver.reader("--duration", "0.5")
    stream = check_stream(reader.finish())
    assert not stream.items


def test_ctrl_c_ends_with_the_account(driver):
    for options in ([], ["--json"]):
        program = driver.box.start(driver.console, "watch", *options)
        driver.wait_for_readers(1)
        program.interrupt()
        program.expect(EXIT_OK)
        assert "account" in program.text().lower()


def test_a_closed_pipe_ends_it_clearly(driver):
    """As in `prcm watch | head`: somebody has seen enough."""
    program = driver.box.start(driver.console, "watch", "--json", stdout=subprocess.PIPE)
    driver.wait_for_readers(1)
    program.popen.stdout.close()
    driver.feed_made_up("--starts", 1000)
    program.expect(EXIT_OUTPUT)
    driver.wait_for_readers(0)


def test_a_full_disk_is_said(driver):
    driver.feed_made_up("--starts", 1000)
    with open("/dev/full", "wb") as full:
        program = driver.box.start(
            driver.console, "watch", "--json", "--from", "oldest", "--duration", "0", stdout=full
        )
        program.expect(EXIT_OUTPUT)
    assert program.error_text().strip(), "it says nothing"


def test_a_watch_that_is_killed_leaves_nothing_in_the_driver(driver):
    program = driver.box.start(driver.console, "watch", "--json")
    driver.wait_for_readers(1)
    program.kill()
    wait_until(lambda: driver.look().Sessions == 1, "its session is gone")
    assert driver.look().Waiting == 0


def test_a_stopped_console_holds_up_nobody(driver):
    """A reader that does not read, because it does not run at all."""
    halted = driver.waiting_reader()
    halted.program.popen.send_signal(signal.SIGSTOP)
    try:
        other = driver.reader("--from", "oldest")
        truth = driver.feed_made_up("--starts", 500, "--exits", 500, "--images", 3000)
        other.wait_for(4000)
        check_truth(truth, check_stream(other.end()), begin=1)
    finally:
        halted.program.popen.send_signal(signal.SIGCONT)
    driver.wait_for_readers(1)
    check_truth(truth, check_stream(halted.end()), begin=1)


def test_without_a_driver_it_says_what_to_do(prcm):
    assert "prcm install" in prcm.run("watch", code=EXIT_NO_DRIVER).error_text()
    prcm.install()
    assert "prcm start" in prcm.run("watch", code=EXIT_NO_DRIVER).error_text()


@pytest.mark.parametrize(
    "options",
    [
        ["--kind", "thread"],
        ["--kind", ""],
        ["--pid", "-1"],
        ["--pid", "4294967296"],
        ["--from", "0"],
        ["--from", "tomorrow"],
        ["--from", "0x1:2:3"],
        ["--count", "0"],
        ["--duration", "-1"],
        ["--read-bytes", "263"],
        ["--read-bytes", "2M"],
        ["--colour"],
        ["operand"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_refused(driver, options):
    program = driver.run("watch", *options, code=EXIT_USAGE)
    assert not program.text() and program.error_text().strip()


def test_a_number_or_token_that_cannot_be_is_refused(driver):
    driver.feed_made_up("--starts", 3)
    token = driver.read_all().account["token"]
    beyond = token.replace(":4:3,0,0,0:", ":5:4,0,0,0:")
    assert beyond != token
    for place in ("5", "18446744073709551615", beyond):
        program = driver.run("watch", "--json", "--from", place, "--duration", "0", code=EXIT_FAILED)
        assert "token" in program.error_text(), program.error_text()


def test_the_text_for_people_has_the_same_events(filled):
    """A line for each event with its process id, and the account at the end."""
    prcm, truth = filled
    shown = prcm.run("watch", "--from", "oldest", "--duration", "0", "--color", "never").text()
    assert "\x1b" not in shown
    lines = shown.splitlines()
    for event in truth:
        name = (event.get("image") or "").rsplit("\\", 1)[-1]
        assert any(str(event["pid"]) in line and name in line for line in lines), event
    assert f"{len(truth)}" in "\n".join(lines[-12:])


def test_no_color_is_respected_even_by_auto(filled):
    prcm, _ = filled
    program = prcm.box.run(
        prcm.console, "watch", "--from", "oldest", "--duration", "0", environment={"NO_COLOR": "1"}
    )
    assert "\x1b" not in program.text()


def test_the_help_and_the_exit_codes_are_there(prcm):
    for command in ("install", "uninstall", "start", "stop", "status", "watch", "selftest"):
        text = prcm.run(command, "--help").text()
        assert text.startswith(f"usage: prcm {command}"), text
    assert "exit codes:" in prcm.run("--help").text()
    prcm.run("no-such-command", code=EXIT_USAGE)


def test_a_command_that_fails_is_reported_whole(driver):
    """The feeder's COMMAND that ends badly, or is none: what happened until then is there."""
    truth = driver.feed_command("cmd", "/c", "no-such-program & exit 9", code=9)
    check_truth(truth, driver.read_all(), begin=1)
    program, _ = driver.start_feeder("run", "--", "C:\\no-such-program.exe")
    program.expect(252)
    assert driver.look().Next == len(truth) + 1
