/* SPDX-License-Identifier: MIT
 *
 * format_samples DIRECTORY RECORDING...: writes into DIRECTORY, in every format, the samples and what the driver tells of each
 * recording when it is raised on the simulated kernel: NAME.short, NAME.all, NAME.0 and so on.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "formats/formats.h"
#include "samples.h"

#define MAX_PATH_BYTES 4096u

static STREAM Stream;
static SINK Sink;

/* What was read of a recording. */
typedef struct BATCHES
{
    PRCM_BATCH **Batches;
    size_t Count;
} BATCHES;

static uint32_t
Write(void *Context, const char *Bytes, size_t Length)
{
    return fwrite(Bytes, 1, Length, Context) == Length ? 0 : 1;
}

static void
Keep(void *Context, const PRCM_BATCH *Batch)
{
    BATCHES *Kept = Context;

    Kept->Batches = realloc(Kept->Batches, (Kept->Count + 1) * sizeof(*Kept->Batches));
    PRCM_BATCH *Copy = malloc(Batch->Bytes);
    assert(Kept->Batches != NULL && Copy != NULL);
    memcpy(Copy, Batch, Batch->Bytes);
    Kept->Batches[Kept->Count++] = Copy;
}

static void
Release(BATCHES *Kept)
{
    for (size_t Index = 0; Index < Kept->Count; Index++)
        free(Kept->Batches[Index]);
    free(Kept->Batches);
}

static void
ShowRecording(const BATCHES *Kept)
{
    SAMPLE_RUN Run;

    SampleBegin(&Run, &Stream, &EventsOrigin);
    for (size_t Index = 0; Index < Kept->Count; Index++)
        SampleShow(&Run, Kept->Batches[Index]);
    SampleClose(&Run);
}

/* Kept is NULL: a sample, by its name. */
static bool
WriteFile(const char *Directory, const FORMAT_NAME *Format, const char *What, const BATCHES *Kept)
{
    char Path[MAX_PATH_BYTES];

    snprintf(Path, sizeof(Path), "%s/%s.%s", Directory, Format->Name, What);
    FILE *File = fopen(Path, "wb");
    if (File == NULL)
    {
        perror(Path);
        return false;
    }
    SinkInit(&Sink, Write, File, false);
    StreamInit(&Stream, Format->Format, &Sink, &EventsHooks, PRCM_KINDS_ALL);
    EventsLoadDrives(&Stream.View.Paths);
    if (Kept != NULL)
        ShowRecording(Kept);
    else if (strcmp(What, "short") == 0)
        SampleShort(&Stream);
    else
        SampleAll(&Stream);
    StreamEnd(&Stream);
    StreamDestroy(&Stream);
    bool Flushed = SinkFlush(&Sink);
    return fclose(File) == 0 && Flushed;
}

static bool
WriteAll(const char *Directory, const char *What, const BATCHES *Kept)
{
    for (size_t Index = 0; Index < FORMAT_NAME_COUNT; Index++)
    {
        if (!WriteFile(Directory, &FormatNames[Index], What, Kept))
            return false;
    }
    return true;
}

static bool
WriteRecording(const char *Directory, const char *Path, unsigned Number)
{
    const char *Error;
    BATCHES Kept = {0};
    char What[16];

    snprintf(What, sizeof(What), "%u", Number);
    bool Read = SampleReplay(Path, Keep, &Kept, &Error);
    if (!Read)
        fprintf(stderr, "format_samples: %s: %s\n", Path, Error);
    bool Written = Read && WriteAll(Directory, What, &Kept);
    Release(&Kept);
    return Written;
}

int
main(int Count, char **Values)
{
    if (Count < 2)
    {
        fprintf(stderr, "usage: format_samples DIRECTORY RECORDING...\n");
        return EXIT_FAILURE;
    }
    bool Written = WriteAll(Values[1], "short", NULL) && WriteAll(Values[1], "all", NULL);
    for (int Index = 2; Index < Count && Written; Index++)
        Written = WriteRecording(Values[1], Values[Index], (unsigned)Index - 2);
    return Written ? EXIT_SUCCESS : EXIT_FAILURE;
}
