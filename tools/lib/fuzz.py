#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the fuzzers in turns; see tools/fuzz, which calls it."""

import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

TARGETS = ("batch", "capture", "filter", "formats", "requests")
TURN_SECONDS = 60
MINIMISE_SECONDS = 60
MAX_LENGTH = 4096
STATUS = re.compile(r"^#\d+\s+\S+\s+cov: (\d+)")
INPUTS = re.compile(r"^stat::number_of_executed_units:\s*(\d+)")


class Target:
    """A fuzzer, its corpus, and what is known of both from the runs before."""

    def __init__(self, name, options):
        self.name = name
        self.program = options.programs / f"fuzz_{name}"
        self.kept = options.corpus / name
        self.work = options.work / name
        self.found = self.work / "corpus"
        self.failures = 0
        self.inputs = 0
        self.found.mkdir(parents=True, exist_ok=True)
        self.kept.mkdir(parents=True, exist_ok=True)
        self.state_file = self.work / "state.json"
        digest = hashlib.sha256(self.program.read_bytes()).hexdigest()
        self.state = {"program": digest, "edges": 0, "idle": 0.0}
        if self.state_file.exists():
            state = json.loads(self.state_file.read_text())
            # Another program's edges are other edges.
            if state["program"] == digest:
                self.state = state

    def save(self):
        self.state_file.write_text(json.dumps(self.state))

    def turn(self, seconds, seed):
        """One turn; False if it ended with a failure."""
        artifact = self.work / f"failure-{seed}"
        arguments = [f"-max_total_time={seconds}", f"-seed={seed}", f"-exact_artifact_path={artifact}"]
        arguments += [f"-max_len={MAX_LENGTH}", "-len_control=0", "-reload=0", "-print_final_stats=1"]
        arguments += [self.found, self.kept]
        log = self.work / f"turn-{seed}.log"
        begun = newest = time.monotonic()
        with log.open("w", buffering=1) as output, self.start(arguments) as fuzzer:
            for line in fuzzer.stderr:
                output.write(line)
                if inputs := INPUTS.match(line):
                    self.inputs += int(inputs.group(1))
                status = STATUS.match(line)
                if status and int(status.group(1)) > self.state["edges"]:
                    self.state["edges"] = int(status.group(1))
                    self.state["idle"] = 0.0
                    newest = time.monotonic()
        self.state["idle"] += time.monotonic() - max(begun, newest)
        self.save()
        if fuzzer.returncode == 0:
            log.unlink()
            return True
        self.failures += 1
        self.report(seed, log, artifact)
        return False

    def start(self, arguments, **environment):
        pipe = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        text = {"text": True, "errors": "replace"}
        return subprocess.Popen([self.program, *arguments], env=os.environ | environment, **pipe, **text)

    def report(self, seed, log, artifact):
        print(f"FAILED {self.name}: seed {seed}, log {log}")
        if not artifact.exists():
            return
        smallest = self.minimise(artifact)
        with self.start([smallest], FUZZ_TRACE="1") as replay:
            trace = replay.stderr.read()
        for line in trace.splitlines():
            if re.match(r"operation |fuzz: |sim: |.*(ERROR|runtime error):", line):
                print(f"    {line}")
        print(f"    replay: FUZZ_TRACE=1 {self.program} {smallest}", flush=True)

    def minimise(self, artifact):
        """The smallest input that still fails, as far as it is found in time."""
        smallest = artifact.with_suffix(".min")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
        subprocess.run([self.program, "-minimize_crash=1", f"-max_total_time={MINIMISE_SECONDS}",
                        f"-exact_artifact_path={smallest}", artifact], **quiet)
        return smallest if smallest.exists() else artifact

    def compact(self, keep):
        """What was found becomes the fewest inputs that reach all that the kept and the found ones do."""
        merged = self.work / "merged"
        shutil.rmtree(merged, ignore_errors=True)
        merged.mkdir()
        with self.start(["-merge=1", f"-max_len={MAX_LENGTH}", merged, self.kept, self.found]) as fuzzer:
            fuzzer.stderr.read()
        if fuzzer.returncode != 0:
            sys.exit(f"fuzz.py: the corpora of {self.name} could not be merged")
        if keep:
            shutil.rmtree(self.kept)
            shutil.copytree(merged, self.kept)
        shutil.rmtree(self.found)
        merged.rename(self.found)

    def summary(self):
        names = {path.name for directory in (self.kept, self.found) for path in directory.iterdir()}
        counts = f"{self.inputs:,} inputs, corpus {len(names):,}, {self.state['edges']:,} edges"
        idle = f"{self.state['idle'] / 3600:.2f} hours since the last new edge"
        return f"fuzz {self.name}: {counts}, {idle}, {self.failures} failures"


def parse():
    parser = argparse.ArgumentParser(prog="tools/fuzz", add_help=False)
    parser.add_argument("minutes", type=float)
    parser.add_argument("target", nargs="?", choices=TARGETS)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1000000)
    parser.add_argument("--keep", action="store_true")
    for directory in ("--programs", "--corpus", "--work"):
        parser.add_argument(directory, type=pathlib.Path, required=True)
    return parser.parse_intermixed_args()


def main():
    options = parse()
    targets = [Target(name, options) for name in TARGETS if options.target in (None, name)]
    left = options.minutes * 60
    seconds = max(1, min(TURN_SECONDS, int(left / len(targets))))
    seed = options.seed
    while left >= seconds * 0.5:
        for target in targets:
            if target.failures == 0:
                target.turn(seconds, seed)
            left -= seconds
            seed += 1
    for target in targets:
        if target.failures == 0:
            target.compact(options.keep)
        print(target.summary(), flush=True)
    sys.exit(1 if any(target.failures for target in targets) else 0)


if __name__ == "__main__":
    main()
