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

/* Names outlive what is remembered: the entry goes while the event is still to be shown. */
static bool
CopyName(VIEW *View, const PROCESS *Process, UTF16 *Name)
{
    if (!Process->NameKnown || Process->NameCount > PATHS_MAX_UNITS)
        return false;
    memcpy(View->Names, Process->Name, Process->NameCount * sizeof(uint16_t));
    *Name = (UTF16){.Units = View->Names, .Count = Process->NameCount};
    return true;
}

/* A parent that the stream did not show may still run; its create time tells it from a later owner of its id.
 */
static void
ResolveParent(VIEW *View, const PRCM_START *Start, EVENT *Event)
{
    if (Start->ParentProcessId.Status != PRCM_PRESENT)
        return;
    uint32_t Id = (uint32_t)Start->ParentProcessId.Value;
    const PROCESS *Parent = ProcessesFind(&View->Processes, Id, &Start->ParentCreateTime);
    if (Parent != NULL)
    {
        Event->ParentImageKnown = CopyName(View, Parent, &Event->ParentImage);
        return;
    }
    if (View->Hooks->RunningImage == NULL || Start->ParentCreateTime.Status != PRCM_PRESENT)
        return;
    uint32_t Count = View->Hooks->RunningImage(View->Hooks->Context, Id, Start->ParentCreateTime.Value,
                                               View->Names, PATHS_MAX_UNITS);
    if (Count == 0)
        return;
    UTF16 Image = PathsToDos(&View->Paths, (UTF16){.Units = View->Names, .Count = Count});
    memmove(View->Names, Image.Units, Image.Count * sizeof(uint16_t));
    Event->ParentImage = (UTF16){.Units = View->Names, .Count = Image.Count};
    Event->ParentImageKnown = true;
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

static void
ResolveStart(VIEW *View, const PRCM_START *Start, EVENT *Event)
{
    ResolveParent(View, Start, Event);
    ResolveUser(View, Start, Event);
    ResolveImage(View, &Start->Header, &Start->ImagePath, Event);
    ProcessesStart(&View->Processes, Start->Header.Key, &Start->CreateTime, Start->Header.Time,
                   Event->ImageKnown ? &Event->Image : NULL);
}

static void
ResolveExit(VIEW *View, const PRCM_EXIT *Exit, EVENT *Event)
{
    const PROCESS *Process = ProcessesFind(&View->Processes, Exit->Header.Key, &Exit->CreateTime);
    if (Process != NULL)
    {
        Event->StartSeen = true;
        Event->ImageKnown = CopyName(View, Process, &Event->Image);
        Event->LifetimeKnown = Exit->Header.Time >= Process->StartTime;
        if (Event->LifetimeKnown)
            Event->LifetimeMs = (uint64_t)(Exit->Header.Time - Process->StartTime) / 10000;
        Event->ImagesKnown = (View->Kinds & PRCM_KIND_BIT(PRCM_KIND_IMAGE)) != 0;
        Event->Images = Process->Images;
        Event->ImagesLost = ProcessesImagesLost(&View->Processes, Process);
    }
    Event->StartMissed = Process == NULL && (View->Kinds & PRCM_KIND_BIT(PRCM_KIND_START)) != 0;
    ProcessesExit(&View->Processes, Exit->Header.Key);
}

static void
ResolveLoad(VIEW *View, const PRCM_IMAGE *Image, EVENT *Event)
{
    PROCESS *Process = ProcessesFind(&View->Processes, Image->Header.Key, &Image->CreateTime);
    if (Process != NULL)
        Process->Images++;
    ResolveImage(View, &Image->Header, &Image->ImagePath, Event);
}

void
ViewResolve(VIEW *View, const PRCM_RECORD *Record, EVENT *Event)
{
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
