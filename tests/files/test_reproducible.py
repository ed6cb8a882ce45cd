# SPDX-License-Identifier: MIT
"""Two builds of one commit, made in different places, are the same bits before they are signed."""

import os
import shutil
import subprocess

import pytest

from conftest import BUILD, ROOT

FILES = (
    "driver/prcm.sys",
    "driver/debug/prcm.sys",
    "lib/libprcm.dll",
    "lib/libprcm.a",
    "lib/libprcm.dll.a",
    "cli/prcm.exe",
)


@pytest.fixture(scope="module")
def second_builds():
    return {}


@pytest.fixture
def second_build(architecture, second_builds, tmp_path_factory):
    """The same sources, copied elsewhere and built in a directory of another depth and name."""
    if architecture not in second_builds:
        place = tmp_path_factory.mktemp("elsewhere") / "another" / "place"
        skip = shutil.ignore_patterns("build", ".git", "__pycache__")
        shutil.copytree(ROOT, place / "sources", ignore=skip)
        tree = place / "tree"
        libraries = f"windows-libraries/{architecture}"
        shutil.copytree(BUILD / libraries, place / libraries)
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        environment = {**os.environ, "HOME": str(place)}
        for command in (
            ["cmake", "--preset", architecture, "-S", place / "sources", "-B", tree],
            ["cmake", "--build", tree, "--target", *FILES],
        ):
            result = subprocess.run(command, cwd=place / "sources", env=environment, check=False, **output)
            assert result.returncode == 0, result.stdout
        second_builds[architecture] = tree
    return second_builds[architecture]


@pytest.mark.parametrize("name", FILES)
def test_two_builds_are_identical(build_tree, second_build, name):
    first, second = (build_tree / name).read_bytes(), (second_build / name).read_bytes()
    assert first, "empty"
    differing = [at for at, (one, other) in enumerate(zip(first, second)) if one != other]
    assert not differing, f"{len(differing)} bytes differ, the first at {differing[0]}"
    assert len(first) == len(second)


@pytest.mark.parametrize("name", FILES)
def test_no_path_of_the_build_machine_is_in_a_file(build_tree, name):
    assert str(ROOT).encode() not in (build_tree / name).read_bytes()
