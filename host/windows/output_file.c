/* SPDX-License-Identifier: MIT */
#include "host/output_file.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#define PATH_UNITS  32768u
#define CHUNK_BYTES 0x100000u

struct OUTPUT_FILE
{
    SINK *Sink;
    HANDLE File;
    bool Force;
    WCHAR Path[PATH_UNITS];
    WCHAR Partial[PATH_UNITS];
};

static uint32_t
Write(void *Context, const char *Bytes, size_t Length)
{
    const OUTPUT_FILE *File = Context;

    while (Length != 0)
    {
        DWORD Written;
        if (!WriteFile(File->File, Bytes, (DWORD)(Length < CHUNK_BYTES ? Length : CHUNK_BYTES), &Written,
                       NULL))
            return GetLastError();
        if (Written == 0)
            return ERROR_DISK_FULL;
        Bytes += Written;
        Length -= Written;
    }
    return 0;
}

static uint32_t
Open(OUTPUT_FILE *File, const char *Path)
{
    static const WCHAR Suffix[] = L"" OUTPUT_FILE_SUFFIX;
    int Units = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, Path, -1, File->Path,
                                    (int)(PATH_UNITS - sizeof(Suffix) / sizeof(WCHAR)));

    if (Units == 0)
        return GetLastError();
    wcscpy(File->Partial, File->Path);
    wcscat(File->Partial, Suffix);
    if (!File->Force && GetFileAttributesW(File->Path) != INVALID_FILE_ATTRIBUTES)
        return ERROR_FILE_EXISTS;
    File->File = CreateFileW(File->Partial, GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_NEW,
                             FILE_ATTRIBUTE_NORMAL, NULL);
    return File->File != INVALID_HANDLE_VALUE ? 0 : GetLastError();
}

OUTPUT_FILE *
OutputFileBegin(const char *Path, bool Force, SINK *Sink, uint32_t *Error)
{
    OUTPUT_FILE *File = calloc(1, sizeof(*File));

    *Error = ERROR_NOT_ENOUGH_MEMORY;
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
    return Error == ERROR_FILE_EXISTS || Error == ERROR_ALREADY_EXISTS;
}

uint32_t
OutputFileFinish(OUTPUT_FILE *File, bool Keep)
{
    uint32_t Error = 0;

    if (Keep && !SinkFlush(File->Sink))
        Error = File->Sink->Error;
    if (Keep && Error == 0 && !FlushFileBuffers(File->File))
        Error = GetLastError();
    CloseHandle(File->File);
    /* Without the flag, a name that somebody took meanwhile stays his. */
    if (Keep && Error == 0 &&
        !MoveFileExW(File->Partial, File->Path, File->Force ? MOVEFILE_REPLACE_EXISTING : 0))
        Error = GetLastError();
    if (!Keep || Error != 0)
        DeleteFileW(File->Partial);
    free(File);
    return Error;
}
