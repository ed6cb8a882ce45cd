/* SPDX-License-Identifier: MIT
 *
 * Apart from the rest, since the replay's model has names of its own for events and processes.
 */
#include "replay.h"

#include <errno.h>
#include <string.h>

bool SampleReplay(const char *Path, void (*Batch)(void *Context, const PRCM_BATCH *Batch), void *Context,
                  const char **Error);

static bool
Run(const RECORDING *Recording, const REPLAY_OPTIONS *Options, const char **Error)
{
    static REPLAY_RESULT Result;
    MODEL Model;
    bool Built = ModelBuild(&Model, Recording, 1);

    if (Built)
        ReplayRun(&Model, &Model, Options, &Result);
    ModelFree(&Model);
    *Error = !Built ? "too many events" : Result.Mismatches != 0 ? "a mismatch" : NULL;
    return *Error == NULL;
}

bool
SampleReplay(const char *Path, void (*Batch)(void *Context, const PRCM_BATCH *Batch), void *Context,
             const char **Error)
{
    static char Text[RECORDING_ERROR_BYTES];
    const REPLAY_TAP Tap = {.Batch = Batch, .Context = Context};
    const REPLAY_OPTIONS Options = {.Threads = 2, .Times = 1, .Tap = &Tap};
    RECORDING Recording;
    FILE *Stream = fopen(Path, "r");

    *Error = Text;
    if (Stream == NULL)
    {
        *Error = strerror(errno);
        return false;
    }
    bool Read = RecordingRead(&Recording, Stream, Path, Text);
    fclose(Stream);
    Read = Read && Run(&Recording, &Options, Error);
    RecordingFree(&Recording);
    return Read;
}
