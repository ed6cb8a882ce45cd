/* SPDX-License-Identifier: MIT */
#include "files.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define DRIVERS_DIRECTORY L"\\drivers\\"

/* Far more than any version of the driver has. */
#define MAX_FILE_BYTES (64u * 1024u * 1024u)

/* How long whoever looks at a file (the last run's host under Wine, a virus scanner) may keep it from being replaced. */
#define PATIENCE_MS 10000u
#define POLL_MS     50u

/* Whether to try again what was begun at Began and ended with Error. */
static bool
IsHeldFor(DWORD Error, DWORD Began)
{
    if ((Error != ERROR_SHARING_VIOLATION && Error != ERROR_ACCESS_DENIED) ||
        GetTickCount() - Began >= PATIENCE_MS)
        return false;
    Sleep(POLL_MS);
    return true;
}

/* Head, then Tail. */
static bool
Join(const WCHAR *Head, const WCHAR *Tail, WCHAR Path[MAX_PATH])
{
    if (wcslen(Head) + wcslen(Tail) >= MAX_PATH)
        return false;
    wcscpy(Path, Head);
    wcscat(Path, Tail);
    return true;
}

bool
FilesSystemPath(const WCHAR *Name, WCHAR Path[MAX_PATH])
{
    WCHAR Directory[MAX_PATH];
    UINT Length = GetSystemDirectoryW(Directory, MAX_PATH);
    return Length != 0 && Length < MAX_PATH && wcslen(Directory) + wcslen(DRIVERS_DIRECTORY) < MAX_PATH &&
           Join(wcscat(Directory, DRIVERS_DIRECTORY), Name, Path);
}

bool
FilesFromImagePath(const WCHAR *ImagePath, WCHAR Path[MAX_PATH])
{
    static const WCHAR Root[] = L"\\SystemRoot\\";
    static const WCHAR Dos[] = L"\\??\\";
    const size_t RootLength = wcslen(Root);
    const size_t DosLength = wcslen(Dos);
    WCHAR Windows[MAX_PATH];
    if (wcsncmp(ImagePath, Dos, DosLength) == 0)
        ImagePath += DosLength;
    if (ImagePath[0] != 0 && ImagePath[1] == L':')
        return Join(ImagePath, L"", Path);
    if (_wcsnicmp(ImagePath, Root, RootLength) == 0)
        ImagePath += RootLength;
    if (ImagePath[0] == 0 || ImagePath[0] == L'\\')
        return false;
    UINT Length = GetSystemWindowsDirectoryW(Windows, MAX_PATH);
    if (Length == 0 || Length + 1 >= MAX_PATH)
        return false;
    if (Windows[Length - 1] != L'\\')
        wcscat(Windows, L"\\");
    return Join(Windows, ImagePath, Path);
}

static DWORD
ReadWhole(HANDLE File, FILES_CONTENT *Content)
{
    LARGE_INTEGER Size;
    if (!GetFileSizeEx(File, &Size))
        return GetLastError();
    if (Size.QuadPart == 0 || Size.QuadPart > MAX_FILE_BYTES)
        return ERROR_BAD_EXE_FORMAT;
    Content->Bytes = malloc((size_t)Size.QuadPart);
    if (Content->Bytes == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    if (!ReadFile(File, Content->Bytes, (DWORD)Size.QuadPart, &Content->Length, NULL))
        return GetLastError();
    return Content->Length == Size.QuadPart ? ERROR_SUCCESS : ERROR_HANDLE_EOF;
}

DWORD
FilesRead(const WCHAR *Path, FILES_CONTENT *Content)
{
    *Content = (FILES_CONTENT){0};
    HANDLE File = CreateFileW(Path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                              FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    if (File == INVALID_HANDLE_VALUE)
        return GetLastError();
    DWORD Error = ReadWhole(File, Content);
    CloseHandle(File);
    if (Error == ERROR_SUCCESS)
        DriverFileRead(Content->Bytes, Content->Length, &Content->Driver);
    else
        FilesFree(Content);
    return Error;
}

void
FilesFree(FILES_CONTENT *Content)
{
    free(Content->Bytes);
    *Content = (FILES_CONTENT){0};
}

bool
FilesAreEqual(const FILES_CONTENT *One, const FILES_CONTENT *Other)
{
    return One->Bytes != NULL && Other->Bytes != NULL && One->Length == Other->Length &&
           memcmp(One->Bytes, Other->Bytes, One->Length) == 0;
}

static DWORD
WriteWhole(HANDLE File, const FILES_CONTENT *Content)
{
    DWORD Written;
    if (!WriteFile(File, Content->Bytes, Content->Length, &Written, NULL))
        return GetLastError();
    if (Written != Content->Length)
        return ERROR_DISK_FULL;
    return FlushFileBuffers(File) ? ERROR_SUCCESS : GetLastError();
}

static DWORD
Replace(const WCHAR *New, const WCHAR *Path)
{
    DWORD Began = GetTickCount();
    DWORD Error;
    do
        Error = MoveFileExW(New, Path, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) ? ERROR_SUCCESS
                                                                                           : GetLastError();
    while (IsHeldFor(Error, Began));
    return Error;
}

DWORD
FilesPlace(const FILES_CONTENT *Content, const WCHAR *Name)
{
    WCHAR New[MAX_PATH];
    WCHAR Path[MAX_PATH];
    if (!FilesSystemPath(FILES_NEW, New) || !FilesSystemPath(Name, Path))
        return ERROR_FILENAME_EXCED_RANGE;
    /* Not written over: what an interrupted try has left might be somebody's to write to. */
    DWORD Error = FilesRemove(FILES_NEW);
    if (Error != ERROR_SUCCESS)
        return Error;
    HANDLE File = CreateFileW(New, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    if (File == INVALID_HANDLE_VALUE)
        return GetLastError();
    Error = WriteWhole(File, Content);
    CloseHandle(File);
    if (Error == ERROR_SUCCESS)
        Error = Replace(New, Path);
    if (Error != ERROR_SUCCESS)
        FilesRemove(FILES_NEW);
    return Error;
}

DWORD
FilesRemove(const WCHAR *Name)
{
    WCHAR Path[MAX_PATH];
    if (!FilesSystemPath(Name, Path))
        return ERROR_FILENAME_EXCED_RANGE;
    DWORD Began = GetTickCount();
    DWORD Error;
    do
        Error = DeleteFileW(Path) ? ERROR_SUCCESS : GetLastError();
    while (IsHeldFor(Error, Began));
    return Error == ERROR_FILE_NOT_FOUND || Error == ERROR_PATH_NOT_FOUND ? ERROR_SUCCESS : Error;
}
