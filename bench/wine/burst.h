/* SPDX-License-Identifier: MIT
 *
 * burst.exe: the same events raised to one way of telling user mode, and how that way's reader fares.
 */
#ifndef BURST_H
#define BURST_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

/* A wait that brings nothing for so long ends the reader, once all has been raised. */
#define QUIET_MS 1000u

/* Says what failed, with the last error, and ends the program. */
void Fail(const char *What) __attribute__((noreturn));

/* Never fails. */
void *Allocate(size_t Bytes);

/* ---- tally.c: what was raised, what came, and how the two compare ---- */

typedef struct TALLY_EVENT
{
    uint32_t Kind; /* PRCM_KIND_XXX, or NTEXT_START and its like, which are the same numbers */
    uint32_t ProcessId;
    uint64_t Base;
    uint32_t Position; /* in the order raised */
} TALLY_EVENT;

typedef struct TALLY
{
    TALLY_EVENT *Raised;
    uint32_t RaisedCount;
    uint32_t BurstFrom;     /* the position of the burst's first event */
    TALLY_EVENT *Delivered; /* in the order in which they came, without Position */
    uint32_t DeliveredCount;
    uint32_t Requests; /* that brought something */
    int64_t LastAt;    /* when the last event came, by Ticks */
    int64_t KnownLost; /* that the way told of; below 0: it cannot tell */
} TALLY;

/* In 1 / TicksASecond() seconds. */
int64_t Ticks(void);
int64_t TicksASecond(void);

/* Room for Count events raised, and for more than a way can make of them. */
void TallyInit(TALLY *Tally, uint32_t Count);
void TallyFree(TALLY *Tally);
void TallyRaised(TALLY *Tally, uint32_t Kind, uint32_t ProcessId, uint64_t Base);
void TallyDelivered(TALLY *Tally, uint32_t Kind, uint32_t ProcessId, uint64_t Base);

typedef struct TALLY_RESULT
{
    uint32_t Duplicates; /* delivered before */
    uint32_t OutOfOrder; /* delivered after an event that was raised later; duplicates do not count */
    uint32_t Missing;    /* raised and never delivered */
    uint32_t OfBurst;    /* delivered, of the burst, without duplicates */
} TALLY_RESULT;

/* Sorts Raised. */
void TallyJudge(TALLY *Tally, TALLY_RESULT *Result);

/* ---- raise.c: a few processes one after the other, each starting, loading two images and exiting, with a pause before each of
 * these three; then more processes, which start, load many images and exit in one burst ---- */

typedef struct RAISE
{
    uint32_t Images;
    HANDLE Device;
    HANDLE Thread;
    int64_t BurstAt; /* by Ticks */
} RAISE;

/* How many events that makes. */
uint32_t RaiseCount(uint32_t Images);

/* Tells Tally what will be raised. */
void RaisePlan(TALLY *Tally, uint32_t Images);

/* Begins, in a thread of its own. */
void RaiseBegin(RAISE *Raise, uint32_t Images);

/* All has been raised, and each event reached the driver. */
bool RaiseHasEnded(const RAISE *Raise);

void RaiseEnd(RAISE *Raise);

/* ---- readers.c: each way's reader, as who knows the way well would write it; the author's as the author did ---- */

typedef struct READER
{
    const char *Name;
    uint32_t Pended;             /* requests at a time */
    uint32_t BufferBytes;        /* of each */
    void (*Open)(void);          /* from now on events are for this reader */
    bool (*Read)(TALLY *Tally);  /* waits for QUIET_MS at most; false: nothing came */
    void (*Close)(TALLY *Tally); /* asks for the losses, too */
} READER;

extern const READER Readers[];
extern const unsigned ReaderCount;

#endif
