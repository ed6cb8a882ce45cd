# SPDX-License-Identifier: MIT
"""tools/bench runs all that it means to and says all of it, on runs too short to measure anything."""

import json
import subprocess
import sys
import xml.etree.ElementTree

import pytest

import bench
import bench_plan
from conftest import BUILD, LIB, ROOT

PROGRAM = BUILD / "plain" / "bench" / "bench"
RECORDINGS = sorted((ROOT / "tests" / "data").glob("*.jsonl"))
PLOTS = ("bench-latency.svg", "bench-notify.svg", "bench-throughput.svg")


def arguments(directory, program=PROGRAM):
    written = ["--plots", directory / "plots", "--json", directory / "all.json"]
    return list(map(str, ["--smoke", "--program", program, *written, *RECORDINGS]))


def run_bench(directory, *options):
    command = [sys.executable, str(LIB / "bench.py"), *map(str, options), *arguments(directory)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def smoke(directory):
    wine = directory / "wine.json"
    wine.write_text('{"ratio": 20.5, "ways": {"prcm": {"events_per_second": 41000}}}')
    done = run_bench(directory, "--wine-json", wine)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def report(smoke, directory):
    return json.loads((directory / "all.json").read_text())


def test_the_plan_names_every_way():
    listed = subprocess.run([PROGRAM, "--list"], capture_output=True, text=True, check=True).stdout
    assert {line.split()[0] for line in listed.splitlines()} == set(bench_plan.ALL)


def test_every_configuration_ran(report):
    assert len(report["configurations"]) == len(bench_plan.configurations())
    for of in report["configurations"]:
        assert of["failure"] is None and len(of["runs"]) == 1 and of["figures"], of
        run = of["runs"][0]
        assert run["way"] == of["way"] and run["raised"] > 0


def test_every_event_is_delivered_or_known_to_be_lost(report):
    for of in report["configurations"]:
        for run in of["runs"]:
            if run["readers"] == 1:
                assert run["delivered"] + run["missing"] == run["raised"]
            if of["way"] == "prcm":
                assert run["missing"] == run["known_lost"], of


def test_the_lanes_are_overrun_when_they_should_be(report):
    runs = [run for of in report["configurations"] if of["key"] == "overrun" for run in of["runs"]]
    assert runs and all(run["missing"] > 0 for run in runs)


def test_every_target_is_judged(report):
    for target in report["targets"]:
        assert set(target) == {"name", "measured", "required", "met"}
        assert target["measured"] is not None, target
    wine = [target for target in report["targets"] if "Wine" in target["name"]]
    assert [(target["measured"], target["met"]) for target in wine] == [(20.5, True)]


def test_the_table_tells_every_row_and_target(smoke, report):
    for of in report["configurations"]:
        assert of["title"] in smoke.stdout
    for target in report["targets"]:
        assert target["name"] in smoke.stdout
    assert "41k" in smoke.stdout


def test_the_plots_are_svg(smoke, directory):
    assert sorted(path.name for path in (directory / "plots").iterdir()) == list(PLOTS)
    for name in PLOTS:
        root = xml.etree.ElementTree.parse(directory / "plots" / name).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_what_fails_is_told_with_its_command(tmp_path, monkeypatch, capsys):
    """What it would have told is not measured, and its targets are missed; the others are judged."""
    program = tmp_path / "bench"
    refuses = 'case "$*" in *"--way limit"*) echo broken >&2; exit 3 ;; esac'
    program.write_text(f'#!/bin/sh\n{refuses}\nexec {PROGRAM} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(bench_plan, "PLAN", [row for row in bench_plan.PLAN if row.key == "burst-1"])
    assert bench.main(arguments(tmp_path, program)) == 1
    said = capsys.readouterr()
    assert f"exit code 3: {program} --way limit" in said.err and "broken" in said.err
    assert "Failed" in said.out and "not measured" in said.out
    report = json.loads((tmp_path / "all.json").read_text())
    measured = {target["name"]: target["measured"] for target in report["targets"]}
    assert measured["events/s, limit : prcm"] is None and measured["events/s, prcm : seed"] > 0
    assert not any(target["met"] for target in report["targets"] if target["measured"] is None)


@pytest.mark.parametrize("text", ("", "[]", "{}", '{"ratio": "many"}'))
def test_figures_of_wine_without_a_ratio_are_refused(tmp_path, text):
    (tmp_path / "wine.json").write_text(text)
    done = run_bench(tmp_path, "--wine-json", tmp_path / "wine.json")
    assert done.returncode == 1 and "wine.json" in done.stderr and not done.stdout
