# SPDX-License-Identifier: MIT
"""libprcm by itself: its sessions against the running driver, and what it makes of the service manager's
answers.

The programs are tests/library; each test of theirs is a test here, with a driver of its own.
"""

import pathlib
import re

import pytest

from conftest import TREE

# Dozens of rounds, in each a process or two and a start of the driver.
KILLED_SECONDS = 300

SOURCES = pathlib.Path(__file__).resolve().parents[1] / "library"


def names_in(name):
    """The names that a program's table has."""
    names = re.findall(r"^    CHECK_TEST\((\w+)\),$", (SOURCES / f"{name}.c").read_text(), re.MULTILINE)
    assert names, f"{name}.c has no tests"
    return names


def run(box, build, program, name):
    box.run(box.windows(build / "tests" / "library" / f"{program}.exe"), name)


@pytest.mark.parametrize("name", names_in("test_service"))
def test_service(prcm, name):
    run(prcm.box, prcm.build, "test_service", name)


@pytest.mark.parametrize("name", names_in("test_install"))
def test_install(prcm, name):
    prcm.offer()
    run(prcm.box, prcm.build, "test_install", name)


@pytest.mark.parametrize("name", names_in("test_killed"))
def test_killed(prcm, name):
    prcm.offer()
    program = prcm.box.windows(prcm.build / "tests" / "library" / "test_killed.exe")
    prcm.box.run(program, name, timeout=KILLED_SECONDS)


@pytest.mark.parametrize("name", names_in("test_safe_path"))
def test_safe_path(prcm, name):
    run(prcm.box, prcm.build, "test_safe_path", name)


@pytest.mark.parametrize("name", names_in("test_process_image"))
def test_process_image(box, name):
    run(box, TREE, "test_process_image", name)


@pytest.mark.parametrize("name", names_in("test_network_drive"))
def test_network_drive(prcm, name):
    run(prcm.box, prcm.build, "test_network_drive", name)


@pytest.mark.parametrize("name", names_in("test_session"))
def test_session(driver, name):
    run(driver.box, driver.build, "test_session", name)


# What else Server 2003 lacks is nothing that a session uses.
@pytest.mark.parametrize("name", names_in("test_session"))
def test_session_without_what_came_after_nt52(driver, name):
    run(driver.box, driver.build, "test_session_nt52", name)


@pytest.mark.parametrize("name", names_in("test_lost_answer"))
def test_answer_that_went_with_its_thread(driver, name):
    run(driver.box, driver.build, "test_lost_answer", name)
