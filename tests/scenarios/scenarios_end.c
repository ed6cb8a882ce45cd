/* SPDX-License-Identifier: MIT
 *
 * Readers, handles, threads and the driver end while events come.
 */
#include "scenario.h"

static const uint32_t Id = 8;
static void
CancelRead(void *Context)
{
    HostIoCancel(((BOOK *)Context)->Pended);
}

/* A READ that is cancelled brings its batch or leaves it for the next one, and spends a batch number only in the first case. */
void
CancelAgainstComplete(void)
{
    BOOK Book;
    bool Reads = ScenarioOpen(&Book);
    if (Reads)
        BookPend(&Book);
    HOST_THREAD *Producer = HostThreadStart(ScenarioStart, (void *)(uintptr_t)&Id);
    HOST_THREAD *Canceller = Reads ? HostThreadStart(CancelRead, &Book) : NULL;
    HostThreadJoin(Producer);
    if (Reads)
    {
        HostThreadJoin(Canceller);
        NTSTATUS Status = BookWait(&Book);
        CHECK(Status == STATUS_CANCELLED ? Book.Events == 0 : !GOOD(Status) || Book.Events == 1);
    }
    HostNoMoreFaults();
    BookDrain(&Book);
    CHECK(!Reads || (Book.Events == 1 && !BookLostTotal(&Book)));
    BookClose(&Book);
}

static void
CloseInThread(void *Context)
{
    CHECK(HostClose(*(const HANDLE *)Context) == STATUS_SUCCESS);
}

/* A READ whose handle is closed brings its batch or is cancelled; a second reader has everything all the same. */
void
CleanupAgainstComplete(void)
{
    BOOK Going, Staying;
    bool Goes = ScenarioOpen(&Going);
    bool Stays = ScenarioOpen(&Staying);
    if (Goes)
        BookPend(&Going);
    HOST_THREAD *Producer = HostThreadStart(ScenarioStart, (void *)(uintptr_t)&Id);
    HOST_THREAD *Closer = Goes ? HostThreadStart(CloseInThread, &Going.Handle) : NULL;
    HostThreadJoin(Producer);
    if (Goes)
    {
        NTSTATUS Status = BookWait(&Going);
        HostThreadJoin(Closer);
        CHECK(Status == STATUS_CANCELLED ? Going.Events == 0 : !GOOD(Status) || Going.Events == 1);
        Going.Handle = NULL;
        BookAbandon(&Going);
    }
    HostNoMoreFaults();
    BookDrain(&Staying);
    CHECK(!Stays || Staying.Events == 1);
    BookClose(&Staying);
}

/* A session lives until the last of its handles is closed, in whatever order; then its READ ends. */
void
DuplicatedHandles(void)
{
    BOOK Book;
    HANDLE Copy = NULL;
    bool Reads = ScenarioOpen(&Book);
    if (Reads)
    {
        Copy = HostDuplicate(Book.Handle);
        CHECK(Copy);
        BookPend(&Book);
    }
    HOST_THREAD *First = Reads ? HostThreadStart(CloseInThread, &Book.Handle) : NULL;
    HOST_THREAD *Second = Reads ? HostThreadStart(CloseInThread, &Copy) : NULL;
    HostRaiseStart(Id, SCENARIO_TEXT_BYTES);
    if (Reads)
    {
        NTSTATUS Status = BookWait(&Book);
        CHECK(Status == STATUS_CANCELLED ? Book.Events == 0 : !GOOD(Status) || Book.Events == 1);
        HostThreadJoin(First);
        HostThreadJoin(Second);
        Book.Handle = NULL;
        BookAbandon(&Book);
    }
    HostNoMoreFaults();
}

/* ---- The end of the driver ---- */

/* A reader as it should be: it closes when it is told to. */
static void
ReadUntilOver(void *Context)
{
    BOOK *Book = Context;
    PRCM_SUBSCRIBE Request = BookRequest(PRCM_FROM_NOW);
    NTSTATUS Status = BookOpen(Book, &Request, SCENARIO_BUFFER_BYTES);
    while (!Status)
        Status = BookRead(Book);
    CHECK(BookIsOver(Status) || !GOOD(Status));
    BookAbandon(Book);
}

/* Whatever fails on the way there is tried again: somebody waits for it. */
static void
SendStop(void *Context)
{
    HANDLE Handle;
    NTSTATUS Status;
    (void)Context;
    while ((Status = HostOpen(&Handle)) != STATUS_SUCCESS && !BookIsOver(Status) && !GOOD(Status))
        HostNoMoreFaults();
    if (Status)
        return;
    CHECK(HostIoWait(HostControlStart(Handle, PRCM_IOCTL_STOP, NULL, 0, NULL, 0), NULL) == STATUS_SUCCESS);
    CHECK(HostClose(Handle) == STATUS_SUCCESS);
}

/* STOP ends every READ, pended or on its way, and lets nobody in afterwards. */
void
StopAgainstEverything(void)
{
    BOOK Book, Newcomer;
    HANDLE Handle;
    bool Reads = ScenarioOpen(&Book);
    HOST_THREAD *Producer = HostThreadStart(ScenarioStart, (void *)(uintptr_t)&Id);
    HOST_THREAD *Reader = HostThreadStart(ReadUntilOver, &Newcomer);
    HOST_THREAD *Stopper = HostThreadStart(SendStop, NULL);
    if (Reads)
    {
        NTSTATUS Status = BookReadUntil(&Book, 2);
        CHECK(BookIsOver(Status) || !GOOD(Status));
        CHECK(Book.Events <= 1);
    }
    HostThreadJoin(Stopper);
    HostNoMoreFaults();
    SendStop(NULL);
    HostThreadJoin(Reader);
    HostThreadJoin(Producer);
    CHECK(HostOpen(&Handle) == STATUS_DEVICE_REMOVED);
    BookAbandon(&Book);
}
