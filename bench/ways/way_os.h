/* SPDX-License-Identifier: MIT
 *
 * What the ways need of their host beyond WDM: way_sim.c has it on the kernel in user mode, way_wine.c under Wine.
 */
#ifndef WAY_OS_H
#define WAY_OS_H

#include <ntifs.h>

NTSTATUS WayOsInit(VOID);
VOID WayOsDestroy(VOID);

/* Sets the auto-reset event that user mode waits for. */
VOID WaySignal(VOID);

#endif
