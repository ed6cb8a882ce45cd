/* SPDX-License-Identifier: MIT */
#include "status_report.h"

#define STATUS_INVALID_PARAMETER      0xC000000Du
#define STATUS_ACCESS_DENIED          0xC0000022u
#define STATUS_PROCEDURE_NOT_FOUND    0xC000007Au
#define STATUS_INSUFFICIENT_RESOURCES 0xC000009Au
#define STATUS_NOT_SUPPORTED          0xC00000BBu

size_t
StatusProcessTiers(const PRCM_QUERY *Query, STATUS_TIER Tiers[STATUS_MAX_TIERS])
{
    static const char *const Names[PRCM_PROCESS_TIER_COUNT] = {
        "PsSetCreateProcessNotifyRoutineEx2",
        "PsSetCreateProcessNotifyRoutineEx",
        "PsSetCreateProcessNotifyRoutine",
    };

    for (uint32_t Tier = 0; Tier < PRCM_PROCESS_TIER_COUNT; Tier++)
        Tiers[Tier] = (STATUS_TIER){.Routine = Names[Tier], .Status = Query->ProcessTierStatus[Tier]};
    return PRCM_PROCESS_TIER_COUNT;
}

size_t
StatusImageTiers(const PRCM_QUERY *Query, STATUS_TIER Tiers[STATUS_MAX_TIERS])
{
    static const char *const Names[PRCM_IMAGE_TIER_COUNT] = {
        "PsSetLoadImageNotifyRoutineEx",
        "PsSetLoadImageNotifyRoutine",
    };

    for (uint32_t Tier = 0; Tier < PRCM_IMAGE_TIER_COUNT; Tier++)
        Tiers[Tier] = (STATUS_TIER){.Routine = Names[Tier], .Status = Query->ImageTierStatus[Tier]};
    return PRCM_IMAGE_TIER_COUNT;
}

const char *
StatusTierState(uint32_t Status)
{
    switch (Status)
    {
    case 0:
        return "in_use";
    case PRCM_TIER_NOT_TRIED:
        return "not_tried";
    case STATUS_PROCEDURE_NOT_FOUND:
        return "not_exported";
    default:
        return "refused";
    }
}

const char *
StatusTierReason(uint32_t Status)
{
    switch (Status)
    {
    case STATUS_PROCEDURE_NOT_FOUND:
        return "this Windows does not have it";
    case STATUS_ACCESS_DENIED:
        return "the driver's image lacks FORCE_INTEGRITY: link it with /INTEGRITYCHECK";
    case STATUS_INVALID_PARAMETER:
    case STATUS_INSUFFICIENT_RESOURCES:
        return "the kernel's table of such routines is full: other products have taken every place";
    case STATUS_NOT_SUPPORTED:
        return "this Windows does not support it";
    default:
        return NULL;
    }
}

const char *
StatusServiceWord(const STATUS_REPORT *Report)
{
    static const char *const Words[] = {
        [PRCM_SERVICE_STOPPED] = "stopped",
        [PRCM_SERVICE_RUNNING] = "running",
        [PRCM_SERVICE_STARTING] = "starting",
        [PRCM_SERVICE_STOPPING] = "stopping",
    };

    if (!Report->Installed)
        return "not_installed";
    if (!Report->HasService)
        return "unknown";
    uint32_t State = Report->Service.State;
    return State <= PRCM_SERVICE_STOPPING && Words[State] != NULL ? Words[State] : "unknown";
}

bool
StatusIsStopping(const STATUS_REPORT *Report)
{
    return Report->Installed && Report->HasService && Report->Service.State == PRCM_SERVICE_STOPPING;
}

const char *
StatusWriterWhy(const PRCM_WRITER *Writer)
{
    switch (Writer->Why)
    {
    case PRCM_WRITER_ACCESS:
        return "access";
    case PRCM_WRITER_OWNER:
        return "owner";
    case PRCM_WRITER_LINK:
        return "link";
    case PRCM_WRITER_NO_SECURITY:
        return "no_security";
    default:
        return NULL;
    }
}
