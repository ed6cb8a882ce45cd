/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "capture_block.h"

/* No text begins so, and what a transfer in text mode makes of it begins otherwise. */
const uint8_t CaptureMagic[CAPTURE_MAGIC_BYTES] = {0x89, 'P', 'R', 'C', 'M', 0x0D, 0x0A, 0x1A};
const uint8_t CaptureEndMagic[CAPTURE_MAGIC_BYTES] = {0x89, 'P', 'R', 'C', 'M', 'E', 'N', 'D'};

struct BLOCK_PACKER
{
    ZSTD_CCtx *Context;
    int Level;
};

struct BLOCK_UNPACKER
{
    ZSTD_DCtx *Context;
};

uint32_t
BlockPadded(uint32_t Bytes)
{
    return (Bytes + 7) / 8 * 8;
}

uint32_t
BlockBytes(const CAPTURE_HEADER *Header)
{
    return Header->HeaderBytes + BlockPadded(Header->StoredBytes);
}

static uint64_t
HeaderHash(const CAPTURE_ANY_HEADER *Header)
{
    return XXH3_64bits(Header, Header->Block.HeaderBytes - CAPTURE_HASH_BYTES);
}

void
BlockSeal(CAPTURE_ANY_HEADER *Header, const void *Stored)
{
    CAPTURE_HEADER *Block = &Header->Block;
    memcpy(Block->Magic, CaptureMagic, sizeof(Block->Magic));
    Block->PayloadHash = XXH3_64bits(Stored, BlockPadded(Block->StoredBytes));
    uint64_t Hash = HeaderHash(Header);
    memcpy(Header->Bytes + Block->HeaderBytes - CAPTURE_HASH_BYTES, &Hash, sizeof(Hash));
}

BLOCK_STATE
BlockCheckHeader(const CAPTURE_ANY_HEADER *Header, size_t Bytes)
{
    const CAPTURE_HEADER *Block = &Header->Block;
    uint64_t Hash;
    if (memcmp(Header, CaptureMagic, Bytes < CAPTURE_MAGIC_BYTES ? Bytes : CAPTURE_MAGIC_BYTES) != 0)
        return BLOCK_BAD;
    if (Bytes < sizeof(*Block))
        return BLOCK_PARTIAL;
    if (Block->HeaderBytes < sizeof(*Block) + CAPTURE_HASH_BYTES ||
        Block->HeaderBytes > CAPTURE_MAX_HEADER_BYTES || Block->HeaderBytes % 8 != 0 ||
        Block->StoredBytes > CAPTURE_MAX_RAW_BYTES || Block->RawBytes > CAPTURE_MAX_RAW_BYTES)
        return BLOCK_BAD;
    if (Bytes < Block->HeaderBytes)
        return BLOCK_PARTIAL;
    memcpy(&Hash, Header->Bytes + Block->HeaderBytes - CAPTURE_HASH_BYTES, sizeof(Hash));
    return Hash == HeaderHash(Header) ? BLOCK_GOOD : BLOCK_BAD;
}

bool
BlockIsKnown(const CAPTURE_HEADER *Header)
{
    return Header->Version == CAPTURE_VERSION && Header->Kind >= CAPTURE_KIND_FILE &&
           Header->Kind <= CAPTURE_KIND_END &&
           (Header->Flags & ~(CAPTURE_FLAG_ZSTD | CAPTURE_FLAG_WOVEN)) == 0;
}

static uint32_t
KindHeaderBytes(uint16_t Kind)
{
    switch (Kind)
    {
    case CAPTURE_KIND_FILE:
        return sizeof(CAPTURE_FILE_HEADER);
    case CAPTURE_KIND_FACTS:
        return sizeof(CAPTURE_FACTS_HEADER);
    case CAPTURE_KIND_PLACE:
        return sizeof(CAPTURE_PLACE_HEADER);
    case CAPTURE_KIND_BATCHES:
        return sizeof(CAPTURE_BATCHES_HEADER);
    default:
        return sizeof(CAPTURE_INDEX_HEADER);
    }
}

bool
BlockHeaderIsWellFormed(const CAPTURE_ANY_HEADER *Header)
{
    const CAPTURE_HEADER *Block = &Header->Block;
    if (Block->HeaderBytes < KindHeaderBytes(Block->Kind) ||
        ((Block->Flags & CAPTURE_FLAG_WOVEN) != 0 && Block->Kind != CAPTURE_KIND_BATCHES))
        return false;
    return (Block->Flags & CAPTURE_FLAG_ZSTD) != 0 ? Block->StoredBytes < Block->RawBytes
                                                   : Block->StoredBytes == Block->RawBytes;
}

bool
BlockCheckPayload(const CAPTURE_HEADER *Header, const void *Stored)
{
    return XXH3_64bits(Stored, BlockPadded(Header->StoredBytes)) == Header->PayloadHash;
}

BLOCK_PACKER *
BlockPackerCreate(uint32_t Level)
{
    BLOCK_PACKER *Packer = malloc(sizeof(*Packer));
    if (Packer == NULL)
        return NULL;
    *Packer = (BLOCK_PACKER){.Context = ZSTD_createCCtx(), .Level = (int)Level};
    if (Packer->Context != NULL)
        return Packer;
    free(Packer);
    return NULL;
}

void
BlockPackerFree(BLOCK_PACKER *Packer)
{
    if (Packer == NULL)
        return;
    ZSTD_freeCCtx(Packer->Context);
    free(Packer);
}

uint32_t
BlockPack(BLOCK_PACKER *Packer, const void *Raw, uint32_t RawBytes, uint8_t *Stored, uint32_t *Flags)
{
    /* One byte less than it is: what does not get shorter is an error, and copied. */
    size_t Packed =
        RawBytes != 0 ? ZSTD_compressCCtx(Packer->Context, Stored, RawBytes - 1, Raw, RawBytes, Packer->Level)
                      : 0;
    uint32_t Bytes = RawBytes;
    *Flags = 0;
    if (RawBytes != 0 && !ZSTD_isError(Packed))
    {
        *Flags = CAPTURE_FLAG_ZSTD;
        Bytes = (uint32_t)Packed;
    }
    else if (RawBytes != 0)
        memcpy(Stored, Raw, RawBytes);
    memset(Stored + Bytes, 0, BlockPadded(Bytes) - Bytes);
    return Bytes;
}

BLOCK_UNPACKER *
BlockUnpackerCreate(void)
{
    BLOCK_UNPACKER *Unpacker = malloc(sizeof(*Unpacker));
    if (Unpacker == NULL)
        return NULL;
    Unpacker->Context = ZSTD_createDCtx();
    if (Unpacker->Context != NULL)
        return Unpacker;
    free(Unpacker);
    return NULL;
}

void
BlockUnpackerFree(BLOCK_UNPACKER *Unpacker)
{
    if (Unpacker == NULL)
        return;
    ZSTD_freeDCtx(Unpacker->Context);
    free(Unpacker);
}

bool
BlockUnpack(BLOCK_UNPACKER *Unpacker, const CAPTURE_HEADER *Header, const void *Stored, void *Raw)
{
    if ((Header->Flags & CAPTURE_FLAG_ZSTD) == 0)
    {
        memcpy(Raw, Stored, Header->RawBytes);
        return true;
    }
    return ZSTD_decompressDCtx(Unpacker->Context, Raw, Header->RawBytes, Stored, Header->StoredBytes) ==
           Header->RawBytes;
}
