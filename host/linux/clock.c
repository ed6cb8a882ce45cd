/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "host/system.h"

/* From 1601 to 1970. */
#define EPOCH_SECONDS ((int64_t)11644473600)

int64_t
SystemTime(bool Precise)
{
    struct timespec Now;

    clock_gettime(Precise ? CLOCK_REALTIME : CLOCK_REALTIME_COARSE, &Now);
    return (Now.tv_sec + EPOCH_SECONDS) * 10000000 + Now.tv_nsec / 100;
}

uint64_t
SystemTicks(void)
{
    struct timespec Now;

    clock_gettime(CLOCK_MONOTONIC, &Now);
    return (uint64_t)Now.tv_sec * 1000 + (uint64_t)Now.tv_nsec / 1000000;
}
