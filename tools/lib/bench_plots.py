# SPDX-License-Identifier: MIT
"""The plots of tools/bench, as SVG that is the same for the same figures."""

import textwrap

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402 (after the choice above)

import bench_plan  # noqa: E402
import bench_table  # noqa: E402

COLOURS = ("#1f5a93", "#e08a1e", "#3d8f5f", "#8a4f9e")
STYLE = {
    "svg.hashsalt": "prcm",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#dddddd",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


def bars(axes, results, ways, series, scale):
    """Bars in a group for each way: series is a list of (label, row, figure); quartiles as whiskers."""
    width = 0.8 / len(series)
    for number, (label, key, figure) in enumerate(series):
        places, heights, below, above = [], [], [], []
        for place, way in enumerate(ways):
            found = results.spread(key, way, figure)
            if found is None:
                continue
            places.append(place + (number - (len(series) - 1) / 2) * width)
            heights.append(found["median"] / scale)
            below.append((found["median"] - found["q1"]) / scale)
            above.append((found["q3"] - found["median"]) / scale)
        axes.bar(places, heights, width * 0.92, label=label, color=COLOURS[number % len(COLOURS)],
                 yerr=(below, above), error_kw={"elinewidth": 0.8, "ecolor": "#333333"})
    axes.set_xticks(range(len(ways)), [textwrap.fill(way, 10) for way in ways])
    for label in axes.get_xticklabels():
        label.set_fontweight("bold" if label.get_text() == "prcm" else "normal")


def by_decades(axes):
    """A logarithmic scale of durations in nanoseconds, with room below the shortest bar."""
    axes.set_yscale("log")
    axes.set_ylim(bottom=min(bar.get_height() for bar in axes.patches) / 2 if axes.patches else 1)
    axes.yaxis.set_major_formatter(lambda value, _: bench_table.duration(value))


def plot(path, results, title, unit, ways, series, scale=1.0):
    """Durations, which have no unit of their own, are plotted by decades."""
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(figsize=(7.6, 3.6), layout="constrained")
        bars(axes, results, ways, series, scale)
        if unit:
            axes.set_ylabel(unit)
        else:
            by_decades(axes)
        axes.set_title(title, loc="left", fontsize=10, pad=20)
        axes.legend(frameon=False, fontsize=8, ncols=len(series), loc="lower left",
                    bbox_to_anchor=(-0.01, 0.99))
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)


def draw(directory, results):
    """The paths of what was drawn."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = [directory / f"bench-{name}.svg" for name in ("throughput", "notify", "latency")]
    producers = [("1 producer", "burst-1"), ("2 producers", "burst-2"), ("4 producers", "burst-4")]
    points = [("p50", "p50"), ("p99", "p99"), ("p99.9", "p999")]
    plot(paths[0], results,
         "Events a second that reach the reader, back to back (limit, gather: nobody reads)",
         "millions a second", bench_plan.ALL[1:],
         [(label, key, "events_per_second") for label, key in producers], scale=1e6)
    plot(paths[1], results, "Time in the notify routine, back to back, 1 producer",
         None, bench_plan.ALL, [(label, "notify", f"notify_{point}_ns") for label, point in points])
    plot(paths[2], results, "From the event to its reader, 10,000 events a second",
         None, bench_plan.READ,
         [(label, "paced-10000", f"latency_{point}_ns") for label, point in points[:2]])
    return paths
