/* SPDX-License-Identifier: MIT */
#include "view.h"

#include <string.h>

#include "prcm.h"

void
ViewInit(VIEW *View, const VIEW_HOOKS *Hooks, uint32_t Kinds)
{
    PathsInit(&View->Paths);
    ProcessesInit(&View->Processes);
    View->Hooks = Hooks;
    View->Kinds = Kinds;
    View->Identity.Status = PRCM_ABSENT;
}

void
ViewSetOrigin(VIEW *View, UTF16 Host, uint32_t HostStatus, const PRCM_VALUE *Boot)
{
    IdentityBegin(&View->Identity, Host, HostStatus, Boot);
}

void
ViewDestroy(VIEW *View)
{
    PathsDestroy(&View->Paths);
    ProcessesDestroy(&View->Processes);
}

static bool
HasValue(uint32_t Status)
{
    return Status == PRCM_PRESENT || Status == PRCM_TRUNCATED;
}

static void
ResolveImage(VIEW *View, const PRCM_RECORD *Record, const PRCM_PATH *Path, EVENT *Event)
{
    if (!HasValue(Path->Text.Status))
        return;
    UTF16 Nt = {.Units = PrcmRecordBytes(Record, &Path->Text), .Count = Path->Text.Length / 2};
    Event->Image = PathsToDos(&View->Paths, Nt);
    Event->ImageKnown = true;
}

static bool
HasText(const PROCESS_TEXT *Text)
{
    return HasValue(Text->Status);
}

/* A parent that the stream did not show may still run; its create time tells it from a later owner of its id. */
static void
AskForParent(VIEW *View, const PRCM_START *Start, EVENT *Event)
{
    if (View->Hooks->RunningImage == NULL || Start->ParentCreateTime.Status != PRCM_PRESENT)
        return;
    uint32_t Count = View->Hooks->RunningImage(View->Hooks->Context, (uint32_t)Start->ParentProcessId.Value,
                                               Start->ParentCreateTime.Value, View->Names, PATHS_MAX_UNITS);
    if (Count == 0)
        return;
    UTF16 Image = PathsToDos(&View->Paths, (UTF16){.Units = View->Names, .Count = Count});
    memmove(View->Names, Image.Units, Image.Count * sizeof(uint16_t));
    Event->ParentImage = (UTF16){.Units = View->Names, .Count = Image.Count};
    Event->ParentImageKnown = true;
}

static IDENTITY
ParentEntity(const VIEW *View, const PRCM_VALUE *Id, const PRCM_VALUE *CreateTime)
{
    if (Id->Status != PRCM_PRESENT)
        return (IDENTITY){.Status = Id->Status};
    return IdentityOf(&View->Identity, (uint32_t)Id->Value, CreateTime);
}

static void
ResolveParent(VIEW *View, const PRCM_VALUE *Id, const PRCM_VALUE *CreateTime, EVENT *Event)
{
    Event->ParentEntity = ParentEntity(View, Id, CreateTime);
    if (Id->Status != PRCM_PRESENT)
        return;
    Event->Parent = ProcessesFindAny(&View->Processes, (uint32_t)Id->Value, CreateTime);
    Event->ParentImageKnown = Event->Parent != NULL && HasText(&Event->Parent->Told.Image);
    if (Event->ParentImageKnown)
        Event->ParentImage = Event->Parent->Told.Image.Text;
}

static void
ResolveUser(VIEW *View, const PRCM_START *Start, EVENT *Event)
{
    const PRCM_BYTES *Sid = &Start->UserSid;

    Event->UserStatus = Sid->Status == PRCM_PRESENT ? PRCM_ABSENT : Sid->Status;
    if (Sid->Status == PRCM_PRESENT && View->Hooks->UserName != NULL)
        Event->UserStatus = View->Hooks->UserName(View->Hooks->Context, PrcmRecordBytes(&Start->Header, Sid),
                                                  Sid->Length, &Event->User);
}

static PROCESS_TEXT
TextOf(const PRCM_BYTES *Field, UTF16 Text)
{
    return (PROCESS_TEXT){.Text = Text, .Status = Field->Status, .FullLength = Field->FullLength};
}

static void
Remember(VIEW *View, const PRCM_START *Start, EVENT *Event)
{
    const uint16_t *CommandLine = PrcmRecordBytes(&Start->Header, &Start->CommandLine);
    const void *Sid = PrcmRecordBytes(&Start->Header, &Start->UserSid);
    PROCESS_TOLD Told = {
        .Image = TextOf(&Start->ImagePath.Text, Event->Image),
        .CommandLine = TextOf(&Start->CommandLine, (UTF16){CommandLine, Start->CommandLine.Length / 2}),
        .User = {.Text = Event->User, .Status = Event->UserStatus},
        .SidStatus = Start->UserSid.Status,
        .SessionId = Start->SessionId,
        .IntegrityLevel = Start->IntegrityLevel,
        .ParentId = Start->ParentProcessId,
        .ParentCreateTime = Start->ParentCreateTime,
    };

    if (Told.SidStatus == PRCM_PRESENT)
        memcpy(Told.Sid, Sid, Start->UserSid.Length);
    Event->Process = ProcessesStart(&View->Processes, Start->Header.Key, &Start->CreateTime,
                                    Start->Header.Time, Event->Parent, &Told);
}

static void
ResolveStart(VIEW *View, const PRCM_START *Start, EVENT *Event)
{
    ResolveParent(View, &Start->ParentProcessId, &Start->ParentCreateTime, Event);
    if (Event->Parent == NULL && Start->ParentProcessId.Status == PRCM_PRESENT)
        AskForParent(View, Start, Event);
    Event->Entity = IdentityOf(&View->Identity, Start->Header.Key, &Start->CreateTime);
    ResolveUser(View, Start, Event);
    ResolveImage(View, &Start->Header, &Start->ImagePath, Event);
    Remember(View, Start, Event);
}

/* What its start told of the process that exits or loads. */
static void
ResolveProcess(VIEW *View, PROCESS *Process, uint32_t Id, const PRCM_VALUE *CreateTime, EVENT *Event)
{
    Event->Entity = IdentityOf(&View->Identity, Id, CreateTime);
    Event->Process = Process;
    if (Process == NULL)
        return;
    ResolveParent(View, &Process->Told.ParentId, &Process->Told.ParentCreateTime, Event);
    if (Event->Record->Time > Process->Latest)
        Process->Latest = Event->Record->Time;
}

static void
ResolveExit(VIEW *View, const PRCM_EXIT *Exit, EVENT *Event)
{
    PROCESS *Process = ProcessesFind(&View->Processes, Exit->Header.Key, &Exit->CreateTime);
    ResolveProcess(View, Process, Exit->Header.Key, &Exit->CreateTime, Event);
    if (Process != NULL)
    {
        Event->StartSeen = true;
        Event->ImageKnown = HasText(&Process->Told.Image);
        Event->Image = Process->Told.Image.Text;
        Event->LifetimeKnown = Exit->Header.Time >= Process->StartTime;
        if (Event->LifetimeKnown)
            Event->LifetimeMs = ((uint64_t)Exit->Header.Time - (uint64_t)Process->StartTime) / 10000;
        Event->ImagesKnown = (View->Kinds & PRCM_KIND_BIT(PRCM_KIND_IMAGE)) != 0;
        Event->Images = Process->Images;
        Event->ImagesLost = ProcessesImagesLost(&View->Processes, Process);
    }
    Event->StartMissed = Process == NULL && (View->Kinds & PRCM_KIND_BIT(PRCM_KIND_START)) != 0;
    ProcessesExit(&View->Processes, Exit->Header.Key);
}

/* A kernel image is no process's. A load may be told after its process's exit. */
static void
ResolveLoad(VIEW *View, const PRCM_IMAGE *Image, EVENT *Event)
{
    PROCESS *Process = ProcessesFindAny(&View->Processes, Image->Header.Key, &Image->CreateTime);
    if (Image->Header.Key != 0)
        ResolveProcess(View, Process, Image->Header.Key, &Image->CreateTime, Event);
    if (Process != NULL && !Process->Exited)
        Process->Images++;
    ResolveImage(View, &Image->Header, &Image->ImagePath, Event);
}

void
ViewResolve(VIEW *View, const PRCM_RECORD *Record, EVENT *Event)
{
    ProcessesTrim(&View->Processes);
    memset(Event, 0, sizeof(*Event));
    Event->Record = Record;
    Event->LocalTime = View->Hooks->LocalTime != NULL
                           ? View->Hooks->LocalTime(View->Hooks->Context, Record->Time)
                           : Record->Time;
    switch (Record->Kind)
    {
    case PRCM_KIND_START:
        ResolveStart(View, (const PRCM_START *)Record, Event);
        break;
    case PRCM_KIND_EXIT:
        ResolveExit(View, (const PRCM_EXIT *)Record, Event);
        break;
    case PRCM_KIND_IMAGE:
        ResolveLoad(View, (const PRCM_IMAGE *)Record, Event);
        break;
    default:
        break;
    }
}

void
ViewShown(const EVENT *Event)
{
    if (Event->Process != NULL && Event->Record->Kind != PRCM_KIND_IMAGE)
        Event->Process->Shown = Event->Record->Kind == PRCM_KIND_START;
}

void
ViewHole(VIEW *View, const HOLE *Hole)
{
    bool Lifecycle = false;
    bool Images = false;

    for (size_t Index = 0; Index < Hole->LossCount; Index++)
    {
        uint32_t Kind = Hole->Losses[Index].KindNumber;
        Images = Images || Kind == PRCM_KIND_IMAGE || Kind == PRCM_KIND_LOST;
        Lifecycle = Lifecycle || Kind != PRCM_KIND_IMAGE;
    }
    ProcessesLost(&View->Processes, Lifecycle, Images);
}
