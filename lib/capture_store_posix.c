/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prcm_capture.h"
#include "result.h"

typedef struct POSIX_STORE
{
    size_t Length; /* of Path, which ends in a slash */
    char Path[];
} POSIX_STORE;

static PRCM_RESULT
ErrnoResult(void)
{
    bool None = errno == ENOENT || errno == ENOTDIR;
    return ResultNote(None ? PRCM_ERROR_NO_CAPTURE : PRCM_ERROR_FILE, (uint32_t)errno);
}

/* To be freed. A name with a slash is none of this folder. */
static char *
PathOf(const POSIX_STORE *Store, const char *Name)
{
    size_t Length = strlen(Name);
    char *Path = strchr(Name, '/') == NULL ? malloc(Store->Length + Length + 1) : NULL;
    if (Path == NULL)
        return NULL;
    memcpy(Path, Store->Path, Store->Length);
    memcpy(Path + Store->Length, Name, Length + 1);
    return Path;
}

static PRCM_RESULT
StoreOpenFile(void *Context, const char *Name, uint32_t Mode, PRCM_CAPTURE_FILE *File)
{
    char *Path = PathOf(Context, Name);
    if (Path == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, ENOMEM);
    PRCM_RESULT Result = PrcmCaptureFileOpen(Path, Mode, File);
    free(Path);
    return Result;
}

/* What is gone before it is looked at is not there. */
static PRCM_RESULT
EntryTake(DIR *Folder, const char *Name, PRCM_RESULT (*Take)(void *, const char *, uint64_t), void *Taker)
{
    struct stat Stat;
    if (fstatat(dirfd(Folder), Name, &Stat, 0) != 0)
        return errno == ENOENT ? PRCM_OK : ErrnoResult();
    return S_ISREG(Stat.st_mode) ? Take(Taker, Name, (uint64_t)Stat.st_size) : PRCM_OK;
}

static PRCM_RESULT
StoreList(void *Context, PRCM_RESULT (*Take)(void *, const char *, uint64_t), void *Taker)
{
    DIR *Folder = opendir(((const POSIX_STORE *)Context)->Path);
    if (Folder == NULL)
        return ErrnoResult();
    PRCM_RESULT Result = PRCM_OK;
    while (Result == PRCM_OK)
    {
        errno = 0;
        /* cppcheck-suppress readdirCalled; the directory is this call's alone */
        const struct dirent *Entry = readdir(Folder);
        if (Entry != NULL)
            Result = EntryTake(Folder, Entry->d_name, Take, Taker);
        else if (errno != 0)
            Result = ErrnoResult();
        else
            break;
    }
    closedir(Folder);
    return Result;
}

static PRCM_RESULT
StoreRemove(void *Context, const char *Name)
{
    char *Path = PathOf(Context, Name);
    if (Path == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, ENOMEM);
    PRCM_RESULT Result = unlink(Path) == 0 || errno == ENOENT ? PRCM_OK : ErrnoResult();
    free(Path);
    return Result;
}

static PRCM_RESULT
FolderCheck(const char *Path)
{
    struct stat Stat;
    if (stat(Path, &Stat) != 0)
        return ErrnoResult();
    return S_ISDIR(Stat.st_mode) ? PRCM_OK : ResultNote(PRCM_ERROR_NO_CAPTURE, ENOTDIR);
}

PRCM_RESULT
PrcmCaptureStoreOpen(const char *Path, uint32_t Create, PRCM_CAPTURE_STORE *Store)
{
    if (Path == NULL || Path[0] == 0 || Store == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (Create && mkdir(Path, S_IRWXU) != 0 && errno != EEXIST)
        return ErrnoResult();
    PRCM_RESULT Result = FolderCheck(Path);
    if (Result != PRCM_OK)
        return Result;
    size_t Length = strlen(Path);
    POSIX_STORE *Opened = malloc(sizeof(*Opened) + Length + 2);
    if (Opened == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, ENOMEM);
    memcpy(Opened->Path, Path, Length);
    if (Path[Length - 1] != '/')
        Opened->Path[Length++] = '/';
    Opened->Path[Length] = 0;
    Opened->Length = Length;
    *Store =
        (PRCM_CAPTURE_STORE){.Open = StoreOpenFile, .List = StoreList, .Remove = StoreRemove, .Close = free};
    Store->Context = Opened;
    return PRCM_OK;
}
