/* SPDX-License-Identifier: MIT
 *
 * What Wine does not do as NT does: it is the service manager that unloads, at once; and who issued a request and has ended
 * since is never told what became of it.
 */
#include "scenario.h"

static const uint32_t Id = 8;

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
    bool Reads = ScenarioOpen(&Book);
    HOST_THREAD *Reader = Reads ? HostThreadStart(PendAndEnd, &Book) : NULL;
    HOST_THREAD *Producer = HostThreadStart(ScenarioStart, (void *)(uintptr_t)&Id);
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

static void
ReadAndClose(void *Context)
{
    BOOK *Book = Context;
    NTSTATUS Status = BookReadUntil(Book, 1);
    CHECK(!Status || BookIsOver(Status) || !GOOD(Status));
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
        CHECK(BookIsOver(Status) || !GOOD(Status));
}

/* As Windows does it: the driver goes when the last handle has been closed, whoever that is. */
void
UnloadAgainstEverything(void)
{
    BOOK Book;
    bool Reads = ScenarioOpen(&Book);
    HOST_THREAD *Producer = HostThreadStart(ScenarioStart, (void *)(uintptr_t)&Id);
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
    CHECK(BookIsOver(Status) || Status == STATUS_CANCELLED || !GOOD(Status));
}

/* As Wine does it: at once, with handles open, READs pended and routines running. */
void
UnloadAtOnce(void)
{
    BOOK Book;
    bool Reads = ScenarioOpen(&Book);
    HOST_THREAD *Producer = HostThreadStart(ScenarioStart, (void *)(uintptr_t)&Id);
    HOST_THREAD *Reader = Reads ? HostThreadStart(ReadUntilUnloaded, &Book) : NULL;
    HostUnloadAtOnce();
    HostThreadJoin(Producer);
    if (Reads)
        HostThreadJoin(Reader);
    HostNoMoreFaults();
    CHECK(!HostIsLoaded());
    BookAbandon(&Book);
}
