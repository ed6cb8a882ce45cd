#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Says what of the driver the tests did not reach, and whether each such place has a reason.

usage: coverage_report.py EXPORT EXCEPTIONS SOURCE...

EXPORT: what `llvm-cov export` wrote. SOURCE: the files that count; each must be in EXPORT. EXCEPTIONS: the
places that need not be reached; each is a line as this program prints it, and below it, indented, the reason:

    log.c: LogCommit: never true: Lane->StallSince
        why that cannot be

A place is a line that never ran, or a side of a branch that was never taken: it is known by its file, its
function and its text, so that it stays the same place when lines are added above it. The second of the same
text in one function ends in [2], and so on. Branches inside of macros of other files do not count.

Prints the sums of each file, the places, and last `driver: lines N%, branches N%`, both rounded down. Exit
code 1 if a place is not listed, or a listed one is reached or does not exist.
"""

import collections
import json
import pathlib
import sys

# A line, or a side of a branch: the key says which, the rest where it is and whether it was reached.
Place = collections.namedtuple("Place", "key file line reached")


class Mistake(Exception):
    """Something that the numbers cannot be made from."""


def lines_of_segments(segments):
    """{line: how often it ran} of a file, by LLVM's own rules: a line counts as often as the most
    frequent of the regions that begin in it and the one that it continues."""
    by_line = collections.defaultdict(list)
    for segment in segments:
        by_line[segment[0]].append(segment)
    lines = {}
    before = None
    for line in range(min(by_line), max(by_line) + 1):
        here = by_line.get(line, [])
        # A segment: line, column, count, has a count, begins a region, is the gap between two.
        begins = [segment[2] for segment in here if segment[3] and segment[4] and not segment[5]]
        skipped = here and not here[0][3] and here[0][4]
        wrapped = before is not None and before[3]
        if not skipped and (wrapped or begins):
            lines[line] = max(begins + ([before[2]] if wrapped else []))
        if here:
            before = here[-1]
    return lines


def text_between(source, begin_line, begin, end_line, end):
    """The text of a region, on one line; columns count from 1. A region that ends in a macro ends with the
    macro's name: its arguments belong to it."""
    lines = source[begin_line - 1 : end_line]
    rest = "\n".join([lines[-1][end - 1 :], *source[end_line:]])
    lines[-1] = lines[-1][: end - 1]
    lines[0] = lines[0][begin - 1 :]
    return " ".join(" ".join([*lines[:-1], lines[-1] + arguments(rest)]).split())


def arguments(text):
    """What text begins with, if that is something in parentheses, else nothing."""
    depth = 0
    for at, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth <= 0:
            return text[: at + 1] if at else ""
    return ""


class File:
    """The places of one source file."""

    def __init__(self, path, text):
        self.path = str(path)
        self.name = pathlib.Path(path).name
        self.source = text.splitlines()
        self.functions = {}
        self.branches = {}
        self.lines = []

    def add_function(self, function):
        """Takes a function of the export, if it is this file's."""
        first = function["regions"][0]
        if function["filenames"][first[5]] != self.path:
            return
        # Static functions bear their file's name in front.
        name = function["name"].rpartition(":")[2]
        self.functions[name] = (first[0], first[2])
        for branch in function["branches"]:
            where = (name, *branch[:4])
            if function["filenames"][branch[6]] == self.path:
                true, false = self.branches.get(where, (0, 0))
                self.branches[where] = (true + branch[4], false + branch[5])

    def add_lines(self, segments):
        self.lines = sorted(lines_of_segments(segments).items())

    def function_at(self, line):
        for name, (first, last) in self.functions.items():
            if first <= line <= last:
                return name
        return "-"

    def named(self, places):
        """Places of (function, what, text, line, reached), with keys that no two share."""
        seen = collections.Counter()
        for function, what, text, line, reached in places:
            key = f"{self.name}: {function}: {what}: {text}"
            seen[key] += 1
            if seen[key] > 1:
                key += f" [{seen[key]}]"
            yield Place(key, self.name, line, reached)

    def line_places(self):
        places = []
        for line, count in self.lines:
            text = " ".join(self.source[line - 1].split())
            places.append((self.function_at(line), "never run", text, line, count != 0))
        return list(self.named(places))

    def branch_places(self):
        places = []
        for (function, *where), counts in sorted(self.branches.items(), key=lambda item: item[0][1:]):
            text = text_between(self.source, *where)
            for side, count in zip(("true", "false"), counts):
                places.append((function, f"never {side}", text, where[0], count != 0))
        return list(self.named(places))


def read_export(export, sources):
    """(places of lines, places of branches) of the sources. Sources: {path: text}."""
    data = export["data"][0]
    segments = {file["filename"]: file["segments"] for file in data["files"]}
    lines, branches = [], []
    for path, text in sources.items():
        if path not in segments:
            raise Mistake(f"{path} is not in the export: nothing counts it")
        file = File(path, text)
        for function in data["functions"]:
            file.add_function(function)
        file.add_lines(segments[path])
        lines += file.line_places()
        branches += file.branch_places()
    return lines, branches


def read_exceptions(text):
    """{key: reason}. A line that begins with # is a remark."""
    exceptions = {}
    key = None
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line[0].isspace():
            key = line.rstrip()
            if key in exceptions:
                raise Mistake(f"listed twice: {key}")
            exceptions[key] = ""
        elif key is None:
            raise Mistake(f"a reason without a place: {line.strip()}")
        else:
            exceptions[key] = f"{exceptions[key]} {line.strip()}".strip()
    for key, reason in exceptions.items():
        if not reason:
            raise Mistake(f"listed without a reason: {key}")
    return exceptions


def complaints(places, exceptions):
    """What is wrong: places that are not reached and not listed, and listed ones that are no such place."""
    found = {place.key: place for place in places}
    wrong = [
        f"not reached and not listed: {place.key} (line {place.line})"
        for place in places
        if not place.reached and place.key not in exceptions
    ]
    for key in exceptions:
        if key not in found:
            wrong.append(f"listed, and does not exist: {key}")
        elif found[key].reached:
            wrong.append(f"listed, and is reached: {key}")
    return wrong


def percent(places):
    """Rounded down: 100 is all of them."""
    if not places:
        raise Mistake("there is nothing to reach")
    tenths = sum(place.reached for place in places) * 1000 // len(places)
    return f"{tenths // 10}.{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"


def ratio(places, file):
    mine = [place.reached for place in places if place.file == file]
    return f"{sum(mine)} of {len(mine)}"


def report(lines, branches, exceptions):
    """Prints everything; the number of complaints."""
    for file in dict.fromkeys(place.file for place in lines):
        print(f"{file:14} lines {ratio(lines, file)}, branches {ratio(branches, file)}")
    for place in lines + branches:
        if not place.reached and place.key in exceptions:
            print(f"not reached: {place.key} (line {place.line})\n    {exceptions[place.key]}")
    wrong = complaints(lines + branches, exceptions)
    for complaint in wrong:
        print(complaint)
    print(f"driver: lines {percent(lines)}, branches {percent(branches)}")
    return len(wrong)


def main():
    if len(sys.argv) < 4:
        sys.exit("usage: coverage_report.py EXPORT EXCEPTIONS SOURCE...")
    export, exceptions, *sources = map(pathlib.Path, sys.argv[1:])
    try:
        texts = {str(path): path.read_text() for path in sources}
        lines, branches = read_export(json.loads(export.read_text()), texts)
        failed = report(lines, branches, read_exceptions(exceptions.read_text()))
    except Mistake as mistake:
        sys.exit(f"coverage_report.py: {mistake}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
