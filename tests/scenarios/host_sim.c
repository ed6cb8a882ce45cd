/* SPDX-License-Identifier: MIT
 *
 * A machine for scenarios: the kernel in user mode.
 */
#include "host_sim.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "rig_image.h"

#define HOST_MAX_ID 256u

static bool FaultsArmed; /* in this run */
/* The processes that were started; each is its raiser's alone. */
static PEPROCESS Processes[HOST_MAX_ID];

/* ---- Failing ---- */

void
HostFail(const char *File, int Line, const char *Format, ...)
{
    va_list Arguments;
    fflush(stdout);
    fprintf(stderr, "%s:%d: does not hold: ", File, Line);
    va_start(Arguments, Format);
    vfprintf(stderr, Format, Arguments);
    va_end(Arguments);
    fputc('\n', stderr);
    abort();
}

bool
HostIsGood(const char *File, int Line, const char *What, NTSTATUS Status)
{
    if (Status == STATUS_SUCCESS)
        return true;
    if (!FaultsArmed || !SimFaultInjected(Status))
        HostFail(File, Line, "%s is 0x%08X", What, (ULONG)Status);
    return false;
}

void
HostNoMoreFaults(void)
{
    SimFailNth(0, false);
}

bool
HostInjected(void)
{
    return FaultsArmed && SimFaultInjected(STATUS_SUCCESS);
}

/* ---- The driver ---- */

bool
HostBegin(ULONG FailNth, bool Onwards)
{
    SimReset();
    SimSetRegistryDword(L"LifecycleLaneBytes", PRCM_MIN_LANE_BYTES);
    SimSetRegistryDword(L"ImageLaneBytes", PRCM_MIN_LANE_BYTES);
    SimFailNth(FailNth, Onwards);
    FaultsArmed = FailNth != 0;
    return GOOD(SimLoad(&RigImage));
}

void
HostEnd(void)
{
    HostNoMoreFaults();
    if (SimIsLoaded())
        CHECK(SimUnload() == STATUS_SUCCESS);
    for (ULONG Index = 0; Index < HOST_MAX_ID; Index++)
        if (Processes[Index])
        {
            SimProcessForget(Processes[Index]);
            Processes[Index] = NULL;
        }
    SimReset();
}

NTSTATUS
HostUnload(void)
{
    return SimUnload();
}

void
HostUnloadAtOnce(void)
{
    SimUnloadAtOnce();
}

bool
HostIsLoaded(void)
{
    return SimIsLoaded();
}

/* ---- Handles and requests ---- */

NTSTATUS
HostOpen(HANDLE *Handle)
{
    return SimOpen(PRCM_LINK_NAME, FILE_READ_DATA | FILE_WRITE_DATA, Handle);
}

NTSTATUS
HostClose(HANDLE Handle)
{
    return SimClose(Handle);
}

HANDLE
HostDuplicate(HANDLE Handle)
{
    return SimDuplicate(Handle);
}

HOST_IO *
HostControlStart(HANDLE Handle, uint32_t Code, const void *In, uint32_t InBytes, void *Out, uint32_t OutBytes)
{
    return (HOST_IO *)SimControlStart(Handle, Code, In, InBytes, Out, OutBytes);
}

void
HostIoCancel(HOST_IO *Io)
{
    SimIoCancel((SIM_IO *)Io);
}

NTSTATUS
HostIoWait(HOST_IO *Io, uint32_t *Information)
{
    ULONG_PTR Bytes;
    NTSTATUS Status = SimIoWait((SIM_IO *)Io, &Bytes);
    if (Information)
        *Information = (uint32_t)Bytes;
    return Status;
}

/* ---- Events ---- */

/* So many bytes of the one text there is. */
static UNICODE_STRING
HostText(uint32_t Bytes)
{
    static WCHAR Letters[PRCM_MAX_STRING_BYTES / sizeof(WCHAR)];
    if (!Letters[0])
        for (uint32_t At = PRCM_MAX_STRING_BYTES / sizeof(WCHAR); At-- > 0;)
            Letters[At] = (WCHAR)(L'a' + At % 26);
    return (UNICODE_STRING){.Length = (USHORT)Bytes, .MaximumLength = (USHORT)Bytes, .Buffer = Letters};
}

static PEPROCESS *
HostProcess(uint32_t Id)
{
    CHECK(Id % 4 == 0 && Id / 4 < HOST_MAX_ID);
    return &Processes[Id / 4];
}

void
HostRaiseStart(uint32_t Id, uint32_t CommandLineBytes)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\HarddiskVolume3\\a.exe");
    UNICODE_STRING CommandLine = HostText(CommandLineBytes);
    SIM_PROCESS Process = {.Id = Id, .ParentId = SIM_SYSTEM_PROCESS_ID, .CreateTime = Id, .ImageName = &Name};
    SIM_START Start = {.ImageFileName = &Name, .CommandLine = &CommandLine, .CreatorThreadId = Id + 1};
    CHECK(!*HostProcess(Id));
    *HostProcess(Id) = SimProcessAdd(&Process);
    SimRaiseStart(*HostProcess(Id), &Start);
}

void
HostRaiseImage(uint32_t Id, uint32_t PathBytes)
{
    IMAGE_INFO Info = {.ImageBase = (PVOID)0x7FF600000000, .ImageSize = 0x10000};
    UNICODE_STRING Path = HostText(PathBytes);
    SimRaiseImage(Id, 0, &Path, &Info);
}

void
HostRaiseExit(uint32_t Id)
{
    PEPROCESS *Process = HostProcess(Id);
    CHECK(*Process);
    SimRaiseExit(*Process, 7, 0);
    *Process = NULL;
}

/* ---- Threads ---- */

HOST_THREAD *
HostThreadStart(void (*Routine)(void *), void *Context)
{
    return (HOST_THREAD *)SimThreadStart(Routine, Context);
}

void
HostThreadJoin(HOST_THREAD *Thread)
{
    SimThreadJoin((SIM_THREAD *)Thread);
}
