/* SPDX-License-Identifier: MIT */
#include "service.h"

#include <wchar.h>

#include "result.h"

/* The service manager has no way to be waited on for a driver. */
#define POLL_MS       50u
#define START_WAIT_MS 30000u

/* Of PRCM_WIN32_NAME, before the name of the link. */
#define PREFIX_CHARACTERS 4

/* Code integrity's refusals, which the headers of Server 2003 lack: ERROR_INVALID_IMAGE_HASH and
 * ERROR_SYSTEM_INTEGRITY_XXX. */
#define INTEGRITY_IMAGE_HASH       577
#define INTEGRITY_ROLLBACK         4550
#define INTEGRITY_POLICY_VIOLATION 4551

PRCM_RESULT
ServiceResult(DWORD Error)
{
    switch (Error)
    {
    case ERROR_SUCCESS:
        return PRCM_OK;
    case ERROR_ACCESS_DENIED:
        return ResultNote(PRCM_ERROR_ACCESS_DENIED, Error);
    case ERROR_SERVICE_DOES_NOT_EXIST:
        return ResultNote(PRCM_ERROR_NOT_INSTALLED, Error);
    case ERROR_SERVICE_EXISTS:
    case ERROR_DUPLICATE_SERVICE_NAME:
        return ResultNote(PRCM_ERROR_ALREADY_INSTALLED, Error);
    case ERROR_SERVICE_MARKED_FOR_DELETE:
        return ResultNote(PRCM_ERROR_BUSY, Error);
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
        return ResultNote(PRCM_ERROR_MEMORY, Error);
    default:
        return ResultNote(PRCM_ERROR_SYSTEM, Error);
    }
}

PRCM_RESULT
ServiceOpen(DWORD Access, SC_HANDLE *Service)
{
    *Service = NULL;
    SC_HANDLE Manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    if (Manager == NULL)
        return ServiceResult(GetLastError());
    *Service = OpenServiceW(Manager, PRCM_SERVICE_NAME, Access);
    DWORD Error = *Service != NULL ? ERROR_SUCCESS : GetLastError();
    CloseServiceHandle(Manager);
    return ServiceResult(Error);
}

/* The driver's link is there from when it is loaded until it is unloaded. */
static bool
DriverIsLoaded(void)
{
    WCHAR Target[MAX_PATH];
    return QueryDosDeviceW(&PRCM_WIN32_NAME[PREFIX_CHARACTERS], Target, MAX_PATH) != 0;
}

bool
ServiceWasStarted(SC_HANDLE Service)
{
    SERVICE_STATUS Status;
    return QueryServiceStatus(Service, &Status) && Status.dwCurrentState != SERVICE_STOPPED;
}

DWORD
ServiceState(SC_HANDLE Service)
{
    SERVICE_STATUS Status;
    if (!QueryServiceStatus(Service, &Status))
        return 0;
    if (Status.dwCurrentState == SERVICE_STOPPED && DriverIsLoaded())
        return SERVICE_STOP_PENDING;
    return Status.dwCurrentState;
}

/* Waits while the service is in state Passing, at most until TimeoutMs after Began; the state it then has. */
static DWORD
ServiceWait(SC_HANDLE Service, DWORD Passing, DWORD Began, DWORD TimeoutMs)
{
    DWORD State;
    while ((State = ServiceState(Service)) == Passing && GetTickCount() - Began < TimeoutMs)
        Sleep(POLL_MS);
    return State;
}

/* Tells the driver to end its readers. Where that fails (it is stopping already, or full), readers still
 * notice from the service manager that their driver is to go. */
static void
ReadersStop(void)
{
    HANDLE Device =
        CreateFileW(PRCM_WIN32_NAME, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                    OPEN_EXISTING, SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
    if (Device == INVALID_HANDLE_VALUE)
        return;
    DWORD Returned;
    DeviceIoControl(Device, PRCM_IOCTL_STOP, NULL, 0, NULL, 0, &Returned, NULL);
    CloseHandle(Device);
}

PRCM_RESULT
ServiceStop(SC_HANDLE Service, DWORD TimeoutMs)
{
    DWORD Began = GetTickCount();
    DWORD State = ServiceWait(Service, SERVICE_START_PENDING, Began, TimeoutMs);
    if (State == SERVICE_STOPPED)
        return PRCM_OK;
    ReadersStop();
    SERVICE_STATUS Status;
    if (State == SERVICE_RUNNING && !ControlService(Service, SERVICE_CONTROL_STOP, &Status))
    {
        DWORD Error = GetLastError();
        if (ServiceState(Service) == SERVICE_RUNNING)
            return ServiceResult(Error);
    }
    while ((State = ServiceState(Service)) != SERVICE_STOPPED && GetTickCount() - Began < TimeoutMs)
        Sleep(POLL_MS);
    return State == SERVICE_STOPPED ? PRCM_OK : ResultNote(PRCM_ERROR_BUSY, ERROR_TIMEOUT);
}

PRCM_RESULT
PrcmStop(uint32_t TimeoutMs)
{
    SC_HANDLE Service;
    PRCM_RESULT Result = ServiceOpen(SERVICE_STOP | SERVICE_QUERY_STATUS, &Service);
    if (Result != PRCM_OK)
        return Result;
    Result = ServiceStop(Service, TimeoutMs);
    CloseServiceHandle(Service);
    return Result;
}

/* What the service manager lets a service's configuration be as long as. */
#define MAX_CONFIG_BYTES 8192u

/* Whether the service's path is on a drive, and there is no such file. Asked as not every system says so:
 * some have one error for all that can't be loaded. */
static bool
FileIsMissing(SC_HANDLE Service)
{
    union
    {
        QUERY_SERVICE_CONFIGW Config;
        BYTE Bytes[MAX_CONFIG_BYTES];
    } Answer;
    DWORD Needed;
    if (!QueryServiceConfigW(Service, &Answer.Config, sizeof(Answer), &Needed))
        return false;
    const WCHAR *Path = Answer.Config.lpBinaryPathName;
    if (wcsncmp(Path, L"\\??\\", 4) == 0)
        Path += 4;
    if (Path[0] == 0 || Path[1] != L':' || GetFileAttributesW(Path) != INVALID_FILE_ATTRIBUTES)
        return false;
    DWORD Error = GetLastError();
    return Error == ERROR_FILE_NOT_FOUND || Error == ERROR_PATH_NOT_FOUND;
}

/* What the status means that loading the driver ended with. */
static PRCM_RESULT
LoadResult(DWORD Error)
{
    /* Such as CERT_E_UNTRUSTEDROOT, which is no Win32 error. */
    if (HRESULT_FACILITY(Error) == FACILITY_CERT)
        return ResultNote(PRCM_ERROR_SIGNATURE, Error);
    switch (Error)
    {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        return ResultNote(PRCM_ERROR_NO_FILE, Error);
    case INTEGRITY_IMAGE_HASH:
    case INTEGRITY_POLICY_VIOLATION:
    case INTEGRITY_ROLLBACK:
    case ERROR_BAD_EXE_FORMAT:
    case ERROR_DRIVER_BLOCKED:
        return ResultNote(PRCM_ERROR_SIGNATURE, Error);
    case ERROR_ACCESS_DENIED:
    case ERROR_INVALID_PARAMETER:
    case ERROR_NO_SYSTEM_RESOURCES:
        /* Whether the caller may start it was settled when the service was opened: this is DriverEntry's. */
        return ResultNote(PRCM_ERROR_REGISTRATION, Error);
    default:
        return ServiceResult(Error);
    }
}

static PRCM_RESULT
StartRefused(SC_HANDLE Service, DWORD Error)
{
    /* A driver whose last run has not ended, because a reader holds it, is refused in several ways, "already
     * running" among them. */
    DWORD State = ServiceState(Service);
    if (State == SERVICE_STOP_PENDING)
        return ResultNote(PRCM_ERROR_BUSY, Error);
    if (Error == ERROR_SERVICE_ALREADY_RUNNING && State == SERVICE_RUNNING)
        return PRCM_OK;
    if (FileIsMissing(Service))
        return ResultNote(PRCM_ERROR_NO_FILE, Error);
    return LoadResult(Error);
}

PRCM_RESULT
PrcmStart(void)
{
    SC_HANDLE Service;
    PRCM_RESULT Result = ServiceOpen(SERVICE_START | SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG, &Service);
    if (Result != PRCM_OK)
        return Result;
    if (!StartServiceW(Service, 0, NULL))
        Result = StartRefused(Service, GetLastError());
    else if (ServiceWait(Service, SERVICE_START_PENDING, GetTickCount(), START_WAIT_MS) != SERVICE_RUNNING)
        Result = ResultNote(PRCM_ERROR_SYSTEM, ERROR_SERVICE_NOT_ACTIVE);
    CloseServiceHandle(Service);
    return Result;
}

PRCM_RESULT
PrcmServiceState(uint32_t *State)
{
    if (State == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    SC_HANDLE Service;
    PRCM_RESULT Result = ServiceOpen(SERVICE_QUERY_STATUS, &Service);
    if (Result != PRCM_OK)
        return Result;
    DWORD Current = ServiceState(Service);
    DWORD Error = Current != 0 ? ERROR_SUCCESS : GetLastError();
    CloseServiceHandle(Service);
    if (Error != ERROR_SUCCESS)
        return ServiceResult(Error);
    switch (Current)
    {
    case SERVICE_STOPPED:
        *State = PRCM_SERVICE_STOPPED;
        break;
    case SERVICE_START_PENDING:
        *State = PRCM_SERVICE_STARTING;
        break;
    case SERVICE_STOP_PENDING:
        *State = PRCM_SERVICE_STOPPING;
        break;
    default:
        *State = PRCM_SERVICE_RUNNING;
        break;
    }
    return PRCM_OK;
}
