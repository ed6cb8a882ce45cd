/* SPDX-License-Identifier: MIT
 *
 * Interlocked operations: full barriers all, each a place where another thread may come between.
 */
#include "kernel.h"

LONG
InterlockedIncrement(LONG volatile *Target)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    return __atomic_add_fetch(Target, 1, __ATOMIC_SEQ_CST);
}

LONG
InterlockedDecrement(LONG volatile *Target)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    return __atomic_sub_fetch(Target, 1, __ATOMIC_SEQ_CST);
}

LONG
InterlockedExchange(LONG volatile *Target, LONG Value)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

LONG
InterlockedExchangeAdd(LONG volatile *Target, LONG Value)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    return __atomic_fetch_add(Target, Value, __ATOMIC_SEQ_CST);
}

LONG
InterlockedCompareExchange(LONG volatile *Target, LONG Value, LONG Comparand)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    __atomic_compare_exchange_n(Target, &Comparand, Value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return Comparand;
}

LONG
InterlockedOr(LONG volatile *Target, LONG Value)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    return __atomic_fetch_or(Target, Value, __ATOMIC_SEQ_CST);
}

LONG
InterlockedAnd(LONG volatile *Target, LONG Value)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    return __atomic_fetch_and(Target, Value, __ATOMIC_SEQ_CST);
}

LONGLONG
InterlockedIncrement64(LONGLONG volatile *Target)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    return __atomic_add_fetch(Target, 1, __ATOMIC_SEQ_CST);
}

LONGLONG
InterlockedExchange64(LONGLONG volatile *Target, LONGLONG Value)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

LONGLONG
InterlockedExchangeAdd64(LONGLONG volatile *Target, LONGLONG Value)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    return __atomic_fetch_add(Target, Value, __ATOMIC_SEQ_CST);
}

LONGLONG
InterlockedCompareExchange64(LONGLONG volatile *Target, LONGLONG Value, LONGLONG Comparand)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    __atomic_compare_exchange_n(Target, &Comparand, Value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return Comparand;
}

PVOID
InterlockedExchangePointer(PVOID volatile *Target, PVOID Value)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

PVOID
InterlockedCompareExchangePointer(PVOID volatile *Target, PVOID Value, PVOID Comparand)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    __atomic_compare_exchange_n(Target, &Comparand, Value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return Comparand;
}

LONG
ReadAcquire(LONG const volatile *Source)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Source);
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

LONG
ReadNoFence(LONG const volatile *Source)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Source);
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

void
WriteRelease(LONG volatile *Target, LONG Value)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    __atomic_store_n(Target, Value, __ATOMIC_RELEASE);
}

void
WriteNoFence(LONG volatile *Target, LONG Value)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Target);
    __atomic_store_n(Target, Value, __ATOMIC_RELAXED);
}

PVOID
ReadPointerAcquire(PVOID const volatile *Source)
{
    SchedPoint(SIM_POINT_ATOMIC, (const void *)Source);
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}
