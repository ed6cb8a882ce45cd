# SPDX-License-Identifier: MIT
"""usage: questions.py DIRECTORY: answers the three questions with the figures of a run of tools/demo.

DIRECTORY is where the run left them. A question that the run has no figure for is not answered; without any,
that is a failure.
"""

import json
import pathlib
import sys


def load(path):
    """The last JSON line of a file, or None."""
    try:
        return json.loads(path.read_text().strip().splitlines()[-1])
    except (OSError, IndexError, ValueError):
        return None


def duration(microseconds):
    return f"{microseconds / 1000:,.1f} ms" if microseconds < 10_000 else f"{microseconds / 1000:,.0f} ms"


def spread(times):
    return f"{duration(times['p50'])} (p50), {duration(times['p99'])} (p99), {duration(times['max'])} (max)"


def batches(gauge):
    return (
        f"{gauge['events']:,} events came in {gauge['batches']:,} batches, the largest of "
        f"{gauge['largest']:,} events, each with one call."
    )


def latency(gauge):
    return (
        f"A waiting reader had an event after {spread(gauge['took_us'])};\n"
        f"   a half-second timer would have kept the same events for {spread(gauge['timer_us'])}."
    )


def losses(account):
    lost, captured = account["lost"], account["captured"]["total"]
    if not lost["total"]:
        return f"No. Of {captured:,} events none was lost."
    others = lost["process_start"] + lost["process_exit"]
    return (
        f"Not unknowingly. The lane was made too small on purpose: of {captured:,} events "
        f"{lost['image_load']:,} image loads\n   were pushed out, each known by kind and "
        f"place, {lost['unknown']:,} unknown; "
        + (f"{others:,} starts and exits were." if others else "no start or exit was.")
    )


def answers(directory):
    act_one = load(directory / "act-one-gauge.json")
    burst = load(directory / "burst-gauge.json") or act_one
    account = load(directory / "act-two.jsonl") or load(directory / "act-one.jsonl")
    if burst and burst["events"]:
        yield "1. Many processes and images at once: how to tell user mode?", (
            "A bounded log in the kernel, read through a pended request. " + batches(burst)
        )
    if act_one and act_one["events"]:
        yield "2. Tell at once, or collect for half a second?", "Neither; no timer. " + latency(act_one)
    if account and account["event"] == "account":
        yield "3. Is it normal to miss some?", losses(account)


def main():
    found = list(answers(pathlib.Path(sys.argv[1])))
    for question, answer in found:
        print(f"{question}\n   {answer}")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
