# SPDX-License-Identifier: MIT
"""A Wine for the tests of a run, or one for each of its workers (pytest-xdist), made anew; in it, for each
test, the driver as that test wants it."""

import contextlib
import fcntl
import os
import pathlib
import signal

import pytest

from box import Box, BoxError, end_left_over
from prcm import Prcm

# Of workers that were interrupted, for what puts their Wine away; pytest-xdist would kill them after 10.
WORKERS_END_SECONDS = 30


def set_signals(handler):
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, handler)


def interrupt(_number, _frame):
    """The first signal ends the tests; what then puts Wine away is not to be interrupted."""
    set_signals(signal.SIG_IGN)
    raise KeyboardInterrupt


# A shell starts programs in the background with SIGINT ignored, and they hand it on: no Ctrl-C would be seen.
set_signals(interrupt)

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRCM_BUILD", ROOT / "build")).resolve()
TREE = BUILD / "x64"
# What a worker of pytest-xdist has to itself: a box, and a PRCM_BUILD for the tools that a test starts.
PLACES = BUILD / "wine-test"
PLACE = PLACES / os.environ.get("PYTEST_XDIST_WORKER", "alone")
OWN_BUILD = PLACE / "build"
NEEDED = (
    "cli/prcm.exe",
    "lib/libprcm.dll",
    "wine/feeder.exe",
    "wine/ntext.sys",
    "wine/prcm.sys",
    "tests/contract/contract.sys",
    "tests/wine/probe.exe",
)


@contextlib.contextmanager
def lock_of(place):
    """Whether nobody else has that place, which is ours then. Who dies lets go of it."""
    PLACES.mkdir(parents=True, exist_ok=True)
    with open(f"{place}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def pytest_sessionstart(session):
    if session.config.pluginmanager.hasplugin("dsession"):
        from xdist import workermanage

        workermanage.NodeManager.EXIT_TIMEOUT = WORKERS_END_SECONDS


def pytest_unconfigure():
    """A worker that has died leaves its box to whoever ends after it."""
    for lock in PLACES.glob("*.lock"):
        place = lock.with_suffix("")
        with lock_of(place) as ours:
            if ours:
                end_left_over(place / "box" / "prefix")


@pytest.fixture(scope="session", autouse=True)
def place():
    """Ours for the whole run."""
    missing = [name for name in NEEDED if not (TREE / name).exists()]
    assert not missing, f"{TREE} lacks {', '.join(missing)}: build the preset x64"
    assert (BUILD / "native" / "cli" / "prcm").exists(), f"{BUILD} lacks prcm for this machine: build the preset native"
    with lock_of(PLACE) as ours:
        assert ours, f"another run of these tests uses {PLACE}: wait for it, or set PRCM_BUILD"
        OWN_BUILD.mkdir(parents=True, exist_ok=True)
        for shared in TREE, BUILD / "windows-libraries":
            if not (OWN_BUILD / shared.name).is_symlink():
                (OWN_BUILD / shared.name).symlink_to(shared)
        yield PLACE


@pytest.fixture(scope="session")
def whole_box(place):
    box = Box(place / "box")
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
    broken = whole_box.broken_rules()
    assert not whole_box.left, f"left running: {whole_box.left}"
    assert not broken, f"the driver broke rules of NT's: {broken}"


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
