# SPDX-License-Identifier: MIT
"""docs/formats.md: its tables are what the formats do, and its examples are what they write."""

import csv
import io
import json
import re

import pytest

from conftest import ROOT
from format_output import lines, output, strict

TEXT = (ROOT / "docs" / "formats.md").read_text()
KINDS = ("process_start", "process_exit", "image_load")
FORMATS = ("csv", "ecs", "ocsf", "sysmon", "trace")


def table(title):
    """JSON's name -> format -> places."""
    section = TEXT.split(f"\n### {title}\n")[1].split("\n#")[0]
    cells = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| `")]
    assert cells
    named = [[re.findall(r"`([^`]+)`", cell) for cell in row] for row in cells]
    return {row[0][0]: dict(zip(FORMATS, row[1:], strict=True)) for row in named}


def find(record, path):
    for name in path.split("."):
        if not isinstance(record, dict) or name not in record:
            return None
        record = record[name]
    return record


def trace_events(what, categories):
    events = strict(output("trace", what).decode("utf-8"))
    return [event for event in events if event.get("cat") in categories]


def csv_records(what):
    reader = csv.DictReader(io.StringIO(output("csv", what).decode("utf-8"), newline=""))
    return list(reader)


def told(what, kinds):
    """For each record of these kinds: JSON's line, and that of every format."""
    wanted = [line for line in lines("json", what) if line["event"] in kinds]
    ours = {
        "csv": [record for record in csv_records(what) if record["event"] in kinds],
        "ecs": [line for line in lines("ecs", what) if line["event"]["action"] in ACTIONS[kinds]],
        "ocsf": [line for line in lines("ocsf", what) if line["activity_name"] in ACTIVITIES[kinds]],
        "sysmon": [line for line in lines("sysmon", what) if line.get("ID", "") in IDS[kinds]],
        "trace": trace_events(what, kinds),
    }
    for name, records in ours.items():
        assert len(records) == len(wanted), name
    return [(line, {name: ours[name][at] for name in FORMATS}) for at, line in enumerate(wanted)]


ACTIONS = {KINDS: {"start", "end", "load"}, ("lost",): {"lost"}}
ACTIVITIES = {KINDS: {"Launch", "Terminate", "Load"}, ("lost",): {"Lost"}}
IDS = {KINDS: {""}, ("lost",): {"LOST"}}


def same(value, found):
    """Whether the first place has the value as it is, in the way of the format."""
    if isinstance(value, bool):
        return str(value).lower() == str(found).lower()
    return str(value).lstrip("'") == str(found).lstrip("'")


def changed(name, path, line):
    """What a format's own rules make of a value, and other tests look at."""
    return path in ("UtcTime", "exit_code") or "<U+" in str(line[name]) or f"{name}_utf16" in line


@pytest.mark.parametrize("kind", [*KINDS, "lost"])
def test_every_field_is_where_the_table_says(kind):
    places = table(kind)
    schema = json.loads((ROOT / "docs" / "schema" / f"{kind}.schema.json").read_text())
    assert set(places) | {"event", "host", "instance"} == set(schema["required"])
    kinds = KINDS if kind in KINDS else (kind,)
    seen = set()
    for line, records in told("all", kinds):
        if line["event"] != kind:
            continue
        kernel = line.get("kernel_image")
        for name, by_format in places.items():
            for form, paths in by_format.items():
                if line[name] is None or (kernel and paths[0].removeprefix("actor.").startswith(("process.", "Proc"))):
                    assert find(records[form], paths[0]) in (None, ""), (form, paths[0])
                    continue
                found = find(records[form], paths[0])
                seen |= {(name, form, path) for path in paths if find(records[form], path) is not None}
                assert found is not None, (form, paths)
                if paths[0].endswith(".domain"):
                    found = f"{found}\\{find(records[form], paths[1])}"
                if form != "csv" and not changed(name, paths[0], line):
                    assert same(line[name], found), (name, form, line[name], found)
    wanted = ((name, form, path) for name in places for form in FORMATS for path in places[name][form])
    assert seen == set(wanted)


def test_the_account_is_where_the_table_says():
    places = table("account")
    schema = json.loads((ROOT / "docs" / "schema" / "account.schema.json").read_text())
    assert set(places) | {"event", "host", "instance"} == set(schema["required"])
    records = {
        "ecs": [line for line in lines("ecs", "all") if line["event"]["action"] == "account"],
        "ocsf": [line for line in lines("ocsf", "all") if line["activity_name"] == "Account"],
        "sysmon": [line for line in lines("sysmon", "all") if line.get("ID") == "ACCOUNT"],
        "trace": trace_events("all", ("account",)),
    }
    accounts = [line for line in lines("json", "all") if line["event"] == "account"]
    for name, by_format in places.items():
        for form, told_of in records.items():
            (path,) = by_format[form]
            assert [find(record, path) for record in told_of] == [line[name] for line in accounts]
        assert by_format["csv"][0] in csv_records("all")[0]


def test_why_a_field_has_no_value_is_told_where_there_is_room():
    for line, records in told("all", KINDS):
        wanted = {name.removesuffix("_status"): value for name, value in line.items() if name.endswith("_status")}
        wanted = {name: value for name, value in wanted.items() if name != "host" and name in line}
        # Two fields end so by themselves.
        wanted = {name: value for name, value in wanted.items() if name not in ("creation", "exit")}
        for form, path in (("ecs", "prcm.status"), ("ocsf", "unmapped.status"), ("sysmon", "prcm.status")):
            assert (find(records[form], path) or {}) == wanted
        assert records["trace"]["args"].get("status", {}) == wanted


def test_the_examples_are_what_comes_out():
    examples = re.findall(r"```json\n(.*?)\n```", TEXT, re.S)
    assert len(examples) == 5
    for form, example in zip(("json", "ecs", "ocsf", "sysmon"), examples, strict=False):
        assert strict(example) in lines(form, "short")
    assert examples[-1] + "\n" in output("trace", "short").decode("utf-8")
    (example,) = re.findall(r"```csv\n(.*?)\n```", TEXT, re.S)
    assert example + "\r\n" in output("csv", "short").decode("utf-8")
