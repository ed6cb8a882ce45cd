/* SPDX-License-Identifier: MIT
 *
 * What the console asks Windows: drives, names of users, images of running processes, time. Nothing newer
 * than Server 2003 is linked; what came later is looked up.
 */
#ifndef HOST_SYSTEM_H
#define HOST_SYSTEM_H

#include "stream/view.h"

/* The hooks of a view. One thread at a time. */
const VIEW_HOOKS *SystemViewHooks(void);

/* Fills an empty table with the devices behind drive letters and volumes mounted on folders, and \SystemRoot.
 */
void SystemLoadDrives(PATHS *Paths);

/* Loads the table again if a path came by whose device it did not have, but not more often than every few
 * seconds: a drive may have come. */
void SystemRefreshDrives(PATHS *Paths);

/* Now; Precise asks for finer than a clock tick where the OS has it. */
int64_t SystemTime(bool Precise);

/* Milliseconds of a clock that nobody sets. */
uint64_t SystemTicks(void);

/* UTC to local time. */
int64_t SystemLocalTime(int64_t Time);

typedef struct SYSTEM_VERSION
{
    uint32_t Major;
    uint32_t Minor;
    uint32_t Build;
    uint32_t ServicePackMajor;
    uint32_t ServicePackMinor;
    uint32_t ProductType; /* VER_NT_XXX */
    const char *Wine;     /* its version, static; NULL: no Wine */
} SYSTEM_VERSION;

SYSTEM_VERSION SystemVersion(void);

/* "Windows 10.0 build 19045, x64, 8 processors", and Wine's version where it is Wine. */
void SystemDescribe(SINK *Sink);

/* The name of this computer, static: its DNS name with the domain, as far as it has one. A field status. */
uint32_t SystemHostName(UTF16 *Name);

/* When Windows started, by its clock at that time: the same at every call until the next boot, even if the clock is set. */
PRCM_VALUE SystemBootTime(void);

/* Whether this is a 32-bit program on a 64-bit Windows. */
bool SystemIsEmulated(void);

#endif
