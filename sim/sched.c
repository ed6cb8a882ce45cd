/* SPDX-License-Identifier: MIT
 *
 * Who runs. Threads are the host's; whatever makes one of them wait, or may let another come between, is here
 * and nowhere else.
 *
 * Spin locks are atomics of their own, not a lock of the simulator's, and readers of a SCHED_RW are not
 * ordered among themselves: ThreadSanitizer sees the order that the driver's own locks make, and no other.
 */
#define _GNU_SOURCE
#include "kernel.h"
#include <pthread.h>
#include <sched.h>

static pthread_mutex_t Dispatcher = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t Changed = PTHREAD_COND_INITIALIZER;

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

void
SimSetHook(SIM_HOOK *Routine, void *Context)
{
    __atomic_store_n(&Hook.Context, Context, __ATOMIC_RELEASE);
    __atomic_store_n(&Hook.Routine, Routine, __ATOMIC_RELEASE);
}

void
SchedPoint(SIM_POINT Point, const void *Object)
{
    SIM_HOOK *Routine = __atomic_load_n(&Hook.Routine, __ATOMIC_ACQUIRE);
    if (Routine)
        Routine(__atomic_load_n(&Hook.Context, __ATOMIC_ACQUIRE), Point, Object);
}

void
SchedYield(void)
{
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

void
SchedWait(bool (*Ready)(const void *), const void *Context)
{
    while (!Ready(Context))
        pthread_cond_wait(&Changed, &Dispatcher);
}

void
SchedChanged(void)
{
    pthread_cond_broadcast(&Changed);
}

/* ---- Many readers ---- */

struct SCHED_RW
{
    pthread_rwlock_t Lock;
};

SCHED_RW *
SchedRwCreate(void)
{
    SCHED_RW *Lock = malloc(sizeof(*Lock));
    pthread_rwlockattr_t Attributes;
    pthread_rwlockattr_init(&Attributes);
    pthread_rwlockattr_setkind_np(&Attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&Lock->Lock, &Attributes);
    pthread_rwlockattr_destroy(&Attributes);
    return Lock;
}

void
SchedRwRead(SCHED_RW *Lock)
{
    pthread_rwlock_rdlock(&Lock->Lock);
}

void
SchedRwWrite(SCHED_RW *Lock)
{
    pthread_rwlock_wrlock(&Lock->Lock);
}

void
SchedRwRelease(SCHED_RW *Lock)
{
    pthread_rwlock_unlock(&Lock->Lock);
}

/* ---- Threads and gates of tests ---- */

struct SIM_THREAD
{
    pthread_t Host;
    void (*Routine)(void *);
    void *Context;
};

static void *
ThreadMain(void *Context)
{
    SIM_THREAD *Thread = Context;
    Thread->Routine(Thread->Context);
    IoThreadExit();
    return NULL;
}

SIM_THREAD *
SimThreadStart(void (*Routine)(void *), void *Context)
{
    SIM_THREAD *Thread = malloc(sizeof(*Thread));
    *Thread = (SIM_THREAD){.Routine = Routine, .Context = Context};
    if (pthread_create(&Thread->Host, NULL, ThreadMain, Thread))
    {
        perror("sim: pthread_create");
        exit(EXIT_FAILURE);
    }
    return Thread;
}

void
SimThreadJoin(SIM_THREAD *Thread)
{
    pthread_join(Thread->Host, NULL);
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
    return calloc(1, sizeof(SIM_GATE));
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
