/* SPDX-License-Identifier: MIT
 *
 * Raises a model's events through the notify routines, by many threads.
 */
#ifndef RAISE_H
#define RAISE_H

#include "model.h"

typedef struct RAISING RAISING;

/* Speed: 1 is as recorded; 0: as fast as it goes. The simulator's clock is set: as fast as it goes, it stands
 * at the latest time of the recording; else it follows the recording. So an event's time is never before the
 * recorded one. Half, which may be NULL, is opened when half of the events have been raised. */
RAISING *RaiseStart(const MODEL *Model, unsigned Threads, double Speed, SIM_GATE *Half);

/* Waits for the threads, raises the end, and frees. Processes that have not exited are gone afterwards. */
void RaiseFinish(RAISING *Raising);

#endif
