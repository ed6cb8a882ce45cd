/* SPDX-License-Identifier: MIT
 *
 * Loads the DLL that its argument names as a program does that has taken no precautions; or with one more argument,
 * after those that prcm.exe takes.
 */
#include <windows.h>

#include "host/dll_search.h"

int
main(int Count, char **Arguments)
{
    if (Count == 3)
        DllSearchOnlySystem();
    HMODULE Loaded = Count >= 2 ? LoadLibraryA(Arguments[1]) : NULL;
    return Loaded != NULL ? 0 : 1;
}
