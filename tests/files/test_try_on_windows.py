# SPDX-License-Identifier: MIT
"""TRY-ON-WINDOWS.txt tells a stranger commands that exist, and the first of them work on the kit as it is."""

import re

import pytest

from conftest import BUILD

KIT = BUILD / "dist" / "x64"  # Wine here runs 64-bit programs only


# What the text has one type besides prcm, with the options that each documents: Microsoft's "Windows
# Commands", "Driver Verifier Command Syntax" and "Basic commands for WSL"; Docker's "docker container run".
OTHERS = {
    "bcdedit": {"/set"},
    "cd": {"/d"},
    "certutil": {"-addstore", "-delstore"},
    "docker": {"--rm", "--isolation=process", "/c"},
    "shutdown": {"/r", "/t"},
    "verifier": {"/standard", "/driver", "/query", "/reset"},
    "wsl": {"--exec"},
}


def typed():
    """The lines that the text gives to be typed."""
    text = (KIT / "TRY-ON-WINDOWS.txt").read_text()
    return [line.split() for line in text.splitlines() if re.match(r"    \S", line)]


def commands():
    return [" ".join(line) for line in typed() if line[0] == "prcm"]


@pytest.fixture
def prcm(prefix):
    return lambda *arguments: prefix.run(str(KIT / "prcm.exe"), *arguments, cwd=KIT)


def test_text_tells_the_whole_way():
    told = [line.split()[1] for line in commands()]
    watched = ["start", "selftest", "stop", "start"]
    assert told == ["install", "start", "status", "watch", "selftest", *watched, "watch", "stop", "uninstall"]


def is_path(word):
    return word.count("/") > 1


def test_all_else_to_be_typed_is_known_with_its_options():
    others = [line for line in typed() if line[0] not in ("prcm", "...")]
    assert {line[0] for line in others} == set(OTHERS)
    for command, *arguments in others:
        options = {word for word in arguments if word[0] in "-/" and not is_path(word)}
        assert options <= OTHERS[command], (command, options)


def test_driver_verifier_is_taken_off_again():
    told = [" ".join(line) for line in typed()]
    assert told.index("verifier /standard /driver prcm.sys") < told.index("verifier /reset")


def test_each_command_and_option_is_in_the_help(prcm):
    for line in commands():
        _, command, *arguments = line.split()
        code, text = prcm(command, "--help")
        assert code == 0 and f"usage: prcm {command}" in text, line
        for option in (argument for argument in arguments if argument.startswith("-")):
            assert re.search(rf"^  ?(-\w, )?{option}\b", text, re.MULTILINE), line


def test_install_copies_the_driver_of_the_kit_and_uninstall_takes_it_away(prcm, prefix):
    copy = prefix.drive / "windows" / "system32" / "drivers" / "prcm.sys"
    assert prcm("install")[0] == 0
    assert prefix.service_values()["ImagePath"] == r"\SystemRoot\System32\drivers\prcm.sys"
    assert copy.read_bytes() == (KIT / "prcm.sys").read_bytes()
    assert prcm("uninstall")[0] == 0
    assert not copy.exists() and not prefix.service_values()
