/* SPDX-License-Identifier: MIT */
#include "host/system.h"

#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "host/process_image.h"

/* Zones change their offset on quarters of an hour. */
#define QUARTER_HOUR (15 * 60 * (int64_t)10000000)

#define HOST_MAX_UNITS 1024u

#define SYSTEM_TIME_OF_DAY 3

#define USER_CACHE_COUNT 64u
#define USER_MAX_UNITS   520u

typedef void(WINAPI *GET_TIME)(FILETIME *Time);
typedef BOOL(WINAPI *IS_WOW64)(HANDLE Process, BOOL *Emulated);
typedef LONG(WINAPI *GET_VERSION)(OSVERSIONINFOEXW *Version);
typedef const char *(*GET_WINE_VERSION)(void);

typedef LONG(WINAPI *QUERY_SYSTEM)(int Class, void *Information, ULONG Bytes, ULONG *Returned);

typedef void (*ROUTINE)(void);

static ROUTINE
Find(const WCHAR *Module, const char *Name)
{
    HMODULE Handle = GetModuleHandleW(Module);
    return Handle != NULL ? (ROUTINE)GetProcAddress(Handle, Name) : NULL;
}

static int64_t
FromFileTime(FILETIME Time)
{
    return (int64_t)((uint64_t)Time.dwHighDateTime << 32 | Time.dwLowDateTime);
}

int64_t
SystemTime(bool Precise)
{
    static GET_TIME GetPrecise;
    static bool Searched;
    FILETIME Time;

    if (!Searched)
        GetPrecise = (GET_TIME)Find(L"kernel32.dll", "GetSystemTimePreciseAsFileTime");
    Searched = true;
    if (Precise && GetPrecise != NULL)
        GetPrecise(&Time);
    else
        GetSystemTimeAsFileTime(&Time);
    return FromFileTime(Time);
}

/* GetTickCount64 came with Vista. A tick count that starts again at 0 goes on here, if asked once in 49 days. */
uint64_t
SystemTicks(void)
{
    static DWORD Before;
    static uint64_t Rounds;
    DWORD Ticks = GetTickCount();

    Rounds += Ticks < Before;
    Before = Ticks;
    return Rounds << 32 | Ticks;
}

static int64_t
LocalOffset(int64_t Time)
{
    FILETIME Utc = {.dwLowDateTime = (DWORD)Time, .dwHighDateTime = (DWORD)(Time >> 32)};
    FILETIME Local;
    SYSTEMTIME UtcParts;
    SYSTEMTIME LocalParts;

    if (!FileTimeToSystemTime(&Utc, &UtcParts) ||
        !SystemTimeToTzSpecificLocalTime(NULL, &UtcParts, &LocalParts) ||
        !SystemTimeToFileTime(&LocalParts, &Local))
        return 0;
    return FromFileTime(Local) - Time;
}

int64_t
SystemLocalTime(int64_t Time)
{
    static int64_t Quarter = -1;
    static int64_t Offset;

    if (Time / QUARTER_HOUR != Quarter)
    {
        Quarter = Time / QUARTER_HOUR;
        Offset = LocalOffset(Quarter * QUARTER_HOUR);
    }
    return Time + Offset;
}

static int64_t
LocalTime(void *Context, int64_t Time)
{
    (void)Context;
    return SystemLocalTime(Time);
}

static uint32_t
RunningImage(void *Context, uint32_t Id, uint64_t CreateTime, uint16_t *Units, uint32_t Capacity)
{
    (void)Context;
    return CreateTime != 0 ? ProcessImage(Id, CreateTime, Units, Capacity) : 0;
}

typedef struct USER
{
    uint8_t Sid[PRCM_MAX_SID_BYTES];
    uint32_t SidBytes;
    uint32_t Status;
    uint32_t Count;
    WCHAR Name[USER_MAX_UNITS];
} USER;

static void
LookUpUser(USER *User)
{
    WCHAR Name[USER_MAX_UNITS / 2 - 1];
    WCHAR Domain[USER_MAX_UNITS / 2 - 1];
    DWORD NameCount = USER_MAX_UNITS / 2 - 1;
    DWORD DomainCount = USER_MAX_UNITS / 2 - 1;
    SID_NAME_USE Use;

    User->Count = 0;
    User->Status = PRCM_PRESENT;
    if (!LookupAccountSidW(NULL, User->Sid, Name, &NameCount, Domain, &DomainCount, &Use))
    {
        DWORD Error = GetLastError();
        User->Status = Error == ERROR_NONE_MAPPED ? PRCM_ABSENT : (uint32_t)HRESULT_FROM_WIN32(Error);
        return;
    }
    if (DomainCount != 0)
    {
        wcscpy(User->Name, Domain);
        wcscat(User->Name, L"\\");
        wcscat(User->Name, Name);
    }
    else
        wcscpy(User->Name, Name);
    User->Count = (uint32_t)wcslen(User->Name);
}

/* A look-up may ask a domain controller, so its outcome is kept, a failure too. */
static uint32_t
UserName(void *Context, const void *Sid, uint32_t SidBytes, UTF16 *Name)
{
    static USER Cache[USER_CACHE_COUNT];
    static uint32_t Used;
    USER *User = NULL;

    (void)Context;
    if (SidBytes > PRCM_MAX_SID_BYTES)
        return PRCM_ABSENT;
    for (uint32_t Index = 0; Index < Used && User == NULL; Index++)
    {
        if (Cache[Index].SidBytes == SidBytes && memcmp(Cache[Index].Sid, Sid, SidBytes) == 0)
            User = &Cache[Index];
    }
    if (User == NULL)
    {
        static uint32_t Next;
        User = &Cache[Next];
        Next = (Next + 1) % USER_CACHE_COUNT;
        Used += Used < USER_CACHE_COUNT;
        memcpy(User->Sid, Sid, SidBytes);
        User->SidBytes = SidBytes;
        LookUpUser(User);
    }
    *Name = (UTF16){.Units = (const uint16_t *)User->Name, .Count = User->Count};
    return User->Status;
}

const VIEW_HOOKS *
SystemViewHooks(void)
{
    static const VIEW_HOOKS Hooks = {
        .RunningImage = RunningImage,
        .UserName = UserName,
        .LocalTime = LocalTime,
    };
    return &Hooks;
}

uint32_t
SystemHostName(UTF16 *Name)
{
    static WCHAR Units[HOST_MAX_UNITS];
    DWORD Count = HOST_MAX_UNITS;

    if (!GetComputerNameExW(ComputerNamePhysicalDnsFullyQualified, Units, &Count))
        return (uint32_t)HRESULT_FROM_WIN32(GetLastError());
    *Name = (UTF16){.Units = (const uint16_t *)Units, .Count = Count};
    return PRCM_PRESENT;
}

/* Setting the clock moves BootTime, and the bias with it. Microsoft's page of NtQuerySystemInformation leaves the structure
 * unnamed; every NT since 5.1 has this one. */
PRCM_VALUE
SystemBootTime(void)
{
    QUERY_SYSTEM Query = (QUERY_SYSTEM)Find(L"ntdll.dll", "NtQuerySystemInformation");
    struct
    {
        int64_t BootTime;
        int64_t Unused[3];
        int64_t BootTimeBias;
        int64_t SleepTimeBias;
    } Times = {0};

    LONG Status = Query != NULL ? Query(SYSTEM_TIME_OF_DAY, &Times, sizeof(Times), NULL) : 0;
    if (Status < 0)
        return (PRCM_VALUE){.Status = (uint32_t)Status};
    if (Times.BootTime == 0)
        return (PRCM_VALUE){.Status = PRCM_ABSENT};
    return (PRCM_VALUE){.Value = (uint64_t)(Times.BootTime - Times.BootTimeBias), .Status = PRCM_PRESENT};
}

bool
SystemIsEmulated(void)
{
    IS_WOW64 IsWow64 = (IS_WOW64)Find(L"kernel32.dll", "IsWow64Process");
    BOOL Emulated;

    return IsWow64 != NULL && IsWow64(GetCurrentProcess(), &Emulated) && Emulated;
}

static const char *
ArchitectureName(WORD Architecture)
{
    switch (Architecture)
    {
    case PROCESSOR_ARCHITECTURE_INTEL:
        return "x86";
    case PROCESSOR_ARCHITECTURE_AMD64:
        return "x64";
    case 12:
        return "ARM64";
    default:
        return "unknown processor";
    }
}

SYSTEM_VERSION
SystemVersion(void)
{
    OSVERSIONINFOEXW Version = {.dwOSVersionInfoSize = sizeof(Version)};
    GET_VERSION GetVersionOf = (GET_VERSION)Find(L"ntdll.dll", "RtlGetVersion");
    GET_WINE_VERSION GetWine = (GET_WINE_VERSION)Find(L"ntdll.dll", "wine_get_version");

    if (GetVersionOf != NULL)
        GetVersionOf(&Version);
    return (SYSTEM_VERSION){
        .Major = Version.dwMajorVersion,
        .Minor = Version.dwMinorVersion,
        .Build = Version.dwBuildNumber,
        .ServicePackMajor = Version.wServicePackMajor,
        .ServicePackMinor = Version.wServicePackMinor,
        .ProductType = Version.wProductType,
        .Wine = GetWine != NULL ? GetWine() : NULL,
    };
}

void
SystemDescribe(SINK *Sink)
{
    SYSTEM_VERSION Version = SystemVersion();
    SYSTEM_INFO Info;

    GetNativeSystemInfo(&Info);
    SinkText(Sink, "Windows ");
    SinkUnsigned(Sink, Version.Major);
    SinkChar(Sink, '.');
    SinkUnsigned(Sink, Version.Minor);
    SinkText(Sink, " build ");
    SinkUnsigned(Sink, Version.Build);
    if (Version.ServicePackMajor != 0)
    {
        SinkText(Sink, " service pack ");
        SinkUnsigned(Sink, Version.ServicePackMajor);
    }
    SinkText(Sink, ", ");
    SinkText(Sink, ArchitectureName(Info.wProcessorArchitecture));
    SinkText(Sink, ", ");
    SinkUnsigned(Sink, Info.dwNumberOfProcessors);
    SinkText(Sink, Info.dwNumberOfProcessors == 1 ? " processor" : " processors");
    if (Version.Wine != NULL)
    {
        SinkText(Sink, ", Wine ");
        Utf16WriteUtf8(Sink, Version.Wine);
    }
}
