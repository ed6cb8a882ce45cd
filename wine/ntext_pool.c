/* SPDX-License-Identifier: MIT */
#include "ntext_pool.h"

#define POOL_RAISE             0x20ull /* POOL_FLAG_RAISE_ON_FAILURE */
#define POOL_UNINITIALIZED     0x02ull
#define POOL_NON_PAGED         0x40ull
#define POOL_NON_PAGED_EXEC    0x80ull
#define POOL_PAGED             0x100ull
#define POOL_TYPES             (POOL_NON_PAGED | POOL_NON_PAGED_EXEC | POOL_PAGED)
#define POOL_NON_PAGED_POOL_NX 512 /* NonPagedPoolNx, newer than some headers */

PVOID NTAPI
NtextExAllocatePool2(ULONG64 Flags, SIZE_T Bytes, ULONG Tag)
{
    PVOID Memory = NULL;
    ULONG64 Type = Flags & POOL_TYPES;
    if (Type == POOL_NON_PAGED)
        Memory = ExAllocatePoolWithTag((POOL_TYPE)POOL_NON_PAGED_POOL_NX, Bytes, Tag);
    else if (Type == POOL_NON_PAGED_EXEC)
        Memory = ExAllocatePoolWithTag(NonPagedPool, Bytes, Tag);
    else if (Type == POOL_PAGED)
        Memory = ExAllocatePoolWithTag(PagedPool, Bytes, Tag);
    if (!Memory && (Flags & POOL_RAISE))
        ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);
    if (Memory && !(Flags & POOL_UNINITIALIZED))
        RtlZeroMemory(Memory, Bytes);
    return Memory;
}
