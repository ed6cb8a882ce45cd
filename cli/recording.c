/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include <string.h>

#include "host/system.h"

static PRCM_CAPTURE_CLOCK
Now(void)
{
    return (PRCM_CAPTURE_CLOCK){.Time = SystemTime(false), .Ms = SystemTicks()};
}

static PRCM_RESULT
OpenFolder(RECORDING *Recording, const RECORDING_TARGET *Target, PRCM_CAPTURE_TAIL *Tail)
{
    const PRCM_CAPTURE_CLOCK Clock = Now();
    PRCM_CAPTURE_STORE Store;
    PRCM_RESULT Result = PrcmCaptureStoreOpen(Target->Path, 1, &Store);

    return Result == PRCM_OK ? PrcmFolderStart(&Store, &Target->Folder, &Clock, &Recording->Folder, Tail)
                             : Result;
}

PRCM_RESULT
RecordingOpen(RECORDING *Recording, const RECORDING_TARGET *Target, PRCM_CAPTURE_TAIL *Tail)
{
    const PRCM_CAPTURE_OPTIONS Options = {.Time = SystemTime(false)};
    PRCM_CAPTURE_FILE File;

    memset(Recording, 0, sizeof(*Recording));
    memset(Tail, 0, sizeof(*Tail));
    if (Target->IsFolder)
        return OpenFolder(Recording, Target, Tail);
    uint32_t Mode = Target->Append  ? PRCM_CAPTURE_APPEND
                    : Target->Force ? PRCM_CAPTURE_REPLACE
                                    : PRCM_CAPTURE_CREATE;
    PRCM_RESULT Result = PrcmCaptureFileOpen(Target->Path, Mode, &File);
    if (Result != PRCM_OK)
        return Result;
    return Target->Append ? PrcmCaptureReopen(&File, &Options, &Recording->Writer, Tail)
                          : PrcmCaptureCreate(&File, &Options, &Recording->Writer);
}

void
RecordingFree(RECORDING *Recording)
{
    PrcmCaptureFree(Recording->Writer);
    if (Recording->Folder != NULL)
        PrcmFolderFree(Recording->Folder);
}

PRCM_RESULT
RecordingFact(RECORDING *Recording, const PRCM_FACT *Fact)
{
    return Recording->Folder != NULL ? PrcmFolderFact(Recording->Folder, Fact)
                                     : PrcmCaptureFact(Recording->Writer, Fact);
}

PRCM_RESULT
RecordingBegin(RECORDING *Recording, const PRCM_SUBSCRIPTION *Asked, const PRCM_SUBSCRIBED *Given)
{
    const PRCM_CAPTURE_CLOCK Clock = Now();

    return Recording->Folder != NULL ? PrcmFolderBegin(Recording->Folder, Asked, Given, &Clock)
                                     : PrcmCaptureBegin(Recording->Writer, Asked, Given);
}

PRCM_RESULT
RecordingBatch(RECORDING *Recording, const PRCM_BATCH *Batch)
{
    const PRCM_CAPTURE_CLOCK Clock = Now();

    return Recording->Folder != NULL ? PrcmFolderBatch(Recording->Folder, Batch, Batch->Bytes, &Clock)
                                     : PrcmCaptureBatch(Recording->Writer, Batch, Batch->Bytes);
}

PRCM_RESULT
RecordingFlush(RECORDING *Recording)
{
    const PRCM_CAPTURE_CLOCK Clock = Now();

    return Recording->Folder != NULL ? PrcmFolderFlush(Recording->Folder, &Clock)
                                     : PrcmCaptureFlush(Recording->Writer);
}

PRCM_RESULT
RecordingEnd(RECORDING *Recording)
{
    return Recording->Folder != NULL ? PrcmFolderEnd(Recording->Folder) : PrcmCaptureEnd(Recording->Writer);
}

bool
RecordingIsOverBudget(const RECORDING *Recording)
{
    PRCM_FOLDER_STATE State;

    if (Recording->Folder == NULL)
        return false;
    PrcmFolderState(Recording->Folder, &State);
    return State.OverBudget != 0;
}
