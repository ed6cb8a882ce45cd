# SPDX-License-Identifier: MIT
"""Bad input to every request: the status that prcm_abi.h documents for each, the driver alive, the account
intact.

Where Wine's I/O manager answers and the driver never sees the request, the test says so."""

import ctypes

import pytest

import probe as abi
from probe import Batch, Query, Subscribe, Subscribed, lengths, read_bytes, subscribe_bytes
from truth import check_truth

QUERY_BYTES = ctypes.sizeof(Query)
SUBSCRIBE_BYTES = ctypes.sizeof(Subscribe)
SUBSCRIBED_BYTES = ctypes.sizeof(Subscribed)
BATCH_BYTES = ctypes.sizeof(Batch)
READ_BYTES = ctypes.sizeof(abi.Read)
HUGE = (0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
MIB = 1024 * 1024


@pytest.fixture
def probe(driver):
    """A probe; and when the test is done, the driver must be as good as new: what is raised then is read,
    whole, and what is left of the probe's handles is let go of."""
    probe = driver.probe()
    yield probe
    begin = driver.look().Next
    truth = driver.feed_made_up("--starts", 3, "--images", 5, "--exits", 3)
    stream = driver.read_all("--from", begin)
    assert driver.look().Next == begin + len(truth)
    check_truth(truth, stream, begin=begin)
    probe.end()


def expect(answer, status, what=""):
    assert answer.status == status, f"{what}: 0x{answer.status:08X} instead of 0x{status:08X}"
    return answer


def open_refused(probe):
    """The status with which an open is refused. Wine's server does not wait for the driver's answer to an
    open, so there the handle comes all the same, and every request on it is answered with that status."""
    status, handle = probe.open()
    if status == abi.SUCCESS:
        status = probe.ioctl(handle, abi.IOCTL_QUERY, b"", QUERY_BYTES).status
        assert probe.read(handle).status == status
        probe.close(handle)
    return status


def expect_nothing_moved(probe, handle):
    """The handle's cursor stands where its subscription put it."""
    batch = expect(probe.read(handle, abi.READ_NO_WAIT), abi.SUCCESS).of(Batch)
    assert (batch.RecordCount, batch.First, batch.Next.Next) == (0, batch.Head, batch.Head)


def test_unknown_codes_are_refused(probe):
    handle = probe.opened()
    for code in abi.all_codes():
        for data, length in ((b"", 0), (b"\xff" * 64, 64)):
            expect(probe.ioctl(handle, code, data, length), abi.INVALID_DEVICE_REQUEST, hex(code))
    probe.close(handle)


def test_reading_and_writing_as_a_file_is_refused(probe):
    handle = probe.opened()
    for verb in ("read", "write"):
        assert probe.ask(verb, handle)["status"] == abi.INVALID_DEVICE_REQUEST
    probe.close(handle)


def test_query_with_every_output_length(probe):
    handle = probe.opened()
    for length in lengths(QUERY_BYTES):
        answer = probe.ioctl(handle, abi.IOCTL_QUERY, b"", length)
        if length < QUERY_BYTES:
            expect(answer, abi.BUFFER_TOO_SMALL, f"{length} bytes")
        else:
            query = expect(answer, abi.SUCCESS, f"{length} bytes").of(Query)
            assert answer.information == query.Size == QUERY_BYTES
    answer = probe.ioctl(handle, abi.IOCTL_QUERY, b"", f"{QUERY_BYTES}+1")
    assert expect(answer, abi.SUCCESS, "unaligned").of(Query).Size == QUERY_BYTES
    probe.close(handle)


def test_query_takes_no_input(probe):
    handle = probe.opened()
    for length in (1, 4, 8, QUERY_BYTES, abi.MAX_INPUT_BYTES + 1):
        answer = probe.ioctl(handle, abi.IOCTL_QUERY, bytes(length), QUERY_BYTES)
        expect(answer, abi.INFO_LENGTH_MISMATCH, f"{length} bytes")
    probe.close(handle)


def test_query_tells_what_the_abi_promises(probe, driver):
    before = driver.look().Sessions
    handle = probe.opened()
    query = probe.query(handle)
    assert (query.AbiVersion, query.DriverVersion, query.Flags & 0xF) == (abi.ABI_VERSION, 0x00010000, 0)
    assert (query.MaxSessions, query.MaxReadBytes, query.MaxRecordBytes) == (64, 1024 * 1024, 0x20400)
    assert (query.MaxKeys, query.Kinds) == (64, abi.KINDS_ALL)
    assert query.Instance != 0 and query.Time >= query.Instance
    assert (list(query.ProcessTierStatus), list(query.ImageTierStatus)) == (
        [0, abi.TIER_NOT_TRIED, abi.TIER_NOT_TRIED],
        [0, abi.TIER_NOT_TRIED],
    )
    assert (query.Next, query.Published, sum(query.Captured)) == (1, 1, 0)
    assert (query.Sessions, query.Waiting) == (before + 1, 0)
    probe.close(handle)
    assert driver.look().Sessions == before


def test_subscribe_with_every_length(probe):
    handle = probe.opened()
    whole = subscribe_bytes() + b"\0"
    for length in lengths(SUBSCRIBE_BYTES):
        # Size is not the input's length, but for the one that is; the version is in the first 8 bytes.
        answer = probe.ioctl(handle, abi.IOCTL_SUBSCRIBE, whole[:length], 0)
        want = abi.BUFFER_TOO_SMALL if length == SUBSCRIBE_BYTES else abi.INFO_LENGTH_MISMATCH
        expect(answer, want, f"input of {length} bytes")
        # Size agrees with the input's length, which is not a SUBSCRIBE's.
        if 4 <= length != SUBSCRIBE_BYTES:
            sized = length.to_bytes(4, "little") + whole[4:length]
            answer = probe.ioctl(handle, abi.IOCTL_SUBSCRIBE, sized, SUBSCRIBED_BYTES - 1)
            want = abi.BUFFER_TOO_SMALL if length > SUBSCRIBE_BYTES else abi.INFO_LENGTH_MISMATCH
            expect(answer, want, f"input that says it has {length} bytes")
    for length in range(SUBSCRIBED_BYTES):
        answer = probe.ioctl(handle, abi.IOCTL_SUBSCRIBE, subscribe_bytes(), length)
        expect(answer, abi.BUFFER_TOO_SMALL, f"output of {length} bytes")
    answer = probe.ioctl(handle, abi.IOCTL_SUBSCRIBE, subscribe_bytes(), f"{SUBSCRIBED_BYTES + 1}+1")
    told = expect(answer, abi.SUCCESS, "unaligned").of(Subscribed)
    assert answer.information == told.Size == SUBSCRIBED_BYTES
    expect_nothing_moved(probe, handle)
    probe.close(handle)


def test_subscribe_of_a_newer_reader(probe):
    """A longer structure is taken if what the driver does not know is zero."""
    handle = probe.opened()

    def grown(extra, length=None):
        whole = subscribe_bytes() + extra
        size = len(whole).to_bytes(4, "little")
        return probe.ioctl(handle, abi.IOCTL_SUBSCRIBE, size + whole[4:], length or SUBSCRIBED_BYTES)

    expect(grown(bytes(7) + b"\1"), abi.INVALID_PARAMETER, "asks for what the driver does not have")
    expect(grown(bytes(abi.MAX_INPUT_BYTES - SUBSCRIBE_BYTES + 1)), abi.INFO_LENGTH_MISMATCH, "too long")
    expect(grown(bytes(abi.MAX_INPUT_BYTES - SUBSCRIBE_BYTES)), abi.SUCCESS, "as long as may be")
    expect_nothing_moved(probe, handle)
    probe.close(handle)


def test_subscribe_with_wrong_values(probe):
    handle = probe.opened()
    instance = probe.query(handle).Instance
    keys = ctypes.c_uint32 * abi.MAX_KEYS

    def token(**fields):
        good = {"Instance": instance, "Next": 1, "CountsKnown": 1}
        return {"From": abi.FROM_TOKEN, "Token": abi.Token(**{**good, **fields})}

    counts = ctypes.c_uint64 * abi.KIND_COUNT
    wrong = {
        "no kind": {"Kinds": 0},
        "an unknown kind": {"Kinds": abi.KINDS_ALL | 8},
        "all bits for kinds": {"Kinds": 0xFFFFFFFF},
        "no From": {"From": 0},
        "an unknown From": {"From": 5},
        "a From with high bits": {"From": 0x80000001},
        "too many keys": {"KeyCount": abi.MAX_KEYS + 1},
        "a key count that wraps": {"KeyCount": 0xFFFFFFFF},
        "a key beyond the count": {"KeyCount": 1, "Keys": keys(4, 8)},
        "a reserved field": {"Reserved": 1},
        "number 0": {"From": abi.FROM_SEQUENCE},
        "a number not yet reached": {"From": abi.FROM_SEQUENCE, "Token": abi.Token(Next=2)},
        "the last number there is": {"From": abi.FROM_SEQUENCE, "Token": abi.Token(Next=2**64 - 1)},
        "a number with more of a token": {
            "From": abi.FROM_SEQUENCE,
            "Token": abi.Token(Next=1, Instance=instance),
        },
        "oldest with a token": {"From": abi.FROM_OLDEST, "Token": abi.Token(Instance=instance, Next=1)},
        "now with a token": {"From": abi.FROM_NOW, "Token": abi.Token(Next=1)},
        "a token of the future": token(Next=2, Captured=counts(1)),
        "a token at 0": token(Next=0),
        "a token at the end of numbers": token(Next=2**64 - 1),
        "counts that do not add up": token(Captured=counts(1)),
        "counts that add up by wrapping": token(Captured=counts(2**64 - 1, 1)),
        "more dropped than captured": token(Dropped=counts(0, 1)),
        "counts of a kind that is none": token(Captured=counts(0, 0, 0, 1)),
        "counts that are not known": token(CountsKnown=0, Captured=counts(1)),
        "counts known by 2": token(CountsKnown=2),
        "a token's reserved field": token(Reserved=1),
    }
    for what, fields in wrong.items():
        expect(probe.subscribe(handle, **fields), abi.INVALID_PARAMETER, what)
    for version in (0, 2, 0xFFFFFFFF):
        expect(probe.subscribe(handle, AbiVersion=version), abi.REVISION_MISMATCH, f"version {version}")
    longer = subscribe_bytes(AbiVersion=2, Size=SUBSCRIBE_BYTES + 8) + b"\1" * 8
    answer = probe.ioctl(handle, abi.IOCTL_SUBSCRIBE, longer, SUBSCRIBED_BYTES)
    expect(answer, abi.REVISION_MISMATCH, "version 2, which is longer")
    expect(probe.subscribe(handle, **token()), abi.SUCCESS, "a good one, after all that")
    expect(probe.subscribe(handle), abi.INVALID_DEVICE_STATE, "a second one")
    expect_nothing_moved(probe, handle)
    probe.close(handle)


def test_a_token_that_lies_within_reason_is_found_out_or_harmless(probe, driver):
    """Counts that could have been true once: whatever the driver answers, its batches add up."""
    driver.feed_made_up("--starts", 10, "--images", 30, "--exits", 10)
    handle = probe.opened()
    query = probe.query(handle)
    counts = ctypes.c_uint64 * abi.KIND_COUNT
    for captured in (counts(0, 0, 20), counts(20), counts(0, 20), counts(7, 7, 6)):
        lying = abi.Token(Instance=query.Instance, Next=21, Captured=captured, CountsKnown=1)
        other = probe.opened()
        answer = probe.subscribe(other, From=abi.FROM_TOKEN, Token=lying)
        assert answer.status in (abi.SUCCESS, abi.INVALID_PARAMETER), answer
        if answer.status == abi.SUCCESS:
            batch = expect(probe.read(other, abi.READ_NO_WAIT), abi.SUCCESS).of(Batch)
            told = sum(batch.Delivered) + sum(batch.Filtered) + sum(batch.Lost) + batch.Unknown
            assert batch.Next.Next - batch.First == told == 30
        probe.close(other)
    probe.close(handle)


def test_read_with_every_length(probe):
    handle = probe.subscribed()
    whole = read_bytes(abi.READ_NO_WAIT) + b"\0"
    for length in lengths(READ_BYTES):
        answer = probe.ioctl(handle, abi.IOCTL_READ, whole[:length], BATCH_BYTES)
        want = abi.SUCCESS if length == READ_BYTES else abi.INFO_LENGTH_MISMATCH
        expect(answer, want, f"input of {length} bytes")
    for size in (0, READ_BYTES - 1, READ_BYTES + 1, 0xFFFFFFFF):
        answer = probe.ioctl(handle, abi.IOCTL_READ, read_bytes(abi.READ_NO_WAIT, size), BATCH_BYTES)
        expect(answer, abi.INFO_LENGTH_MISMATCH, f"input that says it has {size} bytes")
    for length in lengths(BATCH_BYTES):
        answer = probe.ioctl(handle, abi.IOCTL_READ, read_bytes(abi.READ_NO_WAIT), length)
        if length < BATCH_BYTES:
            expect(answer, abi.BUFFER_TOO_SMALL, f"output of {length} bytes")
        else:
            assert expect(answer, abi.SUCCESS, f"{length} bytes").information == BATCH_BYTES
    answer = probe.ioctl(handle, abi.IOCTL_READ, read_bytes(abi.READ_NO_WAIT), f"{BATCH_BYTES}+1")
    expect(answer, abi.SUCCESS, "unaligned output")
    expect_nothing_moved(probe, handle)
    probe.close(handle)


def test_read_with_wrong_flags(probe):
    handle = probe.subscribed()
    for flags in (2, 3, 0x80000000, 0xFFFFFFFF):
        expect(probe.read(handle, flags), abi.INVALID_PARAMETER, f"flags {flags:#x}")
    newer = (READ_BYTES + 4).to_bytes(4, "little") + read_bytes(abi.READ_NO_WAIT)[4:]
    for extra, status in ((b"\0\0\0\1", abi.INVALID_PARAMETER), (bytes(4), abi.SUCCESS)):
        expect(probe.ioctl(handle, abi.IOCTL_READ, newer + extra, BATCH_BYTES), status, "a newer reader")
    expect_nothing_moved(probe, handle)
    probe.close(handle)


def test_read_of_a_huge_buffer_is_refused(probe):
    handle = probe.subscribed()
    for length in (abi.MAX_READ_BYTES + 1, 2 * abi.MAX_READ_BYTES, 16 * abi.MAX_READ_BYTES):
        expect(probe.read(handle, abi.READ_NO_WAIT, length), abi.INVALID_BUFFER_SIZE, f"{length} bytes")
    answer = probe.read(handle, abi.READ_NO_WAIT, abi.MAX_READ_BYTES)
    expect(answer, abi.SUCCESS, "as long as may be")
    expect_nothing_moved(probe, handle)
    probe.close(handle)


def test_read_without_subscription_is_refused(probe):
    handle = probe.opened()
    for flags in (0, abi.READ_NO_WAIT):
        expect(probe.read(handle, flags), abi.INVALID_DEVICE_STATE)
    probe.close(handle)


def test_a_buffer_too_short_for_the_next_record_moves_nothing(probe, driver):
    driver.feed_made_up("--starts", 1, "--command-line-bytes", 1000)
    handle = probe.subscribed(From=abi.FROM_OLDEST)
    needed = None
    for length in (BATCH_BYTES, BATCH_BYTES + 1, BATCH_BYTES + 1000):
        answer = expect(probe.read(handle, 0, length), abi.BUFFER_OVERFLOW, f"{length} bytes")
        batch = answer.of(Batch)
        assert (answer.information, batch.Bytes, batch.RecordCount) == (BATCH_BYTES, BATCH_BYTES, 0)
        assert batch.First == batch.Next.Next == 1
        assert needed in (None, batch.RequiredBytes)
        needed = batch.RequiredBytes
    expect(probe.read(handle, 0, needed - 1), abi.BUFFER_OVERFLOW, "a byte less than needed")
    answer = expect(probe.read(handle, 0, needed), abi.SUCCESS, "as long as needed")
    (record,) = answer.records()
    assert (record.Kind, record.Sequence, answer.information) == (abi.KIND_START, 1, needed)
    probe.close(handle)


def test_huge_inputs_are_refused(probe):
    handle = probe.subscribed()
    for length in (abi.MAX_INPUT_BYTES + 1, 65536, MIB, 16 * MIB):
        for code in (abi.IOCTL_QUERY, abi.IOCTL_READ, abi.IOCTL_STOP):
            answer = probe.ioctl(handle, code, f"*{length}", BATCH_BYTES)
            expect(answer, abi.INFO_LENGTH_MISMATCH, f"{code:#x}, input of {length} bytes")
        # The version, which is looked at first, is zero.
        answer = probe.ioctl(handle, abi.IOCTL_SUBSCRIBE, f"*{length}", SUBSCRIBED_BYTES)
        expect(answer, abi.REVISION_MISMATCH, f"SUBSCRIBE, input of {length} bytes")
    expect_nothing_moved(probe, handle)
    probe.close(handle)


def test_output_lengths_that_are_not_there_are_refused_or_unused(probe):
    """Whether the I/O manager finds out first, or the driver refuses or never gets so far, is the host's
    business. Lengths of an input that is not there are not tried: Wine ends the caller."""
    handle = probe.subscribed()
    no_memory = (abi.ACCESS_VIOLATION, abi.INSUFFICIENT_RESOURCES, abi.NO_MEMORY, abi.INVALID_USER_BUFFER)
    for length in HUGE:
        for code, data, status in (
            (abi.IOCTL_QUERY, b"", abi.SUCCESS),
            (abi.IOCTL_SUBSCRIBE, subscribe_bytes(), abi.INVALID_DEVICE_STATE),
            (abi.IOCTL_READ, read_bytes(), abi.INVALID_BUFFER_SIZE),
            (abi.IOCTL_STOP, b"", abi.INFO_LENGTH_MISMATCH),
        ):
            answer = probe.ioctl(handle, code, data, f"*{length:#x}")
            assert answer.status in (status, *no_memory), f"{code:#x}, output of {length:#x}: {answer}"
    expect_nothing_moved(probe, handle)
    probe.close(handle)


def test_a_second_read_is_refused_while_one_is_pended(probe, driver):
    handle = probe.subscribed()
    first = expect(probe.read(handle), abi.PENDING)
    for flags in (0, abi.READ_NO_WAIT):
        expect(probe.read(handle, flags), abi.DEVICE_BUSY)
    expect(probe.wait(first, ms=0), abi.PENDING, "the first is undisturbed")
    truth = driver.feed_made_up("--starts", 1)
    answer = expect(probe.wait(first), abi.SUCCESS)
    (record,) = answer.records()
    assert (record.Kind, record.Key) == (abi.KIND_START, truth[0]["pid"])
    probe.close(handle)


def test_a_cancelled_read_moves_nothing_and_takes_no_batch_number(probe, driver):
    handle = probe.subscribed()
    for _ in range(3):
        pended = expect(probe.read(handle), abi.PENDING)
        assert probe.cancel(pended) == 0
        expect(probe.wait(pended), abi.CANCELLED)
    driver.feed_made_up("--starts", 1)
    batch = expect(probe.read(handle), abi.SUCCESS).of(Batch)
    assert (batch.Number, batch.First, batch.Next.Next, batch.RecordCount) == (1, 1, 2, 1)
    probe.close(handle)


def test_stop_takes_nothing(probe, driver):
    handle = probe.opened()
    for data, length in ((b"\0", 0), (b"", 1), (bytes(8), 8), (bytes(5000), 0)):
        expect(probe.ioctl(handle, abi.IOCTL_STOP, data, length), abi.INFO_LENGTH_MISMATCH)
    assert not driver.look().Flags & abi.QUERY_STOPPING
    probe.close(handle)


def test_a_handle_without_access_gets_access_denied(probe, driver):
    """The I/O manager's answer: it compares the code's access bits with the handle's."""
    everything = (abi.IOCTL_QUERY, abi.IOCTL_SUBSCRIBE, abi.IOCTL_READ, abi.IOCTL_STOP)
    denied = {
        abi.SYNCHRONIZE: everything,
        abi.GENERIC_READ | abi.SYNCHRONIZE: (abi.IOCTL_STOP,),
        abi.GENERIC_WRITE | abi.SYNCHRONIZE: (abi.IOCTL_QUERY, abi.IOCTL_SUBSCRIBE, abi.IOCTL_READ),
    }
    for access, codes in denied.items():
        handle = probe.opened(access)
        for code in codes:
            status = probe.ioctl(handle, code, b"", QUERY_BYTES)
            expect(status, abi.ACCESS_DENIED, f"{code:#x}, access {access:#x}")
        probe.close(handle)
    assert not driver.look().Flags & abi.QUERY_STOPPING


def test_a_name_below_the_device_is_refused(probe):
    """On Windows the driver sees the rest of the name and refuses it. Wine's server looks the name up itself,
    finds that a device has nothing below it, and the driver is never asked: its own refusal is tested in
    tests/driver. To Wine, a backslash behind the name is no part of it, so that one opens the device."""
    root = probe.opened()
    for name in ("\\??\\Prcm\\x", "\\??\\Prcm\\x\\y", "\\??\\Prcm\\..\\Prcm", "\\Device\\Prcm\\x"):
        assert probe.open(name=name) == (abi.OBJECT_NAME_NOT_FOUND, 0), name
    for name, status in (
        ("", abi.OBJECT_TYPE_MISMATCH),
        ("x", abi.OBJECT_NAME_NOT_FOUND),
        ("\\??\\Prcm", abi.INVALID_PARAMETER),
    ):
        assert probe.open(name=name, root=root) == (status, 0), f"{name!r} relative to the device"
    probe.close(root)


def test_a_handle_duplicated_lives_until_its_last_close_in_either_order(probe, driver):
    other = driver.probe()
    for first_closed in ("original", "copy"):
        original = probe.subscribed()
        copy = probe.give(original, other)
        pended = expect(probe.read(original), abi.PENDING)
        expect(other.read(copy), abi.DEVICE_BUSY, "it is the same session")
        before = driver.look()
        one, rest = (probe, original), (other, copy)
        if first_closed == "copy":
            one, rest = rest, one
        assert one[0].close(one[1]) == abi.SUCCESS
        now = driver.look()
        assert (now.Sessions, now.Waiting) == (before.Sessions, before.Waiting), "still open"
        assert rest[0].close(rest[1]) == abi.SUCCESS
        expect(probe.wait(pended), abi.CANCELLED, "the last handle is closed")
        assert driver.look().Sessions == before.Sessions - 1
        assert driver.look().Waiting == 0
    other.end()


def test_sessions_are_capped(probe, driver):
    ours = driver.look().Sessions
    handles = [probe.opened() for _ in range(abi.MAX_SESSIONS - ours)]
    assert open_refused(probe) == abi.TOO_MANY_SESSIONS
    assert driver.look().Sessions == abi.MAX_SESSIONS
    message = driver.box.run(driver.console, "watch", "--duration", "0", code=1).error_text()
    assert "As many readers are open as the driver allows" in message, message
    for handle in handles:
        assert probe.close(handle) == abi.SUCCESS
    assert driver.look().Sessions == ours


def test_after_stop_everything_but_query_and_stop_is_refused(prcm):
    prcm.install()
    prcm.start()
    probe = prcm.probe()
    waiting, subscribed, fresh = probe.subscribed(), probe.subscribed(), probe.opened()
    pended = expect(probe.read(waiting), abi.PENDING)
    for _ in range(2):
        expect(probe.ioctl(fresh, abi.IOCTL_STOP), abi.SUCCESS)
    expect(probe.wait(pended), abi.DEVICE_REMOVED, "the pended read ends")
    for flags in (0, abi.READ_NO_WAIT):
        expect(probe.read(subscribed, flags), abi.DEVICE_REMOVED)
    expect(probe.subscribe(fresh), abi.DEVICE_REMOVED)
    assert probe.query(fresh).Flags & abi.QUERY_STOPPING
    assert open_refused(probe) == abi.DEVICE_REMOVED
    expect(probe.ioctl(fresh, 0x89502400), abi.INVALID_DEVICE_REQUEST)
    probe.end()
    prcm.stop()
