# SPDX-License-Identifier: MIT
"""What `prcm watch --json` wrote, and whether it adds up: numbers ascending, no gap unaccounted for, nothing
twice, the account closed. Nothing here knows what really happened; truth.py compares with that."""

import collections
import json
import re

KINDS = ("process_start", "process_exit", "image_load")
COUNTED = KINDS + ("unknown",)
CAUSES = ("evicted", "dropped", "unknown")
COUNTS = ("captured", "delivered", "filtered_driver", "filtered_console", "lost", "unread")

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z")
SHOWN_PROBLEMS = 20


class Problems(list):
    """Everything that is wrong, for one message."""

    def check(self, holds, text):
        if not holds:
            self.append(text)
        return holds

    def equal(self, got, want, what):
        return self.check(got == want, f"{what}: {got!r} instead of {want!r}")

    def text(self):
        more = [f"... and {len(self) - SHOWN_PROBLEMS} more"] if len(self) > SHOWN_PROBLEMS else []
        return "\n".join(self[:SHOWN_PROBLEMS] + more)

    def settle(self):
        assert not self, f"{len(self)} problems:\n{self.text()}"


def exact_text(line, name):
    """A text as the OS had it, unpaired surrogates and all. What JSON cannot carry is U+FFFD in the field."""
    value = line[name]
    if value is not None:
        value.encode()
    if f"{name}_utf16" not in line:
        return value
    text = bytes.fromhex(line[f"{name}_utf16"]).decode("utf-16-be", "surrogatepass")
    replaced = re.sub(r"[\0\ud800-\udfff\ufdd0-\ufdef]|[^\0-\uffff]|[\ufffe\uffff]", in_json, text)
    assert value == replaced != text, f"{name}: {value!r} for {text!r}"
    return text


def in_json(match):
    """What stands in JSON for a character, or for a surrogate without its other half."""
    point = ord(match[0])
    return match[0] if point > 0xFFFF and point & 0xFFFE != 0xFFFE else "\ufffd"


def read_lines(path):
    """The JSON objects of a file, one a line; the last may still be being written."""
    with open(path, "rb") as file:
        return [json.loads(line) for line in file.read().split(b"\n")[:-1]]


class Stream:
    """A reader's output. head is its first line; items are events and holes in the order of the output; a
    hole is a list of its `lost` lines."""

    def __init__(self, lines):
        self.lines = lines
        self.items = []
        self.head = None
        self.origins = {(line["host"], line["instance"]) for line in lines}
        self.account = None
        self.after_account = 0
        for line in lines:
            self.take(line)
        self.events = [item for item in self.items if isinstance(item, dict)]
        self.holes = [item for item in self.items if isinstance(item, list)]

    @classmethod
    def read(cls, path):
        return cls(read_lines(path))

    def take(self, line):
        if self.account:
            self.after_account += 1
        elif line["event"] == "stream":
            assert not self.head and not self.items, "the first line is not the first"
            self.head = line
        elif line["event"] == "account":
            self.account = line
        elif line["event"] != "lost":
            self.items.append(line)
        elif (
            self.items
            and isinstance(self.items[-1], list)
            and self.items[-1][0]["first_seq"] == line["first_seq"]
        ):
            self.items[-1].append(line)
        else:
            self.items.append([line])

    def of(self, *kinds):
        return [event for event in self.events if event["event"] in kinds]

    def losses(self):
        """Counts by (kind, cause) over all holes."""
        losses = collections.Counter()
        for hole in self.holes:
            for line in hole:
                losses[line["kind"], line["cause"]] += line["count"]
        return losses


def hole_ends(hole):
    return hole[0]["first_seq"], hole[0]["next_seq"]


def check_hole(hole, problems):
    """A hole is never empty, and tells of no more than it is wide."""
    first, following = hole_ends(hole)
    told = [(line["kind"], line["cause"]) for line in hole]
    where = f"hole {first}..{following}"
    problems.check(first < following, f"{where}: empty")
    problems.equal(len(set(told)), len(told), f"{where}: lines of the same kind and cause")
    for line in hole:
        problems.equal((line["first_seq"], line["next_seq"]), (first, following), f"{where}: its lines' ends")
        problems.check(line["kind"] in COUNTED and line["cause"] in CAUSES, f"{where}: {line}")
        problems.check(line["count"] > 0, f"{where}: a line that counts nothing: {line}")
    problems.check(
        sum(line["count"] for line in hole) <= following - first, f"{where}: more lost than it is wide"
    )


def check_order(stream, problems):
    """Walks the numbers from the account's beginning to its end; how many of them nothing was said of. With
    no filter that is 0, and every hole ends at the event behind it."""
    silent = 0
    at = stream.account["from"]
    for item in stream.items:
        if isinstance(item, list):
            first, following = hole_ends(item)
            check_hole(item, problems)
            silent += following - first - sum(line["count"] for line in item)
            where = f"hole {first}..{following}"
        else:
            first, following = item["seq"], item["seq"] + 1
            where = f"event {first}"
        if problems.check(first >= at, f"{where}: comes after {at - 1}"):
            silent += first - at
        at = following
    end = stream.account["next"]
    problems.check(at <= end, f"the account ends before {end}, the stream with {at - 1}")
    return silent + end - at


def check_counts(account, problems):
    """The sums of the account, each by kind where kinds are known, and in all."""
    for name in COUNTS:
        counts = account[name]
        problems.equal(set(counts), {*COUNTED, "total"}, f"account: {name}: names")
        problems.equal(counts["total"], sum(counts[kind] for kind in COUNTED), f"account: {name}: total")
    parts = COUNTS[1:]
    known = not any(account[name]["unknown"] for name in COUNTS)
    for kind in (*KINDS, "total") if known else ("total",):
        problems.equal(
            sum(account[part][kind] for part in parts), account["captured"][kind], f"account: sum of {kind}"
        )
    passed = account["next"] - account["from"]
    problems.equal(passed, account["captured"]["total"] - account["unread"]["total"], "account: next - from")


def check_head(stream, problems):
    """The first line says whose stream it is, and every line that it is its own."""
    head = stream.head
    if not problems.check(head, "the first line is missing"):
        return
    problems.equal(stream.origins, {(head["host"], head["instance"])}, "hosts and instances")
    problems.check(head["host"], "the host has no name")
    problems.equal(head["from"], stream.account["from"], "first line: from")
    problems.equal(stream.account["token"].split(":")[0], head["instance"], "account: token: instance")
    for name in ("boot", "started", "time"):
        problems.check(TIME.fullmatch(head[name]), f"first line: {name} is {head[name]!r}")
    times = head["boot"], head["started"], head["time"]
    problems.check(list(times) == sorted(times), f"first line: boot, start, now: {times}")


def check_account(stream, silent, problems):
    account = stream.account
    check_counts(account, problems)
    problems.equal(account["closed"], True, "account: closed")
    for kind in KINDS:
        problems.equal(account["delivered"][kind], len(stream.of(kind)), f"account: delivered {kind}")
    losses = stream.losses()
    for kind in COUNTED:
        told = sum(losses[kind, cause] for cause in CAUSES)
        problems.equal(account["lost"][kind], told, f"account: lost {kind}")
    filtered = account["filtered_driver"]["total"] + account["filtered_console"]["total"]
    problems.equal(filtered, silent, "account: filtered, against numbers that nothing was said of")


def check_events(stream, problems):
    """What holds for every event by itself."""
    for event in stream.events:
        where = f"event {event['seq']}"
        problems.check(event["event"] in KINDS, f"{where}: of kind {event['event']}")
        for name in ("time", "create_time", "parent_create_time"):
            value = event.get(name)
            problems.check(value is None or TIME.fullmatch(value), f"{where}: {name} is {value!r}")
        for name, value in event.items():
            if value is None:
                problems.check(event.get(f"{name}_status"), f"{where}: {name} is null and nothing says why")
            elif f"{name}_status" in event:
                problems.equal(
                    event[f"{name}_status"], "truncated", f"{where}: {name} has a value, and a status"
                )


def check_processes(stream, problems):
    """Within a process start < loads < exit, and each but once. Only of processes whose start is in the
    stream."""
    state = {}
    for event in stream.events:
        process = event["pid"], event["create_time"]
        where = f"event {event['seq']}: {event['event']} of process {event['pid']}"
        if event["event"] == "process_start":
            problems.check(process not in state, f"{where}, which had started already")
            state[process] = "runs"
        elif process in state:
            problems.equal(state[process], "runs", f"{where}, which")
            if event["event"] == "process_exit":
                state[process] = "has exited"


def check_stream(stream, filtered=False):
    """Everything above. filtered: the reader may have left out events, by options of its own."""
    problems = Problems()
    if not problems.check(stream.account, "the account is missing"):
        problems.settle()
    problems.equal(stream.after_account, 0, "lines after the account")
    check_head(stream, problems)
    silent = check_order(stream, problems)
    if not filtered:
        problems.equal(silent, 0, "numbers that nothing was said of")
    check_account(stream, silent, problems)
    check_events(stream, problems)
    check_processes(stream, problems)
    problems.settle()
    return stream
