/* SPDX-License-Identifier: MIT */
#include "notes.h"

#include <wchar.h>

#define NOTES_KEY    NOTES_SERVICE_KEY L"\\Install"
#define NOTES_BEFORE L"Before"

static bool
ReadFlag(HKEY Key, const WCHAR *Name)
{
    DWORD Value = 0;
    DWORD Bytes = sizeof(Value);
    DWORD Type = REG_DWORD;
    return RegQueryValueExW(Key, Name, NULL, &Type, (BYTE *)&Value, &Bytes) == ERROR_SUCCESS &&
           Type == REG_DWORD && Value != 0;
}

void
NotesRead(NOTES *Notes)
{
    HKEY Key;
    DWORD Bytes = sizeof(Notes->Before) - sizeof(WCHAR);
    DWORD Type = REG_SZ;
    *Notes = (NOTES){0};
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, NOTES_KEY, 0, KEY_READ, &Key) != ERROR_SUCCESS)
        return;
    Notes->Copied = ReadFlag(Key, NOTES_COPIED);
    Notes->Restart = ReadFlag(Key, NOTES_RESTART);
    if (RegQueryValueExW(Key, NOTES_BEFORE, NULL, &Type, (BYTE *)Notes->Before, &Bytes) != ERROR_SUCCESS ||
        Type != REG_SZ)
        Notes->Before[0] = 0;
    RegCloseKey(Key);
}

/* Data NULL: the value is deleted. */
static DWORD
Write(const WCHAR *Name, DWORD Type, const void *Data, DWORD Bytes)
{
    HKEY Key;
    DWORD Error = (DWORD)RegCreateKeyExW(HKEY_LOCAL_MACHINE, NOTES_KEY, 0, NULL, REG_OPTION_NON_VOLATILE,
                                         KEY_SET_VALUE, NULL, &Key, NULL);
    if (Error != ERROR_SUCCESS)
        return Error;
    Error =
        (DWORD)(Data != NULL ? RegSetValueExW(Key, Name, 0, Type, Data, Bytes) : RegDeleteValueW(Key, Name));
    RegCloseKey(Key);
    return Data == NULL && Error == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : Error;
}

DWORD
NotesSet(const WCHAR *Flag, bool Holds)
{
    const DWORD Value = 1;
    return Write(Flag, REG_DWORD, Holds ? &Value : NULL, sizeof(Value));
}

DWORD
NotesSetBefore(const WCHAR *Before)
{
    DWORD Bytes = Before != NULL ? (DWORD)((wcslen(Before) + 1) * sizeof(WCHAR)) : 0;
    return Write(NOTES_BEFORE, REG_SZ, Before, Bytes);
}

static DWORD
DeleteKey(const WCHAR *Path)
{
    DWORD Error = (DWORD)RegDeleteKeyW(HKEY_LOCAL_MACHINE, Path);
    return Error == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : Error;
}

DWORD
NotesDeleteKeys(void)
{
    DWORD Error = DeleteKey(NOTES_PARAMETERS_KEY);
    return Error == ERROR_SUCCESS ? DeleteKey(NOTES_KEY) : Error;
}
