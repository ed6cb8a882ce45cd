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

/* An entry for Bytes, marked busy, and its position; NULL: no room. */
static RING_ENTRY *
RingReserve(_In_ uint32_t Bytes, _Out_ uint64_t *Position)
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
            RingEntry(Producer)->Length = (Padding - (uint32_t)sizeof(RING_ENTRY)) | RING_SKIP;
        *Position = Producer + Padding;
        Entry = RingEntry(*Position);
        Entry->Length = Bytes | RING_BUSY;
        __atomic_store_n(&Ring->Producer, *Position + Needed, __ATOMIC_RELEASE);
    }
    KeReleaseSpinLock(&Lock, Irql);
    return Entry;
}

/* FALSE: no room. */
static BOOLEAN
RingPut(_In_ const WAY_FACTS *Facts, _Out_ uint64_t *Position)
{
    RING_ENTRY *Entry = RingReserve(Facts->Fixed.Bytes, Position);
    if (!Entry)
    {
        InterlockedIncrement64(&WayLost);
        return FALSE;
    }
    WayWrite(Facts, Entry + 1);
    (VOID) __atomic_exchange_n(&Entry->Length, Facts->Fixed.Bytes, __ATOMIC_SEQ_CST);
    return TRUE;
}

/* Always. */

static VOID
SignalledReport(_In_ const WAY_FACTS *Facts)
{
    uint64_t Position;
    if (RingPut(Facts, &Position))
        WaySignal();
}

static const WAY SignalledRing = {RingInit, RingDestroy, SignalledReport, NULL, NULL};

NTSTATUS NTAPI
SignalledRingEntry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    return WayStart(DriverObject, &SignalledRing);
}

/* One in RING_SAMPLE. */

static VOID
SampledReport(_In_ const WAY_FACTS *Facts)
{
    static volatile LONG Count;
    uint64_t Position;
    if (RingPut(Facts, &Position) && (ULONG)InterlockedIncrement(&Count) % RING_SAMPLE == 0)
        WaySignal();
}

static const WAY SampledRing = {RingInit, RingDestroy, SampledReport, NULL, NULL};

NTSTATUS NTAPI
SampledRingEntry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    return WayStart(DriverObject, &SampledRing);
}

/* When the reader had caught up. */

static VOID
BpfReport(_In_ const WAY_FACTS *Facts)
{
    uint64_t Position;
    if (RingPut(Facts, &Position) && __atomic_load_n(&Ring->Consumer, __ATOMIC_RELAXED) == Position)
        WaySignal();
}

static const WAY BpfRing = {RingInit, RingDestroy, BpfReport, NULL, NULL};

NTSTATUS NTAPI
BpfRingEntry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    return WayStart(DriverObject, &BpfRing);
}
