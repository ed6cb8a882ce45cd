/* SPDX-License-Identifier: MIT
 *
 * What InterlockedExchange is in test_driver_fences_dropped: nothing but the store.
 */
#include <ntifs.h>

LONG UnfencedExchange(LONG volatile *Target, LONG Value);

LONG
UnfencedExchange(LONG volatile *Target, LONG Value)
{
    return __atomic_exchange_n(Target, Value, __ATOMIC_RELAXED);
}
