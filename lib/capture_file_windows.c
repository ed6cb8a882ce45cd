/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <windows.h>

#include <ntsecapi.h>

#include "capture_file.h"
#include "capture_path.h"
#include "prcm_capture.h"
#include "result.h"

static PRCM_RESULT
LastResult(void)
{
    return CaptureErrorResult(GetLastError());
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
    return Count == Length ? PRCM_OK : CaptureErrorResult(ERROR_DISK_FULL);
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

PRCM_RESULT
PrcmCaptureFileOpen(const char *Path, uint32_t Mode, PRCM_CAPTURE_FILE *File)
{
    static const DWORD Dispositions[] = {0, OPEN_EXISTING, CREATE_NEW, CREATE_ALWAYS, OPEN_EXISTING};
    if (Path == NULL || File == NULL || Mode < PRCM_CAPTURE_READ || Mode > PRCM_CAPTURE_APPEND)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    bool Reads = Mode == PRCM_CAPTURE_READ;
    WCHAR *Wide = CapturePathWide(Path);
    if (Wide == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, ERROR_INVALID_NAME);
    HANDLE Opened = CreateFileW(Wide, Reads ? GENERIC_READ : GENERIC_READ | GENERIC_WRITE,
                                FILE_SHARE_READ | FILE_SHARE_DELETE | (Reads ? FILE_SHARE_WRITE : 0), NULL,
                                Dispositions[Mode], FILE_ATTRIBUTE_NORMAL, NULL);
    PRCM_RESULT Result = Opened != INVALID_HANDLE_VALUE ? PRCM_OK : LastResult();
    free(Wide);
    if (Result != PRCM_OK)
        /* cppcheck-suppress resourceLeak; there is no handle */
        return Result;
    if (GetFileType(Opened) != FILE_TYPE_DISK)
    {
        CloseHandle(Opened);
        return CaptureErrorResult(ERROR_INVALID_FUNCTION);
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
