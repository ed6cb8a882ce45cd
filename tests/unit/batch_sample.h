/* SPDX-License-Identifier: MIT */
#ifndef BATCH_SAMPLE_H
#define BATCH_SAMPLE_H

#include "batch_builder.h"
#include "prcm.h"

#define SAMPLE_IMAGE_PATH   "\\Device\\HarddiskVolume3\\Windows\\System32\\cmd.exe"
#define SAMPLE_COMMAND_LINE "cmd /c echo"
#define SAMPLE_SID_BYTES    16u

extern const uint8_t SampleSid[SAMPLE_SID_BYTES];
extern const uint64_t SampleBefore[PRCM_KIND_COUNT];

/* A valid batch with one record of each kind, and where they are. */
typedef struct SAMPLE
{
    BATCH_BUILDER Builder;
    PRCM_BATCH *Batch;
    PRCM_START *Start; /* 5 */
    PRCM_LOST *Lost;   /* 6 to 9 */
    PRCM_IMAGE *Image; /* 10 */
    PRCM_EXIT *Exit;   /* 12; 11 is filtered */
} SAMPLE;

/* To be freed with free. */
SAMPLE *SampleCreate(void);

/* Opens a copy of Bytes, which lies in a block of its exact size so that the address sanitizer sees every
 * byte too far, and reads all that a reader may then read: every record, the bytes of every field. */
PRCM_RESULT OpenAndRead(const void *Bytes, uint32_t Length);

/* The same for a batch as it was built. */
PRCM_RESULT OpenBuilt(const BATCH_BUILDER *Builder);

#endif
