# SPDX-License-Identifier: MIT
"""A Wine of the tests' own: a prefix, its server, and the programs that run in it.

Everything that runs here has a time by which it must be done, writes to files, and is ended by its process
id; what a test has left behind is a failure of that test.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import time

LOADERS = ("/usr/lib/wine/wine64", "/usr/bin/wine64", "/opt/wine-stable/bin/wine64")
SERVERS = ("/usr/lib/wine/wineserver64", "/usr/bin/wineserver", "/opt/wine-stable/bin/wineserver")

# Wine puts its shared data at 0x7FFE0000, and nowhere else. Its loader lies at 0x7D000000; the heap of 132
# KiB, there before Wine can reserve anything, Linux puts anywhere in the GiB after it: once in some 8,000
# starts over that page. Then Wine ends with exit code 1, without a word and before its server knows of it;
# to who starts a program from within Wine that is error 1359. Without randomness the heap follows the
# loader. What a program starts inherits this.
FIXED_LAYOUT = ("setarch", "-R")

TIMEOUT = 60  # of anything that does not say otherwise; a machine under load takes its time
POLL = 0.02
SHOWN_LINES = 40  # of each output, when a test has failed


class BoxError(AssertionError):
    """Something in the box went wrong; the text has all that is known about it."""


def find_tool(candidates):
    for path in candidates:
        if os.access(path, os.X_OK):
            return path
    raise BoxError(f"none of {', '.join(candidates)} is there: install the packages wine and wine64")


def may_fix_layout():
    """Not everywhere: a container may forbid it."""
    return subprocess.run([*FIXED_LAYOUT, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def tail(path, lines=SHOWN_LINES):
    try:
        text = path.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    cut = [f"... {len(text) - lines} lines before"] if len(text) > lines else []
    return "\n".join(cut + text[-lines:])


def wait_until(condition, what, timeout=TIMEOUT):
    """Waits for a condition that is bound to come true, and returns its value; what says what it is."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise BoxError(f"{what}: not within {timeout} s")
        time.sleep(POLL)


class Program:
    """A program that was started. Its outputs are the files out and err."""

    def __init__(self, box, arguments, stdin=None, stdout=None, environment=None):
        box.started += 1
        name = pathlib.PureWindowsPath(arguments[0]).stem
        self.box = box
        self.arguments = [str(argument) for argument in arguments]
        self.out = box.logs / f"{box.started:03d}-{name}.out"
        self.err = box.logs / f"{box.started:03d}-{name}.err"
        with open(self.err, "wb") as err:
            self.popen = subprocess.Popen(
                [*self.box.loader, *self.arguments],
                stdin=stdin or subprocess.DEVNULL,
                stdout=stdout if stdout is not None else open(self.out, "wb"),
                stderr=err,
                env={**self.box.environment, **(environment or {})},
                cwd=self.box.directory,
            )

    def __str__(self):
        return " ".join(self.arguments)

    def report(self):
        parts = [f"$ {self}", f"exit code {self.popen.poll()}"]
        for title, path in (("standard output", self.out), ("standard error", self.err)):
            text = tail(path)
            if text:
                parts.append(f"--- {title}\n{text}")
        return "\n".join(parts)

    def wait(self, timeout=TIMEOUT):
        """The exit code. A program that does not end in time is ended, and that is an error."""
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise BoxError(f"did not end within {timeout} s:\n{self.report()}") from None

    def expect(self, code=0, timeout=TIMEOUT):
        """Waits for the end with that exit code; the program itself."""
        got = self.wait(timeout)
        if got != code:
            raise BoxError(f"exit code {got} instead of {code}:\n{self.report()}")
        return self

    def running(self):
        return self.popen.poll() is None

    def interrupt(self):
        """What Ctrl-C is."""
        self.popen.send_signal(signal.SIGINT)

    def kill(self):
        self.popen.kill()
        self.popen.wait()

    def text(self):
        return self.out.read_text(errors="replace")

    def error_text(self):
        return self.err.read_text(errors="replace")


class Box:
    """directory is emptied and becomes the box's."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.prefix = self.directory / "prefix"
        self.logs = self.directory / "logs"
        self.loader = [*(FIXED_LAYOUT if may_fix_layout() else ()), find_tool(LOADERS)]
        self.server_file = find_tool(SERVERS)
        self.programs = []
        self.left = []
        self.started = 0
        self.server = None
        self.hosts = set()
        self.environment = self.make_environment()

    def make_environment(self):
        kept = {name: os.environ[name] for name in ("PATH", "USER", "LOGNAME") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.directory / "home"),
            # Where the server makes a directory that it never removes.
            "TMPDIR": str(self.directory / "tmp"),
            "LANG": "C.UTF-8",
            "WINEPREFIX": str(self.prefix),
            "WINEDEBUG": "-all",
            # No questions about Mono and Gecko, no entries in the user's menus.
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
            "WINESERVER": self.server_file,
        }

    # ---- Its life

    def create(self):
        end_left_over(self.prefix, patience=0)
        shutil.rmtree(self.prefix, ignore_errors=True)
        for path in (self.prefix, self.logs, self.directory / "home", self.directory / "tmp"):
            path.mkdir(parents=True, exist_ok=True)
        # Persistent, or the server would end the drivers as soon as no program runs.
        self.server = subprocess.Popen(
            [self.server_file, "-f", "-p"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # Whatever comes first makes the prefix. An explicit wineboot would be a second one, and leave two
        # service managers.
        self.run("cmd", "/c", "exit", timeout=180)

    def destroy(self):
        """Ends all that runs here; the ids of what had to be killed after that."""
        for program in self.programs:
            if program.running():
                program.kill()
        subprocess.run([self.server_file, "-k"], env=self.environment, timeout=TIMEOUT, check=False)
        try:
            self.server.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        return end_left_over(self.prefix)

    def begin(self, name):
        """The programs started from now on belong to the test of that name."""
        self.logs = self.directory / "logs" / "".join(c if c.isalnum() or c in "-_" else "-" for c in name)
        self.logs.mkdir(parents=True, exist_ok=True)
        self.programs = []
        self.left = []
        self.started = 0

    def run_new_host(self, *arguments):
        """Runs what starts a driver. Not before the process that hosted the last one has ended: for a moment
        Wine's service manager says that the driver has stopped, and would still hand it to that process,
        which fails with error 1359.
        """
        hosts = self.driver_hosts()
        wait_until(lambda: not self.hosts & self.driver_hosts(), "the driver's last host ends")
        program = self.start(*arguments)
        program.wait()
        self.hosts = self.driver_hosts() - hosts
        return program.expect()

    def driver_hosts(self):
        return {process for process in processes_of(self.prefix) if name_of(process) == "winedevice.exe"}

    def end(self):
        """Kills what still runs, and notes it in left."""
        for program in self.programs:
            if program.running():
                program.kill()
                self.left.append(str(program))

    def report(self):
        return "\n\n".join(program.report() for program in self.programs)

    # ---- Programs

    def start(self, *arguments, **options):
        program = Program(self, arguments, **options)
        self.programs.append(program)
        return program

    def run(self, *arguments, code=0, timeout=TIMEOUT, **options):
        return self.start(*arguments, **options).expect(code, timeout)

    # ---- Files

    def windows(self, path):
        """The name that programs in the box know a file by."""
        path = pathlib.Path(path).resolve()
        drive_c = self.prefix / "drive_c"
        if path.is_relative_to(drive_c):
            return "C:\\" + str(path.relative_to(drive_c)).replace("/", "\\")
        return "Z:" + str(path).replace("/", "\\")

    def broken_rules(self):
        """What drivers did, since this was last asked, that NT forbids: lines of wine/ntext.h's file."""
        path = self.prefix / "drive_c" / "windows" / "ntext-rules.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def copy_in(self, path, directory="windows/system32/drivers"):
        target = self.prefix / "drive_c" / directory
        target.mkdir(parents=True, exist_ok=True)
        return pathlib.Path(shutil.copy(path, target))


def processes_of(prefix):
    """The ids of all processes that run in a prefix."""
    mark = f"WINEPREFIX={prefix}".encode()
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def name_of(process):
    try:
        return pathlib.Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return None


def end_left_over(prefix, patience=10):
    """Gives what runs in a prefix without a server some time to notice; the ids of what had to be killed."""
    deadline = time.monotonic() + patience
    while processes_of(prefix) and time.monotonic() < deadline:
        time.sleep(POLL)
    left = processes_of(prefix)
    for process in left:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return left
