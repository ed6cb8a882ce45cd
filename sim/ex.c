/* SPDX-License-Identifier: MIT
 *
 * Pool is the host's heap, block by block, so that AddressSanitizer watches each block's ends and its life.
 * What a block was allocated as is kept apart from it (track.c) and checked when it comes back.
 */
#include "kernel.h"
#include <sys/mman.h>

#define POOL_FILL 0xCD
#define POOL_FILL_MAX_BYTES                                                                                  \
    (64u * 1024u) /* of each end; larger blocks are not filled whole, for time's sake */

#define POOL_LARGE_PAGE_BYTES       ((SIZE_T)2 * 1024 * 1024)
#define ROUND_TO_LARGE_PAGES(Bytes) (((Bytes) + POOL_LARGE_PAGE_BYTES - 1) & ~(POOL_LARGE_PAGE_BYTES - 1))

/* Without checks large blocks are in large pages, as NT has them. */
static void *
PoolUnchecked(bool Zeroed, SIZE_T Bytes)
{
    if (Bytes < POOL_LARGE_PAGE_BYTES)
        return Zeroed ? calloc(1, Bytes) : malloc(Bytes);
    void *Block = aligned_alloc(POOL_LARGE_PAGE_BYTES, ROUND_TO_LARGE_PAGES(Bytes));
    if (!Block)
        return NULL;
    madvise(Block, ROUND_TO_LARGE_PAGES(Bytes), MADV_HUGEPAGE);
    return memset(Block, 0, Bytes);
}

static void *
PoolUnfilled(SIZE_T Bytes)
{
    void *Block = malloc(Bytes);
    SIZE_T End = Bytes < POOL_FILL_MAX_BYTES ? Bytes : POOL_FILL_MAX_BYTES;
    if (!Block)
        return NULL;
    memset(Block, POOL_FILL, End);
    memset((char *)Block + Bytes - End, POOL_FILL, End);
    return Block;
}

/* One to four characters that can be printed, the last of which may be missing. */
static bool
PoolTagIsValid(ULONG Tag)
{
    for (ULONG At = 0; At < sizeof(Tag) && Tag >> (8 * At); At++)
    {
        UCHAR Character = (UCHAR)(Tag >> (8 * At));
        if (Character < 0x20 || Character > 0x7E)
            return false;
    }
    return Tag != 0;
}

PVOID
PoolAllocate(const char *Call, bool NonPaged, bool Zeroed, SIZE_T Bytes, ULONG Tag, const void *Caller)
{
    RuleIrql(Call, NonPaged ? DISPATCH_LEVEL : APC_LEVEL);
    if (!Bytes)
        RuleBroken("pool-size", "%s of 0 bytes", Call);
    if (SIM_CHECKS && !PoolTagIsValid(Tag))
        RuleBroken("pool-tag", "%s by tag 0x%08X", Call, Tag);
    SchedPoint(SIM_POINT_POOL, NULL);
    if (FaultStatus(Call, STATUS_INSUFFICIENT_RESOURCES))
        return NULL;
    if (!SIM_CHECKS)
        return PoolUnchecked(Zeroed, Bytes);
    /* calloc need not touch what the host hands out as zeroes: a lane costs nothing until it is used. */
    void *Block = Zeroed ? calloc(1, Bytes) : PoolUnfilled(Bytes);
    if (!Block)
        return NULL;
    TrackAdd(&(TRACKED){.Address = Block,
                        .Bytes = Bytes,
                        .Kind = TRACK_POOL,
                        .Tag = Tag,
                        .NonPaged = NonPaged,
                        .Call = Call,
                        .Caller = Caller});
    if (!NonPaged)
        AccessGuard(ACCESS_PAGED_POOL, Block, Bytes);
    return Block;
}

PVOID
ExAllocatePoolWithTag(POOL_TYPE Type, SIZE_T Bytes, ULONG Tag)
{
    bool HasNx = DriverOs() >= SIM_NT62;
    if (Type != NonPagedPool && Type != PagedPool && Type != NonPagedPoolNx)
        RuleBroken("pool-type", "ExAllocatePoolWithTag of type %d", Type);
    if (Type == NonPagedPoolNx && !HasNx)
        RuleBroken("pool-type", "NonPagedPoolNx on %s, which does not have it", SimOsName(DriverOs()));
    if (Type == NonPagedPool && HasNx)
        RuleBroken("pool-executable", "NonPagedPool on %s, which has NonPagedPoolNx", SimOsName(DriverOs()));
    return PoolAllocate("ExAllocatePoolWithTag", Type != PagedPool, false, Bytes, Tag,
                        __builtin_return_address(0));
}

PVOID
ExAllocatePool2(POOL_FLAGS Flags, SIZE_T Bytes, ULONG Tag)
{
    POOL_FLAGS Type = Flags & ~POOL_FLAG_UNINITIALIZED;
    if (Type == POOL_FLAG_NON_PAGED_EXECUTE)
        RuleBroken("pool-executable", "POOL_FLAG_NON_PAGED_EXECUTE");
    if (Type != POOL_FLAG_NON_PAGED && Type != POOL_FLAG_PAGED)
        RuleBroken("pool-type", "ExAllocatePool2 with flags %#llx", (unsigned long long)Flags);
    return PoolAllocate("ExAllocatePool2", Type == POOL_FLAG_NON_PAGED, !(Flags & POOL_FLAG_UNINITIALIZED),
                        Bytes, Tag, __builtin_return_address(0));
}

static void
PoolFree(const char *Call, PVOID Block, const ULONG *Tag)
{
    TRACKED Was = {.Tag = Tag ? *Tag : 0, .NonPaged = true};
    RuleIrql(Call, DISPATCH_LEVEL);
    if (!TrackRemove(TRACK_POOL, Block, &Was))
        RuleBroken("pool-free", "%s of %p, which is no block of pool", Call, Block);
    if (Tag && *Tag != Was.Tag)
        RuleBroken("pool-free-tag", "%s by tag 0x%08X of a block whose tag is 0x%08X", Call, *Tag, Was.Tag);
    if (!Was.NonPaged && SchedSelf()->Irql > APC_LEVEL)
        RuleBroken("paged-at-dispatch", "%s of paged pool at IRQL %u", Call, SchedSelf()->Irql);
    SchedPoint(SIM_POINT_POOL, Block);
    if (!Was.NonPaged)
        AccessUnguard(Block);
    free(Block);
}

VOID
ExFreePoolWithTag(PVOID Block, ULONG Tag)
{
    PoolFree("ExFreePoolWithTag", Block, &Tag);
}

VOID
ExFreePool(PVOID Block)
{
    PoolFree("ExFreePool", Block, NULL);
}

/* ---- Rundown protection: wine/rundown.c, and what it relies on ---- */

VOID
ExInitializeRundownProtection(PEX_RUNDOWN_REF Ref)
{
    RuleIrql("ExInitializeRundownProtection", APC_LEVEL);
    ExpInitializeRundownProtection(Ref);
}

BOOLEAN
ExAcquireRundownProtection(PEX_RUNDOWN_REF Ref)
{
    RuleIrql("ExAcquireRundownProtection", DISPATCH_LEVEL);
    return ExpAcquireRundownProtection(Ref);
}

/* Nobody holds it: open with no holder, or run down. */
static bool
RundownHasNoHolder(PEX_RUNDOWN_REF Ref)
{
    ULONG_PTR Count = __atomic_load_n(&Ref->Count, __ATOMIC_RELAXED);
    return Count == 0 || Count == 1;
}

VOID
ExReleaseRundownProtection(PEX_RUNDOWN_REF Ref)
{
    RuleIrql("ExReleaseRundownProtection", DISPATCH_LEVEL);
    if (SIM_CHECKS && RundownHasNoHolder(Ref))
        RuleBroken("rundown", "ExReleaseRundownProtection of %p, which nobody holds", (void *)Ref);
    ExpReleaseRundownProtection(Ref);
}

VOID
ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF Ref)
{
    RuleIrql("ExWaitForRundownProtectionRelease", APC_LEVEL);
    RuleNotInNotify("ExWaitForRundownProtectionRelease");
    ExpWaitForRundownProtectionRelease(Ref);
}
