# SPDX-License-Identifier: MIT
"""What every command has: help, messages that say what to do, documented exit codes."""

import pytest

from conftest import EXIT_FAILED, EXIT_NO_DRIVER, EXIT_OUTPUT, EXIT_USAGE

HERE = ("cat", "convert", "stats", "verify")
ELSEWHERE = ("install", "uninstall", "start", "stop", "status", "watch", "selftest", "record")


def test_help_names_the_commands_that_this_machine_has(prcm):
    text = prcm("--help").text()
    commands = [line.split()[0] for line in text.split("commands:\n")[1].split("\n\n")[0].splitlines()]
    assert sorted(commands) == sorted(HERE)


@pytest.mark.parametrize("command", HERE)
def test_every_command_has_help_of_its_own(prcm, command):
    text = prcm(command, "--help").text()
    assert text.startswith(f"usage: prcm {command} ") and text == prcm("help", command).text()
    assert all(len(line) <= 80 for line in text.splitlines())


@pytest.mark.parametrize("command", ELSEWHERE)
def test_what_needs_the_driver_is_known_and_says_so(prcm, command):
    assert prcm(command, code=EXIT_NO_DRIVER).error == f'prcm: "{command}" needs the driver, and so Windows.\n'


@pytest.mark.parametrize(
    "arguments, why",
    [
        ((), "which command"),
        (("catt",), "not a command"),
        *(((command,), "no capture is named") for command in HERE if command != "convert"),
        (("convert", "x"), "the file to write"),
        *(((command, "--nonsense", "x"), "not an option") for command in HERE),
        (("cat", "--from", "yesterday", "x"), "a time such as"),
        (("cat", "--to", "0", "x"), "a number from 1"),
        (("cat", "--mark-read", "--count", "1", "x"), "shown whole"),
        (("cat", "--color", "red", "x"), "--color red"),
        (("stats", "--top", "65", "x"), "--top 65"),
    ],
)
def test_wrong_arguments_are_refused(prcm, arguments, why):
    ran = prcm(*arguments, code=EXIT_USAGE)
    assert why in ran.error and "--help" in ran.error and ran.out == b""


@pytest.mark.parametrize("command", ("cat", "stats", "verify"))
def test_what_cannot_be_read_is_said_and_why(prcm, tmp_path, command):
    def error(path):
        ran = prcm(command, path, code=EXIT_FAILED)
        assert str(path) in ran.error and ran.out == b""
        return ran.error

    assert "no such file" in error(tmp_path / "night.prcm")
    (tmp_path / "empty").mkdir()
    assert "no such file" in error(tmp_path / "empty")
    letter = tmp_path / "letter.prcm"
    for content in b"", b"a letter", bytes(100000):
        letter.write_bytes(content)
        assert "not a capture" in error(letter)


def test_an_output_that_cannot_be_written_is_said(prcm):
    with open("/dev/full", "wb") as full:
        ran = prcm("--help", code=EXIT_OUTPUT, stdout=full)
    assert ran.error == "prcm: cannot write the output: the disk is full (error 28).\n"
