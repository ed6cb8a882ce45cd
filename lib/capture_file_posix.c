/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "capture_file.h"
#include "prcm_capture.h"
#include "result.h"

typedef struct POSIX_FILE
{
    int Descriptor;
} POSIX_FILE;

static PRCM_RESULT
ErrnoResult(void)
{
    switch (errno)
    {
    case ENOENT:
    case ENOTDIR:
        return ResultNote(PRCM_ERROR_NO_CAPTURE, (uint32_t)errno);
    case EEXIST:
        return ResultNote(PRCM_ERROR_EXISTS, (uint32_t)errno);
    case EWOULDBLOCK:
        return ResultNote(PRCM_ERROR_IN_USE, (uint32_t)errno);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ResultNote(PRCM_ERROR_DISK_FULL, (uint32_t)errno);
    case ENOMEM:
        return ResultNote(PRCM_ERROR_MEMORY, (uint32_t)errno);
    default:
        return ResultNote(PRCM_ERROR_FILE, (uint32_t)errno);
    }
}

static PRCM_RESULT
FileRead(void *Context, uint64_t Offset, void *Bytes, uint32_t Length, uint32_t *Taken)
{
    const POSIX_FILE *File = Context;
    *Taken = 0;
    while (*Taken < Length)
    {
        ssize_t Count =
            pread(File->Descriptor, (uint8_t *)Bytes + *Taken, Length - *Taken, (off_t)(Offset + *Taken));
        if (Count < 0 && errno == EINTR)
            continue;
        if (Count < 0)
            return ErrnoResult();
        if (Count == 0)
            break;
        *Taken += (uint32_t)Count;
    }
    return PRCM_OK;
}

static PRCM_RESULT
FileWrite(void *Context, uint64_t Offset, const void *Bytes, uint32_t Length)
{
    const POSIX_FILE *File = Context;
    uint32_t Done = 0;
    while (Done < Length)
    {
        ssize_t Count =
            pwrite(File->Descriptor, (const uint8_t *)Bytes + Done, Length - Done, (off_t)(Offset + Done));
        if (Count < 0 && errno == EINTR)
            continue;
        if (Count < 0)
            return ErrnoResult();
        Done += (uint32_t)Count;
    }
    return PRCM_OK;
}

static PRCM_RESULT
FileSync(void *Context)
{
    const POSIX_FILE *File = Context;
    return fdatasync(File->Descriptor) == 0 ? PRCM_OK : ErrnoResult();
}

static PRCM_RESULT
FileTruncate(void *Context, uint64_t Bytes)
{
    const POSIX_FILE *File = Context;
    return ftruncate(File->Descriptor, (off_t)Bytes) == 0 ? PRCM_OK : ErrnoResult();
}

static PRCM_RESULT
FileSize(void *Context, uint64_t *Bytes)
{
    const POSIX_FILE *File = Context;
    struct stat Stat;
    if (fstat(File->Descriptor, &Stat) != 0)
        return ErrnoResult();
    *Bytes = (uint64_t)Stat.st_size;
    return PRCM_OK;
}

static void
FileClose(void *Context)
{
    POSIX_FILE *File = Context;
    close(File->Descriptor);
    free(File);
}

/* Reading a directory is possible for some calls only, so it is refused at once. */
static PRCM_RESULT
FileCheck(int Descriptor)
{
    struct stat Stat;
    if (fstat(Descriptor, &Stat) != 0)
        return ErrnoResult();
    return S_ISREG(Stat.st_mode) ? PRCM_OK
                                 : ResultNote(PRCM_ERROR_FILE, S_ISDIR(Stat.st_mode) ? EISDIR : ESPIPE);
}

/* A name that a power cut takes away again would take the file with it. */
static PRCM_RESULT
FolderSync(const char *Path)
{
    const char *Slash = strrchr(Path, '/');
    size_t Length = Slash != NULL ? (size_t)(Slash - Path) + 1 : 0;
    char *Folder = Length != 0 ? strndup(Path, Length) : strdup(".");
    if (Folder == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, ENOMEM);
    int Descriptor = open(Folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(Folder);
    if (Descriptor < 0)
        return ErrnoResult();
    /* Not every file system can. */
    PRCM_RESULT Result = fsync(Descriptor) == 0 || errno == EINVAL ? PRCM_OK : ErrnoResult();
    close(Descriptor);
    return Result;
}

/* One that is to be replaced is emptied only when it is ours alone. */
static PRCM_RESULT
FileOwn(int Descriptor, uint32_t Mode, const char *Path)
{
    if (flock(Descriptor, LOCK_EX | LOCK_NB) != 0)
        return ErrnoResult();
    if (Mode == PRCM_CAPTURE_REPLACE && ftruncate(Descriptor, 0) != 0)
        return ErrnoResult();
    return Mode != PRCM_CAPTURE_APPEND ? FolderSync(Path) : PRCM_OK;
}

PRCM_RESULT
PrcmCaptureFileOpen(const char *Path, uint32_t Mode, PRCM_CAPTURE_FILE *File)
{
    static const int Flags[] = {0, O_RDONLY, O_RDWR | O_CREAT | O_EXCL, O_RDWR | O_CREAT, O_RDWR};
    if (Path == NULL || File == NULL || Mode < PRCM_CAPTURE_READ || Mode > PRCM_CAPTURE_APPEND)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    POSIX_FILE *Opened = malloc(sizeof(*Opened));
    if (Opened == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, ENOMEM);
    /* What is in a capture is for those who may see it on the host. */
    Opened->Descriptor = open(Path, Flags[Mode] | O_CLOEXEC | O_NONBLOCK, S_IRUSR | S_IWUSR);
    if (Opened->Descriptor < 0)
    {
        PRCM_RESULT Refused = ErrnoResult();
        free(Opened);
        return Refused;
    }
    PRCM_RESULT Result = FileCheck(Opened->Descriptor);
    if (Result == PRCM_OK && Mode != PRCM_CAPTURE_READ)
        Result = FileOwn(Opened->Descriptor, Mode, Path);
    if (Result != PRCM_OK)
    {
        FileClose(Opened);
        return Result;
    }
    *File = (PRCM_CAPTURE_FILE){Opened, FileRead, FileWrite, FileSync, FileTruncate, FileSize, FileClose};
    return PRCM_OK;
}

uint64_t
CaptureFileNewId(void)
{
    uint64_t Id = 0;
    if (getrandom(&Id, sizeof(Id), 0) != (ssize_t)sizeof(Id) || Id == 0)
        Id = (uint64_t)time(NULL) << 20 | (uint64_t)getpid() | 1;
    return Id;
}
