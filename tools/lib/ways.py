# SPDX-License-Identifier: MIT
"""usage: ways.py row|verdict|json FILE: the same events in several ways, as `tools/demo --compare` measured
them; FILE has what burst.exe printed, a line for each way.

row      one line of a table for FILE's last way; with the table's heading if it is the first
verdict  what that comes to. Fails unless prcm delivered every event, once and in order
json     all of it as one object, which tools/bench takes; ratio is that of prcm to one at a time
"""

import json
import pathlib
import sys

NAMES = {"author": "the author's way", "one-at-a-time": "one at a time", "prcm": "prcm"}
HEADING = ("", "delivered", "twice", "out of order", "missing", "known lost", "events/s", "requests")
WIDTHS = (-18, 9, 6, 13, 9, 11, 10, 9)


def load(path):
    """By way."""
    lines = pathlib.Path(path).read_text().splitlines()
    return {way["way"]: way for way in map(json.loads, lines)}


def table_line(cells):
    return " ".join(
        str(cell).ljust(-width) if width < 0 else str(cell).rjust(width)
        for cell, width in zip(cells, WIDTHS)
    )


def row(ways):
    way = list(ways.values())[-1]
    if len(ways) == 1:
        print(f"{way['raised']:,} events: ten processes one by one, and twenty more in one burst")
        print(table_line(HEADING))
    known = "no count" if way["known_lost"] is None else f"{way['known_lost']:,}"
    names = "delivered", "duplicates", "out_of_order", "missing"
    counts = [f"{way[name]:,}" for name in names]
    rest = known, f"{way['events_per_second']:,}", f"{way['requests']:,}"
    print(table_line([NAMES[way["way"]], *counts, *rest]))
    return True


def is_whole(way):
    """Every event, once and in order."""
    wrong = way["duplicates"], way["out_of_order"], way["missing"], way["known_lost"]
    return way["delivered"] == way["raised"] and not any(wrong)


def ratio(ways):
    return ways["prcm"]["events_per_second"] / ways["one-at-a-time"]["events_per_second"]


def verdict(ways):
    author, prcm = ways["author"], ways["prcm"]
    print(
        f"The author's way told {author['duplicates']:,} events twice and {author['out_of_order']:,} after "
        f"newer ones; {author['missing']:,} are missing, and nothing says so."
    )
    if is_whole(prcm):
        print(
            f"prcm told each of the {prcm['raised']:,} once and in order, in {prcm['requests']:,} requests; "
            f"{ratio(ways):,.0f} times as fast as one at a time."
        )
    else:
        print("prcm did not tell each event once and in order.")
    return is_whole(prcm)


def as_json(ways):
    print(json.dumps({"ways": ways, "ratio": round(ratio(ways), 1)}))
    return True


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("row", "verdict", "json"):
        sys.exit("usage: ways.py row|verdict|json FILE")
    act = {"row": row, "verdict": verdict, "json": as_json}[sys.argv[1]]
    return 0 if act(load(sys.argv[2])) else 1


if __name__ == "__main__":
    sys.exit(main())
