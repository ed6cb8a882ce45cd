/* SPDX-License-Identifier: MIT */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#define KEY_BYTES 16u

struct FACTS_ENTRY
{
    FACTS_ENTRY *Next;
    PRCM_FACT *Fact;
};

/* What tells a fact from others of its type. */
typedef struct KEY
{
    const void *Bytes;
    uint32_t Length;
    uint8_t Own[KEY_BYTES];
} KEY;

static const void *
Bytes(const PRCM_FACT *Fact, const PRCM_BYTES *Field)
{
    return Field->Status == PRCM_PRESENT ? PrcmFactBytes(Fact, Field) : NULL;
}

static UTF16
Text(const PRCM_FACT *Fact, const PRCM_BYTES *Field)
{
    const void *Units = Bytes(Fact, Field);
    return Units != NULL ? (UTF16){.Units = Units, .Count = Field->Length / 2} : (UTF16){0};
}

/* Key->Own may be what Key->Bytes points to, so a key stays where it is. */
static void
SetProcessKey(KEY *Key, uint64_t Id, uint64_t CreateTime)
{
    memcpy(Key->Own, &Id, sizeof(Id));
    memcpy(Key->Own + sizeof(Id), &CreateTime, sizeof(CreateTime));
    Key->Bytes = Key->Own;
    Key->Length = sizeof(Key->Own);
}

static void
SetBytesKey(KEY *Key, const PRCM_FACT *Fact, const PRCM_BYTES *Field)
{
    Key->Bytes = Bytes(Fact, Field);
    Key->Length = Key->Bytes != NULL ? Field->Length : 0;
}

static void
SetKey(KEY *Key, const PRCM_FACT *Fact)
{
    const PRCM_FACT_PROCESS_INFO *Process = (const PRCM_FACT_PROCESS_INFO *)Fact;

    Key->Bytes = NULL;
    Key->Length = 0;
    if (Fact->Type == PRCM_FACT_DRIVE)
        SetBytesKey(Key, Fact, &((const PRCM_FACT_DRIVE_INFO *)Fact)->Device);
    else if (Fact->Type == PRCM_FACT_USER)
        SetBytesKey(Key, Fact, &((const PRCM_FACT_USER_INFO *)Fact)->Sid);
    else if (Fact->Type == PRCM_FACT_PROCESS)
        SetProcessKey(Key, Process->ProcessId.Value, Process->CreateTime.Value);
}

/* FNV-1a. */
static uint32_t
Bucket(uint16_t Type, const KEY *Key)
{
    uint32_t Hash = 2166136261u ^ Type;

    for (uint32_t Index = 0; Index < Key->Length; Index++)
        Hash = (Hash ^ ((const uint8_t *)Key->Bytes)[Index]) * 16777619u;
    return Hash % FACTS_BUCKETS;
}

static FACTS_ENTRY **
Find(const FACTS *Facts, uint16_t Type, const KEY *Key)
{
    FACTS_ENTRY **At = (FACTS_ENTRY **)&Facts->Buckets[Bucket(Type, Key)];

    for (; *At != NULL; At = &(*At)->Next)
    {
        KEY Other;
        if ((*At)->Fact->Type != Type)
            continue;
        SetKey(&Other, (*At)->Fact);
        if (Other.Length == Key->Length &&
            (Key->Length == 0 || memcmp(Other.Bytes, Key->Bytes, Key->Length) == 0))
            break;
    }
    return At;
}

static void
Remove(FACTS *Facts, FACTS_ENTRY **At)
{
    FACTS_ENTRY *Entry = *At;

    *At = Entry->Next;
    Facts->Count--;
    Facts->Bytes -= Entry->Fact->Size;
    free(Entry->Fact);
    free(Entry);
}

/* A new list stands for all that ran. */
static void
ForgetProcesses(FACTS *Facts)
{
    for (uint32_t Index = 0; Index < FACTS_BUCKETS; Index++)
    {
        FACTS_ENTRY **At = &Facts->Buckets[Index];
        while (*At != NULL)
        {
            if ((*At)->Fact->Type == PRCM_FACT_PROCESS)
                Remove(Facts, At);
            else
                At = &(*At)->Next;
        }
    }
}

void
FactsInit(FACTS *Facts)
{
    memset(Facts, 0, sizeof(*Facts));
}

void
FactsDestroy(FACTS *Facts)
{
    for (uint32_t Index = 0; Index < FACTS_BUCKETS; Index++)
    {
        while (Facts->Buckets[Index] != NULL)
            Remove(Facts, &Facts->Buckets[Index]);
    }
}

bool
FactsAdd(FACTS *Facts, const PRCM_FACT *Fact)
{
    KEY Key;

    if (Fact->Type == PRCM_FACT_MODULE)
        return true;
    if (Fact->Type == PRCM_FACT_SNAPSHOT_BEGIN)
        ForgetProcesses(Facts);
    SetKey(&Key, Fact);
    FACTS_ENTRY **At = Find(Facts, Fact->Type, &Key);
    if (*At != NULL)
        Remove(Facts, At);
    if (Facts->Count == FACTS_MAX_COUNT || Facts->Bytes + Fact->Size > FACTS_MAX_BYTES)
        return false;

    FACTS_ENTRY *Entry = malloc(sizeof(*Entry));
    PRCM_FACT *Copy = malloc(Fact->Size);
    if (Entry == NULL || Copy == NULL)
    {
        free(Entry);
        free(Copy);
        return false;
    }
    memcpy(Copy, Fact, Fact->Size);
    Entry->Fact = Copy;
    Entry->Next = Facts->Buckets[Bucket(Fact->Type, &Key)];
    Facts->Buckets[Bucket(Fact->Type, &Key)] = Entry;
    Facts->Count++;
    Facts->Bytes += Fact->Size;
    Facts->DrivesChanged = Facts->DrivesChanged || Fact->Type == PRCM_FACT_DRIVE;
    return true;
}

bool
FactsHas(const FACTS *Facts, const PRCM_FACT *Fact)
{
    KEY Key;
    SetKey(&Key, Fact);
    const FACTS_ENTRY *Entry = *Find(Facts, Fact->Type, &Key);
    return Entry != NULL && Entry->Fact->Size == Fact->Size && memcmp(Entry->Fact, Fact, Fact->Size) == 0;
}

bool
FactsHasUser(const FACTS *Facts, const void *Sid, uint32_t SidBytes)
{
    const KEY Key = {.Bytes = Sid, .Length = SidBytes};
    return *Find(Facts, PRCM_FACT_USER, &Key) != NULL;
}

const PRCM_FACT *
FactsOne(const FACTS *Facts, uint16_t Type)
{
    const KEY None = {0};
    const FACTS_ENTRY *Entry = *Find(Facts, Type, &None);
    return Entry != NULL ? Entry->Fact : NULL;
}

/* A structure of the ABI that a fact carries: only grown at its end since. */
static bool
CopyAnswer(const PRCM_FACT *Fact, const PRCM_BYTES *Field, void *Answer, size_t AnswerBytes)
{
    const void *Given = Bytes(Fact, Field);
    if (Given == NULL)
        return false;
    memset(Answer, 0, AnswerBytes);
    memcpy(Answer, Given, Field->Length < AnswerBytes ? Field->Length : AnswerBytes);
    return true;
}

bool
FactsQuery(const FACTS *Facts, PRCM_QUERY *Query)
{
    const PRCM_FACT *Fact = FactsOne(Facts, PRCM_FACT_DRIVER);
    return Fact != NULL &&
           CopyAnswer(Fact, &((const PRCM_FACT_DRIVER_INFO *)Fact)->Query, Query, sizeof(*Query));
}

bool
FactsSubscribed(const FACTS *Facts, PRCM_SUBSCRIBED *Subscribed)
{
    const PRCM_FACT *Fact = FactsOne(Facts, PRCM_FACT_SUBSCRIPTION);
    return Fact != NULL && CopyAnswer(Fact, &((const PRCM_FACT_SUBSCRIPTION_INFO *)Fact)->Subscribed,
                                      Subscribed, sizeof(*Subscribed));
}

bool
FactsAsked(const FACTS *Facts, PRCM_SUBSCRIPTION *Asked)
{
    const PRCM_FACT_SUBSCRIPTION_INFO *Info =
        (const PRCM_FACT_SUBSCRIPTION_INFO *)FactsOne(Facts, PRCM_FACT_SUBSCRIPTION);

    memset(Asked, 0, sizeof(*Asked));
    if (Info == NULL || Info->Kinds.Status != PRCM_PRESENT)
        return false;
    Asked->Kinds = (uint32_t)Info->Kinds.Value;
    Asked->From = PRCM_FROM_SEQUENCE;
    Asked->Keys = Bytes(&Info->Header, &Info->Keys);
    Asked->KeyCount = Asked->Keys != NULL ? Info->Keys.Length / (uint32_t)sizeof(uint32_t) : 0;
    return true;
}

uint32_t
FactsHostName(const FACTS *Facts, UTF16 *Name)
{
    const PRCM_FACT_HOST_INFO *Host = (const PRCM_FACT_HOST_INFO *)FactsOne(Facts, PRCM_FACT_HOST);

    *Name = (UTF16){0};
    if (Host == NULL)
        return PRCM_ABSENT;
    *Name = Text(&Host->Header, &Host->Name);
    return Host->Name.Status;
}

PRCM_VALUE
FactsBootTime(const FACTS *Facts)
{
    const PRCM_FACT_HOST_INFO *Host = (const PRCM_FACT_HOST_INFO *)FactsOne(Facts, PRCM_FACT_HOST);
    return Host != NULL ? Host->BootTime : (PRCM_VALUE){.Status = PRCM_ABSENT};
}

int64_t
FactsLocalTime(const FACTS *Facts, int64_t Time)
{
    const PRCM_FACT_ZONE_INFO *Zone = (const PRCM_FACT_ZONE_INFO *)FactsOne(Facts, PRCM_FACT_ZONE);
    return Zone != NULL ? Time - PrcmZoneBias(Zone, Time) * (int64_t)600000000 : Time;
}

/* The bias at the local time taken for UTC is right but for some hours around a change; what it leads to is asked again. */
int64_t
FactsUtcTime(const FACTS *Facts, int64_t Local)
{
    int64_t Utc = Local - (FactsLocalTime(Facts, Local) - Local);
    return Local - (FactsLocalTime(Facts, Utc) - Utc);
}

static int64_t
LocalTime(void *Context, int64_t Time)
{
    return FactsLocalTime(Context, Time);
}

static uint32_t
UserName(void *Context, const void *Sid, uint32_t SidBytes, UTF16 *User)
{
    const KEY Key = {.Bytes = Sid, .Length = SidBytes};
    const FACTS_ENTRY *Entry = *Find(Context, PRCM_FACT_USER, &Key);

    if (Entry == NULL)
        return PRCM_ABSENT;
    const PRCM_FACT_USER_INFO *Info = (const PRCM_FACT_USER_INFO *)Entry->Fact;
    *User = Text(Entry->Fact, &Info->Name);
    return Info->Name.Status;
}

static uint32_t
RunningImage(void *Context, uint32_t Id, uint64_t CreateTime, uint16_t *Units, uint32_t Capacity)
{
    KEY Key;
    SetProcessKey(&Key, Id, CreateTime);
    const FACTS_ENTRY *Entry = *Find(Context, PRCM_FACT_PROCESS, &Key);

    if (Entry == NULL)
        return 0;
    UTF16 Image = Text(Entry->Fact, &((const PRCM_FACT_PROCESS_INFO *)Entry->Fact)->ImagePath.Text);
    if (Image.Count == 0 || Image.Count > Capacity)
        return 0;
    memcpy(Units, Image.Units, Image.Count * sizeof(uint16_t));
    return Image.Count;
}

const VIEW_HOOKS *
FactsViewHooks(FACTS *Facts)
{
    Facts->Hooks = (VIEW_HOOKS){
        .Context = Facts,
        .RunningImage = RunningImage,
        .UserName = UserName,
        .LocalTime = LocalTime,
    };
    return &Facts->Hooks;
}

void
FactsFillPaths(FACTS *Facts, PATHS *Paths)
{
    if (!Facts->DrivesChanged)
        return;
    Facts->DrivesChanged = false;
    PathsDestroy(Paths);
    for (uint32_t Index = 0; Index < FACTS_BUCKETS; Index++)
    {
        for (const FACTS_ENTRY *Entry = Facts->Buckets[Index]; Entry != NULL; Entry = Entry->Next)
        {
            const PRCM_FACT_DRIVE_INFO *Drive = (const PRCM_FACT_DRIVE_INFO *)Entry->Fact;
            if (Entry->Fact->Type == PRCM_FACT_DRIVE && Drive->Dos.Status == PRCM_PRESENT)
                PathsAdd(Paths, Text(Entry->Fact, &Drive->Device), Text(Entry->Fact, &Drive->Dos));
        }
    }
}
