# SPDX-License-Identifier: MIT
"""prcm in a box: the driver installed with given options, readers, and what the feeder raises."""

import json
import subprocess

from box import BoxError, wait_until
from ntext import Ntext
from probe import Probe
from stream import Stream, check_stream, read_lines

MIB = 1024 * 1024

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_MISMATCH = 0, 1, 2, 3
EXIT_NO_DRIVER, EXIT_DENIED, EXIT_STOPPED, EXIT_OUTPUT, EXIT_LOST = 4, 5, 6, 7, 8
EXIT_INCOMPLETE = 9


class Reader:
    """A `prcm watch --json` under way."""

    def __init__(self, prcm, *options, stdout=None):
        self.prcm = prcm
        self.program = prcm.box.start(prcm.console, "watch", "--json", *options, stdout=stdout)

    def lines(self):
        return read_lines(self.program.out)

    def wait_for(self, count):
        """Until that many lines are there, besides the first."""

        def enough():
            if not self.program.running():
                raise BoxError(f"the reader has ended:\n{self.program.report()}")
            return self.program.out.read_bytes().count(b"\n") > count

        wait_until(enough, f"{count} lines of: {self.program}")

    def end(self, code=EXIT_OK):
        """Ends it as Ctrl-C does, and returns its stream."""
        self.program.interrupt()
        return self.finish(code)

    def finish(self, code=EXIT_OK, timeout=60):
        """Waits for an end that is under way."""
        self.program.expect(code, timeout)
        return Stream.read(self.program.out)


class Prcm:
    """files is a directory with prcm.exe; driver the path of prcm.sys in the box."""

    def __init__(self, box, build):
        self.box = box
        self.build = build
        self.console = box.windows(build / "cli" / "prcm.exe")
        self.feeder = box.windows(build / "wine" / "feeder.exe")
        self.probe_program = box.windows(build / "tests" / "wine" / "probe.exe")
        self.driver = box.windows(box.copy_in(build / "wine" / "prcm.sys", "prcm"))
        # Where install copies the driver to, and Wine looks for what it imports.
        box.copy_in(build / "wine" / "ntext.sys")
        self.installed = False
        self.eyes = None
        self.truths = 0

    # ---- The driver

    def run(self, *arguments, **options):
        return self.box.run(self.console, *arguments, **options)

    def offer(self, *options):
        self.box.run(self.feeder, "offer", *options)

    def install(self, *options, offer=()):
        self.offer(*offer)
        self.run("install", *options, self.driver)
        self.installed = True

    def start(self):
        if self.status()["service"] == "running":
            self.run("start")
        else:
            self.box.run_new_host(self.console, "start")

    def stop(self):
        self.drop_eyes()
        self.run("stop")

    def bare_stop(self):
        """What `sc stop` is: no STOP request before it."""
        self.drop_eyes()
        self.box.run("sc", "stop", "prcm")
        wait_until(lambda: self.status()["service"] == "stopped", "the service stops")

    def uninstall(self):
        self.drop_eyes()
        self.installed = False
        self.run("uninstall")

    def put_away(self):
        """Stops and uninstalls, if a test has not; what the driver should have let go of is checked
        before."""
        try:
            if self.installed and self.status()["service"] == "running":
                self.check_nothing_held()
        finally:
            if self.installed:
                self.uninstall()

    def check_nothing_held(self):
        """With no reader left the driver holds no session, and of the OS only its two registrations."""
        wait_until(lambda: self.look().Sessions == 1, "no session is left but ours")
        query, state = self.look(), self.stand_in()
        assert (query.Waiting, query.Published) == (0, query.Next)
        routines = (state.ProcessRoutines, state.ImageRoutines)
        assert routines == (1, 1), "each notify routine is registered once"
        assert (state.References, state.Handles) == (0, 0), "references or handles to processes have leaked"

    def status(self):
        """What `prcm status` tells, of a driver that does not run too."""
        program = self.box.start(self.console, "status", "--json")
        assert program.wait() in (EXIT_OK, EXIT_NO_DRIVER), program.report()
        return json.loads(program.text())

    # ---- Watching the driver

    def probe(self):
        return Probe(self.box, self.probe_program)

    def look(self):
        """QUERY, by a probe that is kept."""
        if self.eyes is None:
            probe = self.probe()
            self.eyes = probe, probe.opened()
        probe, handle = self.eyes
        return probe.query(handle)

    def drop_eyes(self):
        if self.eyes is None:
            return
        probe, _ = self.eyes
        self.eyes = None
        probe.end()

    def wait_for_readers(self, count):
        """Until so many readers wait for the next event: each has then written all that was published."""
        wait_until(lambda: self.look().Waiting == count, f"{count} readers have caught up")

    def stand_in(self):
        """What the stand-in for the OS counts of the driver's registrations and references."""
        self.look()
        ntext = Ntext(self.eyes[0])
        state = ntext.state()
        ntext.close()
        return state

    # ---- Readers

    def reader(self, *options, **more):
        return Reader(self, *options, **more)

    def waiting_reader(self, *options, readers=1):
        """A reader that has its READ pended, being the readers-th."""
        reader = Reader(self, *options)
        self.wait_for_readers(readers)
        return reader

    def read_all(self, *options):
        """All that the driver has, by a reader that comes late; options may say from where."""
        return check_stream(self.reader("--from", "oldest", "--duration", "0", *options).finish())

    # ---- Captures

    def record(self, path, *options):
        """A `prcm record` under way."""
        return self.box.start(self.console, "record", *options, self.box.windows(path))

    def record_all(self, path, *options, code=EXIT_OK):
        """All that the driver has and the capture has not."""
        return self.record(path, "--duration", "0", *options).expect(code)

    def cat(self, path, *options, code=EXIT_OK):
        """The text of a capture, as this machine's own prcm shows it."""
        arguments = [self.build.parent / "native" / "cli" / "prcm", "cat", *options, path]
        shown = subprocess.run([str(argument) for argument in arguments], capture_output=True, timeout=60)
        assert shown.returncode == code, (shown.returncode, shown.stderr)
        return shown.stdout

    def cat_lines(self, path, *options, code=EXIT_OK):
        return [json.loads(line) for line in self.cat(path, "--json", *options, code=code).splitlines()]

    # ---- Events

    def truth_file(self):
        self.truths += 1
        return self.box.logs / f"truth-{self.truths}.jsonl"

    def start_feeder(self, *arguments):
        """A feeder under way, and the file it writes the truth to. arguments: `run` or `raise`, its options,
        and what follows them."""
        truth = self.truth_file()
        verb, *rest = arguments
        return self.box.start(self.feeder, verb, "--truth", self.box.windows(truth), *rest), truth

    def truth_of(self, path):
        return read_lines(path)

    def feed(self, *arguments, code=0, timeout=180):
        """What it raised."""
        program, truth = self.start_feeder(*arguments)
        program.expect(code, timeout)
        return self.truth_of(truth)

    def feed_command(self, *command, code=0):
        return self.feed("run", "--", *command, code=code)

    def feed_made_up(self, *options, **more):
        return self.feed("raise", *options, **more)
