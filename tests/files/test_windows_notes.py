# SPDX-License-Identifier: MIT
"""docs/windows-notes.md: each question says how it is answered, each link leads somewhere."""

import re

from conftest import ROOT

TEXT = (ROOT / "docs" / "windows-notes.md").read_text()
SELFTEST = "\n".join(path.read_text() for path in (ROOT / "cli" / "selftest").glob("selftest*.c"))


def questions():
    """Number -> text, up to the next question or heading."""
    parts = re.split(r"^\*\*Q(\d+)\. ", TEXT, flags=re.MULTILINE)[1:]
    return {int(number): re.split(r"^#|^\* \*\*", text, flags=re.MULTILINE)[0]
            for number, text in zip(parts[::2], parts[1::2])}


def answered():
    table = TEXT.split("How an answer is got:")[1].split("## ")[0]
    return [int(number) for number in re.findall(r"Q(\d+)", table)]


def test_questions_are_numbered_without_a_gap():
    assert list(questions()) == list(range(1, len(questions()) + 1))
    assert f"**Q1** to **Q{len(questions())}**" in re.sub(r"\s+", " ", TEXT)


def test_each_question_has_a_belief_an_experiment_and_one_way_to_its_answer():
    assert sorted(answered()) == list(questions())
    for number, text in questions().items():
        assert "*Experiment*" in text, number
        assert "prcm" in text, number
        assert "believe" in text or "inference" in text, number


def test_each_link_has_a_page_and_each_page_a_link():
    used = set(re.findall(r"\]\[(\w+)\]", TEXT))
    pages = dict(re.findall(r"^\[(\w+)\]: (\S+)$", TEXT, re.MULTILINE))
    assert used == set(pages)
    for page in pages.values():
        assert re.match(r"https://(learn|msdn)\.microsoft\.com/", page), page


def test_the_report_has_the_lines_that_are_named():
    for line in ("HOW THIS WINDOWS TELLS", "code integrity"):
        assert line in TEXT and line in SELFTEST
