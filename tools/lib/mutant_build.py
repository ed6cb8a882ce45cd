# SPDX-License-Identifier: MIT
"""Build trees whose test programs can be linked with another driver, and how such a program ends."""

import dataclasses
import json
import os
import pathlib
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time

# What the tests are linked with, by the names that the build gives it.
IMAGE = "sim/prcm_driver_image.o"
ARCHIVE = "sim/libprcm_driver_native.a"

MEMORY_BYTES = 4 << 30
FILE_BYTES = 64 << 20
# A program that stands still is looked at this often before it is judged.
STILL_LOOKS = 6
LOOK_SECONDS = 0.5
# Whatever a program does: so long, nothing takes.
WALL_SECONDS = 900
MEASURED_SECONDS = 600


def run_shell(command, directory):
    """Runs a build command; its output if it failed, else None."""
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}
    result = subprocess.run(["sh", "-c", command], cwd=directory, check=False, **output)
    return None if result.returncode == 0 else result.stdout


@dataclasses.dataclass
class Program:
    """A test program of a tree."""

    name: str
    command: list
    directory: str
    environment: dict
    link: str
    executable: str
    cpu_seconds: float = 0


class Tree:
    """A build tree with test programs, all built."""

    def __init__(self, argument):
        self.name, _, rest = argument.partition("=")
        directory, _, self.label = rest.partition(":")
        self.directory = pathlib.Path(directory).resolve()
        entries = json.loads((self.directory / "compile_commands.json").read_text())
        self.image = self.ninja_command(IMAGE).replace("/./", "/")
        self.compile_commands = {}
        for entry in entries:
            command = shlex.split(entry["command"])
            entry["output"] = str(self.directory / command[command.index("-o") + 1])
            if entry["output"] in self.image:
                self.compile_commands[entry["file"]] = entry
        self.programs = list(self.find_programs())
        if not self.programs:
            sys.exit(f"mutants: no test in {directory} is linked with {ARCHIVE}")
        self.has_sanitizer = "-fsanitize" in self.programs[0].link

    def measure(self):
        """Runs every program without a mutant; what time it takes is known then."""
        for program in self.programs:
            failure = measure_program(self, program)
            if failure:
                sys.exit(f"mutants: {program.name} in {self.name} fails without a mutant: {failure}")

    def ninja_command(self, target):
        command = ["ninja", "-t", "commands", "-s", target]
        result = subprocess.run(command, cwd=self.directory, check=True, capture_output=True, text=True)
        return result.stdout.strip()

    def find_programs(self):
        command = ["ctest", "--test-dir", str(self.directory), "--show-only=json-v1"]
        if self.label:
            command += ["-L", f"^{self.label}$"]
        result = subprocess.run(command, check=True, capture_output=True, text=True)
        for test in json.loads(result.stdout)["tests"]:
            executable = pathlib.Path(test["command"][0])
            if self.directory not in executable.parents:
                continue
            executable = str(executable.relative_to(self.directory))
            link = self.ninja_command(executable)
            properties = {item["name"]: item["value"] for item in test.get("properties", ())}
            if ARCHIVE in link and not properties.get("WILL_FAIL"):
                variables = dict(item.split("=", 1) for item in properties.get("ENVIRONMENT", ()))
                where = properties.get("WORKING_DIRECTORY", str(self.directory))
                yield Program(test["name"], test["command"], where, variables, link, executable)

    def object_of(self, source):
        return self.compile_commands[source]["output"]

    def compile(self, source, text, target, extra=()):
        """Compiles the text as if it were the file source. Its messages if it does not compile, else None."""
        entry = self.compile_commands[source]
        # By the file's own name, which an object bears: equal code is to be equal to the byte.
        directory = pathlib.Path(f"{target}.d")
        directory.mkdir()
        copy = directory / pathlib.Path(source).name
        copy.write_text(f'# 1 "{source}"\n{text}')
        command = []
        arguments = iter(shlex.split(entry["command"]))
        for argument in arguments:
            if argument in ("-o", "-MF", "-MT"):
                next(arguments)
            elif argument not in ("-MD", source):
                command.append(argument)
        # What a mistake makes the compiler say is no matter, and line numbers are no part of the code.
        command += ["-w", "-g0", "-iquote", str(pathlib.Path(source).parent), *extra]
        command += ["-o", str(target), str(copy)]
        failure = run_shell(shlex.join(command), entry["directory"])
        shutil.rmtree(directory)
        return failure

    def join(self, objects, target):
        """Joins the driver's objects, some of them replaced, as the build does, in an archive: a program that
        brings a driver of its own takes nothing of it."""
        command = self.image
        for original, replacement in objects.items():
            command = command.replace(original, str(replacement))
        image = f"{target}.o"
        command = command.replace(str(self.directory / IMAGE), image).replace(IMAGE, image)
        failure = run_shell(f"{command} && ar qcs {target} {image}", self.directory)
        if failure is not None:
            sys.exit(f"mutants: cannot join the driver's objects: {failure}")

    def link(self, program, archive, target):
        command = program.link.replace(ARCHIVE, str(archive))
        command = command.replace(f"-o {program.executable}", f"-o {target}")
        failure = run_shell(command, self.directory)
        if failure is not None:
            sys.exit(f"mutants: cannot link {program.name}: {failure}")


class Group:
    """A program under way, with all that it started: a process group."""

    def __init__(self, tree, program, executable, cpu_limit, environment, log):
        limits = [f"--cpu={cpu_limit}", "--core=0", f"--fsize={FILE_BYTES}"]
        if not tree.has_sanitizer:
            limits.append(f"--as={MEMORY_BYTES}")
        variables = {**os.environ, **program.environment, **environment}
        command = ["prlimit", *limits, str(executable), *program.command[1:]]
        output = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        self.process = subprocess.Popen(
            command, cwd=program.directory, env=variables, start_new_session=True, **output
        )
        self.ended = os.pidfd_open(self.process.pid)
        self.cpu_seconds = 0

    def threads(self):
        """(state, processor time) of each thread in the group."""
        for process in os.listdir("/proc"):
            if not process.isdigit():
                continue
            try:
                if os.getpgid(int(process)) != self.process.pid:
                    continue
                for thread in os.listdir(f"/proc/{process}/task"):
                    stat = pathlib.Path(f"/proc/{process}/task/{thread}/stat").read_text(errors="replace")
                    fields = stat.rpartition(")")[2].split()
                    yield fields[0], int(fields[11]) + int(fields[12])
            except OSError:
                continue

    def collect(self):
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        return self.process.returncode

    def end(self):
        os.close(self.ended)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if self.process.returncode is None:
            self.collect()

    def watch(self):
        """What went wrong, or None."""
        began = time.monotonic()
        still, before = 0, None
        while True:
            if select.select([self.ended], [], [], LOOK_SECONDS)[0]:
                code = self.collect()
                break
            now = list(self.threads())
            asleep = all(state == "S" for state, _ in now)
            spent = sum(ticks for _, ticks in now)
            still = still + 1 if asleep and spent == before else 0
            before = spent
            if still >= STILL_LOOKS:
                return "stands still"
            if time.monotonic() - began > WALL_SECONDS:
                return "takes too long"
        if code == -signal.SIGXCPU or code == -signal.SIGKILL:
            return "spins"
        if code < 0:
            return signal.Signals(-code).name
        return f"exit code {code}" if code else None


def run_program(tree, program, executable, environment=(), log=subprocess.DEVNULL):
    limit = int(program.cpu_seconds * 10) + 3
    group = Group(tree, program, executable, limit, dict(environment), log)
    try:
        return group.watch()
    finally:
        group.end()


def measure_program(tree, program):
    """Runs a program as it is, for the time that it takes. What went wrong, or None."""
    group = Group(tree, program, program.command[0], MEASURED_SECONDS, {}, subprocess.DEVNULL)
    try:
        return group.watch()
    finally:
        group.end()
        program.cpu_seconds = group.cpu_seconds
