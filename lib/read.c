/* SPDX-License-Identifier: MIT */
#include "read.h"

/* The driver ends a cancelled READ at once; this is for a system that does not let it. */
#define CANCEL_WAIT_MS 10000u

typedef BOOL(WINAPI *CANCEL_IO_EX)(HANDLE, LPOVERLAPPED);

DWORD
ReadInit(READ *Read)
{
    *Read = (READ){.Event = CreateEventW(NULL, TRUE, FALSE, NULL)};
    return Read->Event != NULL ? ERROR_SUCCESS : GetLastError();
}

void
ReadDestroy(READ *Read)
{
    if (Read->Buffer != NULL)
        VirtualFree(Read->Buffer, 0, MEM_RELEASE);
    if (Read->Event != NULL)
        CloseHandle(Read->Event);
    *Read = (READ){0};
}

DWORD
ReadSetBuffer(READ *Read, uint32_t Bytes)
{
    uint8_t *Buffer = VirtualAlloc(NULL, Bytes, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    if (Buffer == NULL)
        return GetLastError();
    if (Read->Buffer != NULL)
        VirtualFree(Read->Buffer, 0, MEM_RELEASE);
    Read->Buffer = Buffer;
    Read->BufferBytes = Bytes;
    return ERROR_SUCCESS;
}

DWORD
ReadIssue(READ *Read, HANDLE Device, uint32_t Flags)
{
    Read->Request = (PRCM_READ){.Size = sizeof(Read->Request), .Flags = Flags};
    Read->Overlapped = (OVERLAPPED){.hEvent = Read->Event};
    Read->Thread = GetCurrentThreadId();
    if (!DeviceIoControl(Device, PRCM_IOCTL_READ, &Read->Request, sizeof(Read->Request), Read->Buffer,
                         Read->BufferBytes, NULL, &Read->Overlapped))
    {
        DWORD Error = GetLastError();
        if (Error != ERROR_IO_PENDING && Error != ERROR_MORE_DATA)
            return Error;
    }
    Read->InFlight = true;
    return ERROR_SUCCESS;
}

/* Complete, but without a status: Windows never leaves a READ so. Wine 8.0 does when it completes while the thread
 * that issued it ends: the thread would have written the status, Wine cancels the READ for it, and if it is
 * gone before the answer comes, Wine sets the event all the same. A READ that had a batch by then took it along, and
 * the next batch, which does not follow on, says so. */
DWORD
ReadFinish(READ *Read, HANDLE Device, DWORD *Returned)
{
    Read->InFlight = false;
    if (GetOverlappedResult(Device, &Read->Overlapped, Returned, FALSE))
        return ERROR_SUCCESS;
    DWORD Error = GetLastError();
    return Error != ERROR_IO_INCOMPLETE ? Error : ERROR_OPERATION_ABORTED;
}

static void
DeviceClose(HANDLE *Device)
{
    CloseHandle(*Device);
    *Device = NULL;
}

/* Windows Vista and later can cancel what another thread has issued. Before, only the thread itself could, or
 * closing the handle, for which the driver ends the READ. */
bool
ReadCancel(READ *Read, HANDLE *Device)
{
    if (!Read->InFlight)
        return true;
    FARPROC Found = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "CancelIoEx");
    CANCEL_IO_EX CancelEx = (CANCEL_IO_EX)(void (*)(void))Found;
    if (CancelEx != NULL)
        CancelEx(*Device, &Read->Overlapped);
    else if (Read->Thread == GetCurrentThreadId())
        CancelIo(*Device);
    else
        DeviceClose(Device);
    Read->InFlight = WaitForSingleObject(Read->Event, CANCEL_WAIT_MS) != WAIT_OBJECT_0;
    return !Read->InFlight;
}
