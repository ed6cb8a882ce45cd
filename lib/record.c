/* SPDX-License-Identifier: MIT */
#include "record.h"

/* What stands where in a record, so that one loop checks every kind. */
typedef enum FIELD_TYPE
{
    FIELD_VALUE,
    FIELD_TEXT,
    FIELD_PATH,
    FIELD_SID,
    FIELD_RESERVED /* 32 bits */
} FIELD_TYPE;

typedef struct FIELD
{
    FIELD_TYPE Type;
    uint32_t Offset;
} FIELD;

typedef struct LAYOUT
{
    uint32_t FixedSize;
    uint32_t FieldCount;
    const FIELD *Fields;
} LAYOUT;

static const FIELD StartFields[] = {
    {FIELD_VALUE, offsetof(PRCM_START, CreateTime)},
    {FIELD_VALUE, offsetof(PRCM_START, StartKey)},
    {FIELD_VALUE, offsetof(PRCM_START, ParentProcessId)},
    {FIELD_VALUE, offsetof(PRCM_START, ParentCreateTime)},
    {FIELD_VALUE, offsetof(PRCM_START, CreatorProcessId)},
    {FIELD_VALUE, offsetof(PRCM_START, CreatorThreadId)},
    {FIELD_VALUE, offsetof(PRCM_START, SessionId)},
    {FIELD_VALUE, offsetof(PRCM_START, IntegrityLevel)},
    {FIELD_VALUE, offsetof(PRCM_START, Elevated)},
    {FIELD_VALUE, offsetof(PRCM_START, Subsystem)},
    {FIELD_VALUE, offsetof(PRCM_START, Architecture)},
    {FIELD_VALUE, offsetof(PRCM_START, CreationStatus)},
    {FIELD_VALUE, offsetof(PRCM_START, ImageExact)},
    {FIELD_PATH, offsetof(PRCM_START, ImagePath)},
    {FIELD_TEXT, offsetof(PRCM_START, CommandLine)},
    {FIELD_SID, offsetof(PRCM_START, UserSid)},
};

static const FIELD ExitFields[] = {
    {FIELD_VALUE, offsetof(PRCM_EXIT, CreateTime)},
    {FIELD_VALUE, offsetof(PRCM_EXIT, ExitStatus)},
};

static const FIELD ImageFields[] = {
    {FIELD_VALUE, offsetof(PRCM_IMAGE, CreateTime)},
    {FIELD_VALUE, offsetof(PRCM_IMAGE, Base)},
    {FIELD_RESERVED, offsetof(PRCM_IMAGE, Reserved)},
    {FIELD_PATH, offsetof(PRCM_IMAGE, ImagePath)},
};

#define COUNT_OF(Array) (sizeof(Array) / sizeof((Array)[0]))

static const LAYOUT StartLayout = {sizeof(PRCM_START), COUNT_OF(StartFields), StartFields};
static const LAYOUT ExitLayout = {sizeof(PRCM_EXIT), COUNT_OF(ExitFields), ExitFields};
static const LAYOUT ImageLayout = {sizeof(PRCM_IMAGE), COUNT_OF(ImageFields), ImageFields};
static const LAYOUT LostLayout = {sizeof(PRCM_LOST), 0, NULL};
static const LAYOUT UnknownLayout = {sizeof(PRCM_RECORD), 0, NULL};

static const LAYOUT *
RecordLayout(const PRCM_RECORD *Record)
{
    switch (Record->Kind)
    {
    case PRCM_KIND_START:
        return &StartLayout;
    case PRCM_KIND_EXIT:
        return &ExitLayout;
    case PRCM_KIND_IMAGE:
        return &ImageLayout;
    case PRCM_KIND_LOST:
        return &LostLayout;
    default:
        return &UnknownLayout;
    }
}

bool
RecordIsKnown(const PRCM_RECORD *Record)
{
    return RecordLayout(Record) != &UnknownLayout;
}

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
BytesLieInside(const PRCM_RECORD *Record, const PRCM_BYTES *Bytes)
{
    if (Bytes->Length == 0 && Bytes->Offset == 0)
        return true;
    return Bytes->Offset >= Record->FixedSize && Bytes->Offset <= Record->Size && Bytes->Offset % 2 == 0 &&
           Bytes->Length <= Record->Size - Bytes->Offset;
}

static bool
BytesAreWellFormed(const PRCM_RECORD *Record, const PRCM_BYTES *Bytes)
{
    switch (Bytes->Status)
    {
    case PRCM_PRESENT:
        return Bytes->FullLength == Bytes->Length && BytesLieInside(Record, Bytes);
    case PRCM_TRUNCATED:
        return Bytes->FullLength > Bytes->Length && BytesLieInside(Record, Bytes);
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
TextIsWellFormed(const PRCM_RECORD *Record, const PRCM_BYTES *Text)
{
    return BytesAreWellFormed(Record, Text) && Text->Length % 2 == 0 && Text->Length <= PRCM_MAX_STRING_BYTES;
}

static bool
PathIsWellFormed(const PRCM_RECORD *Record, const PRCM_PATH *Path)
{
    bool HasText = Path->Text.Status == PRCM_PRESENT || Path->Text.Status == PRCM_TRUNCATED;
    uint32_t HighestForm = HasText ? PRCM_PATH_SYSTEM_ROOT : PRCM_PATH_OTHER;
    return TextIsWellFormed(Record, &Path->Text) && Path->Form <= HighestForm && Path->Reserved == 0;
}

/* Whoever reads a SID goes by the count of subauthorities within it, so that has to agree with its length. */
#define SID_FIXED_BYTES    8u
#define SID_COUNT_AT       1u
#define SID_BYTES_PER_PART 4u

static bool
SidIsWellFormed(const PRCM_RECORD *Record, const PRCM_BYTES *Sid)
{
    if (!BytesAreWellFormed(Record, Sid) || Sid->Status == PRCM_TRUNCATED)
        return false;
    if (Sid->Status != PRCM_PRESENT)
        return true;
    if (Sid->Length < SID_FIXED_BYTES || Sid->Length > PRCM_MAX_SID_BYTES)
        return false;
    const uint8_t *Bytes = (const uint8_t *)Record + Sid->Offset;
    return Sid->Length == SID_FIXED_BYTES + SID_BYTES_PER_PART * Bytes[SID_COUNT_AT];
}

static bool
FieldIsWellFormed(const PRCM_RECORD *Record, const FIELD *Field)
{
    const void *At = (const uint8_t *)Record + Field->Offset;
    switch (Field->Type)
    {
    case FIELD_VALUE:
        return ValueIsWellFormed(At);
    case FIELD_TEXT:
        return TextIsWellFormed(Record, At);
    case FIELD_PATH:
        return PathIsWellFormed(Record, At);
    case FIELD_SID:
        return SidIsWellFormed(Record, At);
    default:
        return *(const uint32_t *)At == 0;
    }
}

bool
RecordIsWellFormed(const PRCM_RECORD *Record, uint32_t Left)
{
    const LAYOUT *Layout = RecordLayout(Record);
    if (Record->Size > Left || Record->Size % 8 != 0 || Record->FixedSize > Record->Size ||
        Record->FixedSize < Layout->FixedSize)
        return false;
    for (uint32_t Index = 0; Index < Layout->FieldCount; Index++)
    {
        if (!FieldIsWellFormed(Record, &Layout->Fields[Index]))
            return false;
    }
    return true;
}
