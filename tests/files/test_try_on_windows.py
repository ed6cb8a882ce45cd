# SPDX-License-Identifier: MIT
"""TRY-ON-WINDOWS.txt tells a stranger commands that exist, and the first of them work on the kit as it is."""

import re

import pytest

from conftest import BUILD

KIT = BUILD / "dist" / "x64"  # Wine here runs 64-bit programs only


def commands():
    """The lines that the text gives to be typed."""
    text = (KIT / "TRY-ON-WINDOWS.txt").read_text()
    return [line.strip() for line in text.splitlines() if line.startswith("    prcm ")]


@pytest.fixture
def prcm(prefix):
    return lambda *arguments: prefix.run(str(KIT / "prcm.exe"), *arguments, cwd=KIT)


def test_text_tells_the_whole_way():
    told = [line.split()[1] for line in commands()]
    assert told == ["install", "start", "status", "watch", "selftest", "stop", "uninstall"]


def test_each_command_and_option_is_in_the_help(prcm):
    for line in commands():
        _, command, *arguments = line.split()
        code, text = prcm(command, "--help")
        assert code == 0 and f"usage: prcm {command}" in text, line
        for option in (argument for argument in arguments if argument.startswith("-")):
            assert re.search(rf"^  ?(-\w, )?{option}\b", text, re.MULTILINE), line


def test_install_finds_the_driver_of_the_kit_and_uninstall_forgets_it(prcm, prefix):
    assert prcm("install")[0] == 0
    assert prefix.service_values()["ImagePath"].lower().endswith(r"dist\x64\prcm.sys")
    assert prcm("uninstall")[0] == 0
