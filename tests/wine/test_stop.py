# SPDX-License-Identifier: MIT
"""The driver stopped and started again, under load and with readers attached."""

import re

from box import wait_until
from prcm import EXIT_STOPPED
from stream import Stream, check_stream

ROUNDS = 20
# Far more than is raised before the stop comes.
LOAD = "raise", "--starts", 100_000, "--exits", 100_000, "--images", 300_000, "--threads", 2


def check_reader_was_told(reader, program):
    """It ends by itself, with the documented exit code and a sentence that says what happened."""
    stream = reader.finish(EXIT_STOPPED, timeout=30)
    assert re.search(r"driver.*stop", program.error_text()), program.error_text()
    return stream


def check_what_was_read(stream):
    """The driver is gone: what was read until then must still add up."""
    assert stream.account is not None, "no account"
    return check_stream(stream)


def test_stopped_under_load_with_readers_and_started_again_20_times(prcm):
    """In turns by `prcm stop` and by a bare `sc stop`. Nobody hangs, readers are told, the instance changes,
    and who resumes with the token of an earlier run is told that what happened meanwhile is unknown."""
    prcm.install()
    instances, token = set(), None
    for round_number in range(ROUNDS):
        prcm.start()
        instances.add(prcm.look().Instance)
        assert len(instances) == round_number + 1, "the instance is a new one"
        readers = [prcm.reader(), prcm.reader("--kind", "start,exit", "--read-bytes", "4K")]
        if token:
            readers.append(prcm.reader("--from", token))
        prcm.wait_for_readers(len(readers))
        feeder, _ = prcm.start_feeder(*LOAD)
        for reader in readers:
            reader.wait_for(50)
        assert feeder.running(), "the load is over too early"
        if round_number % 2:
            prcm.bare_stop()
        else:
            prcm.stop()
        assert prcm.status()["service"] == "stopped"
        streams = [check_reader_was_told(reader, reader.program) for reader in readers]
        feeder.kill()
        check_what_was_read(streams[0])
        assert check_stream(streams[1], filtered=True).account["filtered_driver"]["image_load"] > 0
        if token:
            check_resumed(streams[2], readers[2].program)
        token = streams[0].account["token"]


def check_resumed(stream, program):
    """Of another run of the driver it knows only that something may be missing, and says so."""
    check_what_was_read(stream)
    assert stream.account["from"] == 1
    assert "unknown" in program.error_text(), program.error_text()


def test_resuming_in_another_run_says_that_what_was_between_is_unknown(prcm):
    prcm.install()
    prcm.start()
    prcm.feed_made_up("--starts", 10)
    token = prcm.read_all().account["token"]
    prcm.stop()
    prcm.start()
    truth = prcm.feed_made_up("--starts", 3)
    reader = prcm.reader("--from", token, "--duration", "0")
    stream = check_stream(reader.finish())
    assert "unknown" in reader.program.error_text(), reader.program.error_text()
    assert [event["pid"] for event in stream.events] == [event["pid"] for event in truth]
    assert stream.account["instance"] != "0x" + token.split(":")[0].removeprefix("0x")


def test_stop_without_readers_and_twice(prcm):
    prcm.install()
    prcm.start()
    prcm.stop()
    prcm.run("stop")
    assert prcm.status()["service"] == "stopped"
    prcm.start()
    assert prcm.look().Next == 1


def test_starting_twice_is_fine_and_changes_nothing(driver):
    instance = driver.look().Instance
    driver.start()
    assert driver.look().Instance == instance


def test_uninstall_while_readers_read_ends_them(prcm):
    prcm.install()
    prcm.start()
    reader = prcm.reader()
    prcm.wait_for_readers(1)
    prcm.uninstall()
    check_what_was_read(check_reader_was_told(reader, reader.program))


def test_real_processes_outlive_the_driver(prcm):
    """The driver is stopped while processes are being reported: they run on to their ends."""
    prcm.install()
    prcm.start()
    drive_c = prcm.box.prefix / "drive_c"
    mark = drive_c / "done.txt"
    (drive_c / "long.cmd").write_text(
        "@for /l %%i in (1,1,40) do @cmd /c exit\r\n@echo done>C:\\done.txt\r\n"
    )
    feeder, _ = prcm.start_feeder("run", "--", "cmd", "/c", "C:\\long.cmd")
    reader = prcm.reader("--from", "oldest")
    reader.wait_for(60)
    prcm.stop()
    check_reader_was_told(reader, reader.program)
    assert feeder.wait() in (0, 253)
    wait_until(mark.exists, "the processes run on")
    assert isinstance(Stream.read(reader.program.out).account, dict)
