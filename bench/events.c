/* SPDX-License-Identifier: MIT */
#include "events.h"
#include "recording.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NANOSECONDS_OF_A_UNIT 100
#define UNITS_OF_A_SECOND     10000000
#define IMAGE_BASE            0x7FF600000000u
#define MADE_UP_ID            5000u
#define KNOWN_PROCESSES       4096u

/* Processes by id, while recordings are read. */
static PEPROCESS Known[KNOWN_PROCESSES];
static ULONG KnownIds[KNOWN_PROCESSES];

static void *
Allocated(void *Block)
{
    if (!Block)
    {
        fprintf(stderr, "bench: out of memory\n");
        exit(EXIT_FAILURE);
    }
    return Block;
}

static EVENT *
EventsAdd(EVENTS *Events)
{
    if (Events->Count == Events->Room)
    {
        Events->Room = Events->Room ? 2 * Events->Room : 1024;
        Events->Items = Allocated(realloc(Events->Items, Events->Room * sizeof(*Events->Items)));
    }
    EVENT *Event = &Events->Items[Events->Count++];
    memset(Event, 0, sizeof(*Event));
    return Event;
}

static PEPROCESS
ProcessOf(ULONG Id, ULONG ParentId)
{
    unsigned Place = Id / 4 % KNOWN_PROCESSES;
    while (Known[Place] && KnownIds[Place] != Id)
        Place = (Place + 1) % KNOWN_PROCESSES;
    if (!Known[Place])
    {
        KnownIds[Place] = Id;
        Known[Place] = SimProcessAdd(
            &(SIM_PROCESS){.Id = Id, .ParentId = ParentId, .CreateTime = Id, .IntegrityLevel = 0x2000});
    }
    return Known[Place];
}

static UNICODE_STRING
TextTaken(UNICODE_STRING *Text)
{
    UNICODE_STRING Taken = *Text;
    Text->Buffer = NULL;
    return Taken;
}

static void
EventOfRow(EVENTS *Events, ROW *Row, int64_t First)
{
    static const EVENT_KIND Kinds[] = {[ROW_START] = EVENT_START,
                                       [ROW_EXIT] = EVENT_EXIT,
                                       [ROW_LOAD] = EVENT_IMAGE,
                                       [ROW_DRIVER_LOAD] = EVENT_IMAGE};
    EVENT *Event = EventsAdd(Events);
    Event->Kind = Kinds[Row->Kind];
    Event->ProcessId = Row->ProcessId;
    Event->Process = Row->ProcessId ? ProcessOf(Row->ProcessId, Row->ParentId) : NULL;
    Event->Due = (Row->Time - First) * NANOSECONDS_OF_A_UNIT;
    Event->Path = TextTaken(&Row->Path);
    Event->CommandLine = TextTaken(&Row->CommandLine);
}

void
EventsRead(EVENTS *Events, char *const *Files, unsigned Count)
{
    for (unsigned Index = 0; Index < Count; Index++)
    {
        RECORDING Recording = {0};
        char Error[RECORDING_ERROR_BYTES];
        FILE *Stream = fopen(Files[Index], "r");
        if (!Stream)
        {
            perror(Files[Index]);
            exit(EXIT_FAILURE);
        }
        if (!RecordingRead(&Recording, Stream, Files[Index], Error))
        {
            fprintf(stderr, "bench: %s\n", Error);
            exit(EXIT_FAILURE);
        }
        fclose(Stream);
        for (size_t Row = 0; Row < Recording.Count; Row++)
            EventOfRow(Events, &Recording.Rows[Row], Recording.Rows[0].Time);
        RecordingFree(&Recording);
    }
}

void
EventsMakeStarts(EVENTS *Events, unsigned CommandLineBytes)
{
    static const WCHAR Path[] = L"\\Device\\HarddiskVolume3\\Windows\\System32\\cmd.exe";
    EVENT *Event = EventsAdd(Events);
    Event->Kind = EVENT_START;
    Event->ProcessId = MADE_UP_ID;
    Event->Process = ProcessOf(MADE_UP_ID, SIM_SYSTEM_PROCESS_ID);
    Event->Path.Length = Event->Path.MaximumLength = sizeof(Path) - sizeof(WCHAR);
    Event->Path.Buffer = Allocated(malloc(sizeof(Path)));
    memcpy(Event->Path.Buffer, Path, sizeof(Path));
    if (!CommandLineBytes)
        return;
    Event->CommandLine.Length = Event->CommandLine.MaximumLength = (USHORT)CommandLineBytes;
    Event->CommandLine.Buffer = Allocated(malloc(CommandLineBytes));
    memset(Event->CommandLine.Buffer, 'x', CommandLineBytes);
}

static void
EventFree(EVENT *Event)
{
    free(Event->Path.Buffer);
    free(Event->CommandLine.Buffer);
}

void
EventsBusiestSecond(EVENTS *Events)
{
    size_t Best = 0, BestCount = 0, End = 0;
    for (size_t Begin = 0; Begin < Events->Count; Begin++)
    {
        int64_t Due = Events->Items[Begin].Due;
        End = End < Begin ? Begin : End;
        while (End < Events->Count && Events->Items[End].Due >= Due &&
               Events->Items[End].Due - Due < UNITS_OF_A_SECOND * (int64_t)NANOSECONDS_OF_A_UNIT)
            End++;
        if (End - Begin > BestCount)
        {
            Best = Begin;
            BestCount = End - Begin;
        }
    }
    int64_t First = Events->Count ? Events->Items[Best].Due : 0;
    for (size_t Index = 0; Index < Events->Count; Index++)
        if (Index < Best || Index >= Best + BestCount)
            EventFree(&Events->Items[Index]);
    if (BestCount)
        memmove(Events->Items, Events->Items + Best, BestCount * sizeof(*Events->Items));
    Events->Count = BestCount;
    for (size_t Index = 0; Index < BestCount; Index++)
        Events->Items[Index].Due -= First;
}

void
EventRaise(const EVENT *Event, uint32_t Tag)
{
    PCUNICODE_STRING Path = Event->Path.Buffer ? &Event->Path : NULL;
    if (Event->Kind == EVENT_IMAGE)
    {
        IMAGE_INFO Info = {.ImageAddressingMode = 3,
                           .SystemModeImage = !Event->Process,
                           .ImageBase = (PVOID)IMAGE_BASE,
                           .ImageSize = Tag};
        SimRaiseImage(Event->ProcessId, 0, Path, &Info);
    }
    else if (Event->Kind == EVENT_START)
    {
        SIM_START Start = {.CreatorThreadId = Tag,
                           .ImageFileName = Path,
                           .FileOpenNameAvailable = true,
                           .CommandLine = Event->CommandLine.Buffer ? &Event->CommandLine : NULL};
        SimRaiseStart(Event->Process, &Start);
    }
    else
    {
        SimNotifyExit(Event->Process, (NTSTATUS)Tag, 0);
    }
}

double
EventsMeanTextBytes(const EVENTS *Events)
{
    double Sum = 0;
    for (size_t Index = 0; Index < Events->Count; Index++)
    {
        const EVENT *Event = &Events->Items[Index];
        Sum += (Event->Path.Buffer && Event->Kind != EVENT_EXIT ? Event->Path.Length : 0) +
               (Event->CommandLine.Buffer && Event->Kind == EVENT_START ? Event->CommandLine.Length : 0);
    }
    return Events->Count ? Sum / (double)Events->Count : 0;
}

void
EventsFree(EVENTS *Events)
{
    for (size_t Index = 0; Index < Events->Count; Index++)
        EventFree(&Events->Items[Index]);
    free(Events->Items);
    *Events = (EVENTS){0};
}
