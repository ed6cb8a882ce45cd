# SPDX-License-Identifier: MIT
"""What tools/test is made of reports a failure as one: a runner that cannot fail makes a test worthless."""

import json
import os
import re
import subprocess
import sys

import pytest

from conftest import ROOT

LIBRARY = ROOT / "tools" / "lib"

PYTEST_FILE = """
import pytest

@pytest.fixture
def broken():
    raise RuntimeError("broken")

@pytest.fixture
def breaks_later():
    yield
    raise RuntimeError("breaks later")

def test_good(): pass
def test_bad(): assert {1} == {2}
def test_skipped(): pytest.skip("no reason")
def test_setup(broken): pass
def test_teardown(breaks_later): pass
"""

CTEST_FILE = """
add_test(tap sh -c "echo 'ok 1 - first'; echo 'not ok 2 - second'; exit 1")
add_test(plain true)
add_test(crash sh -c "echo 'ok 1 - third'; echo 'a sanitizer says why'; exit 1")
set_tests_properties(plain PROPERTIES LABELS quiet)
"""


def run(*command, **options):
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options
    )
    lines = [line for line in result.stdout.splitlines() if re.match(r"(ok|FAIL) ", line)]
    return result.returncode, lines, result.stdout


def run_pytest(directory):
    plugins = ["-p", "line_report", "-p", "no:terminal", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(LIBRARY), "PYTHONDONTWRITEBYTECODE": "1"}
    return run(sys.executable, "-m", "pytest", *plugins, "test_it.py", cwd=directory, env=environment)


def test_pytest_lines_tell_every_way_to_fail(tmp_path):
    (tmp_path / "test_it.py").write_text(PYTEST_FILE)
    code, lines, output = run_pytest(tmp_path)
    assert code != 0
    assert lines == [
        "ok test_it.py::test_good",
        "FAIL test_it.py::test_bad",
        "FAIL test_it.py::test_skipped",
        "FAIL test_it.py::test_setup",
        "FAIL test_it.py::test_teardown",
    ]
    for reason in ("assert {1} == {2}", "no reason", "broken", "breaks later"):
        assert reason in output


def test_pytest_lines_tell_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "test_it.py").write_text("import nothing_of_that_name\n")
    code, lines, _ = run_pytest(tmp_path)
    assert code != 0
    assert lines == ["FAIL test_it.py"]


def test_ctest_lines_tell_every_way_to_fail(tmp_path):
    (tmp_path / "CTestTestfile.cmake").write_text(CTEST_FILE)
    code, lines, output = run(sys.executable, LIBRARY / "ctest_lines.py", tmp_path)
    assert code != 0
    assert sorted(lines) == ["FAIL crash", "FAIL tap: second", "ok crash: third", "ok plain", "ok tap: first"]
    assert "a sanitizer says why" in output


def test_ctest_lines_of_a_label_are_told_apart(tmp_path):
    (tmp_path / "CTestTestfile.cmake").write_text(CTEST_FILE)
    code, lines, _ = run(sys.executable, LIBRARY / "ctest_lines.py", tmp_path, "quiet")
    assert (code, lines) == (0, ["ok quiet/plain"])


def test_ctest_lines_fail_without_tests(tmp_path):
    (tmp_path / "CTestTestfile.cmake").write_text("")
    code, lines, _ = run(sys.executable, LIBRARY / "ctest_lines.py", tmp_path)
    assert code != 0 and not lines


@pytest.mark.parametrize("compiler", ("gcc", "x86_64-w64-mingw32-gcc-win32", "i686-w64-mingw32-gcc-win32"))
@pytest.mark.parametrize(("text", "warns"), (("int Good(void);", False), ("static int Unused;", True)))
def test_clang_check_finds_a_warning(tmp_path, compiler, text, warns):
    (tmp_path / "file.c").write_text(text + "\n")
    command = f"/usr/bin/{compiler} -O2 -Wall -o file.o -c file.c"
    entry = {"directory": str(tmp_path), "command": command, "file": "file.c"}
    (tmp_path / "compile_commands.json").write_text(json.dumps([entry]))
    code, _, output = run(sys.executable, LIBRARY / "clang_check.py", tmp_path)
    assert (code != 0) == warns, output
    assert ("unused variable" in output) == warns
