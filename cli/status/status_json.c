/* SPDX-License-Identifier: MIT */
#include "status_report.h"

#include "text/json.h"

#define MAX_TEXT_UNITS 1024u

static void
WriteTiers(JSON *Json, const char *Name, const STATUS_TIER *Tiers, size_t Count)
{
    JsonOpen(Json, Name, '[');
    for (size_t Index = 0; Index < Count; Index++)
    {
        uint32_t Status = Tiers[Index].Status;
        JsonOpen(Json, NULL, '{');
        JsonAscii(Json, "routine", Tiers[Index].Routine);
        JsonAscii(Json, "state", StatusTierState(Status));
        if (Status != 0 && Status != PRCM_TIER_NOT_TRIED)
            JsonCode(Json, "refused_with", Status);
        if (StatusTierReason(Status) != NULL)
            JsonAscii(Json, "reason", StatusTierReason(Status));
        JsonClose(Json, '}');
    }
    JsonClose(Json, ']');
}

static void
WriteLane(JSON *Json, const char *Name, const PRCM_LANE_INFO *Lane, bool Clamped)
{
    JsonOpen(Json, Name, '{');
    JsonUnsigned(Json, "bytes", Lane->Bytes);
    if (Lane->Requested != 0)
        JsonUnsigned(Json, "requested", Lane->Requested);
    else
        JsonNull(Json, "requested");
    JsonBool(Json, "clamped", Clamped);
    JsonUnsigned(Json, "used", Lane->Used);
    JsonUnsigned(Json, "oldest", Lane->Oldest);
    JsonClose(Json, '}');
}

static void
WriteCounts(JSON *Json, const char *Name, const uint64_t Counts[PRCM_KIND_COUNT])
{
    uint64_t Total = 0;

    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Total += Counts[Kind];
    JsonOpen(Json, Name, '{');
    JsonUnsigned(Json, "process_start", Counts[PRCM_KIND_START]);
    JsonUnsigned(Json, "process_exit", Counts[PRCM_KIND_EXIT]);
    JsonUnsigned(Json, "image_load", Counts[PRCM_KIND_IMAGE]);
    JsonUnsigned(Json, "total", Total);
    JsonClose(Json, '}');
}

static void
WriteQuery(JSON *Json, const PRCM_QUERY *Query)
{
    STATUS_TIER Tiers[STATUS_MAX_TIERS];

    JsonVersion(Json, "driver_version", Query->DriverVersion);
    JsonUnsigned(Json, "abi", Query->AbiVersion);
    JsonHex(Json, "instance", Query->Instance);
    JsonTime(Json, "started", (int64_t)Query->Instance);
    JsonTime(Json, "time", Query->Time);
    JsonBool(Json, "time_precise", (Query->Flags & PRCM_QUERY_TIME_PRECISE) != 0);
    JsonBool(Json, "stopping", (Query->Flags & PRCM_QUERY_STOPPING) != 0);
    WriteTiers(Json, "process_routines", Tiers, StatusProcessTiers(Query, Tiers));
    WriteTiers(Json, "image_routines", Tiers, StatusImageTiers(Query, Tiers));
    JsonKinds(Json, "kinds", Query->Kinds);
    JsonBool(Json, "kinds_clamped", (Query->Flags & PRCM_QUERY_CLAMPED_KINDS) != 0);
    JsonUnsigned(Json, "sessions", Query->Sessions);
    JsonUnsigned(Json, "max_sessions", Query->MaxSessions);
    JsonUnsigned(Json, "waiting", Query->Waiting);
    JsonUnsigned(Json, "max_read_bytes", Query->MaxReadBytes);
    JsonUnsigned(Json, "max_record_bytes", Query->MaxRecordBytes);
    JsonUnsigned(Json, "max_pids", Query->MaxKeys);
    JsonOpen(Json, "lanes", '{');
    WriteLane(Json, "lifecycle", &Query->Lanes[PRCM_LANE_LIFECYCLE],
              (Query->Flags & PRCM_QUERY_CLAMPED_LIFECYCLE) != 0);
    WriteLane(Json, "image", &Query->Lanes[PRCM_LANE_IMAGE], (Query->Flags & PRCM_QUERY_CLAMPED_IMAGE) != 0);
    JsonClose(Json, '}');
    JsonUnsigned(Json, "next", Query->Next);
    JsonUnsigned(Json, "published", Query->Published);
    WriteCounts(Json, "captured", Query->Captured);
    WriteCounts(Json, "evicted", Query->Evicted);
    WriteCounts(Json, "dropped", Query->Dropped);
    JsonUnsigned(Json, "longest_stall_us", Query->LongestStall / 10);
}

/* null where it is empty. */
static void
WriteText(JSON *Json, const char *Name, const char *Text)
{
    uint16_t Units[MAX_TEXT_UNITS];
    size_t Count = Utf16FromUtf8(Text, Units, MAX_TEXT_UNITS);

    if (Text[0] != '\0' && Count <= MAX_TEXT_UNITS)
        JsonUtf16(Json, Name, (UTF16){.Units = Units, .Count = (uint32_t)Count});
    else
        JsonNull(Json, Name);
}

static void
WriteWriter(JSON *Json, const PRCM_WRITER *Writer)
{
    const char *Why = StatusWriterWhy(Writer);

    if (Why == NULL)
    {
        JsonNull(Json, "unsafe");
        return;
    }
    JsonOpen(Json, "unsafe", '{');
    JsonAscii(Json, "why", Why);
    WriteText(Json, "path", Writer->Path);
    WriteText(Json, "account", Writer->Account);
    WriteText(Json, "sid", Writer->Sid);
    JsonClose(Json, '}');
}

/* SDDL is ASCII. */
static void
WriteSecurity(JSON *Json, const char *Name, const char *Sddl)
{
    if (Sddl[0] != '\0')
        JsonAscii(Json, Name, Sddl);
    else
        JsonNull(Json, Name);
}

static void
WriteService(JSON *Json, const PRCM_SERVICE_INFO *Service)
{
    JsonAscii(Json, "start", Service->StartsAtBoot ? "boot" : "demand");
    WriteText(Json, "driver_path", Service->DriverPath);
    if (Service->FileVersion != 0)
        JsonVersion(Json, "file_version", Service->FileVersion);
    else
        JsonNull(Json, "file_version");
    WriteWriter(Json, &Service->Writer);
    WriteSecurity(Json, "service_security", Service->ServiceSecurity);
    WriteSecurity(Json, "device_security", Service->DeviceSecurity);
}

static void
WriteHolders(JSON *Json, const HOLDERS *Holders)
{
    if (!Holders->Known)
    {
        JsonNull(Json, "held_by");
        return;
    }
    JsonOpen(Json, "held_by", '[');
    for (uint32_t Index = 0; Index < Holders->Found.Count; Index++)
    {
        JsonOpen(Json, NULL, '{');
        JsonUnsigned(Json, "pid", Holders->Found.Holders[Index].ProcessId);
        WriteText(Json, "image", Holders->Images[Index]);
        JsonUnsigned(Json, "handles", Holders->Found.Holders[Index].Handles);
        JsonClose(Json, '}');
    }
    JsonClose(Json, ']');
    JsonUnsigned(Json, "handles", Holders->Found.Handles);
    JsonBool(Json, "handles_complete", Holders->Found.Complete != 0);
}

void
StatusReportWriteJson(SINK *Sink, const STATUS_REPORT *Report)
{
    JSON Json;

    JsonBegin(&Json, Sink);
    JsonAscii(&Json, "service", StatusServiceWord(Report));
    if (Report->Installed && Report->HasService)
        WriteService(&Json, &Report->Service);
    if (StatusIsStopping(Report))
        WriteHolders(&Json, &Report->Holders);
    if (Report->Running)
        WriteQuery(&Json, &Report->Query);
    JsonEnd(&Json);
}
