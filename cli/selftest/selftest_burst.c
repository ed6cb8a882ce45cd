/* SPDX-License-Identifier: MIT */
#include "selftest.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Exit codes of children: recognizable, different for each, and none that means something else. */
#define FIRST_CODE 0x5E1F0000u

#define CHILD_WAIT_MS 60000u
#define LONG_EVERY    25u /* one in so many has a long command line */
#define LONG_PADDING  8000u
#define MAX_AT_ONCE   MAXIMUM_WAIT_OBJECTS
#define COMMAND_UNITS (MAX_PATH + LONG_PADDING + 64u)

uint32_t
SelftestChildCode(const wchar_t *Argument)
{
    return (uint32_t)wcstoul(Argument, NULL, 10);
}

/* Beside the code a few characters that not every code page has, and now and then a long tail. */
static uint16_t *
MakeCommandLine(uint32_t Index, uint32_t *Count)
{
    static const WCHAR Strange[] = L" \"two words\" \x00e9\x6f22\xd834\xdd1e";
    WCHAR *Text = calloc(COMMAND_UNITS, sizeof(WCHAR));
    WCHAR Code[16];

    if (Text == NULL)
        return NULL;
    Text[0] = L'"';
    if (GetModuleFileNameW(NULL, Text + 1, MAX_PATH) >= MAX_PATH)
    {
        free(Text);
        return NULL;
    }
    wcscat(Text, L"\" " SELFTEST_CHILD_WORD L" ");
    _ultow(FIRST_CODE + Index, Code, 10);
    wcscat(Text, Code);
    wcscat(Text, Strange);
    size_t Length = wcslen(Text);
    if (Index % LONG_EVERY == LONG_EVERY - 1)
    {
        Text[Length] = L' ';
        wmemset(Text + Length + 1, L'x', LONG_PADDING);
        Length += LONG_PADDING + 1;
    }
    *Count = (uint32_t)Length;
    return (uint16_t *)Text;
}

static DWORD
StartChild(SELFTEST_BURST *Burst)
{
    CHECK_CHILD *Child = &Burst->Children[Burst->Count];
    STARTUPINFOW Startup = {.cb = sizeof(Startup)};
    PROCESS_INFORMATION Information;

    Child->CommandLine = MakeCommandLine(Burst->Count, &Child->CommandLineCount);
    if (Child->CommandLine == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;

    /* CreateProcess may write to the command line it is given. */
    WCHAR *Copy = _wcsdup((const WCHAR *)Child->CommandLine);
    BOOL Started = Copy != NULL && CreateProcessW(NULL, Copy, NULL, NULL, FALSE, DETACHED_PROCESS, NULL, NULL,
                                                  &Startup, &Information);
    DWORD Error = Started ? 0 : Copy != NULL ? GetLastError() : ERROR_NOT_ENOUGH_MEMORY;
    free(Copy);
    if (!Started)
    {
        free(Child->CommandLine);
        return Error;
    }
    CloseHandle(Information.hThread);
    Child->Id = Information.dwProcessId;
    Burst->Processes[Burst->Count++] = Information.hProcess;
    return 0;
}

/* What the OS says of the child once it has ended. */
static DWORD
WriteDown(CHECK_CHILD *Child, HANDLE Process)
{
    FILETIME Created;
    FILETIME Unused;
    DWORD Code;

    if (!GetExitCodeProcess(Process, &Code) || !GetProcessTimes(Process, &Created, &Unused, &Unused, &Unused))
        return GetLastError();
    Child->ExitCode = Code;
    Child->CreateTime = (uint64_t)Created.dwHighDateTime << 32 | Created.dwLowDateTime;
    return 0;
}

/* Waits for one of Running to end and takes it out. */
static DWORD
WaitForOne(HANDLE *Running, uint32_t *RunningCount, HANDLE StopEvent)
{
    HANDLE Events[MAX_AT_ONCE];
    uint32_t Count = *RunningCount;

    memcpy(Events, Running, Count * sizeof(HANDLE));
    Events[Count] = StopEvent;
    DWORD Signaled = WaitForMultipleObjects(Count + 1, Events, FALSE, CHILD_WAIT_MS);
    if (Signaled == WAIT_OBJECT_0 + Count)
        return ERROR_CANCELLED;
    if (Signaled == WAIT_TIMEOUT)
        return ERROR_TIMEOUT;
    if (Signaled >= WAIT_OBJECT_0 + Count)
        return GetLastError();
    Running[Signaled - WAIT_OBJECT_0] = Running[--*RunningCount];
    return 0;
}

DWORD
SelftestBurstRun(SELFTEST_BURST *Burst, uint32_t Count, uint32_t AtOnce, HANDLE StopEvent)
{
    HANDLE Running[MAX_AT_ONCE] = {NULL};
    uint32_t RunningCount = 0;
    DWORD Error = 0;

    Burst->Count = 0;
    Burst->Children = calloc(Count, sizeof(CHECK_CHILD));
    Burst->Processes = calloc(Count, sizeof(HANDLE));
    if (Burst->Children == NULL || Burst->Processes == NULL || AtOnce >= MAX_AT_ONCE)
        return ERROR_NOT_ENOUGH_MEMORY;
    while (Error == 0 && (Burst->Count < Count || RunningCount != 0))
    {
        if (Burst->Count == Count || RunningCount == AtOnce)
        {
            Error = WaitForOne(Running, &RunningCount, StopEvent);
            continue;
        }
        Error = StartChild(Burst);
        if (Error == 0)
            Running[RunningCount++] = Burst->Processes[Burst->Count - 1];
    }
    for (uint32_t Index = 0; Index < Burst->Count && Error == 0; Index++)
        Error = WriteDown(&Burst->Children[Index], Burst->Processes[Index]);
    return Error;
}

void
SelftestBurstDestroy(SELFTEST_BURST *Burst)
{
    for (uint32_t Index = 0; Index < Burst->Count; Index++)
    {
        CloseHandle(Burst->Processes[Index]);
        free(Burst->Children[Index].CommandLine);
    }
    free(Burst->Processes);
    free(Burst->Children);
}
