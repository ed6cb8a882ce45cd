/* SPDX-License-Identifier: MIT
 *
 * Readers, handles, threads and the driver end while events come.
 */
#include "scenario.h"

#define BUFFER_BYTES (8u * 1024u)
#define TEXT_BYTES   20u

static const uint32_t Id = 8;
static PRCM_SUBSCRIBE FromNow;

static bool
Open(BOOK *Book)
{
    FromNow = BookRequest(PRCM_FROM_NOW);
    BookProducers = 1;
    return GOOD(BookOpen(Book, &FromNow, BUFFER_BYTES));
}

static void
ProduceStart(void *Context)
{
    (void)Context;
    HostRaiseStart(Id, TEXT_BYTES);
}

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
    bool Reads = Open(&Book);
    if (Reads)
        BookPend(&Book);
    HOST_THREAD *Producer = HostThreadStart(ProduceStart, NULL);
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
CloseHandle(void *Context)
{
    CHECK(HostClose(*(const HANDLE *)Context) == STATUS_SUCCESS);
}

/* A READ whose handle is closed brings its batch or is cancelled; a second reader has everything all the same. */
void
CleanupAgainstComplete(void)
{
    BOOK Going, Staying;
    bool Goes = Open(&Going);
    bool Stays = Open(&Staying);
    if (Goes)
        BookPend(&Going);
    HOST_THREAD *Producer = HostThreadStart(ProduceStart, NULL);
    HOST_THREAD *Closer = Goes ? HostThreadStart(CloseHandle, &Going.Handle) : NULL;
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
    bool Reads = Open(&Book);
    if (Reads)
    {
        Copy = HostDuplicate(Book.Handle);
        CHECK(Copy);
        BookPend(&Book);
    }
    HOST_THREAD *First = Reads ? HostThreadStart(CloseHandle, &Book.Handle) : NULL;
    HOST_THREAD *Second = Reads ? HostThreadStart(CloseHandle, &Copy) : NULL;
    HostRaiseStart(Id, TEXT_BYTES);
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

static void
PendAndEnd(void *Context)
{
    BookPend(Context);
}

/* A thread that ends with its READ pended: the READ brings its batch or is cancelled, and the handle can be read on. */
void
DyingThread(void)
{
    BOOK Book;
    bool Reads = Open(&Book);
    HOST_THREAD *Reader = Reads ? HostThreadStart(PendAndEnd, &Book) : NULL;
    HOST_THREAD *Producer = HostThreadStart(ProduceStart, NULL);
    HostThreadJoin(Producer);
    if (Reads)
    {
        HostThreadJoin(Reader);
        NTSTATUS Status = BookWait(&Book);
        CHECK(Status == STATUS_CANCELLED ? Book.Events == 0 : Status || Book.Events == 1);
    }
    HostNoMoreFaults();
    BookDrain(&Book);
    CHECK(!Reads || Book.Events == 1);
    BookClose(&Book);
}

/* ---- The end of the driver ---- */

static bool
IsOver(NTSTATUS Status)
{
    return Status == STATUS_DEVICE_REMOVED || Status == STATUS_NO_SUCH_DEVICE ||
           Status == STATUS_OBJECT_NAME_NOT_FOUND;
}

/* A reader as it should be: it closes when it is told to. */
static void
ReadUntilOver(void *Context)
{
    BOOK *Book = Context;
    NTSTATUS Status = BookOpen(Book, &FromNow, BUFFER_BYTES);
    while (!Status)
        Status = BookRead(Book);
    CHECK(IsOver(Status) || !GOOD(Status));
    BookAbandon(Book);
}

/* Whatever fails on the way there is tried again: somebody waits for it. */
static void
SendStop(void *Context)
{
    HANDLE Handle;
    NTSTATUS Status;
    (void)Context;
    while ((Status = HostOpen(&Handle)) != STATUS_SUCCESS && !IsOver(Status) && !GOOD(Status))
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
    bool Reads = Open(&Book);
    HOST_THREAD *Producer = HostThreadStart(ProduceStart, NULL);
    HOST_THREAD *Reader = HostThreadStart(ReadUntilOver, &Newcomer);
    HOST_THREAD *Stopper = HostThreadStart(SendStop, NULL);
    if (Reads)
    {
        NTSTATUS Status = BookReadUntil(&Book, 2);
        CHECK(IsOver(Status) || !GOOD(Status));
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

static void
ReadAndClose(void *Context)
{
    BOOK *Book = Context;
    NTSTATUS Status = BookReadUntil(Book, 1);
    CHECK(!Status || IsOver(Status) || !GOOD(Status));
    BookAbandon(Book);
}

static void
OpenAndClose(void *Context)
{
    HANDLE Handle;
    NTSTATUS Status = HostOpen(&Handle);
    (void)Context;
    if (!Status)
        HostClose(Handle);
    else
        CHECK(IsOver(Status) || !GOOD(Status));
}

/* As Windows does it: the driver goes when the last handle has been closed, whoever that is. */
void
UnloadAgainstEverything(void)
{
    BOOK Book;
    bool Reads = Open(&Book);
    HOST_THREAD *Producer = HostThreadStart(ProduceStart, NULL);
    HOST_THREAD *Reader = Reads ? HostThreadStart(ReadAndClose, &Book) : NULL;
    HOST_THREAD *Opener = HostThreadStart(OpenAndClose, NULL);
    NTSTATUS Status = HostUnload();
    CHECK(Status == STATUS_SUCCESS || Status == STATUS_PENDING);
    HostThreadJoin(Producer);
    HostThreadJoin(Opener);
    if (Reads)
        HostThreadJoin(Reader);
    HostNoMoreFaults();
    CHECK(!HostIsLoaded());
}

static void
ReadUntilUnloaded(void *Context)
{
    BOOK *Book = Context;
    NTSTATUS Status = BookReadUntil(Book, 2);
    CHECK(IsOver(Status) || Status == STATUS_CANCELLED || !GOOD(Status));
}

/* As Wine does it: at once, with handles open, READs pended and routines running. */
void
UnloadAtOnce(void)
{
    BOOK Book;
    bool Reads = Open(&Book);
    HOST_THREAD *Producer = HostThreadStart(ProduceStart, NULL);
    HOST_THREAD *Reader = Reads ? HostThreadStart(ReadUntilUnloaded, &Book) : NULL;
    HostUnloadAtOnce();
    HostThreadJoin(Producer);
    if (Reads)
        HostThreadJoin(Reader);
    HostNoMoreFaults();
    CHECK(!HostIsLoaded());
    BookAbandon(&Book);
}
