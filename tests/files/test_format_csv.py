# SPDX-License-Identifier: MIT
"""csv: RFC 4180, one table, and nothing in it that a spreadsheet would calculate."""

import csv
import io

import pytest

from format_output import EVERYTHING, lines, output

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NO_TEXTS = ("status",)


def rows(what):
    text = output("csv", what).decode("utf-8")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def records(what):
    head, *rest = rows(what)
    return [dict(zip(head, row, strict=True)) for row in rest]


@pytest.mark.parametrize("what", EVERYTHING)
def test_it_is_one_table_with_one_header(what):
    head, *rest = rows(what)
    assert len(set(head)) == len(head)
    assert {len(row) for row in rest} == {len(head)}
    assert not any(row[0] == "event" for row in rest)
    assert {row[0] for row in rest} >= {"process_start", "process_exit", "image_load", "account"}


@pytest.mark.parametrize("what", EVERYTHING)
def test_quotes_stand_where_rfc_4180_has_them(what):
    """A field without quotes has none in it; one with quotes ends with one, and doubles those within."""
    for line in output("csv", what).decode("utf-8").split("\r\n"):
        inside = False
        for field in line.split(","):
            begins = not inside and field.startswith('"')
            assert inside or begins or '"' not in field
            if (field.count('"') % 2) == 1:
                inside = not inside
        assert not inside


@pytest.mark.parametrize("what", EVERYTHING)
def test_no_cell_is_a_formula(what):
    for row in rows(what):
        assert not any(cell.startswith(FORMULA) for cell in row)


def test_an_apostrophe_is_put_before_a_formula_and_can_be_taken_away():
    told = [record["command_line"] for record in records("all") if record["event"] == "process_start"]
    for text in ("=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "'quoted", "＝1+1"):
        assert "'" + text in told
    assert "line<U+000A>line<U+000D><U+000A>{\"event\":\"lost\"}" in told


def as_text(cell):
    return cell[1:] if cell.startswith("'") else cell


@pytest.mark.parametrize("what", EVERYTHING)
def test_it_tells_what_json_tells(what):
    events = [line for line in lines("json", what) if "seq" in line]
    told = [record for record in records(what) if record["seq"]]
    assert len(told) == len(events)
    for line, record in zip(events, told, strict=True):
        statuses = dict(pair.split("=") for pair in record["status"].split(";") if pair)
        for name, cell in record.items():
            value = line.get(name)
            if value is None:
                assert cell == "" or name in NO_TEXTS, name
            elif isinstance(value, bool):
                assert cell == str(value).lower()
            elif isinstance(value, int):
                assert cell == str(value)
            elif "<U+" not in cell and f"{name}_utf16" not in line:
                assert as_text(cell) == value, name
            if f"{name}_status" in line and name != "host":
                assert statuses[name] == line[f"{name}_status"]


@pytest.mark.parametrize("what", EVERYTHING)
def test_losses_and_accounts_are_records_of_their_own(what):
    losses = [line for line in lines("json", what) if line["event"] == "lost"]
    told = [record for record in records(what) if record["event"] == "lost"]
    for line, record in zip(losses, told, strict=True):
        for name in ("first_seq", "next_seq", "kind", "cause", "count"):
            assert record[name] == str(line[name])
    accounts = [line for line in lines("json", what) if line["event"] == "account"]
    told = iter([record for record in records(what) if record["event"] == "account"])
    for line in accounts:
        for kind in ("process_start", "process_exit", "image_load", "unknown"):
            record = next(told)
            assert (record["kind"], record["token"]) == (kind, line["token"])
            for name in ("captured", "delivered", "filtered_driver", "filtered_console", "lost", "unread"):
                assert record[name] == str(line[name][kind])
    assert next(told, None) is None
