#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sees whether the tests notice mistakes in the driver. For tools/mutants, whose usage says more.

A mutant is compiled once per build tree and joined with the driver's other objects by the tree's own
commands; each test program is linked with that by its own command, and run. The trees' commands come from
ninja, the test programs from ctest: every test that is linked with the driver takes part.

Trees come in the order given. What the first does not catch goes to the next. A test program that never
enters the mutated function is not run. It has caught a mutant if it fails, ends otherwise than it should,
uses ten times the processor time that it needs, or stands still: all its threads asleep, for seconds.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import mutate
from mutant_build import Tree, run_program, run_shell

REACH = """
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
unsigned char *MutantsReached;
__attribute__((constructor)) static void
Map(void)
{
    int File = open(getenv("MUTANTS_REACHED"), O_RDWR);
    MutantsReached = mmap(NULL, %d, PROT_READ | PROT_WRITE, MAP_SHARED, File, 0);
    if (MutantsReached == MAP_FAILED)
        abort();
}
"""


def say(text):
    print(text, file=sys.stderr, flush=True)


class Workshop:
    """Sources, trees, and which test program reaches which function."""

    def __init__(self, sources, trees, scratch):
        self.sources = {pathlib.Path(source).name: str(pathlib.Path(source).resolve()) for source in sources}
        self.texts = {name: pathlib.Path(path).read_text() for name, path in self.sources.items()}
        self.trees = trees
        self.scratch = scratch
        self.mutants = {}
        for name, text in self.texts.items():
            for mutant in mutate.mutants(name, text, self.constants(name)):
                self.mutants[mutant.name] = mutant
        self.functions = set()
        for name, text in self.texts.items():
            self.functions |= {(name, function) for function, _ in mutate.functions(name, text)}
        self.reached = {}
        self.measured = set()
        self.lock = threading.Lock()

    def constants(self, name):
        """Names in a file whose value the compiler knows: macros and members of enumerations."""
        text = self.texts[name]
        includes = "\n".join(re.findall(r"^#\s*(?:include|define).*(?:\\\n.*)*$", text, re.MULTILINE))
        enums = "\n".join(re.findall(r"^(?:typedef )?enum\b.*?;$", text, re.MULTILINE | re.DOTALL))
        candidates = sorted(mutate.names(text))
        probes = (f"enum {{ MutantsProbe{i} = (int)({name}) }};" for i, name in enumerate(candidates))
        probe = "\n".join([includes, enums, f'# 1 "{self.sources[name]}"', *probes, ""])
        options = ("-fmax-errors=0", "-fsyntax-only")
        messages = self.trees[0].compile(self.sources[name], probe, self.scratch / "probe.o", options) or ""
        error = re.compile(rf"^{re.escape(self.sources[name])}:(\d+):\S* error", re.MULTILINE)
        wrong = {int(line) for line in error.findall(messages)}
        return {candidate for line, candidate in enumerate(candidates, 1) if line not in wrong}

    def measure(self, tree):
        """Before the first mutant is tried in a tree: is all well there without one?"""
        with self.lock:
            if tree.name not in self.measured:
                tree.measure()
                self.measured.add(tree.name)

    def reach(self):
        """Which functions each program enters. One that the first tree has not may enter any."""
        tree = self.trees[0]
        marks = []
        objects = {}
        for name, text in self.texts.items():
            for function, offset in reversed(mutate.functions(name, text)):
                mark = f"{{ extern unsigned char *MutantsReached; MutantsReached[{len(marks)}] = 1; }}"
                text = text[:offset] + mark + text[offset:]
                marks.append((name, function))
            target = self.scratch / f"reach-{name}.o"
            failure = tree.compile(self.sources[name], text, target)
            if failure is not None:
                sys.exit(f"mutants: {name} does not compile: {failure}")
            objects[tree.object_of(self.sources[name])] = target
        tree.join(objects, self.scratch / "reach.a")
        mapper = self.scratch / "reach.c"
        mapper.write_text(REACH % len(marks))
        run_shell(f"cc -c -o {self.scratch}/reach.o {mapper}", self.scratch)
        file = self.scratch / "reached"
        executable = self.scratch / "reach"
        for program in tree.programs:
            file.write_bytes(bytes(len(marks)))
            tree.link(program, f"{self.scratch}/reach.a {self.scratch}/reach.o", executable)
            run_program(tree, program, executable, {"MUTANTS_REACHED": str(file)})
            for mark, reached in zip(marks, file.read_bytes()):
                if reached:
                    self.reached.setdefault(mark, set()).add(program.name)

    def reaching(self, mutant):
        """Names of the programs that may notice a mutant. Of a definition, or of a lock whose release may
        stand in another function: all that enter the file."""
        if mutant.operator != "LOCK" and (mutant.file, mutant.function) in self.functions:
            return self.reached.get((mutant.file, mutant.function), set())
        return set().union(*(names for (file, _), names in self.reached.items() if file == mutant.file))


@dataclasses.dataclass
class Verdict:
    """Of a mutant. State: caught, survived, same (code as without), alike (another mutant's), invalid."""

    state: str
    by: str = ""
    how: str = ""


class Run:
    def __init__(self, workshop, selected, jobs, memory):
        self.workshop = workshop
        self.selected = selected
        self.jobs = jobs
        self.memory = memory
        self.kills = collections.Counter()
        self.lock = threading.Lock()
        self.verdicts = {}
        self.done = 0

    def each(self, function, mutants):
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(function, mutants))

    def object_of(self, tree, mutant):
        """Where the mutant's code is, or is to be, for a tree."""
        return self.workshop.scratch / f"{tree.name}-{hashlib.sha256(mutant.name.encode()).hexdigest()}.o"

    def compile(self, tree, mutant):
        """A hash of the code, or None if there is none."""
        target = self.object_of(tree, mutant)
        text = mutant.apply(self.workshop.texts[mutant.file])
        if tree.compile(self.workshop.sources[mutant.file], text, target) is not None:
            return None
        return hashlib.sha256(target.read_bytes()).hexdigest()

    def fingerprint(self, mutant):
        return self.compile(self.workshop.trees[0], mutant)

    def sort_out(self):
        """Verdicts of those that need no run; the others."""
        begun = time.monotonic()
        first = {}
        for name in {mutant.file for mutant in self.selected}:
            original = mutate.Mutant(name, "", "", "", ())
            first[name, self.fingerprint(original)] = None
        distinct = []
        for mutant, code in zip(self.selected, self.each(self.fingerprint, self.selected)):
            if code is None:
                self.verdicts[mutant.name] = Verdict("invalid")
            elif (mutant.file, code) not in first:
                first[mutant.file, code] = mutant
                distinct.append(mutant)
            elif first[mutant.file, code] is None:
                self.verdicts[mutant.name] = Verdict("same")
            else:
                self.verdicts[mutant.name] = Verdict("alike", first[mutant.file, code].name)
        seconds = time.monotonic() - begun
        say(f"{len(distinct)} distinct mutants of {len(self.selected)}, compiled in {seconds:.0f} s")
        return distinct

    def order(self, tree, mutant):
        """The programs to run: what caught this mutant before, then what catches most in its time."""
        useless = {program.name for program in self.workshop.trees[0].programs}
        useless -= self.workshop.reaching(mutant)
        programs = [program for program in tree.programs if program.name not in useless]
        with self.lock:
            kills = dict(self.kills)
        before = self.memory.get(mutant.name)
        return sorted(
            programs,
            key=lambda program: (
                f"{tree.name}/{program.name}" != before,
                -(1 + kills.get(program.name, 0)) / (0.1 + program.cpu_seconds),
            ),
        )

    def try_tree(self, tree, mutant, scratch, log=subprocess.DEVNULL):
        self.workshop.measure(tree)
        programs = self.order(tree, mutant)
        if not programs:
            return None
        code = self.object_of(tree, mutant)
        if not code.exists():
            self.compile(tree, mutant)
        tree.join({tree.object_of(self.workshop.sources[mutant.file]): code}, scratch / "driver.a")
        for program in programs:
            # Several tests may be one program.
            executable = scratch / f"{tree.name}-{pathlib.Path(program.executable).name}"
            if not executable.exists():
                tree.link(program, scratch / "driver.a", executable)
            failure = run_program(tree, program, executable, log=log)
            if failure:
                with self.lock:
                    self.kills[program.name] += 1
                return Verdict("caught", f"{tree.name}/{program.name}", failure)
        return None

    def judge(self, mutant, log=subprocess.DEVNULL):
        with tempfile.TemporaryDirectory(dir=self.workshop.scratch) as scratch:
            verdict = None
            # What caught it the last time may be in a later tree.
            before = self.memory.get(mutant.name, "").partition("/")[0]
            for tree in sorted(self.workshop.trees, key=lambda tree: tree.name != before):
                verdict = self.try_tree(tree, mutant, pathlib.Path(scratch), log)
                if verdict:
                    break
        verdict = verdict or Verdict("survived")
        with self.lock:
            self.verdicts[mutant.name] = verdict
            self.done += 1
            if verdict.state == "survived":
                say(f"survived: {mutant.name}")
            elif self.done % 100 == 0:
                say(f"{self.done} done")
        return verdict


def read_equivalents(path):
    """{name: reason}. A name begins its line, its reason is what is indented below it."""
    listed = {}
    name = None
    for number, line in enumerate(path.read_text().splitlines() if path else (), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not line[0].isspace():
            name = line.strip()
            if name in listed:
                sys.exit(f"{path}:{number}: listed twice: {name}")
            listed[name] = ""
        elif name:
            listed[name] = f"{listed[name]} {line.strip()}".strip()
    for name, reason in listed.items():
        if not reason:
            sys.exit(f"{path}: no reason: {name}")
    return listed


def report_table(workshop, verdicts):
    rows = [("", *mutate.OPERATORS, "all")]
    for file in (*workshop.sources, "all"):
        row = [file]
        for operator in (*mutate.OPERATORS, "all"):
            states = [
                verdict.state
                for name, verdict in verdicts.items()
                if file in (workshop.mutants[name].file, "all")
                and operator in (workshop.mutants[name].operator, "all")
            ]
            caught = states.count("caught")
            row.append(f"{caught}/{caught + states.count('survived')}")
        rows.append(row)
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths)).rstrip())


def report(workshop, verdicts, listed):
    """Prints what came out; the number of things that are not as they should be."""
    complaints = []
    states = collections.Counter(verdict.state for verdict in verdicts.values())
    report_table(workshop, verdicts)
    print(
        f"besides: {states['same']} that compile to the same code as without, {states['alike']} to another "
        f"mutant's, {states['invalid']} that do not compile"
    )
    for name, verdict in verdicts.items():
        if verdict.state == "survived" and name in listed:
            print(f"equivalent: {name}\n    {listed[name]}")
        elif verdict.state == "survived":
            complaints.append(f"survived: {name}")
        elif name in listed and verdict.state == "caught":
            complaints.append(f"listed as equivalent, but caught by {verdict.by} ({verdict.how}): {name}")
        elif name in listed:
            complaints.append(f"listed without need ({verdict.state} {verdict.by}): {name}")
    unknown = (name for name in listed if name not in workshop.mutants)
    complaints += [f"listed, but there is none such: {name}" for name in unknown]
    for complaint in complaints:
        print(complaint)
    print(f"{states['caught']} of {states['caught'] + states['survived']} mutants caught")
    return len(complaints)


def select(workshop, arguments, listed):
    selected = [
        mutant
        for mutant in workshop.mutants.values()
        if (not arguments.file or mutant.file in arguments.file)
        and (not arguments.operator or mutant.operator in arguments.operator)
        and (not arguments.id or mutant.name in arguments.id)
    ]
    if arguments.id and len(selected) != len(set(arguments.id)):
        sys.exit("mutants: no such mutant; --list tells them all")
    if arguments.sample or arguments.unlisted:
        selected = [mutant for mutant in selected if mutant.name not in listed]
    if arguments.sample:
        chosen = random.Random(arguments.seed).sample(selected, min(arguments.sample, len(selected)))
        selected = [mutant for mutant in selected if mutant in chosen]
    return selected


def show(workshop, run, selected):
    """For a person who asks for single mutants: what they are, and what the programs say."""
    for mutant in selected:
        source = workshop.texts[mutant.file]
        for start, end, _ in mutant.edits:
            print(f"{mutant.file}:{mutate.line_of(source, start)}: {source[start:end] or '(inserted)'}")
        verdict = run.judge(mutant, None)
        print(f"{mutant.name}: {verdict.state} {verdict.by} {verdict.how}", flush=True)


def parse():
    parser = argparse.ArgumentParser(prog="tools/mutants", add_help=False)
    parser.add_argument("--source", action="append", required=True)
    parser.add_argument("--tree", action="append", required=True)
    parser.add_argument("--equivalent", type=pathlib.Path)
    parser.add_argument("--memory", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--file", action="append")
    parser.add_argument("--operator", action="append", choices=mutate.OPERATORS)
    parser.add_argument("--id", action="append")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--unlisted", action="store_true")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


def main():
    arguments = parse()
    trees = [Tree(tree) for tree in arguments.tree]
    listed = read_equivalents(arguments.equivalent)
    memory = {}
    if arguments.memory and arguments.memory.exists():
        memory = json.loads(arguments.memory.read_text())
    where = arguments.memory.parent if arguments.memory else None
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="scratch-", dir=where)).resolve()
    try:
        workshop = Workshop(arguments.source, trees, scratch)
        selected = select(workshop, arguments, listed)
        if arguments.list:
            for mutant in selected:
                print(mutant.name)
            return 0
        workshop.measure(trees[0])
        workshop.reach()
        say("; ".join(f"{tree.name}: {len(tree.programs)} test programs" for tree in trees))
        run = Run(workshop, selected, arguments.jobs, memory)
        distinct = run.sort_out()
        if arguments.id:
            show(workshop, run, distinct)
        else:
            run.each(run.judge, distinct)
        if arguments.memory:
            caught = {name: verdict.by for name, verdict in run.verdicts.items() if verdict.state == "caught"}
            arguments.memory.write_text(json.dumps({**memory, **caught}, indent=1))
        verdicts = {mutant.name: run.verdicts[mutant.name] for mutant in selected}
        return 1 if report(workshop, verdicts, listed) else 0
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    sys.exit(main())
