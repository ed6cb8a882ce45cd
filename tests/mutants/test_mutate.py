# SPDX-License-Identifier: MIT
"""What mutants are made of a file, and that tools/mutants tells the caught from the others."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIB = ROOT / "tools" / "lib"
SAMPLE = pathlib.Path(__file__).parent / "sample"

sys.path.insert(0, str(LIB))
import mutate  # noqa: E402

SNIPPET = """\
#define SNIPPET_STEPS 2u /* how many */

static int
Take(LOCK *Lock, int *Place)
{
    KIRQL Irql;
    ASSERT(*Place < 7);
    KeAcquireSpinLock(Lock, &Irql);
    int Taken = *Place < SNIPPET_STEPS ? *Place : 0; /* not if (Place > 1) */
    for (int Step = 1; Step != Taken; Step++)
        Touch("Step == 3", Step);
    if (!Taken && (*Place || Lock->Open == TRUE))
    {
        *Place += 1;
    }
    KeReleaseSpinLock(Lock, Irql);
    return Taken;
}
"""

EXPECTED = """\
SNIPPET_STEPS:CONST:2u [2u -> 3u]:1
SNIPPET_STEPS:CONST:2u [2u -> 1u]:1
Take:STMT:KeAcquireSpinLock(Lock, &Irql);:1
Take:LOCK:KeAcquireSpinLock(Lock, &Irql):1
Take:COND:*Place < SNIPPET_STEPS ? [true]:1
Take:COND:*Place < SNIPPET_STEPS ? [false]:1
Take:CMP:int Taken = *Place < SNIPPET_STEPS ? *Place : 0 [< -> >=]:1
Take:CMP:int Taken = *Place < SNIPPET_STEPS ? *Place : 0 [< -> <=]:1
Take:CONST:int Taken = *Place < SNIPPET_STEPS ? *Place : 0 [SNIPPET_STEPS + 1]:1
Take:CONST:int Taken = *Place < SNIPPET_STEPS ? *Place : 0 [SNIPPET_STEPS - 1]:1
Take:CONST:int Taken = *Place < SNIPPET_STEPS ? *Place : 0 [0 -> 1]:1
Take:CONST:int Taken = *Place < SNIPPET_STEPS ? *Place : 0 [0 - 1]:1
Take:CONST:int Step = 1 [1 -> 2]:1
Take:CONST:int Step = 1 [1 -> 0]:1
Take:COND:for (Step != Taken) [true]:1
Take:COND:for (Step != Taken) [false]:1
Take:CMP:Step != Taken [!= -> ==]:1
Take:STMT:Touch("Step == 3", Step);:1
Take:LOGIC:!Taken [! -> nothing]:1
Take:COND:if (!Taken && (*Place || Lock->Open == TRUE)) [true]:1
Take:COND:if (!Taken && (*Place || Lock->Open == TRUE)) [false]:1
Take:LOGIC:!Taken && (*Place || Lock->Open == TRUE) [&& -> ||]:1
Take:LOGIC:*Place || Lock->Open == TRUE [|| -> &&]:1
Take:CMP:Lock->Open == TRUE [== -> !=]:1
Take:CONST:Lock->Open == TRUE [TRUE -> FALSE]:1
Take:STMT:*Place += 1;:1
Take:CONST:*Place += 1 [1 -> 2]:1
Take:CONST:*Place += 1 [1 -> 0]:1
Take:STMT:KeReleaseSpinLock(Lock, Irql);:1
"""


def made_of(source):
    return mutate.mutants("snippet.c", source, {"SNIPPET_STEPS", "TRUE"})


def applied(source, name):
    (mutant,) = (mutant for mutant in made_of(source) if mutant.name == f"snippet.c:{name}")
    return mutant.apply(source)


def test_a_snippet_gives_exactly_these_mutants():
    names = [mutant.name.removeprefix("snippet.c:") for mutant in made_of(SNIPPET)]
    assert sorted(names) == sorted(EXPECTED.splitlines())


def test_each_mutant_differs_and_leaves_the_lines_where_they_are():
    for mutant in made_of(SNIPPET):
        text = mutant.apply(SNIPPET)
        assert text != SNIPPET and text.count("\n") == SNIPPET.count("\n"), mutant.name


@pytest.mark.parametrize(
    ("name", "line"),
    (
        ("Take:CMP:Step != Taken [!= -> ==]:1", "for (int Step = 1; Step == Taken; Step++)"),
        ("Take:COND:for (Step != Taken) [true]:1", "for (int Step = 1; ((Step != Taken), 1); Step++)"),
        ("Take:LOGIC:!Taken [! -> nothing]:1", "if (Taken && (*Place || Lock->Open == TRUE))"),
        ("Take:STMT:*Place += 1;:1", "\n        ;\n"),
        ("Take:COND:*Place < SNIPPET_STEPS ? [false]:1", "= ((*Place < SNIPPET_STEPS), 0) ? *Place : 0;"),
    ),
)
def test_a_mutant_is_the_change_that_its_name_says(name, line):
    assert line in applied(SNIPPET, name)


def test_a_lock_goes_with_its_release():
    text = applied(SNIPPET, "Take:LOCK:KeAcquireSpinLock(Lock, &Irql):1")
    assert "SpinLock" not in text


def test_what_stands_elsewhere_does_not_change_a_name():
    longer = SNIPPET.replace("static int\n", "int Other(int X)\n{\n    return X == 1;\n}\n\nstatic int\n", 1)
    longer = longer.replace("    KIRQL Irql;", "    KIRQL Irql;\n    Other(3);", 1)
    assert {mutant.name for mutant in made_of(SNIPPET)} < {mutant.name for mutant in made_of(longer)}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    path = tmp_path_factory.mktemp("tree")
    options = ["-G", "Ninja", "-D", "CMAKE_C_FLAGS=-O2", "-D", "CMAKE_EXPORT_COMPILE_COMMANDS=ON"]
    for command in (["cmake", "-S", SAMPLE, "-B", path, *options], ["cmake", "--build", path]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


@pytest.fixture
def run(tree, tmp_path):
    def run(*options, listed=""):
        (tmp_path / "listed").write_text(listed)
        command = [sys.executable, LIB / "mutants.py", "--source", SAMPLE / "sample.c"]
        command += ["--tree", f"plain={tree}", "--equivalent", tmp_path / "listed", "--jobs", "2", *options]
        result = subprocess.run(command, check=False, capture_output=True, text=True)
        return result.returncode, result.stdout

    return run


# What the sample's test does not try.
SURVIVOR = "sample.c:SampleClamp:CONST:Value > SAMPLE_ROOM [SAMPLE_ROOM + 1]:1"
# Clamped at the bound or not, the bound is the result, as the compiler sees.
SAME = "sample.c:SampleClamp:CMP:Value > SAMPLE_ROOM [> -> >=]:1"
CAUGHT = "sample.c:SampleClamp:CMP:Value > SAMPLE_ROOM [> -> <=]:1"
HANGS = "sample.c:SampleCount:COND:while (Steps-- > 0) [true]:1"


def test_a_survivor_is_a_failure_and_all_else_is_caught(run):
    code, output = run()
    assert f"survived: {SURVIVOR}\n" in output and output.count("survived: ") == 1
    last = output.splitlines()[-1].split()
    assert last[3:] == ["mutants", "caught"] and int(last[2]) - int(last[0]) == 1 and int(last[2]) > 10
    assert code == 1


def test_a_survivor_with_a_reason_is_none(run):
    code, output = run("--operator", "CONST", listed=f"{SURVIVOR}\n    Nobody has\n    asked.\n")
    assert f"equivalent: {SURVIVOR}\n    Nobody has asked.\n" in output
    last = output.splitlines()[-1].split()
    assert int(last[2]) - int(last[0]) == 1 and code == 0, output


def test_one_that_is_listed_and_caught_is_a_failure(run):
    code, output = run("--id", CAUGHT, listed=f"{CAUGHT}\n    So it says.\n")
    assert "listed as equivalent, but caught by plain/test_sample" in output and code == 1


def test_one_that_is_listed_and_does_not_exist_is_a_failure(run):
    code, output = run("--id", CAUGHT, listed="sample.c:Sample:CMP:No == more [== -> !=]:1\n    So it was.\n")
    assert "there is none such: sample.c:Sample" in output and code == 1


def test_one_of_the_same_code_is_not_counted_and_need_not_be_listed(run):
    code, output = run("--id", SAME)
    assert "besides: 1 that compile to the same code" in output and code == 0
    assert output.splitlines()[-1] == "0 of 0 mutants caught"
    code, output = run("--id", SAME, listed=f"{SAME}\n    Nobody can tell.\n")
    assert f"listed without need (same ): {SAME}" in output and code == 1


def test_one_that_hangs_is_caught(run):
    code, output = run("--id", HANGS)
    assert output.splitlines()[-1] == "1 of 1 mutants caught" and code == 0, output


def test_a_sample_leaves_out_what_is_listed_and_is_the_same_each_time(run):
    listed = f"{SURVIVOR}\n    Nobody has asked.\n"
    names = [run("--list", "--sample", "5", "--seed", "3", listed=listed)[1] for _ in range(2)]
    assert names[0] == names[1] and len(names[0].splitlines()) == 5
    code, output = run("--list", "--sample", "1000", listed=listed)
    assert code == 0 and SURVIVOR not in output and CAUGHT in output
