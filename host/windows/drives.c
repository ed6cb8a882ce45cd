/* SPDX-License-Identifier: MIT */
#include "host/system.h"

#include <string.h>
#include <wchar.h>
#include <windows.h>

#define REFRESH_MS 5000u

static DWORD LoadedAt;

static UTF16
FromWide(const WCHAR *Text)
{
    return (UTF16){.Units = (const uint16_t *)Text, .Count = (uint32_t)wcslen(Text)};
}

/* A letter made by subst stands for a folder and is no device of its own. */
static void
AddDevice(PATHS *Paths, const WCHAR *DosName, const WCHAR *ShownAs)
{
    WCHAR Target[PATHS_MAX_PREFIX];

    if (QueryDosDeviceW(DosName, Target, PATHS_MAX_PREFIX) != 0 && wcsncmp(Target, L"\\??\\", 4) != 0)
        PathsAdd(Paths, FromWide(Target), FromWide(ShownAs));
}

static void
AddLetters(PATHS *Paths)
{
    WCHAR Drive[] = L"A:";

    for (; Drive[0] <= L'Z'; Drive[0]++)
        AddDevice(Paths, Drive, Drive);
}

/* Volume is \\?\Volume{GUID}\; its name as a device has neither the prefix nor the last backslash. A volume
 * that has a letter is in the table already. */
static void
AddVolume(PATHS *Paths, WCHAR *Volume)
{
    WCHAR Folders[PATHS_MAX_PREFIX];
    DWORD Length;

    if (!GetVolumePathNamesForVolumeNameW(Volume, Folders, PATHS_MAX_PREFIX, &Length) || Folders[0] == 0)
        return;
    size_t FolderLength = wcslen(Folders);
    size_t VolumeLength = wcslen(Volume);
    if (FolderLength == 0 || VolumeLength < 6)
        return;
    Folders[FolderLength - 1] = 0;
    Volume[VolumeLength - 1] = 0;
    AddDevice(Paths, Volume + 4, Folders);
}

static void
AddVolumes(PATHS *Paths)
{
    WCHAR Volume[MAX_PATH];
    HANDLE Search = FindFirstVolumeW(Volume, MAX_PATH);

    if (Search == INVALID_HANDLE_VALUE)
        return;
    do
        AddVolume(Paths, Volume);
    while (FindNextVolumeW(Search, Volume, MAX_PATH));
    FindVolumeClose(Search);
}

void
SystemLoadDrives(PATHS *Paths)
{
    WCHAR Windows[MAX_PATH];
    UINT Length = GetSystemWindowsDirectoryW(Windows, MAX_PATH);

    if (Length != 0 && Length < MAX_PATH)
        PathsAdd(Paths, FromWide(L"\\SystemRoot"), FromWide(Windows));
    AddLetters(Paths);
    AddVolumes(Paths);
    LoadedAt = GetTickCount();
}

void
SystemRefreshDrives(PATHS *Paths)
{
    if (!Paths->Missed || GetTickCount() - LoadedAt < REFRESH_MS)
        return;
    PathsDestroy(Paths);
    SystemLoadDrives(Paths);
}
