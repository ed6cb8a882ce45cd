# SPDX-License-Identifier: MIT
"""Several readers, readers that die, readers that come late."""

import ctypes

import probe as abi
from probe import Batch
from stream import Stream, check_stream
from truth import check_truth

LIFECYCLE = ("process_start", "process_exit")


def sequences(stream):
    return [event["seq"] for event in stream.events]


def token_text(token):
    """As PrcmTokenFormat writes it."""
    text = f"{token.Instance:#x}:{token.Next}"
    if token.CountsKnown:
        for counts in (token.Captured, token.Dropped):
            text += ":" + ",".join(map(str, counts))
    return text


def test_two_readers_with_different_filters_one_slow_do_not_disturb_each_other(prcm):
    """The slow one reads little at a time, is overtaken, and is told of what; the other misses nothing."""
    prcm.install("--image-lane", "2M")
    prcm.start()
    quick = prcm.reader("--kind", "start,exit")
    slow = prcm.reader("--kind", "image", "--read-delay", "100", "--read-bytes", "32K")
    prcm.wait_for_readers(2)
    truth = prcm.feed_made_up("--starts", 500, "--exits", 500, "--images", 30000)
    quick.wait_for(1000)
    assert slow.program.running() and len(slow.lines()) < 30000, "the slow one is behind"

    quick = check_stream(quick.end(), filtered=True)
    assert quick.account["lost"]["total"] == quick.account["filtered_console"]["total"] == 0
    filtered = quick.account["filtered_driver"]
    assert filtered["image_load"] == filtered["total"] == 30000
    check_truth(truth, quick, begin=1, filtered=True)
    assert len(quick.events) == 1000

    prcm.wait_for_readers(1)
    slow = check_stream(slow.end(), filtered=True)
    assert slow.account["lost"]["image_load"] == slow.account["lost"]["total"] > 0, "it was not overtaken"
    assert {cause for _, cause in slow.losses()} == {"evicted"}
    assert slow.account["filtered_driver"]["total"] == 1000
    assert len(slow.events) + slow.account["lost"]["total"] == 30000
    check_truth(truth, slow, begin=1, filtered=True)


def test_a_reader_killed_with_its_read_pended_is_followed_by_one_from_its_token(driver):
    """The first is a bare reader that keeps the token of each batch, as any program that must not lose its
    place does. What it had and what the second has together are everything, once."""
    first = driver.probe()
    handle = first.subscribed(From=abi.FROM_OLDEST)
    truth = driver.feed_made_up("--starts", 20, "--exits", 20, "--images", 60)
    had, token = [], None
    while len(had) < len(truth):
        answer = first.read(handle, length=4096)
        assert answer.status == abi.SUCCESS, answer
        had += answer.records()
        token = answer.of(Batch).Next
    assert first.read(handle).status == abi.PENDING
    assert driver.look().Waiting == 1
    first.program.kill()
    driver.wait_for_readers(0)

    more = driver.feed_made_up("--starts", 10, "--exits", 10, "--images", 30, "--first-pid", 2000000)
    stream = driver.read_all("--from", token_text(token))
    numbers = [record.Sequence for record in had] + sequences(stream)
    assert numbers == list(range(1, len(truth) + len(more) + 1))
    kinds = {abi.KIND_START: "process_start", abi.KIND_EXIT: "process_exit", abi.KIND_IMAGE: "image_load"}
    assert [(kinds[record.Kind], record.Key) for record in had] == [
        (event["event"], event["pid"]) for event in truth
    ]
    check_truth(more, stream, begin=len(truth) + 1)


def test_a_watch_killed_while_it_waits_is_followed_by_one_from_the_next_number(driver):
    first = driver.waiting_reader()
    truth = driver.feed_made_up("--starts", 20, "--exits", 20, "--images", 60)
    driver.wait_for_readers(1)
    first.program.kill()
    had = Stream(first.lines())
    assert had.account is None
    driver.wait_for_readers(0)
    more = driver.feed_made_up("--starts", 10, "--exits", 10, "--images", 30, "--first-pid", 2000000)
    stream = driver.read_all("--from", sequences(had)[-1] + 1)
    assert sequences(had) + sequences(stream) == list(range(1, len(truth) + len(more) + 1))
    check_truth(truth, had, begin=1)
    check_truth(more, stream, begin=len(truth) + 1)


def test_the_token_of_a_watch_that_ended_goes_on_with_kinds_known_even_across_a_loss(prcm):
    prcm.install("--image-lane", "2M")
    prcm.start()
    truth = prcm.feed_made_up("--starts", 10, "--exits", 10, "--images", 30)
    first = prcm.read_all("--count", 35)
    assert len(first.events) == 35 and first.account["unread"]["total"] == 15
    more = prcm.feed_made_up("--starts", 10, "--exits", 10, "--images", 20000, "--first-pid", 2000000)
    second = prcm.read_all("--from", first.account["token"])
    assert second.account["from"] == first.account["next"] == 36
    assert second.account["lost"]["image_load"] == second.account["lost"]["total"] > 0
    check_truth(truth, first, begin=1, lossy=True)
    check_truth(truth + more, second, begin=1, lossy=True)
    assert len(second.of(*LIFECYCLE)) == sum(event["event"] in LIFECYCLE for event in truth[35:]) + 20


def test_events_before_the_first_reader_are_kept(driver):
    truth = driver.feed_made_up("--starts", 100, "--exits", 100, "--images", 300, "--threads", 3)
    check_truth(truth, driver.read_all())
    late = driver.read_all("--from", 401)
    assert sequences(late) == list(range(401, 501))
    now = driver.read_all("--from", "now")
    assert not now.items and now.account["from"] == now.account["next"] == 501


def test_a_reader_from_now_begins_where_it_came(driver):
    driver.feed_made_up("--starts", 5)
    reader = driver.waiting_reader()
    truth = driver.feed_made_up("--starts", 5, "--first-pid", 2000000)
    driver.wait_for_readers(1)
    stream = check_stream(reader.end())
    assert stream.account["from"] == 6
    check_truth(truth, stream, begin=6)


def test_a_reader_of_one_kind_or_process_wakes_only_for_it(driver):
    """Nothing but what was asked for completes a READ."""
    probe = driver.probe()
    keys = (ctypes.c_uint32 * abi.MAX_KEYS)(2000000)
    of_kind = probe.subscribed(Kinds=1 << abi.KIND_EXIT)
    of_process = probe.subscribed(KeyCount=1, Keys=keys)
    pended = [probe.read(of_kind), probe.read(of_process)]
    assert [answer.status for answer in pended] == [abi.PENDING] * 2
    driver.feed_made_up("--starts", 3, "--images", 30)
    assert driver.look().Waiting == 2
    driver.feed_made_up("--exits", 1)
    exits = probe.wait(pended[0])
    assert [record.Kind for record in exits.records()] == [abi.KIND_EXIT]
    batch = exits.of(Batch)
    assert (list(batch.Filtered), list(batch.Lost)) == ([3, 0, 30, 0], [0] * 4)
    assert driver.look().Waiting == 1
    driver.feed_made_up("--starts", 1, "--first-pid", 2000000)
    its = probe.wait(pended[1])
    assert [record.Key for record in its.records()] == [2000000]
    assert list(its.of(Batch).Filtered) == [3, 1, 30, 0]
    probe.end()


def test_a_reader_sees_threads_that_raise_at_once_in_the_order_of_their_numbers(driver):
    reader = driver.waiting_reader()
    truth = driver.feed_made_up("--starts", 2000, "--exits", 2000, "--images", 6000, "--threads", 8)
    driver.wait_for_readers(1)
    stream = check_stream(reader.end())
    assert sequences(stream) == list(range(1, 10001))
    check_truth(truth, stream)


def test_readers_see_the_same_whatever_their_buffers(driver):
    readers = [driver.reader("--read-bytes", size) for size in ("264", "1K", "1M")]
    driver.wait_for_readers(3)
    truth = driver.feed_made_up("--starts", 20, "--exits", 20, "--images", 60, "--command-line-bytes", 30000)
    driver.wait_for_readers(3)
    for reader in readers:
        check_truth(truth, check_stream(reader.end()), begin=1)
