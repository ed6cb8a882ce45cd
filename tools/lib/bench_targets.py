# SPDX-License-Identifier: MIT
"""What prcm has to reach, as ratios and counts of one run of tools/bench."""

import collections

import bench_plan

# How is what measures: of Results and of what Wine has measured, the figure or None.
Target = collections.namedtuple("Target", "name how relation bound")

RELATIONS = {">=": lambda measured, bound: measured >= bound, "<=": lambda measured, bound: measured <= bound}


def quotient(above, below):
    """None where one is not known, or there is nothing below."""
    return None if above is None or not below else above / below


def ratio(above, below):
    """Of two medians, each (row, way, figure)."""
    return lambda results, wine: quotient(results.median(*above), results.median(*below))


def median(*of):
    return lambda results, wine: results.median(*of)


def prcm_to(way, producers=1):
    key, name = f"burst-{producers}", "events_per_second"
    return ratio((key, "prcm", name), (key, way, name))


def net_notify(results, wine):
    """What the kernel's call and the two time stamps cost is in all; `nothing` is that alone."""
    medians = [results.median("notify", way, "notify_p50_ns") for way in ("nothing", "prcm", "limit")]
    if None in medians:
        return None
    call, prcm, limit = medians
    return quotient(prcm - call, limit - call) if limit > call else None


def of_wine(results, wine):
    return wine.get("ratio") if wine else None


def lost_when_paced(results, wine):
    return results.total(bench_plan.PACED, "prcm", "missing")


def lost_unknowingly(results, wine):
    """None unless something was lost: then the lanes were not overrun."""
    if not results.total(["overrun"], "prcm", "missing"):
        return None
    return results.unknown("overrun", "prcm")


NOTIFY_P50 = ("notify", "prcm", "notify_p50_ns")
MANY = bench_plan.READERS

TARGETS = (
    Target("events/s, prcm : one-at-a-time", prcm_to("one-at-a-time"), ">=", 10),
    Target("events/s, prcm : signalled-ring", prcm_to("signalled-ring"), ">=", 3),
    Target("events/s, prcm : seed", prcm_to("seed"), ">=", 3),
    Target("events/s, prcm : poll", prcm_to("poll"), ">=", 2),
    Target("latency p99 at 10,000/s, poll : prcm",
           ratio(("paced-10000", "poll", "latency_p99_ns"), ("paced-10000", "prcm", "latency_p99_ns")),
           ">=", 100),
    Target("events/s, prcm : bpf-ring", prcm_to("bpf-ring"), ">=", 1),
    Target("events/s with 2 producers, prcm : bpf-ring", prcm_to("bpf-ring", 2), ">=", 1),
    Target("events/s, limit : prcm",
           ratio(("burst-1", "limit", "events_per_second"), ("burst-1", "prcm", "events_per_second")),
           "<=", 4),
    Target("notify routine's median, prcm : limit, each less the kernel's call", net_notify, "<=", 3),
    Target("notify routine's p99.9 : its median, with the kernel's call",
           ratio(("notify", "prcm", "notify_p999_ns"), NOTIFY_P50), "<=", 10),
    Target(f"wakes per event, back to back, {bench_plan.REARMED}",
           median("burst-1", "prcm", "wakes_per_event"), "<=", 0.0005),
    Target(f"requests per event, back to back, {bench_plan.REARMED}",
           median("burst-1", "prcm", "requests_per_event"), "<=", 0.005),
    Target("latency p99 at 1,000/s, prcm : one-at-a-time",
           ratio(("paced-1000", "prcm", "latency_p99_ns"),
                 ("paced-1000", "one-at-a-time", "latency_p99_ns")), "<=", 2),
    Target("wakes a minute when idle", median("idle", "prcm", "idle_wakes_a_minute"), "<=", 0),
    Target(f"notify routine's median, {MANY} readers behind : 1",
           ratio(("behind-64", "prcm", "notify_p50_ns"), ("behind-1", "prcm", "notify_p50_ns")), "<=", 1.2),
    Target(f"producer's processor time, {MANY} readers behind : 1",
           ratio(("behind-64", "prcm", "producer_ns"), ("behind-1", "prcm", "producer_ns")), "<=", 1.2),
    Target("events/s under Wine, prcm : one-at-a-time", of_wine, ">=", 20),
    Target("events lost in all paced runs", lost_when_paced, "<=", 0),
    Target("events lost and not known when overrun on purpose", lost_unknowingly, "<=", 0),
)


def judge(results, wine=None, targets=TARGETS):
    """Of each target what was measured, what is required, and whether that is met: not if nothing was."""
    judged = []
    for target in targets:
        measured = target.how(results, wine)
        met = measured is not None and RELATIONS[target.relation](measured, target.bound)
        judged.append({"name": target.name, "measured": measured,
                       "required": f"{target.relation} {target.bound}", "met": met})
    return judged


# The Linux BPF ring's throughput, woken at every 3000th record to woken at each, in million records a second.
PUBLISHED_SAMPLED, PUBLISHED_SIGNALLED = 21.7, 1.1


def remarks(results):
    """Figures without a target, by name."""
    throughput = "events_per_second"
    return {
        "notify routine's median, prcm : limit, with the kernel's call in both": quotient(
            results.median(*NOTIFY_P50), results.median("notify", "limit", "notify_p50_ns")),
        "notify routine's median, prcm : gather, with the kernel's call in both": quotient(
            results.median(*NOTIFY_P50), results.median("notify", "gather", "notify_p50_ns")),
        "events/s, prcm with a READ at once after the other : bpf-ring": quotient(
            results.median("at-once", "prcm", throughput), results.median("burst-1", "bpf-ring", throughput)),
        "notify routine's p99.9 : its median, a READ at once after the other": quotient(
            results.median("at-once-notify", "prcm", "notify_p999_ns"),
            results.median("at-once-notify", "prcm", "notify_p50_ns")),
        "events/s, sampled-ring : signalled-ring": quotient(
            results.median("burst-1", "sampled-ring", throughput),
            results.median("burst-1", "signalled-ring", throughput)),
        "the same of the Linux BPF ring, as published (21.7 : 1.1 million)":
            PUBLISHED_SAMPLED / PUBLISHED_SIGNALLED,
        "the simulated kernel's call alone, ns of processor time": results.median(
            "burst-1", "nothing", "producer_ns"),
        "the simulated kernel's call alone, ns between two time stamps": results.median(
            "notify", "nothing", "notify_p50_ns"),
        "an empty request to the simulated kernel, without the change into it, ns": results.median(
            "request", "seed", "empty_request_ns"),
        "that change, as an empty system call of the host's, ns": results.median(
            "request", "seed", "crossing_ns"),
        f"notify routine's median, {MANY} readers waiting : 1": quotient(
            results.median("waiting-64", "prcm", "notify_p50_ns"),
            results.median("waiting-1", "prcm", "notify_p50_ns")),
    }
