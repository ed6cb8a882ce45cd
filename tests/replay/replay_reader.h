/* SPDX-License-Identifier: MIT
 *
 * Readers of the replay: threads that read each in a way of its own, check every batch with the library's
 * decoder and the library's account, and compare every record. Each reads until the end has come.
 */
#ifndef REPLAY_READER_H
#define REPLAY_READER_H

#include "account.h"
#include "compare.h"

/* A way to read. */
typedef struct READER_WAY
{
    const char *Name;
    uint32_t Kinds;
    uint32_t Flags;    /* PRCM_READ_XXX */
    ULONG BufferBytes; /* a record that does not fit gets a buffer of its own */
    unsigned
        ResumeBatches; /* after so many the handle is closed, and another goes on from its token; 0: never */
    bool OneProcess;   /* the busiest alone */
} READER_WAY;

#define READER_COUNT 4u
extern const READER_WAY ReaderWays[READER_COUNT];

/* Whoever wants the first way's batches as well, in order. */
typedef struct REPLAY_TAP
{
    void (*Batch)(void *Context, const PRCM_BATCH *Batch);
    void *Context;
} REPLAY_TAP;

typedef struct REPLAY_READER
{
    const READER_WAY *Way;
    const REPLAY_TAP *Tap; /* NULL: nobody wants them */
    COMPARISON Comparison;
    HANDLE File;
    ACCOUNT Account; /* of File */
    PRCM_BATCH *Buffer;
    ULONG NextBytes; /* of the buffer of the next READ */
    uint64_t Delivered[PRCM_KIND_COUNT];
    uint64_t Lost[PRCM_KIND_COUNT];
    uint64_t Resumes;
    SIM_GATE *Gate; /* NULL, or waited for before the first READ */
    SIM_THREAD *Thread;
} REPLAY_READER;

/* Opens and subscribes, and starts the thread. Tap and Gate may be NULL. */
void ReaderStart(REPLAY_READER *Reader, const READER_WAY *Way, const MODEL *Model, const REPLAY_TAP *Tap,
                 SIM_GATE *Gate);

/* Waits for the thread. What is wrong with the account is a mismatch of the comparison. */
void ReaderFinish(REPLAY_READER *Reader);

#endif
