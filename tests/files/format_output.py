# SPDX-License-Identifier: MIT
"""What the formats write of samples and recordings: tests/formats makes it."""

import functools
import json
import pathlib
import subprocess
import tempfile

from conftest import BUILD, ROOT

PROGRAM = BUILD / "native" / "tests" / "formats" / "format_samples"
DATA = ROOT / "tests" / "data"
RECORDINGS = ["0", "1"]
EVERYTHING = ["short", "all", *RECORDINGS]


@functools.lru_cache(maxsize=None)
def outputs():
    """The bytes by the name of the format and what was shown."""
    files = [DATA / "workstation-a.jsonl", DATA / "workstation-b.jsonl"]
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([PROGRAM, directory, *files], stdout=subprocess.DEVNULL, check=True)
        return {path.name: path.read_bytes() for path in pathlib.Path(directory).iterdir()}


def output(name, what):
    return outputs()[f"{name}.{what}"]


def no_twice(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), names
    return dict(pairs)


def strict(text):
    """JSON without names that stand twice."""
    return json.loads(text, object_pairs_hook=no_twice)


@functools.lru_cache(maxsize=None)
def lines(name, what):
    """A JSON object for each line."""
    data = output(name, what)
    assert data.endswith(b"\n")
    return [strict(line) for line in data.decode("utf-8").split("\n")[:-1]]


def leaves(value, path=""):
    """(path, value) of all that is no object: {"a": {"b": 1}} has ("a.b", 1)."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    else:
        yield path, value


def strings(value):
    """Every string within, names of members among them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value
