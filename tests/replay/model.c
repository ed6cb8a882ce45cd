/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* tdestroy */
#include "model.h"
#include "memory.h"
#include <search.h>
#include <string.h>

#define UNITS_OF_AN_HOUR   36000000000
#define UNITS_OF_A_SECOND  10000000
#define FIRST_USER_ADDRESS 0x10000ull
#define FIRST_KERNEL_IMAGE 0xFFFFF80000000000ull

/* A process of the recording; each time the recording is raised, another one. */
typedef struct IDENTITY
{
    const char *Guid;
    uint32_t Id;
    uint32_t Number; /* from 0, in the order of first rows */
    const ROW *Start;
} IDENTITY;

/* What is known of an id at a point of the recording. */
typedef struct OWNERSHIP
{
    uint32_t Owner; /* the process that has it, or MODEL_NONE */
    uint32_t Changes;
    uint32_t Children;
    uint32_t LastEvent;
} OWNERSHIP;

typedef struct BUILD
{
    MODEL *Model;
    const RECORDING *Recording;
    void *Tree; /* of IDENTITYs */
    uint32_t IdentityCount;
    IDENTITY **OfRow; /* by row; NULL: the kernel's */
    OWNERSHIP *Ids;   /* as MODEL.Ids */
    bool *Exited;     /* by process */
    int64_t Began;    /* the earliest time of the recording */
    int64_t Duration; /* to the beginning of the next time */
} BUILD;

/* ---- Who and which ids there are ---- */

static int
CompareIdentities(const void *A, const void *B)
{
    const IDENTITY *Left = A, *Right = B;
    int Order = strcmp(Left->Guid, Right->Guid);
    return Order ? Order : (Left->Id > Right->Id) - (Left->Id < Right->Id);
}

static IDENTITY *
FindIdentity(BUILD *Build, const ROW *Row)
{
    IDENTITY Wanted = {.Guid = Row->Guid, .Id = Row->ProcessId};
    IDENTITY **Found = tfind(&Wanted, &Build->Tree, CompareIdentities);
    if (Found)
        return *Found;
    IDENTITY *New = MemoryZeroed(1, sizeof(*New));
    *New = Wanted;
    New->Number = Build->IdentityCount++;
    tsearch(New, &Build->Tree, CompareIdentities);
    return New;
}

static void
FindIdentities(BUILD *Build)
{
    const RECORDING *Recording = Build->Recording;
    Build->OfRow = MemoryZeroed(Recording->Count, sizeof(*Build->OfRow));
    for (size_t Index = 0; Index < Recording->Count; Index++)
    {
        const ROW *Row = &Recording->Rows[Index];
        if (!Row->Guid)
            continue;
        IDENTITY *Identity = FindIdentity(Build, Row);
        Build->OfRow[Index] = Identity;
        if (Row->Kind == ROW_START && !Identity->Start)
            Identity->Start = Row;
    }
}

static void
FindTimes(BUILD *Build)
{
    const RECORDING *Recording = Build->Recording;
    int64_t Ended = Build->Began = Recording->Rows[0].Time;
    for (size_t Index = 0; Index < Recording->Count; Index++)
    {
        int64_t Time = Recording->Rows[Index].Time;
        Build->Began = Time < Build->Began ? Time : Build->Began;
        Ended = Time > Ended ? Time : Ended;
    }
    Build->Duration = Ended - Build->Began + UNITS_OF_A_SECOND;
}

static int
CompareIds(const void *A, const void *B)
{
    const ID *Left = A, *Right = B;
    return (Left->Id > Right->Id) - (Left->Id < Right->Id);
}

static void
FindIds(BUILD *Build)
{
    const RECORDING *Recording = Build->Recording;
    MODEL *Model = Build->Model;
    ID *Ids = MemoryZeroed(Recording->Count + 1, sizeof(*Ids));
    uint32_t Count = 0;
    for (size_t Index = 0; Index < Recording->Count; Index++)
        Ids[Index] = (ID){Recording->Rows[Index].ProcessId, MODEL_NONE};
    Ids[Recording->Count] = (ID){MODEL_END_ID, MODEL_NONE};
    qsort(Ids, Recording->Count + 1, sizeof(*Ids), CompareIds);
    for (size_t Index = 0; Index <= Recording->Count; Index++)
        if (!Count || Ids[Count - 1].Id != Ids[Index].Id)
            Ids[Count++] = Ids[Index];
    Model->Ids = Ids;
    Model->IdCount = Count;
    Build->Ids = MemoryZeroed(Count, sizeof(*Build->Ids));
    for (uint32_t At = 0; At < Count; At++)
        Build->Ids[At] = (OWNERSHIP){.Owner = MODEL_NONE, .LastEvent = MODEL_NONE};
}

uint32_t
ModelFindId(const MODEL *Model, uint32_t Id)
{
    ID Wanted = {.Id = Id};
    const ID *Found = bsearch(&Wanted, Model->Ids, Model->IdCount, sizeof(*Model->Ids), CompareIds);
    return Found ? (uint32_t)(Found - Model->Ids) : MODEL_NONE;
}

static void
MakeProcess(BUILD *Build, const IDENTITY *Identity, uint32_t Time)
{
    uint32_t Number = Time * Build->IdentityCount + Identity->Number;
    if (Build->Model->Processes[Number].CreateTime)
        return;
    int64_t Created = Identity->Start ? Identity->Start->Time : Build->Began - UNITS_OF_AN_HOUR;
    /* The number makes them differ where the recording's milliseconds do not. */
    Build->Model->Processes[Number] = (PROCESS){
        .Start = Identity->Start, .CreateTime = Created + (int64_t)Time * Build->Duration + Identity->Number};
    Build->Model->Older += !Identity->Start;
}

static void
MakeProcesses(BUILD *Build, uint32_t Times)
{
    MODEL *Model = Build->Model;
    Model->ProcessCount = Times * Build->IdentityCount;
    Model->Processes = MemoryZeroed(Model->ProcessCount, sizeof(*Model->Processes));
    Build->Exited = MemoryZeroed(Model->ProcessCount, sizeof(*Build->Exited));
    for (size_t Index = 0; Index < Build->Recording->Count; Index++)
        for (uint32_t Time = 0; Build->OfRow[Index] && Time < Times; Time++)
            MakeProcess(Build, Build->OfRow[Index], Time);
}

/* ---- What each event is told as ---- */

static PRCM_VALUE
Present(uint64_t Value)
{
    return (PRCM_VALUE){.Value = Value, .Status = PRCM_PRESENT};
}

/* The create time of whoever has the id. System has none, and where there is nobody the lookup fails. */
static PRCM_VALUE
CreateTimeOf(const BUILD *Build, uint32_t IdAt)
{
    uint32_t Owner = Build->Ids[IdAt].Owner;
    if (Owner != MODEL_NONE)
        return Present((uint64_t)Build->Model->Processes[Owner].CreateTime);
    if (Build->Model->Ids[IdAt].Id == SIM_SYSTEM_PROCESS_ID)
        return (PRCM_VALUE){.Status = PRCM_ABSENT};
    return (PRCM_VALUE){.Status = (uint32_t)STATUS_INVALID_CID};
}

/* A parent younger than its child is another process that got the id. */
static void
TellParent(BUILD *Build, EVENT *Event)
{
    const ROW *Start = Build->Model->Processes[Event->Process].Start;
    uint32_t Parent = Start ? ModelFindId(Build->Model, Start->ParentId) : MODEL_NONE;
    if (Parent == MODEL_NONE || !Start->ParentId)
        return;
    PRCM_VALUE Time = CreateTimeOf(Build, Parent);
    if (Time.Status == PRCM_PRESENT && Time.Value <= Event->CreateTime.Value)
        Event->ParentCreateTime = Time;
    if (Parent == Event->IdAt)
        return;
    Event->Turn.Parent = Parent;
    Event->Turn.ParentChanges = Build->Ids[Parent].Changes;
    Build->Ids[Parent].Children++;
}

/* Whose the id is when the event is raised. */
static void
TakeId(BUILD *Build, EVENT *Event)
{
    OWNERSHIP *Id = &Build->Ids[Event->IdAt];
    bool *Exited = &Build->Exited[Event->Process];
    if (Event->Kind == PRCM_KIND_IMAGE && *Exited)
    {
        Build->Model->AfterExit++;
        return;
    }
    *Exited = false;
    if (Id->Owner == Event->Process)
        return;
    if (Id->Owner != MODEL_NONE)
        Build->Model->TakenOver++;
    Event->Gone = Id->Owner;
    Event->Begins = true;
    Event->Turn.Changes = true;
    Id->Owner = Event->Process;
}

static void
LeaveId(BUILD *Build, EVENT *Event)
{
    if (Event->Kind == PRCM_KIND_EXIT)
    {
        Event->Turn.Changes = true;
        Build->Exited[Event->Process] = true;
        Build->Ids[Event->IdAt].Owner = MODEL_NONE;
    }
    if (Event->Turn.Changes)
        Build->Ids[Event->IdAt].Changes++;
}

static void
LinkEvent(BUILD *Build, EVENT *Event)
{
    MODEL *Model = Build->Model;
    OWNERSHIP *Id = &Build->Ids[Event->IdAt];
    uint32_t At = (uint32_t)(Event - Model->Events);
    if (Id->LastEvent == MODEL_NONE)
        Model->Ids[Event->IdAt].First = At;
    else
        Model->Events[Id->LastEvent].Next = At;
    Id->LastEvent = At;
    Event->Next = MODEL_NONE;
    Event->Number = At + 1;
    Model->Last = Event->Time > Model->Last ? Event->Time : Model->Last;
}

static void
TellEvent(BUILD *Build, EVENT *Event)
{
    if (Event->Process == MODEL_NONE)
        return;
    Event->Turn.Children = Build->Ids[Event->IdAt].Children;
    TakeId(Build, Event);
    Event->CreateTime = CreateTimeOf(Build, Event->IdAt);
    if (Event->Kind == PRCM_KIND_START)
        TellParent(Build, Event);
    LeaveId(Build, Event);
}

static void
AddEvent(BUILD *Build, EVENT *Event, size_t RowIndex, uint32_t Time)
{
    static const uint32_t Kinds[] = {[ROW_START] = PRCM_KIND_START,
                                     [ROW_EXIT] = PRCM_KIND_EXIT,
                                     [ROW_LOAD] = PRCM_KIND_IMAGE,
                                     [ROW_DRIVER_LOAD] = PRCM_KIND_IMAGE};
    const ROW *Row = &Build->Recording->Rows[RowIndex];
    const IDENTITY *Identity = Build->OfRow[RowIndex];
    *Event = (EVENT){.Row = Row,
                     .Time = Row->Time + (int64_t)Time * Build->Duration,
                     .Kind = Kinds[Row->Kind],
                     .Id = Row->ProcessId,
                     .IdAt = ModelFindId(Build->Model, Row->ProcessId),
                     .Process = Identity ? Time * Build->IdentityCount + Identity->Number : MODEL_NONE,
                     .Gone = MODEL_NONE,
                     .Turn.Parent = MODEL_NONE};
    TellEvent(Build, Event);
    LinkEvent(Build, Event);
}

/* Its process exists for the event alone, and is known by its start key. */
static void
AddEnd(BUILD *Build)
{
    MODEL *Model = Build->Model;
    EVENT *End = &Model->Events[Model->Count];
    *End = (EVENT){.Time = Model->Last,
                   .Kind = PRCM_KIND_EXIT,
                   .Id = MODEL_END_ID,
                   .IdAt = ModelFindId(Model, MODEL_END_ID),
                   .Process = MODEL_NONE,
                   .Gone = MODEL_NONE,
                   .CreateTime = Present((uint64_t)Model->Last),
                   .Turn.Parent = MODEL_NONE};
    LinkEvent(Build, End);
}

static void
FindBusiest(MODEL *Model)
{
    uint32_t Most = 0;
    for (uint32_t At = 0; At < Model->IdCount; At++)
    {
        uint32_t Count = 0;
        for (uint32_t Event = Model->Ids[At].First; Event != MODEL_NONE; Event = Model->Events[Event].Next)
            Count++;
        if (Count > Most)
            Model->Busiest = Model->Ids[At].Id;
        Most = Count > Most ? Count : Most;
    }
}

static void
AddEvents(BUILD *Build, uint32_t Times)
{
    MODEL *Model = Build->Model;
    size_t Rows = Build->Recording->Count;
    Model->Count = (uint32_t)Rows * Times;
    Model->Events = MemoryZeroed(Model->Count + 1, sizeof(*Model->Events));
    for (uint32_t Index = 0; Index < Model->Count; Index++)
        AddEvent(Build, &Model->Events[Index], Index % Rows, Index / (uint32_t)Rows);
    AddEnd(Build);
}

bool
ModelBuild(MODEL *Model, const RECORDING *Recording, uint32_t Times)
{
    BUILD Build = {.Model = Model, .Recording = Recording};
    *Model = (MODEL){.Events = NULL};
    if (Recording->Count > MODEL_MAX_EVENTS / Times)
        return false;
    FindIdentities(&Build);
    FindTimes(&Build);
    FindIds(&Build);
    MakeProcesses(&Build, Times);
    AddEvents(&Build, Times);
    FindBusiest(Model);
    tdestroy(Build.Tree, free);
    free(Build.OfRow);
    free(Build.Ids);
    free(Build.Exited);
    return true;
}

void
ModelFree(MODEL *Model)
{
    free(Model->Events);
    free(Model->Ids);
    free(Model->Processes);
    *Model = (MODEL){.Events = NULL};
}

/* ---- What is made up ---- */

uint32_t
EventThreadId(const EVENT *Event)
{
    return Event->Number * 4;
}

uint64_t
EventBase(const EVENT *Event)
{
    bool Kernel = Event->Process == MODEL_NONE;
    return (Kernel ? FIRST_KERNEL_IMAGE : FIRST_USER_ADDRESS) + Event->Number * FIRST_USER_ADDRESS;
}

uint64_t
EventSize(const EVENT *Event)
{
    return Event->Number * 0x1000ull;
}

uint32_t
EventExitStatus(const EVENT *Event)
{
    return Event->Number;
}

uint64_t
ProcessStartKey(uint32_t Process)
{
    return 0x1000000000000ull + Process;
}
