/* SPDX-License-Identifier: MIT
 *
 * What is raised: a few processes one after the other, each starting, loading two images and exiting, with a pause before each
 * of these three; then more processes, which start, load many images and exit in one burst.
 */
#ifndef RAISE_H
#define RAISE_H

#include "tally.h"

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

typedef struct RAISE
{
    uint32_t Images;
    HANDLE Device;
    HANDLE Thread;
    int64_t BurstAt; /* by Ticks */
} RAISE;

/* How many events that makes. */
uint32_t RaiseCount(uint32_t Images);

/* Tells Tally what will be raised. */
void RaisePlan(TALLY *Tally, uint32_t Images);

/* Begins, in a thread of its own. */
void RaiseBegin(RAISE *Raise, uint32_t Images);

/* All has been raised, and each event reached the driver. */
bool RaiseHasEnded(const RAISE *Raise);

void RaiseEnd(RAISE *Raise);

#endif
