# SPDX-License-Identifier: MIT
"""What tools/test is made of reports a failure as one: a runner that cannot fail makes a test worthless."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from conftest import BUILD, ROOT

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

PYTEST_DYING_FILE = """
import os
import pytest

def test_of_a_worker_that_dies(): os._exit(0)

@pytest.mark.parametrize("number", range(8))
def test_good(number): pass

def test_bad(): assert {1} == {2}
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


def run_pytest(directory, *options):
    plugins = ["-p", "line_report", "-p", "no:terminal", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(LIBRARY), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", *plugins, *options, "test_it.py"]
    return run(*command, cwd=directory, env=environment)


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


TWO_WORKERS = ("-n", "2")


def test_pytest_lines_are_the_same_with_two_workers(tmp_path):
    (tmp_path / "test_it.py").write_text(PYTEST_FILE)
    _, alone, _ = run_pytest(tmp_path)
    code, lines, output = run_pytest(tmp_path, *TWO_WORKERS)
    assert code != 0
    assert sorted(lines) == sorted(alone)
    assert "assert {1} == {2}" in output


def test_pytest_lines_tell_a_file_that_no_worker_can_read(tmp_path):
    (tmp_path / "test_it.py").write_text("import nothing_of_that_name\n")
    code, lines, _ = run_pytest(tmp_path, *TWO_WORKERS)
    assert code != 0
    assert lines == ["FAIL test_it.py"]


def test_a_worker_that_dies_is_a_failed_test_and_no_other_is_lost(tmp_path):
    (tmp_path / "test_it.py").write_text(PYTEST_DYING_FILE)
    code, lines, output = run_pytest(tmp_path, *TWO_WORKERS)
    assert code != 0
    good = [f"ok test_it.py::test_good[{number}]" for number in range(8)]
    bad = [f"FAIL test_it.py::{name}" for name in ("test_bad", "test_of_a_worker_that_dies")]
    assert sorted(lines) == sorted(good + bad), output
    assert "crashed" in output


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


COMPILERS = ("gcc", "x86_64-w64-mingw32-gcc-win32", "i686-w64-mingw32-gcc-win32")


def make_tree(directory, compiler, text):
    """A build tree that compiles one file."""
    (directory / "file.c").write_text(text + "\n")
    command = f"/usr/bin/{compiler} -O2 -DNDEBUG -Wall -o file.o -c file.c"
    entry = {"directory": str(directory), "command": command, "file": "file.c"}
    (directory / "compile_commands.json").write_text(json.dumps([entry]))
    return directory


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize(("text", "warns"), (("int Good(void);", False), ("static int Unused;", True)))
def test_clang_check_finds_a_warning(tmp_path, compiler, text, warns):
    code, _, output = run(sys.executable, LIBRARY / "clang_check.py", make_tree(tmp_path, compiler, text))
    assert (code != 0) == warns, output
    assert ("unused variable" in output) == warns


ANALYSERS = ("clang", "gcc", "cppcheck")
TWICE = "#include <stdlib.h>\nvoid Of(void *At) { free(At); free(At); }"


def analyse(tree, *analysers):
    names = [option for name in analysers for option in ("--with", name)]
    code, _, output = run(sys.executable, LIBRARY / "analyse.py", *names, tree)
    return code, output


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("analyser", ANALYSERS)
def test_analyse_tells_what_an_analyser_finds(tmp_path, compiler, analyser):
    code, output = analyse(make_tree(tmp_path, compiler, TWICE), analyser)
    assert code != 0 and f"{analyser}: 1 files, 1 with findings" in output
    assert re.search(r"file\.c:2:.*(free|Free)", output)


def test_analyse_fails_if_one_of_its_analysers_finds_something(tmp_path):
    style = "int Of(int A) { int B; if (A != 0) { B = A * 2; return B; } return 0; }"
    code, output = analyse(make_tree(tmp_path, "gcc", style))
    findings = dict(re.findall(r"^(\w+): 1 files, (\d+) with findings$", output, re.MULTILINE))
    assert code != 0 and findings == {"clang": "0", "gcc": "0", "cppcheck": "1"}, output


MEMORY = "int Of(void) { char *At = malloc(1); CHECK; *At = 1; free(At); return 0; }"
CMOCKA = "#include <setjmp.h>\n#include <stdarg.h>\n#include <stdint.h>\n#include <cmocka.h>\n"
CLEAN = {
    "nothing wrong": "int Of(const int *At) { return At == 0 ? 1 : *At; }",
    "an assertion": "#include <assert.h>\n" + MEMORY.replace("CHECK", "assert(At)"),
    "an assertion of cmocka's": CMOCKA + MEMORY.replace("CHECK", "assert_non_null(At)"),
}


@pytest.mark.parametrize("name", CLEAN)
def test_analyse_passes(tmp_path, name):
    """Each is compiled with -DNDEBUG."""
    code, output = analyse(make_tree(tmp_path, "gcc", "#include <stdlib.h>\n" + CLEAN[name]))
    assert code == 0, output
    for analyser in ANALYSERS:
        assert f"{analyser}: 1 files, 0 with findings" in output


def test_memory_that_may_not_be_there_is_a_finding(tmp_path):
    text = "#include <stdlib.h>\n" + MEMORY.replace("CHECK", "")
    code, output = analyse(make_tree(tmp_path, "gcc", text), "gcc")
    assert code != 0 and "possibly-NULL" in output


def test_analyse_takes_a_suppression_of_cppcheck_in_the_source(tmp_path):
    text = TWICE.replace("void", "/* cppcheck-suppress doubleFree; the test's matter */\nvoid", 1)
    code, output = analyse(make_tree(tmp_path, "gcc", text), "cppcheck")
    assert code == 0, output


def test_analyse_fails_without_files(tmp_path):
    (tmp_path / "compile_commands.json").write_text("[]")
    code, output = analyse(tmp_path)
    assert code != 0 and "compiles nothing" in output


def test_every_c_file_is_compiled_in_a_tree_that_is_analysed():
    compiled = set()
    for tree in ("native", "x64"):
        entries = json.loads((BUILD / tree / "compile_commands.json").read_text())
        compiled |= {pathlib.Path(entry["directory"], entry["file"]).resolve() for entry in entries}
    sources = {path for path in ROOT.rglob("*.c") if path.relative_to(ROOT).parts[0] != "build"}
    assert len(sources) > 100
    left = sorted(str(path.relative_to(ROOT)) for path in sources - compiled)
    assert not left


PYTHON = {
    "": True,
    "print(1)": True,
    "x = (": False,
    "import os": False,
    f"x = {'1' * 107}": False,
    f"x = '{'ä' * 104}'": True,
}


@pytest.mark.parametrize("text", PYTHON)
def test_check_python_finds_what_is_wrong(tmp_path, text):
    (tmp_path / ".editorconfig").write_text("[*]\nmax_line_length = 110\n")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "not_ours.py").write_text("x = (")
    (tmp_path / "tool").write_text(f"#!/usr/bin/env python3\n{text}\n")
    code, _, output = run(sys.executable, LIBRARY / "check_python.py", tmp_path)
    assert (code == 0) == PYTHON[text], output
    assert "1 files of Python" in output
