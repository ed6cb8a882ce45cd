/* SPDX-License-Identifier: MIT
 *
 * From block to block through a file, and on behind what is damaged.
 */
#ifndef CAPTURE_SCAN_H
#define CAPTURE_SCAN_H

#include "capture_block.h"
#include "capture_buffer.h"
#include "capture_weave.h"

typedef enum SCAN_FOUND
{
    SCAN_BLOCK,  /* Header; its end is there, its payload was not looked at */
    SCAN_DAMAGE, /* Bytes at Offset: a block follows them */
    SCAN_END     /* Bytes at Offset, which may be none, are torn: Why. Asked again, it looks again */
} SCAN_FOUND;

typedef struct CAPTURE_SCAN
{
    const PRCM_CAPTURE_FILE *File;
    uint64_t FileId; /* 0: of the first block that is found */
    uint64_t At;     /* where the next block is to begin */

    /* What was found. */
    CAPTURE_ANY_HEADER Header;
    uint64_t Offset;
    uint64_t Bytes;
    uint32_t Why;
} CAPTURE_SCAN;

void ScanBegin(CAPTURE_SCAN *Scan, const PRCM_CAPTURE_FILE *File);

/* The file's result. */
PRCM_RESULT ScanNext(CAPTURE_SCAN *Scan, SCAN_FOUND *Found);

/* What a block's payload is read into, at most CAPTURE_MAX_RAW_BYTES each. */
typedef struct CAPTURE_PAYLOAD
{
    BLOCK_UNPACKER *Unpacker;
    CAPTURE_BUFFER Stored;
    CAPTURE_BUFFER Raw;
    CAPTURE_WEAVE Weave;
} CAPTURE_PAYLOAD;

PRCM_RESULT PayloadInit(CAPTURE_PAYLOAD *Payload);
void PayloadDestroy(CAPTURE_PAYLOAD *Payload);

/* Reads the payload of the block that was found, checks and unpacks it: Header.RawBytes at Raw.
 *   Why  receives PRCM_DAMAGE_XXX; PRCM_DAMAGE_NONE also for a block that is not known, whose Raw is left
 * PRCM_ERROR_MEMORY, and the file's. */
PRCM_RESULT PayloadRead(CAPTURE_PAYLOAD *Payload, const CAPTURE_SCAN *Scan, uint32_t *Why);

/* The header of the block at Offset, whole, into Scan, which is then as after ScanNext. *Good receives whether there
 * is one. */
PRCM_RESULT ScanAt(CAPTURE_SCAN *Scan, uint64_t Offset, bool *Good);

#endif
