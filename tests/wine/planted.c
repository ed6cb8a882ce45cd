/* SPDX-License-Identifier: MIT
 *
 * A DLL that says that it was loaded, by ending the process.
 */
#include <windows.h>

#define PLANTED 99

BOOL WINAPI DllMain(HINSTANCE Module, DWORD Reason, void *Reserved);

BOOL WINAPI
DllMain(HINSTANCE Module, DWORD Reason, void *Reserved)
{
    (void)Module;
    (void)Reserved;
    if (Reason == DLL_PROCESS_ATTACH)
        TerminateProcess(GetCurrentProcess(), PLANTED);
    return TRUE;
}
