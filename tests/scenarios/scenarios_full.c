/* SPDX-License-Identifier: MIT
 *
 * Lanes that are full. Records of the largest command lines and paths, so that few of them do it.
 */
#include "scenario.h"

#define LARGE_BYTES  65000u
#define BUFFER_BYTES (192u * 1024u)

/* So many large records fit a lane: one more evicts. */
#define LANE_RECORDS (PRCM_MIN_LANE_BYTES / (LARGE_BYTES + 1024u))

static const uint32_t Id = 8;

static void
RaiseLarge(uint32_t Count)
{
    for (; Count; Count--)
        HostRaiseImage(Id, LARGE_BYTES);
}

static void
ProduceLarge(void *Context)
{
    RaiseLarge(*(const uint32_t *)Context);
}

static void
Drain(void *Context)
{
    BookDrain(Context);
}

static void
CheckAllAccounted(const BOOK *Book, uint64_t Raised)
{
    CHECK(Book->Events + BookLostTotal(Book) == Raised);
    CHECK(!Book->Unknown);
}

/* The lane's end is passed, and its oldest records go, while a reader is at them. */
void
WrapAround(void)
{
    static const uint32_t More = 2;
    PRCM_SUBSCRIBE Request = BookRequest(PRCM_FROM_NOW);
    BOOK Book;
    RaiseLarge(LANE_RECORDS - 1);
    bool Reads = GOOD(BookOpen(&Book, &Request, BUFFER_BYTES));
    BookProducers = 2;
    HOST_THREAD *One = HostThreadStart(ProduceLarge, (void *)(uintptr_t)&More);
    HOST_THREAD *Two = HostThreadStart(ProduceLarge, (void *)(uintptr_t)&More);
    if (Reads)
        (void)GOOD(BookReadUntil(&Book, 2 * More));
    HostThreadJoin(One);
    HostThreadJoin(Two);
    HostNoMoreFaults();
    BookDrain(&Book);
    CHECK(!Reads || (Book.Events == 2 * More && !BookLostTotal(&Book)));
    BookClose(&Book);
}

/* A reader with a backlog as long as the lane, whose oldest end a producer overwrites meanwhile. */
void
OvertakenReader(void)
{
    static const uint32_t More = 3;
    PRCM_SUBSCRIBE Request = BookRequest(PRCM_FROM_NOW);
    BOOK Book;
    bool Reads = GOOD(BookOpen(&Book, &Request, BUFFER_BYTES));
    BookProducers = 1;
    RaiseLarge(LANE_RECORDS - 1);
    HOST_THREAD *Producer = HostThreadStart(ProduceLarge, (void *)(uintptr_t)&More);
    HOST_THREAD *Reader = HostThreadStart(Drain, &Book);
    HostThreadJoin(Producer);
    HostThreadJoin(Reader);
    HostNoMoreFaults();
    BookDrain(&Book);
    if (Reads)
        CheckAllAccounted(&Book, LANE_RECORDS - 1 + More);
    BookClose(&Book);
}

/* A thread that stands between reserve and commit, with its record the oldest of the lane, while another fills the lane and
 * more: newcomers are dropped, counted, and known in their place; a start, in the other lane, is not. */
void
SlowCommitter(void)
{
    static const uint32_t Flood = LANE_RECORDS + 2;
    PRCM_SUBSCRIBE Request = BookRequest(PRCM_FROM_NOW);
    BOOK Book;
    bool Reads = GOOD(BookOpen(&Book, &Request, BUFFER_BYTES));
    BookProducers = 2;
    HOST_THREAD *Slow = HostThreadStart(ScenarioImage, (void *)(uintptr_t)&Id);
    HOST_THREAD *Fast = HostThreadStart(ProduceLarge, (void *)(uintptr_t)&Flood);
    HostRaiseStart(Id, SCENARIO_TEXT_BYTES);
    HostThreadJoin(Fast);
    HostThreadJoin(Slow);
    HostNoMoreFaults();
    BookDrain(&Book);
    if (Reads)
    {
        CheckAllAccounted(&Book, Flood + 2);
        CHECK(Book.Delivered[PRCM_KIND_START] == 1);
    }
    BookClose(&Book);
}
