/* SPDX-License-Identifier: MIT
 *
 * The event has a name, by which user mode opens it.
 */
#include "way_abi.h"
#include "way_os.h"

static HANDLE Signal;

NTSTATUS
WayOsInit(VOID)
{
    UNICODE_STRING Name;
    OBJECT_ATTRIBUTES Attributes;
    RtlInitUnicodeString(&Name, WAY_SIGNAL_NAME);
    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE, NULL, NULL);
    return ZwCreateEvent(&Signal, EVENT_ALL_ACCESS, &Attributes, SynchronizationEvent, FALSE);
}

VOID
WayOsDestroy(VOID)
{
    ZwClose(Signal);
}

VOID
WaySignal(VOID)
{
    (VOID) ZwSetEvent(Signal, NULL);
}
