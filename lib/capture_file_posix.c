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

/* The descriptor is the context itself. */
static int
DescriptorOf(const void *Context)
{
    return (int)(intptr_t)Context;
}

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
    *Taken = 0;
    while (*Taken < Length)
    {
        ssize_t Count = pread(DescriptorOf(Context), (uint8_t *)Bytes + *Taken, Length - *Taken,
                              (off_t)(Offset + *Taken));
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
    uint32_t Done = 0;
    while (Done < Length)
    {
        ssize_t Count = pwrite(DescriptorOf(Context), (const uint8_t *)Bytes + Done, Length - Done,
                               (off_t)(Offset + Done));
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
    return fdatasync(DescriptorOf(Context)) == 0 ? PRCM_OK : ErrnoResult();
}

static PRCM_RESULT
FileTruncate(void *Context, uint64_t Bytes)
{
    return ftruncate(DescriptorOf(Context), (off_t)Bytes) == 0 ? PRCM_OK : ErrnoResult();
}

static PRCM_RESULT
FileSize(void *Context, uint64_t *Bytes)
{
    struct stat Stat;
    if (fstat(DescriptorOf(Context), &Stat) != 0)
        return ErrnoResult();
    *Bytes = (uint64_t)Stat.st_size;
    return PRCM_OK;
}

static void
FileClose(void *Context)
{
    close(DescriptorOf(Context));
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
    /* What is in a capture is for those who may see it on the host. */
    int Descriptor = open(Path, Flags[Mode] | O_CLOEXEC | O_NONBLOCK, S_IRUSR | S_IWUSR);
    if (Descriptor < 0)
        return ErrnoResult();
    PRCM_RESULT Result = FileCheck(Descriptor);
    if (Result == PRCM_OK && Mode != PRCM_CAPTURE_READ)
        Result = FileOwn(Descriptor, Mode, Path);
    if (Result != PRCM_OK)
    {
        close(Descriptor);
        return Result;
    }
    *File = (PRCM_CAPTURE_FILE){
        (void *)(intptr_t)Descriptor, FileRead, FileWrite, FileSync, FileTruncate, FileSize, FileClose};
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
