# SPDX-License-Identifier: MIT
"""Every source file says its licence and is plain text as .editorconfig has it."""

import pytest

from conftest import ROOT

SUFFIXES = (".c", ".h", ".cpp", ".cmake", ".in", ".jq", ".py", ".sh")
NAMES = ("CMakeLists.txt", "coverage", "demo", "fuzz", "mutants", "replay", "run", "soak", "test")
# What a stranger reads on Windows, with the licence beside it.
WITHOUT_LICENCE_LINE = ("TRY-ON-WINDOWS.txt.in",)


def sources():
    for path in sorted(ROOT.rglob("*")):
        top = path.relative_to(ROOT).parts[0]
        if top in ("build", ".git") or not path.is_file():
            continue
        if path.suffix in SUFFIXES or path.name in NAMES:
            yield path


SOURCES = list(sources())


def complain(found):
    return ", ".join(str(path.relative_to(ROOT)) for path in found)


def test_there_are_sources():
    assert len(SOURCES) > 50


def test_each_says_its_licence_at_the_top():
    without = [
        path
        for path in SOURCES
        if path.name not in WITHOUT_LICENCE_LINE
        and "SPDX-License-Identifier: MIT" not in "".join(path.read_text().splitlines()[:3])
    ]
    assert not without, complain(without)


@pytest.mark.parametrize(
    ("what", "is_wrong"),
    (
        ("CR", lambda data: b"\r" in data),
        ("tab", lambda data: b"\t" in data),
        ("no newline at the end", lambda data: not data.endswith(b"\n")),
        ("space at the end of a line", lambda data: b" \n" in data),
    ),
)
def test_no_file_has(what, is_wrong):
    found = [path for path in SOURCES if is_wrong(path.read_bytes())]
    assert not found, f"{what}: {complain(found)}"


def test_the_example_in_the_documentation_is_the_one_that_is_built():
    code = (ROOT / "docs" / "example.c").read_text()
    assert f"```c\n{code[code.index('#include'):]}```\n" in (ROOT / "docs" / "libprcm.md").read_text()
