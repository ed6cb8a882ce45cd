/* SPDX-License-Identifier: MIT */
#include "turn.h"
#include "memory.h"
#include <pthread.h>

/* By id: what has been raised. */
typedef struct PROGRESS
{
    uint32_t Changes;
    uint32_t Children;
} PROGRESS;

struct TURNS
{
    pthread_mutex_t Lock;
    pthread_cond_t Moved;
    PROGRESS *Ids; /* as MODEL.Ids, guarded by Lock */
};

TURNS *
TurnsCreate(const MODEL *Model)
{
    TURNS *Turns = MemoryZeroed(1, sizeof(*Turns));
    pthread_mutex_init(&Turns->Lock, NULL);
    pthread_cond_init(&Turns->Moved, NULL);
    Turns->Ids = MemoryZeroed(Model->IdCount, sizeof(*Turns->Ids));
    return Turns;
}

void
TurnsFree(TURNS *Turns)
{
    pthread_cond_destroy(&Turns->Moved);
    pthread_mutex_destroy(&Turns->Lock);
    free(Turns->Ids);
    free(Turns);
}

/* Most events have nothing to do with other threads' and must not be ordered among themselves by a lock. */
static bool
TurnMatters(const TURN *Turn)
{
    return Turn->Changes || Turn->Parent != MODEL_NONE;
}

static bool
TurnHasCome(const TURNS *Turns, const EVENT *Event)
{
    const TURN *Turn = &Event->Turn;
    return (!Turn->Changes || Turns->Ids[Event->IdAt].Children == Turn->Children) &&
           (Turn->Parent == MODEL_NONE || Turns->Ids[Turn->Parent].Changes == Turn->ParentChanges);
}

void
TurnAwait(TURNS *Turns, const EVENT *Event)
{
    if (!TurnMatters(&Event->Turn))
        return;
    pthread_mutex_lock(&Turns->Lock);
    while (!TurnHasCome(Turns, Event))
        pthread_cond_wait(&Turns->Moved, &Turns->Lock);
    pthread_mutex_unlock(&Turns->Lock);
}

void
TurnDone(TURNS *Turns, const EVENT *Event)
{
    if (!TurnMatters(&Event->Turn))
        return;
    pthread_mutex_lock(&Turns->Lock);
    Turns->Ids[Event->IdAt].Changes += Event->Turn.Changes;
    if (Event->Turn.Parent != MODEL_NONE)
        Turns->Ids[Event->Turn.Parent].Children++;
    pthread_cond_broadcast(&Turns->Moved);
    pthread_mutex_unlock(&Turns->Lock);
}
