/* SPDX-License-Identifier: MIT
 *
 * Events meet readers.
 */
#include "scenario.h"

/* A thread that raises what one process does. */
static void
ProduceStartAndImage(void *Context)
{
    uint32_t Id = *(const uint32_t *)Context;
    HostRaiseStart(Id, SCENARIO_TEXT_BYTES);
    HostRaiseImage(Id, SCENARIO_TEXT_BYTES);
}

/* Where a record of Kind about Key came, or LineCount. */
static uint32_t
FindLine(const BOOK *Book, uint32_t Kind, uint32_t Key)
{
    uint32_t At = 0;
    while (At < Book->LineCount && (Book->Lines[At].Kind != Kind || Book->Lines[At].Key != Key))
        At++;
    return At;
}

static void
CheckStartThenImage(const BOOK *Book, uint32_t Id)
{
    uint32_t Start = FindLine(Book, PRCM_KIND_START, Id);
    uint32_t Image = FindLine(Book, PRCM_KIND_IMAGE, Id);
    CHECK(Start < Image && Image < Book->LineCount);
}

/* Two processes, each on a thread of its own, and a reader that waits: everything there, in order, nothing lost. */
void
ProducersAgainstReader(void)
{
    static const uint32_t Ids[] = {8, 12};
    PRCM_SUBSCRIBE Request = BookRequest(PRCM_FROM_NOW);
    BOOK Book;
    bool Reads = GOOD(BookOpen(&Book, &Request, SCENARIO_BUFFER_BYTES));
    BookProducers = 2;
    HOST_THREAD *One = HostThreadStart(ProduceStartAndImage, (void *)(uintptr_t)&Ids[0]);
    HOST_THREAD *Two = HostThreadStart(ProduceStartAndImage, (void *)(uintptr_t)&Ids[1]);
    if (Reads)
        (void)GOOD(BookReadUntil(&Book, 4));
    HostThreadJoin(One);
    HostThreadJoin(Two);
    HostNoMoreFaults();
    BookDrain(&Book);
    if (Reads)
    {
        CHECK(Book.Events == 4 && !BookLostTotal(&Book));
        CheckStartThenImage(&Book, Ids[0]);
        CheckStartThenImage(&Book, Ids[1]);
    }
    BookClose(&Book);
}

/* Two lanes, two numbers, committed in either order: a reader sees the lower number first, and never the higher one without
 * it. */
void
CommitOutOfOrder(void)
{
    static const uint32_t Ids[] = {8, 12};
    PRCM_SUBSCRIBE Request = BookRequest(PRCM_FROM_NOW);
    BOOK Book;
    bool Reads = GOOD(BookOpen(&Book, &Request, SCENARIO_BUFFER_BYTES));
    BookProducers = 2;
    HOST_THREAD *One = HostThreadStart(ScenarioStart, (void *)(uintptr_t)&Ids[0]);
    HOST_THREAD *Two = HostThreadStart(ScenarioImage, (void *)(uintptr_t)&Ids[1]);
    while (Reads && Book.Events < 2)
    {
        if (!GOOD(BookRead(&Book)))
            break;
        /* Nothing is behind the reader any more. */
        CHECK(Book.At.Next == Book.Start.Next + Book.Events);
    }
    HostThreadJoin(One);
    HostThreadJoin(Two);
    HostNoMoreFaults();
    BookClose(&Book);
}

static void
ReadUntilTwo(void *Context)
{
    (void)GOOD(BookReadUntil(Context, 2));
}

/* Different filters, different threads: neither disturbs the other. */
void
TwoReaders(void)
{
    static const uint32_t Id = 8;
    PRCM_SUBSCRIBE Everything = BookRequest(PRCM_FROM_NOW);
    PRCM_SUBSCRIBE Lifecycle = Everything;
    BOOK All, Some;
    Lifecycle.Kinds = PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT);
    bool ReadsAll = GOOD(BookOpen(&All, &Everything, SCENARIO_BUFFER_BYTES));
    bool ReadsSome = GOOD(BookOpen(&Some, &Lifecycle, SCENARIO_BUFFER_BYTES));
    BookProducers = 1;
    HOST_THREAD *One = HostThreadStart(ReadUntilTwo, &All);
    HOST_THREAD *Two = HostThreadStart(ReadUntilTwo, &Some);
    HostRaiseStart(Id, SCENARIO_TEXT_BYTES);
    HostRaiseImage(Id, SCENARIO_TEXT_BYTES);
    HostRaiseExit(Id);
    HostThreadJoin(One);
    HostThreadJoin(Two);
    HostNoMoreFaults();
    BookDrain(&All);
    BookDrain(&Some);
    CHECK(!ReadsAll || (All.Events == 3 && !BookLostTotal(&All)));
    CHECK(!ReadsSome || (Some.Events == 2 && !BookLostTotal(&Some) && Some.Filtered[PRCM_KIND_IMAGE] == 1));
    BookClose(&Some);
    BookClose(&All);
}

static void
ProduceTwoOthers(void *Context)
{
    uint32_t Id = *(const uint32_t *)Context;
    HostRaiseStart(Id, SCENARIO_TEXT_BYTES);
    HostRaiseExit(Id);
}

/* A reader of one process is not completed by what others do, and is by what that one does. BookWait checks that a READ which
 * waited brought something. */
void
FiltersThatMatchNothing(void)
{
    static const uint32_t Others[] = {8, 12};
    static const uint32_t Mine = 16;
    PRCM_SUBSCRIBE Request = BookRequest(PRCM_FROM_NOW);
    BOOK Book;
    Request.Keys[Request.KeyCount++] = Mine;
    bool Reads = GOOD(BookOpen(&Book, &Request, SCENARIO_BUFFER_BYTES));
    BookProducers = 2;
    if (Reads)
        BookPend(&Book);
    HOST_THREAD *One = HostThreadStart(ProduceTwoOthers, (void *)(uintptr_t)&Others[0]);
    HOST_THREAD *Two = HostThreadStart(ScenarioImage, (void *)(uintptr_t)&Others[1]);
    HostThreadJoin(One);
    HostThreadJoin(Two);
    HostRaiseImage(Mine, SCENARIO_TEXT_BYTES);
    if (Reads)
        (void)GOOD(BookWait(&Book));
    HostNoMoreFaults();
    BookDrain(&Book);
    CHECK(!Reads || (Book.Events == 1 && Book.Delivered[PRCM_KIND_IMAGE] == 1));
    BookClose(&Book);
}

/* Where the scenario begins: by number where a driver that was there before has older events. */
static uint64_t Beginning;

static void
SubscribeAndRead(void *Context)
{
    BOOK *Book = Context;
    PRCM_SUBSCRIBE Request = BookRequest(Beginning > 1 ? PRCM_FROM_SEQUENCE : PRCM_FROM_OLDEST);
    Request.Token.Next = Beginning > 1 ? Beginning : 0;
    if (GOOD(BookOpen(Book, &Request, SCENARIO_BUFFER_BYTES)))
        (void)GOOD(BookReadUntil(Book, 2));
}

/* From the beginning, from now and from a token, while events come: each has all that follows its start. */
void
SubscribeInMidStream(void)
{
    static const uint32_t Id = 8;
    PRCM_SUBSCRIBE Request = BookRequest(PRCM_FROM_NOW);
    BOOK First, Oldest, Resumed;
    bool Reads = GOOD(BookOpen(&First, &Request, SCENARIO_BUFFER_BYTES));
    BookProducers = 1;
    Beginning = Reads ? First.Start.Next : 1;
    HOST_THREAD *Reader = HostThreadStart(SubscribeAndRead, &Oldest);
    HOST_THREAD *Producer = HostThreadStart(ProduceStartAndImage, (void *)(uintptr_t)&Id);
    if (Reads)
        (void)GOOD(BookReadUntil(&First, 1));
    Request.From = PRCM_FROM_TOKEN;
    Request.Token = First.At;
    bool Resumes = Reads && GOOD(BookOpen(&Resumed, &Request, SCENARIO_BUFFER_BYTES));
    HostThreadJoin(Producer);
    HostThreadJoin(Reader);
    HostNoMoreFaults();
    BookDrain(&First);
    if (Resumes)
        BookDrain(&Resumed);
    CHECK(!Reads || First.Events == 2);
    CHECK(!Resumes || (Resumed.Start.CountsKnown && !BookLostTotal(&Resumed) &&
                       Resumed.Start.Next + Resumed.Events == First.At.Next));
    if (Resumes)
        BookClose(&Resumed);
    BookClose(&Oldest);
    BookClose(&First);
}

/* A READ with no room for a record, taken back at once. */
static void
ReadTheSameHandle(void *Context)
{
    const BOOK *Book = Context;
    PRCM_READ Request = {sizeof(Request), 0};
    PRCM_BATCH Batch;
    HOST_IO *Io =
        HostControlStart(Book->Handle, PRCM_IOCTL_READ, &Request, sizeof(Request), &Batch, sizeof(Batch));
    HostIoCancel(Io);
    NTSTATUS Status = HostIoWait(Io, NULL);
    if (Status == STATUS_BUFFER_OVERFLOW)
        CHECK(Batch.RequiredBytes && Batch.Next.Next == Batch.First);
    else if (Status != STATUS_DEVICE_BUSY && Status != STATUS_CANCELLED)
        CHECK(!GOOD(Status));
}

/* A second READ on a handle is refused, or has its turn before or after the first: it takes nothing away from that. */
void
TwoReadsOnOneHandle(void)
{
    static const uint32_t Id = 8;
    PRCM_SUBSCRIBE Request = BookRequest(PRCM_FROM_NOW);
    BOOK Book;
    bool Reads = GOOD(BookOpen(&Book, &Request, SCENARIO_BUFFER_BYTES));
    BookProducers = 1;
    HOST_THREAD *Second = Reads ? HostThreadStart(ReadTheSameHandle, &Book) : NULL;
    HOST_THREAD *Producer = HostThreadStart(ScenarioStart, (void *)(uintptr_t)&Id);
    if (Reads)
    {
        NTSTATUS Status = BookRead(&Book);
        CHECK(Status == STATUS_DEVICE_BUSY || !GOOD(Status) || Book.Events == 1);
        HostThreadJoin(Second);
    }
    HostThreadJoin(Producer);
    HostNoMoreFaults();
    BookDrain(&Book);
    CHECK(!Reads || Book.Events == 1);
    BookClose(&Book);
}
