/* SPDX-License-Identifier: MIT
 *
 * The readers of the ways, each as who knows the way well would write it.
 */
#include "readers.h"
#include "prcm.h"
#include "account.h"
#include "limit.h"
#include "prcm_capture.h"
#include "queue.h"
#include "ring.h"
#include "way.h"
#include "way_sim.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TAKE_BYTES   (1024u * 1024u)
#define PENDED_COUNT 16u

static void
Pause(unsigned Microseconds)
{
    struct timespec Time = {.tv_sec = Microseconds / 1000000, .tv_nsec = Microseconds % 1000000 * 1000L};
    nanosleep(&Time, NULL);
}

static void *
Buffer(size_t Bytes)
{
    void *Block = malloc(Bytes);
    if (!Block)
        abort();
    memset(Block, 0, Bytes);
    return Block;
}

static void
Fail(READER *Reader, const char *What, NTSTATUS Status)
{
    fprintf(stderr, "bench: %s: %s: 0x%08X\n", Reader->Config->Way->Name, What, (ULONG)Status);
    Reader->Failed = Reader->Ended = true;
}

/* Whether a request is complete is seen in user mode; to wait for it takes a call. */
static void
AwaitIo(READER *Reader, SIM_IO *Io)
{
    if (SimIoDone(Io))
        return;
    Reader->Waits++;
    Cross();
}

static HANDLE
Open(READER *Reader, PCWSTR Name)
{
    HANDLE File = NULL;
    NTSTATUS Status = SimOpen(Name, FILE_READ_DATA, &File);
    if (!NT_SUCCESS(Status))
        Fail(Reader, "the open failed", Status);
    return File;
}

/* What was raised with the event, see events.h. */
static uint64_t
RecordTag(const PRCM_RECORD *Record)
{
    switch (Record->Kind)
    {
    case PRCM_KIND_START:
        return ((const PRCM_START *)(const void *)Record)->CreatorThreadId.Value;
    case PRCM_KIND_EXIT:
        return ((const PRCM_EXIT *)(const void *)Record)->ExitStatus.Value;
    default:
        return ((const PRCM_IMAGE *)(const void *)Record)->ImageSize;
    }
}

/* Whether it was the last. */
static bool
SeeRecord(READER *Reader, const PRCM_RECORD *Record)
{
    return ReaderSee(Reader, RecordTag(Record), Record + 1);
}

/* The time counts if an event came since Before had: not that of the last one, which ends the run, alone. */
static void
Taken(READER *Reader, uint64_t Before)
{
    if (Reader->Delivered != Before)
        Reader->LastAt = Ticks();
}

/* ---- Lists ---- */

/* Every record in Bytes of output. */
static void
TakeRecords(READER *Reader, const void *Output, ULONG_PTR Bytes)
{
    const char *At = Output;
    const char *End = At + Bytes;
    uint64_t Before = Reader->Delivered;
    while (At < End)
    {
        const PRCM_RECORD *Record = (const void *)At;
        if (SeeRecord(Reader, Record))
            break;
        At += Record->Size;
    }
    Taken(Reader, Before);
}

/* FALSE: there was none. */
static bool
TakeOnce(READER *Reader, HANDLE File, void *Output)
{
    ULONG_PTR Bytes;
    Reader->Requests++;
    Cross();
    NTSTATUS Status = SimControl(File, WAY_IOCTL_TAKE, NULL, 0, Output, TAKE_BYTES, &Bytes);
    if (Status == STATUS_NO_MORE_ENTRIES)
        return false;
    if (!NT_SUCCESS(Status))
        Fail(Reader, "TAKE failed", Status);
    else
        TakeRecords(Reader, Output, Bytes);
    return true;
}

/* As many as there are, each time Await comes back. */
static void
ReadList(READER *Reader, void (*Await)(const READER *Reader))
{
    void *Output = Buffer(TAKE_BYTES);
    HANDLE File = Open(Reader, WAY_LINK_NAME);
    ReaderReady(Reader);
    while (!Reader->Ended)
    {
        Await(Reader);
        Reader->Waits++;
        while (!Reader->Ended && TakeOnce(Reader, File, Output))
            continue;
    }
    SimClose(File);
    free(Output);
}

static void
AwaitEvent(const READER *Reader)
{
    (void)Reader;
    Cross();
    WayWait();
}

static void
ReadSeed(READER *Reader)
{
    ReadList(Reader, AwaitEvent);
}

static void
AwaitTime(const READER *Reader)
{
    Pause(Reader->Config->PollMs * 1000);
}

static void
ReadPoll(READER *Reader)
{
    ReadList(Reader, AwaitTime);
}

/* ---- Pended requests, an event each ---- */

typedef struct PENDED
{
    SIM_IO *Io;
    void *Output;
} PENDED;

static void
Pend(READER *Reader, HANDLE File, PENDED *Pended)
{
    Reader->Requests++;
    Cross();
    Pended->Io = SimControlStart(File, WAY_IOCTL_TAKE, NULL, 0, Pended->Output, TAKE_BYTES);
}

/* In the order in which they were issued, which is the one in which events complete them. */
static void
ReadOneAtATime(READER *Reader)
{
    PENDED Pended[PENDED_COUNT];
    HANDLE File = Open(Reader, WAY_LINK_NAME);
    unsigned At = 0;
    if (!File)
        return;
    for (unsigned Index = 0; Index < PENDED_COUNT; Index++)
    {
        Pended[Index].Output = Buffer(TAKE_BYTES);
        Pend(Reader, File, &Pended[Index]);
    }
    ReaderReady(Reader);
    while (!Reader->Ended)
    {
        ULONG_PTR Bytes;
        PENDED *Next = &Pended[At++ % PENDED_COUNT];
        AwaitIo(Reader, Next->Io);
        NTSTATUS Status = SimIoWait(Next->Io, &Bytes);
        Next->Io = NULL;
        if (!NT_SUCCESS(Status))
            Fail(Reader, "a pended request failed", Status);
        else
            TakeRecords(Reader, Next->Output, Bytes);
        if (!Reader->Ended)
            Pend(Reader, File, Next);
    }
    SimClose(File);
    for (unsigned Index = 0; Index < PENDED_COUNT; Index++)
    {
        if (Pended[Index].Io)
            SimIoWait(Pended[Index].Io, NULL);
        free(Pended[Index].Output);
    }
}

/* ---- Rings ---- */

/* The position is stored after each event, as the producer waits for room and looks whether its reader has caught up; and then
 * the length is looked at, with a full barrier between. */
static void
DrainRing(READER *Reader, RING *Ring)
{
    uint64_t Consumer = Ring->Consumer;
    uint64_t Before = Reader->Delivered;
    for (;;)
    {
        uint64_t Producer = __atomic_load_n(&Ring->Producer, __ATOMIC_ACQUIRE);
        if (Consumer == Producer)
            break;
        const RING_ENTRY *Entry = (const void *)(Ring->Memory + (Consumer & (RING_BYTES - 1)));
        uint32_t Length = __atomic_load_n(&Entry->Length, __ATOMIC_ACQUIRE);
        if (Length & RING_BUSY)
            break;
        if (Length & RING_SKIP)
        {
            Consumer += Length & ~RING_SKIP;
        }
        else
        {
            SeeRecord(Reader, (const void *)(Entry + 1));
            Consumer += sizeof(*Entry) + Length;
        }
        __atomic_exchange_n(&Ring->Consumer, Consumer, __ATOMIC_SEQ_CST);
    }
    Taken(Reader, Before);
}

static void
ReadRing(READER *Reader)
{
    RING *Ring = RingMapping();
    ReaderReady(Reader);
    while (!Reader->Ended)
    {
        Cross();
        WayWait();
        Reader->Waits++;
        DrainRing(Reader, Ring);
    }
}

/* ---- prcm ---- */

static void
TakeBatch(READER *Reader, ACCOUNT *Account, const PRCM_BATCH *Batch, ULONG_PTR Bytes)
{
    const PRCM_RECORD *Record;
    PRCM_RECORDS Records;
    uint64_t Before = Reader->Delivered;
    PRCM_RESULT Result = PrcmBatchOpen(Batch, (uint32_t)Bytes, &Records);
    if (!Result)
        Result = AccountAdd(Account, Batch);
    if (Result)
    {
        Fail(Reader, "the library refuses a batch", (NTSTATUS)Result);
        return;
    }
    while ((Record = PrcmBatchNext(&Records)) != NULL)
        if (Record->Kind != PRCM_KIND_LOST && SeeRecord(Reader, Record))
            break;
    Taken(Reader, Before);
    for (unsigned Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Reader->Lost += Batch->Lost[Kind];
}

/* ---- prcm, recorded ---- */

/* How often what was taken is written to the disk, as `prcm record` does it. */
#define FLUSH_NS 500000000.0

typedef struct CAPTURE
{
    PRCM_CAPTURE_WRITER *Writer; /* NULL: nothing is recorded */
    uint64_t FlushAt;
} CAPTURE;

static void
CaptureBegin(READER *Reader, CAPTURE *Capture, const PRCM_SUBSCRIBED *Given)
{
    const PRCM_CAPTURE_OPTIONS Options = {.Time = (int64_t)Given->Start.Instance};
    PRCM_CAPTURE_FILE File;
    if (!Reader->Config->Capture)
        return;
    PRCM_RESULT Result = PrcmCaptureFileOpen(Reader->Config->Capture, PRCM_CAPTURE_REPLACE, &File);
    if (!Result)
        Result = PrcmCaptureCreate(&File, &Options, &Capture->Writer);
    if (!Result)
        Result = PrcmCaptureBegin(Capture->Writer, NULL, Given);
    if (Result)
        Fail(Reader, PrcmResultText(Result), (NTSTATUS)Result);
    Capture->FlushAt = Ticks() + TicksFromNanoseconds(FLUSH_NS);
}

static void
CaptureTake(READER *Reader, CAPTURE *Capture, const PRCM_BATCH *Batch)
{
    if (!Capture->Writer)
        return;
    PRCM_RESULT Result = PrcmCaptureBatch(Capture->Writer, Batch, Batch->Bytes);
    if (!Result && Ticks() >= Capture->FlushAt)
    {
        Capture->FlushAt = Ticks() + TicksFromNanoseconds(FLUSH_NS);
        Result = PrcmCaptureFlush(Capture->Writer);
    }
    if (!Result && Reader->Ended)
        Result = PrcmCaptureEnd(Capture->Writer);
    if (Result)
        Fail(Reader, PrcmResultText(Result), (NTSTATUS)Result);
}

static HANDLE
Subscribe(READER *Reader, ACCOUNT *Account, CAPTURE *Capture)
{
    PRCM_SUBSCRIBED Subscribed;
    PRCM_SUBSCRIBE Request = {.Size = sizeof(Request),
                              .AbiVersion = PRCM_ABI_VERSION,
                              .Kinds = PRCM_KINDS_ALL,
                              .From = PRCM_FROM_NOW};
    HANDLE File = Open(Reader, PRCM_LINK_NAME);
    if (!File)
        return NULL;
    NTSTATUS Status = SimControl(File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), &Subscribed,
                                 sizeof(Subscribed), NULL);
    if (!NT_SUCCESS(Status) || AccountOpen(Account, &Subscribed))
        Fail(Reader, "SUBSCRIBE failed", Status);
    else
        CaptureBegin(Reader, Capture, &Subscribed);
    return File;
}

static void
ReadPrcm(READER *Reader)
{
    static const PRCM_READ Request = {sizeof(Request), 0};
    const RUN_CONFIG *Config = Reader->Config;
    PRCM_BATCH *Batch = Buffer(Config->ReadBytes);
    ACCOUNT Account;
    CAPTURE Capture = {0};
    HANDLE File = Subscribe(Reader, &Account, &Capture);
    ReaderReady(Reader);
    while (!Reader->Ended)
    {
        ULONG_PTR Bytes = 0;
        Reader->Requests++;
        Cross();
        SIM_IO *Io =
            SimControlStart(File, PRCM_IOCTL_READ, &Request, sizeof(Request), Batch, Config->ReadBytes);
        AwaitIo(Reader, Io);
        NTSTATUS Status = SimIoWait(Io, &Bytes);
        if (!NT_SUCCESS(Status))
            Fail(Reader, "READ failed", Status);
        else
        {
            TakeBatch(Reader, &Account, Batch, Bytes);
            CaptureTake(Reader, &Capture, Batch);
        }
        /* Who finds its buffer nearly full is behind, and reads on. */
        if (Config->RearmUs && Bytes < Config->ReadBytes / 2 && !Reader->Ended)
        {
            Pause(Config->RearmUs);
            Reader->Waits++;
        }
    }
    SimClose(File);
    PrcmCaptureFree(Capture.Writer);
    free(Batch);
}

/* ---- All of them ---- */

DRIVER_INITIALIZE DriverEntry;
static const SIM_IMAGE PrcmImage = {"Prcm", DriverEntry, NULL, NULL};
#define IMAGE(Entry)                                                                                         \
    &(const SIM_IMAGE)                                                                                       \
    {                                                                                                        \
        "PrcmWay", Entry, NULL, NULL                                                                         \
    }

const WAY_INFO Ways[] = {
    {"nothing", "the kernel's call, and no driver", NULL, NULL, false, 0},
    {"limit", "memcpy of the event's bytes and its time; nobody reads", IMAGE(LimitEntry), NULL, false,
     LIMIT_BYTES},
    {"gather", "prcm's notify routines, whose records go nowhere", IMAGE(GatherEntry), NULL, false,
     LIMIT_BYTES},
    {"prcm", "prcm.sys", &PrcmImage, ReadPrcm, true,
     PRCM_DEFAULT_LIFECYCLE_LANE_BYTES + PRCM_DEFAULT_IMAGE_LANE_BYTES},
    {"seed", "a list, an event set at each insert, a request for each event", IMAGE(SeedEntry), ReadSeed,
     false, QUEUE_MAX_BYTES},
    {"poll", "a list, taken every 400 ms", IMAGE(PollEntry), ReadPoll, false, QUEUE_MAX_BYTES},
    {"one-at-a-time", "pended requests, one completed by each event", IMAGE(OneAtATimeEntry), ReadOneAtATime,
     false, QUEUE_MAX_BYTES},
    {"signalled-ring", "a shared ring, its reader woken at each record", IMAGE(SignalledRingEntry), ReadRing,
     false, RING_BYTES},
    {"bpf-ring", "a shared ring, its reader woken when it had caught up", IMAGE(BpfRingEntry), ReadRing,
     false, RING_BYTES},
    {"sampled-ring", "a shared ring, its reader woken at every 3000th record", IMAGE(SampledRingEntry),
     ReadRing, false, RING_BYTES},
};
const unsigned WayCount = sizeof(Ways) / sizeof(*Ways);
