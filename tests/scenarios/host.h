/* SPDX-License-Identifier: MIT
 *
 * What a scenario can do to a machine on which the driver runs. There are two: host_sim.c, the kernel in user mode, where a
 * scheduler may choose who runs; and host_wine.c, Wine, where threads run as they like. This header is the only place that
 * knows which one it is compiled for.
 */
#ifndef HOST_H
#define HOST_H

#ifdef _WIN32
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <winternl.h>
#include <ntstatus.h>
#else
#include <sim.h>
#endif
#include <stdbool.h>
#include <stdint.h>
#include "prcm.h"

/* ---- Failing ---- */

/* Ends the program: the scenario does not hold. */
void HostFail(const char *File, int Line, const char *Format, ...)
    __attribute__((format(printf, 3, 4), noreturn));

#define CHECK(Condition)                                                                                     \
    do                                                                                                       \
    {                                                                                                        \
        if (!(Condition))                                                                                    \
            HostFail(__FILE__, __LINE__, "%s", #Condition);                                                  \
    } while (0)

/* Whether Status is STATUS_SUCCESS. Anything else must be a failure that the host was told to inject, else the scenario does
 * not hold. */
#define GOOD(Status) HostIsGood(__FILE__, __LINE__, #Status, (Status))
bool HostIsGood(const char *File, int Line, const char *What, NTSTATUS Status);

/* From here on nothing is injected; what was may still come to light. */
void HostNoMoreFaults(void);

/* ---- Handles and requests ---- */

NTSTATUS HostOpen(HANDLE *Handle);
NTSTATUS HostClose(HANDLE Handle);
/* Another handle to the same open. */
HANDLE HostDuplicate(HANDLE Handle);

typedef struct HOST_IO HOST_IO;

/* Issues a request and does not wait; HostIoWait frees what is returned. */
HOST_IO *HostControlStart(HANDLE Handle, uint32_t Code, const void *In, uint32_t InBytes, void *Out,
                          uint32_t OutBytes);
void HostIoCancel(HOST_IO *Io);
/* Waits, frees Io, returns its status. Information may be NULL. */
NTSTATUS HostIoWait(HOST_IO *Io, uint32_t *Information);

/* ---- Events: in the calling thread, until every notify routine has returned ---- */

/* A process starts. Id: a multiple of 4, used by nobody else in the scenario. */
void HostRaiseStart(uint32_t Id, uint32_t CommandLineBytes);
void HostRaiseImage(uint32_t Id, uint32_t PathBytes);
/* One that was started. */
void HostRaiseExit(uint32_t Id);

/* ---- Threads ---- */

typedef struct HOST_THREAD HOST_THREAD;
HOST_THREAD *HostThreadStart(void (*Routine)(void *), void *Context);
void HostThreadJoin(HOST_THREAD *Thread);

/* ---- The end of the driver; not under Wine, where the service manager unloads ---- */

/* As Windows unloads: STATUS_PENDING while handles are open; whoever closes the last one unloads. */
NTSTATUS HostUnload(void);
/* As Wine does: at once, whatever is open. */
void HostUnloadAtOnce(void);
bool HostIsLoaded(void);

#endif
