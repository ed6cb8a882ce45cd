/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

#include <ntsecapi.h>

#include "capture_file.h"
#include "prcm_capture.h"
#include "result.h"

/* ERROR_DISK_QUOTA_EXCEEDED, which not every SDK names. */
#define DISK_QUOTA_EXCEEDED 1295

/* What lets a path be longer than MAX_PATH; it must be absolute then. */
#define LONG_PREFIX L"\\\\?\\"
#define UNC_PREFIX  L"\\\\?\\UNC\\"

static PRCM_RESULT
ErrorResult(DWORD Error)
{
    switch (Error)
    {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        return ResultNote(PRCM_ERROR_NO_CAPTURE, Error);
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
        return ResultNote(PRCM_ERROR_EXISTS, Error);
    case ERROR_SHARING_VIOLATION:
        return ResultNote(PRCM_ERROR_IN_USE, Error);
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case ERROR_NOT_ENOUGH_QUOTA:
    case DISK_QUOTA_EXCEEDED:
        return ResultNote(PRCM_ERROR_DISK_FULL, Error);
    case ERROR_NOT_ENOUGH_MEMORY:
        return ResultNote(PRCM_ERROR_MEMORY, Error);
    default:
        return ResultNote(PRCM_ERROR_FILE, Error);
    }
}

static PRCM_RESULT
LastResult(void)
{
    return ErrorResult(GetLastError());
}

static OVERLAPPED
OffsetOf(uint64_t Offset)
{
    return (OVERLAPPED){.Offset = (DWORD)Offset, .OffsetHigh = (DWORD)(Offset >> 32)};
}

static PRCM_RESULT
FileRead(void *Context, uint64_t Offset, void *Bytes, uint32_t Length, uint32_t *Taken)
{
    *Taken = 0;
    while (*Taken < Length)
    {
        OVERLAPPED At = OffsetOf(Offset + *Taken);
        DWORD Count;
        if (!ReadFile(Context, (uint8_t *)Bytes + *Taken, Length - *Taken, &Count, &At))
        {
            if (GetLastError() == ERROR_HANDLE_EOF)
                break;
            return LastResult();
        }
        if (Count == 0)
            break;
        *Taken += Count;
    }
    return PRCM_OK;
}

static PRCM_RESULT
FileWrite(void *Context, uint64_t Offset, const void *Bytes, uint32_t Length)
{
    OVERLAPPED At = OffsetOf(Offset);
    DWORD Count;
    if (!WriteFile(Context, Bytes, Length, &Count, &At))
        return LastResult();
    return Count == Length ? PRCM_OK : ErrorResult(ERROR_DISK_FULL);
}

static PRCM_RESULT
FileSync(void *Context)
{
    return FlushFileBuffers(Context) ? PRCM_OK : LastResult();
}

static PRCM_RESULT
FileTruncate(void *Context, uint64_t Bytes)
{
    LARGE_INTEGER Size = {.QuadPart = (LONGLONG)Bytes};
    return SetFilePointerEx(Context, Size, NULL, FILE_BEGIN) && SetEndOfFile(Context) ? PRCM_OK
                                                                                      : LastResult();
}

static PRCM_RESULT
FileSize(void *Context, uint64_t *Bytes)
{
    LARGE_INTEGER Size;
    if (!GetFileSizeEx(Context, &Size))
        return LastResult();
    *Bytes = (uint64_t)Size.QuadPart;
    return PRCM_OK;
}

static void
FileClose(void *Context)
{
    CloseHandle(Context);
}

/* UTF-16 of a path; to be freed. NULL: it is no UTF-8, or no memory. */
static WCHAR *
PathWide(const char *Path)
{
    int Units = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, Path, -1, NULL, 0);
    WCHAR *Wide = Units > 0 ? malloc((size_t)Units * sizeof(*Wide)) : NULL;
    if (Wide != NULL)
        MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, Path, -1, Wide, Units);
    return Wide;
}

/* Whole, and of any length, from any form but a device's; to be freed. */
static WCHAR *
PathWhole(const WCHAR *Path)
{
    bool IsUnc = Path[0] == L'\\' && Path[1] == L'\\';
    DWORD Units = GetFullPathNameW(Path, 0, NULL, NULL);
    WCHAR *Whole = Units != 0 ? malloc((Units + wcslen(UNC_PREFIX)) * sizeof(*Whole)) : NULL;
    WCHAR *Full = Units != 0 ? malloc(Units * sizeof(*Full)) : NULL;
    if (Whole != NULL && Full != NULL && GetFullPathNameW(Path, Units, Full, NULL) < Units)
    {
        wcscpy(Whole, IsUnc ? UNC_PREFIX : LONG_PREFIX);
        wcscat(Whole, IsUnc ? Full + 2 : Full);
    }
    else
    {
        free(Whole);
        Whole = NULL;
    }
    free(Full);
    return Whole;
}

/* \\?\ and \\.\ are left as they are. */
static bool
IsDevicePath(const WCHAR *Path)
{
    return Path[0] == L'\\' && Path[1] == L'\\' && (Path[2] == L'?' || Path[2] == L'.') && Path[3] == L'\\';
}

static HANDLE
FileCreate(const WCHAR *Path, uint32_t Mode)
{
    static const DWORD Dispositions[] = {0, OPEN_EXISTING, CREATE_NEW, CREATE_ALWAYS, OPEN_EXISTING};
    bool Reads = Mode == PRCM_CAPTURE_READ;
    WCHAR *Whole = IsDevicePath(Path) ? NULL : PathWhole(Path);
    HANDLE File =
        CreateFileW(Whole != NULL ? Whole : Path, Reads ? GENERIC_READ : GENERIC_READ | GENERIC_WRITE,
                    FILE_SHARE_READ | FILE_SHARE_DELETE | (Reads ? FILE_SHARE_WRITE : 0), NULL,
                    Dispositions[Mode], FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD Error = GetLastError();
    free(Whole);
    SetLastError(Error);
    return File;
}

PRCM_RESULT
PrcmCaptureFileOpen(const char *Path, uint32_t Mode, PRCM_CAPTURE_FILE *File)
{
    if (Path == NULL || File == NULL || Mode < PRCM_CAPTURE_READ || Mode > PRCM_CAPTURE_APPEND)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    WCHAR *Wide = PathWide(Path);
    if (Wide == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, ERROR_INVALID_NAME);
    HANDLE Opened = FileCreate(Wide, Mode);
    PRCM_RESULT Result = Opened != INVALID_HANDLE_VALUE ? PRCM_OK : LastResult();
    free(Wide);
    if (Result != PRCM_OK)
        return Result;
    if (GetFileType(Opened) != FILE_TYPE_DISK)
    {
        CloseHandle(Opened);
        return ErrorResult(ERROR_INVALID_FUNCTION);
    }
    *File = (PRCM_CAPTURE_FILE){Opened, FileRead, FileWrite, FileSync, FileTruncate, FileSize, FileClose};
    return PRCM_OK;
}

uint64_t
CaptureFileNewId(void)
{
    uint64_t Id = 0;
    if (RtlGenRandom(&Id, sizeof(Id)) && Id != 0)
        return Id;
    LARGE_INTEGER Ticks;
    QueryPerformanceCounter(&Ticks);
    return (uint64_t)Ticks.QuadPart << 20 | GetCurrentProcessId() | 1;
}
