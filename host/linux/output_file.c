/* SPDX-License-Identifier: MIT */
#include "host/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct OUTPUT_FILE
{
    SINK *Sink;
    int File;
    bool Force;
    char Path[PATH_MAX];
    char Partial[PATH_MAX];
};

static uint32_t
Write(void *Context, const char *Bytes, size_t Length)
{
    const OUTPUT_FILE *File = Context;

    while (Length != 0)
    {
        ssize_t Written = write(File->File, Bytes, Length);
        if (Written < 0 && errno == EINTR)
            continue;
        if (Written < 0)
            return (uint32_t)errno;
        Bytes += Written;
        Length -= (size_t)Written;
    }
    return 0;
}

static uint32_t
Open(OUTPUT_FILE *File, const char *Path)
{
    if (strlen(Path) + sizeof(OUTPUT_FILE_SUFFIX) > PATH_MAX)
        return ENAMETOOLONG;
    snprintf(File->Path, PATH_MAX, "%s", Path);
    snprintf(File->Partial, PATH_MAX, "%s%s", Path, OUTPUT_FILE_SUFFIX);
    if (!File->Force && access(Path, F_OK) == 0)
        return EEXIST;
    File->File = open(File->Partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return File->File >= 0 ? 0 : (uint32_t)errno;
}

OUTPUT_FILE *
OutputFileBegin(const char *Path, bool Force, SINK *Sink, uint32_t *Error)
{
    OUTPUT_FILE *File = calloc(1, sizeof(*File));

    *Error = ENOMEM;
    if (File == NULL)
        return NULL;
    File->Sink = Sink;
    File->Force = Force;
    *Error = Open(File, Path);
    if (*Error != 0)
    {
        free(File);
        return NULL;
    }
    SinkInit(Sink, Write, File, false);
    return File;
}

bool
OutputFileExists(uint32_t Error)
{
    return Error == EEXIST;
}

/* A name that somebody took meanwhile stays his: link fails where rename would replace. */
static uint32_t
TakePlace(const OUTPUT_FILE *File)
{
    int Failed = File->Force ? rename(File->Partial, File->Path) : link(File->Partial, File->Path);

    return Failed != 0 ? (uint32_t)errno : 0;
}

uint32_t
OutputFileFinish(OUTPUT_FILE *File, bool Keep)
{
    uint32_t Error = 0;

    if (Keep && !SinkFlush(File->Sink))
        Error = File->Sink->Error;
    if (Keep && Error == 0 && fsync(File->File) != 0)
        Error = (uint32_t)errno;
    close(File->File);
    if (Keep && Error == 0)
        Error = TakePlace(File);
    if (!Keep || Error != 0 || !File->Force)
        unlink(File->Partial);
    free(File);
    return Error;
}
