# SPDX-License-Identifier: MIT
"""tools/demo: what it shows is all there, and whatever ends it, it leaves nothing running."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import time

import pytest

from box import processes_of, wait_until
from conftest import OWN_BUILD, ROOT, TREE
from stream import Stream, check_stream

DEMO = ROOT / "tools" / "demo"
PREFIX = OWN_BUILD / "demo" / "prefix"
TIMEOUT = 180
INTERRUPTED = 130


class Demo:
    """A demo under way, in a process group of its own, as a shell starts it."""

    def __init__(self, directory, *arguments, stdout=None):
        self.out, self.err = directory / "demo.out", directory / "demo.err"
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.popen = subprocess.Popen(
                [DEMO, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=stdout if stdout is not None else out,
                stderr=err,
                env={**os.environ, "PRCM_BUILD": str(OWN_BUILD)},
                start_new_session=True,
            )

    def said(self):
        return self.err.read_text(errors="replace")

    def report(self):
        return f"{self.said()}\n--- standard output\n{self.out.read_text(errors='replace')[-2000:]}"

    def wait_for(self, text):
        def there():
            return text in self.said() + self.out.read_text(errors="replace") or self.popen.poll() is not None

        wait_until(there, f"the demo says {text!r}", TIMEOUT)
        assert self.popen.poll() is None, self.report()

    def expect(self, code):
        """Waits for its end; nothing of it may be left."""
        try:
            got = self.popen.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.end()
            pytest.fail(f"the demo hangs:\n{self.report()}")
        assert got == code, f"exit code {got}:\n{self.report()}"
        assert not processes_of(PREFIX), "left running"

    def end(self):
        if self.popen.poll() is None:
            os.killpg(self.popen.pid, signal.SIGTERM)
            try:
                self.popen.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                os.killpg(self.popen.pid, signal.SIGKILL)
                self.popen.wait()


@pytest.fixture
def start_demo(tmp_path):
    demos = []

    def start(*arguments, **options):
        demos.append(Demo(tmp_path, *arguments, **options))
        return demos[-1]

    yield start
    for demo in demos:
        demo.end()


def test_the_demo_shows_that_all_is_there_and_a_loss_in_red(start_demo):
    """On a terminal, for the colours."""
    ours, its = pty.openpty()
    demo = start_demo(stdout=its)
    os.close(its)
    shown = read_terminal(ours, demo)
    demo.expect(0)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "\x1b" not in plain, "nothing but colours"
    all_there = r"^all there: \d+ starts, \d+ exits, [\d,]+ image loads; .* the account closes"
    assert re.search(all_there, plain, re.MULTILINE)
    assert re.search(r"^every start and exit is there: 200 of 200 and 200 of 200; ", plain, re.MULTILINE)
    red = [line for line in shown.splitlines() if "\x1b[1;31m" in line]
    assert any("LOST" in line for line in red), red[:5]
    assert len(re.findall(r"^[123]\. .*\?", plain, re.MULTILINE)) == 3
    assert "20,000 events came in" in plain, "the burst is read whole"
    assert re.search(
        r"191,\d{3} image loads\s+were pushed out, each known by kind and place, 0 unknown", plain
    )


def read_terminal(terminal, demo):
    deadline, text = time.monotonic() + TIMEOUT, b""
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            text += os.read(terminal, 65536)
        except OSError:
            break
    else:
        pytest.fail(f"the demo hangs:\n{demo.report()}")
    os.close(terminal)
    return text.decode(errors="replace").replace("\r\n", "\n")


@pytest.mark.parametrize("tier", ["ex2", "ex", "base"])
def test_with_json_standard_output_has_the_events_alone(start_demo, tier):
    demo = start_demo("--json", "--tier", tier, "--", "cmd", "/c", "echo hello& cmd /c exit 3")
    demo.expect(0)
    stream = check_stream(Stream([json.loads(line) for line in demo.out.read_text().splitlines()]))
    assert len(stream.of("process_start")) == len(stream.of("process_exit")) == 2
    assert [event["exit_status"] for event in stream.of("process_exit")] == [3, 3]
    assert "all there: 2 starts, 2 exits" in demo.said() and "hello" in demo.said()
    assert (stream.of("process_start")[0]["command_line"] is None) == (tier == "base")


def test_a_command_may_be_a_path_of_this_machine(start_demo):
    path = TREE / "cli" / "prcm.exe"
    demo = start_demo("--json", "--", os.path.relpath(path), "--version")
    demo.expect(0)
    starts = [line for line in demo.out.read_text().splitlines() if '"process_start"' in line[:30]]
    images = [json.loads(line)["image"] for line in starts]
    assert [image.replace("\\", "/").removeprefix("Z:") for image in images] == [str(path)]


@pytest.mark.parametrize("command", ["no-such-program.exe", "./no/such/program.exe"])
def test_a_command_that_is_none_is_an_error(start_demo, command):
    demo = start_demo("--", command)
    demo.expect(1)
    assert command in demo.said()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--tier"],
        ["--tier", "none"],
        ["--no-such-option"],
        ["cmd"],
        ["--compare=0"],
        ["--compare", "--tier", "base"],
        ["--compare", "--", "cmd"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_refused_before_anything_is_done(start_demo, arguments):
    demo = start_demo(*arguments)
    demo.expect(2)
    assert any(text in demo.said() for text in ("usage:", "ex2, ex or base", "1 to 300000"))
    assert " s] " not in demo.said()


def test_the_same_events_in_three_ways(start_demo):
    """What the author's way does wrong is seen, and of the two others nothing is missing."""
    demo = start_demo("--compare=3000", "--json")
    demo.expect(0)
    found = json.loads(demo.out.read_text())
    assert found["ratio"] > 0
    ways = found["ways"]
    assert list(ways) == ["author", "one-at-a-time", "prcm"]
    raised = {way["raised"] for way in ways.values()}
    assert len(raised) == 1 and min(raised) > 3000, "the same events"
    for name in "one-at-a-time", "prcm":
        way = ways[name]
        assert way["delivered"] == way["raised"], way
        wrong = [way[name] for name in ("duplicates", "out_of_order", "missing", "known_lost")]
        assert wrong == [0, 0, 0, 0], way
    assert ways["prcm"]["requests"] < ways["one-at-a-time"]["requests"] == raised.pop()
    author = ways["author"]
    assert author["duplicates"] > 0, "registered twice"
    assert author["out_of_order"] > 0, "the newest first"
    assert author["missing"] > 0 and author["known_lost"] is None, "and nothing says so"
    assert author["delivered"] - author["duplicates"] + author["missing"] == author["raised"]
    assert "prcm told each of the" in demo.said()


@pytest.mark.parametrize("where", ["requests", "the author's way"])
def test_ctrl_c_amid_the_three_ways_leaves_nothing_running(start_demo, where):
    demo = start_demo("--compare=3000")
    demo.wait_for(where)
    os.killpg(demo.popen.pid, signal.SIGINT)
    demo.expect(INTERRUPTED)
    assert "nothing is left running" in demo.said()


@pytest.mark.parametrize(
    "where",
    [
        "install and start the driver",
        "Act one",
        "tour.cmd",
        "measure a burst",
        "raise 200,400",
        "read what the driver",
    ],
)
def test_ctrl_c_at_any_step_leaves_nothing_running(start_demo, where):
    """To the whole process group, as a terminal sends it."""
    demo = start_demo()
    demo.wait_for(where)
    os.killpg(demo.popen.pid, signal.SIGINT)
    demo.expect(INTERRUPTED)
    assert "nothing is left running" in demo.said()


def test_ctrl_c_while_the_prefix_is_made_is_no_harm_to_the_next_run(start_demo):
    (PREFIX / "prcm-made").unlink(missing_ok=True)
    demo = start_demo()
    demo.wait_for("make a private Wine prefix")
    os.killpg(demo.popen.pid, signal.SIGINT)
    demo.expect(INTERRUPTED)
    assert not (PREFIX / "prcm-made").exists()
    again = start_demo("--json", "--", "cmd", "/c", "exit")
    again.expect(0)


def test_two_signals_in_a_row_and_a_kill_of_the_shell_alone_end_it_as_well(start_demo):
    demo = start_demo()
    demo.wait_for("tour.cmd")
    demo.popen.send_signal(signal.SIGTERM)
    demo.wait_for("stop and uninstall")
    os.killpg(demo.popen.pid, signal.SIGINT)
    demo.expect(143)


def test_a_demo_that_was_killed_outright_does_not_stand_in_the_way_of_the_next(start_demo):
    demo = start_demo()
    demo.wait_for("tour.cmd")
    os.killpg(demo.popen.pid, signal.SIGKILL)
    demo.popen.wait()
    again = start_demo("--json", "--", "cmd", "/c", "exit")
    again.expect(0)


def test_a_second_demo_at_the_same_time_is_refused(start_demo, tmp_path):
    demo = start_demo()
    demo.wait_for("install and start")
    (tmp_path / "second").mkdir()
    second = Demo(tmp_path / "second", "--json")
    assert second.popen.wait(TIMEOUT) == 1 and "another demo" in second.said()
    os.killpg(demo.popen.pid, signal.SIGINT)
    demo.expect(INTERRUPTED)


def test_a_closed_standard_output_ends_it(start_demo):
    ours, its = os.pipe()
    demo = start_demo("--json", "--", "cmd", "/c", "cmd /c exit", stdout=its)
    os.close(its)
    os.read(ours, 100)
    os.close(ours)
    demo.expect(1)
    assert "a reader has ended early" in demo.said()
