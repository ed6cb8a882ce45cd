/* SPDX-License-Identifier: MIT
 *
 * Where the driver and its model differ.
 */
#include "model_log.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

char ModelDoing[160];

void
ModelFail(const char *Format, ...)
{
    va_list Arguments;
    fprintf(stderr, "\nfuzz: %s\nfuzz: ", ModelDoing);
    va_start(Arguments, Format);
    vfprintf(stderr, Format, Arguments);
    va_end(Arguments);
    fprintf(stderr, "\n");
    abort();
}

void
ModelSame(const char *What, uint64_t Expected, uint64_t Actual)
{
    if (Expected != Actual)
        ModelFail("%s is %" PRIu64 " (0x%" PRIX64 "), expected %" PRIu64 " (0x%" PRIX64 ")", What, Actual,
                  Actual, Expected, Expected);
}

/* A structure of 32-bit words is compared word by word, so that the message can say where. */
static void
SameWords(const char *What, const void *Expected, const void *Actual, size_t Bytes)
{
    for (size_t At = 0; At < Bytes; At += sizeof(uint32_t))
    {
        uint32_t A, B;
        memcpy(&A, (const char *)Expected + At, sizeof(A));
        memcpy(&B, (const char *)Actual + At, sizeof(B));
        if (A != B)
            ModelFail("%s: at %zu is 0x%08X, expected 0x%08X", What, At, B, A);
    }
}

/* ---- Records ---- */

/* The fields of a record that point to bytes, in the order of MODEL_EVENT.Bytes. */
static ULONG
BytesFields(PRCM_RECORD *Record, PRCM_BYTES **Fields)
{
    switch (Record->Kind)
    {
    case PRCM_KIND_START:
        Fields[0] = &((PRCM_START *)Record)->ImagePath.Text;
        Fields[1] = &((PRCM_START *)Record)->CommandLine;
        Fields[2] = &((PRCM_START *)Record)->UserSid;
        return 3;
    case PRCM_KIND_IMAGE:
        Fields[0] = &((PRCM_IMAGE *)Record)->ImagePath.Text;
        return 1;
    default:
        return 0;
    }
}

/* The decoder has found the record well-formed. The order of what stands behind its fixed part is the
 * driver's affair, so offsets are not compared. */
static void
CheckRecord(const MODEL_EVENT *Event, const PRCM_RECORD *Actual)
{
    uint8_t Fixed[sizeof(Event->Record)] = {0};
    PRCM_BYTES *Fields[MODEL_BYTES_FIELDS];
    uint32_t End = Event->Record.Header.FixedSize;
    SameWords("the header of a record", &Event->Record.Header, Actual, sizeof(*Actual));
    if (Event->Loose)
        return;
    memcpy(Fixed, Actual, Event->Record.Header.FixedSize);
    ULONG Count = BytesFields((PRCM_RECORD *)(void *)Fixed, Fields);
    for (ULONG Index = 0; Index < Count; Index++)
    {
        uint32_t Offset = Fields[Index]->Offset;
        Fields[Index]->Offset = 0;
        if (Event->Bytes[Index] &&
            memcmp((const char *)Actual + Offset, Event->Bytes[Index], Fields[Index]->Length) != 0)
            ModelFail("record %" PRIu64 ": the bytes of field %u are others", Actual->Sequence, Index);
        End += Fields[Index]->Length;
    }
    SameWords("the fixed part of a record", &Event->Record, Fixed, Event->Record.Header.FixedSize);
    for (; End < Actual->Size; End++)
        ModelSame("a byte of padding", 0, ((const uint8_t *)Actual)[End]);
}

static void
CheckItem(const MODEL *Model, const MODEL_ITEM *Item, const PRCM_RECORD *Actual)
{
    const MODEL_EVENT *Event = &Model->Events[Item->Number];
    const PRCM_RECORD *Expected = Item->Number ? &Event->Record.Header : &Item->Lost.Header;
    ModelSame("the kind of a record", Expected->Kind, Actual->Kind);
    ModelSame("the number of a record", Expected->Sequence, Actual->Sequence);
    ModelSame("the size of a record", Expected->Size, Actual->Size);
    if (Item->Number)
        CheckRecord(Event, Actual);
    else
        SameWords("a LOST", &Item->Lost, Actual, sizeof(Item->Lost));
}

bool
ModelBringsBatch(NTSTATUS Status)
{
    return Status == STATUS_SUCCESS || Status == STATUS_BUFFER_OVERFLOW;
}

void
ModelCheckBatch(const MODEL *Model, const MODEL_BATCH *Expected, const void *Bytes, ULONG_PTR Information)
{
    const PRCM_RECORD *Record = (const void *)((const PRCM_BATCH *)Bytes + 1);
    PRCM_RECORDS Records;
    if (!ModelBringsBatch(Expected->Status))
    {
        ModelSame("Information", 0, Information);
        return;
    }
    ModelSame("Information", Expected->Header.Bytes, Information);
    SameWords("PRCM_BATCH", &Expected->Header, Bytes, sizeof(Expected->Header));
    if (!Expected->Misled)
        ModelSame("PrcmBatchOpen", PRCM_OK, (uint64_t)PrcmBatchOpen(Bytes, (uint32_t)Information, &Records));
    for (uint32_t Index = 0; Index < Expected->Count; Index++)
    {
        CheckItem(Model, &Expected->Items[Index], Record);
        Record = (const void *)((const char *)Record + Record->Size);
    }
}

void
ModelCheckQuery(const PRCM_QUERY *Expected, const PRCM_QUERY *Actual)
{
    SameWords("PRCM_QUERY", Expected, Actual, sizeof(*Expected));
}

void
ModelCheckSubscribed(const PRCM_SUBSCRIBED *Expected, const PRCM_SUBSCRIBED *Actual)
{
    SameWords("PRCM_SUBSCRIBED", Expected, Actual, sizeof(*Expected));
}
