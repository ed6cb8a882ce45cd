/* SPDX-License-Identifier: MIT
 *
 * Drivers that are right but for one thing each. Their objects are a driver's: what they touch is seen.
 */
#ifndef BROKEN_H
#define BROKEN_H

#include "rig.h"

#define BROKEN_OUTPUT_BYTES 64u

#define BROKEN_TAG 0x6B6F7242u /* "Brok" */

typedef struct BROKEN_CASE
{
    const char *Rule;    /* that it breaks */
    const char *Says;    /* what is said besides the rule's name; NULL: nothing */
    void (*Break)(void); /* with BrokenImage loaded; does not return */
} BROKEN_CASE;

extern const SIM_IMAGE BrokenImage;
extern const BROKEN_CASE BrokenCases[];
extern const ULONG BrokenCaseCount;
/* Those that hand the kernel what it does not take. */
extern const BROKEN_CASE BrokenCallCases[];
extern const ULONG BrokenCallCaseCount;
/* Those that are caught only where accesses are seen. */
extern const BROKEN_CASE BrokenAccessCases[];
extern const ULONG BrokenAccessCaseCount;

/* Opens BrokenImage's device, asks it for something that it answers properly, and closes. */
NTSTATUS BrokenAskProperly(void);

/* ---- For the drivers ---- */

/* Opens the device, sends a request with output to Routine, direct or buffered, and closes. */
NTSTATUS BrokenAskDirect(PDRIVER_DISPATCH Routine);
NTSTATUS BrokenAskBuffered(PDRIVER_DISPATCH Routine);

/* Opens the device, sends a request to Routine, which pends it, and cancels it. */
void BrokenCancel(PDRIVER_DISPATCH Routine);

NTSTATUS BrokenComplete(PIRP Irp, NTSTATUS Status);

/* The mapping of a request's output. */
PVOID BrokenMapOutput(PIRP Irp);

/* Reads what it has just written to its output. */
NTSTATUS BrokenReadsBack(PDEVICE_OBJECT DeviceObject, PIRP Irp);

#endif
