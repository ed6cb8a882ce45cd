/* SPDX-License-Identifier: MIT
 *
 * What InterlockedExchange is in test_driver_fences_dropped: nothing but the store, where it stores what the environment's
 * UNFENCED says. The driver's two store different values: a session's 0, SessionIdle, and the log's 1, LogEntryCommitted.
 */
#include <ntifs.h>
#include <stdlib.h>

LONG UnfencedExchange(LONG volatile *Target, LONG Value);

LONG
UnfencedExchange(LONG volatile *Target, LONG Value)
{
    static LONG Unfenced = -1;
    LONG Wanted = __atomic_load_n(&Unfenced, __ATOMIC_RELAXED);
    if (Wanted < 0)
    {
        const char *Said = getenv("UNFENCED");
        Wanted = Said ? (LONG)strtol(Said, NULL, 10) : INT32_MAX;
        __atomic_store_n(&Unfenced, Wanted, __ATOMIC_RELAXED);
    }
    if (Value == Wanted)
        return __atomic_exchange_n(Target, Value, __ATOMIC_RELAXED);
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}
