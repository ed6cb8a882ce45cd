/* SPDX-License-Identifier: MIT */
#include "replay.h"
#include "memory.h"
#include "raise.h"
#include "rig_image.h"
#include "tally.h"
#include <inttypes.h>
#include <stdarg.h>

__attribute__((format(printf, 2, 3))) static bool
Fail(REPLAY_RESULT *Result, const char *Format, ...)
{
    va_list Arguments;
    va_start(Arguments, Format);
    vsnprintf(Result->Note, sizeof(Result->Note), Format, Arguments);
    va_end(Arguments);
    Result->Mismatches++;
    return false;
}

static bool
Load(const REPLAY_OPTIONS *Options, REPLAY_RESULT *Result)
{
    SimReset();
    if (Options->LaneBytes)
    {
        SimSetRegistryDword(L"LifecycleLaneBytes", Options->LaneBytes);
        SimSetRegistryDword(L"ImageLaneBytes", Options->LaneBytes);
    }
    NTSTATUS Status = SimLoad(&RigImage);
    return NT_SUCCESS(Status) || Fail(Result, "the driver does not load: 0x%X", (uint32_t)Status);
}

/* The driver has captured what was raised, by kind, and the end. */
static void
CheckCaptured(const MODEL *Model, REPLAY_RESULT *Result)
{
    uint64_t Raised[PRCM_KIND_COUNT] = {0};
    PRCM_QUERY Query;
    HANDLE File;
    if (!NT_SUCCESS(SimOpen(PRCM_LINK_NAME, FILE_READ_DATA, &File)) ||
        !NT_SUCCESS(SimControl(File, PRCM_IOCTL_QUERY, NULL, 0, &Query, sizeof(Query), NULL)))
    {
        Fail(Result, "the driver does not answer");
        return;
    }
    SimClose(File);
    for (uint32_t At = 0; At <= Model->Count; At++)
        Raised[Model->Events[At].Kind]++;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        if (Query.Captured[Kind] != Raised[Kind])
            Fail(Result, "kind %u: raised were %" PRIu64 ", captured %" PRIu64, Kind, Raised[Kind],
                 Query.Captured[Kind]);
}

static void
Tally(const REPLAY_RESULT *Result, const MODEL *Model, unsigned Threads)
{
    for (unsigned Index = 0; Index < READER_COUNT; Index++)
    {
        const REPLAY_READER *Reader = &Result->Readers[Index];
        uint64_t Lost = 0;
        for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
            Lost += Reader->Lost[Kind];
        if (!Reader->Comparison.Mismatches)
            TallyEvents(Threads, READER_COUNT, Lost != 0, Model->Count + 1);
    }
}

void
ReplayRun(const MODEL *Raised, const MODEL *Expected, const REPLAY_OPTIONS *Options, REPLAY_RESULT *Result)
{
    *Result = (REPLAY_RESULT){.Mismatches = 0};
    if (!Load(Options, Result))
        return;
    SIM_GATE *Half = Options->Late ? SimGateCreate() : NULL;
    for (unsigned Index = 0; Index < READER_COUNT; Index++)
        ReaderStart(&Result->Readers[Index], &ReaderWays[Index], Expected, Index == 0 ? Options->Tap : NULL,
                    Half);
    RaiseFinish(RaiseStart(Raised, Options->Threads, Options->Speed, Half));
    for (unsigned Index = 0; Index < READER_COUNT; Index++)
    {
        ReaderFinish(&Result->Readers[Index]);
        Result->Mismatches += Result->Readers[Index].Comparison.Mismatches;
    }
    SimGateFree(Half);
    CheckCaptured(Raised, Result);
    Tally(Result, Raised, Options->Threads);
    NTSTATUS Status = SimUnload();
    if (Status != STATUS_SUCCESS)
        Fail(Result, "the driver does not unload: 0x%X", (uint32_t)Status);
    SimReset();
}
