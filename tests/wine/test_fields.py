# SPDX-License-Identifier: MIT
"""Single notifications with whatever an OS may hand over: each field comes out as it went in, or says why
not."""

import json
import sqlite3
import subprocess

import pytest

from box import wait_until
from ntext import (
    EXIT,
    FILE_OPEN_NAME_AVAILABLE,
    IMAGE,
    IMAGE_SYSTEM_MODE,
    IS_SUBSYSTEM_PROCESS,
    KNOWS_ALL,
    START,
    Ntext,
)
from probe import Probe
from stream import exact_text

NOT_FOUND = "failed 0xC0000225"
NOW = 134_000_000_000_000_000
LOCAL_SYSTEM = bytes([1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0])
LONGEST_SID = bytes([1, 15, 0, 0, 0, 0, 0, 5]) + bytes(range(60))
CMD = "\\Device\\HarddiskVolume7\\cmd.exe"

# What UTF-16 may hold and JSON must not spoil.
TEXTS = {
    "ascii": "cmd /c echo",
    "empty": "",
    "quotes": 'a "b" \\c\\ \\" /d',
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f",
    "nul": "a\0b\0",
    "high surrogate alone": "a\ud83db",
    "low surrogate alone": "a\ude00b",
    "surrogates the wrong way round": "\ude00\ud83d",
    "high surrogate last": "a\ud83d",
    "beyond the first plane": "\U0001f600\U0010fffd",
    "not characters": "\ufffe\uffff\ufdd0\U0001fffe\U0010ffff",
    "right to left": "a\u202eb\u2066c",
    "line separators": "a\u2028b\u2029c\x85d",
    "longest": "x" * 32767,
}


@pytest.fixture
def ntext(driver):
    probe = Probe(driver.box, driver.probe_program)
    ntext = Ntext(probe)
    yield ntext
    ntext.close()
    probe.end()


def only(driver, begin, count=1):
    events = driver.read_all("--from", begin).events
    assert len(events) == count
    return events if count > 1 else events[0]


def start_of(**more):
    return {
        "Kind": START,
        "ProcessId": 4000,
        "CreateTime": NOW,
        "ParentProcessId": 400,
        "ParentCreateTime": NOW - 1,
        "CreatorProcessId": 404,
        "CreatorThreadId": 408,
        "Image": CMD,
        "CreateFlags": FILE_OPEN_NAME_AVAILABLE,
        "CommandLine": "cmd",
        **more,
    }


@pytest.mark.parametrize("text", TEXTS.values(), ids=[name.replace(" ", "-") for name in TEXTS])
def test_any_text_survives(driver, ntext, text):
    """As a command line, and as a path."""
    ntext.raise_event(**start_of(CommandLine=text, Image=text))
    ntext.raise_event(Kind=IMAGE, ProcessId=4000, CreateTime=NOW, Image=text)
    start, load = only(driver, 1, 2)
    assert exact_text(start, "command_line") == text and "command_line_status" not in start
    assert exact_text(start, "image_nt") == exact_text(load, "image_nt") == text


def by_jq(raw):
    """-a: what it has read, in ASCII."""
    done = subprocess.run(["jq", "-c", "-a", "."], input=raw, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_perl(raw):
    script = "my $j = JSON::PP->new->utf8->ascii; print $j->encode($j->decode($_)), qq(\n)"
    command = ["perl", "-MJSON::PP", "-ne", script]
    done = subprocess.run(command, input=raw, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_sqlite(raw):
    database = sqlite3.connect(":memory:")
    question = "select json_group_object(key, value) from json_each(?)"
    lines = raw.decode().splitlines()
    return [json.loads(database.execute(question, [line]).fetchone()[0]) for line in lines]


@pytest.mark.parametrize("reader", [by_jq, by_perl, by_sqlite])
def test_readers_of_json_take_any_text_and_lose_nothing_of_it(driver, ntext, reader):
    """One unpaired surrogate ended jq's whole input, and others refused the line or cut it at a NUL."""
    for text in TEXTS.values():
        ntext.raise_event(**start_of(CommandLine=text, Image=text))
    raw = driver.run("watch", "--json", "--from", "oldest", "--duration", "0").out.read_bytes()
    starts = [line for line in reader(raw) if line["event"] == "process_start"]
    assert len(starts) == len(TEXTS)
    for text, line in zip(TEXTS.values(), starts):
        assert exact_text(line, "command_line") == exact_text(line, "image_nt") == text


def test_output_is_utf8_and_one_line_an_event_whatever_the_text(driver, ntext):
    for text in TEXTS.values():
        ntext.raise_event(**start_of(CommandLine=text, Image=text))
    for options in (["--json"], ["--color", "never"]):
        shown = driver.run("watch", "--from", "oldest", "--duration", "0", *options).out.read_bytes()
        text = shown.decode("utf-8")
        controls = {chr(c) for c in (*range(10), *range(11, 32), 0x7F)} - {"\r"}
        assert not set(text) & controls, "control characters"
        if "--json" in options:
            lines = text.split("\n")
            assert sum(line.startswith('{"event":"process_start"') for line in lines) == len(TEXTS)


def test_the_documentations_example_writes_utf8_with_what_steers_a_terminal_escaped(driver, ntext):
    """The reader that people copy. No code page has all of this text."""
    text = "\u4f60\u597d \U0001f600\x1b[2J\u202e\ud83d<U+001B>" + "x" * 32000
    ntext.raise_event(**start_of(CommandLine=text))
    ntext.raise_event(**start_of(CommandLine="after"))
    example = driver.box.start(driver.box.windows(driver.build / "docs" / "example.exe"))
    wait_until(lambda: "after" in example.text(), "the example shows both starts")
    driver.stop()
    example.expect(0)
    first, second, account = example.out.read_bytes().decode("utf-8").splitlines()
    shown = "\u4f60\u597d \U0001f600<U+001B>[2J<U+202E><U+D83D><U+003C>U+001B>" + "x" * 32000
    assert first == f"1: process 4000: {CMD} {shown}"
    assert second == f"2: process 4000: {CMD} after"
    assert account == "the account closes"


def test_what_the_os_does_not_hand_over_is_absent(driver, ntext):
    ntext.raise_event(Kind=START, ProcessId=4000)
    ntext.raise_event(Kind=IMAGE, ProcessId=4000, ThreadId=4004, Base=0x1000, ImageSize=0x2000)
    start, load = only(driver, 1, 2)
    absent = {
        "create_time", "start_key", "parent_pid", "parent_create_time", "creator_pid", "creator_tid",
        "session_id", "user_sid", "integrity_level", "elevated", "architecture", "image_exact",
        "command_line",
    }  # fmt: skip
    for name in absent:
        assert (start[name], start[f"{name}_status"]) == (None, "absent"), name
    for name in ("image", "image_nt"):
        asked = (start[name], start[f"{name}_status"])
        assert asked == (None, NOT_FOUND), "the OS was asked for it, and had none"
    assert (start["creation_status"], start["subsystem"], start["image_form"]) == (0, False, "other")
    for name in ("create_time", "image", "image_nt"):
        assert (load[name], load[f"{name}_status"]) == (None, "absent"), name
    assert (load["base"], load["size"], load["image_form"]) == ("0x1000", 0x2000, "other")


def test_what_the_os_hands_over_is_present(driver, ntext):
    ntext.raise_event(
        **start_of(
            Known=KNOWS_ALL,
            SessionId=7,
            IntegrityLevel=0x4000,
            Elevated=1,
            Emulated=1,
            CreationStatus=0xC0000022,
            CreateFlags=IS_SUBSYSTEM_PROCESS,
            UserSid=LOCAL_SYSTEM,
        )
    )
    start = only(driver, 1)
    wanted = {
        "pid": 4000,
        "tid": 408,
        "parent_pid": 400,
        "creator_pid": 404,
        "creator_tid": 408,
        "session_id": 7,
        "integrity_level": 0x4000,
        "elevated": True,
        "architecture": "emulated",
        "creation_status": 0xC0000022,
        "subsystem": True,
        "image_exact": False,
        "user_sid": "S-1-5-18",
        "image_nt": CMD,
        "image_form": "nt",
        "command_line": "cmd",
    }
    assert {name: start[name] for name in wanted} == wanted
    assert start["create_time"] == "2025-08-18T14:13:20.0000000Z"
    assert start["parent_create_time"] == "2025-08-18T14:13:19.9999999Z"


@pytest.mark.parametrize("tier", ["ex2", "ex", "base"])
def test_a_start_is_reported_by_its_creator_on_every_tier(prcm, tier):
    """Or by nobody, where the OS does not tell: not by the new process's thread."""
    prcm.install(offer=["--tier", tier])
    prcm.start()
    probe = prcm.probe()
    ntext = Ntext(probe)
    ntext.raise_event(**start_of())
    ntext.raise_event(**start_of(ProcessId=5000, ThreadId=5004, CreatorProcessId=0, CreatorThreadId=0))
    ntext.close()
    probe.end()
    told, untold = only(prcm, 1, 2)
    assert (told["creator_pid"], told["creator_tid"], told["tid"]) == (404, 408, 408)
    assert untold["tid"] == 0
    for name in ("creator_pid", "creator_tid"):
        assert (untold[name], untold[f"{name}_status"]) == (None, "absent")


def test_a_parent_younger_than_its_child_is_another_process(driver, ntext):
    """The parent's id has been given to somebody else by now."""
    ntext.raise_event(**start_of(ParentCreateTime=NOW + 1))
    start = only(driver, 1)
    assert start["parent_pid"] == 400
    assert (start["parent_create_time"], start["parent_create_time_status"]) == (None, "absent")


def test_the_longest_sid_passes_whole(driver, ntext):
    ntext.raise_event(**start_of(UserSid=LONGEST_SID))
    sid = only(driver, 1)["user_sid"]
    assert sid.split("-")[:4] == ["S", "1", "5", str(0x03020100)] and len(sid.split("-")) == 18


@pytest.mark.parametrize(
    "path, form, drive",
    [
        ("\\??\\C:\\a.exe", "dos_device", "C:\\a.exe"),
        ("\\SystemRoot\\system32\\a.sys", "system_root", "C:\\windows\\system32\\a.sys"),
        ("\\Device\\NoSuchVolume\\a.exe", "nt", "\\Device\\NoSuchVolume\\a.exe"),
        ("\\Device\\Mup\\server\\share\\a.exe", "nt", "\\\\server\\share\\a.exe"),
        ("a.exe", "other", "a.exe"),
    ],
)
def test_a_path_is_told_as_it_came_and_as_people_write_it(driver, ntext, path, form, drive):
    ntext.raise_event(Kind=IMAGE, ProcessId=4000, CreateTime=NOW, Image=path)
    load = only(driver, 1)
    assert (load["image_nt"], load["image_form"]) == (path, form)
    assert load["image"].lower() == drive.lower()


def test_the_base_of_a_kernel_image_is_withheld(driver, ntext):
    base = 0xFFFFF80012340000
    path = "\\SystemRoot\\a.sys"
    ntext.raise_event(Kind=IMAGE, Properties=IMAGE_SYSTEM_MODE, Base=base, ImageSize=0x5000, Image=path)
    load = only(driver, 1)
    assert (load["pid"], load["kernel_image"], load["size"]) == (0, True, 0x5000)
    assert (load["base"], load["base_status"]) == (None, "withheld")
    raw = driver.probe()
    answer = raw.read(raw.subscribed(From=1))
    assert base.to_bytes(8, "little")[2:] not in answer.data, "no kernel address leaves the kernel"
    raw.end()


def test_every_property_bit_of_an_image_is_told(driver, ntext):
    bits = {
        "addressing_mode": (0xFF, 0xFF),
        "mapped_to_all": (0x200, True),
        "extended_info": (0x400, True),
        "machine_type_mismatch": (0x800, True),
        "signature_level": (0xF000, 15),
        "signature_type": (0x70000, 7),
        "partial_map": (0x80000, True),
    }
    unset = {"addressing_mode": 0, "signature_level": 0, "signature_type": 0}
    for properties, _ in bits.values():
        ntext.raise_event(Kind=IMAGE, ProcessId=4000, CreateTime=NOW, Image="a", Properties=properties)
    for event, (name, (properties, value)) in zip(only(driver, 1, len(bits)), bits.items()):
        assert event["properties"] == properties
        assert event["kernel_image"] is False
        for other in bits:
            want = value if other == name else unset.get(other, False)
            assert event[other] == want, f"{other} for properties {properties:#x}"


def test_an_exit_and_loads_of_a_process_never_seen_are_told_all_the_same(driver, ntext):
    process = {"ProcessId": 8000, "ThreadId": 8004, "CreateTime": NOW}
    ntext.raise_event(Kind=IMAGE, Image=CMD, Base=0x400000, ImageSize=4096, **process)
    ntext.raise_event(Kind=EXIT, ExitStatus=0xC0000005, **process)
    load, end = only(driver, 1, 2)
    assert (load["pid"], load["base"]) == (8000, "0x400000")
    assert (end["pid"], end["tid"], end["exit_status"]) == (8000, 8004, 0xC0000005)
    assert [end[name] for name in ("image", "lifetime_ms", "images")] == [None] * 3


def test_a_process_id_used_again_is_another_process(driver, ntext):
    for create_time, code in ((NOW, 1), (NOW + 10, 2)):
        ntext.raise_event(**start_of(CreateTime=create_time, Image=f"{CMD}{code}"))
        ntext.raise_event(Kind=IMAGE, ProcessId=4000, CreateTime=create_time, Image=CMD)
        ntext.raise_event(Kind=EXIT, ProcessId=4000, CreateTime=create_time, ExitStatus=code)
    ends = [event for event in only(driver, 1, 6) if event["event"] == "process_exit"]
    assert [(end["exit_status"], end["image"], end["images"]) for end in ends] == [
        (1, f"{CMD}1", 1),
        (2, f"{CMD}2", 1),
    ]
