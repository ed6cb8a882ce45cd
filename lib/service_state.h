/* SPDX-License-Identifier: MIT
 *
 * What the driver's state is, from what can be seen of it. Portable.
 *
 * A driver whose handles are open when it is stopped stays loaded until the last of them is closed, and refuses to be
 * opened meanwhile. Service managers differ in what they call that: some say that it is stopped, some that it goes on
 * running, some that it is stopping.
 */
#ifndef SERVICE_STATE_H
#define SERVICE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "prcm.h"

/* What came of opening the device. */
typedef enum SERVICE_OPENED
{
    SERVICE_OPENED_NOT_TRIED, /* or without the right to tell */
    SERVICE_OPENED_YES,
    SERVICE_OPENED_NO_DEVICE, /* ERROR_FILE_NOT_FOUND: no such name, or NT's word for a device that is to go */
    SERVICE_OPENED_REMOVED    /* the driver has been told to stop */
} SERVICE_OPENED;

typedef struct SERVICE_SIGNS
{
    uint32_t Manager; /* the service manager's word, PRCM_SERVICE_XXX */
    bool
        Linked; /* the driver's symbolic link is there, as it is from when it is loaded until it is unloaded */
    SERVICE_OPENED Opened;
} SERVICE_SIGNS;

/* PRCM_SERVICE_XXX */
uint32_t ServiceStateFrom(const SERVICE_SIGNS *Signs);

/* What an open that ended with this Win32 error says. */
SERVICE_OPENED ServiceOpenedFrom(uint32_t Error);

#endif
