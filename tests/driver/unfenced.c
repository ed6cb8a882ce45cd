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
    const char *Unfenced = getenv("UNFENCED");
    if (Unfenced && strtol(Unfenced, NULL, 10) == Value)
        return __atomic_exchange_n(Target, Value, __ATOMIC_RELAXED);
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}
