# SPDX-License-Identifier: MIT
"""The text that tools/bench prints: a table for each row of the plan, then the targets."""

import collections

import bench_plan

Column = collections.namedtuple("Column", "heading figure form with_spread")

LEGEND = (
    "Medians of {rounds} interleaved rounds. +-: half the distance between the quartiles, or both where\n"
    "that is more than the median. cpu: processor time of an event. lost: of all events of all rounds,\n"
    "and whether the way knows how many."
)


def count(value):
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.3g}{unit}" if value < 999.5 * size else f"{value / size:,.0f}{unit}"
    return f"{value:.3g}"


def duration(value):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.0f} ns"


def share(value):
    return "0" if not value else f"{value:.2g}"


RATE = (Column("events/s", "events_per_second", count, True),)
NOTIFY = (
    Column("notify p50", "notify_p50_ns", duration, True),
    Column("p99", "notify_p99_ns", duration, False),
    Column("p99.9", "notify_p999_ns", duration, False),
    Column("max", "notify_max_ns", duration, False),
)
LATENCY = (
    Column("latency p50", "latency_p50_ns", duration, True),
    Column("p99", "latency_p99_ns", duration, False),
    Column("max", "latency_max_ns", duration, False),
)
PRODUCER = (Column("producer cpu", "producer_ns", duration, True),)
READER = (Column("reader cpu", "reader_ns", duration, True),)
REQUESTS = (
    Column("requests/event", "requests_per_event", share, False),
    Column("wakes/event", "wakes_per_event", share, False),
)
IDLE = (Column("idle wakes/min", "idle_wakes_a_minute", count, False),)
EMPTY = (Column("an empty request", "empty_request_ns", duration, True),)


def columns_of(row):
    """Those that say something of a row: a paced producer's processor time is that of waiting, and its rate
    is given; a reader that begins late is late."""
    if "--empty-requests" in row.options:
        return EMPTY
    paced = "--rate" in row.options or "--busiest-second" in row.options
    stamped, behind = "--stamped" in row.options, "--behind" in row.options
    columns = () if paced or behind or "--idle-ms" in row.options else RATE
    columns += NOTIFY if stamped else ()
    columns += LATENCY if stamped and not behind else ()
    columns += () if paced else PRODUCER
    columns += READER
    columns += () if behind else REQUESTS
    return columns + (IDLE if "--idle-ms" in row.options else ())


def cell(found, column):
    if found is None:
        return "-"
    text = column.form(found["median"])
    if not column.with_spread or not found["median"]:
        return text
    percent = 50 * (found["q3"] - found["q1"]) / found["median"]
    if percent > 100:
        return f"{text} {column.form(found['q1'])}..{column.form(found['q3'])}"
    return f"{text} +-{percent:.0f}%"


def lost(results, key, way):
    runs = results.runs[key, way]
    if not runs[0]["readers"]:
        return "-"
    missing, raised = (sum(run[name] for run in runs) for name in ("missing", "raised"))
    unknown = results.unknown(key, way)
    if not missing and not unknown:
        return "0"
    return f"{100 * missing / raised:.3g}%, " + (f"{unknown:,} unknown" if unknown else "all known")


def aligned(lines):
    """Lines of cells: the first column to the left, the others to the right."""
    first, *others = [max(map(len, cells)) for cells in zip(*lines)]
    for name, *cells in lines:
        yield f"  {name:{first}}" + "".join(f"  {text:>{width}}" for text, width in zip(cells, others))


def section(results, row):
    columns = columns_of(row)
    lines = [["", *(column.heading for column in columns), "lost"]]
    for way in row.ways:
        if (row.key, way) not in results.runs:
            lines.append([way, *("failed" for _ in columns), "-"])
            continue
        found = [results.spread(row.key, way, column.figure) for column in columns]
        lines.append([way, *map(cell, found, columns), lost(results, row.key, way)])
    return [row.title, *aligned(lines), ""]


def measured(value):
    if value is None:
        return "not measured"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def targets(judged):
    lines = [["", "measured", "required", ""]]
    for target in judged:
        lines.append([target["name"], measured(target["measured"]), target["required"],
                      "met" if target["met"] else "MISSED"])
    met = sum(target["met"] for target in judged)
    return ["Targets", *aligned(lines), f"  {met} of {len(judged)} met", ""]


def remarks(figures):
    return ["Without a target", *aligned([[name, measured(value)] for name, value in figures.items()]), ""]


def memory(results, driver_bytes):
    """What each way's events may take, and the driver's file."""
    found = {way: results.median("burst-1", way, "memory_bytes") for way in bench_plan.ALL}
    lines = [[way, f"{size / 2**20:g} MiB"] for way, size in found.items() if size]
    if driver_bytes:
        lines.append(["prcm.sys, the file for 64-bit Windows", f"{driver_bytes:,} bytes"])
    return ["Memory for events, at most", *aligned(lines), ""] if lines else []


def wine(found):
    if not found:
        return []
    ways = found.get("ways", {}).items()
    lines = [[way, count(figures["events_per_second"])] for way, figures in ways
             if "events_per_second" in figures]
    return ["Under Wine, events/s", *aligned(lines), ""] if lines else []


def failures(configurations):
    failed = [f"  {of['way']}: {of['title']}" for of in configurations if of["failure"]]
    return ["Failed, and why was said", *failed, ""] if failed else []


def whole(results, report):
    """All of it: report is what bench.py makes for --json."""
    text = [LEGEND.format(rounds=report["rounds"]), ""]
    for row in bench_plan.PLAN:
        text += section(results, row)
    text += memory(results, report["driver_bytes"]) + wine(report["wine"])
    text += remarks(report["remarks"]) + targets(report["targets"])
    text += failures(report["configurations"])
    return "\n".join(text)
