# SPDX-License-Identifier: MIT
"""What tools/bench does once everything is built: runs the plan in rounds, and says what came of it."""

import argparse
import concurrent.futures
import json
import os
import pathlib
import platform
import random
import subprocess
import sys
import time

import bench_figures
import bench_plan
import bench_plots
import bench_table
import bench_targets

LONGEST_SECONDS = 60


class Failed(Exception):
    """A run did not run; the text says which and why."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command):
    """What one run of bench printed."""
    line = " ".join(map(str, command))
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, stdin=subprocess.DEVNULL,
                              text=True, timeout=LONGEST_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"not over after {LONGEST_SECONDS} s: {line}") from error
    except OSError as error:
        raise Failed(f"{error.strerror}: {line}") from error
    if done.returncode != 0:
        raise Failed(f"exit code {done.returncode}: {line}\n{done.stderr.strip()}")
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise Failed(f"what it printed is not JSON: {line}\n{done.stdout}") from error


class Bench:
    """The rounds. A configuration that failed once is left out of those that follow."""

    def __init__(self, program, recordings, mode):
        self.program, self.recordings, self.mode = program, recordings, mode
        self.results = bench_figures.Results()
        self.failures = {}
        self.rounds = 0

    def command(self, row, way):
        return [self.program, *bench_plan.arguments(row, way, self.mode), *self.recordings]

    def one(self, configuration):
        row, way = configuration
        try:
            self.results.add(row.key, way, run(self.command(row, way)))
        except Failed as error:
            self.failures[row.key, way] = str(error)
            say(f"bench: {error}")

    def round(self, seed):
        """Each configuration once, in an order of its own, so that the machine's drift meets all alike."""
        configurations = [(row, way) for row, way in bench_plan.configurations()
                          if (row.key, way) not in self.failures]
        random.Random(seed).shuffle(configurations)
        with concurrent.futures.ThreadPoolExecutor(self.mode.jobs) as pool:
            list(pool.map(self.one, configurations))

    def all(self, seed, clock=time.monotonic):
        """All rounds, or as many as there is time for, and one at least."""
        begun = clock()
        while self.rounds < self.mode.rounds:
            self.round(seed + self.rounds)
            self.rounds += 1
            seconds = clock() - begun
            say(f"[{seconds:4.0f} s] round {self.rounds} of {self.mode.rounds}")
            if self.mode.seconds and seconds / self.rounds * (self.rounds + 1) > self.mode.seconds:
                break
        self.results.sum_up()


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def report(bench, seed, wine, driver):
    """Everything, as --json has it."""
    results = bench.results
    configurations = []
    for row, way in bench_plan.configurations():
        configurations.append({
            "key": row.key,
            "title": row.title,
            "way": way,
            "arguments": bench_plan.arguments(row, way, bench.mode),
            "failure": bench.failures.get((row.key, way)),
            "figures": results.figures.get((row.key, way), {}),
            "runs": results.runs.get((row.key, way), []),
        })
    return {
        "mode": bench.mode.name,
        "rounds": bench.rounds,
        "seed": seed,
        "machine": {"processor": processor(), "processors": len(os.sched_getaffinity(0)),
                    "kernel": platform.release()},
        "driver_bytes": driver.stat().st_size if driver and driver.exists() else None,
        "targets": bench_targets.judge(results, wine),
        "remarks": bench_targets.remarks(results),
        "wine": wine,
        "configurations": configurations,
    }


def wine_figures(path):
    """Of --wine-json: {"ratio": prcm to one-at-a-time, "ways": {WAY: {"events_per_second": N, ...}, ...}}."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failed(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("ratio"), (int, float)):
        raise Failed(f'{path} has no number "ratio"')
    return found


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tools/bench", usage="tools/bench --help says", add_help=False)
    for directory in ("--program", "--plots"):
        parser.add_argument(directory, type=pathlib.Path, required=True)
    for path in ("--driver", "--json", "--wine-json"):
        parser.add_argument(path, type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", dest="mode", action="store_const", const="quick", default="full")
    parser.add_argument("--smoke", dest="mode", action="store_const", const="smoke")
    parser.add_argument("recordings", type=pathlib.Path, nargs="+")
    options = parser.parse_args(arguments)
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds is 1 or more")
    if options.json and not options.json.parent.is_dir():
        parser.error(f"there is no directory {options.json.parent}")
    return options


def main(arguments=None):
    options = parse(arguments)
    mode = bench_plan.MODES[options.mode]
    if options.rounds:
        mode = mode._replace(rounds=options.rounds, seconds=None)
    try:
        wine = wine_figures(options.wine_json) if options.wine_json else None
    except Failed as error:
        say(f"bench: {error}")
        return 1
    bench = Bench(options.program, options.recordings, mode)
    bench.all(options.seed)
    found = report(bench, options.seed, wine, options.driver)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(bench_table.whole(bench.results, found), flush=True)
    for path in bench_plots.draw(options.plots, bench.results):
        say(f"plot: {path}")
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
