/* SPDX-License-Identifier: MIT */
#include "run.h"
#include "prcm.h"
#include "way.h"
#include "way_os.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LARGE_PAGE_BYTES ((size_t)2 * 1024 * 1024)
#define MAX_THREADS      64u
#define END_PAUSE_NS     2000000.0
#define SETTLE_NS        20000000.0 /* until readers that are ready wait */
#define EXACT_BELOW_NS   300000.0   /* events further apart than this are waited for asleep */

typedef struct PRODUCER
{
    const RUN_CONFIG *Config;
    const EVENTS *Events;
    SIM_GATE *Go;
    SIM_THREAD *Thread;
    unsigned Number;
    uint64_t Count;
    uint64_t *RaisedAt; /* by tag */
    uint32_t *Notify;   /* by tag, in ticks */
    uint64_t ProcessorNs;
    uint64_t EndedAt;
} PRODUCER;

/* Touched, and in large pages, so that no page is new, and few are met for the first time, while time is taken. */
static void *
Zeroed(size_t Bytes)
{
    size_t Rounded = (Bytes + LARGE_PAGE_BYTES - 1) & ~(LARGE_PAGE_BYTES - 1);
    void *Block = aligned_alloc(LARGE_PAGE_BYTES, Rounded);
    if (!Block)
    {
        fprintf(stderr, "bench: out of memory\n");
        exit(EXIT_FAILURE);
    }
    madvise(Block, Rounded, MADV_HUGEPAGE);
    return memset(Block, 0, Rounded);
}

/* ---- Producers ---- */

/* Waits until the producer's Index-th event is due. */
static void
AwaitDue(const PRODUCER *Producer, uint64_t Begun, uint64_t Index, const EVENT *Event)
{
    const RUN_CONFIG *Config = Producer->Config;
    double After =
        Config->AsRecorded ? (double)Event->Due : (double)Index * 1e9 * Config->Producers / Config->Rate;
    bool Exactly = Config->AsRecorded || 1e9 * Config->Producers / Config->Rate < EXACT_BELOW_NS;
    TicksSleepUntil(Begun + TicksFromNanoseconds(After), Exactly);
}

static void
RaiseStamped(const PRODUCER *Producer, const EVENT *Event, uint32_t Tag)
{
    uint64_t Before = Ticks();
    Producer->RaisedAt[Tag] = Before;
    EventRaise(Event, Tag);
    Producer->Notify[Tag] = (uint32_t)(Ticks() - Before);
}

static void
Produce(void *Context)
{
    PRODUCER *Producer = Context;
    const RUN_CONFIG *Config = Producer->Config;
    const EVENTS *Events = Producer->Events;
    bool Paced = Config->Rate > 0 || Config->AsRecorded;
    size_t At = Events->Count * Producer->Number / Config->Producers;

    SimGateWait(Producer->Go);
    uint64_t Cpu = ThreadNanoseconds();
    uint64_t Begun = Ticks();
    for (uint64_t Index = 0; Index < Producer->Count; Index++)
    {
        const EVENT *Event = &Events->Items[At];
        uint32_t Tag = (uint32_t)(Index * Config->Producers + Producer->Number);
        At = At + 1 == Events->Count ? 0 : At + 1;
        if (Paced)
            AwaitDue(Producer, Begun, Index, Event);
        if (Config->Stamped)
            RaiseStamped(Producer, Event, Tag);
        else
            EventRaise(Event, Tag);
    }
    Producer->EndedAt = Ticks();
    Producer->ProcessorNs = ThreadNanoseconds() - Cpu;
}

/* ---- Readers ---- */

static void
ReadAll(void *Context)
{
    READER *Reader = Context;
    uint64_t Cpu = ThreadNanoseconds();
    Reader->Config->Way->Read(Reader);
    Reader->ProcessorNs = ThreadNanoseconds() - Cpu;
    SimGateOpen(Reader->Ready); /* should it have failed before */
}

static bool
AnyReads(const READER *Readers, unsigned Count)
{
    for (unsigned Index = 0; Index < Count; Index++)
        if (!__atomic_load_n(&Readers[Index].Ended, __ATOMIC_ACQUIRE))
            return true;
    return false;
}

/* Raises the last event until every reader has met it: a way may have had no room for it, or not have woken anyone. */
static void
EndReaders(READER *Readers, unsigned Count)
{
    EVENT End = {.Kind = EVENT_EXIT, .ProcessId = EVENTS_END_PROCESS_ID};
    End.Process = SimProcessAdd(&(SIM_PROCESS){.Id = EVENTS_END_PROCESS_ID, .CreateTime = 1});
    while (AnyReads(Readers, Count))
    {
        EventRaise(&End, EVENTS_END_TAG);
        if (Readers->Config->Way->Image && !Readers->Config->Way->ManyReaders)
            WaySignal();
        TicksSleepUntil(Ticks() + TicksFromNanoseconds(END_PAUSE_NS), 0);
    }
    for (unsigned Index = 0; Index < Count; Index++)
        SimThreadJoin(Readers[Index].Thread);
    SimProcessForget(End.Process);
}

/* ---- A run ---- */

typedef struct RUN
{
    const RUN_CONFIG *Config;
    SIM_GATE *Go;
    SIM_GATE *Behind;
    uint64_t *RaisedAt;
    uint32_t *Notify;
    uint64_t Begun;
    uint64_t WayLost;
    unsigned ReaderCount;
    PRODUCER Producers[MAX_THREADS];
    READER Readers[MAX_THREADS];
} RUN;

static void
StartReaders(RUN *Run)
{
    const RUN_CONFIG *Config = Run->Config;
    Run->ReaderCount = Config->Way->Read ? Config->Readers : 0;
    for (unsigned Index = 0; Index < Run->ReaderCount; Index++)
    {
        READER *Reader = &Run->Readers[Index];
        *Reader = (READER){.Config = Config, .Ready = SimGateCreate()};
        Reader->Go = Config->Behind ? Run->Behind : NULL;
        if (Config->Stamped)
        {
            Reader->RaisedAt = Run->RaisedAt;
            Reader->Latency = Zeroed(Config->Count * sizeof(*Reader->Latency));
        }
        Reader->Thread = SimThreadStart(ReadAll, Reader);
        SimGateWait(Reader->Ready);
    }
}

static void
StartProducers(RUN *Run, const EVENTS *Events)
{
    const RUN_CONFIG *Config = Run->Config;
    for (unsigned Index = 0; Index < Config->Producers; Index++)
    {
        PRODUCER *Producer = &Run->Producers[Index];
        *Producer = (PRODUCER){.Config = Config,
                               .Events = Events,
                               .Go = Run->Go,
                               .Number = Index,
                               .Count = Config->Count / Config->Producers,
                               .RaisedAt = Run->RaisedAt,
                               .Notify = Run->Notify};
        Producer->Thread = SimThreadStart(Produce, Producer);
    }
}

static uint64_t
AllWaits(const RUN *Run)
{
    uint64_t Waits = 0;
    for (unsigned Index = 0; Index < Run->ReaderCount; Index++)
        Waits += __atomic_load_n(&Run->Readers[Index].Waits, __ATOMIC_RELAXED);
    return Waits;
}

static void
TakeFigures(const RUN *Run, RUN_RESULT *Result)
{
    const RUN_CONFIG *Config = Run->Config;
    uint64_t Last = 0;
    for (unsigned Index = 0; Index < Config->Producers; Index++)
    {
        const PRODUCER *Producer = &Run->Producers[Index];
        Result->Raised += Producer->Count;
        Result->ProducerNs += (double)Producer->ProcessorNs;
        if (!Run->ReaderCount && Producer->EndedAt > Last)
            Last = Producer->EndedAt;
    }
    for (unsigned Index = 0; Index < Run->ReaderCount; Index++)
    {
        const READER *Reader = &Run->Readers[Index];
        Result->Delivered += Reader->Delivered;
        Result->Failed = Result->Failed || Reader->Failed;
        Result->Requests += Reader->Requests;
        Result->Waits += Reader->Waits;
        Result->ReaderNs += (double)Reader->ProcessorNs;
        if (Reader->LastAt > Last)
            Last = Reader->LastAt;
    }
    Result->Seconds = TicksToNanoseconds((double)(Last - Run->Begun)) / 1e9;
    Result->ProducerNs /= (double)Result->Raised;
    Result->ReaderNs /= (double)(Result->Delivered ? Result->Delivered : 1);
    if (Run->ReaderCount)
    {
        Result->Missing = Result->Raised - Run->Readers[0].Delivered;
        Result->Lost = Config->Way->ManyReaders ? Run->Readers[0].Lost : Run->WayLost;
    }
    if (Config->Stamped)
    {
        Result->Notify = SpreadOf(Run->Notify, Result->Raised);
        Result->Latency = SpreadOf(Run->Readers[0].Latency, Run->Readers[0].Delivered);
    }
}

static void
LoadDriver(const WAY_INFO *Way)
{
    NTSTATUS Status = Way->Image ? SimLoad(Way->Image) : STATUS_SUCCESS;
    if (NT_SUCCESS(Status))
        return;
    fprintf(stderr, "bench: %s: the driver did not start: 0x%08X\n", Way->Name, (ULONG)Status);
    exit(EXIT_FAILURE);
}

/* What a request costs that asks for a number and waits for nothing. */
static double
TimeEmptyRequests(unsigned Count)
{
    uint64_t Lost;
    HANDLE File = NULL;
    NTSTATUS Status = SimOpen(WAY_LINK_NAME, FILE_READ_DATA, &File);
    uint64_t Begun = Ticks();
    for (unsigned Index = 0; NT_SUCCESS(Status) && Index < Count; Index++)
        Status = SimControl(File, WAY_IOCTL_LOST, NULL, 0, &Lost, sizeof(Lost), NULL);
    uint64_t Elapsed = Ticks() - Begun;
    if (!NT_SUCCESS(Status))
    {
        fprintf(stderr, "bench: an empty request failed: 0x%08X\n", (ULONG)Status);
        exit(EXIT_FAILURE);
    }
    SimClose(File);
    return TicksToNanoseconds((double)Elapsed) / Count;
}

static double
TimeCrossings(unsigned Count)
{
    uint64_t Begun = Ticks();
    for (unsigned Index = 0; Index < Count; Index++)
        Cross();
    return TicksToNanoseconds((double)(Ticks() - Begun)) / Count;
}

void
Run(const RUN_CONFIG *Config, const EVENTS *Events, RUN_RESULT *Result)
{
    static RUN Of;
    RUN *Run = &Of;
    *Run = (RUN){.Config = Config, .Go = SimGateCreate(), .Behind = SimGateCreate()};
    *Result = (RUN_RESULT){0};
    if (Config->Stamped)
    {
        Run->RaisedAt = Zeroed(Config->Count * sizeof(*Run->RaisedAt));
        Run->Notify = Zeroed(Config->Count * sizeof(*Run->Notify));
    }
    LoadDriver(Config->Way);
    if (Config->EmptyRequests)
    {
        Result->EmptyRequestNs = TimeEmptyRequests(Config->EmptyRequests);
        Result->CrossingNs = TimeCrossings(Config->EmptyRequests);
    }
    StartReaders(Run);
    StartProducers(Run, Events);
    if (Config->IdleMs)
    {
        TicksSleepUntil(Ticks() + TicksFromNanoseconds(SETTLE_NS), 0);
        uint64_t Before = AllWaits(Run);
        TicksSleepUntil(Ticks() + TicksFromNanoseconds(Config->IdleMs * 1e6), 0);
        Result->IdleWaits = (double)(AllWaits(Run) - Before) * 60000 / Config->IdleMs;
    }
    Run->Begun = Ticks();
    SimGateOpen(Run->Go);
    for (unsigned Index = 0; Index < Config->Producers; Index++)
        SimThreadJoin(Run->Producers[Index].Thread);
    SimGateOpen(Run->Behind);
    Run->WayLost = (uint64_t)WayLost;
    if (Run->ReaderCount)
        EndReaders(Run->Readers, Run->ReaderCount);
    TakeFigures(Run, Result);
    if (Config->Way->Image)
        SimUnload();

    for (unsigned Index = 0; Index < Run->ReaderCount; Index++)
    {
        SimGateFree(Run->Readers[Index].Ready);
        free(Run->Readers[Index].Latency);
    }
    SimGateFree(Run->Go);
    SimGateFree(Run->Behind);
    free(Run->RaisedAt);
    free(Run->Notify);
}
