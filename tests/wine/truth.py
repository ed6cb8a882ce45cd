#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares what a reader wrote with what the feeder handed to the driver, event by event and field by field.

usage: truth.py [--tier ex2|ex|base] [--lossy] TRUTH.jsonl STREAM.jsonl
"""

import argparse
import bisect
import collections
import datetime
import sys

from stream import KINDS, Problems, Stream, check_stream, hole_ends, read_lines

# Of the truth file alone: when and by which routine and thread it was raised, and the path's other form.
OF_TRUTH = {"time", "tier", "thread", "image_device"}
# Of the reader alone: the number, and what the console adds of its own; checked by check_additions.
OF_READER = {"host", "instance", "seq", "time", "user", "parent_image", "entity_id", "parent_entity_id"}
OF_EXITS = {"image", "lifetime_ms", "images"}
# What the routines of a lower tier are not told.
BELOW_EX2 = {"subsystem"}
BELOW_EX = {"creation_status", "image_exact", "command_line", "subsystem"}
# What the stand-in answers when it is asked for the path of a process, and knows none.
NOT_FOUND = "failed 0xC0000225"


def as_handed_over(truth):
    """What a reader is to find of an event, by field: (value, status), the status None where the field is
    present."""
    fields = {
        name: (value, truth.get(f"{name}_status"))
        for name, value in truth.items()
        if name not in OF_TRUTH and not name.endswith("_status")
    }
    if truth["event"] != "process_start":
        return fields
    for name in {"ex2": set(), "ex": BELOW_EX2, "base": BELOW_EX}[truth["tier"]]:
        fields[name] = None, "absent"
    if truth["tier"] == "base" or truth["image_nt"] is None:
        # The OS is asked for the path, and tells its other form.
        other = truth["image_device"]
        drive = truth["image"] if truth["image"] != truth["image_nt"] and not made_up(truth) else other
        fields["image_nt"] = other, None if other is not None else NOT_FOUND
        fields["image"] = (drive, None) if other is not None else (None, NOT_FOUND)
        fields["image_form"] = "nt" if other is not None else "other", None
    if truth["image_nt"] is None:
        fields["image_exact"] = None, "absent"
    parent = truth["parent_create_time"]
    if parent and truth["create_time"] and parent > truth["create_time"]:
        fields["parent_create_time"] = None, "absent"
    return fields


def made_up(truth):
    """The paths of made-up events are on no drive of Wine's."""
    return "made-up" in (truth["image_nt"] or "")


def compare_event(truth, event, problems):
    """The number of fields compared."""
    expected = as_handed_over(truth)
    where = f"event {event['seq']}, {event['event']} of process {event['pid']}"
    for name, (value, status) in expected.items():
        problems.equal(event.get(name, "(no such field)"), value, f"{where}: {name}")
        problems.equal(event.get(f"{name}_status"), status, f"{where}: {name}_status")
    unknown = set(name for name in event if not name.endswith(("_status", "_full_length", "_utf16")))
    unknown -= set(expected) | OF_READER | (OF_EXITS if event["event"] == "process_exit" else set())
    problems.check(not unknown, f"{where}: the truth says nothing of {sorted(unknown)}")
    return len(expected)


def instant(text):
    """100 ns."""
    whole, fraction = text.rstrip("Z").split(".")
    return int(datetime.datetime.fromisoformat(whole + "+00:00").timestamp()) * 10**7 + int(fraction)


def check_additions(stream, problems):
    """What the console adds to an event: of a process whose start is in the stream, all that can be said."""
    starts, loads = {}, collections.Counter()
    for event in stream.events:
        process = event["pid"], event["create_time"]
        where = f"event {event['seq']}: {event['event']} of process {event['pid']}"
        if event["event"] == "process_start":
            starts[process] = event
            parent = starts.get((event["parent_pid"], event["parent_create_time"]))
            if parent:
                problems.equal(event["parent_image"], parent["image"], f"{where}: parent_image")
        elif event["event"] == "image_load":
            loads[process] += 1
        elif process in starts:
            start = starts[process]
            problems.equal(event["image"], start["image"], f"{where}: image")
            lived = (instant(event["time"]) - instant(start["time"])) // 10**4
            problems.equal(event["lifetime_ms"], lived if lived >= 0 else None, f"{where}: lifetime_ms")
            if not stream.holes:
                problems.equal(event["images"], loads[process], f"{where}: images")
        else:
            problems.equal(
                [event[name] for name in sorted(OF_EXITS)], [None] * 3, f"{where}, whose start was not seen"
            )


def describe(truth):
    return f"{truth['event']} of process {truth['pid']}"


def pair_by_number(truth, stream, begin, problems):
    """For a truth in the order of its numbers, the first of which is begin: each event's own, and of each
    hole what should have stood there."""
    pairs = []
    for event in stream.events:
        at = event["seq"] - begin
        if problems.check(0 <= at < len(truth), f"event {event['seq']}: nothing was raised there"):
            pairs.append((truth[at], event))
    numbers = [event["seq"] for event in stream.events]
    for hole in stream.holes:
        first, following = hole_ends(hole)
        where = f"hole {first}..{following}"
        here = bisect.bisect_left(numbers, first) != bisect.bisect_left(numbers, following)
        problems.check(not here, f"{where}: events of these numbers were delivered")
        stood = collections.Counter(
            event["event"] for event in truth[max(0, first - begin) : following - begin]
        )
        told = collections.Counter()
        for line in hole:
            told[line["kind"]] += line["count"]
        for kind in told:
            problems.equal(
                told[kind], stood[kind] if kind in KINDS else following - first, f"{where}: lost {kind}"
            )
    return pairs


def pair_by_process(truth, stream, problems):
    """For threads that raised at once: their order is not known, but that within each process is. Nothing may
    be missing."""
    events, raised = collections.defaultdict(list), collections.defaultdict(list)
    for event in stream.events:
        events[event["pid"]].append(event)
    for event in truth:
        raised[event["pid"]].append(event)
    for process in events.keys() - raised.keys():
        problems.append(f"process {process}: {len(events[process])} events, and none was raised")
    pairs = []
    for process, its in raised.items():
        got = events[process]
        problems.equal(len(got), len(its), f"process {process}: events")
        pairs.extend(zip(its, got))
    return pairs


def identities_of(stream):
    """(id, create time) of a process, and what it is called."""
    for event in stream.events:
        yield (event["pid"], event["create_time"]), event["entity_id"]
        if event["event"] == "process_start":
            yield (event["parent_pid"], event["parent_create_time"]), event["parent_entity_id"]


def check_identities(stream, problems):
    """One name for each process, the same on its start, loads and exit and as a parent's; none where it is not known
    which process it is."""
    names = {}
    for process, name in identities_of(stream):
        known = process[0] and process[1] is not None
        if problems.check((name is not None) == bool(known), f"identity of {process}: {name}") and known:
            problems.equal(names.setdefault(process, name), name, f"identity of {process}")
    problems.equal(len(set(names.values())), len(names), "identities, each of one process")


def check_all_there(truth, pairs, problems):
    """Every event of the truth has its own."""
    seen = collections.Counter(id(event) for event, _ in pairs)
    missing = [event for event in truth if not seen[id(event)]]
    for event in missing:
        problems.append(f"missing: {describe(event)}")
    twice = [event for event in truth if seen[id(event)] > 1]
    for event in twice:
        problems.append(f"{seen[id(event)]} times: {describe(event)}")


def check_truth(truth, stream, begin=None, filtered=False, kinds=KINDS, lossy=False):
    """Compares a stream, already found to add up, with the truth; the number of fields compared.

    begin     the number of the first event of the truth; None: several threads raised at once
    kinds     those the reader wants; with filtered, it may leave out others for reasons of its own
    lossy     what is missing need only be accounted for
    """
    problems = Problems()
    if begin is None:
        pairs = pair_by_process(truth, stream, problems)
    else:
        pairs = pair_by_number(truth, stream, begin, problems)
    fields = sum(compare_event(event, its, problems) for event, its in pairs)
    check_identities(stream, problems)
    if not lossy and not filtered:
        check_all_there([event for event in truth if event["event"] in kinds], pairs, problems)
    if not filtered and set(kinds) == set(KINDS):
        check_additions(stream, problems)
    problems.settle()
    return fields


def counts_text(counts):
    starts, exits, loads = (counts[kind] for kind in ("process_start", "process_exit", "image_load"))
    return f"{starts:,} starts, {exits:,} exits, {loads:,} image loads"


def kinds_of(events):
    return collections.Counter(event["event"] for event in events)


def compare_files(truth_path, stream_path, tier, lossy):
    """For a driver that had nothing before; what is to be said of it."""
    truth, stream = read_lines(truth_path), check_stream(Stream.read(stream_path))
    wrong = {event["tier"] for event in truth if event["event"] == "process_start"} - {tier}
    assert not wrong, f"raised by tier {wrong} instead of {tier}"
    assert stream.account["unread"]["total"] == 0, "the reader did not read all there was"
    begin = None if len({event["thread"] for event in truth}) > 1 else 1
    fields = check_truth(truth, stream, begin, lossy=lossy)
    raised, read = kinds_of(truth), kinds_of(stream.events)
    said = f"{fields:,} fields compared, none differs; the account closes"
    if not lossy:
        return f"all there: {counts_text(read)}; {said}"
    for kind in ("process_start", "process_exit"):
        assert read[kind] == raised[kind], f"{read[kind]} of {raised[kind]} {kind}"
    lost = stream.account["lost"]
    assert sum(raised.values()) == sum(read.values()) + lost["total"] and lost["unknown"] == 0
    return (
        f"every start and exit is there: {read['process_start']} of {raised['process_start']} and "
        f"{read['process_exit']} of {raised['process_exit']}; of {raised['image_load']:,} image loads "
        f"{read['image_load']:,} are there and {lost['image_load']:,} lost, as told in their places; {said}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--tier", choices=("ex2", "ex", "base"), default="ex2")
    parser.add_argument("--lossy", action="store_true", help="image loads may be lost, if accounted for")
    parser.add_argument("truth")
    parser.add_argument("stream")
    options = parser.parse_args()
    try:
        print(compare_files(options.truth, options.stream, options.tier, options.lossy))
    except (AssertionError, OSError) as error:
        print(f"NOT ALL THERE: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
