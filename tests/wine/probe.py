# SPDX-License-Identifier: MIT
"""The driver below its library: raw requests through probe.exe, and the ABI's structures as prcm_abi.h has
them."""

import ctypes
import itertools
import json
import os
import select
import subprocess
import time

from box import TIMEOUT, BoxError

U16, U32, U64, I64 = ctypes.c_uint16, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_int64
KIND_COUNT = 4
MAX_KEYS = 64

SUCCESS = 0
PENDING = 0x103
BUFFER_OVERFLOW = 0x80000005
INFO_LENGTH_MISMATCH = 0xC0000004
ACCESS_VIOLATION = 0xC0000005
INVALID_PARAMETER = 0xC000000D
NO_MEMORY = 0xC0000017
INVALID_DEVICE_REQUEST = 0xC0000010
ACCESS_DENIED = 0xC0000022
BUFFER_TOO_SMALL = 0xC0000023
INVALID_USER_BUFFER = 0xC00000E8
OBJECT_NAME_NOT_FOUND = 0xC0000034
OBJECT_TYPE_MISMATCH = 0xC0000024
REVISION_MISMATCH = 0xC0000059
INSUFFICIENT_RESOURCES = 0xC000009A
CANCELLED = 0xC0000120
DEVICE_BUSY = 0x80000011
INVALID_DEVICE_STATE = 0xC0000184
INVALID_BUFFER_SIZE = 0xC0000206
TOO_MANY_SESSIONS = 0xC00000CE
DEVICE_REMOVED = 0xC00002B6

GENERIC_READ = 0x80000000
GENERIC_WRITE = 0x40000000
FILE_READ_DATA = 0x1
FILE_WRITE_DATA = 0x2
SYNCHRONIZE = 0x00100000
READ_WRITE = GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE

METHOD_BUFFERED, METHOD_OUT_DIRECT = 0, 2
ACCESS_READ, ACCESS_WRITE = 1, 2


def ctl_code(function, method, access, device=0x8950):
    return device << 16 | access << 14 | function << 2 | method


IOCTL_QUERY = ctl_code(0x800, METHOD_BUFFERED, ACCESS_READ)
IOCTL_SUBSCRIBE = ctl_code(0x801, METHOD_BUFFERED, ACCESS_READ)
IOCTL_READ = ctl_code(0x802, METHOD_OUT_DIRECT, ACCESS_READ)
IOCTL_STOP = ctl_code(0x803, METHOD_BUFFERED, ACCESS_WRITE)

ABI_VERSION = 1
KINDS_ALL = 7
FROM_OLDEST, FROM_NOW, FROM_SEQUENCE, FROM_TOKEN = 1, 2, 3, 4
RESUME_EXACT, RESUME_KINDS_UNKNOWN, RESUME_OTHER_INSTANCE = 1, 2, 3
READ_NO_WAIT = 1
MAX_READ_BYTES = 1024 * 1024
MAX_INPUT_BYTES = 4096
MAX_SESSIONS = 64
QUERY_STOPPING = 1
QUERY_CLAMPED_LIFECYCLE, QUERY_CLAMPED_IMAGE, QUERY_CLAMPED_KINDS = 2, 4, 8
TIER_NOT_TRIED = 0xFFFFFFFF
PROCEDURE_NOT_FOUND = 0xC000007A
KIND_START, KIND_EXIT, KIND_IMAGE, KIND_LOST = 0, 1, 2, 0x8000


class Token(ctypes.Structure):
    _fields_ = [
        ("Instance", U64),
        ("Next", U64),
        ("Captured", U64 * KIND_COUNT),
        ("Dropped", U64 * KIND_COUNT),
        ("CountsKnown", U32),
        ("Reserved", U32),
    ]


class Subscribe(ctypes.Structure):
    _fields_ = [
        ("Size", U32),
        ("AbiVersion", U32),
        ("Kinds", U32),
        ("From", U32),
        ("Token", Token),
        ("KeyCount", U32),
        ("Keys", U32 * MAX_KEYS),
        ("Reserved", U32),
    ]


class Subscribed(ctypes.Structure):
    _fields_ = [
        ("Size", U32),
        ("AbiVersion", U32),
        ("Resume", U32),
        ("Reserved", U32),
        ("Start", Token),
        ("Oldest", U64),
        ("Head", U64),
    ]


class Read(ctypes.Structure):
    _fields_ = [("Size", U32), ("Flags", U32)]


class LaneInfo(ctypes.Structure):
    _fields_ = [("Bytes", U64), ("Requested", U64), ("Used", U64), ("Oldest", U64)]


class Query(ctypes.Structure):
    _fields_ = [
        ("Size", U32),
        ("AbiVersion", U32),
        ("DriverVersion", U32),
        ("Flags", U32),
        ("Instance", U64),
        ("Time", I64),
        ("ProcessTierStatus", U32 * 3),
        ("ImageTierStatus", U32 * 2),
        ("Kinds", U32),
        ("MaxSessions", U32),
        ("MaxReadBytes", U32),
        ("MaxRecordBytes", U32),
        ("MaxKeys", U32),
        ("Sessions", U32),
        ("Waiting", U32),
        ("Next", U64),
        ("Published", U64),
        ("Captured", U64 * KIND_COUNT),
        ("Dropped", U64 * KIND_COUNT),
        ("Evicted", U64 * KIND_COUNT),
        ("LongestStall", U64),
        ("Lanes", LaneInfo * 2),
    ]


class Batch(ctypes.Structure):
    _fields_ = [
        ("Size", U32),
        ("Bytes", U32),
        ("RecordCount", U32),
        ("RequiredBytes", U32),
        ("Number", U64),
        ("First", U64),
        ("Next", Token),
        ("Delivered", U64 * KIND_COUNT),
        ("Filtered", U64 * KIND_COUNT),
        ("Lost", U64 * KIND_COUNT),
        ("Unknown", U64),
        ("Head", U64),
        ("HeadCaptured", U64 * KIND_COUNT),
    ]


class Record(ctypes.Structure):
    _fields_ = [
        ("Size", U32),
        ("Kind", U16),
        ("FixedSize", U16),
        ("Sequence", U64),
        ("Time", I64),
        ("Key", U32),
        ("ThreadId", U32),
    ]


SIZES = {Token: 88, Subscribe: 368, Subscribed: 120, Query: 264, Batch: 264, Record: 32}
assert all(ctypes.sizeof(structure) == size for structure, size in SIZES.items())


def subscribe_bytes(**fields):
    """A SUBSCRIBE that is right but for what fields say."""
    request = Subscribe(Size=ctypes.sizeof(Subscribe), AbiVersion=ABI_VERSION, Kinds=KINDS_ALL, From=FROM_NOW)
    for name, value in fields.items():
        setattr(request, name, value)
    return bytes(request)


def read_bytes(flags=0, size=ctypes.sizeof(Read)):
    return bytes(Read(size, flags))


class Answer:
    """What came of a request. status is the NTSTATUS, data what it carried."""

    def __init__(self, answer):
        self.status = answer["status"]
        self.id = answer.get("id")
        self.information = answer.get("information", 0)
        self.data = bytes.fromhex(answer.get("data", ""))
        assert not answer.get("overrun"), "the driver wrote behind the buffer"

    def __repr__(self):
        return f"<0x{self.status:08X}, {self.information} bytes>"

    def of(self, structure, at=0):
        return structure.from_buffer_copy(self.data, at)

    def records(self):
        """The record headers of a batch."""
        batch = self.of(Batch)
        at, found = batch.Size, []
        for _ in range(batch.RecordCount):
            record = self.of(Record, at)
            found.append(record)
            at += record.Size
        assert at == batch.Bytes == self.information
        return found


class Probe:
    """A process in the box that carries out requests, one at a time."""

    def __init__(self, box, program):
        self.program = box.start(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.popen = self.program.popen
        self.buffer = b""
        self.pid = self.ask("pid")["pid"]

    def ask(self, *words, timeout=TIMEOUT):
        line = " ".join(str(word) for word in words)
        self.popen.stdin.write(line.encode() + b"\n")
        self.popen.stdin.flush()
        deadline = time.monotonic() + timeout
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([self.popen.stdout], [], [], max(0, deadline - time.monotonic()))
            chunk = os.read(self.popen.stdout.fileno(), 65536) if ready else b""
            if not chunk:
                why = "has ended" if ready else f"did not answer within {timeout} s"
                raise BoxError(f"the probe {why}, asked {line[:200]!r}:\n{self.program.report()}")
            self.buffer += chunk
        answer, _, self.buffer = self.buffer.partition(b"\n")
        return json.loads(answer)

    def open(self, access=READ_WRITE, name="\\??\\Prcm", root=0):
        """(status, handle)"""
        answer = self.ask("open", hex(access), name or "-", root)
        return answer["status"], answer["handle"]

    def opened(self, access=READ_WRITE):
        status, handle = self.open(access)
        assert status == SUCCESS, f"open: 0x{status:08X}"
        return handle

    def close(self, handle):
        return self.ask("close", handle)["status"]

    def give(self, handle, other):
        answer = self.ask("give", handle, other.pid)
        assert answer["error"] == 0, answer
        return answer["handle"]

    def ioctl(self, handle, code, data=b"", length=0):
        """data: the input, or a text as the probe takes it; length: of the output, likewise."""
        given = data if isinstance(data, str) else data.hex() or "-"
        return Answer(self.ask("ioctl", handle, hex(code), given, length))

    def wait(self, answer, ms=1000 * TIMEOUT):
        """What came of a pended request, or of any other."""
        if answer.status != PENDING:
            return answer
        return Answer(self.ask("wait", answer.id, ms, timeout=ms / 1000 + TIMEOUT))

    def cancel(self, answer):
        return self.ask("cancel", answer.id)["error"]

    def query(self, handle):
        answer = self.ioctl(handle, IOCTL_QUERY, b"", ctypes.sizeof(Query))
        assert answer.status == SUCCESS, answer
        return answer.of(Query)

    def subscribe(self, handle, **fields):
        return self.ioctl(handle, IOCTL_SUBSCRIBE, subscribe_bytes(**fields), ctypes.sizeof(Subscribed))

    def subscribed(self, **fields):
        """A new handle with a subscription."""
        handle = self.opened()
        answer = self.subscribe(handle, **fields)
        assert answer.status == SUCCESS, answer
        return handle

    def read(self, handle, flags=0, length=65536):
        return self.ioctl(handle, IOCTL_READ, read_bytes(flags), length)

    def end(self):
        self.popen.stdin.close()
        self.program.expect(0)
        self.popen.stdout.close()


def lengths(largest):
    """0 to one more than a structure has."""
    return range(largest + 2)


def all_codes():
    """Codes around the driver's own, of every method and access, less the four that it has."""
    known = {IOCTL_QUERY, IOCTL_SUBSCRIBE, IOCTL_READ, IOCTL_STOP}
    functions = (0, 1, 0x7FF, *range(0x800, 0x808), 0x880, 0xFFF)
    for device, function, method, access in itertools.product(
        (0x8950, 0x22, 0x8951), functions, range(4), range(4)
    ):
        code = ctl_code(function, method, access, device)
        if code not in known:
            yield code
