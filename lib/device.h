/* SPDX-License-Identifier: MIT */
#ifndef DEVICE_H
#define DEVICE_H

#include <windows.h>

#include "prcm.h"

/* Opens the driver for reading, overlapped. Result as PrcmOpen's. */
PRCM_RESULT DeviceOpen(HANDLE *Device);

/* What it means that an open was refused, or the first request after it: Wine 8.0 hands out a handle though the
 * driver has refused the open, and no request by that handle succeeds. Noted as the last result. */
PRCM_RESULT DeviceOpenResult(DWORD Error);

/* Sends a request that the driver never keeps pended, and waits for its end. Event is free for the call.
 * Returns a Win32 error; Returned receives how many bytes were written to Output. */
DWORD DeviceControl(HANDLE Device, HANDLE Event, DWORD Code, void *Input, DWORD InputBytes, void *Output,
                    DWORD OutputBytes, DWORD *Returned);

/* QUERY. ERROR_BAD_LENGTH: the answer is not a PRCM_QUERY. */
DWORD DeviceQuery(HANDLE Device, HANDLE Event, PRCM_QUERY *Query);

/* What a later request's failure means, noted as the last result. PRCM_ERROR_STOPPED: the driver is stopping, or
 * has gone from under the handle. */
PRCM_RESULT DeviceResult(DWORD Error);

#endif
