/* SPDX-License-Identifier: MIT
 *
 * What record writes to: a file, or a folder of files that are rotated.
 */
#ifndef CLI_RECORDING_H
#define CLI_RECORDING_H

#include <stdbool.h>

#include "prcm_capture.h"

typedef struct RECORDING_TARGET
{
    const char *Path;
    bool IsFolder;
    bool Append;                /* a file: go on with it */
    bool Force;                 /* a file: begin it anew, if there is one */
    PRCM_FOLDER_OPTIONS Folder; /* a folder */
} RECORDING_TARGET;

typedef struct RECORDING
{
    PRCM_CAPTURE_WRITER *Writer;
    PRCM_CAPTURE_FOLDER *Folder;
} RECORDING;

/* Opens the target. Tail receives what it held before, all zero for a new one; RecordingFree frees what is behind Recording,
 * with any result. */
PRCM_RESULT RecordingOpen(RECORDING *Recording, const RECORDING_TARGET *Target, PRCM_CAPTURE_TAIL *Tail);
void RecordingFree(RECORDING *Recording);

/* As PrcmCaptureFact, PrcmCaptureBegin, PrcmCaptureBatch, PrcmCaptureFlush and PrcmCaptureEnd. */
PRCM_RESULT RecordingFact(RECORDING *Recording, const PRCM_FACT *Fact);
PRCM_RESULT RecordingBegin(RECORDING *Recording, const PRCM_SUBSCRIPTION *Asked,
                           const PRCM_SUBSCRIBED *Given);
PRCM_RESULT RecordingBatch(RECORDING *Recording, const PRCM_BATCH *Batch);
PRCM_RESULT RecordingFlush(RECORDING *Recording);
PRCM_RESULT RecordingEnd(RECORDING *Recording);

/* Whether the folder has more than its budget, since what is oldest is not marked as read. */
bool RecordingIsOverBudget(const RECORDING *Recording);

#endif
