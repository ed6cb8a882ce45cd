/* SPDX-License-Identifier: MIT */
#include "way_sim.h"
#include "way_os.h"

static KEVENT Event;

NTSTATUS
WayOsInit(VOID)
{
    KeInitializeEvent(&Event, SynchronizationEvent, FALSE);
    return STATUS_SUCCESS;
}

VOID
WayOsDestroy(VOID)
{
}

VOID
WaySignal(VOID)
{
    KeSetEvent(&Event, IO_NO_INCREMENT, FALSE);
}

void
WayWait(void)
{
    /* On behalf of the reader's program; nothing here would end a wait of user mode's early. */
    KeWaitForSingleObject(&Event, UserRequest, KernelMode, FALSE, NULL);
}
