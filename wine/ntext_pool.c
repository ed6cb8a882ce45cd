/* SPDX-License-Identifier: MIT
 *
 * What Wine itself allocates has no note and is not a driver's to free.
 */
#include "ntext_pool.h"
#include "ntext_rule.h"
#include "ntext_thread.h"

/* POOL_FLAG_XXX, newer than some headers. An unknown flag among the lower half refuses the allocation, one in
 * the upper half is ignored. */
#define POOL_UNINITIALIZED     0x02ull
#define POOL_RAISE             0x20ull
#define POOL_NON_PAGED         0x40ull
#define POOL_NON_PAGED_EXECUTE 0x80ull
#define POOL_PAGED             0x100ull
#define POOL_TYPES             (POOL_NON_PAGED | POOL_NON_PAGED_EXECUTE | POOL_PAGED)
#define POOL_KNOWN             0x1EFull
#define POOL_REQUIRED          0xFFFFFFFFull
#define POOL_TYPE_NON_PAGED_NX 512 /* NonPagedPoolNx */
#define POOL_TYPE_PAGED        1   /* the bit that all paged types have */
#define POOL_MAGIC             0x4C6F6F50u

typedef struct POOL_NOTE
{
    ULONG Magic;
    ULONG Tag;
    ULONG Type;
    ULONG Reserved; /* keeps what follows aligned as pool is */
} POOL_NOTE;

C_ASSERT(sizeof(POOL_NOTE) == 16);

/* One to four characters that can be printed. */
static BOOLEAN
PoolTagIsValid(_In_ ULONG Tag)
{
    for (ULONG Rest = Tag; Rest; Rest >>= 8)
        if ((Rest & 0xFF) < ' ' || (Rest & 0xFF) > '~')
            return FALSE;
    return Tag != 0;
}

/* Paged pool is neither to be had nor given back at DISPATCH_LEVEL. */
static VOID
PoolRequireIrql(_In_ ULONG Type, _In_ PCSTR Routine)
{
    if ((Type & POOL_TYPE_PAGED) && ThreadIrql() > APC_LEVEL)
        RuleBroken(Routine, "of paged pool above APC_LEVEL");
}

static PVOID
PoolAllocate(_In_ ULONG Type, _In_ SIZE_T Bytes, _In_ ULONG Tag, _In_ PCSTR Routine)
{
    PoolRequireIrql(Type, Routine);
    if (!PoolTagIsValid(Tag))
        RuleBroken(Routine, "without a tag of printable characters");
    if (!Bytes)
        RuleBroken(Routine, "of no bytes");
    if (!Tag || !Bytes || Bytes + sizeof(POOL_NOTE) < Bytes)
        return NULL;
    POOL_NOTE *Note = ExAllocatePoolWithTag((POOL_TYPE)Type, sizeof(*Note) + Bytes, Tag);
    if (!Note)
        return NULL;
    *Note = (POOL_NOTE){.Magic = POOL_MAGIC, .Tag = Tag, .Type = Type};
    return Note + 1;
}

PVOID NTAPI
NtextExAllocatePoolWithTag(POOL_TYPE Type, SIZE_T Bytes, ULONG Tag)
{
    return PoolAllocate((ULONG)Type, Bytes, Tag, "ExAllocatePoolWithTag");
}

static PVOID
PoolAllocateByFlags(_In_ ULONG64 Flags, _In_ SIZE_T Bytes, _In_ ULONG Tag)
{
    ULONG Type;
    if (Flags & POOL_REQUIRED & ~POOL_KNOWN)
        return NULL;
    switch (Flags & POOL_TYPES)
    {
    case POOL_NON_PAGED:
        Type = POOL_TYPE_NON_PAGED_NX;
        break;
    case POOL_NON_PAGED_EXECUTE:
        Type = NonPagedPool;
        break;
    case POOL_PAGED:
        Type = PagedPool;
        break;
    default:
        return NULL;
    }
    PVOID Memory = PoolAllocate(Type, Bytes, Tag, "ExAllocatePool2");
    if (Memory && !(Flags & POOL_UNINITIALIZED))
        RtlZeroMemory(Memory, Bytes);
    return Memory;
}

PVOID NTAPI
NtextExAllocatePool2(ULONG64 Flags, SIZE_T Bytes, ULONG Tag)
{
    PVOID Memory = PoolAllocateByFlags(Flags, Bytes, Tag);
    if (!Memory && (Flags & POOL_RAISE))
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    return Memory;
}

/* Tag is NULL where any will do. */
static VOID
PoolFree(_In_ PVOID Memory, _In_opt_ const ULONG *Tag, _In_ PCSTR Routine)
{
    POOL_NOTE *Note = Memory ? (POOL_NOTE *)Memory - 1 : NULL;
    if (!Note || Note->Magic != POOL_MAGIC)
    {
        RuleBroken(Routine, "of what is no block of pool, or was freed before");
        return;
    }
    if (Tag && *Tag != Note->Tag)
        RuleBroken(Routine, "by another tag than the block was allocated with");
    PoolRequireIrql(Note->Type, Routine);
    Note->Magic = 0;
    ExFreePoolWithTag(Note, Note->Tag);
}

VOID NTAPI
NtextExFreePool(PVOID Memory)
{
    PoolFree(Memory, NULL, "ExFreePool");
}

VOID NTAPI
NtextExFreePoolWithTag(PVOID Memory, ULONG Tag)
{
    PoolFree(Memory, &Tag, "ExFreePoolWithTag");
}
