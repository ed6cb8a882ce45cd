# SPDX-License-Identifier: MIT
"""What NT refuses, the stand-in for the OS refuses. A driver (tests/contract) makes each call; where NT would
stop the machine, hang or go wrong later, the stand-in says which rule was broken."""

import ctypes

import pytest

from conftest import TREE
from ntext import EXIT, KNOWS_ALL, START, Ntext
from prcm import Prcm
from probe import (
    ACCESS_DENIED,
    ACCESS_VIOLATION,
    BUFFER_TOO_SMALL,
    INFO_LENGTH_MISMATCH,
    INVALID_PARAMETER,
    NO_MEMORY,
    OBJECT_TYPE_MISMATCH,
    PROCEDURE_NOT_FOUND,
    READ_WRITE,
    SUCCESS,
    Probe,
    ctl_code,
)

INVALID_INFO_CLASS = 0xC0000003
INVALID_HANDLE = 0xC0000008
INVALID_CID = 0xC000000B
DELETE_PENDING = 0xC0000056
INVALID_PARAMETER_2 = 0xC00000F0
POSSIBLE_DEADLOCK = 0xC0000194

IOCTL_CASE = ctl_code(0x900, 0, 0, device=0x8952)
PROCESS, CREATOR, CREATOR_THREAD = 4000, 404, 408
DRIVER = "C:\\windows\\system32\\drivers\\contract.sys"
LOCAL_SYSTEM = bytes([1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0])


class Request(ctypes.Structure):
    _fields_ = [("ProcessId", ctypes.c_uint32), ("Case", ctypes.c_char * 60)]


class Contract:
    """The driver, started, and a process that it has been told of."""

    def __init__(self, box):
        self.box = box
        self.probe = Probe(box, box.windows(TREE / "tests" / "wine" / "probe.exe"))
        status, self.handle = self.probe.open(READ_WRITE, "\\??\\Contract")
        assert status == SUCCESS, f"open: 0x{status:08X}"
        self.ntext = Ntext(self.probe)
        self.rules = 0
        self.start()

    def start(self):
        self.ntext.raise_event(
            Kind=START,
            ProcessId=PROCESS,
            CreatorProcessId=CREATOR,
            CreatorThreadId=CREATOR_THREAD,
            CreateTime=134_000_000_000_000_000,
            Known=KNOWS_ALL,
            NativeImage="\\Device\\HarddiskVolume7\\a.exe",
            UserSid=LOCAL_SYSTEM,
        )

    def ask(self, case):
        """What the case came to, and the rules that were broken: both by the file and by the counter."""
        request = bytes(Request(PROCESS, case.encode()))
        answer = self.probe.ioctl(self.handle, IOCTL_CASE, request, 4)
        assert answer.status == SUCCESS, answer
        broken = self.broken()
        return int.from_bytes(answer.data, "little"), broken

    def broken(self):
        lines = self.box.broken_rules()
        self.rules += len(lines)
        state = self.ntext.state()
        assert state.BrokenRules == self.rules, "the counter and the file"
        return lines

    def check(self, cases):
        """cases: what each must come to, a status alone or with the rules that it breaks."""
        wrong = []
        for case, wanted in cases.items():
            status, rules = wanted if isinstance(wanted, tuple) else (wanted, [])
            got, broken = self.ask(case)
            if (got, broken) != (status, rules):
                wrong.append(f"{case}: 0x{got:08X}, {broken} instead of 0x{status:08X}, {rules}")
        assert not wrong, "\n".join(wrong)
        state = self.ntext.state()
        assert (state.References, state.Handles) == (0, 0)

    def end(self):
        self.ntext.close()
        self.probe.close(self.handle)
        self.probe.end()


@pytest.fixture
def contract(box):
    Prcm(box, TREE).offer()
    box.copy_in(TREE / "wine" / "ntext.sys")
    box.copy_in(TREE / "tests" / "contract" / "contract.sys")
    box.run("sc", "create", "Contract", "type=", "kernel", "binPath=", DRIVER)
    try:
        box.run_new_host("sc", "start", "Contract")
        contract = Contract(box)
        yield contract
        contract.end()
        assert not box.broken_rules()
    finally:
        box.run("sc", "stop", "Contract")
        box.run("sc", "delete", "Contract")


def test_an_object_is_opened_by_its_own_type_or_by_none(contract):
    contract.check(
        {
            "OpenByItsType": SUCCESS,
            "OpenByNoType": SUCCESS,
            "OpenByTypeFollowedOnce": SUCCESS,
            "OpenByAnotherType": OBJECT_TYPE_MISMATCH,
            "OpenByTypeFollowedTwice": OBJECT_TYPE_MISMATCH,
            "OpenForUserModeByNoType": OBJECT_TYPE_MISMATCH,
            "OpenByUnknownAttributes": INVALID_PARAMETER,
            "OpenForAllToUse": (
                INVALID_PARAMETER,
                ["ObOpenObjectByPointer: without OBJ_KERNEL_HANDLE"],
            ),
        }
    )


def test_a_handle_is_good_for_what_it_was_opened_for(contract):
    contract.check(
        {
            "ProcessQueried": SUCCESS,
            "ProcessQueriedByLimitedAccess": SUCCESS,
            "ProcessQueriedByReadAccess": SUCCESS,
            "ProcessQueriedWithoutAccess": ACCESS_DENIED,
            "ProcessQueriedAfterClose": INVALID_HANDLE,
            "ProcessQueriedAsToken": OBJECT_TYPE_MISMATCH,
            "TokenQueriedAsProcess": OBJECT_TYPE_MISMATCH,
            "TokenOpened": SUCCESS,
            "TokenOpenedByLimitedAccess": ACCESS_DENIED,
            "TokenOpenedForAllToUse": INVALID_PARAMETER,
            "SessionQueriedWithoutAccess": ACCESS_DENIED,
            "ClosedTwice": (INVALID_HANDLE, ["ZwClose: of a kernel handle that is not open"]),
        }
    )


def test_a_question_is_answered_only_into_the_room_that_it_takes(contract):
    contract.check(
        {
            "ProcessQueriedWithMoreRoom": INFO_LENGTH_MISMATCH,
            "ProcessQueriedWithLessRoom": INFO_LENGTH_MISMATCH,
            "NameWithoutRoom": INFO_LENGTH_MISMATCH,
            "SessionQueried": SUCCESS,
            "SessionQueriedWithMoreRoom": INFO_LENGTH_MISMATCH,
            "SessionQueriedWithLessRoom": BUFFER_TOO_SMALL,
            "SessionQueriedWithoutReturnLength": ACCESS_VIOLATION,
            "UserQueriedWithMoreRoom": SUCCESS,
            "UserQueriedWithLessRoom": BUFFER_TOO_SMALL,
            "UnknownClassQueried": INVALID_INFO_CLASS,
        }
    )


def test_an_object_is_a_process_that_the_driver_holds(contract):
    contract.check(
        {
            "UnknownIdLookedUp": INVALID_CID,
            "ReferencedAndReleased": SUCCESS,
            "ReleasedTwice": (
                SUCCESS,
                ["ObDereferenceObject: of a process that no driver has a reference to"],
            ),
            "FileAskedForItsCreateTime": (
                SUCCESS,
                ["PsGetProcessCreateTimeQuadPart: of what is no process"],
            ),
        }
    )


def test_a_notify_routine_is_registered_and_removed_by_the_rules(contract):
    contract.check(
        {
            "RoutineRegisteredTwice": INVALID_PARAMETER,
            "RoutineRemovedThatIsNotThere": PROCEDURE_NOT_FOUND,
            "RoutineRemovedByAnotherTier": PROCEDURE_NOT_FOUND,
            "NoRoutineRemoved": PROCEDURE_NOT_FOUND,
            "RoutineOfAnUnknownTypeRegistered": INVALID_PARAMETER,
            "NoRoutineRegistered": (
                INVALID_PARAMETER,
                ["PsSetCreateProcessNotifyRoutine: of no routine"],
            ),
            "ImageRoutineByUnknownFlags": INVALID_PARAMETER_2,
            "ImageRoutineRegisteredTwice": PROCEDURE_NOT_FOUND,
        }
    )


def test_a_notify_routine_comes_back_as_it_was_called_and_does_not_remove_itself(contract):
    came_back = "a notify routine: came back with another IRQL or number of critical regions"
    contract.check({"NextEventRemovesTheRoutine": SUCCESS})
    contract.start()
    assert contract.broken() == ["a notify routine: removed from within one: NT would wait for ever"]
    contract.check({"WhatTheRoutineGot": POSSIBLE_DEADLOCK})
    for case in ("NextEventEndsAtDispatch", "NextEventEndsInARegion"):
        contract.check({case: SUCCESS})
        contract.start()
        assert contract.broken() == [came_back]
    contract.start()
    assert not contract.broken()


def test_a_start_is_told_in_its_creator_and_an_exit_in_the_process_itself(contract):
    """0 where nobody knows: never the stand-in's own thread, and never the new process's."""
    contract.check({"ProcessOfTheLastEvent": CREATOR, "ThreadOfTheLastEvent": CREATOR_THREAD})
    contract.ntext.raise_event(Kind=START, ProcessId=PROCESS, ThreadId=4004)
    contract.check({"ProcessOfTheLastEvent": 0, "ThreadOfTheLastEvent": 0})
    contract.ntext.raise_event(Kind=EXIT, ProcessId=8000, ThreadId=8004)
    contract.check({"ProcessOfTheLastEvent": 8000, "ThreadOfTheLastEvent": 8004})


NO_BLOCK = "ExFreePool: of what is no block of pool, or was freed before"
OTHER_TAG = "ExFreePoolWithTag: by another tag than the block was allocated with"
NO_TAG = "ExAllocatePoolWithTag: without a tag of printable characters"


def test_pool_goes_back_once_and_by_its_tag(contract):
    contract.check(
        {
            "FreedByItsTag": SUCCESS,
            "FreedByAnotherTag": (SUCCESS, [OTHER_TAG]),
            "FreedWhatIsNoBlock": (SUCCESS, [NO_BLOCK]),
            "FreedByNoTag": (SUCCESS, [OTHER_TAG]),
            "FreedTwice": (SUCCESS, [NO_BLOCK]),
            "AllocatedWithoutTag": (NO_MEMORY, [NO_TAG]),
            "AllocatedByAnUnprintableTag": (SUCCESS, [NO_TAG]),
            "AllocatedOfNoBytes": (NO_MEMORY, ["ExAllocatePoolWithTag: of no bytes"]),
            "AllocatedByTwoTypes": NO_MEMORY,
            "AllocatedByUnknownFlag": NO_MEMORY,
            "AllocatedByUnknownFlagThatMayBeIgnored": SUCCESS,
            "LocatedNameFreed": SUCCESS,
            "LocatedNameFreedByATag": (SUCCESS, [OTHER_TAG]),
        }
    )


def test_what_needs_a_low_irql_is_not_done_with_a_spin_lock_held(contract):
    contract.check({"AllowedAtDispatch": SUCCESS})
    status, broken = contract.ask("AllAtDispatch")
    assert status == SUCCESS
    assert broken == [
        "KeEnterCriticalRegion: above APC_LEVEL",
        "KeLeaveCriticalRegion: above APC_LEVEL",
        "MmGetSystemRoutineAddress: above PASSIVE_LEVEL",
        "PsLookupProcessByProcessId: above APC_LEVEL",
        "PsGetProcessExitStatus: above APC_LEVEL",
        "ObOpenObjectByPointer: above APC_LEVEL",
        "ZwQueryInformationProcess: above PASSIVE_LEVEL",
        "ZwOpenProcessTokenEx: above PASSIVE_LEVEL",
        "ZwQueryInformationToken: above PASSIVE_LEVEL",
        "ZwClose: above PASSIVE_LEVEL",
        "ZwClose: above PASSIVE_LEVEL",
        "PsSetCreateProcessNotifyRoutine: above PASSIVE_LEVEL",
        "PsRemoveLoadImageNotifyRoutine: above APC_LEVEL",
        "ExInitializeRundownProtection: KeGetCurrentIrql() <= APC_LEVEL",
        "ExWaitForRundownProtectionRelease: KeGetCurrentIrql() <= APC_LEVEL",
        "ExAllocatePoolWithTag: of paged pool above APC_LEVEL",
        "ExFreePoolWithTag: of paged pool above APC_LEVEL",
    ]


def test_locks_regions_and_rundown_protection_are_given_back_by_who_has_them(contract):
    contract.check(
        {
            "LockAcquiredTwice": (
                SUCCESS,
                ["KeAcquireSpinLock: by the thread that holds the lock: it would wait for itself"],
            ),
            "LockReleasedThatIsFree": (
                SUCCESS,
                ["KeReleaseSpinLock: by a thread that does not hold the lock"],
            ),
            "RegionLeftThatWasNotEntered": (
                SUCCESS,
                ["KeLeaveCriticalRegion: a critical region left that was not entered"],
            ),
            "RundownReleasedThatNobodyHolds": (
                DELETE_PENDING,
                ["ExReleaseRundownProtection: IsHeld"] * 2,
            ),
            "RundownInitializedAtAnOddAddress": (
                SUCCESS,
                ["ExInitializeRundownProtection: (ULONG_PTR)RunRef % sizeof(PVOID) == 0"],
            ),
        }
    )


def test_a_cancel_safe_queue_has_its_routines_and_its_own_requests(contract):
    contract.check(
        {
            "QueuedAndTakenBack": SUCCESS,
            "QueueWithoutRoutines": (
                SUCCESS,
                [
                    "IoCsqInitializeEx: CsqInsertIrp && CsqRemoveIrp && CsqPeekNextIrp",
                    "IoCsqInitializeEx: CsqAcquireLock && CsqReleaseLock && CsqCompleteCanceledIrp",
                ],
            ),
            "QueuedWithACancelRoutine": (SUCCESS, ["CsqArmCancelLocked: !Before"]),
            "QueuedWhereNoQueueIs": (SUCCESS, ["IoCsqInsertIrpEx: Csq->Type == IO_TYPE_CSQ_EX"]),
            "TakenBackFromAnotherQueue": (SUCCESS, ["IoCsqRemoveIrp: !Irp || Context->Csq == Csq"]),
        }
    )
