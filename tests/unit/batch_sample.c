/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "batch_sample.h"

const uint64_t SampleBefore[PRCM_KIND_COUNT] = {2, 1, 1, 0};
const uint8_t SampleSid[SAMPLE_SID_BYTES] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0};

static void
SampleAddStart(SAMPLE *Sample)
{
    BATCH_BUILDER *Builder = &Sample->Builder;
    PRCM_START *Start = Sample->Start = BuilderAddStart(Builder, 1234);
    Start->CreateTime = (PRCM_VALUE){.Value = 134000000000000000, .Status = PRCM_PRESENT};
    Start->StartKey.Status = 0xC0000008u;
    BuilderSetText(Builder, &Start->ImagePath.Text, SAMPLE_IMAGE_PATH);
    Start->ImagePath.Form = PRCM_PATH_NT;
    BuilderSetText(Builder, &Start->CommandLine, SAMPLE_COMMAND_LINE);
    BuilderSetBytes(Builder, &Start->UserSid, SampleSid, sizeof(SampleSid));
}

SAMPLE *
SampleCreate(void)
{
    SAMPLE *Sample = malloc(sizeof(*Sample));
    assert(Sample);
    BATCH_BUILDER *Builder = &Sample->Builder;
    BuilderBegin(Builder, SampleBefore);
    SampleAddStart(Sample);
    Sample->Lost = BuilderAddLost(Builder, PRCM_KIND_IMAGE, 2, 1, PRCM_KIND_EXIT, 1);
    Sample->Image = BuilderAddImage(Builder, 1234);
    Sample->Image->Base.Status = PRCM_WITHHELD;
    BuilderSetText(Builder, &Sample->Image->ImagePath.Text, "\\SystemRoot\\x.sys");
    Sample->Image->ImagePath.Form = PRCM_PATH_SYSTEM_ROOT;
    BuilderFilter(Builder, PRCM_KIND_EXIT);
    Sample->Exit = BuilderAddExit(Builder, 1234);
    Sample->Exit->ExitStatus = (PRCM_VALUE){.Value = 3, .Status = PRCM_PRESENT};
    Sample->Batch = BuilderEnd(Builder, 2);
    return Sample;
}

/* A block of its own, and of exactly this size. */
static void *
CopyExactly(const void *Bytes, size_t Length)
{
    void *Copy = malloc(Length != 0 ? Length : 1);
    assert(Copy);
    memcpy(Copy, Bytes, Length);
    return Copy;
}

static volatile uint32_t Touched;

static void
Touch(const PRCM_RECORD *Record, const PRCM_BYTES *Field)
{
    const uint8_t *Bytes = PrcmRecordBytes(Record, Field);
    for (uint32_t Index = 0; Bytes != NULL && Index < Field->Length; Index++)
        Touched += Bytes[Index];
}

/* As a reader would who goes by the SID's own count. */
static void
TouchSid(const PRCM_RECORD *Record, const PRCM_BYTES *Field)
{
    const uint8_t *Bytes = PrcmRecordBytes(Record, Field);
    for (uint32_t Index = 0; Bytes != NULL && Index < 8 + 4u * Bytes[1]; Index++)
        Touched += Bytes[Index];
}

static void
TouchRecord(const PRCM_RECORD *Record)
{
    if (Record->Kind == PRCM_KIND_START)
    {
        const PRCM_START *Start = (const void *)Record;
        Touched += Start->ImagePath.Form;
        Touch(Record, &Start->ImagePath.Text);
        Touch(Record, &Start->CommandLine);
        TouchSid(Record, &Start->UserSid);
    }
    else if (Record->Kind == PRCM_KIND_EXIT)
        Touched += (uint32_t)((const PRCM_EXIT *)(const void *)Record)->ExitStatus.Value;
    else if (Record->Kind == PRCM_KIND_IMAGE)
        Touch(Record, &((const PRCM_IMAGE *)(const void *)Record)->ImagePath.Text);
    else
        Touched += (uint32_t)((const PRCM_LOST *)(const void *)Record)->Filtered;
}

/* Opens a copy of Bytes and reads all that it may then read. */
PRCM_RESULT
OpenAndRead(const void *Bytes, uint32_t Length)
{
    void *Copy = CopyExactly(Bytes, Length);
    PRCM_RECORDS Records;
    PRCM_RESULT Result = PrcmBatchOpen(Copy, Length, &Records);
    const PRCM_RECORD *Record;
    while ((Record = PrcmBatchNext(&Records)) != NULL)
        TouchRecord(Record);
    free(Copy);
    return Result;
}

PRCM_RESULT
OpenBuilt(const BATCH_BUILDER *Builder)
{
    return OpenAndRead(Builder->Bytes, Builder->Batch.Bytes);
}
