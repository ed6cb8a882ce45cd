/* SPDX-License-Identifier: MIT
 *
 * Captures in memory, on a disk that fails when it is told to, and what a reader finds in them as text.
 */
#ifndef CAPTURE_RIG_H
#define CAPTURE_RIG_H

#include <stdbool.h>

#include "batch_builder.h"
#include "prcm_capture.h"

#define RIG_FILE_ID  0x1122334455667788u
#define RIG_INSTANCE 0x01dc5bd0f3a1b2c4u
#define RIG_TIME     134000000000000000

typedef struct RIG_FILE
{
    uint8_t *Bytes;
    uint64_t Size;
    uint64_t Room;
    uint64_t Durable;   /* as of the last sync */
    uint64_t DiskBytes; /* how much fits; 0: any number */
    uint32_t SyncsFail; /* how many more */
    uint32_t CutsFail;  /* truncations, likewise */
    uint32_t Writes;    /* how many there were */
    uint32_t Open;
} RIG_FILE;

/* Its functions. Closing leaves the bytes. */
PRCM_CAPTURE_FILE RigFileOpen(RIG_FILE *File);
void RigFileSet(RIG_FILE *File, const void *Bytes, uint64_t Size);
void RigFileFree(RIG_FILE *File);

/* The batches of one run of the driver, in order. */
typedef struct RIG_STREAM
{
    uint64_t Instance;
    uint64_t Number;                  /* of the last batch in its session */
    uint64_t Before[PRCM_KIND_COUNT]; /* of the next batch */
    int64_t Time;                     /* of number 0 */
    BATCH_BUILDER Builder;
} RIG_STREAM;

RIG_STREAM *RigStreamCreate(uint64_t Instance);

/* A session begins where the stream is. */
PRCM_SUBSCRIBED RigSubscribed(RIG_STREAM *Stream);

/* The next batch: a start, two loads and an exit. */
const PRCM_BATCH *RigBatch(RIG_STREAM *Stream);

/* One in which Lost loads are lost. */
const PRCM_BATCH *RigLossyBatch(RIG_STREAM *Stream, uint64_t Lost);

/* Events that nobody records. */
void RigPass(RIG_STREAM *Stream, uint64_t Starts);

/* A writer of an empty file. */
PRCM_CAPTURE_WRITER *RigCreate(RIG_FILE *File);

/* A fact with a name. */
const PRCM_FACT *RigHostFact(const char *Name);

/* Fails unless PRCM_OK. */
#define RIG_OK(Call) assert_int_equal((Call), PRCM_OK)

/* Begins a session; writes Count batches, each in a block of its own. */
void RigBegin(PRCM_CAPTURE_WRITER *Writer, RIG_STREAM *Stream);
void RigWrite(PRCM_CAPTURE_WRITER *Writer, RIG_STREAM *Stream, uint32_t Count);

/* What a reader finds, a line for each item and each account. To be freed with free. */
char *RigRead(RIG_FILE *File);
char *RigReadAll(PRCM_CAPTURE_READER *Reader);

#endif
