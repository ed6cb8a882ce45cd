/* SPDX-License-Identifier: MIT
 *
 * The one READ of a session:
 *
 *     idle -> in flight      ReadIssue
 *     in flight -> idle      ReadFinish, once Event is set; ReadCancel
 *
 * While it is in flight, buffer and Overlapped belong to the kernel: nothing frees or reuses them before
 * Event is set.
 */
#ifndef READ_H
#define READ_H

#include <stdbool.h>
#include <windows.h>

#include "prcm.h"

typedef struct READ
{
    HANDLE Event; /* set when a READ in flight is complete */
    OVERLAPPED Overlapped;
    PRCM_READ Request;
    DWORD Thread; /* that issued it */
    bool InFlight;
    uint8_t *Buffer;
    uint32_t BufferBytes;
} READ;

/* These return a Win32 error. */
DWORD ReadInit(READ *Read);

/* Frees everything. The READ must be idle. */
void ReadDestroy(READ *Read);

/* Makes the buffer, or makes it larger. Its contents are lost. The READ must be idle. */
DWORD ReadSetBuffer(READ *Read, uint32_t Bytes);

/* The READ must be idle. With success it is in flight, and may be complete already. Flags: PRCM_READ_XXX. */
DWORD ReadIssue(READ *Read, HANDLE Device, uint32_t Flags);

/* Event is set. How the READ ended, and how many bytes are in the buffer; ERROR_MORE_DATA has some too.
 * ERROR_OPERATION_ABORTED: it was cancelled, or nothing says how it ended. */
DWORD ReadFinish(READ *Read, HANDLE Device, DWORD *Returned);

/* Ends a READ in flight, if there is one. Where it can only be ended by closing the handle, *Device is closed
 * and set to NULL. False: it has not ended, and nothing of it may be freed. */
bool ReadCancel(READ *Read, HANDLE *Device);

#endif
