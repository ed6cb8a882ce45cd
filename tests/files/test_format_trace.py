# SPDX-License-Identifier: MIT
"""trace: what Perfetto and Chrome's tracing open, of any length."""

import collections
import json

import pytest

from format_output import EVERYTHING, output, strict


def events(what):
    return strict(output("trace", what).decode("utf-8"))


def test_what_was_cut_behind_any_line_lacks_only_the_bracket():
    data = output("trace", "all").decode("utf-8").splitlines(keepends=True)
    for count in range(1, len(data)):
        assert len(json.loads("".join(data[:count]) + "]")) == count - 1


def tracks(what):
    """Slices and instants by track, in the order in which they were written."""
    found = collections.defaultdict(list)
    for event in events(what):
        if event["ph"] in "BEi" and event.get("s") != "g":
            found[event["pid"], event["tid"]].append(event)
    return found


@pytest.mark.parametrize("what", EVERYTHING)
def test_slices_nest_and_never_last_less_than_nothing(what):
    for told in tracks(what).values():
        times = [event["ts"] for event in told]
        if told[0]["pid"] > 2:
            assert times == sorted(times)
        opened = 0
        for event in told:
            opened += {"B": 1, "E": -1, "i": 0}[event["ph"]]
            assert opened in (0, 1)
        assert opened == 0, "what still runs is closed by the end of the record"


@pytest.mark.parametrize("what", EVERYTHING)
def test_there_is_a_slice_for_each_start_and_an_instant_for_each_load(what):
    counts = collections.Counter((event["ph"], event.get("cat")) for event in events(what))
    wanted = collections.Counter(json.loads(line)["event"] for line in output("json", what).splitlines())
    assert counts["B", "process_start"] == wanted["process_start"]
    assert counts["i", "image_load"] == wanted["image_load"]
    assert counts["E", "process_exit"] + counts["i", "process_exit"] == wanted["process_exit"]
    assert counts["i", "lost"] == wanted["lost"] and counts["i", "account"] == wanted["account"]


@pytest.mark.parametrize("what", EVERYTHING)
def test_every_process_has_a_track_with_its_name(what):
    names = {}
    for event in events(what):
        if event["ph"] == "M" and event["name"] == "thread_name":
            assert (event["pid"], event["tid"]) not in names
            names[event["pid"], event["tid"]] = event["args"]["name"]
    for track, told in tracks(what).items():
        for event in told:
            if event["ph"] == "B":
                assert names[track].strip().endswith(f"({event['args']['pid']})")


def test_children_are_in_the_group_of_their_ancestor_a_generation_further_right():
    names, groups = {}, {}
    for event in events("all"):
        if event["ph"] == "M" and event["name"] == "thread_name":
            names[event["tid"]] = event["args"]["name"]
            groups[event["tid"]] = event["pid"]
    family = {name.strip(): (len(name) - len(name.lstrip()), groups[tid]) for tid, name in names.items() if tid < 6}
    assert family["cmd.exe (1234)"][0] == 0
    assert family["cmd.exe (2000)"] == family["cmd.exe (2004)"] == (2, family["cmd.exe (1234)"][1])


@pytest.mark.parametrize("what", EVERYTHING)
def test_an_arrow_has_two_ends(what):
    ends = collections.defaultdict(list)
    for event in events(what):
        if event["ph"] in "sf":
            ends[event["id"]].append(event)
    for told in ends.values():
        assert [event["ph"] for event in told] == ["s", "f"]
        assert told[0]["ts"] == told[1]["ts"] and told[0]["tid"] != told[1]["tid"]


def test_a_loss_is_seen_over_all_tracks():
    told = [event for event in events("short") if event.get("cat") == "lost"]
    assert [event["name"] for event in told] == ["3 image loads lost (evicted): numbers 3 to 5"]
    assert told[0]["s"] == "g" and told[0]["args"]["count"] == 3
