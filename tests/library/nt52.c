/* SPDX-License-Identifier: MIT
 *
 * Linked in with --wrap, this hides what Server 2003 lacks from those who look it up at run time.
 */
#include <string.h>
#include <windows.h>

extern FARPROC(WINAPI *const __real___imp_GetProcAddress)(HMODULE, LPCSTR);
extern FARPROC(WINAPI *const __wrap___imp_GetProcAddress)(HMODULE, LPCSTR);

static FARPROC WINAPI
GetProcAddressOf2003(HMODULE Module, LPCSTR Name)
{
    return strcmp(Name, "CancelIoEx") != 0 ? __real___imp_GetProcAddress(Module, Name) : NULL;
}

FARPROC(WINAPI *const __wrap___imp_GetProcAddress)(HMODULE, LPCSTR) = GetProcAddressOf2003;
