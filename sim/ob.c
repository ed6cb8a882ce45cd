/* SPDX-License-Identifier: MIT
 *
 * Objects are counted twice: by all references, which keep them alive, and by those that the driver took and
 * has to give back, which must be none once it is gone. One table holds the handles of all processes and of
 * the kernel; a process's are valid in its own threads.
 */
#include "kernel.h"

#define HANDLE_MAX    4096u
#define HANDLE_KERNEL 0xFFFFFFFF80000000u

typedef struct OBJECT_HEADER
{
    POBJECT_TYPE Type;
    LONG References;
    LONG DriverReferences;
} OBJECT_HEADER;

#define OBJECT_HEADER_BYTES 32
C_ASSERT(sizeof(OBJECT_HEADER) <= OBJECT_HEADER_BYTES);

typedef struct HANDLE_ENTRY
{
    void *Object;
    ACCESS_MASK Access;
    bool Kernel;
    PEPROCESS Process; /* whose it is, if not the kernel's; NULL: System's */
} HANDLE_ENTRY;

static HANDLE_ENTRY Handles[HANDLE_MAX];

/* ---- Objects ---- */

static OBJECT_HEADER *
ObpHeader(const void *Object)
{
    return (void *)((char *)(ULONG_PTR)Object - OBJECT_HEADER_BYTES);
}

void *
ObpCreate(POBJECT_TYPE Type, SIZE_T Bytes)
{
    OBJECT_HEADER *Header = RtlpAllocate(OBJECT_HEADER_BYTES + Bytes);
    void *Object = (char *)Header + OBJECT_HEADER_BYTES;
    Header->Type = Type;
    Header->References = 1;
    TrackAdd(&(TRACKED){.Address = Object, .Bytes = Bytes, .Kind = TRACK_OBJECT, .Call = Type->Name});
    return Object;
}

POBJECT_TYPE
ObpTypeOf(const void *Object)
{
    return ObpHeader(Object)->Type;
}

void
ObpReference(void *Object)
{
    if (!__atomic_fetch_add(&ObpHeader(Object)->References, 1, __ATOMIC_RELAXED) && SIM_CHECKS)
        RuleBroken("reference", "a reference to a %s that is being deleted", ObpTypeOf(Object)->Name);
}

void
ObpDereference(void *Object)
{
    OBJECT_HEADER *Header = ObpHeader(Object);
    if (__atomic_sub_fetch(&Header->References, 1, __ATOMIC_ACQ_REL))
        return;
    Header->Type->Delete(Object);
    TrackRemove(TRACK_OBJECT, Object, NULL);
    free(Header);
}

void
ObpReferenceForDriver(void *Object)
{
    ObpReference(Object);
    if (SIM_CHECKS)
        __atomic_add_fetch(&ObpHeader(Object)->DriverReferences, 1, __ATOMIC_RELAXED);
}

static void
ObpCheck(const char *Call, const void *Object)
{
    RuleIrql(Call, DISPATCH_LEVEL);
    if (!TrackHas(TRACK_OBJECT, Object))
        RuleBroken("reference", "%s of %p, which is no object", Call, Object);
}

LONG_PTR
ObfReferenceObject(PVOID Object)
{
    ObpCheck("ObReferenceObject", Object);
    ObpReferenceForDriver(Object);
    return ObpHeader(Object)->References;
}

LONG_PTR
ObfDereferenceObject(PVOID Object)
{
    ObpCheck("ObDereferenceObject", Object);
    if (SIM_CHECKS && __atomic_sub_fetch(&ObpHeader(Object)->DriverReferences, 1, __ATOMIC_RELAXED) < 0)
        RuleBroken("reference", "ObDereferenceObject of a %s that the driver has no reference to",
                   ObpTypeOf(Object)->Name);
    LONG Before = __atomic_load_n(&ObpHeader(Object)->References, __ATOMIC_RELAXED);
    ObpDereference(Object);
    return Before - 1;
}

typedef struct DRIVER_REFERENCES
{
    SIZE_T Count;
    const void *Object;
} DRIVER_REFERENCES;

static void
ObpCountReferences(const TRACKED *Entry, void *Context)
{
    DRIVER_REFERENCES *References = Context;
    LONG Count = __atomic_load_n(&ObpHeader(Entry->Address)->DriverReferences, __ATOMIC_RELAXED);
    if (!Count)
        return;
    References->Count += (SIZE_T)Count;
    References->Object = Entry->Address;
}

SIZE_T
ObpDriverReferences(const void **Object)
{
    DRIVER_REFERENCES References = {0};
    TrackEach(TRACK_OBJECT, ObpCountReferences, &References);
    if (Object)
        *Object = References.Object;
    return References.Count;
}

/* ---- Handles, all under the dispatcher's lock ---- */

static HANDLE
HandleOfIndex(ULONG Index)
{
    ULONG_PTR Value = (ULONG_PTR)(Index + 1) * 4;
    return (HANDLE)(Handles[Index].Kernel ? Value | HANDLE_KERNEL : Value);
}

static HANDLE_ENTRY *
HandleFindLocked(HANDLE Handle)
{
    ULONG_PTR Index = ((ULONG_PTR)Handle & ~HANDLE_KERNEL) / 4 - 1;
    if (Index >= HANDLE_MAX || !Handles[Index].Object || HandleOfIndex((ULONG)Index) != Handle)
        return NULL;
    if (!Handles[Index].Kernel && Handles[Index].Process != SchedSelf()->Process)
        return NULL;
    return &Handles[Index];
}

static HANDLE
HandleInsert(const HANDLE_ENTRY *Entry)
{
    HANDLE Handle = NULL;
    ObpReference(Entry->Object);
    SchedEnter();
    for (ULONG Index = 0; Index < HANDLE_MAX && !Handle; Index++)
    {
        if (Handles[Index].Object)
            continue;
        Handles[Index] = *Entry;
        Handle = HandleOfIndex(Index);
    }
    SchedLeave();
    if (!Handle)
        RuleBroken("sim", "more than %u handles", HANDLE_MAX);
    return Handle;
}

HANDLE
ObpInsertHandle(void *Object, ACCESS_MASK Access, bool Kernel)
{
    return HandleInsert(&(HANDLE_ENTRY){Object, Access, Kernel, Kernel ? NULL : SchedSelf()->Process});
}

HANDLE
ObpInsertHandleFor(PEPROCESS Process, void *Object, ACCESS_MASK Access)
{
    return HandleInsert(&(HANDLE_ENTRY){Object, Access, false, Process});
}

HANDLE
ObpHandleOf(PEPROCESS Process)
{
    HANDLE Handle = NULL;
    SchedEnter();
    for (ULONG Index = 0; Index < HANDLE_MAX && !Handle; Index++)
        if (Handles[Index].Object && !Handles[Index].Kernel && Handles[Index].Process == Process)
            Handle = HandleOfIndex(Index);
    SchedLeave();
    return Handle;
}

void *
ObpLookupHandle(HANDLE Handle, POBJECT_TYPE Type, ACCESS_MASK *Access)
{
    void *Object = NULL;
    SchedEnter();
    const HANDLE_ENTRY *Entry = HandleFindLocked(Handle);
    if (Entry && (!Type || ObpTypeOf(Entry->Object) == Type))
    {
        Object = Entry->Object;
        ObpReference(Object);
        if (Access)
            *Access = Entry->Access;
    }
    SchedLeave();
    return Object;
}

NTSTATUS
ObpReferenceByHandle(const char *Call, HANDLE Handle, POBJECT_TYPE Type, ACCESS_MASK AnyOf, void **Object)
{
    ACCESS_MASK Granted;
    *Object = ObpIsKernelHandle(Handle) ? ObpLookupHandle(Handle, NULL, &Granted) : NULL;
    if (!*Object)
        RuleBroken("handle", "%s by %p, which is no kernel handle", Call, Handle);
    NTSTATUS Status = STATUS_SUCCESS;
    if (ObpTypeOf(*Object) != Type)
        Status = STATUS_OBJECT_TYPE_MISMATCH;
    else if (AnyOf && !(Granted & AnyOf))
        Status = STATUS_ACCESS_DENIED;
    if (!NT_SUCCESS(Status))
        ObpDereference(*Object);
    return Status;
}

void *
ObpRemoveHandle(HANDLE Handle)
{
    void *Object = NULL;
    SchedEnter();
    HANDLE_ENTRY *Entry = HandleFindLocked(Handle);
    if (Entry)
    {
        Object = Entry->Object;
        Entry->Object = NULL;
    }
    SchedLeave();
    return Object;
}

bool
ObpIsKernelHandle(HANDLE Handle)
{
    return ((ULONG_PTR)Handle & HANDLE_KERNEL) == HANDLE_KERNEL;
}

SIZE_T
ObpKernelHandles(void)
{
    SIZE_T Count = 0;
    SchedEnter();
    for (ULONG Index = 0; Index < HANDLE_MAX; Index++)
        if (Handles[Index].Object && Handles[Index].Kernel)
            Count++;
    SchedLeave();
    return Count;
}

NTSTATUS
ObOpenObjectByPointer(PVOID Object, ULONG Attributes, PVOID AccessState, ACCESS_MASK Access,
                      POBJECT_TYPE Type, KPROCESSOR_MODE Mode, PHANDLE Handle)
{
    RulePassive("ObOpenObjectByPointer");
    RtlpCheckPointer("ObOpenObjectByPointer", "the handle", Handle, sizeof(*Handle));
    if (AccessState || !(Attributes & OBJ_KERNEL_HANDLE))
        RuleBroken("handle", "ObOpenObjectByPointer of a handle that user mode could use");
    if (Attributes & ~(ULONG)(OBJ_KERNEL_HANDLE | OBJ_FORCE_ACCESS_CHECK))
        RuleBroken("sim", "ObOpenObjectByPointer with attributes 0x%X", Attributes);
    NTSTATUS Status = FaultStatus("ObOpenObjectByPointer", STATUS_INSUFFICIENT_RESOURCES);
    if (!NT_SUCCESS(Status))
        return Status;
    if (!TrackHas(TRACK_OBJECT, Object))
        RuleBroken("reference", "ObOpenObjectByPointer of %p, which is no object", Object);
    /* From kernel mode the type may be left out. */
    if ((Type || Mode != KernelMode) && Type != ObpTypeOf(Object))
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (Mode != KernelMode)
        RuleBroken("sim", "ObOpenObjectByPointer for user mode");
    *Handle = ObpInsertHandle(Object, Access, true);
    return STATUS_SUCCESS;
}

NTSTATUS
ZwClose(HANDLE Handle)
{
    RulePassive("ZwClose");
    void *Object = ObpRemoveHandle(Handle);
    if (!Object || !ObpIsKernelHandle(Handle))
        RuleBroken("handle", "ZwClose of %p, which is no kernel handle", Handle);
    ObpDereference(Object);
    return STATUS_SUCCESS;
}
