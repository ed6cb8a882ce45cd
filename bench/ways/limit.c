/* SPDX-License-Identifier: MIT
 *
 * What no way can beat: the bytes of the event copied once, to memory that nobody reads, and its time taken.
 */
#include "way.h"

#define LIMIT_BYTES      (16u * 1024u * 1024u)
#define LIMIT_AREAS      4u /* each thread goes round one of its own */
#define LIMIT_AREA_BYTES (LIMIT_BYTES / LIMIT_AREAS)

static UCHAR *Memory;
static volatile LONG Areas;
static __thread UCHAR *Area;
static __thread ULONG At; /* in Area */

static NTSTATUS
LimitInit(VOID)
{
    Memory = ExAllocatePoolWithTag(WAY_POOL_TYPE, LIMIT_BYTES, WAY_POOL_TAG);
    return Memory ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static VOID
LimitDestroy(VOID)
{
    ExFreePoolWithTag(Memory, WAY_POOL_TAG);
}

static VOID
LimitReport(_In_ const WAY_FACTS *Facts)
{
    if (!Area)
        Area = Memory + (ULONG)InterlockedIncrement(&Areas) % LIMIT_AREAS * LIMIT_AREA_BYTES;
    if (At + Facts->Fixed.Bytes > LIMIT_AREA_BYTES)
        At = 0;
    WayWrite(Facts, Area + At);
    At += Facts->Fixed.Bytes;
}

static const WAY Limit = {LimitInit, LimitDestroy, LimitReport, NULL, NULL};

NTSTATUS NTAPI
LimitEntry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    return WayStart(DriverObject, &Limit);
}
