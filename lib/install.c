/* SPDX-License-Identifier: MIT */
#include "result.h"
#include "service.h"

#define DISPLAY_NAME   L"prcm: process and image events"
#define PARAMETERS_KEY L"SYSTEM\\CurrentControlSet\\Services\\" PRCM_SERVICE_NAME L"\\Parameters"

/* Generic drivers start with this group; all of them come before the first user-mode process. */
#define LOAD_ORDER_GROUP L"Base"

#define UNINSTALL_STOP_MS 15000u

/* A letter of the network's is there for the user who mapped it, and a driver is loaded for none. */
static bool
IsOfNetwork(const WCHAR *Path)
{
    const WCHAR Root[] = {Path[0], L':', L'\\', 0};
    return GetDriveTypeW(Root) == DRIVE_REMOTE;
}

/* The service manager takes a driver's path as it is: absolute, not quoted, with backslashes.
 * PRCM_ERROR_PARAMETER: not the path of a file on a drive of this machine. */
static PRCM_RESULT
PathFromUtf8(const char *Utf8, WCHAR Path[MAX_PATH])
{
    WCHAR Given[MAX_PATH];
    if (Utf8 == NULL || !MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, Utf8, -1, Given, MAX_PATH))
        return ResultNote(PRCM_ERROR_PARAMETER, Utf8 == NULL ? 0 : GetLastError());
    bool HasDrive = (Given[0] >= L'A' && Given[0] <= L'Z') || (Given[0] >= L'a' && Given[0] <= L'z');
    if (!HasDrive || Given[1] != L':' || (Given[2] != L'\\' && Given[2] != L'/'))
        return ResultNote(PRCM_ERROR_PARAMETER, ERROR_BAD_PATHNAME);
    DWORD Length = GetFullPathNameW(Given, MAX_PATH, Path, NULL);
    if (Length == 0 || Length >= MAX_PATH || IsOfNetwork(Path))
        return ResultNote(PRCM_ERROR_PARAMETER, ERROR_BAD_PATHNAME);
    return PRCM_OK;
}

static PRCM_RESULT
FileCheck(const WCHAR *Path)
{
    DWORD Attributes = GetFileAttributesW(Path);
    if (Attributes == INVALID_FILE_ATTRIBUTES)
        return ResultNote(PRCM_ERROR_NO_FILE, GetLastError());
    if (Attributes & FILE_ATTRIBUTE_DIRECTORY)
        return ResultNote(PRCM_ERROR_NO_FILE, ERROR_FILE_NOT_FOUND);
    return PRCM_OK;
}

static DWORD
ParameterWrite(HKEY Key, const WCHAR *Name, uint32_t Value)
{
    DWORD Data = Value;
    if (Value == 0)
        return ERROR_SUCCESS;
    return (DWORD)RegSetValueExW(Key, Name, 0, REG_DWORD, (const BYTE *)&Data, sizeof(Data));
}

/* Values are written as they are: the driver clamps them, and says so when queried. */
static DWORD
ParametersWrite(const PRCM_SERVICE_OPTIONS *Options)
{
    HKEY Key;
    DWORD Error = (DWORD)RegCreateKeyExW(HKEY_LOCAL_MACHINE, PARAMETERS_KEY, 0, NULL, REG_OPTION_NON_VOLATILE,
                                         KEY_SET_VALUE, NULL, &Key, NULL);
    if (Error != ERROR_SUCCESS)
        return Error;
    Error = ParameterWrite(Key, L"LifecycleLaneBytes", Options->LifecycleLaneBytes);
    if (Error == ERROR_SUCCESS)
        Error = ParameterWrite(Key, L"ImageLaneBytes", Options->ImageLaneBytes);
    if (Error == ERROR_SUCCESS)
        Error = ParameterWrite(Key, L"Kinds", Options->Kinds);
    RegCloseKey(Key);
    return Error;
}

/* A service left half made would stand in the way of the next try. */
static PRCM_RESULT
ServiceCreate(SC_HANDLE Manager, const WCHAR *Path, const PRCM_SERVICE_OPTIONS *Options)
{
    SC_HANDLE Service =
        CreateServiceW(Manager, PRCM_SERVICE_NAME, DISPLAY_NAME, DELETE, SERVICE_KERNEL_DRIVER,
                       Options->StartAtBoot ? SERVICE_SYSTEM_START : SERVICE_DEMAND_START,
                       SERVICE_ERROR_NORMAL, Path, LOAD_ORDER_GROUP, NULL, NULL, NULL, NULL);
    if (Service == NULL)
        return ServiceResult(GetLastError());
    DWORD Error = ParametersWrite(Options);
    if (Error != ERROR_SUCCESS)
        DeleteService(Service);
    CloseServiceHandle(Service);
    return ServiceResult(Error);
}

PRCM_RESULT
PrcmInstall(const char *DriverPath, const PRCM_SERVICE_OPTIONS *Options)
{
    static const PRCM_SERVICE_OPTIONS Defaults;
    WCHAR Path[MAX_PATH];
    PRCM_RESULT Result = PathFromUtf8(DriverPath, Path);
    if (Result == PRCM_OK)
        Result = FileCheck(Path);
    if (Result != PRCM_OK)
        return Result;
    SC_HANDLE Manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CREATE_SERVICE);
    if (Manager == NULL)
        return ServiceResult(GetLastError());
    Result = ServiceCreate(Manager, Path, Options != NULL ? Options : &Defaults);
    CloseServiceHandle(Manager);
    return Result;
}

PRCM_RESULT
PrcmUninstall(void)
{
    SC_HANDLE Service;
    PRCM_RESULT Result = ServiceOpen(SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE, &Service);
    if (Result != PRCM_OK)
        return Result;
    Result = ServiceStop(Service, UNINSTALL_STOP_MS);
    if (Result == PRCM_OK && !DeleteService(Service))
        Result = ServiceResult(GetLastError());
    /* Not every service manager deletes the keys below the service's. */
    if (Result == PRCM_OK)
        RegDeleteKeyW(HKEY_LOCAL_MACHINE, PARAMETERS_KEY);
    CloseServiceHandle(Service);
    return Result;
}
