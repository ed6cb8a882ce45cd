/* SPDX-License-Identifier: MIT */
#include "capture_path.h"

#include <stdbool.h>
#include <stdlib.h>
#include <wchar.h>

#include "result.h"

/* ERROR_DISK_QUOTA_EXCEEDED, which not every SDK names. */
#define DISK_QUOTA_EXCEEDED 1295

/* What lets a path be longer than MAX_PATH; it must be absolute then. */
#define LONG_PREFIX L"\\\\?\\"
#define UNC_PREFIX  L"\\\\?\\UNC\\"

PRCM_RESULT
CaptureErrorResult(DWORD Error)
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

/* Of NT's longest path, with its end. */
#define MAX_UNITS 32768u

/* UTF-16 of a path; to be freed. NULL: it is no UTF-8, or no memory. */
static WCHAR *
PathDecode(const char *Path)
{
    int Units = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, Path, -1, NULL, 0);
    WCHAR *Wide = Units > 0 ? malloc((size_t)Units * sizeof(*Wide)) : NULL;
    if (Wide != NULL)
        MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, Path, -1, Wide, Units);
    return Wide;
}

/* \\?\ and \\.\ are left as they are. */
static bool
IsDevicePath(const WCHAR *Path)
{
    return Path[0] == L'\\' && Path[1] == L'\\' && (Path[2] == L'?' || Path[2] == L'.') && Path[3] == L'\\';
}

/* Whole, and of any length, from any form but a device's; to be freed. */
static WCHAR *
PathWhole(const WCHAR *Path)
{
    bool IsUnc = Path[0] == L'\\' && Path[1] == L'\\';
    DWORD Units = GetFullPathNameW(Path, 0, NULL, NULL);
    if (Units == 0 || Units > MAX_UNITS)
        return NULL;
    WCHAR *Whole = malloc((Units + wcslen(UNC_PREFIX)) * sizeof(*Whole));
    WCHAR *Full = malloc(Units * sizeof(*Full));
    if (Whole != NULL && Full != NULL && GetFullPathNameW(Path, Units, Full, NULL) < Units)
    {
        /* NUL and its like are devices wherever they seem to be. */
        bool IsDevice = IsDevicePath(Full);
        wcscpy(Whole, IsDevice ? L"" : IsUnc ? UNC_PREFIX : LONG_PREFIX);
        wcscat(Whole, IsUnc && !IsDevice ? Full + 2 : Full);
    }
    else
    {
        free(Whole);
        Whole = NULL;
    }
    free(Full);
    return Whole;
}

WCHAR *
CapturePathWide(const char *Path)
{
    WCHAR *Decoded = PathDecode(Path);
    if (Decoded == NULL || IsDevicePath(Decoded))
        return Decoded;
    WCHAR *Whole = PathWhole(Decoded);
    free(Decoded);
    return Whole;
}
