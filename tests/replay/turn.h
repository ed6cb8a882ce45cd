/* SPDX-License-Identifier: MIT
 *
 * Who goes first, where it matters: see TURN in model.h. Every event waits only for events before it in the
 * recording, and each thread raises its own in the recording's order, so somebody can always go on.
 */
#ifndef TURN_H
#define TURN_H

#include "model.h"

typedef struct TURNS TURNS;

TURNS *TurnsCreate(const MODEL *Model);
void TurnsFree(TURNS *Turns);

/* Waits until Event may be raised. */
void TurnAwait(TURNS *Turns, const EVENT *Event);

/* Event has been raised. */
void TurnDone(TURNS *Turns, const EVENT *Event);

#endif
