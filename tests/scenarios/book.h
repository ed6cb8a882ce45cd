/* SPDX-License-Identifier: MIT
 *
 * A reader that keeps the books: every batch is decoded by the library's decoder, follows the one before it, and adds up.
 */
#ifndef BOOK_H
#define BOOK_H

#include "host.h"

#define BOOK_MAX_RECORDS 256u

/* What is remembered of a record. */
typedef struct BOOK_LINE
{
    uint64_t Sequence;
    uint32_t Kind;
    uint32_t Key;
} BOOK_LINE;

typedef struct BOOK
{
    bool Open; /* subscribed, and what follows means something */
    HANDLE Handle;
    uint32_t Kinds;
    PRCM_TOKEN Start;
    PRCM_TOKEN At; /* Next of the last batch */
    uint64_t Batches;
    uint64_t Delivered[PRCM_KIND_COUNT];
    uint64_t Filtered[PRCM_KIND_COUNT];
    uint64_t Lost[PRCM_KIND_COUNT];
    uint64_t Unknown;
    uint64_t Events; /* sum of Delivered */
    BOOK_LINE Lines[BOOK_MAX_RECORDS];
    uint32_t LineCount;
    PRCM_BATCH *Buffer;
    uint32_t BufferBytes;
    HOST_IO *Pended;
} BOOK;

/* Everything, from From on. */
PRCM_SUBSCRIBE BookRequest(uint32_t From);

/* Opens and subscribes. A failure leaves nothing behind but an Open that is false. */
NTSTATUS BookOpen(BOOK *Book, const PRCM_SUBSCRIBE *Request, uint32_t BufferBytes);

/* Whether this is how a driver that goes, or is gone, refuses. */
bool BookIsOver(NTSTATUS Status);

/* Issues a READ that waits, and takes what it brings. A READ that waits brings something, or fails. */
void BookPend(BOOK *Book);
NTSTATUS BookWait(BOOK *Book);
NTSTATUS BookRead(BOOK *Book);

/* READs that wait, until there have been this many events, or a READ fails: the status of the last. */
NTSTATUS BookReadUntil(BOOK *Book, uint64_t Events);

/* One READ that does not wait. */
NTSTATUS BookReadNow(BOOK *Book);

/* READs that do not wait, until there is nothing left. Nothing if the book is not open. */
void BookDrain(BOOK *Book);

/* Takes what Io, a READ into Book->Buffer, brought. */
NTSTATUS BookTake(BOOK *Book, HOST_IO *Io, bool Waits);

/* Drains, holds the account against the driver's counters, adds it to the tally of events checked, and closes. Nothing may be
 * under way. */
void BookClose(BOOK *Book);

/* Closes without looking, where the driver has ended. */
void BookAbandon(BOOK *Book);

/* What is missing, of all kinds. */
uint64_t BookLostTotal(const BOOK *Book);

/* How many threads raise events and how many readers there are, for the tally. */
extern unsigned BookProducers;

#endif
