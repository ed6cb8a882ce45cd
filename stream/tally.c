/* SPDX-License-Identifier: MIT */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

void
TallyDestroy(TALLY *Tally)
{
    for (size_t Bucket = 0; Bucket < TALLY_BUCKETS; Bucket++)
    {
        while (Tally->Buckets[Bucket] != NULL)
        {
            TALLY_NAME *Name = Tally->Buckets[Bucket];
            Tally->Buckets[Bucket] = Name->Next;
            free(Name);
        }
    }
    memset(Tally, 0, sizeof(*Tally));
}

static size_t
Bucket(UTF16 Name)
{
    uint32_t Hash = 2166136261u;

    for (uint32_t Index = 0; Index < Name.Count; Index++)
        Hash = (Hash ^ Utf16Upper(Name.Units[Index])) * 16777619u;
    return Hash % TALLY_BUCKETS;
}

static UTF16
TextOf(const TALLY_NAME *Name)
{
    return (UTF16){.Units = Name->Units, .Count = Name->Length};
}

static TALLY_NAME *
Make(TALLY *Tally, UTF16 Text)
{
    size_t Count = Text.Count;
    if (Tally->Names == TALLY_MAX_NAMES || Count > TALLY_MAX_UNITS - Tally->Units)
        return NULL;
    TALLY_NAME *Name = malloc(sizeof(*Name) + Count * sizeof(uint16_t));
    if (Name == NULL)
        return NULL;
    Name->Count = 0;
    Name->Length = Text.Count;
    if (Text.Count != 0)
        memcpy(Name->Units, Text.Units, Text.Count * sizeof(uint16_t));
    Name->Next = Tally->Buckets[Bucket(Text)];
    Tally->Buckets[Bucket(Text)] = Name;
    Tally->Names++;
    Tally->Units += Text.Count;
    return Name;
}

void
TallyAdd(TALLY *Tally, UTF16 Text, bool Known)
{
    if (!Known)
    {
        Tally->None++;
        return;
    }
    TALLY_NAME *Name = Tally->Buckets[Bucket(Text)];
    while (Name != NULL && !Utf16EqualNoCase(TextOf(Name), Text))
        Name = Name->Next;
    if (Name == NULL)
        Name = Make(Tally, Text);
    if (Name != NULL)
        Name->Count++;
    else
        Tally->Others++;
}

/* Whether A stands before B. */
static bool
IsBefore(const TALLY_NAME *A, const TALLY_NAME *B)
{
    if (A->Count != B->Count)
        return A->Count > B->Count;
    uint32_t Shorter = A->Length < B->Length ? A->Length : B->Length;
    for (uint32_t Index = 0; Index < Shorter; Index++)
    {
        if (A->Units[Index] != B->Units[Index])
            return A->Units[Index] < B->Units[Index];
    }
    return A->Length < B->Length;
}

size_t
TallyTop(const TALLY *Tally, const TALLY_NAME **Top, size_t Room)
{
    size_t Count = 0;

    for (size_t Bucket = 0; Bucket < TALLY_BUCKETS; Bucket++)
    {
        for (const TALLY_NAME *Name = Tally->Buckets[Bucket]; Name != NULL; Name = Name->Next)
        {
            size_t At = Count;
            while (At > 0 && IsBefore(Name, Top[At - 1]))
                At--;
            if (At == Room)
                continue;
            if (Count < Room)
                Count++;
            memmove(Top + At + 1, Top + At, (Count - 1 - At) * sizeof(Top[0]));
            Top[At] = Name;
        }
    }
    return Count;
}
