# SPDX-License-Identifier: MIT
"""Medians, ratios and targets of made-up figures."""

import itertools
import pathlib
import subprocess

import pytest

import bench
import bench_figures
import bench_plan
import bench_table
import bench_targets
from bench_figures import Results, of_run, spread

SPREAD = {"p50": 100.0, "p99": 500.0, "p999": 900.0, "max": 5000.0, "count": 1000}


def make_run(**figures):
    run = {"way": "prcm", "producers": 1, "readers": 1, "raised": 1000, "delivered": 1000, "missing": 0}
    run |= {"known_lost": 0, "seconds": 1.0, "events_per_second": 1000, "producer_ns": 100.0}
    run |= {"reader_ns": 50.0, "requests": 10, "wakes": 5, "idle_wakes_a_minute": 0.0, "memory_bytes": 1}
    return run | figures


def made(*runs):
    """Results of (row, way, figures)."""
    results = Results()
    for key, way, figures in runs:
        results.add(key, way, make_run(way=way, **figures))
    results.sum_up()
    return results


def judged(results, name, wine=None):
    found = [target for target in bench_targets.judge(results, wine) if target["name"] == name]
    assert len(found) == 1
    return found[0]["measured"], found[0]["required"], found[0]["met"]


@pytest.mark.parametrize(("values", "expected"), (
    ([7], (7, 7, 7, 7, 7)),
    ([4, 1, 3, 2], (2.5, 1.75, 3.25, 1, 4)),
    ([5, 1, 2, 100, 3], (3, 2, 5, 1, 100)),
))
def test_spread(values, expected):
    found = spread(values)
    assert tuple(found[name] for name in ("median", "q1", "q3", "min", "max")) == expected
    assert found["runs"] == len(values)


def test_a_run_tells_per_event_of_those_that_came():
    figures = of_run(make_run(delivered=500, missing=500, notify_ns=SPREAD))
    assert figures["requests_per_event"] == 0.02 and figures["wakes_per_event"] == 0.01
    assert figures["notify_p999_ns"] == 900 and "latency_p50_ns" not in figures


def test_a_run_without_reader_tells_nothing_of_one():
    nothing = {"p50": 0, "p99": 0, "p999": 0, "max": 0, "count": 0}
    figures = of_run(make_run(readers=0, delivered=0, latency_ns=nothing))
    assert not [name for name in figures if "reader" in name or "latency" in name or "wakes" in name]


def test_a_ratio_is_that_of_medians():
    results = made(*[("burst-1", "prcm", {"events_per_second": rate}) for rate in (10, 1000, 900)],
                   *[("burst-1", "seed", {"events_per_second": rate}) for rate in (299, 300, 5000)])
    assert judged(results, "events/s, prcm : seed") == (3, ">= 3", True)


def test_a_ratio_that_falls_short_is_missed():
    rates = {"prcm": 899, "seed": 300}
    results = made(*[("burst-1", way, {"events_per_second": rate}) for way, rate in rates.items()])
    measured, _, met = judged(results, "events/s, prcm : seed")
    assert measured == pytest.approx(2.9967, abs=1e-4) and not met
    assert "MISSED" in "\n".join(bench_table.targets(bench_targets.judge(results)))


def test_a_bound_above_is_met_at_the_bound_and_missed_beyond():
    name = "notify routine's p99.9 : its median, with the kernel's call"
    for most, met in ((1000, True), (1001, False)):
        results = made(("notify", "prcm", {"notify_ns": SPREAD | {"p999": most}}))
        assert judged(results, name) == (most / 100, "<= 10", met)


def notify(call, limit, prcm):
    return made(*[("notify", way, {"notify_ns": SPREAD | {"p50": p50}})
                  for way, p50 in (("nothing", call), ("limit", limit), ("prcm", prcm))])


def test_the_kernel_s_call_is_taken_from_both_sides():
    name = "notify routine's median, prcm : limit, each less the kernel's call"
    assert judged(notify(10, 50, 130), name) == (3, "<= 3", True)
    assert judged(notify(0, 50, 160), name) == (3.2, "<= 3", False)
    assert judged(notify(50, 50, 40), name) == (None, "<= 3", False)


def test_what_was_not_measured_is_not_met():
    targets = bench_targets.judge(Results())
    assert len(targets) == len(bench_targets.TARGETS)
    assert not any(target["met"] for target in targets)
    assert all(target["measured"] is None for target in targets)


def test_wine_is_measured_elsewhere():
    name = "events/s under Wine, prcm : one-at-a-time"
    assert judged(Results(), name) == (None, ">= 20", False)
    assert judged(Results(), name, {"ratio": 19.9}) == (19.9, ">= 20", False)
    assert judged(Results(), name, {"ratio": 20}) == (20, ">= 20", True)


def test_a_loss_in_one_paced_run_misses():
    name = "events lost in all paced runs"
    runs = [(key, "prcm", {}) for key in bench_plan.PACED]
    assert judged(made(*runs), name) == (0, "<= 0", True)
    assert judged(made(*runs, ("recorded", "prcm", {"missing": 1, "known_lost": 1})), name)[::2] == (1, False)
    assert judged(made(*runs[1:]), name) == (None, "<= 0", False)


@pytest.mark.parametrize(("losses", "expected"), (
    ([(0, 0)], (None, False)),
    ([(70, 70), (80, 80)], (0, True)),
    ([(70, 71), (80, 79)], (2, False)),
))
def test_losses_must_be_known_run_by_run(losses, expected):
    results = made(*[("overrun", "prcm", {"missing": lost, "known_lost": known}) for lost, known in losses])
    assert judged(results, "events lost and not known when overrun on purpose")[::2] == expected


@pytest.mark.parametrize("mode", bench_plan.MODES.values(), ids=lambda mode: mode.name)
def test_a_round_runs_each_configuration_once_in_another_order(monkeypatch, mode):
    orders = []
    monkeypatch.setattr(bench, "run", lambda command: orders[-1].append(command) or make_run())
    of_mode = bench.Bench("bench", ["recording"], mode._replace(jobs=1))
    for seed in (1, 2, 1):
        orders.append([])
        of_mode.round(seed)
    assert len(orders[0]) == len(bench_plan.configurations())
    assert orders[0] == orders[2] != orders[1] and sorted(orders[0]) == sorted(orders[1])


def fails(monkeypatch, how):
    def run(*_, **__):
        raise how
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(bench.Failed) as failed:
        bench.run(["bench", "--way", "prcm"])
    return str(failed.value)


def test_a_run_that_hangs_or_cannot_start_is_told_with_its_command(monkeypatch):
    hangs = fails(monkeypatch, subprocess.TimeoutExpired("bench", 60))
    assert hangs == "not over after 60 s: bench --way prcm"
    assert fails(monkeypatch, FileNotFoundError(2, "No such file")) == "No such file: bench --way prcm"


def test_a_configuration_that_failed_is_left_out_of_later_rounds(monkeypatch):
    tried = []

    def run(command):
        tried.append(command)
        raise bench.Failed("never")
    monkeypatch.setattr(bench, "run", run)
    failing = bench.Bench(pathlib.Path("bench"), [], bench_plan.MODES["smoke"]._replace(rounds=3))
    failing.all(1)
    assert len(tried) == len(failing.failures) == len(bench_plan.configurations())


@pytest.mark.parametrize(("seconds", "rounds"), ((1, 3), (37, 2), (60, 1), (500, 1)))
def test_no_round_is_begun_that_would_end_late(monkeypatch, seconds, rounds):
    monkeypatch.setattr(bench.Bench, "round", lambda self, seed: None)
    of_quick = bench.Bench("bench", [], bench_plan.MODES["quick"])
    of_quick.all(1, clock=itertools.count(0, seconds).__next__)
    assert of_quick.rounds == rounds


@pytest.mark.parametrize(("form", "value", "text"), (
    (bench_table.count, 0, "0"),
    (bench_table.count, 999.9, "1e+03"),
    (bench_table.count, 1500, "1.5k"),
    (bench_table.count, 12_345_678, "12.3M"),
    (bench_table.duration, 99.6, "100 ns"),
    (bench_table.duration, 12_345, "12.3 us"),
    (bench_table.duration, 395e6, "395 ms"),
))
def test_figures_are_told_in_three_digits(form, value, text):
    assert form(value) == text


@pytest.mark.parametrize(("values", "text"), (
    ((100, 100, 100), "100 ns +-0%"),
    ((90, 100, 110), "100 ns +-5%"),
    ((0, 10, 100_000), "10 ns 5 ns..50 us"),
))
def test_a_cell_tells_the_median_and_the_spread(values, text):
    assert bench_table.cell(spread(values), bench_table.NOTIFY[0]) == text
    assert bench_table.cell(None, bench_table.NOTIFY[0]) == "-"


def test_figures_of_runs_are_those_that_some_run_has():
    figures = bench_figures.of_runs([make_run(), make_run(notify_ns=SPREAD)])
    assert figures["notify_p50_ns"]["runs"] == 1 and figures["raised"]["runs"] == 2
