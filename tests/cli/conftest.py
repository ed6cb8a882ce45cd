# SPDX-License-Identifier: MIT
"""prcm as it is on this machine: all that needs no driver."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRCM_BUILD", ROOT / "build")).resolve()
PROGRAM = BUILD / "native" / "cli" / "prcm"
CAPTURES = ROOT / "tests" / "data" / "captures"

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_MISMATCH = 0, 1, 2, 3
EXIT_NO_DRIVER, EXIT_OUTPUT, EXIT_INCOMPLETE = 4, 7, 9


class Ran:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.error = done.stderr.decode()

    def text(self):
        return self.out.decode()

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def events(self):
        return [line for line in self.lines() if line["event"] not in ("stream", "lost", "account")]


@pytest.fixture
def prcm():
    """Runs it, to its end; code is its exit code, or those that will do."""
    assert PROGRAM.exists(), f"{PROGRAM} is missing: build the preset native"

    def run(*arguments, code=EXIT_OK, **options):
        command = [str(PROGRAM), *(str(argument) for argument in arguments)]
        options = {"stdout": subprocess.PIPE, **options}
        ran = Ran(subprocess.run(command, stderr=subprocess.PIPE, timeout=120, **options))
        assert ran.code in (code if isinstance(code, tuple) else (code,)), (ran.code, ran.error, ran.out)
        return ran

    return run
