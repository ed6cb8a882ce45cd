# SPDX-License-Identifier: MIT
"""Single notifications, as wine/ntext.h has them, with whatever a test wants in them."""

import ctypes

from probe import READ_WRITE, SUCCESS, ctl_code

U32, U64, I64 = ctypes.c_uint32, ctypes.c_uint64, ctypes.c_int64

START, EXIT, IMAGE = 0, 1, 2
KNOWS_ALL = 0xF
FILE_OPEN_NAME_AVAILABLE, IS_SUBSYSTEM_PROCESS = 1, 2
IMAGE_SYSTEM_MODE = 0x100

IOCTL_STATE = ctl_code(0x900, 0, 0, device=0x8951)
IOCTL_RAISE = ctl_code(0x901, 0, 0, device=0x8951)

TEXTS = ("Image", "NativeImage", "CommandLine", "UserSid")


class Text(ctypes.Structure):
    _fields_ = [("Offset", U32), ("Length", U32)]


class Event(ctypes.Structure):
    _fields_ = [
        ("Size", U32),
        ("Kind", U32),
        ("ProcessId", U32),
        ("ThreadId", U32),
        ("CreateTime", I64),
        ("ParentCreateTime", I64),
        ("ParentProcessId", U32),
        ("CreatorProcessId", U32),
        ("CreatorThreadId", U32),
        ("CreateFlags", U32),
        ("CreationStatus", U32),
        ("Known", U32),
        ("SessionId", U32),
        ("IntegrityLevel", U32),
        ("Elevated", U32),
        ("Emulated", U32),
        ("ExitStatus", U32),
        ("Properties", U32),
        ("Base", U64),
        ("ImageSize", U64),
        *((name, Text) for name in TEXTS),
    ]


class State(ctypes.Structure):
    _fields_ = [
        ("Version", U32),
        ("ProcessRoutines", U32),
        ("ProcessTier", U32),
        ("ImageRoutines", U32),
        ("ImageTier", U32),
        ("Processes", U32),
        ("References", U32),
        ("Handles", U32),
        ("BrokenRules", U32),
    ]


class Result(ctypes.Structure):
    _fields_ = [("Routines", U32), ("Tier", U32)]


def event_bytes(**fields):
    """Texts may be a str, of which surrogates stay as they are, or bytes; a text that is not given is not
    known."""
    event, tail = Event(), b""
    for name, value in fields.items():
        if name not in TEXTS:
            setattr(event, name, value)
            continue
        data = value if isinstance(value, bytes) else value.encode("utf-16-le", "surrogatepass")
        tail += bytes(-len(tail) % 4)
        setattr(event, name, Text(ctypes.sizeof(Event) + len(tail), len(data)))
        tail += data
    event.Size = ctypes.sizeof(Event) + len(tail)
    return bytes(event) + tail


class Ntext:
    """The stand-in's device, through a probe."""

    def __init__(self, probe):
        self.probe = probe
        status, self.handle = probe.open(READ_WRITE, "\\??\\Ntext")
        assert status == SUCCESS, f"open ntext: 0x{status:08X}"

    def state(self):
        return self.ask(IOCTL_STATE, b"", State)

    def raise_event(self, **fields):
        """Returns when the routine of the one driver that has registered has returned."""
        result = self.ask(IOCTL_RAISE, event_bytes(**fields), Result)
        assert result.Routines == 1, "the event reached no driver, or more than one"

    def ask(self, code, data, structure):
        answer = self.probe.wait(self.probe.ioctl(self.handle, code, data, ctypes.sizeof(structure)))
        assert answer.status == SUCCESS, answer
        return answer.of(structure)

    def close(self):
        self.probe.close(self.handle)
