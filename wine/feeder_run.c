/* SPDX-License-Identifier: MIT
 *
 * Real processes: COMMAND and its descendants under the debugger's interface. Each event is raised before the
 * process that caused it goes on, as the kernel does it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feeder.h"

#define RUN_POLL_MS          100 /* how long Ctrl-C may go unseen */
#define RUN_WX86_BREAKPOINT  0x4000001Fu
#define RUN_MAX_COMMAND_LINE 32767
#define RUN_LONG_PATH        32768

typedef struct RUN_PROCESS
{
    struct RUN_PROCESS *Next;
    DWORD Id;
    HANDLE Handle; /* the debugger's: closed by Windows after the exit */
    int64_t CreateTime;
    unsigned Breakpoints; /* initial ones still to come */
} RUN_PROCESS;

typedef struct RUN
{
    HANDLE Device;
    TRUTH *Truth;
    BOOL KeepGoing;
    RUN_PROCESS *Processes;
    DWORD RootId;
    DWORD RootExitCode;
    uint64_t Raised;
    uint64_t Undelivered;
    NTEXT_EVENT *Event; /* NTEXT_MAX_EVENT_BYTES */
    int Exit;           /* not 0: let go of everything and end with this */
} RUN;

static HANDLE RunInterrupted;

static BOOL WINAPI
RunControlHandler(DWORD Type)
{
    (void)Type;
    return SetEvent(RunInterrupted);
}

static BOOL
RunIsInterrupted(void)
{
    return WaitForSingleObject(RunInterrupted, 0) == WAIT_OBJECT_0;
}

/* ---- Raising ------------------------------------------------------------------------------------------- */

static NTEXT_EVENT *
RunEvent(RUN *Run, const DEBUG_EVENT *Debug, uint32_t Kind, const RUN_PROCESS *Process)
{
    memset(Run->Event, 0, sizeof(*Run->Event));
    Run->Event->Size = sizeof(*Run->Event);
    Run->Event->Kind = Kind;
    Run->Event->ProcessId = Debug->dwProcessId;
    Run->Event->ThreadId = Debug->dwThreadId;
    Run->Event->CreateTime = Process->CreateTime;
    return Run->Event;
}

/* Once more with a new handle, where the driver may have been away and come back. */
static DWORD
RunSend(RUN *Run, NTEXT_RESULT *Result)
{
    DWORD Error =
        DeviceControl(Run->Device, NTEXT_IOCTL_RAISE, Run->Event, Run->Event->Size, Result, sizeof(*Result));
    if (!Error || !Run->KeepGoing)
        return Error;
    HANDLE Device = DeviceOpen();
    if (Device == INVALID_HANDLE_VALUE)
        return Error;
    CloseHandle(Run->Device);
    Run->Device = Device;
    return DeviceControl(Device, NTEXT_IOCTL_RAISE, Run->Event, Run->Event->Size, Result, sizeof(*Result));
}

/* Drive is the drive-letter form of the event's image, or NULL. */
static void
RunRaise(RUN *Run, const WCHAR *Drive)
{
    NTEXT_RESULT Result = {0};
    int64_t Time = FeederNow();
    if (Run->Exit)
        return;
    DWORD Error = RunSend(Run, &Result);
    Run->Raised++;
    if (Error && !Run->KeepGoing)
    {
        FeederError("a notification could not be raised (error %lu): has the driver been stopped? "
                    "The processes run on, unreported",
                    Error);
        Run->Exit = FEEDER_EXIT_RAISE;
        return;
    }
    if (!Result.Routines)
    {
        Run->Undelivered++;
        return;
    }
    if (!Run->Truth)
        return;
    TruthEvent(Run->Truth, Run->Event, Result.Tier, Time, Drive, 0);
    if (!TruthFlush(Run->Truth))
        Run->Exit = FEEDER_EXIT_TRUTH;
}

/* ---- Events -------------------------------------------------------------------------------------------- */

static RUN_PROCESS *
RunFind(RUN *Run, DWORD Id)
{
    RUN_PROCESS *Process = Run->Processes;
    while (Process && Process->Id != Id)
        Process = Process->Next;
    return Process;
}

/* Known only of a process that is still there, and was before its child. */
static int64_t
RunParentCreateTime(RUN *Run, DWORD ParentId, int64_t ChildCreateTime)
{
    int64_t Time = 0;
    RUN_PROCESS *Parent = RunFind(Run, ParentId);
    if (Parent)
        return Parent->CreateTime;
    HANDLE Handle =
        ParentId ? OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, ParentId) : NULL;
    if (!Handle)
        return 0;
    if (WaitForSingleObject(Handle, 0) == WAIT_TIMEOUT)
        Time = FactsCreateTime(Handle);
    CloseHandle(Handle);
    return Time <= ChildCreateTime ? Time : 0;
}

static void
RunImage(RUN *Run, const DEBUG_EVENT *Debug, const RUN_PROCESS *Process, const void *Base)
{
    NTEXT_EVENT *Event = RunEvent(Run, Debug, NTEXT_IMAGE, Process);
    Event->Base = (ULONG_PTR)Base;
    Event->ImageSize = FactsImageSize(Process->Handle, Base);
    Event->Properties = NTEXT_IMAGE_ADDRESSING_MODE | NTEXT_IMAGE_EXTENDED_INFO;
    RunRaise(Run, FactsMappedImage(Event, Process->Handle, Base));
}

/* Known of COMMAND itself, which this thread creates. Of its descendants the debugger's interface names no
 * creator, and the parent need not be the one: a creator may choose another. */
static void
RunCreator(const RUN *Run, NTEXT_EVENT *Event)
{
    BOOL IsOurs = Event->ProcessId == Run->RootId;
    Event->ThreadId = 0;
    Event->CreatorProcessId = IsOurs ? GetCurrentProcessId() : 0;
    Event->CreatorThreadId = IsOurs ? GetCurrentThreadId() : 0;
}

static void
RunStart(RUN *Run, const DEBUG_EVENT *Debug)
{
    const CREATE_PROCESS_DEBUG_INFO *Info = &Debug->u.CreateProcessInfo;
    RUN_PROCESS *Process = calloc(1, sizeof(*Process));
    if (!Process)
    {
        FeederError("no memory");
        Run->Exit = FEEDER_EXIT_RAISE;
        return;
    }
    Process->Id = Debug->dwProcessId;
    Process->Handle = Info->hProcess;
    Process->CreateTime = FactsCreateTime(Info->hProcess);
    Process->Breakpoints = 1;
    Process->Next = Run->Processes;
    Run->Processes = Process;

    NTEXT_EVENT *Event = RunEvent(Run, Debug, NTEXT_START, Process);
    FactsOfStart(Event, Info->hProcess);
    RunCreator(Run, Event);
    Event->ParentCreateTime = RunParentCreateTime(Run, Event->ParentProcessId, Process->CreateTime);
    RunRaise(Run, NULL);
    RunImage(Run, Debug, Process, Info->lpBaseOfImage);
    if (RunIsInterrupted())
        TerminateProcess(Process->Handle, STATUS_CONTROL_C_EXIT);
}

static void
RunExit(RUN *Run, const DEBUG_EVENT *Debug, RUN_PROCESS *Process)
{
    RunEvent(Run, Debug, NTEXT_EXIT, Process)->ExitStatus = Debug->u.ExitProcess.dwExitCode;
    RunRaise(Run, NULL);
    if (Process->Id == Run->RootId)
        Run->RootExitCode = Debug->u.ExitProcess.dwExitCode;
    for (RUN_PROCESS **Link = &Run->Processes; *Link; Link = &(*Link)->Next)
        if (*Link == Process)
        {
            *Link = Process->Next;
            break;
        }
    free(Process);
}

/* The breakpoint with which each process starts is the debugger's business, every other exception its own. */
static DWORD
RunException(const DEBUG_EVENT *Debug, RUN_PROCESS *Process)
{
    DWORD Code = Debug->u.Exception.ExceptionRecord.ExceptionCode;
    if (Code == RUN_WX86_BREAKPOINT)
        return DBG_CONTINUE; /* a second one, of emulated processes */
    if (Code != EXCEPTION_BREAKPOINT || !Process || !Process->Breakpoints)
        return DBG_EXCEPTION_NOT_HANDLED;
    Process->Breakpoints--;
    return DBG_CONTINUE;
}

static void
RunCloseFile(HANDLE File)
{
    if (File)
        CloseHandle(File);
}

/* Returns how to continue. */
static DWORD
RunDebugEvent(RUN *Run, const DEBUG_EVENT *Debug)
{
    RUN_PROCESS *Process = RunFind(Run, Debug->dwProcessId);
    switch (Debug->dwDebugEventCode)
    {
    case CREATE_PROCESS_DEBUG_EVENT:
        RunStart(Run, Debug);
        RunCloseFile(Debug->u.CreateProcessInfo.hFile);
        break;
    case LOAD_DLL_DEBUG_EVENT:
        if (Process)
            RunImage(Run, Debug, Process, Debug->u.LoadDll.lpBaseOfDll);
        RunCloseFile(Debug->u.LoadDll.hFile);
        break;
    case EXIT_PROCESS_DEBUG_EVENT:
        if (Process)
            RunExit(Run, Debug, Process);
        break;
    case EXCEPTION_DEBUG_EVENT:
        return RunException(Debug, Process);
    }
    return DBG_CONTINUE;
}

/* ---- COMMAND ------------------------------------------------------------------------------------------- */

static void
RunTerminateAll(RUN *Run)
{
    for (RUN_PROCESS *Process = Run->Processes; Process; Process = Process->Next)
        TerminateProcess(Process->Handle, STATUS_CONTROL_C_EXIT);
}

static void
RunLetGo(RUN *Run)
{
    DebugSetProcessKillOnExit(FALSE);
    while (Run->Processes)
    {
        RUN_PROCESS *Process = Run->Processes;
        Run->Processes = Process->Next;
        DebugActiveProcessStop(Process->Id);
        free(Process);
    }
}

/* Until the last process has exited. */
static int
RunLoop(RUN *Run)
{
    BOOL Ending = FALSE;
    DEBUG_EVENT Debug;
    do
    {
        if (!Ending && RunIsInterrupted())
        {
            Ending = TRUE;
            RunTerminateAll(Run);
        }
        if (!WaitForDebugEvent(&Debug, RUN_POLL_MS))
            continue;
        DWORD Continue = RunDebugEvent(Run, &Debug);
        ContinueDebugEvent(Debug.dwProcessId, Debug.dwThreadId, Continue);
    } while (!Run->Exit && Run->Processes);
    if (Run->Exit)
        RunLetGo(Run);
    if (Run->Undelivered)
        FeederError(
            "%llu of %llu events were raised while no driver had registered for them: they are not in "
            "the truth",
            (unsigned long long)Run->Undelivered, (unsigned long long)Run->Raised);
    if (Run->Exit)
        return Run->Exit;
    return Ending ? FEEDER_EXIT_INTERRUPTED : (int)Run->RootExitCode;
}

/* The form of Name that Windows takes where it is a path of the host's, in memory to be freed; else NULL. */
static WCHAR *
RunHostPath(const WCHAR *Name)
{
    typedef WCHAR *CDECL GET_DOS_FILE_NAME(const char *);
    char Host[RUN_LONG_PATH / 8];
    FARPROC Routine = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "wine_get_dos_file_name");
    if (!Routine || !wcschr(Name, L'/') ||
        !WideCharToMultiByte(CP_UTF8, 0, Name, -1, Host, sizeof(Host), NULL, NULL))
        return NULL;
    WCHAR *Dos = ((GET_DOS_FILE_NAME *)(void *)Routine)(Host);
    if (!Dos || GetFileAttributesW(Dos) == INVALID_FILE_ATTRIBUTES)
        return NULL;
    return _wcsdup(Dos);
}

/* Appends Argument to Line so that the C library of the started program gets it back unchanged. */
static BOOL
RunQuote(WCHAR *Line, size_t *At, const WCHAR *Argument)
{
    size_t Backslashes = 0;
    BOOL Quote = !*Argument || wcspbrk(Argument, L" \t\"") != NULL;
    if (*At + 2 * wcslen(Argument) + 4 > RUN_MAX_COMMAND_LINE)
        return FALSE;
    if (*At)
        Line[(*At)++] = L' ';
    if (Quote)
        Line[(*At)++] = L'"';
    for (const WCHAR *From = Argument; *From; From++)
    {
        for (size_t i = 0; *From == L'"' && i < Backslashes + 1; i++)
            Line[(*At)++] = L'\\';
        Backslashes = *From == L'\\' ? Backslashes + 1 : 0;
        Line[(*At)++] = *From;
    }
    for (size_t i = 0; Quote && i < Backslashes; i++)
        Line[(*At)++] = L'\\';
    if (Quote)
        Line[(*At)++] = L'"';
    Line[*At] = 0;
    return TRUE;
}

static BOOL
RunCreateProcess(RUN *Run, int Count, WCHAR **Command)
{
    static WCHAR Line[RUN_MAX_COMMAND_LINE + 1];
    size_t At = 0;
    STARTUPINFOW Startup = {.cb = sizeof(Startup)};
    PROCESS_INFORMATION Process;
    WCHAR *HostPath = RunHostPath(Command[0]);
    BOOL Fits = RunQuote(Line, &At, HostPath ? HostPath : Command[0]);
    free(HostPath);
    for (int i = 1; i < Count && Fits; i++)
        Fits = RunQuote(Line, &At, Command[i]);
    if (!Fits)
    {
        FeederError("the command line is longer than %d characters", RUN_MAX_COMMAND_LINE);
        return FALSE;
    }
    if (!CreateProcessW(NULL, Line, NULL, NULL, TRUE, DEBUG_PROCESS, NULL, NULL, &Startup, &Process))
    {
        DWORD Error = GetLastError();
        FeederError("%ls cannot be started (error %lu%s)", Command[0], Error,
                    Error == ERROR_FILE_NOT_FOUND ? ": no such file" : "");
        return FALSE;
    }
    Run->RootId = Process.dwProcessId;
    CloseHandle(Process.hThread);
    CloseHandle(Process.hProcess);
    return TRUE;
}

static int
RunWith(RUN *Run, int Count, WCHAR **Command)
{
    RunInterrupted = CreateEventW(NULL, TRUE, FALSE, NULL);
    Run->Event = malloc(NTEXT_MAX_EVENT_BYTES);
    if (!RunInterrupted || !Run->Event)
    {
        free(Run->Event);
        FeederError("no memory");
        return FEEDER_EXIT_RAISE;
    }
    SetConsoleCtrlHandler(RunControlHandler, TRUE);
    int Exit = FEEDER_EXIT_COMMAND;
    if (RunCreateProcess(Run, Count, Command))
        Exit = RunLoop(Run);
    free(Run->Event);
    return Exit;
}

int
RunCommand(int Count, WCHAR **Arguments)
{
    RUN Run = {.Device = INVALID_HANDLE_VALUE};
    const WCHAR *TruthPath = NULL;
    int i = 0;
    for (; i < Count && wcscmp(Arguments[i], L"--") != 0; i++)
    {
        if (wcscmp(Arguments[i], L"--keep-going") == 0)
            Run.KeepGoing = TRUE;
        else if (wcscmp(Arguments[i], L"--truth") == 0 && i + 1 < Count)
            TruthPath = Arguments[++i];
        else
            return FeederUsageError("run: %ls is no option, or lacks its value", Arguments[i]);
    }
    if (i + 1 >= Count)
        return FeederUsageError("run: say -- and a COMMAND");
    Run.Device = DeviceOpenRegistered();
    if (Run.Device == INVALID_HANDLE_VALUE)
        return FEEDER_EXIT_NO_DRIVER;
    if (TruthPath && (Run.Truth = TruthOpen(TruthPath)) == NULL)
    {
        CloseHandle(Run.Device);
        return FEEDER_EXIT_TRUTH;
    }
    int Exit = RunWith(&Run, Count - i - 1, Arguments + i + 1);
    CloseHandle(Run.Device);
    return TruthClose(Run.Truth) ? Exit : FEEDER_EXIT_TRUTH;
}
