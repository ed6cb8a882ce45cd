/* SPDX-License-Identifier: MIT
 *
 * The device: who may open it, and the four requests of prcm_abi.h.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "session.h"

/* Creates the device and its link, for administrators and SYSTEM only, and sets the dispatch routines. The I/O
 * manager lets nobody in before DriverEntry has returned.
 *   Query  what QUERY tells besides counters; must live as long as the device, and not change once DriverEntry
 *          has returned
 * Any failure: nothing is left. */
_IRQL_requires_(PASSIVE_LEVEL)
_Must_inspect_result_
NTSTATUS DeviceCreate(_In_ DRIVER_OBJECT *DriverObject, _In_ SESSIONS *Sessions,
                      _In_ const PRCM_QUERY *Query);

/* Ends all requests, and deletes the link and the device. When it returns, no dispatch routine is running. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID DeviceDelete(VOID);

#endif
