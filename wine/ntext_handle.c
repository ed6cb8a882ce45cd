/* SPDX-License-Identifier: MIT
 *
 * A handle's value is a place in the table, with the sign set as in NT's kernel handles; no handle of Wine's
 * looks so. Places are given out in turn, so that a handle used after it was closed is found out.
 */
#include "ntext_handle.h"

#define HANDLE_MAX  4096u
#define HANDLE_STEP 4u
#define HANDLE_BASE ((LONG_PTR)(LONG)0x80000000)

typedef struct HANDLE_ENTRY
{
    NTEXT_PROCESS *Process; /* NULL: free */
    HANDLE_TYPE Type;
    ACCESS_MASK Access;
} HANDLE_ENTRY;

/* All guarded by Lock. */
static struct
{
    KSPIN_LOCK Lock;
    HANDLE_ENTRY Entries[HANDLE_MAX];
    ULONG Next; /* where to look for a free one */
    ULONG Open;
} HandleTable;

BOOLEAN
HandleIsOwn(HANDLE Handle)
{
    LONG_PTR Value = (LONG_PTR)Handle;
    return Value >= HANDLE_BASE && Value < HANDLE_BASE + (LONG_PTR)(HANDLE_MAX * HANDLE_STEP);
}

static HANDLE_ENTRY *
HandleFindLocked(_In_ HANDLE Handle)
{
    ULONG_PTR Place = (ULONG_PTR)((LONG_PTR)Handle - HANDLE_BASE) / HANDLE_STEP;
    if (!HandleIsOwn(Handle) || !HandleTable.Entries[Place].Process)
        return NULL;
    return &HandleTable.Entries[Place];
}

NTSTATUS
HandleCreate(NTEXT_PROCESS *Process, HANDLE_TYPE Type, ACCESS_MASK Access, PHANDLE Handle)
{
    KIRQL Irql;
    NTSTATUS Status = STATUS_INSUFFICIENT_RESOURCES;
    KeAcquireSpinLock(&HandleTable.Lock, &Irql);
    if (HandleTable.Open < HANDLE_MAX)
    {
        while (HandleTable.Entries[HandleTable.Next].Process)
            HandleTable.Next = (HandleTable.Next + 1) % HANDLE_MAX;
        HandleTable.Entries[HandleTable.Next] =
            (HANDLE_ENTRY){.Process = Process, .Type = Type, .Access = Access};
        *Handle = (HANDLE)(HANDLE_BASE + (LONG_PTR)(HandleTable.Next * HANDLE_STEP));
        HandleTable.Next = (HandleTable.Next + 1) % HANDLE_MAX;
        HandleTable.Open++;
        ProcessReference(Process);
        Status = STATUS_SUCCESS;
    }
    KeReleaseSpinLock(&HandleTable.Lock, Irql);
    return Status;
}

NTSTATUS
HandleReference(HANDLE Handle, HANDLE_TYPE Type, ACCESS_MASK AnyOf, NTEXT_PROCESS **Process)
{
    KIRQL Irql;
    NTSTATUS Status = STATUS_SUCCESS;
    KeAcquireSpinLock(&HandleTable.Lock, &Irql);
    const HANDLE_ENTRY *Entry = HandleFindLocked(Handle);
    if (!Entry)
        Status = STATUS_INVALID_HANDLE;
    else if (Entry->Type != Type)
        Status = STATUS_OBJECT_TYPE_MISMATCH;
    else if (!(Entry->Access & AnyOf))
        Status = STATUS_ACCESS_DENIED;
    if (NT_SUCCESS(Status))
    {
        *Process = Entry->Process;
        ProcessReference(*Process);
    }
    KeReleaseSpinLock(&HandleTable.Lock, Irql);
    return Status;
}

NTSTATUS
HandleClose(HANDLE Handle)
{
    KIRQL Irql;
    NTEXT_PROCESS *Process = NULL;
    KeAcquireSpinLock(&HandleTable.Lock, &Irql);
    HANDLE_ENTRY *Entry = HandleFindLocked(Handle);
    if (Entry)
    {
        Process = Entry->Process;
        Entry->Process = NULL;
        HandleTable.Open--;
    }
    KeReleaseSpinLock(&HandleTable.Lock, Irql);
    if (!Process)
        return STATUS_INVALID_HANDLE;
    ProcessRelease(Process);
    return STATUS_SUCCESS;
}

VOID
HandleState(NTEXT_STATE *State)
{
    State->Handles = HandleTable.Open;
}
