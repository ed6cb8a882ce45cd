/* SPDX-License-Identifier: MIT */
#include "device.h"

#include <string.h>

#include "result.h"
#include "service.h"

/* ERROR_NO_SUCH_DEVICE, which the headers of Server 2003 lack. */
#define NO_SUCH_DEVICE 433

/* There is no device by that name: whether there is a service says why. */
static PRCM_RESULT
NoDevice(DWORD Error)
{
    uint32_t State;
    PRCM_RESULT Result = PrcmServiceState(&State);
    if (Result == PRCM_ERROR_NOT_INSTALLED)
        return Result;
    if (Result == PRCM_OK && State == PRCM_SERVICE_STOPPING)
        return ResultNote(PRCM_ERROR_STOPPED, Error);
    return ResultNote(PRCM_ERROR_NOT_STARTED, Error);
}

/* Besides its plain meaning, what a device that waits for its last handle answers. */
static PRCM_RESULT
NoAccess(DWORD Error)
{
    uint32_t State;
    if (PrcmServiceState(&State) == PRCM_OK && State == PRCM_SERVICE_STOPPING)
        return ResultNote(PRCM_ERROR_STOPPED, Error);
    return ResultNote(PRCM_ERROR_ACCESS_DENIED, Error);
}

PRCM_RESULT
DeviceOpenResult(DWORD Error)
{
    switch (Error)
    {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case NO_SUCH_DEVICE:
        return NoDevice(Error);
    case ERROR_ACCESS_DENIED:
        return NoAccess(Error);
    default:
        return DeviceResult(Error);
    }
}

PRCM_RESULT
DeviceOpen(HANDLE *Device)
{
    /* Whoever else might answer to the name learns nothing about the caller, and cannot act in its name. */
    *Device =
        CreateFileW(PRCM_WIN32_NAME, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                    FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
    return *Device != INVALID_HANDLE_VALUE ? PRCM_OK : DeviceOpenResult(GetLastError());
}

DWORD
DeviceControl(HANDLE Device, HANDLE Event, DWORD Code, void *Input, DWORD InputBytes, void *Output,
              DWORD OutputBytes, DWORD *Returned)
{
    OVERLAPPED Overlapped = {.hEvent = Event};
    *Returned = 0;
    if (!DeviceIoControl(Device, Code, Input, InputBytes, Output, OutputBytes, NULL, &Overlapped) &&
        GetLastError() != ERROR_IO_PENDING)
        return GetLastError();
    return GetOverlappedResult(Device, &Overlapped, Returned, TRUE) ? ERROR_SUCCESS : GetLastError();
}

DWORD
DeviceQuery(HANDLE Device, HANDLE Event, PRCM_QUERY *Query)
{
    DWORD Returned;
    memset(Query, 0, sizeof(*Query));
    DWORD Error = DeviceControl(Device, Event, PRCM_IOCTL_QUERY, NULL, 0, Query, sizeof(*Query), &Returned);
    if (Error == ERROR_SUCCESS && (Returned < PRCM_QUERY_MIN_BYTES || Query->Size < PRCM_QUERY_MIN_BYTES))
        return ERROR_BAD_LENGTH;
    return Error;
}

PRCM_RESULT
DeviceResult(DWORD Error)
{
    switch (Error)
    {
    case ERROR_SUCCESS:
        return PRCM_OK;
    case ERROR_DEVICE_REMOVED: /* STATUS_DEVICE_REMOVED: prcm's own word for stopping */
    case ERROR_ACCESS_DENIED:  /* STATUS_DELETE_PENDING, STATUS_FILE_DELETED */
    case ERROR_FILE_NOT_FOUND: /* STATUS_NO_SUCH_DEVICE */
    case NO_SUCH_DEVICE:       /* the same, since Windows 10 */
    case ERROR_DEV_NOT_EXIST:  /* STATUS_DEVICE_DOES_NOT_EXIST */
    case ERROR_INVALID_HANDLE:
        return ResultNote(PRCM_ERROR_STOPPED, Error);
    case ERROR_TOO_MANY_SESS:
        return ResultNote(PRCM_ERROR_TOO_MANY_SESSIONS, Error);
    case ERROR_NO_SYSTEM_RESOURCES:
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_WORKING_SET_QUOTA:
        return ResultNote(PRCM_ERROR_MEMORY, Error);
    case ERROR_REVISION_MISMATCH:
        return ResultNote(PRCM_ERROR_VERSION, Error);
    default:
        return ResultNote(PRCM_ERROR_SYSTEM, Error);
    }
}
