# SPDX-License-Identifier: MIT
"""Where the files under test are: what the target dist has made below the build directory."""

import os
import pathlib
import re
import sys

import pytest

from wine_prefix import make_prefix

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PRCM_BUILD", ROOT / "build"))
sys.path.insert(0, str(ROOT / "tools" / "lib"))

ARCHITECTURES = ("x64", "x86")


@pytest.fixture(params=ARCHITECTURES)
def architecture(request):
    return request.param


@pytest.fixture
def kit(architecture):
    path = BUILD / "dist" / architecture
    assert path.is_dir(), f"{path} is missing: build the target dist of preset {architecture}"
    return path


@pytest.fixture(scope="session")
def certificate():
    return BUILD / "signing" / "prcm-test.pem"


@pytest.fixture(scope="session")
def version():
    return re.search(r"project\(prcm VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)


@pytest.fixture
def build_tree(architecture):
    return BUILD / architecture


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    with make_prefix(tmp_path_factory.mktemp("wine")) as made:
        yield made
