/* SPDX-License-Identifier: MIT */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>
#include <windows.h>
#include <winsvc.h>

#include "prcm.h"

/* Opens the driver's service. *Service is to be closed with CloseServiceHandle.
 * PRCM_ERROR_NOT_INSTALLED, _ACCESS_DENIED, _BUSY, _MEMORY, _SYSTEM. */
PRCM_RESULT ServiceOpen(DWORD Access, SC_HANDLE *Service);

/* What the service manager's refusal means, noted as the last result. */
PRCM_RESULT ServiceResult(DWORD Error);

/* SERVICE_XXX, or 0 if the service manager does not say: then GetLastError tells why. A driver that is stopped
 * but held by a reader is SERVICE_STOP_PENDING, also to a service manager that has forgotten it already. */
DWORD ServiceState(SC_HANDLE Service);

/* PRCM_SERVICE_XXX, also where the service manager goes on calling a driver running that waits for its last handle:
 * whether it can be opened tells. 0 with a result other than PRCM_OK. */
PRCM_RESULT ServiceTrueState(SC_HANDLE Service, uint32_t *State);

/* Starts the driver, which was opened with SERVICE_START, SERVICE_QUERY_STATUS and SERVICE_QUERY_CONFIG. Where a new
 * version does not start, the one before is put back and started. As PrcmStart. */
PRCM_RESULT ServiceStart(SC_HANDLE Service);

/* The same, of a driver that was stopped a moment ago. */
PRCM_RESULT ServiceStartAgain(SC_HANDLE Service);

/* Whether the service manager has started it and has not been told to stop it yet, or waits for it to stop. */
bool ServiceWasStarted(SC_HANDLE Service);

/* Ends readers and stops the service, which was opened with SERVICE_STOP and SERVICE_QUERY_STATUS.
 * PRCM_ERROR_BUSY: it has not stopped after TimeoutMs. Else as ServiceResult. */
PRCM_RESULT ServiceStop(SC_HANDLE Service, DWORD TimeoutMs);

#endif
