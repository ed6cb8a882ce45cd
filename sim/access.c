/* SPDX-License-Identifier: MIT
 *
 * What a driver touches. Where AddressSanitizer is, a driver's objects are compiled so that each access is a
 * call; when they are joined (sim_add_driver), these calls, memcpy and its like are sent here, and go on from
 * here to the sanitizer. Three rules are checked on the way:
 *
 *     output-read         a load from the mapping of a request's output
 *     paged-at-dispatch   a load or store in paged pool at DISPATCH_LEVEL
 *     use-after-free      a load or store in a completed request whose memory a canceller still holds
 *
 * What else was freed, and what lies beside a block, is found by the sanitizer, whose report is headed with
 * the rule's name: use-after-free, out-of-bounds.
 *
 * Of two accesses to one place in one stretch of code GCC shows the first alone, even if that is a store and
 * the other a load. An image made with READS shows no stores, and so all loads. Clang shows everything.
 *
 * Without AddressSanitizer none of these is checked here, and SimSeesAccesses says so.
 */
#include "kernel.h"
#include <pthread.h>

#ifndef SIM_SEES_ACCESSES
#define SIM_SEES_ACCESSES 0
#endif

bool
SimSeesAccesses(void)
{
    return SIM_SEES_ACCESSES;
}

typedef struct GUARDED
{
    struct GUARDED *Next;
    ACCESS_GUARD Guard;
    ULONG_PTR First;
    ULONG_PTR End;
} GUARDED;

/* Lowest and Highest, to be read without the lock, enclose all that is guarded. */
static pthread_rwlock_t GuardedLock = PTHREAD_RWLOCK_INITIALIZER;
static GUARDED *Guarded;
static ULONG_PTR Lowest = UINTPTR_MAX;
static ULONG_PTR Highest;

static void
AccessEnclose(ULONG_PTR Low, ULONG_PTR High)
{
    __atomic_store_n(&Lowest, Low, __ATOMIC_RELAXED);
    __atomic_store_n(&Highest, High, __ATOMIC_RELAXED);
}

void
AccessGuard(ACCESS_GUARD Guard, const void *Start, SIZE_T Bytes)
{
    if (!SIM_SEES_ACCESSES)
        return;
    GUARDED *New = malloc(sizeof(*New));
    pthread_rwlock_wrlock(&GuardedLock);
    *New = (GUARDED){Guarded, Guard, (ULONG_PTR)Start, (ULONG_PTR)Start + Bytes};
    Guarded = New;
    AccessEnclose(min(Lowest, New->First), max(Highest, New->End));
    pthread_rwlock_unlock(&GuardedLock);
}

void
AccessUnguard(const void *Start)
{
    pthread_rwlock_wrlock(&GuardedLock);
    GUARDED **At = &Guarded;
    while (*At && (*At)->First != (ULONG_PTR)Start)
        At = &(*At)->Next;
    GUARDED *Old = *At;
    if (Old)
        *At = Old->Next;
    if (!Guarded)
        AccessEnclose(UINTPTR_MAX, 0);
    pthread_rwlock_unlock(&GuardedLock);
    free(Old);
}

#if SIM_SEES_ACCESSES

static bool
AccessTouches(ACCESS_GUARD Guard, const void *Start, SIZE_T Bytes)
{
    ULONG_PTR First = (ULONG_PTR)Start;
    if (!Bytes || First >= __atomic_load_n(&Highest, __ATOMIC_RELAXED) ||
        First + Bytes <= __atomic_load_n(&Lowest, __ATOMIC_RELAXED))
        return false;
    pthread_rwlock_rdlock(&GuardedLock);
    const GUARDED *Found = Guarded;
    while (Found && (Found->Guard != Guard || First >= Found->End || First + Bytes <= Found->First))
        Found = Found->Next;
    pthread_rwlock_unlock(&GuardedLock);
    return Found != NULL;
}

static void
AccessCheck(const char *What, const void *Start, SIZE_T Bytes)
{
    KIRQL Irql = SchedSelf()->Irql;
    if (AccessTouches(ACCESS_COMPLETED, Start, Bytes))
        RuleBroken("use-after-free", "%s of %zu bytes of a request that is completed", What, Bytes);
    if (Irql > APC_LEVEL && AccessTouches(ACCESS_PAGED_POOL, Start, Bytes))
        RuleBroken("paged-at-dispatch", "%s of %zu bytes of paged pool at IRQL %u", What, Bytes, Irql);
}

static void
AccessLoad(const void *Start, SIZE_T Bytes)
{
    AccessCheck("a load", Start, Bytes);
    if (AccessTouches(ACCESS_OUTPUT, Start, Bytes))
        RuleBroken("output-read", "a load of %zu bytes from the mapping of an output buffer", Bytes);
}

static void
AccessStore(const void *Start, SIZE_T Bytes)
{
    AccessCheck("a store", Start, Bytes);
}

/* ---- What the driver's objects call, by the names that sim_add_driver gives them ---- */

#define ACCESS_FIXED(Bytes)                                                                                  \
    void __asan_load##Bytes(const void *Start);                                                              \
    void __asan_store##Bytes(const void *Start);                                                             \
    void SimAccess_load##Bytes(const void *Start);                                                           \
    void SimAccess_store##Bytes(const void *Start);                                                          \
    void SimAccess_load##Bytes(const void *Start)                                                            \
    {                                                                                                        \
        AccessLoad(Start, Bytes);                                                                            \
        __asan_load##Bytes(Start);                                                                           \
    }                                                                                                        \
    void SimAccess_store##Bytes(const void *Start)                                                           \
    {                                                                                                        \
        AccessStore(Start, Bytes);                                                                           \
        __asan_store##Bytes(Start);                                                                          \
    }
ACCESS_FIXED(1)
ACCESS_FIXED(2)
ACCESS_FIXED(4)
ACCESS_FIXED(8)
ACCESS_FIXED(16)

void __asan_loadN(const void *Start, SIZE_T Bytes);
void __asan_storeN(const void *Start, SIZE_T Bytes);
void SimAccess_loadN(const void *Start, SIZE_T Bytes);
void SimAccess_storeN(const void *Start, SIZE_T Bytes);
void *SimAccess_memcpy(void *To, const void *From, SIZE_T Bytes);
void *SimAccess_memmove(void *To, const void *From, SIZE_T Bytes);
void *SimAccess_memset(void *To, int Fill, SIZE_T Bytes);
int SimAccess_memcmp(const void *A, const void *B, SIZE_T Bytes);

void
SimAccess_loadN(const void *Start, SIZE_T Bytes)
{
    AccessLoad(Start, Bytes);
    __asan_loadN(Start, Bytes);
}

void
SimAccess_storeN(const void *Start, SIZE_T Bytes)
{
    AccessStore(Start, Bytes);
    __asan_storeN(Start, Bytes);
}

void *
SimAccess_memcpy(void *To, const void *From, SIZE_T Bytes)
{
    AccessLoad(From, Bytes);
    AccessStore(To, Bytes);
    return memcpy(To, From, Bytes);
}

void *
SimAccess_memmove(void *To, const void *From, SIZE_T Bytes)
{
    AccessLoad(From, Bytes);
    AccessStore(To, Bytes);
    return memmove(To, From, Bytes);
}

void *
SimAccess_memset(void *To, int Fill, SIZE_T Bytes)
{
    AccessStore(To, Bytes);
    return memset(To, Fill, Bytes);
}

int
SimAccess_memcmp(const void *A, const void *B, SIZE_T Bytes)
{
    AccessLoad(A, Bytes);
    AccessLoad(B, Bytes);
    return memcmp(A, B, Bytes);
}

/* ---- What the sanitizer found, called before it reports and ends the program ---- */

const char *__asan_get_report_description(void);
void *__asan_get_report_address(void);
void __asan_on_error(void);

void
__asan_on_error(void)
{
    const char *What = __asan_get_report_description();
    RuleSay(strstr(What, "use-after") ? RULE_NAME("use-after-free") : RULE_NAME("out-of-bounds"), "%s at %p",
            What, __asan_get_report_address());
}

#endif
