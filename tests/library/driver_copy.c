/* SPDX-License-Identifier: MIT */
#include "driver_copy.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

typedef struct BYTES
{
    BYTE *At;
    DWORD Length;
} BYTES;

/* There is no test without the bytes: ends the program when the file cannot be read. */
static BYTES
ReadAll(const WCHAR *Path)
{
    BYTES Bytes = {0};
    HANDLE File = CreateFileW(Path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    DWORD Length = GetFileSize(File, NULL);
    if (Length != INVALID_FILE_SIZE)
        Bytes.At = malloc(Length);
    if (Bytes.At == NULL || !ReadFile(File, Bytes.At, Length, &Bytes.Length, NULL) || Bytes.Length != Length)
    {
        CHECK(!"the driver's file is read");
        exit(1);
    }
    CloseHandle(File);
    return Bytes;
}

static void
WriteAll(const WCHAR *Path, const void *Bytes, DWORD Length)
{
    DWORD Written;
    HANDLE File = CreateFileW(Path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    CHECK(File != INVALID_HANDLE_VALUE);
    CHECK(WriteFile(File, Bytes, Length, &Written, NULL) && Written == Length);
    CloseHandle(File);
}

/* Where Mark stands first; the file has it. */
static BYTE *
Find(BYTES Bytes, const void *Mark, DWORD MarkBytes)
{
    for (DWORD At = 0; At + MarkBytes <= Bytes.Length; At++)
    {
        if (memcmp(Bytes.At + At, Mark, MarkBytes) == 0)
            return Bytes.At + At;
    }
    CHECK(!"the driver's file has the mark");
    exit(1);
}

static void
SetVersion(BYTES Bytes, uint32_t Version)
{
    static const DWORD Signature = 0xFEEF04BD;
    const DWORD Numbers[] = {Version >> 24 << 16 | (Version >> 16 & 0xFF), Version << 16};
    memcpy(Find(Bytes, &Signature, sizeof(Signature)) + 8, Numbers, sizeof(Numbers));
}

void
DriverMake(const WCHAR *Path, uint32_t Version, DRIVER_FAULT Fault)
{
    BYTES Bytes = ReadAll(DRIVER_FROM);
    SetVersion(Bytes, Version);
    if (Fault == DRIVER_DOES_NOT_LOAD)
        memcpy(Find(Bytes, "ntext.sys", 9), "noext.sys", 9);
    if (Fault == DRIVER_OF_OTHER_MACHINE)
        memcpy(Find(Bytes, "PE\0\0", 4) + 4, "\x64\xAA", 2);
    if (Fault == DRIVER_WITHOUT_NAME)
        memcpy(Find(Bytes, L"OriginalFilename", 32), L"OriginalFilenam_", 32);
    WriteAll(Path, Bytes.At, Bytes.Length);
    free(Bytes.At);
}

void
NonsenseMake(const WCHAR *Path)
{
    WriteAll(Path, "nonsense", 8);
}

bool
FileExists(const WCHAR *Path)
{
    return GetFileAttributesW(Path) != INVALID_FILE_ATTRIBUTES;
}

bool
FilesAreSame(const WCHAR *One, const WCHAR *Other)
{
    BYTES First = ReadAll(One);
    BYTES Second = ReadAll(Other);
    bool Same = First.At != NULL && Second.At != NULL && First.Length == Second.Length &&
                memcmp(First.At, Second.At, First.Length) == 0;
    free(First.At);
    free(Second.At);
    return Same;
}

bool
KeyExists(const WCHAR *Path)
{
    HKEY Key;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, Path, 0, KEY_READ, &Key) != ERROR_SUCCESS)
        return false;
    RegCloseKey(Key);
    return true;
}

uint32_t
ReadDword(const WCHAR *Path, const WCHAR *Name, uint32_t Missing)
{
    HKEY Key;
    DWORD Value = Missing;
    DWORD Bytes = sizeof(Value);
    DWORD Type = REG_DWORD;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, Path, 0, KEY_READ, &Key) != ERROR_SUCCESS)
        return Missing;
    if (RegQueryValueExW(Key, Name, NULL, &Type, (BYTE *)&Value, &Bytes) != ERROR_SUCCESS ||
        Type != REG_DWORD)
        Value = Missing;
    RegCloseKey(Key);
    return Value;
}

void
ExpectImagePath(const WCHAR *Expected)
{
    HKEY Key;
    WCHAR Path[MAX_PATH] = L"";
    DWORD Bytes = sizeof(Path) - sizeof(WCHAR);
    CHECK(RegOpenKeyExW(HKEY_LOCAL_MACHINE, SERVICE_KEY, 0, KEY_READ, &Key) == ERROR_SUCCESS);
    CHECK(RegQueryValueExW(Key, L"ImagePath", NULL, NULL, (BYTE *)Path, &Bytes) == ERROR_SUCCESS);
    CHECK(lstrcmpiW(Path, Expected) == 0);
    RegCloseKey(Key);
}

void
ExpectNothingLeft(void)
{
    CHECK(!KeyExists(SERVICE_KEY));
    CHECK(!FileExists(SYSTEM_COPY));
    CHECK(!FileExists(SYSTEM_KEPT));
    CHECK(!FileExists(SYSTEM_NEW));
}
