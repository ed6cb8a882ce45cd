/* SPDX-License-Identifier: MIT */
#include "service.h"

#include "result.h"
#include "service_state.h"
#include "upgrade.h"

/* The service manager has no way to be waited on for a driver. */
#define POLL_MS       50u
#define START_WAIT_MS 30000u

/* How long a service manager may take to clear away the driver's last run. Wine 8.0 hands the driver meanwhile to a process
 * that is about to end: it says so by an internal error, or not at all. */
#define START_AGAIN_MS 5000u
#define SETTLE_MS      500u

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

static HANDLE
DeviceHandle(DWORD Access)
{
    return CreateFileW(PRCM_WIN32_NAME, Access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                       SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
}

/* Asked for its counters too: Wine 8.0 hands out a handle though the driver has refused the open. */
static SERVICE_OPENED
TryToOpen(void)
{
    PRCM_QUERY Query = {0};
    DWORD Returned;
    HANDLE Device = DeviceHandle(GENERIC_READ);
    if (Device == INVALID_HANDLE_VALUE)
        return ServiceOpenedFrom(GetLastError());
    DWORD Error = DeviceIoControl(Device, PRCM_IOCTL_QUERY, NULL, 0, &Query, sizeof(Query), &Returned, NULL)
                      ? ERROR_SUCCESS
                      : GetLastError();
    CloseHandle(Device);
    return (Query.Flags & PRCM_QUERY_STOPPING) != 0 ? SERVICE_OPENED_REMOVED : ServiceOpenedFrom(Error);
}

/* The service manager's word, PRCM_SERVICE_XXX. */
static uint32_t
ManagerState(DWORD State)
{
    switch (State)
    {
    case SERVICE_STOPPED:
        return PRCM_SERVICE_STOPPED;
    case SERVICE_START_PENDING:
        return PRCM_SERVICE_STARTING;
    case SERVICE_STOP_PENDING:
        return PRCM_SERVICE_STOPPING;
    default:
        return PRCM_SERVICE_RUNNING;
    }
}

PRCM_RESULT
ServiceTrueState(SC_HANDLE Service, uint32_t *State)
{
    SERVICE_STATUS Status;
    *State = 0;
    if (!QueryServiceStatus(Service, &Status))
        return ServiceResult(GetLastError());
    SERVICE_SIGNS Signs = {.Manager = ManagerState(Status.dwCurrentState), .Linked = DriverIsLoaded()};
    if (Signs.Manager == PRCM_SERVICE_RUNNING)
        Signs.Opened = TryToOpen();
    *State = ServiceStateFrom(&Signs);
    return PRCM_OK;
}

static bool
IsIn(SC_HANDLE Service, uint32_t Wanted)
{
    uint32_t State;
    return ServiceTrueState(Service, &State) == PRCM_OK && State == Wanted;
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
    HANDLE Device = DeviceHandle(GENERIC_READ | GENERIC_WRITE);
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
        if (IsIn(Service, PRCM_SERVICE_RUNNING))
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

/* Whether the service's path is on a drive, and there is no such file. Asked as not every system says so:
 * some have one error for all that can't be loaded. */
static bool
FileIsMissing(SC_HANDLE Service)
{
    WCHAR Path[MAX_PATH];
    if (!UpgradeCurrentPath(Service, Path) || GetFileAttributesW(Path) != INVALID_FILE_ATTRIBUTES)
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
    if (IsIn(Service, PRCM_SERVICE_STOPPING))
        return ResultNote(PRCM_ERROR_BUSY, Error);
    if (Error == ERROR_SERVICE_ALREADY_RUNNING && IsIn(Service, PRCM_SERVICE_RUNNING))
        return PRCM_OK;
    if (FileIsMissing(Service))
        return ResultNote(PRCM_ERROR_NO_FILE, Error);
    return LoadResult(Error);
}

static DWORD
StartNow(SC_HANDLE Service)
{
    DWORD Began = GetTickCount();
    while (!StartServiceW(Service, 0, NULL))
    {
        DWORD Error = GetLastError();
        if (Error != ERROR_INTERNAL_ERROR || GetTickCount() - Began >= START_AGAIN_MS)
            return Error;
        Sleep(POLL_MS);
    }
    return ERROR_SUCCESS;
}

static PRCM_RESULT
Start(SC_HANDLE Service)
{
    DWORD Error = StartNow(Service);
    if (Error != ERROR_SUCCESS)
        return StartRefused(Service, Error);
    if (ServiceWait(Service, SERVICE_START_PENDING, GetTickCount(), START_WAIT_MS) != SERVICE_RUNNING)
        return ResultNote(PRCM_ERROR_SYSTEM, ERROR_SERVICE_NOT_ACTIVE);
    return PRCM_OK;
}

/* Whether another file might start where this one does not. */
static bool
IsOfFile(PRCM_RESULT Result)
{
    DWORD Error = PrcmLastSystemError();
    return Result == PRCM_ERROR_SIGNATURE || Result == PRCM_ERROR_NO_FILE ||
           Result == PRCM_ERROR_REGISTRATION ||
           (Result == PRCM_ERROR_SYSTEM && Error != ERROR_SERVICE_DISABLED &&
            Error != ERROR_SERVICE_DATABASE_LOCKED);
}

/* To the version before, where an upgrade has kept one, and starts that. */
static PRCM_RESULT
GoBack(PRCM_RESULT Result)
{
    SC_HANDLE Service;
    DWORD Error = PrcmLastSystemError();
    if (ServiceOpen(SERVICE_START | SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG | SERVICE_CHANGE_CONFIG,
                    &Service) != PRCM_OK)
        return ResultNote(Result, Error);
    if (UpgradeUndo(Service) == ERROR_SUCCESS)
    {
        Result = PRCM_ERROR_WENT_BACK;
        Sleep(SETTLE_MS);
        Start(Service);
    }
    CloseServiceHandle(Service);
    return ResultNote(Result, Error);
}

PRCM_RESULT
ServiceStart(SC_HANDLE Service)
{
    PRCM_RESULT Result = Start(Service);
    if (Result != PRCM_OK)
        return IsOfFile(Result) ? GoBack(Result) : Result;
    /* What was kept in vain is kept on where it cannot be removed; the driver runs. */
    UpgradeCommit(Service);
    return PRCM_OK;
}

PRCM_RESULT
ServiceStartAgain(SC_HANDLE Service)
{
    Sleep(SETTLE_MS);
    return ServiceStart(Service);
}

PRCM_RESULT
PrcmStart(void)
{
    SC_HANDLE Service;
    PRCM_RESULT Result = ServiceOpen(SERVICE_START | SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG, &Service);
    if (Result != PRCM_OK)
        return Result;
    Result = ServiceStart(Service);
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
    Result = ServiceTrueState(Service, State);
    CloseServiceHandle(Service);
    return Result;
}
