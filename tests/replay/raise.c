/* SPDX-License-Identifier: MIT */
#include "raise.h"
#include "memory.h"
#include "turn.h"
#include <pthread.h>
#include <time.h>

#define NANOSECONDS_OF_A_UNIT 100.0
#define NANOSECONDS           1000000000

#define ADDRESSING_MODE_32BIT  3u
#define SIGNED_BY_AUTHENTICODE 4u
#define INTEGRITY_HIGH         0x3000u
#define INTEGRITY_MEDIUM       0x2000u

typedef struct RAISER
{
    RAISING *Raising;
    unsigned Number;
    SIM_THREAD *Thread;
} RAISER;

struct RAISING
{
    const MODEL *Model;
    TURNS *Turns;
    PEPROCESS *Objects; /* of processes that exist; those of one id are of one thread */
    double Speed;
    struct timespec Began;
    pthread_mutex_t ClockLock;
    int64_t Clock; /* guarded by ClockLock */
    SIM_GATE *Half;
    uint32_t Raised;
    unsigned Threads;
    RAISER *Raisers;
};

/* ---- When ---- */

static struct timespec
DueTime(const RAISING *Raising, int64_t Time)
{
    struct timespec Due = Raising->Began;
    int64_t Since = Time - Raising->Model->Events[0].Time;
    double Nanoseconds = Since > 0 ? (double)Since * NANOSECONDS_OF_A_UNIT / Raising->Speed : 0;
    int64_t Sum = Due.tv_nsec + (int64_t)Nanoseconds;
    Due.tv_sec += Sum / NANOSECONDS;
    Due.tv_nsec = Sum % NANOSECONDS;
    return Due;
}

static void
AwaitTime(RAISING *Raising, int64_t Time)
{
    if (!(Raising->Speed > 0))
        return;
    struct timespec Due = DueTime(Raising, Time);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &Due, NULL))
        continue;
    pthread_mutex_lock(&Raising->ClockLock);
    if (Time > Raising->Clock)
        SimSetTime(Raising->Clock = Time);
    pthread_mutex_unlock(&Raising->ClockLock);
}

/* ---- What ---- */

/* In pageable memory, paged out, as the OS may have it; NULL where it is lacking. */
static PUNICODE_STRING
Pageable(const UNICODE_STRING *Text)
{
    return Text->Buffer ? SimPageableString(Text->Buffer, Text->Length) : NULL;
}

static void
PageableFree(PUNICODE_STRING Text)
{
    if (Text)
        SimPageableFree(Text);
}

static PEPROCESS
AddProcess(const PROCESS *Process, uint32_t Id, uint32_t Number)
{
    static const ROW None = {.IntegrityLevel = INTEGRITY_MEDIUM};
    const ROW *Start = Process->Start ? Process->Start : &None;
    return SimProcessAdd(&(SIM_PROCESS){.Id = Id,
                                        .ParentId = Start->ParentId,
                                        .CreateTime = Process->CreateTime,
                                        .StartKey = ProcessStartKey(Number),
                                        .SessionId = Start->SessionId,
                                        .IntegrityLevel = Start->IntegrityLevel,
                                        .Elevated = Start->IntegrityLevel >= INTEGRITY_HIGH});
}

static void
RaiseProcessStart(RAISING *Raising, const EVENT *Event)
{
    PUNICODE_STRING Path = Pageable(&Event->Row->Path);
    PUNICODE_STRING CommandLine = Pageable(&Event->Row->CommandLine);
    SIM_START Start = {.CreatorThreadId = EventThreadId(Event),
                       .ImageFileName = Path,
                       .FileOpenNameAvailable = true,
                       .CommandLine = CommandLine};
    SimRaiseStart(Raising->Objects[Event->Process], &Start);
    PageableFree(CommandLine);
    PageableFree(Path);
}

static void
RaiseProcessExit(RAISING *Raising, const EVENT *Event)
{
    SimRaiseExit(Raising->Objects[Event->Process], (NTSTATUS)EventExitStatus(Event), EventThreadId(Event));
    Raising->Objects[Event->Process] = NULL;
}

static void
RaiseLoad(const EVENT *Event)
{
    PUNICODE_STRING Path = Pageable(&Event->Row->Path);
    IMAGE_INFO Info = {.ImageAddressingMode = ADDRESSING_MODE_32BIT,
                       .SystemModeImage = Event->Row->Kind == ROW_DRIVER_LOAD,
                       .ExtendedInfoPresent = 1,
                       .ImageSignatureLevel = Event->Row->Signed ? SIGNED_BY_AUTHENTICODE : 0,
                       .ImageBase = (PVOID)EventBase(Event),
                       .ImageSize = EventSize(Event)};
    SimRaiseImage(Event->Id, EventThreadId(Event), Path, &Info);
    PageableFree(Path);
}

static void
Prepare(RAISING *Raising, const EVENT *Event)
{
    if (Event->Gone != MODEL_NONE)
    {
        SimProcessForget(Raising->Objects[Event->Gone]);
        Raising->Objects[Event->Gone] = NULL;
    }
    if (Event->Begins)
        Raising->Objects[Event->Process] =
            AddProcess(&Raising->Model->Processes[Event->Process], Event->Id, Event->Process);
}

static void
RaiseEvent(RAISING *Raising, const EVENT *Event)
{
    AwaitTime(Raising, Event->Time);
    TurnAwait(Raising->Turns, Event);
    Prepare(Raising, Event);
    if (Event->Kind == PRCM_KIND_START)
        RaiseProcessStart(Raising, Event);
    else if (Event->Kind == PRCM_KIND_EXIT)
        RaiseProcessExit(Raising, Event);
    else
        RaiseLoad(Event);
    TurnDone(Raising->Turns, Event);
    /* The first of the second half opens it, or there is only one. */
    if (__atomic_fetch_add(&Raising->Raised, 1, __ATOMIC_RELAXED) == Raising->Model->Count / 2 &&
        Raising->Half)
        SimGateOpen(Raising->Half);
}

static void
RaiseEnd(const MODEL *Model)
{
    const EVENT *End = &Model->Events[Model->Count];
    PEPROCESS Process =
        SimProcessAdd(&(SIM_PROCESS){.Id = End->Id, .CreateTime = (LONGLONG)End->CreateTime.Value});
    SimRaiseExit(Process, (NTSTATUS)EventExitStatus(End), EventThreadId(End));
}

static void
RaiseOwn(void *Context)
{
    const RAISER *Raiser = Context;
    RAISING *Raising = Raiser->Raising;
    for (uint32_t At = 0; At < Raising->Model->Count; At++)
        if (Raising->Model->Events[At].IdAt % Raising->Threads == Raiser->Number)
            RaiseEvent(Raising, &Raising->Model->Events[At]);
}

/* ---- The whole ---- */

RAISING *
RaiseStart(const MODEL *Model, unsigned Threads, double Speed, SIM_GATE *Half)
{
    RAISING *Raising = MemoryZeroed(1, sizeof(*Raising));
    *Raising = (RAISING){.Model = Model,
                         .Turns = TurnsCreate(Model),
                         .Objects = MemoryZeroed(Model->ProcessCount, sizeof(*Raising->Objects)),
                         .Speed = Speed,
                         .Clock = Speed > 0 ? Model->Events[0].Time : Model->Last,
                         .Half = Half,
                         .Threads = Threads,
                         .Raisers = MemoryZeroed(Threads, sizeof(*Raising->Raisers))};
    pthread_mutex_init(&Raising->ClockLock, NULL);
    SimSetTime(Raising->Clock);
    clock_gettime(CLOCK_MONOTONIC, &Raising->Began);
    for (unsigned Number = 0; Number < Threads; Number++)
    {
        Raising->Raisers[Number] = (RAISER){.Raising = Raising, .Number = Number};
        Raising->Raisers[Number].Thread = SimThreadStart(RaiseOwn, &Raising->Raisers[Number]);
    }
    return Raising;
}

void
RaiseFinish(RAISING *Raising)
{
    for (unsigned Number = 0; Number < Raising->Threads; Number++)
        SimThreadJoin(Raising->Raisers[Number].Thread);
    RaiseEnd(Raising->Model);
    for (uint32_t Process = 0; Process < Raising->Model->ProcessCount; Process++)
        if (Raising->Objects[Process])
            SimProcessForget(Raising->Objects[Process]);
    TurnsFree(Raising->Turns);
    pthread_mutex_destroy(&Raising->ClockLock);
    free(Raising->Objects);
    free(Raising->Raisers);
    free(Raising);
}
