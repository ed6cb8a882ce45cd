# SPDX-License-Identifier: MIT
"""The kit for Windows is whole, and its INF file does what it says."""

import configparser
import re

import pytest

from conftest import ROOT

FILES = {
    "LICENSE",
    "THIRD-PARTY-LICENSES",
    "TRY-ON-WINDOWS.txt",
    "libprcm.dll",
    "prcm-test.cer",
    "prcm.exe",
    "prcm.inf",
    "prcm.sys",
}
TEXTS = ("LICENSE", "TRY-ON-WINDOWS.txt", "prcm.inf")


def read_inf(path):
    """An INF file's sections; lines that are no assignment have the value None."""
    parser = configparser.ConfigParser(
        allow_no_value=True, delimiters=("=",), comment_prefixes=(";",), inline_comment_prefixes=(";",),
        interpolation=None, strict=True,
    )
    parser.optionxform = str
    parser.read_string(path.read_text())
    return parser


@pytest.fixture
def inf(kit):
    return read_inf(kit / "prcm.inf")


def constants():
    """The numbers that the ABI header defines by plain arithmetic."""
    found = {}
    header = (ROOT / "include/prcm_abi.h").read_text()
    for name, text in re.findall(r"#define (PRCM_\w+)\s+\(?([0-9xA-Fu *]+)\)?", header):
        if text.strip():
            found[name] = eval(text.replace("u", ""))  # digits, x and * only
    return found


def test_kit_is_whole(kit):
    assert {path.name for path in kit.iterdir() if path.is_file()} == FILES


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_readable_on_windows(kit, name):
    data = (kit / name).read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") > 0
    assert data.decode("ascii")


def test_texts_leave_no_placeholder(kit):
    for name in TEXTS:
        assert not re.search(r"@[A-Z_]+@", (kit / name).read_text()), name


def test_try_on_windows_names_the_files_of_the_kit(kit):
    text = (kit / "TRY-ON-WINDOWS.txt").read_text()
    files = text.split("The files")[1]
    listed = set(re.findall(r"^(\S+\.\w+|LICENSE|THIRD-PARTY-LICENSES)\s{2,}\S", files, re.MULTILINE))
    assert listed == FILES - {"TRY-ON-WINDOWS.txt"}


def test_inf_copies_the_driver_to_where_its_service_looks(inf):
    assert list(inf["prcm.Files"]) == ["prcm.sys"]
    assert inf["SourceDisksFiles"]["prcm.sys"] in inf["SourceDisksNames"]
    directory = inf["DestinationDirs"]["prcm.Files"]
    assert inf["prcm.Service"]["ServiceBinary"] == f"%{directory}%\\prcm.sys"


def test_inf_describes_a_kernel_service_on_demand(inf):
    service = inf["prcm.Service"]
    assert (service["ServiceType"], service["StartType"], service["ErrorControl"]) == ("1", "3", "1")


def test_inf_serves_both_architectures(inf):
    """A decorated section would serve one, and ask newer systems for a signed catalog."""
    assert {"DefaultInstall", "DefaultInstall.Services"} <= set(inf.sections())
    assert not [name for name in inf.sections() if re.search(r"\.NT(x86|amd64)", name, re.IGNORECASE)]
    assert "CatalogFile" not in inf["Version"]


def test_inf_bears_the_version_of_the_build(inf, version):
    assert re.fullmatch(r"\d\d/\d\d/\d{4}," + re.escape(version) + r"\.0", inf["Version"]["DriverVer"])


def test_inf_writes_the_driver_s_own_defaults(inf):
    values = {}
    for line in inf["prcm.Parameters"]:
        _, key, name, flags, value = line.split(",")
        assert (key, flags) == ("Parameters", "0x00010003")
        values[name] = int(value, 0)
    expected = constants()
    assert values == {
        "LifecycleLaneBytes": expected["PRCM_DEFAULT_LIFECYCLE_LANE_BYTES"],
        "ImageLaneBytes": expected["PRCM_DEFAULT_IMAGE_LANE_BYTES"],
        "Kinds": 0b111,
    }


def test_inf_strings_are_defined(inf):
    text = "\n".join(f"{key}={value}" for name in inf.sections() for key, value in inf[name].items())
    used = set(re.findall(r"%([A-Za-z]\w*)%", text))
    assert used == set(inf["Strings"])
