# SPDX-License-Identifier: MIT
"""tools/coverage finds what is not reached, and each way in which its list of exceptions can be wrong."""

import subprocess
import sys

import pytest

from conftest import ROOT

REPORT = ROOT / "tools" / "lib" / "coverage_report.py"

SOURCE = """\
#define IS_ODD(Number) ((Number) & 1)

static int
Parity(int Number)
{
    if (Number < 0 ||
        Number > 100)
        return -1;
    if (1 == IS_ODD(Number))
        return 1;
    return 0;
}

int
main(int Count, char **Words)
{
    (void)Words;
    return Parity(Count) == 7;
}
"""

# Of Parity(1).
NEGATIVE = "code.c: Parity: never true: Number < 0"
LARGE = "code.c: Parity: never true: Number > 100"
NEITHER = "code.c: Parity: never run: return -1;"
EVEN = "code.c: Parity: never false: 1 == IS_ODD(Number)"
EVEN_RUN = "code.c: Parity: never run: return 0;"
SEVEN = "code.c: main: never true: Parity(Count) == 7"
UNREACHED = (NEGATIVE, LARGE, NEITHER, EVEN, EVEN_RUN)
REASON = "    because\n    it is so\n"


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """A source file and what llvm-cov says of one run of it."""
    directory = tmp_path_factory.mktemp("coverage")
    source = directory / "code.c"
    source.write_text(SOURCE)
    program, raw, merged = (str(directory / name) for name in ("code", "code.profraw", "code.profdata"))
    flags = ("-O0", "-fprofile-instr-generate", "-fcoverage-mapping")
    subprocess.run(["clang", *flags, str(source), "-o", program], check=True)
    subprocess.run([program], check=True, env={"LLVM_PROFILE_FILE": raw})
    subprocess.run(["llvm-profdata", "merge", "-o", merged, raw], check=True)
    export = directory / "code.json"
    with export.open("w") as output:
        subprocess.run(["llvm-cov", "export", "-instr-profile", merged, program], check=True, stdout=output)
    return source, export


def report(counted, exceptions, source=None):
    """(exit code, what was said) with that list."""
    listed = counted[1].with_name("exceptions.txt")
    listed.write_text(exceptions)
    command = [sys.executable, REPORT, counted[1], listed, source or counted[0]]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return result.returncode, result.stdout.splitlines()


def entries(*keys):
    return "# a remark\n\n" + "".join(f"{key}\n{REASON}" for key in keys)


def test_with_each_place_listed_all_is_well(counted):
    code, lines = report(counted, entries(*UNREACHED))
    assert code == 0, lines
    assert lines[0].split() == "code.c lines 11 of 13, branches 3 of 6".split()
    assert f"not reached: {LARGE} (line 7)" in lines
    assert lines.count("    because it is so") == len(UNREACHED)
    assert lines[-1] == "driver: lines 84.6%, branches 50%"


@pytest.mark.parametrize("missing", UNREACHED)
def test_a_place_that_is_not_listed_fails(counted, missing):
    code, lines = report(counted, entries(*(key for key in UNREACHED if key != missing)))
    assert code == 1
    wrong = [line for line in lines if line.startswith("not reached and not listed: ")]
    assert len(wrong) == 1 and missing in wrong[0]
    assert lines[-1].startswith("driver: ")


@pytest.mark.parametrize(
    "key",
    (
        "code.c: Parity: never true: 1 == IS_ODD(Number)",
        "code.c: Parity: never false: Number < 0",
        "code.c: Parity: never run: return 1;",
    ),
)
def test_a_listed_place_that_is_reached_fails(counted, key):
    code, lines = report(counted, entries(*UNREACHED, key))
    assert code == 1
    assert f"listed, and is reached: {key}" in lines


@pytest.mark.parametrize(
    "key", (NEGATIVE.replace("<", "<="), NEGATIVE + " [2]", NEGATIVE.replace("code.c", "other.c"), SEVEN)
)
def test_a_listed_place_that_does_not_exist_fails(counted, key):
    code, lines = report(counted, entries(*UNREACHED, key))
    assert code == 1
    assert f"listed, and does not exist: {key}" in lines


@pytest.mark.parametrize(
    ("exceptions", "said"),
    (
        (entries(*UNREACHED) + EVEN + "\n", "listed twice"),
        (entries(*UNREACHED[1:]) + NEGATIVE + "\n", "listed without a reason"),
        (REASON + entries(*UNREACHED), "a reason without a place"),
    ),
)
def test_a_list_that_makes_no_sense_fails(counted, exceptions, said):
    code, lines = report(counted, exceptions)
    assert code == 1
    assert said in lines[-1]


def test_a_file_that_nothing_counts_fails(counted):
    other = counted[0].with_name("other.c")
    other.write_text("int Other;\n")
    code, lines = report(counted, "", other)
    assert code == 1
    assert "is not in the export" in lines[-1]
