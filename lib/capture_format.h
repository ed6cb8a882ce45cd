/* SPDX-License-Identifier: MIT
 *
 * The blocks of a capture, as docs/capture.md describes them. Little endian, aligned to 8 bytes.
 */
#ifndef CAPTURE_FORMAT_H
#define CAPTURE_FORMAT_H

#include <stdbool.h>

#include "prcm_capture.h"

#define CAPTURE_VERSION 1u

#define CAPTURE_KIND_FILE    1u /* the first of a file */
#define CAPTURE_KIND_FACTS   2u
#define CAPTURE_KIND_PLACE   3u /* where the batches that follow begin */
#define CAPTURE_KIND_BATCHES 4u
#define CAPTURE_KIND_INDEX   5u /* of the blocks since the index before */
#define CAPTURE_KIND_END     6u /* of the indexes; the last of a file */

#define CAPTURE_FLAG_ZSTD  1u
#define CAPTURE_FLAG_WOVEN 2u /* of BATCHES: before compression, the payload was woven */

#define CAPTURE_MAX_HEADER_BYTES 4096u
#define CAPTURE_MAX_RAW_BYTES    (4u * 1024u * 1024u)
#define CAPTURE_HASH_BYTES       8u

#define CAPTURE_MAGIC_BYTES 8u
extern const uint8_t CaptureMagic[CAPTURE_MAGIC_BYTES];
extern const uint8_t CaptureEndMagic[CAPTURE_MAGIC_BYTES];

/* What every block begins with. A header's last 8 bytes, at HeaderBytes - 8, are the hash of those before. */
typedef struct CAPTURE_HEADER
{
    uint8_t Magic[CAPTURE_MAGIC_BYTES];
    uint16_t Version;
    uint16_t Kind;
    uint32_t HeaderBytes; /* a multiple of 8 */
    uint32_t StoredBytes; /* of the payload; zeros follow up to a multiple of 8 */
    uint32_t RawBytes;    /* of the payload before compression */
    uint64_t Number;      /* of the block in its file, from 0 */
    uint64_t FileId;
    uint64_t PayloadHash; /* of the payload as it is stored, with the zeros */
    uint32_t Flags;
    uint32_t Reserved;
} CAPTURE_HEADER;

/* What batches come to; also in the index. */
typedef struct CAPTURE_SUMMARY
{
    uint64_t Instance;
    uint64_t First;
    uint64_t Next;
    int64_t FirstTime; /* the earliest and the latest of events; both 0: none was delivered */
    int64_t LastTime;
    uint64_t Delivered[PRCM_KIND_COUNT];
    uint64_t Filtered[PRCM_KIND_COUNT];
    uint64_t Lost[PRCM_KIND_COUNT];
    uint64_t Unknown;
    uint64_t FirstBatch; /* its number in the session */
    uint32_t BatchCount;
    uint32_t RecordCount;
} CAPTURE_SUMMARY;

typedef struct CAPTURE_FILE_HEADER
{
    CAPTURE_HEADER Block;
    int64_t Time; /* when the file was begun */
    uint32_t LibraryVersion;
    uint32_t Reserved;
    uint64_t Hash;
} CAPTURE_FILE_HEADER;

typedef struct CAPTURE_FACTS_HEADER
{
    CAPTURE_HEADER Block;
    uint32_t FactCount;
    uint32_t Reserved;
    uint64_t Hash;
} CAPTURE_FACTS_HEADER;

typedef struct CAPTURE_PLACE_HEADER
{
    CAPTURE_HEADER Block;
    PRCM_TOKEN Token;
    uint64_t LastBatch; /* number of the batch before in the same session; 0: it begins here */
    uint64_t Hash;
} CAPTURE_PLACE_HEADER;

typedef struct CAPTURE_BATCHES_HEADER
{
    CAPTURE_HEADER Block;
    CAPTURE_SUMMARY Summary;
    uint64_t Hash;
} CAPTURE_BATCHES_HEADER;

typedef struct CAPTURE_INDEX_HEADER
{
    CAPTURE_HEADER Block;
    uint32_t EntryCount;
    uint32_t Reserved;
    uint64_t From; /* INDEX: it has the blocks from this offset on to its own; END: 0 */
    uint64_t Hash;
} CAPTURE_INDEX_HEADER;

/* Before each batch of a payload. */
typedef struct CAPTURE_BATCH_PREFIX
{
    uint32_t Bytes;
    uint32_t Reserved;
} CAPTURE_BATCH_PREFIX;

/* Of an index: a block. */
typedef struct CAPTURE_ENTRY
{
    uint64_t Offset;
    uint32_t Bytes; /* of the whole block */
    uint16_t Kind;
    uint16_t Reserved;
    CAPTURE_SUMMARY Summary; /* of a BATCHES block; else zero */
} CAPTURE_ENTRY;

#define CAPTURE_LEAF_FACTS 1u /* it has FACTS blocks */
#define CAPTURE_LEAF_SEAM  2u /* it has batches of several instances */

/* Of the end: an index. */
typedef struct CAPTURE_LEAF
{
    uint64_t Offset; /* of the INDEX block */
    uint64_t From;   /* as its header has it */
    uint32_t Bytes;
    uint32_t EntryCount;
    uint64_t Instance;  /* of its last BATCHES block; 0: it has none */
    uint64_t Next;      /* of the same */
    int64_t LatestTime; /* of all events up to its end, from the file's beginning */
    uint32_t Flags;
    uint32_t Reserved;
} CAPTURE_LEAF;

/* The last of the END block's payload, and so of the file. */
typedef struct CAPTURE_TRAILER
{
    uint64_t Offset; /* of the END block */
    uint64_t FileId;
    uint8_t Magic[CAPTURE_MAGIC_BYTES];
} CAPTURE_TRAILER;

/* Room for a header of any kind that is written, and for one that is read. */
typedef union CAPTURE_ANY_HEADER
{
    CAPTURE_HEADER Block;
    CAPTURE_FILE_HEADER File;
    CAPTURE_FACTS_HEADER Facts;
    CAPTURE_PLACE_HEADER Place;
    CAPTURE_BATCHES_HEADER Batches;
    CAPTURE_INDEX_HEADER Index;
    uint8_t Bytes[CAPTURE_MAX_HEADER_BYTES];
} CAPTURE_ANY_HEADER;

PRCM_ASSERT(sizeof(CAPTURE_HEADER) == 56);
PRCM_ASSERT(sizeof(CAPTURE_SUMMARY) == 160);
PRCM_ASSERT(sizeof(CAPTURE_FILE_HEADER) == 80);
PRCM_ASSERT(sizeof(CAPTURE_FACTS_HEADER) == 72);
PRCM_ASSERT(sizeof(CAPTURE_PLACE_HEADER) == 160);
PRCM_ASSERT(sizeof(CAPTURE_BATCHES_HEADER) == 224);
PRCM_ASSERT(sizeof(CAPTURE_INDEX_HEADER) == 80);
PRCM_ASSERT(sizeof(CAPTURE_BATCH_PREFIX) == 8);
PRCM_ASSERT(sizeof(CAPTURE_ENTRY) == 176);
PRCM_ASSERT(sizeof(CAPTURE_LEAF) == 56);
PRCM_ASSERT(sizeof(CAPTURE_TRAILER) == 24);
PRCM_ASSERT_AT(CAPTURE_HEADER, PayloadHash, 40);
PRCM_ASSERT_AT(CAPTURE_SUMMARY, Delivered, 40);
PRCM_ASSERT_AT(CAPTURE_SUMMARY, FirstBatch, 144);

#endif
