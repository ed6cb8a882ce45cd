# SPDX-License-Identifier: MIT
"""usage: soak.py BUILD MINUTES SEED: what tools/soak does once everything is built.

Jobs take turns on as many processors as there are. A round gives each job its share of the time; whatever
time is left is for another round, with other seeds.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = sys.executable
# What one round aims at, for each scenario.
SCHEDULES = 100_000
FAULT_SHARE = 0.25
LONGEST_ROUND_SECONDS = 3600
SHORTEST_JOB_SECONDS = 2

RESULT = re.compile(
    r"^(\w+) +(?:(\d+) failures injected;)?"
    r"(?: (?:not )?complete at (\d+) preemptions(?:: (\d+))?;)?"
    r"(?: (\d+) runs, (\d+) distinct schedules)?$",
    re.MULTILINE,
)
ACCOUNT = re.compile(r"^account: (\d+) events", re.MULTILINE)
FUZZED = re.compile(r"^(fuzz \w+: ([\d,]+) inputs, .*)$", re.MULTILINE)


class Tally:
    """What was tried and what failed, by sort; one line each at the end."""

    def __init__(self):
        self.lock = threading.Lock()
        self.tried, self.failed = {}, {}
        self.scenarios = {}
        self.said = []

    def say(self, line):
        """A line for the end that sums nothing up."""
        with self.lock:
            self.said.append(line)

    def add(self, sort, tried, failed=0):
        with self.lock:
            self.tried[sort] = self.tried.get(sort, 0) + tried
            self.failed[sort] = self.failed.get(sort, 0) + failed

    def print(self):
        for name, (distinct, complete) in sorted(self.scenarios.items()):
            how = "complete at 2 preemptions" if complete else "not complete at 2 preemptions"
            print(f"    {name:28} {distinct:>9,} distinct schedules, {how}")
        for line in self.said:
            print(f"    {line}")
        for sort, tried in self.tried.items():
            print(f"{sort}: {tried:,} tried, {self.failed[sort]:,} failed")


class Soak:
    def __init__(self, build, minutes, seed):
        self.build, self.seed = build, seed
        self.explore = build / "plain" / "tests" / "scenarios" / "explore"
        self.logs = build / "soak-logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.workers = os.cpu_count() or 1
        self.end = time.monotonic() + 60 * minutes
        self.tally = Tally()

    def run(self, name, command, **options):
        """The output of a job, which is also kept; shown if it failed."""
        log = self.logs / f"{name}.log"
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, errors="replace", check=False, **options)
        log.write_text(done.stdout)
        if done.returncode:
            with self.tally.lock:
                print(f"FAILED {name}: {' '.join(map(str, command))}\n{done.stdout}", flush=True)
        for events in ACCOUNT.findall(done.stdout):
            self.tally.add("events checked", int(events))
        return done.returncode, done.stdout

    def schedules(self, name, seed, seconds):
        failed, out = self.run(f"schedules-{name}", [
            self.explore, "--scenario", name, "--search", 2, "--distinct", SCHEDULES,
            "--seconds", seconds, "--seed", seed])
        found = RESULT.search(out)
        distinct = int(found.group(6) or 0) if found else 0
        self.tally.add("schedules", distinct, 1 if failed else 0)
        with self.tally.lock:
            before = self.tally.scenarios.get(name, (0, False))
            complete = bool(found and found.group(4))
            self.tally.scenarios[name] = (max(before[0], distinct), before[1] or complete)

    def faults(self, name, seed, seconds):
        failed, out = self.run(f"faults-{name}", [
            self.explore, "--scenario", name, "--fault-rounds", SCHEDULES, "--seconds", seconds,
            "--seed", seed])
        found = RESULT.search(out)
        self.tally.add("fault points", int(found.group(2) or 0) if found else 0, 1 if failed else 0)

    def fuzz(self, target, seed, seconds):
        """By what tools/fuzz runs, which makes a failing input small and says how to replay it."""
        failed, out = self.run(f"fuzz-{target}", [
            PYTHON, ROOT / "tools" / "lib" / "fuzz.py", seconds / 60, target, "--seed", seed,
            "--programs", self.build / "native" / "tests" / "fuzz", "--work", self.logs / "fuzz",
            "--corpus", ROOT / "tests" / "fuzz" / "corpus"])
        found = FUZZED.search(out)
        inputs = int(found.group(2).replace(",", "")) if found else 0
        self.tally.add("fuzz inputs", inputs, 1 if failed else 0)
        if found:
            self.tally.say(found.group(1))

    def replay(self, _, __, seconds):
        """Over and over until its share is used up."""
        end = time.monotonic() + seconds
        program = self.build / "native" / "tests" / "replay" / "replay"
        recordings = sorted((ROOT / "tests" / "data").glob("*.jsonl"))
        while time.monotonic() < end:
            failed, _ = self.run("replay", [program, *recordings])
            self.tally.add("replays", 1, 1 if failed else 0)
            if failed:
                return

    def jobs(self):
        listed = subprocess.run([self.explore, "--list"], stdout=subprocess.PIPE, text=True, check=True)
        names = listed.stdout.split()
        jobs = [(self.schedules, name, 1.0) for name in names]
        jobs += [(self.faults, name, FAULT_SHARE) for name in names]
        jobs += [(self.fuzz, "requests", 3.0), (self.fuzz, "batch", 1.0), (self.fuzz, "filter", 1.0)]
        jobs += [(self.replay, "replay", 1.0)]
        return jobs

    def round(self, number, jobs):
        share = sum(job[2] for job in jobs)
        left = min(self.end - time.monotonic(), LONGEST_ROUND_SECONDS)
        with concurrent.futures.ThreadPoolExecutor(self.workers) as pool:
            running = [
                pool.submit(job, name, self.seed + number * SCHEDULES,
                            max(SHORTEST_JOB_SECONDS, int(left * self.workers * weight / share)))
                for job, name, weight in jobs
            ]
            for job in running:
                job.result()

    def soak(self):
        jobs = self.jobs()
        number = 0
        while number == 0 or self.end - time.monotonic() > SHORTEST_JOB_SECONDS * len(jobs):
            self.round(number, jobs)
            number += 1
        self.tally.print()
        return 1 if any(self.tally.failed.values()) else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(Soak(pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3])).soak())
