/* SPDX-License-Identifier: MIT */
#include "host/dll_search.h"

#include <windows.h>

#define SEARCH_SYSTEM_ONLY 0x800 /* LOAD_LIBRARY_SEARCH_SYSTEM32 */

typedef BOOL(WINAPI *SET_DIRECTORIES)(DWORD Flags);

void
DllSearchOnlySystem(void)
{
    SET_DIRECTORIES SetDirectories = (SET_DIRECTORIES)(void (*)(void))GetProcAddress(
        GetModuleHandleW(L"kernel32.dll"), "SetDefaultDllDirectories");

    SetDllDirectoryW(L"");
    if (SetDirectories != NULL)
        SetDirectories(SEARCH_SYSTEM_ONLY);
}
