/* SPDX-License-Identifier: MIT
 *
 * One block: laid out and checked. Knows no file.
 */
#ifndef CAPTURE_BLOCK_H
#define CAPTURE_BLOCK_H

#include <stddef.h>

#include "capture_format.h"

/* Fills in a header's common part and its hash. The payload, as it is stored, and its zeros are there already.
 *   Header  Version, Kind, HeaderBytes and what the kind adds are the caller's, as are StoredBytes, RawBytes, Number,
 *           FileId and Flags */
void BlockSeal(CAPTURE_ANY_HEADER *Header, const void *Stored);

/* The bytes of a payload with the zeros behind it. */
uint32_t BlockPadded(uint32_t Bytes);

/* Of the whole block. */
uint32_t BlockBytes(const CAPTURE_HEADER *Header);

typedef enum BLOCK_STATE
{
    BLOCK_GOOD,
    BLOCK_PARTIAL, /* as far as it is there, a header; its end is not */
    BLOCK_BAD
} BLOCK_STATE;

/* Whether a header is one, of whatever version and kind: magic, lengths, hash.
 *   Header  as much of it as there is, aligned to 8 bytes
 *   Bytes   how much; CAPTURE_MAX_HEADER_BYTES is enough */
BLOCK_STATE BlockCheckHeader(const CAPTURE_ANY_HEADER *Header, size_t Bytes);

/* For a good header: whether this library can read the payload. */
bool BlockIsKnown(const CAPTURE_HEADER *Header);

/* For a good header of a known block: whether what its kind says in it is so. */
bool BlockHeaderIsWellFormed(const CAPTURE_ANY_HEADER *Header);

/* Whether a payload is as it was written.
 *   Stored  with its zeros */
bool BlockCheckPayload(const CAPTURE_HEADER *Header, const void *Stored);

/* Compression, with its state. */
typedef struct BLOCK_PACKER BLOCK_PACKER;

/* NULL: no memory. */
BLOCK_PACKER *BlockPackerCreate(uint32_t Level);
void BlockPackerFree(BLOCK_PACKER *Packer);

/* Compresses RawBytes, or copies them where that is no shorter, and adds the zeros.
 *   Stored  at least BlockPadded(RawBytes)
 *   Flags   receives CAPTURE_FLAG_XXX
 * How many bytes it takes, without the zeros. */
uint32_t BlockPack(BLOCK_PACKER *Packer, const void *Raw, uint32_t RawBytes, uint8_t *Stored,
                   uint32_t *Flags);

typedef struct BLOCK_UNPACKER BLOCK_UNPACKER;

BLOCK_UNPACKER *BlockUnpackerCreate(void);
void BlockUnpackerFree(BLOCK_UNPACKER *Unpacker);

/* The payload of a known block that was checked, before compression. false: it is not RawBytes.
 *   Raw  at least Header->RawBytes */
bool BlockUnpack(BLOCK_UNPACKER *Unpacker, const CAPTURE_HEADER *Header, const void *Stored, void *Raw);

#endif
