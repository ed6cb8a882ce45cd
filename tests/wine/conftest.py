# SPDX-License-Identifier: MIT
"""One Wine for all tests, made anew for each run; in it, for each test, the driver as that test wants it."""

import fcntl
import os
import pathlib
import signal

import pytest

from box import Box, BoxError
from prcm import Prcm

# A shell starts programs in the background with SIGINT ignored, and they hand it on: no Ctrl-C would be seen.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRCM_BUILD", ROOT / "build")).resolve()
TREE = BUILD / "x64"
NEEDED = (
    "cli/prcm.exe",
    "lib/libprcm.dll",
    "wine/feeder.exe",
    "wine/ntext.sys",
    "wine/prcm.sys",
    "tests/wine/probe.exe",
)


@pytest.fixture(scope="session")
def whole_box():
    missing = [name for name in NEEDED if not (TREE / name).exists()]
    assert not missing, f"{TREE} lacks {', '.join(missing)}: build the preset x64"
    with open(BUILD / "wine-test.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pytest.fail(f"another run of these tests uses {BUILD}/wine-test: wait for it, or set PRCM_BUILD")
        box = Box(BUILD / "wine-test")
        try:
            box.create()
            yield box
        finally:
            killed = box.destroy()
        assert not killed, f"left running in the prefix: {killed}"


@pytest.fixture
def box(whole_box, request):
    whole_box.begin(request.node.name)
    request.node.box = whole_box
    yield whole_box
    whole_box.end()
    assert not whole_box.left, f"left running: {whole_box.left}"


@pytest.fixture
def prcm(box):
    """Nothing is installed before the test, and nothing after it."""
    prcm = Prcm(box, TREE)
    yield prcm
    prcm.drop_eyes()
    box.end()
    try:
        prcm.put_away()
    except BoxError:
        # What hangs here must not make the other tests hang.
        box.destroy()
        box.create()
        raise


@pytest.fixture
def driver(prcm):
    """prcm with the driver running, as it is by default."""
    prcm.install()
    prcm.start()
    return prcm


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    if report.failed and hasattr(item, "box"):
        report.sections.append(("programs", item.box.report()))
