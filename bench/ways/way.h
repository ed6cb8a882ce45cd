/* SPDX-License-Identifier: MIT
 *
 * Other ways to tell user mode of events, each as a small driver: what it does with an event in the notify routine, and what
 * with a request. The rest, in way.c, is the same for all: the device, the notify routines, the bytes of an event.
 *
 * They run in bench/ on the kernel in user mode, and under Wine. They are for comparison: none has an account of what is
 * missing, none asks for tokens or create times, so that what they do for an event is less than what prcm does.
 */
#ifndef WAY_H
#define WAY_H

#include <ntifs.h>
#include "way_abi.h"

#define WAY_POOL_TAG  0x79615750u      /* "PWay" in memory */
#define WAY_POOL_TYPE ((POOL_TYPE)512) /* NonPagedPoolNx, which some headers lack */

/* An event in the notify routine: the fixed part, and where its text is. */
typedef struct WAY_FACTS
{
    WAY_EVENT Fixed; /* with Bytes, PathBytes and CommandLineBytes set */
    const VOID *Path;
    const VOID *CommandLine;
} WAY_FACTS;

/* Writes the Fixed.Bytes bytes of the event. */
VOID WayWrite(_In_ const WAY_FACTS *Facts, _Out_ VOID *To);

/* What a way is. Report and Control are called by many threads at once. */
typedef struct WAY
{
    /* When the driver starts, and, after the last Report, when it ends. Init may be NULL. */
    NTSTATUS (*Init)(VOID);
    VOID (*Destroy)(VOID);

    /* In the notify routine: PASSIVE_LEVEL, kernel APCs disabled. */
    VOID (*Report)(_In_ const WAY_FACTS *Facts);

    /* WAY_IOCTL_TAKE, whose output is mapped at Output. Written is preset to 0. STATUS_PENDING: the request is the way's, who
     * has marked it. NULL: the way has no such request. */
    NTSTATUS (*Take)(_Inout_ PIRP Irp, _Out_ VOID *Output, _In_ ULONG OutputBytes, _Out_ ULONG *Written);

    /* A handle was closed, or (Wine) the driver ends: completes what is pended. May be NULL. */
    VOID (*Cancel)(VOID);
} WAY;

/* For a way's DriverEntry: makes the device and registers the routines. */
NTSTATUS WayStart(_Inout_ DRIVER_OBJECT *DriverObject, _In_ const WAY *Way);

/* Events that were not kept. */
extern volatile LONG64 WayLost;

VOID WayComplete(_Inout_ PIRP Irp, _In_ NTSTATUS Status, _In_ ULONG Written);

/* The DriverEntry of each way. */
DRIVER_INITIALIZE NothingEntry, LimitEntry, SeedEntry, PollEntry, OneAtATimeEntry, SignalledRingEntry,
    SampledRingEntry, BpfRingEntry;

#endif
