# SPDX-License-Identifier: MIT
"""docs/complete.jq: nothing that becomes of outputs on their way ends it, or lets it call complete what is not.

What real outputs prove is in tests/wine/test_complete.py.
"""

import json
import subprocess

import pytest

from conftest import ROOT

RUN = {"host": "ws1", "instance": "0x1"}
KINDS = ["process_start", "process_exit", "image_load"]


def judge(text):
    """What complete.jq says of these lines, which are of one run."""
    done = subprocess.run(
        ["jq", "-n", "-R", "-c", "-f", ROOT / "docs" / "complete.jq"],
        input=text.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    (one,) = [json.loads(line) for line in done.stdout.splitlines()]
    return one


def text(*lines):
    return "".join(json.dumps(line) + "\n" for line in lines)


def stream(first, pids=()):
    asked = {"kinds": KINDS, "captured_kinds": KINDS, "pids": list(pids), "images": []}
    return RUN | {"event": "stream", "from": first} | asked


def event(number):
    return RUN | {"event": "process_start", "seq": number}


def lost(first, behind, count):
    return RUN | {"event": "lost", "first_seq": first, "next_seq": behind, "kind": "image_load", "count": count}


def account(first, behind, delivered, told_lost=0):
    filtered = behind - first - delivered - told_lost
    parts = {"delivered": delivered, "lost": told_lost, "filtered_driver": filtered, "filtered_console": 0}
    totals = {name: {"total": total} for name, total in parts.items()}
    return RUN | {"event": "account", "from": first, "next": behind, "closed": True} | totals


def whole(first, behind):
    return [stream(first), *map(event, range(first, behind)), account(first, behind, behind - first)]


FILTERED = [stream(1, [8]), event(2), event(4), event(6), account(1, 11, 3)]


@pytest.mark.parametrize("length", [1, 20, 200])
def test_a_line_that_is_cut_ends_nothing_and_counts_as_none(length):
    """A watch that was killed, or whose disk was full, ends within a line; another file's first line may be
    joined to it."""
    lines = [stream(1), *map(event, range(1, 6))]
    one = judge(text(*lines) + text(account(1, 11, 10))[:length])
    assert (one["complete"], one["to"], one["unfinished"]) == (True, 5, 1)
    one = judge(text(*lines)[:-10] + text(*whole(6, 11)))
    assert (one["complete"], one["missing"], one["among"]) == (False, 1, [[5, 5]])


def test_lines_of_other_programs_are_passed_over():
    one = judge('5\n[]\nnull\n{"event":"stream"}\nTIME  PID\n\xff\n' + text(*whole(1, 11)))
    assert one["complete"] and one["to"] == 10


def test_a_line_that_is_there_twice_stands_for_no_other():
    assert judge(text(*FILTERED))["complete"]
    assert judge(text(*FILTERED, *FILTERED))["complete"]
    one = judge(text(*[line for line in FILTERED if line.get("seq") != 4], event(2)))
    assert (one["complete"], one["missing"]) == (False, 1)


def test_a_loss_that_is_there_twice_stands_for_no_event():
    lines = [stream(1, [8]), event(2), lost(3, 6, 1), event(7), account(1, 11, 2, told_lost=1)]
    assert judge(text(*lines))["complete"]
    one = judge(text(*[line for line in lines if line.get("seq") != 7], lines[2]))
    assert (one["complete"], one["missing"]) == (False, 1)


def test_of_two_outputs_from_one_number_the_one_without_an_account_is_unfinished():
    longer = [stream(1), *map(event, range(1, 15))]
    one = judge(text(*whole(1, 11), *longer))
    assert (one["complete"], one["to"], one["unfinished"]) == (True, 14, 1)
    one = judge(text(*FILTERED, *longer[:-4]))
    assert (one["complete"], one["missing"], one["unfinished"]) == (False, None, 1)


def test_more_lines_than_were_told_say_nothing():
    """The first line of another, whole output has gone: its events are too many for the account there is."""
    one = judge(text(*FILTERED, *map(event, (1, 3, 5))))
    assert (one["complete"], one["missing"]) == (False, None)
