# SPDX-License-Identifier: MIT
"""What install, uninstall and status say, by the console program. What they do is tested in tests/library."""

import pathlib
import struct

import pytest

from prcm import EXIT_FAILED, EXIT_NO_DRIVER, EXIT_USAGE

FIXED_FILE_INFO = struct.pack("<I", 0xFEEF04BD)
COPY = r"C:\windows\System32\drivers\prcm.sys"


@pytest.fixture
def make(prcm):
    """Makes a copy of the driver with the version MINOR of 0.MINOR.0; its name in the box."""

    def make(minor, mode=0o644, sound=True):
        data = bytearray((prcm.build / "wine" / "prcm.sys").read_bytes())
        struct.pack_into("<II", data, data.index(FIXED_FILE_INFO) + 8, minor, 0)
        if not sound:
            data = data.replace(b"ntext.sys", b"noext.sys")
        path = prcm.box.prefix / "drive_c" / "prcm" / f"prcm-{minor}.sys"
        path.write_bytes(data)
        path.chmod(mode)
        return prcm.box.windows(path)

    prcm.offer()
    yield make
    prcm.installed = prcm.status()["service"] != "not_installed"


def drivers(prcm):
    folder = prcm.box.prefix / "drive_c" / "windows" / "system32" / "drivers"
    return sorted(path.name for path in folder.glob("prcm*"))


def test_install_says_which_version_is_where(prcm, make):
    text = prcm.run("install", make(2)).text()
    assert text.startswith(f"installed: version 0.2.0, {COPY}, starts on demand\n"), text
    assert '"prcm start"' in text
    assert drivers(prcm) == ["prcm.sys"]
    text = prcm.run("install", "--boot", make(2)).text()
    assert text.startswith(f"installed already: version 0.2.0, {COPY}, starts at boot\n"), text
    text = prcm.run("install", make(3)).text()
    assert text.startswith(f"upgraded from 0.2.0 to 0.3.0, {COPY}, starts at boot\n"), text
    assert drivers(prcm) == ["prcm.sys", "prcm.sys.old"]
    assert "gone" in prcm.run("uninstall").text()
    assert drivers(prcm) == []


def test_an_upgrade_restarts_a_running_driver_and_says_so(prcm, make):
    prcm.run("install", make(2))
    prcm.box.run_new_host(prcm.console, "start")
    text = prcm.run("install", make(3)).text()
    assert text.startswith("upgraded from 0.2.0 to 0.3.0"), text
    assert "runs again" in text
    status = prcm.status()
    assert (status["service"], status["file_version"]) == ("running", "0.3.0")
    text = prcm.run("install", "--kind", "start", make(3)).text()
    assert "next start" in text, text


def test_a_version_that_does_not_start_is_gone_back_from_and_told(prcm, make):
    prcm.run("install", make(2))
    prcm.box.run_new_host(prcm.console, "start")
    said = prcm.run("install", make(3, sound=False), code=EXIT_FAILED).error_text()
    assert "version 0.3.0 does not start" in said and "0.2.0 is in its place again, and runs" in said, said
    assert prcm.status()["service"] == "running"
    assert drivers(prcm) == ["prcm.sys"]


def test_an_older_version_is_refused_with_what_to_do(prcm, make):
    prcm.run("install", make(3))
    said = prcm.run("install", make(2), code=EXIT_FAILED).error_text()
    assert "version 0.3.0 is installed, and this is 0.2.0" in said and "--downgrade" in said, said
    text = prcm.run("install", "--downgrade", make(2)).text()
    assert text.startswith("downgraded from 0.3.0 to 0.2.0"), text


def test_in_place_is_refused_with_who_and_where(prcm, make):
    """All that a box has is its user's."""
    path = make(2)
    said = prcm.run("install", "--in-place", path, code=EXIT_FAILED).error_text()
    assert path in said and "S-1-5-21-" in said and " owns C:\\, " in said, said
    assert prcm.status()["service"] == "not_installed"


def test_the_copy_has_the_security_of_its_directory_not_that_of_its_source(prcm, make):
    """Wine's security of a file is its mode."""
    prcm.run("install", make(2, mode=0o666))
    folder = prcm.box.prefix / "drive_c" / "windows" / "system32" / "drivers"
    assert (folder / "prcm.sys").stat().st_mode & 0o022 == 0


@pytest.mark.parametrize("content", [b"", b"nonsense", b"MZ" + bytes(200)], ids=["empty", "text", "zeros"])
def test_what_is_no_driver_is_refused(prcm, make, content):
    path = prcm.box.prefix / "drive_c" / "prcm" / "prcm-2.sys"
    make(2)
    path.write_bytes(content)
    said = prcm.run("install", prcm.box.windows(path), code=EXIT_FAILED).error_text()
    assert "not prcm's driver" in said, said


@pytest.mark.parametrize("command", ["install", "uninstall", "stop"])
def test_a_timeout_is_a_number_of_seconds(prcm, command):
    prcm.run(command, "--timeout", "soon", code=EXIT_USAGE)
    prcm.run(command, "--timeout", code=EXIT_USAGE)


def test_status_tells_file_and_security_without_a_running_driver(prcm, make):
    prcm.run("install", "--boot", make(2))
    program = prcm.run("status", code=EXIT_NO_DRIVER)
    assert "service        stopped, starts at boot\n" in program.text()
    assert f"file           {COPY}, version 0.2.0\n" in program.text()
    assert "not safe: " in program.text(), "all that a box has is its user's"
    status = prcm.status()
    assert pathlib.PureWindowsPath(status["driver_path"]) == pathlib.PureWindowsPath(COPY)
    assert status["start"] == "boot" and status["unsafe"]["why"] == "owner"
    assert status["service_security"].startswith("D:") or "D:" in status["service_security"]
