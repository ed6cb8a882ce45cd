# SPDX-License-Identifier: MIT
"""sysmon: records that rules for Sysmon's take for Sysmon's own."""

import collections
import fnmatch
import json
import re

import pytest

from format_output import DATA, EVERYTHING, RECORDINGS, lines

OURS = {"EventID", "Channel", "Provider_Name", "Computer", "EventRecordID", "prcm"}
UTC_TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$")
GUID = re.compile(r"^\{[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}$")
LEVELS = {"Low", "Medium", "High", "System", "AppContainer", "Protected Process"}
FILES = dict(zip(RECORDINGS, ("workstation-a.jsonl", "workstation-b.jsonl"), strict=True))


def sysmon_fields():
    text = (DATA / "schemas" / "sysmon-fields.txt").read_text()
    found = re.findall(r"^(\d+) \w+: (.*)$", text, re.M)
    assert [number for number, _ in found] == ["1", "5", "6", "7"]
    return {int(number): set(names.split()) for number, names in found} | {255: {"UtcTime", "ID", "Description"}}


@pytest.mark.parametrize("what", EVERYTHING)
def test_every_name_is_sysmons(what):
    fields = sysmon_fields()
    for line in lines("sysmon", what):
        assert set(line) <= fields[line["EventID"]] | OURS
        assert line["Channel"] == "Microsoft-Windows-Sysmon/Operational"
        assert UTC_TIME.match(line["UtcTime"])
        assert line.get("IntegrityLevel", "High") in LEVELS
        for name in ("ProcessGuid", "ParentProcessGuid"):
            assert name not in line or GUID.match(line[name])


@pytest.mark.parametrize("what", EVERYTHING)
def test_what_is_not_known_is_left_out(what):
    for line, event in zip(sysmon_events(what), json_events(what), strict=True):
        assert not {"-", "?", None} & {value for value in line.values() if not isinstance(value, dict)}
        if event["event"] != "process_start":
            continue
        pairs = {
            "ParentProcessId": "parent_pid", "ParentImage": "parent_image", "Image": "image", "User": "user",
            "CommandLine": "command_line", "TerminalSessionId": "session_id",
        }  # fmt: skip
        for name, ours in pairs.items():
            assert line.get(name) == event[ours], name
        assert ("ParentProcessGuid" in line) == (event["parent_entity_id"] is not None)


def sysmon_events(what):
    return [line for line in lines("sysmon", what) if line["EventID"] != 255]


def json_events(what):
    return [line for line in lines("json", what) if "seq" in line]


@pytest.mark.parametrize("what", EVERYTHING)
def test_the_guid_is_the_identity(what):
    for line, event in zip(sysmon_events(what), json_events(what), strict=True):
        told = line.get("ProcessGuid")
        assert (told and re.sub("[{}-]", "", told)) == event["entity_id"]


def test_a_parent_that_is_remembered_tells_its_command_line_and_user():
    told = [line for line in sysmon_events("all") if line.get("ParentCommandLine") == 'cmd.exe /c "echo hi"']
    assert told and all(line["ParentUser"] == "HOST\\Jérôme" for line in told)


@pytest.mark.parametrize("what", RECORDINGS)
def test_a_recording_of_sysmons_own_comes_out_as_it_went_in(what):
    """The recordings are Sysmon's; of what a record of the driver holds, all is there again."""
    recorded = collections.Counter()
    for row in map(json.loads, (DATA.parent / "data" / FILES[what]).read_text().splitlines()):
        if row["kind"] == "process_start" and row.get("pid") and row.get("guid") and row.get("time"):
            recorded[(row.get("image"), row.get("command_line"), row.get("ppid"), row["pid"])] += 1
    told = collections.Counter()
    for line in sysmon_events(what):
        if line["EventID"] == 1:
            told[tuple(line.get(name) for name in ("Image", "CommandLine", "ParentProcessId", "ProcessId"))] += 1
    assert told == recorded


# A few rules in the manner of public ones, by `logsource: category`.
CATEGORIES = {"process_creation": 1, "process_termination": 5, "driver_load": 6, "image_load": 7}
RULES = [
    ("process_creation", {"Image|endswith": "\\cmd.exe", "CommandLine|contains": "echo"}, "short", 1),
    ("process_creation", {"ParentImage|endswith": "\\explorer.exe", "IntegrityLevel": "High"}, "short", 1),
    ("image_load", {"ImageLoaded|endswith": "\\ntdll.dll", "Image|endswith": "\\cmd.exe"}, "short", 1),
    ("process_termination", {"Image|endswith": "\\cmd.exe"}, "short", 1),
    ("driver_load", {"ImageLoaded|startswith": "C:\\Windows\\"}, "all", 1),
    ("process_creation", {"ParentCommandLine|contains": "echo hi"}, "all", 4),
]


def matches(line, selection):
    for key, wanted in selection.items():
        name, _, how = key.partition("|")
        pattern = {"": "{}", "contains": "*{}*", "endswith": "*{}", "startswith": "{}*"}[how].format(wanted)
        if name not in line or not fnmatch.fnmatch(line[name].lower(), pattern.lower()):
            return False
    return True


@pytest.mark.parametrize(("category", "selection", "what", "count"), RULES)
def test_rules_apply_unchanged(category, selection, what, count):
    found = [
        line
        for line in lines("sysmon", what)
        if line["EventID"] == CATEGORIES[category] and matches(line, selection)
    ]
    assert len(found) == count
