# SPDX-License-Identifier: MIT
"""What holds for every format, and the schemas of JSON, of the Elastic Common Schema and of OCSF."""

import collections
import csv
import json
import re

import jsonschema
import pytest
import xxhash

from conftest import ROOT
from format_output import DATA, EVERYTHING, RECORDINGS, leaves, lines, output

JSON_LINES = ("json", "ecs", "ocsf", "sysmon")
SCHEMAS = ROOT / "docs" / "schema"
KINDS = ("process_start", "process_exit", "image_load")

# What a terminal obeys, what reorders or hides text, and what ends a line for one reader and not for another.
STEERING = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def validator(path):
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("what", EVERYTHING)
@pytest.mark.parametrize("name", ["text", "csv", "trace", *JSON_LINES])
def test_output_is_whole_lines_of_unicode_that_steer_nothing(name, what):
    data = output(name, what)
    assert data.endswith(b"\n")
    text = data.decode("utf-8")
    if name == "csv":
        assert text.count("\r") == text.count("\r\n") == text.count("\n")
        text = text.replace("\r\n", "\n")
    found = STEERING.search(text)
    assert not found, found


@pytest.mark.parametrize("what", EVERYTHING)
@pytest.mark.parametrize("name", JSON_LINES)
def test_every_event_loss_and_account_is_a_record_of_its_own(name, what):
    told = collections.Counter(line["event"] for line in lines("json", what))
    heads = told.pop("stream") if name in ("ocsf", "sysmon") else 0
    assert len(lines(name, what)) == sum(told.values())
    assert heads <= told["account"]


# JSON


@pytest.mark.parametrize("what", EVERYTHING)
def test_json_is_as_its_schemas_say(what):
    validators = {path.name.split(".")[0]: validator(path) for path in SCHEMAS.glob("*.schema.json")}
    assert set(validators) == {*KINDS, "lost", "account", "stream"}
    for line in lines("json", what):
        validators[line["event"]].validate(line)
        unknown = set(line) - set(validators[line["event"]].schema["properties"])
        assert not unknown, "a field that the schema does not describe"


def test_the_samples_have_every_field_of_the_schemas_with_and_without_a_value():
    seen = collections.defaultdict(set)
    for line in lines("json", "all"):
        for name, value in line.items():
            seen[line["event"]].add((name, value is not None))
    for kind in KINDS:
        schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text())
        for name in schema["required"]:
            assert (name, True) in seen[kind], (kind, name)
            if f"{name}_status" in schema["properties"]:
                assert (name, False) in seen[kind], (kind, name)


def test_json_tells_one_identity_for_each_process_and_each_only_once():
    for what in ("all", *RECORDINGS):
        identities = collections.defaultdict(set)
        for line in lines("json", what):
            if line.get("entity_id"):
                identities[line["entity_id"]].add((line["host"], line["pid"], line["create_time"]))
        assert identities
        assert all(len(of) == 1 for of in identities.values())
        assert len(set.union(*identities.values())) == len(identities)


# Elastic Common Schema


def ecs_fields():
    with (DATA / "schemas" / "ecs-9.4-fields.csv").open(newline="") as stream:
        return {row["Field"]: row for row in csv.DictReader(stream)}


DATE = re.compile(r"^\d{4,5}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$")
ECS_TYPES = {
    "date": lambda value: isinstance(value, str) and DATE.match(value),
    "long": lambda value: type(value) is int and -(2**63) <= value < 2**63,
    "keyword": lambda value: isinstance(value, str),
    "wildcard": lambda value: isinstance(value, str),
    "match_only_text": lambda value: isinstance(value, str),
}


@pytest.mark.parametrize("what", EVERYTHING)
def test_each_ecs_field_is_the_schemas_and_of_its_type_or_under_prcm(what):
    fields = ecs_fields()
    for line in lines("ecs", what):
        for name, value in leaves(line):
            if name.startswith("prcm."):
                continue
            assert name in fields, name
            is_list = fields[name]["Normalization"] == "array"
            assert isinstance(value, list) == is_list, name
            for one in value if is_list else [value]:
                assert ECS_TYPES[fields[name]["Type"]](one), (name, one)
        for name in ("@timestamp", "ecs.version", "event.kind", "event.type", "event.action"):
            assert dict(leaves(line)).get(name), name


ECS_KINDS = {"event", "metric", "pipeline_error", "state"}
ECS_EXPECTED = {"process": {"start", "end", "info"}, "library": {"start", "info"}, "driver": {"start", "info"}}


@pytest.mark.parametrize("what", EVERYTHING)
def test_ecs_categorizes_as_the_schema_allows(what):
    for line in lines("ecs", what):
        event = line["event"]
        assert event["kind"] in ECS_KINDS
        for category in event.get("category", []):
            assert set(event["type"]) <= ECS_EXPECTED[category]


# OCSF


@pytest.fixture(scope="module")
def ocsf_validators():
    names = {1005: "module", 1007: "process"}
    return {uid: validator(DATA / "schemas" / f"ocsf-{name}_activity.schema.json") for uid, name in names.items()}


@pytest.mark.parametrize("what", EVERYTHING)
def test_each_ocsf_record_is_as_the_schema_says(what, ocsf_validators):
    for line in lines("ocsf", what):
        ocsf_validators[line["class_uid"]].validate(line)
        assert line["type_uid"] == line["class_uid"] * 100 + line["activity_id"]


def test_an_exit_code_is_signed():
    codes = {line["exit_code"] for line in lines("ocsf", "all") if "exit_code" in line}
    assert {3, 0xC0000005 - 2**32} <= codes


def chain(data):
    """Follows the records as docs/formats.md says; what is wrong with them."""
    before = None
    for number, line in enumerate(data.split(b"\n")[:-1]):
        record = json.loads(line)
        (attestation,) = record["attestation_list"]
        value = attestation["fingerprint"]["value"]
        if xxhash.xxh3_128_hexdigest(line[: line.rindex(b',"fingerprint":')]) != value:
            return f"record {number} is not what was written"
        told = attestation.get("prev_event")
        told = told and (told["uid"], told["fingerprint"]["value"])
        if told != before:
            return f"something is missing before record {number}"
        before = (record["metadata"]["uid"], value)
    return None


@pytest.mark.parametrize("what", EVERYTHING)
def test_ocsf_records_are_a_chain(what):
    assert chain(output("ocsf", what)) is None


def test_a_record_that_is_missing_or_changed_breaks_the_chain():
    records = output("ocsf", "all").splitlines(keepends=True)
    for number in range(len(records) - 1):
        assert chain(b"".join(records[:number] + records[number + 1 :])) is not None
        changed = records[number].replace(b'"severity_id":', b'"severity_id":9', 1)
        assert "not what was written" in chain(b"".join([*records[:number], changed, *records[number + 1 :]]))
