# SPDX-License-Identifier: MIT
"""DLLs that somebody has put beside prcm.exe, or where he starts it, are not loaded.

Each is one that Windows' own DLLs load by its bare name, sooner or later: a planted one ends its process with a
code of its own.
"""

import shutil

import pytest

from conftest import TREE

PLANTED = 99

# Loaded by advapi32, sechost and rpcrt4 of one Windows or the other, by their delay-load imports or on demand;
# and what prcm.exe once loaded itself.
NAMES = (
    *("cryptbase", "cryptsp", "ntmarta", "profapi", "psapi"),
    *("samcli", "secur32", "sspicli", "version", "wtsapi32"),
)

# No system has it.
NOBODYS = "prcm-planted"

# What Wine loads of a name that it has itself and finds as a file, too, is the file, as on Windows.
NATIVE_FIRST = {"WINEDLLOVERRIDES": ",".join(NAMES) + "=n,b;mscoree,mshtml=;winemenubuilder.exe=d"}

COMMANDS = (
    ("--version",),
    ("status",),
    ("install",),
    ("install", "--in-place"),
    ("start",),
    ("watch", "--duration", "0"),
    ("status", "--json"),
    ("stop",),
    ("uninstall",),
)


@pytest.fixture
def planted(prcm):
    """A folder with prcm.exe, prcm.sys and the planted DLLs; and another with those alone."""
    drive = prcm.box.prefix / "drive_c"
    beside, current = drive / "planted", drive / "planted-current"
    for folder in (beside, current):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in (*NAMES, NOBODYS):
            shutil.copy(TREE / "tests" / "wine" / "planted.dll", folder / f"{name}.dll")
    shutil.copy(TREE / "cli" / "prcm.exe", beside)
    shutil.copy(TREE / "wine" / "prcm.sys", beside)
    yield beside, current
    for folder in (beside, current):
        shutil.rmtree(folder)


def run(prcm, folder, current, *arguments):
    command = ("cd", "/d", f"C:\\{current.name}", "&&", f"C:\\{folder.name}\\prcm.exe", *arguments)
    program = prcm.box.start("cmd", "/c", *command, environment=NATIVE_FIRST)
    code = program.wait()
    assert code != PLANTED, program.report()
    return code


def test_no_planted_dll_is_loaded_by_any_command(prcm, planted):
    prcm.offer()
    beside, current = planted
    codes = [run(prcm, beside, current, *command) for command in COMMANDS]
    # Not in place, as all of a box is its user's.
    assert codes == [0, 4, 0, 1, 0, 0, 0, 0, 0], dict(zip(COMMANDS, codes, strict=True))


@pytest.mark.parametrize("where", ["beside", "current"])
def test_what_a_dll_loads_later_comes_from_the_system(prcm, planted, where):
    """A program that takes no precautions loads what is planted; after those of prcm.exe, the same program has
    the system's own."""
    beside, current = planted
    home = beside if where == "beside" else prcm.box.prefix / "drive_c" / "prcm"
    shutil.copy(TREE / "tests" / "wine" / "loader.exe", home)
    # From where a program is started comes only what the system lacks.
    for name in NAMES if where == "beside" else [NOBODYS]:
        command = f"cd /d C:\\{current.name} && C:\\{home.name}\\loader.exe {name}.dll"
        prcm.box.run("cmd", "/c", command, code=PLANTED, environment=NATIVE_FIRST)
        careful = prcm.box.start("cmd", "/c", f"{command} carefully", environment=NATIVE_FIRST)
        assert careful.wait() in (0, 1), "not every Wine has each of them"
    (home / "loader.exe").unlink()
