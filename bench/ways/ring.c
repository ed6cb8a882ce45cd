/* SPDX-License-Identifier: MIT
 *
 * A ring shared with user mode, as the Linux BPF ring buffer is described: space is reserved under a spin lock with the entry
 * marked busy, filled outside, and committed by one exchange of its length. An event that finds no room is dropped and counted.
 *
 * When its reader is woken makes three ways of it: at each commit; at one in so many; or when the reader had caught up with the
 * entry committed, which needs the exchange to be a full barrier: the reader stores its position and then looks at the length,
 * the writer stores the length and then looks at the position.
 */
#include "ring.h"
#include "way.h"
#include "way_os.h"

#define RING_SAMPLE 3000u

static KSPIN_LOCK Lock;
static RING *Ring;

RING *
RingMapping(void)
{
    return Ring;
}

static NTSTATUS
RingInit(VOID)
{
    KeInitializeSpinLock(&Lock);
    Ring = ExAllocatePoolWithTag(WAY_POOL_TYPE, sizeof(*Ring), WAY_POOL_TAG);
    if (!Ring)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(Ring, sizeof(*Ring));
    return STATUS_SUCCESS;
}

static VOID
RingDestroy(VOID)
{
    ExFreePoolWithTag(Ring, WAY_POOL_TAG);
}

static RING_ENTRY *
RingEntry(_In_ uint64_t Position)
{
    return (RING_ENTRY *)(VOID *)(Ring->Memory + (Position & (RING_BYTES - 1)));
}

/* An entry for Bytes, marked busy; NULL: no room. */
static RING_ENTRY *
RingReserve(_In_ uint32_t Bytes)
{
    uint32_t Needed = (uint32_t)sizeof(RING_ENTRY) + Bytes;
    RING_ENTRY *Entry = NULL;
    KIRQL Irql;

    KeAcquireSpinLock(&Lock, &Irql);
    uint64_t Producer = Ring->Producer;
    uint32_t ToEnd = RING_BYTES - (uint32_t)(Producer & (RING_BYTES - 1));
    uint32_t Padding = ToEnd < Needed ? ToEnd : 0;
    uint64_t Consumer = __atomic_load_n(&Ring->Consumer, __ATOMIC_ACQUIRE);
    if (Producer + Padding + Needed - Consumer <= RING_BYTES)
    {
        if (Padding)
            RingEntry(Producer)->Length = Padding | RING_SKIP; /* there may be no room for more of an entry */
        uint64_t Position = Producer + Padding;
        Entry = RingEntry(Position);
        Entry->Length = Bytes | RING_BUSY;
        Entry->Padding = Padding;
        Entry->Position = Position;
        __atomic_store_n(&Ring->Producer, Position + Needed, __ATOMIC_RELEASE);
    }
    KeReleaseSpinLock(&Lock, Irql);
    return Entry;
}

static PRCM_RECORD *
RingReserveRecord(_In_ ULONG Bytes)
{
    RING_ENTRY *Entry = RingReserve(Bytes);
    if (Entry)
        return (PRCM_RECORD *)(VOID *)(Entry + 1);
    InterlockedIncrement64(&WayLost);
    return NULL;
}

/* Whether the reader had caught up: it stands at the entry, or at the padding before it. */
static BOOLEAN
RingCommit(_Inout_ PRCM_RECORD *Record)
{
    RING_ENTRY *Entry = (RING_ENTRY *)(VOID *)Record - 1;
    uint64_t Position = Entry->Position;
    uint32_t Padding = Entry->Padding;
    (VOID) __atomic_exchange_n(&Entry->Length, Record->Size, __ATOMIC_SEQ_CST);
    return Position - __atomic_load_n(&Ring->Consumer, __ATOMIC_RELAXED) <= Padding;
}

/* Always. */

static VOID
SignalledCommit(_Inout_ PRCM_RECORD *Record)
{
    (VOID) RingCommit(Record);
    WaySignal();
}

static const WAY SignalledRing = {RingInit, RingDestroy, RingReserveRecord, SignalledCommit, NULL, NULL};

WAY_ENTRY(SignalledRingEntry, SignalledRing)

/* One in RING_SAMPLE. */

static VOID
SampledCommit(_Inout_ PRCM_RECORD *Record)
{
    static volatile LONG Count;
    (VOID) RingCommit(Record);
    if ((ULONG)InterlockedIncrement(&Count) % RING_SAMPLE == 0)
        WaySignal();
}

static const WAY SampledRing = {RingInit, RingDestroy, RingReserveRecord, SampledCommit, NULL, NULL};

WAY_ENTRY(SampledRingEntry, SampledRing)

/* When the reader had caught up. */

static VOID
BpfCommit(_Inout_ PRCM_RECORD *Record)
{
    if (RingCommit(Record))
        WaySignal();
}

static const WAY BpfRing = {RingInit, RingDestroy, RingReserveRecord, BpfCommit, NULL, NULL};

WAY_ENTRY(BpfRingEntry, BpfRing)
