/* SPDX-License-Identifier: MIT
 *
 * What the writer's files share. One block is being filled at a time, of facts or of batches; it stays until it is
 * written, so that every call can be repeated.
 */
#ifndef CAPTURE_WRITER_H
#define CAPTURE_WRITER_H

#include "account.h"
#include "capture_block.h"
#include "capture_buffer.h"
#include "capture_index.h"
#include "capture_weave.h"

struct PRCM_CAPTURE_WRITER
{
    PRCM_CAPTURE_FILE File;
    uint64_t FileId;
    uint64_t End;    /* where the last whole block ends */
    uint64_t Number; /* of the next block */
    bool Torn;       /* behind End something may be that is no block */
    bool Ended;      /* END is written */
    bool Begun;      /* a session has: Account is its */
    ACCOUNT Account;

    /* The block being filled. */
    uint16_t Kind; /* 0: none */
    uint32_t FactCount;
    uint32_t RawBytes;
    uint32_t BlockBytes;
    CAPTURE_SUMMARY Summary;
    CAPTURE_BUFFER Raw;

    BLOCK_PACKER *Packer;
    CAPTURE_WEAVE Weave;
    CAPTURE_BUFFER Out; /* a whole block */
    CAPTURE_INDEX Index;
};

/* A writer without a file, for Create and Reopen. */
PRCM_RESULT WriterMake(const PRCM_CAPTURE_FILE *File, const PRCM_CAPTURE_OPTIONS *Options,
                       PRCM_CAPTURE_WRITER **Writer);

/* Writes a block at the end.
 *   Header  Kind, HeaderBytes and what the kind adds; receives the rest */
PRCM_RESULT WriterPut(PRCM_CAPTURE_WRITER *Writer, CAPTURE_ANY_HEADER *Header, const void *Raw,
                      uint32_t RawBytes);

/* The first block of a file. */
PRCM_RESULT WriterPutFile(PRCM_CAPTURE_WRITER *Writer, int64_t Time);

/* Writes PLACE: batches follow that go on from an account. With an error it is as it was. */
PRCM_RESULT WriterPlace(PRCM_CAPTURE_WRITER *Writer, const ACCOUNT *Account);

/* Writes the block being filled, if there is one. */
PRCM_RESULT WriterSeal(PRCM_CAPTURE_WRITER *Writer);

#endif
