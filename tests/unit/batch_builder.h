/* SPDX-License-Identifier: MIT
 *
 * Makes batches as the ABI header describes them, for tests of what reads them. It shares no code with the
 * library, and keeps the account by itself.
 */
#ifndef BATCH_BUILDER_H
#define BATCH_BUILDER_H

#include "prcm_abi.h"

#define BUILDER_BYTES 0x80000u

typedef struct BATCH_BUILDER
{
    union
    {
        uint8_t Bytes[BUILDER_BYTES];
        PRCM_BATCH Batch; /* whole after BuilderEnd */
    };
} BATCH_BUILDER;

/* Begins a batch at First. The numbers before it count as Before[Kind] events of each kind. */
void BuilderBegin(BATCH_BUILDER *Builder, const uint64_t Before[PRCM_KIND_COUNT]);

/* These append a record with the next number and return it, to be filled further. Optional fields are
 * absent. */
PRCM_START *BuilderAddStart(BATCH_BUILDER *Builder, uint32_t ProcessId);
PRCM_EXIT *BuilderAddExit(BATCH_BUILDER *Builder, uint32_t ProcessId);
PRCM_IMAGE *BuilderAddImage(BATCH_BUILDER *Builder, uint32_t ProcessId);

/* A record with this header that counts as Kind; from 0x8000 on it has no number. */
PRCM_RECORD *BuilderAddOther(BATCH_BUILDER *Builder, uint16_t Kind, uint16_t FixedSize);

/* A hole of Evicted + Dropped events of Kind and Filtered events of FilteredKind. */
PRCM_LOST *BuilderAddLost(BATCH_BUILDER *Builder, uint32_t Kind, uint64_t Evicted, uint64_t Dropped,
                          uint32_t FilteredKind, uint64_t Filtered);

/* Count numbers of unknown kind. The counts at the batch's end are then unknown too. */
PRCM_LOST *BuilderAddUnknown(BATCH_BUILDER *Builder, uint64_t Count);

/* Passes over one event that is not subscribed to. */
void BuilderFilter(BATCH_BUILDER *Builder, uint32_t Kind);

/* Append bytes to the last record and point Field, which is within it, to them. */
void BuilderSetBytes(BATCH_BUILDER *Builder, PRCM_BYTES *Field, const void *Bytes, uint32_t Length);
void BuilderSetText(BATCH_BUILDER *Builder, PRCM_BYTES *Field, const char *Ascii);

/* Ends the batch; Ahead more exits have happened since. Returns &Builder->Batch. */
PRCM_BATCH *BuilderEnd(BATCH_BUILDER *Builder, uint64_t Ahead);

#endif
