/* SPDX-License-Identifier: MIT */
#include "fields.h"
#include "record.h"

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

bool
RecordIsWellFormed(const PRCM_RECORD *Record, uint32_t Left)
{
    const LAYOUT *Layout = RecordLayout(Record);
    return Record->Size <= Left && Record->Size % 8 == 0 && Record->FixedSize <= Record->Size &&
           Record->FixedSize >= Layout->FixedSize &&
           FieldsAreWellFormed(Record, Record->Size, Record->FixedSize, Layout);
}
