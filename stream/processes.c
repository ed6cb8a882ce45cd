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

static size_t
BucketOf(uint32_t Id)
{
    return (Id >> 2) % PROCESSES_BUCKETS;
}

static void
Append(PROCESS_QUEUE *Queue, PROCESS *Process)
{
    Process->Older = Queue->Youngest;
    Process->Younger = NULL;
    *(Queue->Youngest != NULL ? &Queue->Youngest->Younger : &Queue->Oldest) = Process;
    Queue->Youngest = Process;
    Queue->Count++;
}

static void
Remove(PROCESS_QUEUE *Queue, PROCESS *Process)
{
    assert((Process->Older == NULL) == (Process == Queue->Oldest));
    *(Process->Older != NULL ? &Process->Older->Younger : &Queue->Oldest) = Process->Younger;
    *(Process->Younger != NULL ? &Process->Younger->Older : &Queue->Youngest) = Process->Older;
    Queue->Count--;
    assert(Queue->Oldest != Process);
}

static void
ForgetOldest(PROCESSES *Processes, PROCESS_QUEUE *Queue)
{
    PROCESS *Process = Queue->Oldest;
    PROCESS **Slot = &Processes->Buckets[BucketOf(Process->Id)];
    while (*Slot != Process)
        Slot = &(*Slot)->NextInBucket;
    *Slot = Process->NextInBucket;
    Remove(Queue, Process);
    Processes->UnitCount -= Process->UnitCount;
    free(Process);
}

/* Where the next one to be forgotten is. */
static PROCESS_QUEUE *
FirstQueue(PROCESSES *Processes)
{
    return Processes->Exited.Oldest != NULL ? &Processes->Exited : &Processes->Running;
}

void
ProcessesDestroy(PROCESSES *Processes)
{
    while (FirstQueue(Processes)->Oldest != NULL)
        ForgetOldest(Processes, FirstQueue(Processes));
}

void
ProcessesTrim(PROCESSES *Processes)
{
    while (Processes->Exited.Count > PROCESSES_MAX_EXITED)
        ForgetOldest(Processes, &Processes->Exited);
    while (Processes->Exited.Count + Processes->Running.Count > PROCESSES_MAX_COUNT ||
           Processes->UnitCount > PROCESSES_MAX_UNITS)
        ForgetOldest(Processes, FirstQueue(Processes));
}

static PROCESS *
FindById(const PROCESSES *Processes, uint32_t Id)
{
    PROCESS *Process = Processes->Buckets[BucketOf(Id)];
    while (Process != NULL && Process->Id != Id)
        Process = Process->NextInBucket;
    return Process != NULL && !Process->Exited ? Process : NULL;
}

void
ProcessesExit(PROCESSES *Processes, uint32_t Id)
{
    PROCESS *Process = FindById(Processes, Id);
    if (Process == NULL)
        return;
    Remove(&Processes->Running, Process);
    Process->Exited = true;
    Append(&Processes->Exited, Process);
}

static uint32_t
CountOf(const PROCESS_TEXT *Text)
{
    bool HasText = Text->Status == PRCM_PRESENT || Text->Status == PRCM_TRUNCATED;
    return HasText ? Text->Text.Count : 0;
}

/* Keeps Text in the process's own units. */
static void
Keep(PROCESS *Process, PROCESS_TEXT *Text)
{
    uint16_t *Units = Process->Units + Process->UnitCount;
    uint32_t Count = CountOf(Text);
    if (Count != 0)
        memcpy(Units, Text->Text.Units, Count * sizeof(uint16_t));
    Text->Text = (UTF16){.Units = Count != 0 ? Units : NULL, .Count = Count};
    Process->UnitCount += Count;
}

/* Command lines may be long, and who chooses them should not decide how many processes are remembered. */
static void
CutCommandLine(PROCESS_TEXT *Text)
{
    if (CountOf(Text) <= PROCESSES_MAX_COMMAND_UNITS)
        return;
    if (Text->Status == PRCM_PRESENT)
        Text->FullLength = Text->Text.Count * (uint32_t)sizeof(uint16_t);
    Text->Text.Count = PROCESSES_MAX_COMMAND_UNITS;
    Text->Status = PRCM_TRUNCATED;
}

static void
Place(PROCESSES *Processes, PROCESS *Process, const PROCESS *Parent)
{
    Process->Number = ++Processes->Started;
    Process->Root = Parent != NULL ? Parent->Root : Process->Number;
    Process->Depth = Parent != NULL ? Parent->Depth + 1 : 0;
    Process->LifecycleEpoch = Processes->LifecycleEpoch;
    Process->ImageEpoch = Processes->ImageEpoch;
    Process->NextInBucket = Processes->Buckets[BucketOf(Process->Id)];
    Processes->Buckets[BucketOf(Process->Id)] = Process;
    Append(&Processes->Running, Process);
    Processes->UnitCount += Process->UnitCount;
}

PROCESS *
ProcessesStart(PROCESSES *Processes, uint32_t Id, const PRCM_VALUE *CreateTime, int64_t Time,
               const PROCESS *Parent, const PROCESS_TOLD *Told)
{
    PROCESS_TOLD Kept = *Told;

    CutCommandLine(&Kept.CommandLine);
    ProcessesExit(Processes, Id);
    size_t Count = (size_t)CountOf(&Kept.Image) + CountOf(&Kept.CommandLine) + CountOf(&Kept.User);
    PROCESS *Process = calloc(1, sizeof(PROCESS) + Count * sizeof(uint16_t));
    if (Process == NULL)
        return NULL;
    Process->Id = Id;
    Process->CreateTime = *CreateTime;
    Process->StartTime = Time;
    Process->Latest = Time;
    Process->Told = Kept;
    Keep(Process, &Process->Told.Image);
    Keep(Process, &Process->Told.CommandLine);
    Keep(Process, &Process->Told.User);
    Place(Processes, Process, Parent);
    return Process;
}

static bool
SameTime(const PROCESS *Process, const PRCM_VALUE *CreateTime)
{
    return Process->CreateTime.Status == PRCM_PRESENT && CreateTime->Status == PRCM_PRESENT &&
           Process->CreateTime.Value == CreateTime->Value;
}

PROCESS *
ProcessesFind(const PROCESSES *Processes, uint32_t Id, const PRCM_VALUE *CreateTime)
{
    PROCESS *Process = FindById(Processes, Id);
    if (Process == NULL)
        return NULL;
    if (Process->CreateTime.Status == PRCM_PRESENT && CreateTime->Status == PRCM_PRESENT)
        return SameTime(Process, CreateTime) ? Process : NULL;
    return Process->LifecycleEpoch == Processes->LifecycleEpoch ? Process : NULL;
}

PROCESS *
ProcessesFindAny(const PROCESSES *Processes, uint32_t Id, const PRCM_VALUE *CreateTime)
{
    PROCESS *Running = ProcessesFind(Processes, Id, CreateTime);
    if (Running != NULL)
        return Running;
    PROCESS *Process = Processes->Buckets[BucketOf(Id)];
    while (Process != NULL && (Process->Id != Id || !SameTime(Process, CreateTime)))
        Process = Process->NextInBucket;
    return Process;
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
