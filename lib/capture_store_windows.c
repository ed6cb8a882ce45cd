/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "capture_path.h"
#include "prcm_capture.h"
#include "result.h"

/* UTF-8 of a name: a unit takes three bytes at most. */
#define NAME_BYTES (3 * MAX_PATH + 1)

typedef struct WINDOWS_STORE
{
    size_t Length; /* of Path, which ends in a backslash */
    char Path[];   /* UTF-8 */
} WINDOWS_STORE;

/* To be freed. A name with a separator or a stream's colon is none of this folder. */
static char *
PathOf(const WINDOWS_STORE *Store, const char *Name)
{
    size_t Length = strlen(Name);
    char *Path = strpbrk(Name, "\\/:") == NULL ? malloc(Store->Length + Length + 1) : NULL;
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
        return ResultNote(PRCM_ERROR_MEMORY, ERROR_NOT_ENOUGH_MEMORY);
    PRCM_RESULT Result = PrcmCaptureFileOpen(Path, Mode, File);
    free(Path);
    return Result;
}

static PRCM_RESULT
EntryTake(const WIN32_FIND_DATAW *Entry, PRCM_RESULT (*Take)(void *, const char *, uint64_t), void *Taker)
{
    char Name[NAME_BYTES];
    if ((Entry->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ||
        !WideCharToMultiByte(CP_UTF8, 0, Entry->cFileName, -1, Name, sizeof(Name), NULL, NULL))
        return PRCM_OK;
    return Take(Taker, Name, (uint64_t)Entry->nFileSizeHigh << 32 | Entry->nFileSizeLow);
}

static PRCM_RESULT
StoreList(void *Context, PRCM_RESULT (*Take)(void *, const char *, uint64_t), void *Taker)
{
    char *All = PathOf(Context, "*");
    WCHAR *Wide = All != NULL ? CapturePathWide(All) : NULL;
    free(All);
    if (Wide == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, ERROR_NOT_ENOUGH_MEMORY);
    WIN32_FIND_DATAW Entry;
    HANDLE Find = FindFirstFileW(Wide, &Entry);
    PRCM_RESULT Result = Find != INVALID_HANDLE_VALUE ? PRCM_OK : CaptureErrorResult(GetLastError());
    free(Wide);
    if (Result != PRCM_OK)
        return Result; /* cppcheck-suppress resourceLeak; there is no handle */
    do
        Result = EntryTake(&Entry, Take, Taker);
    while (Result == PRCM_OK && FindNextFileW(Find, &Entry));
    DWORD Error = GetLastError();
    FindClose(Find);
    if (Result == PRCM_OK && Error != ERROR_NO_MORE_FILES)
        Result = CaptureErrorResult(Error);
    return Result;
}

static PRCM_RESULT
StoreRemove(void *Context, const char *Name)
{
    char *Path = PathOf(Context, Name);
    WCHAR *Wide = Path != NULL ? CapturePathWide(Path) : NULL;
    free(Path);
    if (Wide == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, ERROR_NOT_ENOUGH_MEMORY);
    DWORD Error = DeleteFileW(Wide) ? ERROR_SUCCESS : GetLastError();
    free(Wide);
    return Error == ERROR_SUCCESS || Error == ERROR_FILE_NOT_FOUND ? PRCM_OK : CaptureErrorResult(Error);
}

static PRCM_RESULT
FolderCheck(const char *Path, uint32_t Create)
{
    WCHAR *Wide = CapturePathWide(Path);
    if (Wide == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, ERROR_INVALID_NAME);
    DWORD Error = ERROR_SUCCESS;
    if (Create && !CreateDirectoryW(Wide, NULL) && GetLastError() != ERROR_ALREADY_EXISTS)
        Error = GetLastError();
    DWORD Attributes = Error == ERROR_SUCCESS ? GetFileAttributesW(Wide) : 0;
    if (Attributes == INVALID_FILE_ATTRIBUTES)
        Error = GetLastError();
    else if (Error == ERROR_SUCCESS && (Attributes & FILE_ATTRIBUTE_DIRECTORY) == 0)
        Error = ERROR_PATH_NOT_FOUND;
    free(Wide);
    return Error == ERROR_SUCCESS ? PRCM_OK : CaptureErrorResult(Error);
}

PRCM_RESULT
PrcmCaptureStoreOpen(const char *Path, uint32_t Create, PRCM_CAPTURE_STORE *Store)
{
    if (Path == NULL || Path[0] == 0 || Store == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    PRCM_RESULT Result = FolderCheck(Path, Create);
    if (Result != PRCM_OK)
        return Result;
    size_t Length = strlen(Path);
    WINDOWS_STORE *Opened = malloc(sizeof(*Opened) + Length + 2);
    if (Opened == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, ERROR_NOT_ENOUGH_MEMORY);
    memcpy(Opened->Path, Path, Length);
    if (strchr("\\/", Path[Length - 1]) == NULL)
        Opened->Path[Length++] = '\\';
    Opened->Path[Length] = 0;
    Opened->Length = Length;
    *Store = (PRCM_CAPTURE_STORE){Opened, StoreOpenFile, StoreList, StoreRemove, free};
    /* cppcheck-suppress memleak; the store has it */
    return PRCM_OK;
}
