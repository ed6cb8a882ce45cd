/* SPDX-License-Identifier: MIT */
#include "service_state.h"

/* Win32 errors: this file needs no header of Windows. */
#define ERROR_NONE           0u
#define ERROR_NO_FILE        2u
#define ERROR_NO_PATH        3u
#define ERROR_NO_DEVICE_HERE 55u   /* STATUS_DEVICE_DOES_NOT_EXIST */
#define ERROR_NO_SUCH_DEVICE 433u  /* STATUS_NO_SUCH_DEVICE of Windows 10 and later */
#define ERROR_REMOVED        1617u /* STATUS_DEVICE_REMOVED, the driver's own word for stopping */

uint32_t
ServiceStateFrom(const SERVICE_SIGNS *Signs)
{
    switch (Signs->Manager)
    {
    case PRCM_SERVICE_STOPPED:
        return Signs->Linked ? PRCM_SERVICE_STOPPING : PRCM_SERVICE_STOPPED;
    case PRCM_SERVICE_RUNNING:
        /* A driver that runs can be opened by its name, or refuses for another reason. */
        return Signs->Opened == SERVICE_OPENED_NO_DEVICE || Signs->Opened == SERVICE_OPENED_REMOVED
                   ? PRCM_SERVICE_STOPPING
                   : PRCM_SERVICE_RUNNING;
    default:
        return Signs->Manager;
    }
}

SERVICE_OPENED
ServiceOpenedFrom(uint32_t Error)
{
    switch (Error)
    {
    case ERROR_NONE:
        return SERVICE_OPENED_YES;
    case ERROR_NO_FILE:
    case ERROR_NO_PATH:
    case ERROR_NO_DEVICE_HERE:
    case ERROR_NO_SUCH_DEVICE:
        return SERVICE_OPENED_NO_DEVICE;
    case ERROR_REMOVED:
        return SERVICE_OPENED_REMOVED;
    default:
        return SERVICE_OPENED_NOT_TRIED;
    }
}
