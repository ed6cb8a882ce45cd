# SPDX-License-Identifier: MIT
"""Real processes: a tree of them, and a burst, through each tier of the notify routines."""

import collections
import re

import pytest

from stream import check_stream
from truth import check_truth

# Shells within shells, a program with many DLLs, several at once; in the box as C:\tree.cmd.
TREE = r"""
@echo off
cmd /c cmd /c cmd /c exit 3
dxdiag /whql:off /t C:\dxdiag.txt
for /l %%i in (1,1,6) do start /b cmd /c exit %%i
exit 5
"""
EX2, EX, BASE = (
    "PsSetCreateProcessNotifyRoutineEx2",
    "PsSetCreateProcessNotifyRoutineEx",
    "PsSetCreateProcessNotifyRoutine",
)
IMAGE_EX, IMAGE_BASE = "PsSetLoadImageNotifyRoutineEx", "PsSetLoadImageNotifyRoutine"
IN_USE = {"ex2": (EX2, IMAGE_EX), "ex": (EX, IMAGE_BASE), "base": (BASE, IMAGE_BASE)}
ACCESS_DENIED = "0xC0000022"


def states(routines):
    """What became of each routine, by name."""
    return {routine["routine"]: routine["state"] for routine in routines}


def in_use(status):
    """The process routine and the image routine that the driver says it uses."""
    return tuple(
        next(routine["routine"] for routine in status[which] if routine["state"] == "in_use")
        for which in ("process_routines", "image_routines")
    )


def feed_tree(prcm):
    path = prcm.box.prefix / "drive_c" / "tree.cmd"
    path.write_text(TREE.strip().replace("\n", "\r\n") + "\r\n")
    return prcm.feed_command("cmd", "/c", "C:\\tree.cmd", code=5)


def check_tree(truth):
    """That the tree was one worth looking at: as deep and as wide as was asked for, with its exit codes."""
    starts = {event["pid"]: event for event in truth if event["event"] == "process_start"}
    exits = collections.Counter(event["exit_status"] for event in truth if event["event"] == "process_exit")
    loads = collections.Counter(event["pid"] for event in truth if event["event"] == "image_load")
    assert len(starts) >= 11 and sum(exits.values()) == len(starts)
    assert exits >= collections.Counter([1, 2, 3, 4, 5, 6, 3, 3, 3, 5])
    assert all(loads[pid] >= 3 for pid in starts), "each process maps its own image, ntdll and kernel32"
    assert max(loads.values()) > 30, "one of them has many DLLs"

    def depth(pid):
        return 1 + depth(starts[pid]["parent_pid"]) if pid in starts else 0

    assert max(map(depth, starts)) == 4


def check_creators(truth):
    """The feeder knows who created its command, and of nobody else: a parent need not be the creator."""
    root, *others = [event for event in truth if event["event"] == "process_start"]
    assert root["creator_pid"] == root["parent_pid"] and root["creator_tid"] == root["tid"] != 0
    for event in others:
        assert (event["creator_pid"], event["creator_tid"], event["tid"]) == (None, None, 0)


@pytest.mark.parametrize("tier", IN_USE)
def test_a_tree_of_processes_is_all_there_in_order_on_every_tier(prcm, tier):
    prcm.install(offer=["--tier", tier])
    prcm.start()
    assert in_use(prcm.status()) == IN_USE[tier]
    reader = prcm.waiting_reader()
    truth = feed_tree(prcm)
    prcm.wait_for_readers(1)
    stream = check_stream(reader.end())
    check_tree(truth)
    check_creators(truth)
    assert {event["tier"] for event in truth if event["event"] == "process_start"} == {tier}
    assert len(stream.events) == len(truth) and not stream.holes
    check_truth(truth, stream, begin=1)


def test_a_refused_routine_falls_to_the_next_and_status_tells_why(prcm):
    prcm.install(offer=["--refuse", f"{EX2}={ACCESS_DENIED}", "--hide", IMAGE_EX])
    prcm.start()
    status = prcm.status()
    assert in_use(status) == (EX, IMAGE_BASE)
    refused = status["process_routines"][0]
    assert (refused["routine"], refused["refused_with"]) == (EX2, ACCESS_DENIED) and refused["reason"]
    hidden = status["image_routines"][0]
    assert (hidden["routine"], hidden["refused_with"]) == (IMAGE_EX, "0xC000007A")
    truth = prcm.feed_made_up("--starts", 5, "--images", 20, "--exits", 5)
    check_truth(truth, prcm.read_all(), begin=1)


@pytest.mark.parametrize("refused", [(EX2, EX, BASE), (IMAGE_EX, IMAGE_BASE)], ids=["process", "image"])
def test_if_every_routine_is_refused_start_fails_and_leaves_nothing(prcm, refused):
    offer = [word for routine in refused for word in ("--refuse", f"{routine}={ACCESS_DENIED}")]
    prcm.install(offer=offer)
    failed = prcm.run("start", code=1)
    assert "no notify routine" in failed.error_text(), failed.error_text()
    assert prcm.status()["service"] == "stopped"
    prcm.offer()
    prcm.start()
    truth = prcm.feed_made_up("--starts", 2, "--exits", 2)
    check_truth(truth, prcm.read_all(), begin=1)


def check_findings(report):
    """What the report tells beyond the test, as Wine is. It has no 32-bit programs here, and no clones."""
    for line in (
        r"code integrity .*; Secure Boot .*; kernel shadow stacks .*",
        r"Driver Verifier, at the next start: no drivers",
        r"image loads of each of 100 processes: executable 1, ntdll\.dll 1, all \d+( to \d+)?; "
        r"before the start 0, after the exit 0",
        r"a file mapped as an image, and not run: told as 1 image load",
        r"the same without execute rights: told as 1 image load",
        r"a 32-bit cmd\.exe that ends with 7: not tried, Windows error \d+",
        r"a clone of prcm\.exe, without a thread: not tried, Windows error 127",
        r"paths of starts: \\Device 0, \\\?\? 30\d, \\SystemRoot 0, other 0, none 0; "
        r"as opened 30\d, perhaps not 0",
        r"paths of image loads: \\Device [\d,]+, \\\?\? 0, \\SystemRoot 0, other 0, none 0",
    ):
        assert re.search(f"^{line}$", report, re.MULTILINE), f"{line}\n{report}"


def test_a_burst_of_300_processes_is_all_there_by_both_lists(driver):
    """By the feeder's list, and by that of selftest, which starts them and writes down by itself what it
    did."""
    reader = driver.waiting_reader()
    report = driver.box.logs / "report.txt"
    selftest = ("selftest", "300", "--at-once", "16", "--report", driver.box.windows(report))
    feeder, path = driver.start_feeder("run", "--", driver.console, *selftest)
    feeder.expect(0, timeout=300)
    driver.wait_for_readers(1)
    stream = check_stream(reader.end())

    told = report.read_text()
    said = feeder.text() + told
    assert len(re.findall(r"^300 of 300:", said, re.MULTILINE)) == 2, said
    check_findings(told)
    truth = driver.truth_of(path)
    assert sum(event["event"] == "process_start" for event in truth) >= 301
    assert len(stream.events) == len(truth) and not stream.holes
    check_truth(truth, stream, begin=1)
