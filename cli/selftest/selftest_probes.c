/* SPDX-License-Identifier: MIT */
#include "selftest.h"

#include <wchar.h>
#include <winternl.h>

/* Newer than the headers: Windows 8, and Windows 8.1. */
#define IMAGE_NO_EXECUTE   0x11000000u /* SEC_IMAGE_NO_EXECUTE */
#define CAPTURE_VA_CLONE   1u          /* PSS_CAPTURE_VA_CLONE */
#define QUERY_VA_CLONE     1           /* PSS_QUERY_VA_CLONE_INFORMATION */
#define CLASS_INTEGRITY    103         /* SystemCodeIntegrityInformation */
#define EMULATED_ARGUMENTS L"cmd.exe /d /c exit 7"

#define EMULATED_WAIT_MS 60000u
#define MAX_VALUE_UNITS  520u

/* PSS_VA_CLONE_INFORMATION */
typedef struct CLONE_INFORMATION
{
    HANDLE Process;
} CLONE_INFORMATION;

typedef void (*ROUTINE)(void);
typedef UINT(WINAPI *GET_EMULATED_DIRECTORY)(WCHAR *Path, UINT Count);
typedef DWORD(WINAPI *CAPTURE_SNAPSHOT)(HANDLE Process, DWORD Flags, DWORD ContextFlags, HANDLE *Snapshot);
typedef DWORD(WINAPI *QUERY_SNAPSHOT)(HANDLE Snapshot, int Class, void *Buffer, DWORD Length);
typedef DWORD(WINAPI *FREE_SNAPSHOT)(HANDLE Process, HANDLE Snapshot);
typedef LONG(WINAPI *QUERY_SYSTEM)(int Class, void *Buffer, ULONG Length, ULONG *Written);

static ROUTINE
Find(const WCHAR *Module, const char *Name)
{
    HMODULE Handle = GetModuleHandleW(Module);
    return Handle != NULL ? (ROUTINE)GetProcAddress(Handle, Name) : NULL;
}

/* Probes. */

static void *
MapImage(HANDLE File, DWORD Section, FINDINGS_PROBE *Probe)
{
    HANDLE Mapping = CreateFileMappingW(File, NULL, PAGE_READONLY | Section, 0, 0, NULL);
    void *View = Mapping != NULL ? MapViewOfFile(Mapping, FILE_MAP_READ, 0, 0, 0) : NULL;

    *Probe = (FINDINGS_PROBE){
        .Error = View != NULL ? 0 : GetLastError(), .Id = GetCurrentProcessId(), .Base = (uintptr_t)View};
    if (Mapping != NULL)
        CloseHandle(Mapping);
    return View;
}

/* This program's own file, anew. A load that comes of it is told apart by its base, so both stay mapped until the
 * end. */
static void
ProbeMappings(FINDINGS *Findings)
{
    WCHAR Path[MAX_PATH];

    if (GetModuleFileNameW(NULL, Path, MAX_PATH) >= MAX_PATH)
        Path[0] = L'\0'; /* cannot be opened, which is then the answer */
    Findings->Executable = FindingsName((const uint16_t *)Path, (uint32_t)wcslen(Path));
    HANDLE File = CreateFileW(Path, GENERIC_READ | GENERIC_EXECUTE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, 0, NULL);
    if (File == INVALID_HANDLE_VALUE)
    {
        Findings->Mapped.Error = Findings->MappedNoExecute.Error = GetLastError();
        return;
    }
    void *View = MapImage(File, SEC_IMAGE, &Findings->Mapped);
    void *NoExecute = MapImage(File, IMAGE_NO_EXECUTE, &Findings->MappedNoExecute);
    if (NoExecute != NULL)
        UnmapViewOfFile(NoExecute);
    if (View != NULL)
        UnmapViewOfFile(View);
    CloseHandle(File);
}

/* 0: not known. */
static uint64_t
CreateTimeOf(HANDLE Process)
{
    FILETIME Created;
    FILETIME Unused;

    if (!GetProcessTimes(Process, &Created, &Unused, &Unused, &Unused))
        return 0;
    return (uint64_t)Created.dwHighDateTime << 32 | Created.dwLowDateTime;
}

static FINDINGS_PROBE
StartEmulated(const WCHAR *Path)
{
    WCHAR Arguments[] = EMULATED_ARGUMENTS;
    STARTUPINFOW Startup = {.cb = sizeof(Startup)};
    PROCESS_INFORMATION Information;
    FINDINGS_PROBE Probe = {0};

    if (!CreateProcessW(Path, Arguments, NULL, NULL, FALSE, DETACHED_PROCESS, NULL, NULL, &Startup,
                        &Information))
        return (FINDINGS_PROBE){.Error = GetLastError()};
    Probe.Id = Information.dwProcessId;
    Probe.CreateTime = CreateTimeOf(Information.hProcess);
    if (WaitForSingleObject(Information.hProcess, EMULATED_WAIT_MS) != WAIT_OBJECT_0)
        Probe.Error = ERROR_TIMEOUT;
    CloseHandle(Information.hThread);
    CloseHandle(Information.hProcess);
    return Probe;
}

static FINDINGS_PROBE
ProbeEmulated(void)
{
    static const WCHAR Program[] = L"\\cmd.exe";
    GET_EMULATED_DIRECTORY GetDirectory =
        (GET_EMULATED_DIRECTORY)Find(L"kernel32.dll", "GetSystemWow64DirectoryW");
    WCHAR Path[MAX_PATH];

    if (GetDirectory == NULL)
        return (FINDINGS_PROBE){.Error = ERROR_PROC_NOT_FOUND};
    UINT Length = GetDirectory(Path, MAX_PATH);
    if (Length == 0)
        return (FINDINGS_PROBE){.Error = GetLastError()};
    if (Length + wcslen(Program) >= MAX_PATH)
        return (FINDINGS_PROBE){.Error = ERROR_FILENAME_EXCED_RANGE};
    wcscat(Path, Program);
    return StartEmulated(Path);
}

static FINDINGS_PROBE
ProbeClone(void)
{
    CAPTURE_SNAPSHOT Capture = (CAPTURE_SNAPSHOT)Find(L"kernel32.dll", "PssCaptureSnapshot");
    QUERY_SNAPSHOT Query = (QUERY_SNAPSHOT)Find(L"kernel32.dll", "PssQuerySnapshot");
    FREE_SNAPSHOT Free = (FREE_SNAPSHOT)Find(L"kernel32.dll", "PssFreeSnapshot");
    FINDINGS_PROBE Probe = {0};
    HANDLE Snapshot;
    CLONE_INFORMATION Clone;

    if (Capture == NULL || Query == NULL || Free == NULL)
        return (FINDINGS_PROBE){.Error = ERROR_PROC_NOT_FOUND};
    Probe.Error = Capture(GetCurrentProcess(), CAPTURE_VA_CLONE, 0, &Snapshot);
    if (Probe.Error != 0)
        return Probe;
    Probe.Error = Query(Snapshot, QUERY_VA_CLONE, &Clone, sizeof(Clone));
    if (Probe.Error == 0)
    {
        Probe.Id = GetProcessId(Clone.Process);
        Probe.CreateTime = CreateTimeOf(Clone.Process);
    }
    Free(GetCurrentProcess(), Snapshot);
    return Probe;
}

void
SelftestProbe(FINDINGS *Findings)
{
    ProbeMappings(Findings);
    Findings->Emulated = ProbeEmulated();
    Findings->Clone = ProbeClone();
}

/* The machine. */

static bool
ReadValue(const WCHAR *Key, const WCHAR *Name, DWORD Type, void *Data, DWORD Bytes)
{
    HKEY Handle;
    DWORD ActualType;

    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, Key, 0, KEY_QUERY_VALUE, &Handle) != 0)
        return false;
    LONG Error = RegQueryValueExW(Handle, Name, NULL, &ActualType, Data, &Bytes);
    RegCloseKey(Handle);
    return Error == 0 && ActualType == Type;
}

static void
WriteSwitch(SINK *Sink, const char *What, const WCHAR *Key, const WCHAR *Name)
{
    DWORD Value;

    SinkText(Sink, What);
    if (!ReadValue(Key, Name, REG_DWORD, &Value, sizeof(Value)))
        SinkText(Sink, "not known");
    else
        SinkText(Sink, Value != 0 ? "on" : "off");
}

static void
WriteVerifier(SINK *Sink)
{
    static const WCHAR Key[] = L"SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management";
    WCHAR Drivers[MAX_VALUE_UNITS] = L"";
    DWORD Level = 0;

    ReadValue(Key, L"VerifyDrivers", REG_SZ, Drivers, sizeof(Drivers) - sizeof(WCHAR));
    ReadValue(Key, L"VerifyDriverLevel", REG_DWORD, &Level, sizeof(Level));
    SinkText(Sink, "Driver Verifier, at the next start: ");
    if (Drivers[0] == L'\0')
    {
        SinkText(Sink, "no drivers\n");
        return;
    }
    Utf16Write(Sink, (UTF16){.Units = (const uint16_t *)Drivers, .Count = (uint32_t)wcslen(Drivers)});
    SinkText(Sink, ", level ");
    SinkCode(Sink, Level);
    SinkChar(Sink, '\n');
}

void
SelftestDescribeMachine(SINK *Sink)
{
    QUERY_SYSTEM Query = (QUERY_SYSTEM)Find(L"ntdll.dll", "NtQuerySystemInformation");
    SYSTEM_CODEINTEGRITY_INFORMATION Integrity = {.Length = sizeof(Integrity)};

    if (Query != NULL && Query(CLASS_INTEGRITY, &Integrity, sizeof(Integrity), NULL) >= 0)
        FindingsWriteCodeIntegrity(Sink, Integrity.CodeIntegrityOptions);
    else
        SinkText(Sink, "code integrity not known");
    WriteSwitch(Sink, "; Secure Boot ", L"SYSTEM\\CurrentControlSet\\Control\\SecureBoot\\State",
                L"UEFISecureBootEnabled");
    WriteSwitch(Sink, "; kernel shadow stacks ",
                L"SYSTEM\\CurrentControlSet\\Control\\DeviceGuard\\Scenarios\\KernelShadowStacks",
                L"Enabled");
    SinkChar(Sink, '\n');
    WriteVerifier(Sink);
}
