/* SPDX-License-Identifier: MIT */
#include "report.h"
#include <inttypes.h>

void
ReportRecording(FILE *Out, const char *Name, const RECORDING *Recording, const MODEL *Model)
{
    uint64_t Kinds[PRCM_KIND_COUNT] = {0};
    for (uint32_t At = 0; At < Model->Count; At++)
        Kinds[Model->Events[At].Kind]++;
    fprintf(Out, "%s: %" PRIu32 " events: %" PRIu64 " starts, %" PRIu64 " exits, %" PRIu64 " image loads\n",
            Name, Model->Count, Kinds[PRCM_KIND_START], Kinds[PRCM_KIND_EXIT], Kinds[PRCM_KIND_IMAGE]);
    fprintf(Out,
            "    processes: %" PRIu32 ", older than the recording: %" PRIu32
            "; loads after the exit: %" PRIu32 "; ids taken over: %" PRIu32 "\n",
            Model->ProcessCount, Model->Older, Model->AfterExit, Model->TakenOver);
    if (Recording->Skipped)
        fprintf(Out, "    skipped rows, which lack time, kind, pid or guid: %zu, the first in line %u\n",
                Recording->Skipped, Recording->FirstSkipped);
}

static uint64_t
SumOf(const uint64_t Counts[PRCM_KIND_COUNT])
{
    uint64_t Sum = 0;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Sum += Counts[Kind];
    return Sum;
}

void
ReportResult(FILE *Out, const REPLAY_RESULT *Result)
{
    fprintf(Out, "    %-18s %10s %10s %10s %10s\n", "reader", "raised", "delivered", "lost", "mismatches");
    for (unsigned Index = 0; Index < READER_COUNT; Index++)
    {
        const COMPARISON *Comparison = &Result->Readers[Index].Comparison;
        fprintf(Out, "    %-18s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n",
                ReaderWays[Index].Name, SumOf(Comparison->Raised), SumOf(Comparison->Delivered),
                SumOf(Comparison->Missing), Comparison->Mismatches);
    }
    if (Result->Note[0])
        fprintf(Out, "    %s\n", Result->Note);
    for (unsigned Index = 0; Index < READER_COUNT; Index++)
    {
        const COMPARISON *Comparison = &Result->Readers[Index].Comparison;
        for (uint64_t Note = 0; Note < Comparison->Mismatches && Note < COMPARE_MAX_NOTES; Note++)
            fprintf(Out, "    mismatch: %s: %s\n", ReaderWays[Index].Name, Comparison->Notes[Note]);
        if (Comparison->Mismatches > COMPARE_MAX_NOTES)
            fprintf(Out, "    mismatch: %s: and %" PRIu64 " more\n", ReaderWays[Index].Name,
                    Comparison->Mismatches - COMPARE_MAX_NOTES);
    }
}
