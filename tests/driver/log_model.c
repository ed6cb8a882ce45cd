/* SPDX-License-Identifier: MIT */
#include "log_model.h"

static const uint8_t LaneOf[PRCM_KIND_COUNT] = {PRCM_LANE_LIFECYCLE, PRCM_LANE_LIFECYCLE, PRCM_LANE_IMAGE, 0};

uint32_t
ModelRandom(MODEL *Model, uint32_t Below)
{
    Model->Random = Model->Random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(Model->Random >> 33) % Below;
}

/* ---- Writers ---- */

static void
EvictEvent(void *Context, uint64_t Number)
{
    ((MODEL *)Context)->Events[Number].Evicted = true;
}

/* The lowest number of a lane that is still being filled, or UINT64_MAX. */
static uint64_t
LowestFilling(const MODEL *Model, uint32_t Lane)
{
    uint64_t Lowest = UINT64_MAX;
    for (uint32_t Index = 0; Index < Model->FillingCount; Index++)
        if (LaneOf[Model->Events[Model->Filling[Index]].Kind] == Lane)
            Lowest = min(Lowest, Model->Filling[Index]);
    return Lowest;
}

static void
CheckReserved(MODEL *Model, const EVENT *Event, const UCHAR *Place)
{
    const PRCM_RECORD *Record = Event->Record;
    CHECK((const UCHAR *)Record == Place + Model->Overhead);
    CHECK(Record->Sequence == Model->Count);
    CHECK(Record->Size == Event->Bytes);
    CHECK(Record->Kind == Event->Kind);
    CHECK(Record->Key == Event->Key);
}

static void
ModelReserve(MODEL *Model)
{
    EVENT New = {.Key = ModelRandom(Model, MODEL_KEYS), .Pattern = (uint8_t)ModelRandom(Model, 256)};
    do
        New.Kind = ModelRandom(Model, 3);
    while (!LogCaptures(&Model->Log, New.Kind));
    New.Bytes = (uint32_t)sizeof(PRCM_RECORD) +
                8 * ModelRandom(Model, (Model->MaxRecordBytes - (uint32_t)sizeof(PRCM_RECORD)) / 8 + 1);
    LANE_MODEL *Lane = &Model->Lanes[LaneOf[New.Kind]];
    const LOG_LANE *Real = &Model->Log.Lanes[LaneOf[New.Kind]];
    bool Room = LaneModelReserve(Lane, Model->Count + 1, New.Bytes + Model->Overhead,
                                 LowestFilling(Model, LaneOf[New.Kind]), EvictEvent, Model);

    SimAdvanceTime((LONGLONG)ModelRandom(Model, 100) - 10);
    New.Record = LogReserve(&Model->Log, New.Kind, New.Key, New.Bytes);
    EVENT *Event = &Model->Events[++Model->Count];
    CHECK((New.Record != NULL) == Room);
    New.State = Room ? EVENT_FILLING : EVENT_DROPPED;
    *Event = New;
    if (!Room)
        return;
    CheckReserved(Model, Event, Real->Memory + Lane->Entries[Lane->End - 1].Offset % Lane->Bytes);
    Event->Time = Event->Record->Time;
    Event->Record->FixedSize = sizeof(PRCM_RECORD);
    Event->Record->ThreadId = Event->Pattern;
    memset(Event->Record + 1, Event->Pattern, Event->Bytes - sizeof(PRCM_RECORD));
    Model->Filling[Model->FillingCount++] = Model->Count;
}

static void
ModelCommit(MODEL *Model, uint32_t Index)
{
    EVENT *Event = &Model->Events[Model->Filling[Index]];
    LOG_READER Waiter = {.Log = &Model->Log, .At = {.Next = UINT64_MAX}}; /* whom nothing will be for */
    bool Waits = ModelRandom(Model, 2) && LogWaitLocked(&Waiter);
    Model->Filling[Index] = Model->Filling[--Model->FillingCount];
    Event->State = EVENT_COMMITTED;
    bool Wake = LogCommit(&Model->Log, Event->Record);
    if (Waits)
        LogEndWaitLocked(&Waiter);
    CHECK(Wake == Waits);
}

void
ModelActivity(MODEL *Model)
{
    uint32_t Steps = ModelRandom(Model, 4) ? ModelRandom(Model, 3) : ModelRandom(Model, 60);
    Model->Inside = true;
    while (Steps--)
    {
        bool Full = Model->FillingCount == MODEL_MAX_FILLING;
        if (Model->FillingCount && (Full || ModelRandom(Model, 2)))
            ModelCommit(Model, ModelRandom(Model, 3) ? ModelRandom(Model, Model->FillingCount) : 0);
        else if (!Full && Model->Count < Model->Limit)
            ModelReserve(Model);
    }
    Model->Inside = false;
}

void
ModelSettle(MODEL *Model)
{
    Model->Inside = true;
    while (Model->FillingCount)
        ModelCommit(Model, 0);
    Model->Inside = false;
}

/* The log lets its lock go: others come between. */
static void
ModelHook(void *Context, SIM_POINT Point, const void *Object)
{
    MODEL *Model = Context;
    (void)Object;
    if (Point == SIM_POINT_UNLOCK && Model->Interfere && !Model->Inside)
        ModelActivity(Model);
}

/* ---- What must be true ---- */

uint64_t
ModelPublished(const MODEL *Model)
{
    uint64_t Number = 1;
    while (Number <= Model->Count && Model->Events[Number].State != EVENT_FILLING)
        Number++;
    return Number;
}

uint64_t
ModelOldest(const MODEL *Model)
{
    uint64_t Number = 1;
    while (Number <= Model->Count && !ModelKeeps(Model, Number))
        Number++;
    return Number;
}

bool
ModelKeeps(const MODEL *Model, uint64_t Number)
{
    if (Number < 1 || Number > Model->Count)
        return false;
    return Model->Events[Number].State != EVENT_DROPPED && !Model->Events[Number].Evicted;
}

void
ModelCounts(const MODEL *Model, uint64_t Number, uint64_t *Captured, uint64_t *Dropped)
{
    memset(Captured, 0, PRCM_KIND_COUNT * sizeof(*Captured));
    memset(Dropped, 0, PRCM_KIND_COUNT * sizeof(*Dropped));
    for (uint64_t At = 1; At < Number; At++)
    {
        Captured[Model->Events[At].Kind]++;
        Dropped[Model->Events[At].Kind] += Model->Events[At].State == EVENT_DROPPED;
    }
}

static void
CheckLaneInfo(MODEL *Model, const LANE_MODEL *Lane, const PRCM_LANE_INFO *Info)
{
    CHECK(Info->Used == LaneModelUsed(Lane));
    CHECK(Info->Oldest == LaneModelOldest(Lane));
    CHECK(Info->Bytes == Lane->Bytes);
}

void
ModelCheckQuery(MODEL *Model)
{
    PRCM_QUERY Query = {0};
    uint64_t Captured[PRCM_KIND_COUNT];
    uint64_t Dropped[PRCM_KIND_COUNT];
    uint64_t Evicted[PRCM_KIND_COUNT] = {0};
    for (uint64_t At = 1; At <= Model->Count; At++)
        Evicted[Model->Events[At].Kind] += Model->Events[At].Evicted;
    ModelCounts(Model, Model->Count + 1, Captured, Dropped);
    while (!LogQueryLocked(&Model->Log, &Query))
        ;
    CHECK(Query.Next == Model->Count + 1);
    CHECK(Query.Published == ModelPublished(Model));
    CHECK(memcmp(Query.Captured, Captured, sizeof(Captured)) == 0);
    CHECK(memcmp(Query.Dropped, Dropped, sizeof(Dropped)) == 0);
    CHECK(memcmp(Query.Evicted, Evicted, sizeof(Evicted)) == 0);
    for (uint32_t Lane = 0; Lane < PRCM_LANE_COUNT; Lane++)
        CheckLaneInfo(Model, &Model->Lanes[Lane], &Query.Lanes[Lane]);
}

/* ---- Shape ---- */

/* What an entry takes beyond its record, by the log's own account. */
static uint32_t
MeasureOverhead(MODEL *Model)
{
    LOG_CONFIG Config = {.LaneBytes = {1024, 1024}, .Kinds = PRCM_KINDS_ALL};
    PRCM_QUERY Query = {0};
    CHECK(NT_SUCCESS(LogInit(&Model->Log, &Config)));
    LogCommit(&Model->Log, LogReserve(&Model->Log, PRCM_KIND_START, 0, sizeof(PRCM_RECORD)));
    CHECK(LogQueryLocked(&Model->Log, &Query));
    LogDestroy(&Model->Log);
    return (uint32_t)Query.Lanes[0].Used - (uint32_t)sizeof(PRCM_RECORD);
}

/* Half of the log's lanes stand just before the offset where 32 bits end. */
static void
PlaceLane(MODEL *Model, uint32_t Index, uint32_t Bytes)
{
    uint64_t Head = 0;
    if (ModelRandom(Model, 2))
        Head = 0x100000000u - (uint64_t)Bytes * ModelRandom(Model, 4);
    LaneModelInit(&Model->Lanes[Index], Bytes, Head);
    LOG_LANE *Lane = &Model->Log.Lanes[Index];
    Lane->Head = Lane->Filling = Lane->Tail = Head;
}

void
ModelInit(MODEL *Model, uint64_t Seed)
{
    LOG_CONFIG Config = {.Kinds = PRCM_KINDS_ALL};
    memset(Model, 0, sizeof(*Model));
    Model->Seed = Seed;
    Model->Random = Seed * 0x9E3779B97F4A7C15u + 1;
    ModelRandom(Model, 2);
    Model->Inside = true;
    SimSetHook(ModelHook, Model);
    Model->Overhead = MeasureOverhead(Model);
    Model->Limit = 50 + ModelRandom(Model, MODEL_MAX_EVENTS - 50);
    if (ModelRandom(Model, 4) == 0)
        Config.Kinds = 1 + ModelRandom(Model, PRCM_KINDS_ALL);
    memcpy(Config.LaneOf, LaneOf, sizeof(LaneOf));
    for (uint32_t Index = 0; Index < PRCM_LANE_COUNT; Index++)
        Config.LaneBytes[Index] = 1024u << ModelRandom(Model, 5);
    Model->MaxRecordBytes = (min(Config.LaneBytes[0], Config.LaneBytes[1]) / 2 - Model->Overhead - 8) & ~7u;
    if (ModelRandom(Model, 2))
        Model->MaxRecordBytes = min(Model->MaxRecordBytes, ModelRandom(Model, 2) ? 96 : 400);
    CHECK(NT_SUCCESS(LogInit(&Model->Log, &Config)));
    for (uint32_t Index = 0; Index < PRCM_LANE_COUNT; Index++)
        PlaceLane(Model, Index, Config.LaneBytes[Index]);
    Model->Inside = false;
}

void
ModelDestroy(MODEL *Model)
{
    SimSetHook(NULL, NULL);
    LogDestroy(&Model->Log);
}
