/* SPDX-License-Identifier: MIT
 *
 * Other ways to tell user mode of events, each as a small driver. What a way is, is what stands between prcm's notify routines
 * and a reader: where the bytes of a record go (Reserve), what happens once they are there (Commit), and what a request does
 * (Take). All else is prcm's own or, in way.c, the same for all, so that what is compared is the channel: the same facts are
 * gathered, and the same bytes carried.
 *
 * They run in bench/ on the kernel in user mode, and some under Wine. None has an account of what is missing beyond a count.
 */
#ifndef WAY_H
#define WAY_H

#include <ntifs.h>
#include "prcm_abi.h"
#include "way_abi.h"

#define WAY_POOL_TAG  0x79615750u      /* "PWay" in memory */
#define WAY_POOL_TYPE ((POOL_TYPE)512) /* NonPagedPoolNx, which some headers lack */

typedef struct WAY
{
    /* When the driver starts, and after the last Commit, when it ends. */
    NTSTATUS (*Init)(VOID);
    VOID (*Destroy)(VOID);

    /* In the notify routine: space for a record of so many bytes, a multiple of 8; NULL: not kept, and counted in WayLost. What
     * was reserved is filled, and then committed, by the same thread in one critical region. By many threads at once. */
    PRCM_RECORD *(*Reserve)(_In_ ULONG Bytes);
    VOID (*Commit)(_Inout_ PRCM_RECORD *Record);

    /* WAY_IOCTL_TAKE, whose output is mapped at Output. Written is preset to 0. STATUS_PENDING: the request is the way's, who
     * has marked it. NULL: the way has no such request. */
    NTSTATUS (*Take)(_Inout_ PIRP Irp, _Out_ VOID *Output, _In_ ULONG OutputBytes, _Out_ ULONG *Written);

    /* A handle was closed, or the driver ends: completes what is pended. May be NULL. */
    VOID (*Cancel)(VOID);
} WAY;

/* For a way's DriverEntry: makes the device and registers the routines. */
NTSTATUS WayStart(_Inout_ DRIVER_OBJECT *DriverObject, _In_ const WAY *Way);

/* Events that were not kept. */
extern volatile LONG64 WayLost;

VOID WayComplete(_Inout_ PIRP Irp, _In_ NTSTATUS Status, _In_ ULONG Written);

/* Defines the DriverEntry of Way, a const WAY. */
#define WAY_ENTRY(Entry, Way)                                                                                \
    NTSTATUS NTAPI Entry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)                          \
    {                                                                                                        \
        UNREFERENCED_PARAMETER(RegistryPath);                                                                \
        return WayStart(DriverObject, &(Way));                                                               \
    }

/* Of each way. */
DRIVER_INITIALIZE LimitEntry, GatherEntry, SeedEntry, PollEntry, OneAtATimeEntry, SignalledRingEntry,
    SampledRingEntry, BpfRingEntry, AuthorEntry;

#endif
