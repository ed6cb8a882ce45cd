/* SPDX-License-Identifier: MIT */
#include "book.h"
#include <stdlib.h>
#include <string.h>
#include "tally.h"

unsigned BookProducers;

static unsigned BooksOpen;

PRCM_SUBSCRIBE
BookRequest(uint32_t From)
{
    PRCM_SUBSCRIBE Request = {0};
    Request.Size = sizeof(Request);
    Request.AbiVersion = PRCM_ABI_VERSION;
    Request.Kinds = PRCM_KINDS_ALL;
    Request.From = From;
    return Request;
}

static NTSTATUS
BookControl(HANDLE Handle, uint32_t Code, const void *In, uint32_t InBytes, void *Out, uint32_t OutBytes)
{
    uint32_t Information;
    NTSTATUS Status = HostIoWait(HostControlStart(Handle, Code, In, InBytes, Out, OutBytes), &Information);
    if (!Status)
        CHECK(Information == OutBytes);
    return Status;
}

NTSTATUS
BookOpen(BOOK *Book, const PRCM_SUBSCRIBE *Request, uint32_t BufferBytes)
{
    PRCM_SUBSCRIBED Subscribed;
    *Book = (BOOK){.Kinds = Request->Kinds, .BufferBytes = BufferBytes};
    NTSTATUS Status = HostOpen(&Book->Handle);
    if (Status)
        return Status;
    Status = BookControl(Book->Handle, PRCM_IOCTL_SUBSCRIBE, Request, sizeof(*Request), &Subscribed,
                         sizeof(Subscribed));
    if (Status)
    {
        HostClose(Book->Handle);
        return Status;
    }
    CHECK(Subscribed.Start.Next <= Subscribed.Head && Subscribed.Oldest <= Subscribed.Head);
    Book->Buffer = malloc(BufferBytes);
    Book->Start = Book->At = Subscribed.Start;
    Book->Open = true;
    __atomic_add_fetch(&BooksOpen, 1, __ATOMIC_RELAXED);
    return STATUS_SUCCESS;
}

bool
BookIsOver(NTSTATUS Status)
{
    return Status == STATUS_DEVICE_REMOVED || Status == STATUS_NO_SUCH_DEVICE ||
           Status == STATUS_OBJECT_NAME_NOT_FOUND;
}

static void
BookTakeRecord(BOOK *Book, const PRCM_RECORD *Record)
{
    uint64_t After = Book->LineCount ? Book->Lines[Book->LineCount - 1].Sequence : 0;
    CHECK(Record->Sequence > After && Book->LineCount < BOOK_MAX_RECORDS);
    Book->Lines[Book->LineCount++] = (BOOK_LINE){Record->Sequence, Record->Kind, Record->Key};
}

/* What lies between two tokens is what the batch tells of. */
static void
BookCheckKinds(const BOOK *Book, const PRCM_BATCH *Batch)
{
    for (uint32_t Kind = 0; Book->At.CountsKnown && Batch->Next.CountsKnown && Kind < PRCM_KIND_COUNT; Kind++)
        CHECK(Batch->Next.Captured[Kind] - Book->At.Captured[Kind] ==
              Batch->Delivered[Kind] + Batch->Filtered[Kind] + Batch->Lost[Kind]);
}

static void
BookTakeBatch(BOOK *Book, uint32_t Bytes)
{
    const PRCM_BATCH *Batch = Book->Buffer;
    const PRCM_RECORD *Record;
    PRCM_RECORDS Records;

    CHECK(PrcmBatchOpen(Batch, Bytes, &Records) == PRCM_OK);
    CHECK(Batch->Bytes == Bytes && Batch->First == Book->At.Next && Batch->Number == ++Book->Batches);
    CHECK(Batch->Next.Next <= Batch->Head);
    BookCheckKinds(Book, Batch);
    while ((Record = PrcmBatchNext(&Records)) != NULL)
        BookTakeRecord(Book, Record);
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        Book->Delivered[Kind] += Batch->Delivered[Kind];
        Book->Filtered[Kind] += Batch->Filtered[Kind];
        Book->Lost[Kind] += Batch->Lost[Kind];
        Book->Events += Batch->Delivered[Kind];
    }
    Book->Unknown += Batch->Unknown;
    Book->At = Batch->Next;
}

static HOST_IO *
BookStart(BOOK *Book, uint32_t Flags)
{
    PRCM_READ Request = {sizeof(Request), Flags};
    return HostControlStart(Book->Handle, PRCM_IOCTL_READ, &Request, sizeof(Request), Book->Buffer,
                            Book->BufferBytes);
}

NTSTATUS
BookTake(BOOK *Book, HOST_IO *Io, bool Waits)
{
    uint32_t Information;
    NTSTATUS Status = HostIoWait(Io, &Information);
    if (Status)
        return Status;
    BookTakeBatch(Book, Information);
    CHECK(!Waits || Book->Buffer->RecordCount);
    return STATUS_SUCCESS;
}

void
BookPend(BOOK *Book)
{
    Book->Pended = BookStart(Book, 0);
}

NTSTATUS
BookWait(BOOK *Book)
{
    HOST_IO *Io = Book->Pended;
    Book->Pended = NULL;
    return BookTake(Book, Io, true);
}

NTSTATUS
BookRead(BOOK *Book)
{
    BookPend(Book);
    return BookWait(Book);
}

NTSTATUS
BookReadUntil(BOOK *Book, uint64_t Events)
{
    NTSTATUS Status = STATUS_SUCCESS;
    while (!Status && Book->Open && Book->Events < Events)
        Status = BookRead(Book);
    return Status;
}

NTSTATUS
BookReadNow(BOOK *Book)
{
    return BookTake(Book, BookStart(Book, PRCM_READ_NO_WAIT), false);
}

void
BookDrain(BOOK *Book)
{
    while (Book->Open && GOOD(BookReadNow(Book)) && Book->Buffer->RecordCount)
        ;
}

uint64_t
BookLostTotal(const BOOK *Book)
{
    uint64_t Total = Book->Unknown;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Total += Book->Lost[Kind];
    return Total;
}

/* captured = before its start + delivered + filtered + lost, with nothing left to read. */
static void
BookCheckAccount(const BOOK *Book)
{
    PRCM_QUERY Query;
    uint64_t Accounted = Book->Unknown;
    if (!GOOD(BookControl(Book->Handle, PRCM_IOCTL_QUERY, NULL, 0, &Query, sizeof(Query))))
        return;
    CHECK(Query.Published == Query.Next && Book->At.Next == Query.Next);
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        uint64_t Told = Book->Delivered[Kind] + Book->Filtered[Kind] + Book->Lost[Kind];
        Accounted += Told;
        if (Book->Start.CountsKnown)
            CHECK(Query.Captured[Kind] - Book->Start.Captured[Kind] == Told);
        if (!(Book->Kinds & PRCM_KIND_BIT(Kind)))
            CHECK(!Book->Delivered[Kind] && !Book->Lost[Kind]);
    }
    CHECK(Accounted == Query.Next - Book->Start.Next);
}

void
BookClose(BOOK *Book)
{
    if (!Book->Open)
        return;
    BookDrain(Book);
    BookCheckAccount(Book);
    TallyEvents(BookProducers, __atomic_load_n(&BooksOpen, __ATOMIC_RELAXED), BookLostTotal(Book) != 0,
                Book->At.Next - Book->Start.Next);
    BookAbandon(Book);
}

void
BookAbandon(BOOK *Book)
{
    if (!Book->Open)
        return;
    if (Book->Handle)
        HostClose(Book->Handle);
    free(Book->Buffer);
    Book->Open = false;
    __atomic_sub_fetch(&BooksOpen, 1, __ATOMIC_RELAXED);
}
