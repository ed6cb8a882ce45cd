/* SPDX-License-Identifier: MIT
 *
 * Who runs. Threads are the host's; whatever makes one of them wait, or may let another come between, is here
 * and nowhere else.
 *
 * Under a scheduler of the test's (SimScheduleBegin) one thread runs at a time. It has the turn, and passes it on at a
 * point, where it must wait, or at its end:
 *
 *     ready    has not the turn, and would run if it had
 *     running  has the turn: all others stand in sem_wait
 *     blocked  its Ready says no: a spin lock is another's, an event is not set, a thread has not ended
 *     ended
 *
 * Whoever passes the turn on asks every blocked thread's Ready anew, so there is nothing to wake and no wake-up to lose.
 *
 * Spin locks are atomics of their own, not a lock of the simulator's, and readers of a SCHED_RW are not
 * ordered among themselves: ThreadSanitizer sees the order that the driver's own locks make, and no other.
 */
#define _GNU_SOURCE
#include "kernel.h"
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

/* It spins a little before it sleeps, as a kernel's dispatcher lock does. */
static pthread_mutex_t Dispatcher = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;

/* A thread in SchedWait. Guarded by Dispatcher. */
typedef struct SCHED_WAITER
{
    struct SCHED_WAITER *Next;
    bool (*Ready)(const void *);
    const void *Context;
    pthread_cond_t Woken;
    bool Awake; /* and no longer in Waiters */
} SCHED_WAITER;

static SCHED_WAITER *Waiters;

static struct
{
    SIM_HOOK *Routine;
    void *Context;
} Hook;

static ULONG ThreadNumbers;
static __thread struct _KTHREAD Self;

PKTHREAD
SchedSelf(void)
{
    if (!Self.Number)
    {
        Self.Number = __atomic_add_fetch(&ThreadNumbers, 1, __ATOMIC_RELAXED);
        Self.ProcessId = SIM_SYSTEM_PROCESS_ID;
        Self.ThreadId = Self.Number * 4;
    }
    return &Self;
}

/* ---- One at a time ---- */

/* A thread under a scheduler. While Ready is set and says no, it does not run. */
struct SIM_THREAD
{
    pthread_t Host;
    void (*Routine)(void *);
    void *Context;
    ULONG Number; /* from 0, in order of start */
    sem_t Turn;
    bool (*Ready)(const void *);
    const void *ReadyContext;
    bool Ended;
};

/* Only whoever has the turn looks at it. */
static struct
{
    SIM_CHOOSE *Choose; /* NULL: threads run as the host has it */
    void *Context;
    ULONG Count;
    SIM_THREAD *Threads[SIM_MAX_SCHEDULED];
    SIM_THREAD Main;
} Schedule;

/* Stands where a thread stood that has been joined. */
static SIM_THREAD ScheduleGone = {.Ended = true};

static __thread SIM_THREAD *Scheduled; /* this thread, if it is under a scheduler */

static bool
ScheduleCanRun(const SIM_THREAD *Thread)
{
    return !Thread->Ended && (!Thread->Ready || Thread->Ready(Thread->ReadyContext));
}

/* Ends the program: nobody can run any more. */
DECLSPEC_NORETURN static void
ScheduleStuck(void)
{
    for (ULONG Index = 0; Index < Schedule.Count; Index++)
        fprintf(stderr, "sim: thread %u %s\n", Index,
                Schedule.Threads[Index]->Ended ? "has ended" : "waits for what nobody will bring about");
    RuleBroken("deadlock", "no thread can run, and not all have ended");
}

static SIM_THREAD *
ScheduleNext(SIM_POINT Point, const void *Object)
{
    ULONG Ready[SIM_MAX_SCHEDULED];
    ULONG Count = 0;
    for (ULONG Index = 0; Index < Schedule.Count; Index++)
        if (ScheduleCanRun(Schedule.Threads[Index]))
            Ready[Count++] = Index;
    if (!Count)
        ScheduleStuck();
    if (Count == 1)
        return Schedule.Threads[Ready[0]];
    return Schedule
        .Threads[Schedule.Choose(Schedule.Context, Scheduled->Number, Point, Object, Ready, Count)];
}

/* Gives the turn to whoever is chosen, and comes back when it is this thread's again. */
static void
ScheduleSwitch(SIM_POINT Point, const void *Object)
{
    SIM_THREAD *Next = ScheduleNext(Point, Object);
    if (Next == Scheduled)
        return;
    sem_post(&Next->Turn);
    if (Scheduled->Ended)
        return;
    while (sem_wait(&Scheduled->Turn))
        ;
}

static void
ScheduleBlock(bool (*Ready)(const void *), const void *Context)
{
    Scheduled->Ready = Ready;
    Scheduled->ReadyContext = Context;
    ScheduleSwitch(SIM_POINT_BLOCK, Context);
    Scheduled->Ready = NULL;
}

static void
ScheduleAdd(SIM_THREAD *Thread)
{
    if (Schedule.Count == SIM_MAX_SCHEDULED)
        RuleBroken("sim", "more than %u threads under a scheduler", SIM_MAX_SCHEDULED);
    Thread->Number = Schedule.Count;
    sem_init(&Thread->Turn, 0, 0);
    Schedule.Threads[Schedule.Count++] = Thread;
}

void
SimScheduleBegin(SIM_CHOOSE *Choose, void *Context)
{
    Schedule.Count = 0;
    Schedule.Main = (SIM_THREAD){.Number = 0};
    Schedule.Choose = Choose;
    Schedule.Context = Context;
    Scheduled = &Schedule.Main;
    ScheduleAdd(Scheduled);
}

void
SimScheduleEnd(void)
{
    sem_destroy(&Schedule.Main.Turn);
    Schedule.Choose = NULL;
    Scheduled = NULL;
}

/* ---- Points, and waiting ---- */

void
SimSetHook(SIM_HOOK *Routine, void *Context)
{
    __atomic_store_n(&Hook.Context, Context, __ATOMIC_RELEASE);
    __atomic_store_n(&Hook.Routine, Routine, __ATOMIC_RELEASE);
}

void
SchedPoint(SIM_POINT Point, const void *Object)
{
    if (!SIM_CHECKS)
        return;
    SIM_HOOK *Routine = __atomic_load_n(&Hook.Routine, __ATOMIC_ACQUIRE);
    if (Routine)
        Routine(__atomic_load_n(&Hook.Context, __ATOMIC_ACQUIRE), Point, Object);
    if (Scheduled)
        ScheduleSwitch(Point, Object);
}

void
SchedSpin(bool (*Ready)(const void *), const void *Context)
{
    if (Scheduled)
        ScheduleBlock(Ready, Context);
    else
        sched_yield();
}

void
SchedEnter(void)
{
    pthread_mutex_lock(&Dispatcher);
}

void
SchedLeave(void)
{
    pthread_mutex_unlock(&Dispatcher);
}

static void
SchedSleep(bool (*Ready)(const void *), const void *Context)
{
    static __thread SCHED_WAITER Waiter = {.Woken = PTHREAD_COND_INITIALIZER};
    Waiter.Ready = Ready;
    Waiter.Context = Context;
    Waiter.Awake = false;
    Waiter.Next = Waiters;
    Waiters = &Waiter;
    while (!Waiter.Awake)
        pthread_cond_wait(&Waiter.Woken, &Dispatcher);
}

void
SchedWait(bool (*Ready)(const void *), const void *Context)
{
    while (!Ready(Context))
    {
        if (!Scheduled)
        {
            SchedSleep(Ready, Context);
            continue;
        }
        SchedLeave();
        ScheduleBlock(Ready, Context);
        SchedEnter();
    }
}

void
SchedChanged(void)
{
    SCHED_WAITER **At = &Waiters;
    while (*At)
    {
        SCHED_WAITER *Waiter = *At;
        if (!Waiter->Ready(Waiter->Context))
        {
            At = &Waiter->Next;
            continue;
        }
        *At = Waiter->Next;
        Waiter->Awake = true;
        pthread_cond_signal(&Waiter->Woken);
    }
}

/* ---- Many readers ---- */

/* Under a scheduler the counts are the lock, as nobody else runs; else the host's lock is. */
struct SCHED_RW
{
    pthread_rwlock_t Lock;
    ULONG Readers;
    bool Writer;
};

SCHED_RW *
SchedRwCreate(void)
{
    SCHED_RW *Lock = RtlpAllocate(sizeof(*Lock));
    pthread_rwlockattr_t Attributes;
    pthread_rwlockattr_init(&Attributes);
    pthread_rwlockattr_setkind_np(&Attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&Lock->Lock, &Attributes);
    pthread_rwlockattr_destroy(&Attributes);
    return Lock;
}

static bool
RwHasNoWriter(const void *Context)
{
    return !((const SCHED_RW *)Context)->Writer;
}

static bool
RwIsFree(const void *Context)
{
    return RwHasNoWriter(Context) && !((const SCHED_RW *)Context)->Readers;
}

void
SchedRwRead(SCHED_RW *Lock)
{
    if (!SIM_CHECKS)
        return;
    if (!Scheduled)
    {
        pthread_rwlock_rdlock(&Lock->Lock);
        return;
    }
    while (!RwHasNoWriter(Lock))
        ScheduleBlock(RwHasNoWriter, Lock);
    Lock->Readers++;
}

void
SchedRwWrite(SCHED_RW *Lock)
{
    if (!SIM_CHECKS)
        return;
    if (!Scheduled)
    {
        pthread_rwlock_wrlock(&Lock->Lock);
        return;
    }
    while (!RwIsFree(Lock))
        ScheduleBlock(RwIsFree, Lock);
    Lock->Writer = true;
}

void
SchedRwRelease(SCHED_RW *Lock)
{
    if (!SIM_CHECKS)
        return;
    if (!Scheduled)
        pthread_rwlock_unlock(&Lock->Lock);
    else if (Lock->Writer)
        Lock->Writer = false;
    else
        Lock->Readers--;
}

/* ---- Threads and gates of tests ---- */

static void *
ThreadMain(void *Context)
{
    SIM_THREAD *Thread = Context;
    if (Schedule.Choose)
    {
        Scheduled = Thread;
        while (sem_wait(&Thread->Turn))
            ;
    }
    Thread->Routine(Thread->Context);
    IoThreadExit();
    if (Scheduled)
    {
        Thread->Ended = true;
        ScheduleSwitch(SIM_POINT_BLOCK, NULL);
    }
    return NULL;
}

SIM_THREAD *
SimThreadStart(void (*Routine)(void *), void *Context)
{
    SIM_THREAD *Thread = RtlpAllocate(sizeof(*Thread));
    Thread->Routine = Routine;
    Thread->Context = Context;
    if (Scheduled)
        ScheduleAdd(Thread);
    if (pthread_create(&Thread->Host, NULL, ThreadMain, Thread))
    {
        perror("sim: pthread_create");
        exit(EXIT_FAILURE);
    }
    if (Scheduled)
        ScheduleSwitch(SIM_POINT_START, Thread);
    return Thread;
}

static bool
ThreadHasEnded(const void *Context)
{
    return ((const SIM_THREAD *)Context)->Ended;
}

void
SimThreadJoin(SIM_THREAD *Thread)
{
    if (Scheduled && !Thread->Ended)
        ScheduleBlock(ThreadHasEnded, Thread);
    pthread_join(Thread->Host, NULL);
    if (Scheduled)
    {
        sem_destroy(&Thread->Turn);
        Schedule.Threads[Thread->Number] = &ScheduleGone;
    }
    free(Thread);
}

struct SIM_GATE
{
    bool Open;
};

static bool
GateIsOpen(const void *Context)
{
    return ((const SIM_GATE *)Context)->Open;
}

SIM_GATE *
SimGateCreate(void)
{
    return RtlpAllocate(sizeof(SIM_GATE));
}

void
SimGateWait(SIM_GATE *Gate)
{
    SchedEnter();
    SchedWait(GateIsOpen, Gate);
    SchedLeave();
}

void
SimGateOpen(SIM_GATE *Gate)
{
    SchedEnter();
    Gate->Open = true;
    SchedChanged();
    SchedLeave();
}

void
SimGateFree(SIM_GATE *Gate)
{
    free(Gate);
}

/* ---- What ThreadSanitizer is not told by the code ---- */

const char *__tsan_default_suppressions(void);

/* A request's Cancel is set and read without a lock of its own, on Windows as well: the exchange of its cancel routine
 * decides, and whoever reads an old Cancel there is found by the canceller. */
const char *
__tsan_default_suppressions(void)
{
    return "race:CsqArmCancelLocked\n";
}
