/* SPDX-License-Identifier: MIT
 *
 * A reader: the way that it reads, the run that it is part of, and what it has met.
 */
#ifndef READER_H
#define READER_H

#include "events.h"
#include "ticks.h"
#include <stdbool.h>

typedef struct READER READER;

/* A way as user mode sees it. */
typedef struct WAY_INFO
{
    const char *Name;
    const char *Means;
    const SIM_IMAGE *Image;       /* NULL: no driver, the kernel's call alone */
    void (*Read)(READER *Reader); /* until the last event; NULL: nobody reads */
    bool ManyReaders;
    uint64_t MemoryBytes; /* nonpaged memory that events may take, at most */
} WAY_INFO;

typedef struct RUN_CONFIG
{
    const WAY_INFO *Way;
    unsigned Producers;
    unsigned Readers;
    uint64_t Count;     /* events */
    double Rate;        /* a second, of all producers; 0: back to back */
    bool AsRecorded;    /* when the events are due */
    bool Stamped;       /* each event: its time in the notify routine and until its reader has it */
    unsigned RearmUs;   /* prcm: how long a reader waits between two READs */
    unsigned ReadBytes; /* prcm: of a READ */
    unsigned PollMs;    /* poll */
    bool Behind;        /* readers begin when all has been raised */
    unsigned IdleMs;    /* before the first event nothing happens for so long, and what wakes up is counted */
    const char *Capture;    /* prcm: a file that the reader records to; NULL: it does not */
    unsigned EmptyRequests; /* timed before all else; of a way that is read, but prcm */
} RUN_CONFIG;

struct READER
{
    const RUN_CONFIG *Config;
    SIM_THREAD *Thread;
    const uint64_t *RaisedAt; /* by tag; NULL: not stamped */
    uint32_t *Latency;        /* in ticks, of each event delivered */
    SIM_GATE *Ready;          /* opened by the reader when events may come */
    SIM_GATE *Go;             /* which it then passes */
    uint64_t Delivered;
    uint64_t Lost; /* that it was told of */
    uint64_t Requests;
    uint64_t Waits; /* each is one wake, a timer's too */
    uint64_t LastAt;
    uint64_t ProcessorNs;
    uint64_t Touched; /* keeps the compiler from leaving the events unread */
    bool Ended;       /* the last event came */
    bool Failed;
};

/* Marks the event as read; whether it was the last. */
static inline bool
ReaderSee(READER *Reader, uint64_t Tag, const void *Text)
{
    if (Tag == EVENTS_END_TAG)
    {
        Reader->Ended = true;
        return true;
    }
    Reader->Touched += *(const volatile unsigned char *)Text;
    if (Reader->RaisedAt)
        Reader->Latency[Reader->Delivered] = (uint32_t)(Ticks() - Reader->RaisedAt[Tag]);
    Reader->Delivered++;
    return false;
}

/* From user mode into the kernel: what that costs, an empty system call of the host's costs as well. */
void Cross(void);

/* Says that the reader is ready, before it waits for the first time. */
void ReaderReady(READER *Reader);

#endif
