/* SPDX-License-Identifier: MIT */
#include "host/folder.h"

#include <windows.h>

#define PATH_UNITS 32768

bool
FolderExists(const char *Path)
{
    static WCHAR Units[PATH_UNITS];

    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, Path, -1, Units, PATH_UNITS) == 0)
        return false;
    DWORD Attributes = GetFileAttributesW(Units);
    return Attributes != INVALID_FILE_ATTRIBUTES && (Attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}
