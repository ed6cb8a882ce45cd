# SPDX-License-Identifier: MIT
"""tools/box: what it gives is there, and whatever ends it, nothing is left running."""

import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import termios
import time

import pytest

from box import processes_of, wait_until
from conftest import OWN_BUILD, ROOT
from stream import Stream, check_stream

BOX = ROOT / "tools" / "box"
PREFIX = OWN_BUILD / "box" / "prefix"
PROMPT = "prcm box$ "
TIMEOUT = 60
NO_BOX = 1
INTERRUPTED = 130
TERMINATED = 143


def environment(home):
    return {**os.environ, "PRCM_BUILD": str(OWN_BUILD), "HOME": str(home), "TERM": "xterm"}


class Entered:
    """A tools/box under way, in a process group of its own, as a shell starts it."""

    count = 0

    def __init__(self, directory, *arguments, stdin=subprocess.DEVNULL):
        Entered.count += 1
        self.out, self.err = directory / f"{self.count}.out", directory / f"{self.count}.err"
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.popen = subprocess.Popen(
                [BOX, *arguments],
                stdin=stdin,
                stdout=out,
                stderr=err,
                env=environment(directory),
                cwd=directory,
                start_new_session=True,
            )

    def text(self):
        return self.out.read_text(errors="replace")

    def said(self):
        return self.err.read_text(errors="replace")

    def report(self):
        return f"{self.said()}\n--- standard output\n{self.text()[-2000:]}"

    def wait_for(self, text):
        def there():
            return text in self.said() + self.text() or self.popen.poll() is not None

        wait_until(there, f"the box says {text!r}", TIMEOUT)
        assert self.popen.poll() is None, self.report()

    def expect(self, code):
        try:
            got = self.popen.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            pytest.fail(f"the box hangs:\n{self.report()}")
        assert got == code, f"exit code {got}:\n{self.report()}"
        return self

    def signal_all(self, number):
        """As a terminal does it."""
        os.killpg(self.popen.pid, number)

    def kill_all(self):
        self.signal_all(signal.SIGKILL)
        self.popen.wait()

    def end(self):
        if self.popen.poll() is None:
            self.kill_all()


class Terminal:
    """A shell in the box, with somebody who types."""

    def __init__(self, home, *arguments):
        self.shown = ""
        self.seen = 0
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execve(BOX, [str(BOX), *arguments], environment(home))

    def read(self):
        """False at the end."""
        if not select.select([self.terminal], [], [], 0.05)[0]:
            return True
        try:
            self.shown += os.read(self.terminal, 65536).decode(errors="replace")
        except OSError:
            return False
        return True

    def wait_for(self, text):
        """What was shown since the last text that was waited for, up to this one."""
        deadline = time.monotonic() + TIMEOUT
        while (found := plain(self.shown).find(text, self.seen)) < 0:
            assert self.read() and time.monotonic() < deadline, f"no {text!r} in:\n{plain(self.shown)}"
        start, self.seen = self.seen, found + len(text)
        return plain(self.shown)[start : self.seen]

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait_until_raw(self):
        """Until Wine's console has the keys to itself, and not the host's, which makes other ones of them."""
        wait_until(lambda: self.read() and not termios.tcgetattr(self.terminal)[3] & termios.ICANON, "raw")

    def command(self, line):
        """What it shows, up to the next prompt."""
        self.type(line + "\n")
        return self.wait_for(PROMPT)

    def close(self):
        """As when the window is closed."""
        os.close(self.terminal)
        self.terminal = None

    def wait(self):
        deadline = time.monotonic() + TIMEOUT
        while self.terminal is not None and self.read():
            assert time.monotonic() < deadline, f"the shell hangs:\n{self.shown}"
        code = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        self.process = None
        return code

    def end(self):
        if self.process is not None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        if self.terminal is not None:
            os.close(self.terminal)


def plain(text):
    """As it looks, of what Wine's console writes: without colours, blanks where it skips columns."""
    text = re.sub(r"\x1b\[(\d+)C", lambda match: " " * int(match[1]), text)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\][^\x07]*\x07", "", text).replace("\r", "")


def run(directory, *arguments, code=0, **options):
    return Entered(directory, *arguments, **options).expect(code)


@pytest.fixture
def enter(tmp_path):
    """Starts tools/box; nothing of it is there before and after the test."""
    entered = []

    def start(*arguments, kind=Entered, **options):
        entered.append(kind(tmp_path, *arguments, **options))
        return entered[-1]

    yield start
    for each in entered:
        each.end()
    run(tmp_path, "--stop")
    assert not processes_of(PREFIX), "left running"


def server():
    """The one Wine server of the box: who it is tells whether it is still the same box."""
    found = [each for each in processes_of(PREFIX) if is_server(each)]
    assert len(found) == 1, found
    return found[0]


def is_server(process):
    try:
        return b"wineserver" in pathlib.Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def test_one_command_sees_its_events_and_leaves_nothing_running(enter):
    script = "run cmd /c 'cmd /c exit 3'; prcm watch --json --from oldest --duration 0"
    box = enter("--", "bash", "-c", script).expect(0)
    assert not processes_of(PREFIX), "left running"
    assert "nothing is left running" in box.said()
    stream = check_stream(Stream([json.loads(line) for line in box.text().splitlines()]))
    assert [event["exit_status"] for event in stream.of("process_exit")] == [3, 3]


def test_exit_codes_input_and_output_are_the_commands(enter, tmp_path):
    (tmp_path / "input").write_text("exit 5\n")
    with open(tmp_path / "input", encoding="ascii") as file:
        enter("--keep", "--", "run", "cmd", stdin=file).expect(5)
    enter("--", "prcm", "watch", "--no-such-option").expect(2)
    enter("--", "no-such-program").expect(127)
    (tmp_path / "script").write_text("raise --starts 3 --exits 3 --images 4\nprcm status --json\nexit 9\n")
    with open(tmp_path / "script", encoding="ascii") as file:
        box = enter(stdin=file).expect(9)
    assert json.loads(box.text())["captured"]["total"] >= 10
    assert "feeder raise" in enter("--", "raise", "--help").expect(0).text()


def test_a_second_one_enters_the_same_box_and_the_last_to_leave_ends_it(enter):
    first = enter("--", "prcm", "watch")
    first.wait_for("EVENT")
    was = server()
    second = enter("--", "run", "cmd", "/c", "echo hello& exit 4").expect(4)
    assert "hello" in second.text() and "others are still in it" in second.said()
    assert server() == was
    first.wait_for("cmd.exe")
    first.signal_all(signal.SIGINT)
    first.expect(0)
    assert "closed:" in first.text(), "the reader has told its account"
    assert not processes_of(PREFIX), "left running"


def test_two_that_come_at_once_make_one_box(enter):
    both = [enter("--", "prcm", "status", "--json") for _ in range(2)]
    for each in both:
        each.expect(0)
        assert json.loads(each.text())["service"] == "running"
    assert not processes_of(PREFIX), "left running"


def test_what_was_killed_is_entered_again_and_does_not_count(enter):
    first = enter("--", "prcm", "watch")
    first.wait_for("EVENT")
    first.kill_all()
    was = server()
    second = enter("--", "prcm", "watch", "--duration", "0")
    second.expect(0)
    assert "enter the box that runs" in second.said()
    assert was not in processes_of(PREFIX), "the dead one keeps it running"
    assert not processes_of(PREFIX), "left running"


@pytest.mark.parametrize(
    "where, options", [("make a private Wine prefix", ["--fresh"]), ("install and start the driver", [])]
)
def test_one_killed_while_it_made_the_box_is_not_in_the_way(enter, where, options):
    first = enter(*options, "--", "prcm", "status")
    first.wait_for(where)
    first.kill_all()
    enter("--", "prcm", "status").expect(0)
    assert not processes_of(PREFIX), "left running"


def test_kept_it_runs_until_it_is_stopped(enter):
    enter("--keep", "--", "run", "cmd", "/c", "exit").expect(0)
    was = server()
    box = enter("--", "prcm", "watch", "--from", "oldest", "--duration", "0").expect(0)
    assert "cmd.exe" in box.text(), "what it had kept is there"
    assert server() == was
    assert "stopped" in enter("--stop").expect(0).said()
    assert not processes_of(PREFIX), "left running"
    assert "nothing was running" in enter("--stop").expect(0).said()


def test_a_driver_that_was_stopped_or_uninstalled_runs_for_whoever_enters(enter):
    enter("--keep", "--", "prcm", "stop").expect(0)
    for act in "uninstall", "status":
        enter("--", "prcm", act).expect(0)
    box = enter("--", "prcm", "status", "--json").expect(0)
    assert json.loads(box.text())["service"] == "running"


def test_the_tier_is_as_asked_and_that_of_a_box_in_use_stays(enter):
    enter("--keep", "--tier", "base", "--", "prcm", "status").expect(0)
    refused = enter("--tier=ex", "--", "prcm", "status").expect(NO_BOX)
    assert "runs already, with tier base" in refused.said() and "--stop" in refused.said()
    assert "runs already" in enter("--fresh").expect(NO_BOX).said()
    box = enter("--", "prcm", "status").expect(0)
    assert re.search(r"PsSetCreateProcessNotifyRoutine\b", box.text())


def test_stopped_by_another_its_commands_say_so_and_start_no_wine(enter):
    script = "echo there; read -r _; prcm status"
    ours, its = os.pipe()
    first = enter("--", "bash", "-c", script, stdin=ours)
    first.wait_for("there")
    assert str(first.popen.pid) in enter("--stop").expect(0).said()
    os.write(its, b"\n")
    os.close(its)
    os.close(ours)
    first.expect(1)
    assert "the box does not run" in first.said()
    assert not processes_of(PREFIX), "left running"


@pytest.mark.parametrize("where", ["build x64", "install and start the driver", "EVENT"])
def test_ctrl_c_at_any_step_leaves_nothing_running(enter, where):
    box = enter("--", "prcm", "watch")
    box.wait_for(where)
    box.signal_all(signal.SIGINT)
    box.expect(0 if where == "EVENT" else INTERRUPTED)
    assert not processes_of(PREFIX), "left running"


def test_a_signal_to_the_script_alone_ends_the_command_and_the_box(enter):
    box = enter("--", "prcm", "watch")
    box.wait_for("EVENT")
    box.popen.send_signal(signal.SIGTERM)
    box.expect(TERMINATED)
    assert not processes_of(PREFIX), "left running"


@pytest.mark.parametrize(
    "arguments",
    [
        ["prcm", "watch"],
        ["--"],
        ["--tier"],
        ["--tier", "none"],
        ["--stop", "--keep"],
        ["--stop", "--", "prcm"],
        ["--no-such-option"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_refused_before_anything_is_done(enter, arguments):
    box = enter(*arguments).expect(2)
    assert "usage:" in box.said() and " s] " not in box.said()


def test_a_shell_has_it_all(enter):
    shell = enter(kind=Terminal)
    hint = shell.wait_for(PROMPT)
    assert "run cmd /c ver" in hint and "exit" in hint
    assert re.search(r"service +running", shell.command("prcm status"))
    assert "Microsoft Windows" in shell.command("run cmd /c ver")
    assert "code 3" in shell.command("run cmd /c exit 3; echo code $?")

    shell.type("prcm watch --from oldest\n")
    shell.wait_for("status 3")
    shell.type("\x03")
    watched = shell.wait_for(PROMPT)
    assert "ACCOUNT" in watched and "closed:" in watched, "Ctrl-C ends the reader, with its account"
    assert "\x1b[90m" in shell.shown, "in colour"

    shell.type("run cmd\n")
    shell.wait_for(">")
    shell.wait_until_raw()
    shell.type("exit 6\r")
    shell.wait_for(PROMPT)
    typed = shell.command("echo code $?")
    assert "code 6" in typed, "what is typed reaches a program, and once that has ended, the shell"

    counted = shell.command("prcm watch --json --from oldest --duration 0 | grep -c event.:.process_exit")
    assert re.search(r"^3$", counted, re.MULTILINE)
    shell.type("exit 8\n")
    assert shell.wait() == 8
    assert not processes_of(PREFIX), "left running"


def test_a_job_in_the_background_runs_and_ends_with_its_shell(enter, tmp_path):
    events = tmp_path / "events"
    shell = enter(kind=Terminal)
    shell.wait_for(PROMPT)
    shell.command(f"prcm watch --json >{events} &")
    shell.command(f"sleep 1000 & echo $! >{tmp_path}/sleep")
    shell.command("run cmd /c echo from behind & wait $!")
    wait_until(lambda: "process_exit" in events.read_text(), "the reader has the events")
    assert "from behind" in plain(shell.shown)
    shell.type("exit\n")
    assert shell.wait() == 0
    assert not processes_of(PREFIX), "left running"
    sleep = int((tmp_path / "sleep").read_text())
    wait_until(lambda: not pathlib.Path(f"/proc/{sleep}").exists(), "the job ends")


def test_a_terminal_that_is_closed_leaves_nothing_running(enter):
    shell = enter(kind=Terminal)
    shell.wait_for(PROMPT)
    shell.type("prcm watch\n")
    shell.wait_for("EVENT")
    shell.close()
    shell.wait()
    assert not processes_of(PREFIX), "left running"
