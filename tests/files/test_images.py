# SPDX-License-Identifier: MIT
"""The built files are what Windows, from Server 2003 on, asks of a driver, a program and a library."""

import pytest

from image import DRIVER, USER, Image, check_no_data_imports, check_no_exports
from spoil import FAULTS

CHECKS = [
    (name, check)
    for name, checks in (("prcm.sys", DRIVER), ("prcm.exe", USER + [check_no_exports]), ("libprcm.dll", USER))
    for check in checks
]
FAULTY = [(name, check, fault) for name, check in CHECKS for fault in FAULTS[check]]


def title(name, check):
    return f"{name}-{check.__name__.removeprefix('check_')}"


NAMES = [title(name, check) for name, check in CHECKS]
FAULTY_NAMES = [f"{title(name, check)}-{FAULTS[check].index(fault)}" for name, check, fault in FAULTY]


@pytest.fixture
def load(kit, architecture, version):
    return lambda name: Image((kit / name).read_bytes(), architecture, name, version)


@pytest.mark.parametrize(("name", "check"), CHECKS, ids=NAMES)
def test_shipped_file(load, name, check):
    check(load(name))


@pytest.mark.parametrize(("name", "check", "fault"), FAULTY, ids=FAULTY_NAMES)
def test_the_check_finds_its_fault(load, name, check, fault):
    good = load(name)
    bad = Image(fault(good), good.architecture, good.name, good.version)
    assert bad.data != good.data
    with pytest.raises(AssertionError):
        check(bad)


def test_no_driver_built_for_wine_imports_data(build_tree, architecture, version):
    """But ntext.sys, which stands in for the kernel, and contract.sys, which does what it must not."""
    built = [
        path for path in build_tree.rglob("*.sys") if path.name not in ("ntext.sys", "contract.sys")
    ]
    assert build_tree / "wine" / "prcm.sys" in built
    for path in built:
        check_no_data_imports(Image(path.read_bytes(), architecture, path.name, version))


def test_debug_twin_is_the_shipped_driver(kit, load):
    """dev/debug/prcm.sys serves a debugger only if it has the same code at the same place."""
    shipped, twin = load("prcm.sys"), load("dev/debug/prcm.sys")
    assert twin.optional.AddressOfEntryPoint == shipped.optional.AddressOfEntryPoint
    for section in shipped.pe.sections:
        other = next(found for found in twin.pe.sections if found.Name == section.Name)
        assert other.VirtualAddress == section.VirtualAddress
        assert other.get_data() == section.get_data()
