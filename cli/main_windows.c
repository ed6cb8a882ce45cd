/* SPDX-License-Identifier: MIT */
#include "main.h"

#include <stdlib.h>
#include <windows.h>

#include "cli/selftest/selftest.h"
#include "host/console.h"
#include "host/dll_search.h"
#include "message.h"

/* The shell's wildcards are the user's own: --image *.dll. */
int _dowildcard = 0;

/* NULL: no memory, or not Unicode. */
static char *
ToUtf8(const wchar_t *Text)
{
    int Bytes = WideCharToMultiByte(CP_UTF8, 0, Text, -1, NULL, 0, NULL, NULL);
    char *Utf8 = Bytes > 0 ? malloc((size_t)Bytes) : NULL;

    if (Utf8 != NULL)
        WideCharToMultiByte(CP_UTF8, 0, Text, -1, Utf8, Bytes, NULL, NULL);
    return Utf8;
}

static void
FreeArguments(int Count, char **Values)
{
    for (int Index = 0; Index < Count; Index++)
        free(Values[Index]);
    free(Values);
}

/* NULL: no memory, or not Unicode. */
static char **
ToUtf8Arguments(int Count, wchar_t **Values)
{
    char **Utf8 = calloc((size_t)Count + 1, sizeof(char *));
    if (Utf8 == NULL)
        return NULL;
    for (int Index = 0; Index < Count; Index++)
    {
        Utf8[Index] = ToUtf8(Values[Index]);
        if (Utf8[Index] == NULL)
        {
            FreeArguments(Index, Utf8);
            return NULL;
        }
    }
    return Utf8;
}

/* The runtime's entry, by way of -municode. */
int wmain(int Count, wchar_t **Values);

int
wmain(int Count, wchar_t **Values)
{
    DllSearchOnlySystem();
    if (Count >= 3 && wcscmp(Values[1], SELFTEST_CHILD_WORD) == 0)
        ExitProcess(SelftestChildCode(Values[2]));
    ConsoleInit();
    int Given = Count > 0 ? Count - 1 : 0;
    char **Utf8 = ToUtf8Arguments(Given, Values + 1);
    if (Utf8 == NULL)
    {
        MessageSay("there is no memory for the arguments.");
        return EXIT_FAILED;
    }
    EXIT_CODE Code = MainRun(Given, Utf8);
    FreeArguments(Given, Utf8);
    return Code;
}
