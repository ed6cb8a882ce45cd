/* SPDX-License-Identifier: MIT
 *
 * The log against a naive model of it, over random schedules: writers that reserve, commit out of order and are in the way
 * whenever the log lets its lock go; readers of every kind of filter that start anywhere, with tokens true and false.
 * Arguments: the first seed and how many.
 */
#include "log_model.h"
#include <stdlib.h>

#define READERS       4u
#define MAX_TOKENS    64u
#define DEFAULT_SEEDS 400u

typedef struct MODEL_READER
{
    LOG_READER Log; /* the driver's */
    bool Subscribed;
    bool Lying; /* began with counts that are not true: it may be told nonsense, and no more */
    uint64_t Batches;
} MODEL_READER;

typedef struct GIVEN_TOKEN
{
    PRCM_TOKEN Token;
    bool Lying;
} GIVEN_TOKEN;

static MODEL TheModel;
static MODEL *const Model = &TheModel;
static MODEL_READER Readers[READERS];
static GIVEN_TOKEN Given[MAX_TOKENS];
static uint32_t GivenCount;
static uint64_t FirstSeed = 1;
static uint64_t Seeds = DEFAULT_SEEDS;

static const uint64_t NoCounts[PRCM_KIND_COUNT];

static uint32_t
Random(uint32_t Below)
{
    return ModelRandom(Model, Below);
}

static bool
Same(const uint64_t *A, const uint64_t *B)
{
    return memcmp(A, B, PRCM_KIND_COUNT * sizeof(*A)) == 0;
}

static bool
WantsKind(const LOG_READER *Reader, const EVENT *Event)
{
    return (Reader->Kinds & PRCM_KIND_BIT(Event->Kind)) != 0;
}

static bool
Wants(const LOG_READER *Reader, const EVENT *Event)
{
    bool Key = Reader->KeyCount == 0;
    for (uint32_t Index = 0; Index < Reader->KeyCount; Index++)
        Key = Key || Reader->Keys[Index] == Event->Key;
    return Key && WantsKind(Reader, Event);
}

/* Missing without a trace: of a kind that the reader wants, but no longer there, or never. */
static bool
Misses(const LOG_READER *Reader, const EVENT *Event)
{
    return WantsKind(Reader, Event) && (Event->State == EVENT_DROPPED || Event->Evicted);
}

static bool
HasSomething(const LOG_READER *Reader, uint64_t From, uint64_t To)
{
    for (uint64_t Number = From; Number < To; Number++)
        if (Wants(Reader, &Model->Events[Number]) || Misses(Reader, &Model->Events[Number]))
            return true;
    return false;
}

/* ---- Subscribing ---- */

static void
ChooseFilter(PRCM_SUBSCRIBE *Request)
{
    Request->Kinds = 1 + Random(PRCM_KINDS_ALL);
    Request->KeyCount = Random(3) ? 0 : 1 + Random(3);
    for (uint32_t Index = 0; Index < Request->KeyCount; Index++)
        Request->Keys[Index] = Random(MODEL_KEYS);
}

/* Moves a count from one kind to another, or makes a dropped event one that was kept: the sum stays. */
static bool
TellALie(PRCM_TOKEN *Token)
{
    uint32_t From = Random(3);
    uint32_t To = Random(3);
    uint32_t Kept = Random(3);
    bool Lie = false;
    if (Token->Captured[From] && From != To)
    {
        Token->Captured[From]--;
        Token->Captured[To]++;
        Lie = true;
    }
    if (Token->Dropped[Kept] && Random(2))
    {
        Token->Dropped[Kept]--;
        Lie = true;
    }
    return Lie;
}

/* Whether it lies. */
static bool
ChooseToken(PRCM_TOKEN *Token)
{
    if (Random(10) == 0)
    {
        *Token = (PRCM_TOKEN){.Instance = Model->Log.Instance + 5, .Next = Random(1000)};
        return false;
    }
    if (GivenCount && Random(3))
    {
        const GIVEN_TOKEN *Old = &Given[Random(GivenCount)];
        *Token = Old->Token;
        return (Random(10) == 0 && TellALie(Token)) || Old->Lying;
    }
    *Token = (PRCM_TOKEN){.Instance = Model->Log.Instance, .CountsKnown = Random(2)};
    Token->Next = Random(3) ? 1 + Random((uint32_t)Model->Count + 1) : Random(2) ? Model->Count + 1 : 1;
    if (Token->CountsKnown)
        ModelCounts(Model, Token->Next, Token->Captured, Token->Dropped);
    return false;
}

/* Whether the log can still tell the counts as of a bare number. */
static bool
KnowsBaseline(uint64_t Number)
{
    return Number == 1 || Number == Model->Count + 1 || ModelKeeps(Model, Number) ||
           ModelKeeps(Model, Number - 1);
}

static void
CheckStart(const MODEL_READER *Reader, const PRCM_SUBSCRIBE *Request, const PRCM_SUBSCRIBED *Answer)
{
    uint64_t Captured[PRCM_KIND_COUNT];
    uint64_t Dropped[PRCM_KIND_COUNT];
    const PRCM_TOKEN *Start = &Answer->Start;
    bool Other = Request->From == PRCM_FROM_TOKEN && Request->Token.Instance != Model->Log.Instance;
    if (Request->From == PRCM_FROM_OLDEST)
        CHECK(Start->Next == Answer->Oldest);
    else if (Request->From == PRCM_FROM_NOW)
        CHECK(Start->Next == Answer->Head);
    else
        CHECK(Start->Next == (Other ? 1 : Request->Token.Next));
    CHECK(Answer->Resume == (!Start->CountsKnown ? PRCM_RESUME_KINDS_UNKNOWN
                             : Other             ? PRCM_RESUME_OTHER_INSTANCE
                                                 : PRCM_RESUME_EXACT));
    if (!Start->CountsKnown)
    {
        CHECK(Same(Start->Captured, NoCounts) && Same(Start->Dropped, NoCounts));
        return;
    }
    ModelCounts(Model, Start->Next, Captured, Dropped);
    if (!Reader->Lying)
        CHECK(Same(Start->Captured, Captured) && Same(Start->Dropped, Dropped));
}

static void
Subscribe(MODEL_READER *Reader)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(1 + Random(4));
    PRCM_SUBSCRIBED Answer;
    bool Refusable = false;
    *Reader = (MODEL_READER){0};
    ChooseFilter(&Request);
    if (Request.From == PRCM_FROM_SEQUENCE)
    {
        Request.Token.Next = Random(20)  ? 1 + Random((uint32_t)Model->Count + 1)
                             : Random(2) ? Model->Count + 2
                                         : 0;
        Refusable = Request.Token.Next == 0 || Request.Token.Next > Model->Count + 1;
    }
    else if (Request.From == PRCM_FROM_TOKEN)
    {
        Reader->Lying = ChooseToken(&Request.Token);
    }
    uint64_t Head = Model->Count + 1;
    uint64_t Oldest = ModelOldest(Model);
    bool Known = KnowsBaseline(Request.Token.Next);
    bool Quiet = !Model->Interfere;

    NTSTATUS Status = LogReaderInit(&Reader->Log, &Model->Log, &Request, &Answer);
    Reader->Subscribed = NT_SUCCESS(Status);
    if (!Reader->Subscribed)
    {
        CHECK(Refusable || Reader->Lying);
        return;
    }
    CHECK(!Refusable);
    CHECK(Answer.Head == Head);
    CHECK(Answer.Oldest == Oldest);
    CheckStart(Reader, &Request, &Answer);
    if (Request.From == PRCM_FROM_SEQUENCE && Quiet)
        CHECK(Answer.Start.CountsKnown == Known);
}

/* ---- Reading ---- */

/* What one batch comes to, gone through number by number. */
typedef struct WALK
{
    const MODEL_READER *Reader;
    uint64_t Examined; /* the log had looked this far before: what it passed over may have gone since */
    uint64_t Number;
    uint64_t LastHoleEnd;
    uint64_t Delivered[PRCM_KIND_COUNT];
    uint64_t Filtered[PRCM_KIND_COUNT];
    uint64_t Lost[PRCM_KIND_COUNT];
    uint64_t Unknown;
} WALK;

/* Passes over numbers without a word, which only what the reader does not want may have. */
static void
WalkOver(WALK *Walk, uint64_t To)
{
    const LOG_READER *Reader = &Walk->Reader->Log;
    for (; Walk->Number < To; Walk->Number++)
    {
        const EVENT *Event = &Model->Events[Walk->Number];
        bool Dropped = WantsKind(Reader, Event) && Event->State == EVENT_DROPPED;
        CHECK(Walk->Number < Walk->Examined || Walk->Reader->Lying || (!Wants(Reader, Event) && !Dropped));
        Walk->Filtered[Event->Kind]++;
    }
}

static void
WalkThroughHole(WALK *Walk, const PRCM_LOST *Lost, uint64_t *Evicted, uint64_t *Dropped, uint64_t *Filtered)
{
    for (; Walk->Number < Lost->NextSequence; Walk->Number++)
    {
        const EVENT *Event = &Model->Events[Walk->Number];
        if (!WantsKind(&Walk->Reader->Log, Event))
        {
            ++*Filtered;
            Walk->Filtered[Event->Kind] += !Lost->Unknown;
            continue;
        }
        CHECK(Walk->Reader->Lying || Event->State == EVENT_DROPPED || Event->Evicted);
        if (Event->State == EVENT_DROPPED)
            Dropped[Event->Kind]++;
        else
            Evicted[Event->Kind]++;
    }
}

/* Nothing that lies beside the hole belongs to it. */
static void
CheckHoleIsMaximal(const WALK *Walk, const PRCM_LOST *Lost, uint64_t First, uint64_t End)
{
    const EVENT *Before = &Model->Events[Lost->Header.Sequence - 1];
    const EVENT *After = &Model->Events[Lost->NextSequence];
    if (Lost->Header.Sequence > First && Lost->Header.Sequence > Walk->Examined)
        CHECK(Before->State != EVENT_DROPPED);
    if (Lost->NextSequence < End)
        CHECK(After->State != EVENT_DROPPED && Lost->Header.Time == After->Time);
    CHECK(!Walk->LastHoleEnd || Walk->LastHoleEnd < Lost->Header.Sequence);
}

static void
WalkHole(WALK *Walk, const PRCM_LOST *Lost, const PRCM_BATCH *Batch)
{
    uint64_t Evicted[PRCM_KIND_COUNT] = {0};
    uint64_t Dropped[PRCM_KIND_COUNT] = {0};
    uint64_t Filtered = 0;
    CHECK(Lost->Header.Size == sizeof(*Lost) && Lost->Header.FixedSize == sizeof(*Lost));
    CHECK(Lost->Header.Key == 0 && Lost->Header.ThreadId == 0);
    CHECK(Lost->NextSequence > Lost->Header.Sequence && Lost->NextSequence <= ModelPublished(Model));
    WalkThroughHole(Walk, Lost, Evicted, Dropped, &Filtered);
    uint64_t Sum = Lost->Unknown + Lost->Filtered;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Walk->Lost[Kind] += Lost->Evicted[Kind] + Lost->Dropped[Kind];
        Sum += Lost->Evicted[Kind] + Lost->Dropped[Kind];
    }
    CHECK(Sum == Lost->NextSequence - Lost->Header.Sequence);
    Walk->Unknown += Lost->Unknown;
    if (!Lost->Unknown && !Walk->Reader->Lying)
        CHECK(Same(Evicted, Lost->Evicted) && Same(Dropped, Lost->Dropped) && Filtered == Lost->Filtered);
    if (!Walk->Reader->Lying)
        CheckHoleIsMaximal(Walk, Lost, Batch->First, Batch->Next.Next);
    Walk->LastHoleEnd = Lost->NextSequence;
}

static void
WalkEvent(WALK *Walk, const PRCM_RECORD *Record)
{
    const EVENT *Event = &Model->Events[Walk->Number];
    CHECK(Event->State == EVENT_COMMITTED && Wants(&Walk->Reader->Log, Event));
    CHECK(Record->Size == Event->Bytes && Record->Kind == Event->Kind && Record->Key == Event->Key);
    CHECK(Record->Time == Event->Time && Record->ThreadId == Event->Pattern);
    for (uint32_t At = sizeof(*Record); At < Record->Size; At++)
        CHECK(((const uint8_t *)Record)[At] == Event->Pattern);
    Walk->Delivered[Event->Kind]++;
    Walk->Number++;
}

static void
WalkBatch(WALK *Walk, const PRCM_BATCH *Batch, uint32_t SoftBytes)
{
    uint32_t At = Batch->Size;
    for (uint32_t Index = 0; Index < Batch->RecordCount; Index++)
    {
        const PRCM_RECORD *Record = (const void *)((const char *)Batch + At);
        CHECK(Index == 0 || At < SoftBytes);
        CHECK(Record->Sequence >= Walk->Number);
        WalkOver(Walk, Record->Sequence);
        if (Record->Kind == PRCM_KIND_LOST)
            WalkHole(Walk, (const void *)Record, Batch);
        else
            WalkEvent(Walk, Record);
        At += Record->Size;
    }
    WalkOver(Walk, Batch->Next.Next);
    CHECK(At == Batch->Bytes);
}

static void
CheckToken(const MODEL_READER *Reader, const PRCM_BATCH *Batch, const PRCM_TOKEN *Before)
{
    uint64_t Captured[PRCM_KIND_COUNT];
    uint64_t Dropped[PRCM_KIND_COUNT];
    CHECK(Batch->Next.Instance == Model->Log.Instance);
    if (Reader->Lying)
        return;
    if (!Batch->Next.CountsKnown)
    {
        CHECK(Same(Batch->Next.Captured, NoCounts));
        return;
    }
    ModelCounts(Model, Batch->Next.Next, Captured, Dropped);
    CHECK(Same(Batch->Next.Captured, Captured) && Same(Batch->Next.Dropped, Dropped));
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT && Before->CountsKnown; Kind++)
        CHECK(Batch->Next.Captured[Kind] - Before->Captured[Kind] ==
              Batch->Delivered[Kind] + Batch->Filtered[Kind] + Batch->Lost[Kind]);
}

static void
CheckBatch(MODEL_READER *Reader, const PRCM_BATCH *Batch, const PRCM_TOKEN *Before, uint64_t Examined,
           uint32_t SoftBytes)
{
    WALK Walk = {.Reader = Reader, .Examined = Examined, .Number = Batch->First};
    CHECK(Batch->RequiredBytes == 0);
    CHECK(Batch->Number == ++Reader->Batches);
    WalkBatch(&Walk, Batch, SoftBytes);
    CHECK(Batch->Next.Next == Batch->First || Batch->Next.Next <= ModelPublished(Model));
    CHECK(Same(Walk.Delivered, Batch->Delivered));
    CHECK(Same(Walk.Lost, Batch->Lost));
    CHECK(Walk.Unknown == Batch->Unknown);
    CHECK(!Walk.Unknown || !Before->CountsKnown || Reader->Lying);
    if (!Reader->Lying)
        CHECK(Same(Walk.Filtered, Batch->Filtered));
    uint64_t Sum = Batch->Unknown;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Sum += Batch->Delivered[Kind] + Batch->Filtered[Kind] + Batch->Lost[Kind];
    CHECK(Sum == Batch->Next.Next - Batch->First);
    CheckToken(Reader, Batch, Before);
    GIVEN_TOKEN Token = {Batch->Next, Reader->Lying};
    Given[GivenCount < MAX_TOKENS ? GivenCount++ : Random(MAX_TOKENS)] = Token;
}

/* Behind a batch header that says what the next record takes, a buffer of that length must do. */
static void
ReadWithRequired(MODEL_READER *Reader, uint32_t Required, bool Quiet)
{
    PRCM_TOKEN Before = Reader->Log.Told;
    uint64_t Examined = Reader->Log.At.Next;
    PRCM_BATCH *Batch = malloc(Required);
    ULONG Written;
    bool Interfere = Model->Interfere;
    Model->Interfere = false;
    NTSTATUS Status = LogRead(&Reader->Log, Batch, Required, Required, FALSE, &Written);
    Model->Interfere = Interfere;
    /* The record may have been overwritten meanwhile, and something else be next. */
    CHECK(Status == STATUS_SUCCESS || Status == STATUS_BUFFER_OVERFLOW);
    CHECK(!Quiet || (Status == STATUS_SUCCESS && Written == Required));
    if (Status == STATUS_SUCCESS)
        CheckBatch(Reader, Batch, &Before, Examined, Required);
    free(Batch);
}

static void
CheckOverflow(MODEL_READER *Reader, const PRCM_BATCH *Batch, const PRCM_TOKEN *Before, uint32_t Bytes,
              bool Quiet)
{
    uint32_t Required = Batch->RequiredBytes;
    CHECK(Batch->Bytes == sizeof(*Batch) && Batch->RecordCount == 0);
    CHECK(Required > Bytes);
    CHECK(memcmp(&Batch->Next, Before, sizeof(*Before)) == 0);
    if (Random(2))
        ReadWithRequired(Reader, Required, Quiet);
}

static void
Read(MODEL_READER *Reader)
{
    uint32_t Bytes = (uint32_t)sizeof(PRCM_BATCH) + 8 * Random(Random(3) ? 40 : 600) + Random(3);
    uint32_t SoftBytes = Random(2) ? Bytes : Random(4000);
    bool EvenEmpty = Random(2) != 0;
    bool Quiet = !Model->Interfere;
    PRCM_TOKEN Before = Reader->Log.Told;
    uint64_t Examined = Reader->Log.At.Next;
    bool Something = HasSomething(&Reader->Log, Examined, ModelPublished(Model));
    uint8_t *Buffer = malloc(Bytes);
    ULONG Written = 1;

    memset(Buffer, 0xEE, Bytes);
    NTSTATUS Status = LogRead(&Reader->Log, Buffer, Bytes, SoftBytes, EvenEmpty, &Written);
    CHECK(Written <= Bytes);
    for (uint32_t At = Written; At < Bytes; At++)
        CHECK(Buffer[At] == 0xEE);
    const PRCM_BATCH *Batch = (const void *)Buffer;
    if (Status == STATUS_PENDING)
    {
        CHECK(!EvenEmpty && Written == 0);
        CHECK(!Quiet || !Something || Reader->Lying);
        free(Buffer);
        return;
    }
    CHECK(Batch->Size == sizeof(*Batch) && Batch->Bytes == Written && Batch->First == Before.Next);
    if (Quiet)
        CHECK(Batch->Head == Model->Count + 1 && Same(Batch->HeadCaptured, Model->Log.Counts.Captured));
    if (Status == STATUS_BUFFER_OVERFLOW)
    {
        CheckOverflow(Reader, Batch, &Before, Bytes, Quiet);
    }
    else
    {
        CHECK(Status == STATUS_SUCCESS);
        CHECK(EvenEmpty || Batch->RecordCount);
        CheckBatch(Reader, Batch, &Before, Examined, SoftBytes);
    }
    free(Buffer);
}

/* One call looks at a slice of the log: within that, its answer is exact. */
#define SLICE 64u

/* How many entries the lanes have that nobody has looked at since they were reserved. */
static uint64_t
Unseen(void)
{
    uint64_t Count = 0;
    for (uint32_t Index = 0; Index < PRCM_LANE_COUNT; Index++)
    {
        const LANE_MODEL *Lane = &Model->Lanes[Index];
        for (uint32_t At = Lane->First; At < Lane->End; At++)
            Count += Lane->Entries[At].Offset >= Model->Log.Lanes[Index].Filling;
    }
    return Count;
}

static void
CheckReady(MODEL_READER *Reader)
{
    uint64_t From = Reader->Log.At.Next;
    uint64_t Published = ModelPublished(Model);
    bool Something = HasSomething(&Reader->Log, From, Published);
    if (Reader->Lying || !Reader->Log.At.CountsKnown)
        return;
    uint64_t Steps = Unseen() + (Published > From ? Published - From : 0);
    bool Ready = LogReadyLocked(&Reader->Log);
    CHECK(Ready || !Something);
    CHECK(!Ready || Something || Steps >= SLICE);
    if (!Ready)
        CHECK(Reader->Log.At.Next == max(From, Published));
}

/* ---- Schedules ---- */

static void
Step(void)
{
    uint32_t Choice = Random(20);
    MODEL_READER *Reader = &Readers[Random(READERS)];
    bool Interfere = Model->Interfere;
    Model->Interfere = Interfere && Random(2);
    if (Choice < 12)
        ModelActivity(Model);
    else if (Choice == 19)
        ModelCheckQuery(Model);
    else if (!Reader->Subscribed || (Choice < 16 && Random(30) == 0))
        Subscribe(Reader);
    else if (Choice < 16)
        Read(Reader);
    else
        CheckReady(Reader);
    Model->Interfere = Interfere;
}

static void
RunSchedule(uint64_t Seed)
{
    ModelInit(Model, Seed);
    memset(Readers, 0, sizeof(Readers));
    GivenCount = 0;
    bool Interfere = Random(2) != 0;
    for (uint64_t Steps = Model->Limit / 2 + 50; Steps; Steps--)
    {
        Model->Interfere = Interfere;
        Step();
    }
    Model->Interfere = false;
    ModelSettle(Model);
    ModelCheckQuery(Model);
    ModelDestroy(Model);
}

static void
the_log_is_what_a_naive_model_of_it_is(void **State)
{
    SIM_HELD Held;
    (void)State;
    SimReset();
    OsInit();
    for (uint64_t Seed = FirstSeed; Seed < FirstSeed + Seeds; Seed++)
        RunSchedule(Seed);
    SimHeld(&Held);
    assert_int_equal(Held.PoolBlocks, 0);
}

int
main(int Count, char **Arguments)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(the_log_is_what_a_naive_model_of_it_is),
    };
    if (Count > 1)
        FirstSeed = strtoull(Arguments[1], NULL, 0);
    if (Count > 2)
        Seeds = strtoull(Arguments[2], NULL, 0);
    return cmocka_run_group_tests_name("driver log model", Tests, NULL, NULL);
}
