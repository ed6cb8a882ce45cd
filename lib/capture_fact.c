/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "capture_fact.h"
#include "fields.h"
#include "result.h"

static const FIELD HostFields[] = {
    {FIELD_VALUE, offsetof(PRCM_FACT_HOST_INFO, BootTime)},
    {FIELD_VALUE, offsetof(PRCM_FACT_HOST_INFO, BootId)},
    {FIELD_TEXT, offsetof(PRCM_FACT_HOST_INFO, Name)},
    {FIELD_TEXT, offsetof(PRCM_FACT_HOST_INFO, Domain)},
    {FIELD_TEXT, offsetof(PRCM_FACT_HOST_INFO, MachineId)},
};

static const FIELD SystemFields[] = {
    {FIELD_VALUE, offsetof(PRCM_FACT_SYSTEM_INFO, Major)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SYSTEM_INFO, Minor)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SYSTEM_INFO, Build)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SYSTEM_INFO, Revision)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SYSTEM_INFO, ServicePack)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SYSTEM_INFO, ProductType)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SYSTEM_INFO, Architecture)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SYSTEM_INFO, Processors)},
    {FIELD_TEXT, offsetof(PRCM_FACT_SYSTEM_INFO, Product)},
    {FIELD_TEXT, offsetof(PRCM_FACT_SYSTEM_INFO, Wine)},
};

static const FIELD ZoneFields[] = {
    {FIELD_BLOB, offsetof(PRCM_FACT_ZONE_INFO, Changes)},
    {FIELD_TEXT, offsetof(PRCM_FACT_ZONE_INFO, Standard)},
    {FIELD_TEXT, offsetof(PRCM_FACT_ZONE_INFO, Daylight)},
};

static const FIELD DriverFields[] = {
    {FIELD_BLOB, offsetof(PRCM_FACT_DRIVER_INFO, Query)},
};

static const FIELD SubscriptionFields[] = {
    {FIELD_VALUE, offsetof(PRCM_FACT_SUBSCRIPTION_INFO, Kinds)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SUBSCRIPTION_INFO, From)},
    {FIELD_BLOB, offsetof(PRCM_FACT_SUBSCRIPTION_INFO, Keys)},
    {FIELD_BLOB, offsetof(PRCM_FACT_SUBSCRIPTION_INFO, Subscribed)},
};

static const FIELD DriveFields[] = {
    {FIELD_TEXT, offsetof(PRCM_FACT_DRIVE_INFO, Device)},
    {FIELD_TEXT, offsetof(PRCM_FACT_DRIVE_INFO, Dos)},
};

static const FIELD UserFields[] = {
    {FIELD_SID, offsetof(PRCM_FACT_USER_INFO, Sid)},
    {FIELD_TEXT, offsetof(PRCM_FACT_USER_INFO, Name)},
};

static const FIELD BeginFields[] = {
    {FIELD_VALUE, offsetof(PRCM_FACT_SNAPSHOT_BEGIN_INFO, Time)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SNAPSHOT_BEGIN_INFO, Instance)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SNAPSHOT_BEGIN_INFO, Next)},
};

static const FIELD ProcessFields[] = {
    {FIELD_VALUE, offsetof(PRCM_FACT_PROCESS_INFO, ProcessId)},
    {FIELD_VALUE, offsetof(PRCM_FACT_PROCESS_INFO, CreateTime)},
    {FIELD_VALUE, offsetof(PRCM_FACT_PROCESS_INFO, ParentProcessId)},
    {FIELD_VALUE, offsetof(PRCM_FACT_PROCESS_INFO, ParentCreateTime)},
    {FIELD_VALUE, offsetof(PRCM_FACT_PROCESS_INFO, SessionId)},
    {FIELD_VALUE, offsetof(PRCM_FACT_PROCESS_INFO, StartKey)},
    {FIELD_VALUE, offsetof(PRCM_FACT_PROCESS_INFO, Architecture)},
    {FIELD_PATH, offsetof(PRCM_FACT_PROCESS_INFO, ImagePath)},
    {FIELD_TEXT, offsetof(PRCM_FACT_PROCESS_INFO, CommandLine)},
    {FIELD_SID, offsetof(PRCM_FACT_PROCESS_INFO, UserSid)},
};

static const FIELD ModuleFields[] = {
    {FIELD_VALUE, offsetof(PRCM_FACT_MODULE_INFO, ProcessId)},
    {FIELD_VALUE, offsetof(PRCM_FACT_MODULE_INFO, CreateTime)},
    {FIELD_VALUE, offsetof(PRCM_FACT_MODULE_INFO, Base)},
    {FIELD_VALUE, offsetof(PRCM_FACT_MODULE_INFO, ImageSize)},
    {FIELD_PATH, offsetof(PRCM_FACT_MODULE_INFO, ImagePath)},
};

static const FIELD EndFields[] = {
    {FIELD_VALUE, offsetof(PRCM_FACT_SNAPSHOT_END_INFO, Time)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SNAPSHOT_END_INFO, Next)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SNAPSHOT_END_INFO, Processes)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SNAPSHOT_END_INFO, Modules)},
    {FIELD_VALUE, offsetof(PRCM_FACT_SNAPSHOT_END_INFO, Refused)},
};

#define LAYOUT_OF(Structure, Fields)                                                                         \
    {                                                                                                        \
        sizeof(Structure), COUNT_OF(Fields), Fields                                                          \
    }

/* By type. */
static const LAYOUT Layouts[] = {
    {0, 0, NULL},
    LAYOUT_OF(PRCM_FACT_HOST_INFO, HostFields),
    LAYOUT_OF(PRCM_FACT_SYSTEM_INFO, SystemFields),
    LAYOUT_OF(PRCM_FACT_ZONE_INFO, ZoneFields),
    LAYOUT_OF(PRCM_FACT_DRIVER_INFO, DriverFields),
    LAYOUT_OF(PRCM_FACT_SUBSCRIPTION_INFO, SubscriptionFields),
    LAYOUT_OF(PRCM_FACT_DRIVE_INFO, DriveFields),
    LAYOUT_OF(PRCM_FACT_USER_INFO, UserFields),
    LAYOUT_OF(PRCM_FACT_SNAPSHOT_BEGIN_INFO, BeginFields),
    LAYOUT_OF(PRCM_FACT_PROCESS_INFO, ProcessFields),
    LAYOUT_OF(PRCM_FACT_MODULE_INFO, ModuleFields),
    LAYOUT_OF(PRCM_FACT_SNAPSHOT_END_INFO, EndFields),
};

/* Bytes that are read as structures: how long they are at least, and of what they are a multiple. */
typedef struct BLOB_RULE
{
    uint16_t Type;
    uint16_t Offset;
    uint32_t Least;
    uint32_t Unit;
} BLOB_RULE;

static const BLOB_RULE BlobRules[] = {
    {PRCM_FACT_ZONE, offsetof(PRCM_FACT_ZONE_INFO, Changes), 0, sizeof(PRCM_ZONE_CHANGE)},
    {PRCM_FACT_DRIVER, offsetof(PRCM_FACT_DRIVER_INFO, Query), PRCM_QUERY_MIN_BYTES, 8},
    {PRCM_FACT_SUBSCRIPTION, offsetof(PRCM_FACT_SUBSCRIPTION_INFO, Keys), 0, sizeof(uint32_t)},
    {PRCM_FACT_SUBSCRIPTION, offsetof(PRCM_FACT_SUBSCRIPTION_INFO, Subscribed), sizeof(PRCM_SUBSCRIBED), 8},
};

bool
FactIsKnown(const PRCM_FACT *Fact)
{
    return Fact->Type != 0 && Fact->Type < COUNT_OF(Layouts);
}

static bool
BlobsAreWellFormed(const PRCM_FACT *Fact)
{
    for (uint32_t Index = 0; Index < COUNT_OF(BlobRules); Index++)
    {
        const BLOB_RULE *Rule = &BlobRules[Index];
        if (Rule->Type != Fact->Type)
            continue;
        const PRCM_BYTES *Blob = (const void *)((const uint8_t *)Fact + Rule->Offset);
        if (Blob->Status == PRCM_TRUNCATED || Blob->Length % Rule->Unit != 0 ||
            (Blob->Status == PRCM_PRESENT && Blob->Length < Rule->Least))
            return false;
    }
    return true;
}

bool
FactIsWellFormed(const PRCM_FACT *Fact, uint32_t Left)
{
    if (Left < sizeof(*Fact) || Fact->Size > Left || Fact->Size > PRCM_MAX_FACT_BYTES ||
        Fact->Size % 8 != 0 || Fact->FixedSize > Fact->Size || Fact->FixedSize < sizeof(*Fact))
        return false;
    if (!FactIsKnown(Fact))
        return true;
    const LAYOUT *Layout = &Layouts[Fact->Type];
    return Fact->FixedSize >= Layout->FixedSize &&
           FieldsAreWellFormed(Fact, Fact->Size, Fact->FixedSize, Layout) && BlobsAreWellFormed(Fact);
}

PRCM_RESULT
PrcmFactCheck(const void *Fact, uint32_t Bytes)
{
    if (Fact == NULL || (uintptr_t)Fact % 8 != 0)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    return ResultNote(FactIsWellFormed(Fact, Bytes) ? PRCM_OK : PRCM_ERROR_CAPTURE, 0);
}

/* Of a type that is known, where there is room. */
static void *
FactBegin(void *Room, uint16_t Type)
{
    PRCM_FACT *Fact = Room;
    uint32_t Size = Layouts[Type].FixedSize;
    memset(Fact, 0, Size);
    *Fact = (PRCM_FACT){.Size = Size, .Type = Type, .FixedSize = (uint16_t)Size};
    return Fact;
}

PRCM_FACT *
PrcmFactBegin(void *Room, uint32_t Bytes, uint16_t Type)
{
    if (Room == NULL || Type == 0 || Type >= COUNT_OF(Layouts) || Bytes < Layouts[Type].FixedSize)
        return NULL;
    return FactBegin(Room, Type);
}

PRCM_RESULT
PrcmFactSetBytes(PRCM_FACT *Fact, uint32_t Room, PRCM_BYTES *Field, const void *Bytes, uint32_t Length)
{
    uint32_t Most = Room < PRCM_MAX_FACT_BYTES ? Room : PRCM_MAX_FACT_BYTES;
    if (Fact == NULL || Field == NULL || (Bytes == NULL && Length != 0) || Fact->Size > Most ||
        Length > (Most - Fact->Size) / 8 * 8)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    uint32_t Padded = (Length + 7) / 8 * 8;
    *Field = (PRCM_BYTES){PRCM_PRESENT, Length != 0 ? Fact->Size : 0, Length, Length};
    if (Length != 0)
    {
        uint8_t *To = (uint8_t *)Fact + Fact->Size;
        memcpy(To, Bytes, Length);
        memset(To + Length, 0, Padded - Length);
    }
    Fact->Size += Padded;
    return PRCM_OK;
}

const void *
PrcmFactBytes(const PRCM_FACT *Fact, const PRCM_BYTES *Field)
{
    return Field->Length != 0 ? (const uint8_t *)Fact + Field->Offset : NULL;
}

static bool
BytesAreSame(const PRCM_FACT *One, const PRCM_FACT *Other, size_t At)
{
    const PRCM_BYTES *First = (const void *)((const uint8_t *)One + At);
    const PRCM_BYTES *Second = (const void *)((const uint8_t *)Other + At);
    return First->Length == Second->Length &&
           (First->Length == 0 ||
            memcmp(PrcmFactBytes(One, First), PrcmFactBytes(Other, Second), First->Length) == 0);
}

bool
FactIsSame(const PRCM_FACT *One, const PRCM_FACT *Other)
{
    if (One->Type != Other->Type)
        return false;
    if (One->Type == PRCM_FACT_DRIVE)
        return BytesAreSame(One, Other, offsetof(PRCM_FACT_DRIVE_INFO, Device));
    if (One->Type == PRCM_FACT_USER)
        return BytesAreSame(One, Other, offsetof(PRCM_FACT_USER_INFO, Sid));
    /* What a snapshot lists is told once each. */
    return One->Type != PRCM_FACT_PROCESS && One->Type != PRCM_FACT_MODULE;
}

const PRCM_FACT *
FactOfSubscription(uint64_t Room[FACT_SUBSCRIPTION_BYTES / 8], const PRCM_SUBSCRIPTION *Asked,
                   const PRCM_SUBSCRIBED *Given)
{
    PRCM_FACT_SUBSCRIPTION_INFO *Info = FactBegin(Room, PRCM_FACT_SUBSCRIPTION);
    PRCM_FACT *Fact = &Info->Header;
    PrcmFactSetBytes(Fact, FACT_SUBSCRIPTION_BYTES, &Info->Subscribed, Given, sizeof(*Given));
    if (Asked == NULL)
        return Fact;
    if (Asked->KeyCount > PRCM_MAX_KEYS || (Asked->KeyCount != 0 && Asked->Keys == NULL))
        return NULL;
    Info->Kinds = (PRCM_VALUE){.Value = Asked->Kinds, .Status = PRCM_PRESENT};
    Info->From = (PRCM_VALUE){.Value = Asked->From, .Status = PRCM_PRESENT};
    PrcmFactSetBytes(Fact, FACT_SUBSCRIPTION_BYTES, &Info->Keys, Asked->Keys,
                     Asked->KeyCount * (uint32_t)sizeof(uint32_t));
    return Fact;
}

int32_t
PrcmZoneBias(const PRCM_FACT_ZONE_INFO *Zone, int64_t Utc)
{
    const PRCM_ZONE_CHANGE *Changes = PrcmFactBytes(&Zone->Header, &Zone->Changes);
    uint32_t Count = Zone->Changes.Length / sizeof(*Changes);
    if (Changes == NULL)
        return 0;
    /* The last that is not after Utc lies in [Low, High); or it is the first. */
    uint32_t Low = 0;
    uint32_t High = Count;
    while (High - Low > 1)
    {
        uint32_t Middle = Low + (High - Low) / 2;
        *(Changes[Middle].From <= Utc ? &Low : &High) = Middle;
    }
    return Changes[Low].BiasMinutes;
}
