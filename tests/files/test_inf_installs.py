# SPDX-License-Identifier: MIT
"""prcm.inf does under Wine's setup what it says: it installs the service, and takes all of it away again."""

import time

import pytest

from wine_prefix import PATIENCE_SECONDS


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
    assert (values["LifecycleLaneBytes"], values["ImageLaneBytes"]) == ("0x400000", "0x800000")
    assert values["Kinds"] == "0x7"


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
