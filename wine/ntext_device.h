/* SPDX-License-Identifier: MIT
 *
 * ntext's own device, by which feeder.exe raises events.
 */
#ifndef NTEXT_DEVICE_H
#define NTEXT_DEVICE_H

#include <ntifs.h>

/* Makes the device, once; every later call does nothing. Each export through which a driver registers or
 * looks up something calls it first, since nobody runs ntext's DriverEntry when it is loaded as an import.
 */
_IRQL_requires_(PASSIVE_LEVEL)
VOID DeviceStart(VOID);

/* Waits until the thread that dispatches requests has left the driver that it may be in. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID DevicePassDispatcher(VOID);

#endif
