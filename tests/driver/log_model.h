/* SPDX-License-Identifier: MIT
 *
 * A log written down the naive way: every event there ever was, in a list. What the driver's log says is held against it.
 */
#ifndef LOG_MODEL_H
#define LOG_MODEL_H

#include "lane_model.h"
#include "rig.h"
#include "log.h"

#define MODEL_MAX_EVENTS  1600u
#define MODEL_MAX_FILLING 60u
#define MODEL_KEYS        5u

typedef enum EVENT_STATE
{
    EVENT_FILLING,
    EVENT_COMMITTED,
    EVENT_DROPPED
} EVENT_STATE;

typedef struct EVENT
{
    uint32_t Kind;
    uint32_t Key;
    uint32_t Bytes;
    EVENT_STATE State;
    bool Evicted;
    uint8_t Pattern; /* of all its bytes behind the header */
    int64_t Time;
    PRCM_RECORD *Record; /* while filling */
} EVENT;

typedef struct MODEL
{
    LOG Log; /* the driver's */
    uint64_t Seed;
    uint64_t Random;
    bool Interfere;    /* writers are busy whenever the log lets its lock go */
    bool Inside;       /* they are at it */
    uint32_t Overhead; /* of an entry beyond its record; measured */
    uint32_t MaxRecordBytes;
    uint64_t Limit; /* of events */
    uint64_t Count; /* of events so far */
    EVENT Events[MODEL_MAX_EVENTS + 1];
    uint64_t Filling[MODEL_MAX_FILLING];
    uint32_t FillingCount;
    LANE_MODEL Lanes[PRCM_LANE_COUNT];
} MODEL;

#define CHECK(Condition)                                                                                     \
    do                                                                                                       \
    {                                                                                                        \
        if (!(Condition))                                                                                    \
            fail_msg("seed %llu, %llu events: %s", (unsigned long long)Model->Seed,                          \
                     (unsigned long long)Model->Count, #Condition);                                          \
    } while (0)

/* An empty log and its model, of a shape that Seed decides. */
void ModelInit(MODEL *Model, uint64_t Seed);
void ModelDestroy(MODEL *Model);

/* Below Below, at random. */
uint32_t ModelRandom(MODEL *Model, uint32_t Below);

/* Some writers reserve and commit. */
void ModelActivity(MODEL *Model);

/* Commits whatever is still filling. */
void ModelSettle(MODEL *Model);

/* The lowest number that is still filling, or the next one. */
uint64_t ModelPublished(const MODEL *Model);

/* The lowest number kept in any lane, or the next one. */
uint64_t ModelOldest(const MODEL *Model);

/* Captured and dropped below Number, by kind. */
void ModelCounts(const MODEL *Model, uint64_t Number, uint64_t *Captured, uint64_t *Dropped);

/* Whether an entry with this number is kept. */
bool ModelKeeps(const MODEL *Model, uint64_t Number);

/* Holds LogQueryLocked against the model. */
void ModelCheckQuery(MODEL *Model);

#endif
