/* SPDX-License-Identifier: MIT
 *
 * What is to be raised, and what a reader is to be told of it: worked out beforehand, from the recording
 * alone.
 *
 * A process is a guid and its id. It begins to exist with its first row, whatever that is, and ends with its
 * exit. As logs are not tidy:
 *
 *     a process without a start row    is older than the recording; its create time is made up
 *     a load after the exit            is raised all the same, and finds whoever has the id then, or nobody
 *     a start or exit after the exit   the process exists again for it
 *     a row of a process that exists,  the other one goes without an exit, as its exit was not recorded
 *     but whose id another has
 *
 * Events of one id are raised by one thread, in order. A start also asks who its parent's id belongs to,
 * which is another thread's to change: EVENT.Turn says what must have been raised before, so that the answer
 * is the recording's.
 *
 * What was not recorded is made up, different for each event, so that no event can pass for another.
 */
#ifndef MODEL_H
#define MODEL_H

#include "prcm_abi.h"
#include "recording.h"

#define MODEL_NONE       UINT32_MAX
#define MODEL_MAX_EVENTS 50000000u

/* The last event of all, by which readers know that nothing follows: the exit of a process of this id. */
#define MODEL_END_ID 0xFFFFFFFCu

typedef struct PROCESS
{
    const ROW *Start; /* NULL: none was recorded */
    int64_t CreateTime;
} PROCESS;

/* Counts of what has been raised that an event comes after; of ids by their place in MODEL.Ids. */
typedef struct TURN
{
    uint32_t Parent;        /* whose owner a start asks for; MODEL_NONE: nobody's, or one of its own thread */
    uint32_t ParentChanges; /* so often has that id changed its owner */
    uint32_t Children;      /* so many starts have asked for the owner of the event's own id */
    bool Changes;           /* the event changes the owner of its id */
} TURN;

typedef struct EVENT
{
    const ROW *Row; /* NULL: the end */
    int64_t Time;
    uint32_t Number;  /* from 1 */
    uint32_t Kind;    /* PRCM_KIND_XXX */
    uint32_t Id;      /* the process's */
    uint32_t IdAt;    /* in MODEL.Ids */
    uint32_t Process; /* whose row it is; MODEL_NONE: the kernel's */
    uint32_t Gone;    /* the process that goes without an exit just before; MODEL_NONE: none */
    bool Begins;      /* the process begins to exist just before */
    PRCM_VALUE CreateTime;
    PRCM_VALUE ParentCreateTime;
    TURN Turn;
    uint32_t Next; /* the next event of the same id, or MODEL_NONE */
} EVENT;

typedef struct ID
{
    uint32_t Id;
    uint32_t First; /* its first event */
} ID;

typedef struct MODEL
{
    EVENT *Events;  /* the end is the last */
    uint32_t Count; /* without the end */
    ID *Ids;        /* ascending */
    uint32_t IdCount;
    PROCESS *Processes;
    uint32_t ProcessCount;
    uint32_t Older;     /* processes without a start row */
    uint32_t AfterExit; /* loads after their process's exit */
    uint32_t TakenOver; /* ids that another process had still */
    uint32_t Busiest;   /* the id with most events */
    int64_t Last;       /* the latest time of an event */
} MODEL;

/* The recording Times times in a row, each time by processes of its own. The recording must outlive the
 * model. False: more than MODEL_MAX_EVENTS. */
bool ModelBuild(MODEL *Model, const RECORDING *Recording, uint32_t Times);

void ModelFree(MODEL *Model);

/* Id's place in Ids, or MODEL_NONE. */
uint32_t ModelFindId(const MODEL *Model, uint32_t Id);

/* What is made up. */
uint32_t EventThreadId(const EVENT *Event);
uint64_t EventBase(const EVENT *Event);
uint64_t EventSize(const EVENT *Event);
uint32_t EventExitStatus(const EVENT *Event);
uint64_t ProcessStartKey(uint32_t Process);

#endif
