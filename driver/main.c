/* SPDX-License-Identifier: MIT
 *
 * prcm.sys: the ladder up, and its reverse.
 */
#include "device.h"
#include "notify.h"
#include "parameters.h"

#define MAIN_VERSION                                                                                         \
    ((uint32_t)PRCM_VERSION_MAJOR << 24 | (uint32_t)PRCM_VERSION_MINOR << 16 | PRCM_VERSION_PATCH)

static LOG Log;
static SESSIONS Sessions;
static PRCM_QUERY Query; /* what QUERY tells besides counters; constant once DriverEntry has returned */

static DRIVER_UNLOAD MainUnload;
DRIVER_INITIALIZE DriverEntry;

_Use_decl_annotations_
static VOID NTAPI
MainUnload(DRIVER_OBJECT *DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NotifyUnregister();
    DeviceDelete();
    LogDestroy(&Log);
}

static VOID
MainDescribe(VOID)
{
    RtlZeroMemory(&Query, sizeof(Query));
    Query.Size = sizeof(Query);
    Query.AbiVersion = PRCM_ABI_VERSION;
    Query.DriverVersion = MAIN_VERSION;
    Query.MaxSessions = PRCM_MAX_SESSIONS;
    Query.MaxReadBytes = PRCM_MAX_READ_BYTES;
    Query.MaxRecordBytes = PRCM_MAX_RECORD_BYTES;
    Query.MaxKeys = PRCM_MAX_KEYS;
    if (Os.QueryTimePrecise)
        Query.Flags |= PRCM_QUERY_TIME_PRECISE;
}

/* A lane that did not fit in memory is smaller than its parameter said. */
static VOID
MainDescribeLanes(_In_ const LOG_CONFIG *Config)
{
    if (Log.Lanes[PRCM_LANE_LIFECYCLE].Bytes != Config->LaneBytes[PRCM_LANE_LIFECYCLE])
        Query.Flags |= PRCM_QUERY_CLAMPED_LIFECYCLE;
    if (Log.Lanes[PRCM_LANE_IMAGE].Bytes != Config->LaneBytes[PRCM_LANE_IMAGE])
        Query.Flags |= PRCM_QUERY_CLAMPED_IMAGE;
}

_Use_decl_annotations_
NTSTATUS NTAPI
DriverEntry(DRIVER_OBJECT *DriverObject, UNICODE_STRING *RegistryPath)
{
    LOG_CONFIG Config;

    OsInit();
    MainDescribe();
    ParametersRead(RegistryPath, &Config, &Query);
    NTSTATUS Status = LogInit(&Log, &Config);
    if (!NT_SUCCESS(Status))
        return Status;
    MainDescribeLanes(&Config);
    Status = SessionsInit(&Sessions, &Log);
    if (!NT_SUCCESS(Status))
        goto DestroyLog;
    Status = DeviceCreate(DriverObject, &Sessions, &Query);
    if (!NT_SUCCESS(Status))
        goto DestroyLog;
    Status = NotifyRegister(&Sessions, &Query);
    if (!NT_SUCCESS(Status))
        goto DeleteDevice;
    DriverObject->DriverUnload = MainUnload;
    return STATUS_SUCCESS;

DeleteDevice:
    DeviceDelete();
DestroyLog:
    LogDestroy(&Log);
    return Status;
}
