# SPDX-License-Identifier: MIT
"""Figures of bench: what one run says, and how that is spread over the runs of a configuration."""

import statistics

WHOLE = ("producer_ns", "raised", "delivered", "missing", "known_lost", "memory_bytes", "events_per_second",
         "seconds")
SPREADS = ("notify_ns", "latency_ns")
POINTS = ("p50", "p99", "p999", "max")


def of_run(run):
    """The figures of one run, by name: nothing is there that the run did not measure."""
    figures = {name: run[name] for name in WHOLE}
    figures |= {name: run[name] for name in ("empty_request_ns", "crossing_ns") if name in run}
    if run["readers"] and run["delivered"]:
        figures["reader_ns"] = run["reader_ns"]
        figures["requests_per_event"] = run["requests"] / run["delivered"]
        figures["wakes_per_event"] = run["wakes"] / run["delivered"]
        figures["idle_wakes_a_minute"] = run["idle_wakes_a_minute"]
    for name in SPREADS:
        if run.get(name, {}).get("count"):
            figures |= {f"{name.removesuffix('_ns')}_{point}_ns": run[name][point] for point in POINTS}
    return figures


def spread(values):
    """The median, the quartiles and the ends."""
    ordered = sorted(values)
    q1 = q3 = ordered[0]
    if len(ordered) > 1:
        q1, _, q3 = statistics.quantiles(ordered, n=4, method="inclusive")
    median = statistics.median(ordered)
    ends = {"min": ordered[0], "max": ordered[-1]}
    return {"median": median, "q1": q1, "q3": q3, **ends, "runs": len(ordered)}


def of_runs(runs):
    """Each figure's spread over the runs of one configuration."""
    figures = [of_run(run) for run in runs]
    names = dict.fromkeys(name for of_one in figures for name in of_one)
    return {name: spread([of_one[name] for of_one in figures if name in of_one]) for name in names}


class Results:
    """All runs, by row of the plan and way."""

    def __init__(self):
        self.runs = {}
        self.figures = {}

    def add(self, key, way, run):
        self.runs.setdefault((key, way), []).append(run)

    def sum_up(self):
        self.figures = {of: of_runs(runs) for of, runs in self.runs.items()}

    def spread(self, key, way, name):
        """None if there was no run that says so."""
        return self.figures.get((key, way), {}).get(name)

    def median(self, key, way, name):
        found = self.spread(key, way, name)
        return None if found is None else found["median"]

    def total(self, keys, way, name):
        """Of all runs of the rows; None if one of them has no run."""
        runs = [self.runs.get((key, way)) for key in keys]
        return sum(run[name] for of_row in runs for run in of_row) if all(runs) else None

    def unknown(self, key, way):
        """Events that the way lost or made up without knowing, of all runs."""
        return sum(abs(run["missing"] - run["known_lost"]) for run in self.runs[key, way])
