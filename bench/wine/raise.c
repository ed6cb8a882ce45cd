/* SPDX-License-Identifier: MIT */
#include "raise.h"
#include "fail.h"
#include "madeup.h"

#include <stdlib.h>

#define RAISE_QUIET_PROCESSES    10u
#define RAISE_QUIET_STEPS        3u /* of a process: its start, its images, its exit */
#define RAISE_QUIET_IMAGES       2u
#define RAISE_QUIET_EVENTS       (2u + RAISE_QUIET_IMAGES)
#define RAISE_PAUSE_MS           20u /* time for any reader to take what a step has brought */
#define RAISE_BURST_PROCESSES    20u
#define RAISE_STEPS              (RAISE_QUIET_PROCESSES * RAISE_QUIET_STEPS + 1)
#define RAISE_FIRST_PROCESS_ID   1000000u
#define RAISE_COMMAND_LINE_BYTES 60u
#define RAISE_PATH_BYTES         80u
#define RAISE_BASE_TIME          130000000000000000 /* create times do not matter here */

uint32_t
RaiseCount(uint32_t Images)
{
    return RAISE_QUIET_PROCESSES * RAISE_QUIET_EVENTS + 2 * RAISE_BURST_PROCESSES + Images;
}

/* The last step is the burst. */
static NTEXT_SPEC
RaiseSpec(uint32_t Step, uint32_t Images)
{
    uint32_t Process = Step / RAISE_QUIET_STEPS;
    NTEXT_SPEC Spec = {.Size = sizeof(Spec),
                       .FirstProcessId = RAISE_FIRST_PROCESS_ID + 4 * Process,
                       .Threads = 1,
                       .CommandLineBytes = RAISE_COMMAND_LINE_BYTES,
                       .PathBytes = RAISE_PATH_BYTES,
                       .BaseTime = RAISE_BASE_TIME};
    if (Process == RAISE_QUIET_PROCESSES)
    {
        Spec.Starts = Spec.Exits = RAISE_BURST_PROCESSES;
        Spec.Images = Images;
    }
    else if (Step % RAISE_QUIET_STEPS == 0)
        Spec.Starts = 1;
    else if (Step % RAISE_QUIET_STEPS == 1)
        Spec.Images = RAISE_QUIET_IMAGES;
    else
        Spec.Exits = 1;
    return Spec;
}

void
RaisePlan(TALLY *Tally, uint32_t Images)
{
    for (uint32_t Step = 0; Step < RAISE_STEPS; Step++)
    {
        MADE_UP MadeUp;
        NTEXT_SPEC Spec = RaiseSpec(Step, Images);
        NTEXT_EVENT *Event = Allocate(MadeUpEventBytes(&Spec));
        Tally->BurstFrom = Tally->RaisedCount; /* the last step's is kept */
        MadeUpBegin(&MadeUp, &Spec, 0);
        while (MadeUpNext(&MadeUp, Event))
            TallyRaised(Tally, Event->Kind, Event->ProcessId, Event->Base);
        free(Event);
    }
}

static void
RaiseStep(const RAISE *Raise, uint32_t Step)
{
    NTEXT_SPEC Spec = RaiseSpec(Step, Raise->Images);
    uint32_t Count = MadeUpEventCount(&Spec, 0);
    DWORD Bytes = sizeof(NTEXT_BULK_RESULT) + (Count + 7) / 8;
    NTEXT_BULK_RESULT *Result = Allocate(Bytes);
    if (!DeviceIoControl(Raise->Device, NTEXT_IOCTL_BULK, &Spec, sizeof(Spec), Result, Bytes, &Bytes, NULL))
        Fail("the events could not be raised");
    if (Result->Delivered != Count)
        Fail("not every event reached the driver");
    free(Result);
}

static DWORD WINAPI
RaiseThread(void *Context)
{
    RAISE *Raise = Context;
    for (uint32_t Step = 0; Step < RAISE_STEPS; Step++)
    {
        Raise->BurstAt = Ticks(); /* likewise */
        RaiseStep(Raise, Step);
        Sleep(RAISE_PAUSE_MS);
    }
    return 0;
}

void
RaiseBegin(RAISE *Raise, uint32_t Images)
{
    *Raise = (RAISE){.Images = Images};
    Raise->Device = CreateFileW(NTEXT_WIN32_NAME, GENERIC_READ | GENERIC_WRITE,
                                FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (Raise->Device == INVALID_HANDLE_VALUE)
        Fail("ntext.sys cannot be opened");
    Raise->Thread = CreateThread(NULL, 0, RaiseThread, Raise, 0, NULL);
    if (!Raise->Thread)
        Fail("no thread");
}

bool
RaiseHasEnded(const RAISE *Raise)
{
    return WaitForSingleObject(Raise->Thread, 0) == WAIT_OBJECT_0;
}

void
RaiseEnd(RAISE *Raise)
{
    CloseHandle(Raise->Thread);
    CloseHandle(Raise->Device);
}
