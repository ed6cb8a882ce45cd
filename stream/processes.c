/* SPDX-License-Identifier: MIT */
#include "processes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void
ProcessesInit(PROCESSES *Processes)
{
    memset(Processes, 0, sizeof(*Processes));
}

static PROCESS **
BucketOf(PROCESSES *Processes, uint32_t Id)
{
    return &Processes->Buckets[(Id >> 2) % PROCESSES_BUCKETS];
}

static void
Forget(PROCESSES *Processes, PROCESS *Process)
{
    PROCESS **Slot = BucketOf(Processes, Process->Id);
    while (*Slot != Process)
        Slot = &(*Slot)->NextInBucket;
    *Slot = Process->NextInBucket;

    assert((Process->Older == NULL) == (Process == Processes->Oldest));
    *(Process->Older != NULL ? &Process->Older->Younger : &Processes->Oldest) = Process->Younger;
    *(Process->Younger != NULL ? &Process->Younger->Older : &Processes->Youngest) = Process->Older;
    Processes->Count--;
    Processes->NameUnits -= Process->NameCount;
    free(Process);
}

void
ProcessesDestroy(PROCESSES *Processes)
{
    while (Processes->Oldest != NULL)
        Forget(Processes, Processes->Oldest);
}

static PROCESS *
FindById(const PROCESSES *Processes, uint32_t Id)
{
    PROCESS *Process = Processes->Buckets[(Id >> 2) % PROCESSES_BUCKETS];
    while (Process != NULL && Process->Id != Id)
        Process = Process->NextInBucket;
    return Process;
}

void
ProcessesExit(PROCESSES *Processes, uint32_t Id)
{
    PROCESS *Process = FindById(Processes, Id);
    if (Process != NULL)
        Forget(Processes, Process);
}

static void
Link(PROCESSES *Processes, PROCESS *Process)
{
    PROCESS **Bucket = BucketOf(Processes, Process->Id);
    Process->NextInBucket = *Bucket;
    *Bucket = Process;

    Process->Older = Processes->Youngest;
    *(Processes->Youngest != NULL ? &Processes->Youngest->Younger : &Processes->Oldest) = Process;
    Processes->Youngest = Process;
    Processes->Count++;
    Processes->NameUnits += Process->NameCount;
}

void
ProcessesStart(PROCESSES *Processes, uint32_t Id, const PRCM_VALUE *CreateTime, int64_t Time,
               const UTF16 *Name)
{
    uint32_t NameCount = Name != NULL ? Name->Count : 0;

    ProcessesExit(Processes, Id);
    while (Processes->Count >= PROCESSES_MAX_COUNT ||
           (Processes->Oldest != NULL && Processes->NameUnits + NameCount > PROCESSES_MAX_NAME_UNITS))
        Forget(Processes, Processes->Oldest);

    PROCESS *Process = calloc(1, sizeof(PROCESS) + NameCount * sizeof(uint16_t));
    if (Process == NULL)
        return;
    Process->Id = Id;
    Process->CreateTime = *CreateTime;
    Process->StartTime = Time;
    Process->LifecycleEpoch = Processes->LifecycleEpoch;
    Process->ImageEpoch = Processes->ImageEpoch;
    Process->NameKnown = Name != NULL;
    Process->NameCount = NameCount;
    if (NameCount != 0)
        memcpy(Process->Name, Name->Units, NameCount * sizeof(uint16_t));
    Link(Processes, Process);
}

PROCESS *
ProcessesFind(const PROCESSES *Processes, uint32_t Id, const PRCM_VALUE *CreateTime)
{
    PROCESS *Process = FindById(Processes, Id);
    if (Process == NULL)
        return NULL;
    if (Process->CreateTime.Status == PRCM_PRESENT && CreateTime->Status == PRCM_PRESENT)
        return Process->CreateTime.Value == CreateTime->Value ? Process : NULL;
    return Process->LifecycleEpoch == Processes->LifecycleEpoch ? Process : NULL;
}

void
ProcessesLost(PROCESSES *Processes, bool Lifecycle, bool Images)
{
    Processes->LifecycleEpoch += Lifecycle;
    Processes->ImageEpoch += Images;
}

bool
ProcessesImagesLost(const PROCESSES *Processes, const PROCESS *Process)
{
    return Process->ImageEpoch != Processes->ImageEpoch;
}
