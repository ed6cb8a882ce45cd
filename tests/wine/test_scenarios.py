# SPDX-License-Identifier: MIT
"""The scenarios of tests/scenarios on Wine's kernel, with threads that run as they like.

Where the two hosts differ, and who of them is wrong, is in docs/testing.md.
"""

import pathlib
import re

import pytest

from prcm import MIB

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "scenarios" / "scenarios.c"
ROUNDS = 20


def scenarios():
    """Those that Wine runs, by whether they leave a driver that must be started anew."""
    text = re.sub(r"^#ifndef _WIN32$.*?^#endif$", "", SOURCE.read_text(), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r'^    \{"(\w+)", \w+, (true|false)\},$', text, re.MULTILINE)
    assert found, f"{SOURCE} has no scenarios"
    return found


@pytest.mark.parametrize("name, stops", scenarios())
def test_a_scenario_holds_on_wine_too(prcm, name, stops):
    prcm.install("--lifecycle-lane", str(2 * MIB), "--image-lane", str(2 * MIB))
    for _ in range(3 if stops == "true" else 1):
        prcm.start()
        rounds = 1 if stops == "true" else ROUNDS
        program = prcm.box.windows(prcm.build / "tests" / "scenarios" / "scenarios.exe")
        ended = prcm.box.run(program, name, rounds)
        assert f"held {rounds} times" in ended.out.read_text()
        if stops == "true":
            prcm.stop()
