# SPDX-License-Identifier: MIT
"""What tools/bench runs: each row for each of its ways, once a round."""

import collections

READ = ("prcm", "seed", "poll", "one-at-a-time", "signalled-ring", "bpf-ring", "sampled-ring")
ALL = ("nothing", "limit", "gather", *READ)
CHOSEN = ("prcm", "poll", "one-at-a-time", "bpf-ring")
COPIES = ("limit", "gather", "prcm", "one-at-a-time", "bpf-ring")
PRCM = ("prcm",)

READERS = 64  # as many as the driver takes
# How prcm's reader reads where as much as possible is to get through: much at a time, and not at once
# again unless it is behind.
REARM_US = 200
REARM = f"--rearm-us {REARM_US} --read-bytes 1048576"
REARMED = f"{REARM_US} us between READs of 1 MiB"
BURSTS = ("burst-1", "burst-2", "burst-4", "notify")

# Counts are events of a run: for the whole, --quick and --smoke. The busiest second has its own.
Row = collections.namedtuple("Row", "key title ways options full quick smoke")

PLAN = (
    Row("burst-1", f"Back to back, 1 producer (prcm: {REARMED})", ALL, "", 500_000, 200_000, 2000),
    Row("burst-2", "The same, 2 producers", ALL, "--producers 2", 500_000, 200_000, 2000),
    Row("burst-4", "The same, 4 producers", ALL, "--producers 4", 500_000, 200_000, 2000),
    Row("notify", "The same, 1 producer, each event stamped", ALL, "--stamped", 300_000, 150_000, 2000),
    Row("paced-1000", "1,000 a second", READ, "--stamped --rate 1000", 600, 300, 50),
    Row("paced-10000", "10,000 a second", READ, "--stamped --rate 10000", 8000, 4000, 500),
    Row("paced-100000", "100,000 a second", READ, "--stamped --rate 100000", 50_000, 20_000, 2000),
    Row("recorded", "The busiest second, as recorded", CHOSEN, "--stamped --busiest-second", 0, 0, 0),
    Row("at-once", "Back to back, a READ at once after the other", PRCM, "", 500_000, 200_000, 2000),
    Row("at-once-notify", "The same, each event stamped", PRCM, "--stamped", 300_000, 150_000, 2000),
    Row("rearm-10000", f"10,000 a second, {REARMED}", PRCM, f"--stamped --rate 10000 {REARM}",
        8000, 4000, 500),
    Row("idle", "Nothing for 0.8 s, then 1,000 events", CHOSEN, "--idle-ms 800", 1000, 1000, 1000),
    Row("waiting-1", "1 reader waits", PRCM, "--stamped --readers 1", 50_000, 20_000, 500),
    Row("waiting-8", "8 readers wait", PRCM, "--stamped --readers 8", 50_000, 20_000, 500),
    Row("waiting-64", f"{READERS} readers wait", PRCM, f"--stamped --readers {READERS}", 50_000, 20_000, 500),
    Row("behind-1", "1 reader, behind", PRCM, "--stamped --behind --readers 1", 100_000, 100_000, 500),
    Row("behind-8", "8 readers, behind", PRCM, "--stamped --behind --readers 8", 100_000, 100_000, 500),
    Row("behind-64", f"{READERS} readers, behind", PRCM, f"--stamped --behind --readers {READERS}",
        100_000, 100_000, 500),
    Row("line-0", "Starts without command line", COPIES, "--stamped --command-line 0", 200_000, 50_000, 500),
    Row("line-1000", "Starts, command lines of 1,000 bytes", COPIES, "--stamped --command-line 1000",
        100_000, 30_000, 500),
    Row("line-65534", "Starts, command lines of 65,534 bytes", COPIES, "--stamped --command-line 65534",
        5000, 3000, 200),
    Row("overrun", "More than the lanes hold, before the reader begins", PRCM, "--behind",
        2_000_000, 2_000_000, 200_000),
    Row("request", "100,000 empty requests, then 1,000 events", ("seed",), "--empty-requests 100000",
        1000, 1000, 1000),
)

# Rounds; seconds by which they end, fewer if need be; how many runs at a time
# (smoke measures nothing); milliseconds between two looks of poll.
Mode = collections.namedtuple("Mode", "name rounds seconds jobs poll_ms")
MODES = {
    "full": Mode("full", 15, None, 1, 400),
    "quick": Mode("quick", 3, 90, 1, 400),
    "smoke": Mode("smoke", 1, None, 4, 20),
}

PACED = ("paced-1000", "paced-10000", "paced-100000", "recorded", "rearm-10000")


def arguments(row, way, mode):
    """Those of bench, without the recordings."""
    count = getattr(row, mode.name)
    command = ["--way", way, *row.options.split()]
    if count:
        command += ["--count", str(count)]
    if way == "prcm" and row.key in BURSTS:
        command += REARM.split()
    if way == "poll":
        command += ["--poll-ms", str(mode.poll_ms)]
    return command


def configurations():
    """(row, way) of all that a round runs."""
    return [(row, way) for row in PLAN for way in row.ways]
