/* SPDX-License-Identifier: MIT */
#include "fields.h"

/* The structure that is looked at. */
typedef struct EXTENT
{
    const void *Start;
    uint32_t Size;
    uint32_t FixedSize;
} EXTENT;

static bool
ValueIsWellFormed(const PRCM_VALUE *Value)
{
    if (Value->Reserved != 0)
        return false;
    if (Value->Status == PRCM_PRESENT)
        return true;
    return (Value->Status == PRCM_ABSENT || Value->Status == PRCM_WITHHELD ||
            PRCM_IS_FAILURE(Value->Status)) &&
           Value->Value == 0;
}

static bool
BytesLieInside(const EXTENT *Extent, const PRCM_BYTES *Bytes)
{
    if (Bytes->Length == 0 && Bytes->Offset == 0)
        return true;
    return Bytes->Offset >= Extent->FixedSize && Bytes->Offset <= Extent->Size && Bytes->Offset % 2 == 0 &&
           Bytes->Length <= Extent->Size - Bytes->Offset;
}

static bool
BytesAreWellFormed(const EXTENT *Extent, const PRCM_BYTES *Bytes)
{
    switch (Bytes->Status)
    {
    case PRCM_PRESENT:
        return Bytes->FullLength == Bytes->Length && BytesLieInside(Extent, Bytes);
    case PRCM_TRUNCATED:
        return Bytes->FullLength > Bytes->Length && BytesLieInside(Extent, Bytes);
    case PRCM_ABSENT:
    case PRCM_WITHHELD:
        break;
    default:
        if (!PRCM_IS_FAILURE(Bytes->Status))
            return false;
    }
    return Bytes->Offset == 0 && Bytes->Length == 0 && Bytes->FullLength == 0;
}

static bool
TextIsWellFormed(const EXTENT *Extent, const PRCM_BYTES *Text)
{
    return BytesAreWellFormed(Extent, Text) && Text->Length % 2 == 0 && Text->Length <= PRCM_MAX_STRING_BYTES;
}

static bool
PathIsWellFormed(const EXTENT *Extent, const PRCM_PATH *Path)
{
    bool HasText = Path->Text.Status == PRCM_PRESENT || Path->Text.Status == PRCM_TRUNCATED;
    uint32_t HighestForm = HasText ? PRCM_PATH_SYSTEM_ROOT : PRCM_PATH_OTHER;
    return TextIsWellFormed(Extent, &Path->Text) && Path->Form <= HighestForm && Path->Reserved == 0;
}

/* Whoever reads a SID goes by the count of subauthorities within it, so that has to agree with its length. */
#define SID_FIXED_BYTES    8u
#define SID_COUNT_AT       1u
#define SID_BYTES_PER_PART 4u

static bool
SidIsWellFormed(const EXTENT *Extent, const PRCM_BYTES *Sid)
{
    if (!BytesAreWellFormed(Extent, Sid) || Sid->Status == PRCM_TRUNCATED)
        return false;
    if (Sid->Status != PRCM_PRESENT)
        return true;
    if (Sid->Length < SID_FIXED_BYTES || Sid->Length > PRCM_MAX_SID_BYTES)
        return false;
    const uint8_t *Bytes = (const uint8_t *)Extent->Start + Sid->Offset;
    return Sid->Length == SID_FIXED_BYTES + SID_BYTES_PER_PART * Bytes[SID_COUNT_AT];
}

static bool
FieldIsWellFormed(const EXTENT *Extent, const FIELD *Field)
{
    const void *At = (const uint8_t *)Extent->Start + Field->Offset;
    switch (Field->Type)
    {
    case FIELD_VALUE:
        return ValueIsWellFormed(At);
    case FIELD_TEXT:
        return TextIsWellFormed(Extent, At);
    case FIELD_PATH:
        return PathIsWellFormed(Extent, At);
    case FIELD_SID:
        return SidIsWellFormed(Extent, At);
    case FIELD_BLOB:
        return BytesAreWellFormed(Extent, At) && ((const PRCM_BYTES *)At)->Offset % 8 == 0;
    default:
        return *(const uint32_t *)At == 0;
    }
}

bool
FieldsAreWellFormed(const void *Start, uint32_t Size, uint32_t FixedSize, const LAYOUT *Layout)
{
    const EXTENT Extent = {Start, Size, FixedSize};
    for (uint32_t Index = 0; Index < Layout->FieldCount; Index++)
    {
        if (!FieldIsWellFormed(&Extent, &Layout->Fields[Index]))
            return false;
    }
    return true;
}
