# SPDX-License-Identifier: MIT
"""prcm.inf does under Wine's setup program what it says: it installs the service, and takes all of it away again."""

import os
import subprocess
import time

import pytest

# How long Wine may take for what it does in an instant; only a broken Wine ever waits this long.
PATIENCE_SECONDS = 120


class Prefix:
    """A Wine prefix of one's own."""

    def __init__(self, path):
        self.drive = path / "drive_c"
        self.environment = {**os.environ, "WINEPREFIX": str(path), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="}

    def run(self, *command):
        result = subprocess.run(
            ["wine", *command], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_SECONDS, check=False
        )
        return result.stdout.decode("utf-8", "replace")

    def process_inf(self, section, path):
        windows_path = "Z:" + str(path).replace("/", "\\")
        self.run("rundll32", "setupapi.dll,InstallHinfSection", section, "132", windows_path)

    def service_values(self):
        """The registry values of the service by name, those of its Parameters key included."""
        lines = self.run("reg", "query", r"HKLM\System\CurrentControlSet\Services\prcm", "/s").splitlines()
        return {line.split()[0]: line.split(None, 2)[2].strip() for line in lines if line.startswith("    ")}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    made = Prefix(tmp_path_factory.mktemp("wine"))
    made.run("wineboot", "-i")
    # Wine's services end with the last program and take seconds to start; this one, waiting for input, keeps them. They
    # also keep the output of whoever starts them open, which only this one can bear.
    pipe = subprocess.PIPE
    with subprocess.Popen(["wine", "cmd", "/k", "echo", "ready"], env=made.environment, stdin=pipe, stdout=pipe) as keeper:
        assert b"ready" in keeper.stdout.readline()
        yield made
    subprocess.run(["/usr/lib/wine/wineserver64", "-k"], env=made.environment, timeout=PATIENCE_SECONDS, check=False)


@pytest.fixture
def installed(prefix, kit):
    prefix.process_inf("DefaultInstall", kit / "prcm.inf")
    assert prefix.service_values().get("ImagePath"), "nothing was installed"
    yield prefix
    prefix.process_inf("DefaultUninstall", kit / "prcm.inf")


@pytest.fixture
def driver_file(prefix):
    return prefix.drive / "windows" / "system32" / "drivers" / "prcm.sys"


def test_inf_installs_driver_service_and_parameters(installed, kit, driver_file):
    assert driver_file.read_bytes() == (kit / "prcm.sys").read_bytes()
    values = installed.service_values()
    assert values["ImagePath"].lower().endswith(r"system32\drivers\prcm.sys")
    assert (values["Type"], values["Start"]) == ("0x1", "0x3")
    assert (values["LifecycleLaneBytes"], values["ImageLaneBytes"], values["Kinds"]) == ("0x400000", "0x800000", "0x7")


def test_inf_installed_twice_keeps_what_the_administrator_set(installed, kit):
    key = r"HKLM\System\CurrentControlSet\Services\prcm\Parameters"
    installed.run("reg", "add", key, "/v", "Kinds", "/t", "REG_DWORD", "/d", "1", "/f")
    installed.process_inf("DefaultInstall", kit / "prcm.inf")
    assert installed.service_values()["Kinds"] == "0x1"


def test_inf_uninstalls_all_of_it(installed, kit, driver_file):
    installed.process_inf("DefaultUninstall", kit / "prcm.inf")
    assert not driver_file.exists()
    # The service manager deletes a service when the last handle to it is closed, which may be a moment later.
    deadline = time.monotonic() + PATIENCE_SECONDS
    while installed.service_values() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not installed.service_values()
