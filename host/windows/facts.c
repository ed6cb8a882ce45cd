/* SPDX-License-Identifier: MIT */
#include "host/facts.h"

#include <wchar.h>
#include <windows.h>

#include "host/system.h"
#include "host/zone.h"

#define TEXT_UNITS 1024u

/* Of a 64-bit Windows, whatever this program is. */
#define READ_KEY (KEY_QUERY_VALUE | KEY_WOW64_64KEY)

#define DAY ((int64_t)864000000000)

static void
SetText(PRCM_FACT *Fact, PRCM_BYTES *Field, const WCHAR *Text, size_t Count)
{
    PrcmFactSetBytes(Fact, PRCM_MAX_FACT_BYTES, Field, Text, (uint32_t)(Count * sizeof(WCHAR)));
}

static PRCM_VALUE
Value(uint64_t Number)
{
    return (PRCM_VALUE){.Value = Number, .Status = PRCM_PRESENT};
}

static uint32_t
StatusOf(LONG Error)
{
    return Error == ERROR_FILE_NOT_FOUND ? PRCM_ABSENT : (uint32_t)HRESULT_FROM_WIN32(Error);
}

/* A value of a key of the local machine. */
static LONG
ReadValue(const WCHAR *Path, const WCHAR *Name, DWORD Type, void *Bytes, DWORD *Length)
{
    DWORD FoundType;
    HKEY Key;
    LONG Error = RegOpenKeyExW(HKEY_LOCAL_MACHINE, Path, 0, READ_KEY, &Key);

    if (Error != ERROR_SUCCESS)
        return Error;
    Error = RegQueryValueExW(Key, Name, NULL, &FoundType, Bytes, Length);
    RegCloseKey(Key);
    return Error == ERROR_SUCCESS && FoundType != Type ? ERROR_INVALID_DATA : Error;
}

static void
SetRegistryText(PRCM_FACT *Fact, PRCM_BYTES *Field, const WCHAR *Path, const WCHAR *Name)
{
    WCHAR Text[TEXT_UNITS];
    DWORD Length = sizeof(Text);
    LONG Error = ReadValue(Path, Name, REG_SZ, Text, &Length);

    Field->Status = StatusOf(Error);
    if (Error == ERROR_SUCCESS)
        SetText(Fact, Field, Text, wcsnlen(Text, Length / sizeof(WCHAR)));
}

static void
SetRegistryNumber(PRCM_VALUE *Field, const WCHAR *Path, const WCHAR *Name)
{
    DWORD Number;
    DWORD Length = sizeof(Number);
    LONG Error = ReadValue(Path, Name, REG_DWORD, &Number, &Length);

    *Field = Error == ERROR_SUCCESS ? Value(Number) : (PRCM_VALUE){.Status = StatusOf(Error)};
}

const PRCM_FACT *
HostFactHost(void *Room)
{
    PRCM_FACT_HOST_INFO *Host =
        (PRCM_FACT_HOST_INFO *)PrcmFactBegin(Room, PRCM_MAX_FACT_BYTES, PRCM_FACT_HOST);
    WCHAR Domain[TEXT_UNITS];
    DWORD DomainCount = TEXT_UNITS;
    UTF16 Name;

    Host->BootTime = SystemBootTime();
    Host->Name.Status = SystemHostName(&Name);
    if (Host->Name.Status == PRCM_PRESENT)
        SetText(&Host->Header, &Host->Name, (const WCHAR *)Name.Units, Name.Count);
    if (GetComputerNameExW(ComputerNamePhysicalDnsDomain, Domain, &DomainCount) && DomainCount != 0)
        SetText(&Host->Header, &Host->Domain, Domain, DomainCount);
    SetRegistryText(&Host->Header, &Host->MachineId, L"SOFTWARE\\Microsoft\\Cryptography", L"MachineGuid");
    return &Host->Header;
}

const PRCM_FACT *
HostFactSystem(void *Room)
{
    static const WCHAR Version[] = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
    PRCM_FACT_SYSTEM_INFO *System =
        (PRCM_FACT_SYSTEM_INFO *)PrcmFactBegin(Room, PRCM_MAX_FACT_BYTES, PRCM_FACT_SYSTEM);
    SYSTEM_INFO Info;
    SYSTEM_VERSION Os = SystemVersion();

    GetNativeSystemInfo(&Info);
    System->Major = Value(Os.Major);
    System->Minor = Value(Os.Minor);
    System->Build = Value(Os.Build);
    System->ServicePack = Value((uint64_t)Os.ServicePackMajor << 16 | Os.ServicePackMinor);
    System->ProductType = Value(Os.ProductType);
    System->Architecture = Value(Info.wProcessorArchitecture);
    System->Processors = Value(Info.dwNumberOfProcessors);
    SetRegistryNumber(&System->Revision, Version, L"UBR");
    SetRegistryText(&System->Header, &System->Product, Version, L"ProductName");
    if (Os.Wine != NULL)
    {
        WCHAR Wine[TEXT_UNITS];
        int Count = MultiByteToWideChar(CP_UTF8, 0, Os.Wine, -1, Wine, TEXT_UNITS);
        SetText(&System->Header, &System->Wine, Wine, Count > 0 ? (size_t)Count - 1 : 0);
    }
    return &System->Header;
}

const PRCM_FACT *
HostFactZone(void *Room, int64_t Now)
{
    PRCM_FACT_ZONE_INFO *Zone =
        (PRCM_FACT_ZONE_INFO *)PrcmFactBegin(Room, PRCM_MAX_FACT_BYTES, PRCM_FACT_ZONE);
    PRCM_ZONE_CHANGE Changes[ZONE_MAX_CHANGES];
    TIME_ZONE_INFORMATION Names;
    uint32_t Count = ZoneFind(SystemLocalTime, Now - 2 * 366 * DAY, Now + 3 * 366 * DAY, Changes);

    PrcmFactSetBytes(&Zone->Header, PRCM_MAX_FACT_BYTES, &Zone->Changes, Changes,
                     Count * (uint32_t)sizeof(Changes[0]));
    if (GetTimeZoneInformation(&Names) == TIME_ZONE_ID_INVALID)
        return &Zone->Header;
    SetText(&Zone->Header, &Zone->Standard, Names.StandardName, wcsnlen(Names.StandardName, 32));
    SetText(&Zone->Header, &Zone->Daylight, Names.DaylightName, wcsnlen(Names.DaylightName, 32));
    return &Zone->Header;
}
