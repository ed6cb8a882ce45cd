/* SPDX-License-Identifier: MIT */
#include "status_report.h"

#include <string.h>

#include "sddl.h"
#include "text/times.h"
#include "text/utf16.h"

#define COLUMN_VALUE   15
#define COLUMN_NUMBERS 15
#define NUMBER_WIDTH   13

static void
WriteLabel(SINK *Sink, const char *Label)
{
    SinkStyle(Sink, STYLE_DIM);
    SinkText(Sink, Label);
    SinkStyle(Sink, STYLE_PLAIN);
    SinkPadTo(Sink, COLUMN_VALUE);
}

static void
WriteVersion(SINK *Sink, uint32_t Version)
{
    SinkUnsigned(Sink, Version >> 24);
    SinkChar(Sink, '.');
    SinkUnsigned(Sink, Version >> 16 & 0xFF);
    SinkChar(Sink, '.');
    SinkUnsigned(Sink, Version & 0xFFFF);
}

/* A line in the column of values that is to be noticed. */
static void
BeginWarning(SINK *Sink)
{
    SinkPadTo(Sink, COLUMN_VALUE);
    SinkStyle(Sink, STYLE_YELLOW);
}

static void
EndWarning(SINK *Sink)
{
    SinkStyle(Sink, STYLE_PLAIN);
    SinkChar(Sink, '\n');
}

/* Who it is, by name where there is one. */
static void
WriteAccount(SINK *Sink, const PRCM_WRITER *Writer)
{
    Utf16WriteUtf8(Sink, Writer->Account[0] != '\0' ? Writer->Account : Writer->Sid);
    if (Writer->Account[0] == '\0')
        return;
    SinkText(Sink, " (");
    Utf16WriteUtf8(Sink, Writer->Sid);
    SinkChar(Sink, ')');
}

static void
WriteWriter(SINK *Sink, const PRCM_WRITER *Writer)
{
    if (Writer->Why == PRCM_WRITER_NONE)
        return;
    BeginWarning(Sink);
    SinkText(Sink, "not safe: ");
    if (Writer->Why == PRCM_WRITER_ACCESS || Writer->Why == PRCM_WRITER_OWNER)
    {
        WriteAccount(Sink, Writer);
        SinkText(Sink, Writer->Why == PRCM_WRITER_OWNER ? " owns " : " may change ");
    }
    Utf16WriteUtf8(Sink, Writer->Path);
    if (Writer->Why == PRCM_WRITER_LINK)
        SinkText(Sink, " is a link, which may be made to lead elsewhere");
    if (Writer->Why == PRCM_WRITER_NO_SECURITY)
        SinkText(Sink, " has a file system without security: anybody may write there");
    EndWarning(Sink);
}

static void
WriteFile(SINK *Sink, const STATUS_REPORT *Report)
{
    const PRCM_SERVICE_INFO *Service = &Report->Service;

    WriteLabel(Sink, "file");
    Utf16WriteUtf8(Sink, Service->DriverPath[0] != '\0' ? Service->DriverPath : "?");
    if (!Service->HasFile)
        SinkText(Sink, ", which is not there");
    if (Service->FileVersion != 0)
    {
        SinkText(Sink, ", version ");
        WriteVersion(Sink, Service->FileVersion);
    }
    SinkChar(Sink, '\n');
    WriteWriter(Sink, &Service->Writer);
    if (!Report->Running || Service->FileVersion == 0 || Service->FileVersion == Report->Query.DriverVersion)
        return;
    BeginWarning(Sink);
    SinkText(Sink, "another version than the one that runs, from the next start on");
    EndWarning(Sink);
}

/* Who may do something, and the descriptor that says so. */
static void
WriteSecurity(SINK *Sink, const char *Label, const char *Sddl, uint32_t Mask)
{
    if (Sddl[0] == '\0')
        return;
    WriteLabel(Sink, Label);
    bool Safe = SddlWriteWho(Sink, Sddl, Mask);
    SinkChar(Sink, '\n');
    if (!Safe)
    {
        BeginWarning(Sink);
        SinkText(Sink, "not safe: others than administrators are among them");
        EndWarning(Sink);
    }
    SinkPadTo(Sink, COLUMN_VALUE);
    SinkStyle(Sink, STYLE_DIM);
    SinkText(Sink, Sddl);
    SinkStyle(Sink, STYLE_PLAIN);
    SinkChar(Sink, '\n');
}

static void
WriteService(SINK *Sink, const STATUS_REPORT *Report)
{
    WriteLabel(Sink, "service");
    SinkText(Sink, Report->Installed ? StatusServiceWord(Report) : "not installed");
    if (StatusIsStopping(Report))
    {
        char Holders[HOLDERS_TEXT_BYTES];
        HoldersDescribe(&Report->Holders, Holders);
        SinkText(Sink, ", held by ");
        Utf16WriteUtf8(Sink, Holders);
    }
    else if (Report->Running && (Report->Query.Flags & PRCM_QUERY_STOPPING) != 0)
        SinkText(Sink, " (told to stop)");
    if (Report->HasService && Report->Service.StartsAtBoot)
        SinkText(Sink, ", starts at boot");
    SinkChar(Sink, '\n');
    if (!Report->Installed || !Report->HasService)
        return;
    WriteFile(Sink, Report);
    WriteSecurity(Sink, "controlled by", Report->Service.ServiceSecurity, SDDL_SERVICE_CONTROL);
    WriteSecurity(Sink, "opened by", Report->Service.DeviceSecurity, SDDL_DEVICE_OPEN);
}

static void
WriteDriver(SINK *Sink, const STATUS_REPORT *Report)
{
    const PRCM_QUERY *Query = &Report->Query;

    WriteLabel(Sink, "driver");
    WriteVersion(Sink, Query->DriverVersion);
    SinkText(Sink, ", ABI ");
    SinkUnsigned(Sink, Query->AbiVersion);
    SinkText(Sink, "\n");
    WriteLabel(Sink, "instance");
    SinkText(Sink, "0x");
    SinkHex(Sink, Query->Instance, 1);
    SinkText(Sink, ", started ");
    TimesWriteDate(Sink, Report->LocalInstance);
    SinkChar(Sink, '\n');
}

static void
WriteTier(SINK *Sink, const STATUS_TIER *Tier)
{
    const char *Reason = StatusTierReason(Tier->Status);

    SinkText(Sink, Tier->Routine);
    if (Tier->Status != 0)
    {
        SinkText(Sink, " not used, ");
        SinkCode(Sink, Tier->Status);
        SinkText(Sink, Reason != NULL ? ": " : "");
        SinkText(Sink, Reason != NULL ? Reason : "");
    }
    SinkChar(Sink, '\n');
}

/* The one in use first, then those that would have been better, and why they are not. */
static void
WriteTiers(SINK *Sink, const char *Label, const STATUS_TIER *Tiers, size_t Count)
{
    WriteLabel(Sink, Label);
    for (size_t Index = 0; Index < Count; Index++)
    {
        if (Tiers[Index].Status == 0)
            WriteTier(Sink, &Tiers[Index]);
    }
    for (size_t Index = 0; Index < Count; Index++)
    {
        if (Tiers[Index].Status == 0 || Tiers[Index].Status == PRCM_TIER_NOT_TRIED)
            continue;
        SinkPadTo(Sink, COLUMN_VALUE);
        SinkStyle(Sink, STYLE_DIM);
        WriteTier(Sink, &Tiers[Index]);
        SinkStyle(Sink, STYLE_PLAIN);
    }
}

static void
WriteReaders(SINK *Sink, const PRCM_QUERY *Query)
{
    WriteLabel(Sink, "readers");
    SinkUnsigned(Sink, Query->Sessions);
    SinkText(Sink, " of ");
    SinkUnsigned(Sink, Query->MaxSessions);
    SinkText(Sink, " open (this one included), ");
    SinkUnsigned(Sink, Query->Waiting);
    SinkText(Sink, " waiting for events\n");
    WriteLabel(Sink, "clock");
    SinkText(Sink, (Query->Flags & PRCM_QUERY_TIME_PRECISE) != 0 ? "finer than the clock tick\n"
                                                                 : "to the clock tick\n");
}

static void
WriteKinds(SINK *Sink, const PRCM_QUERY *Query)
{
    static const char *const Names[] = {"starts", "exits", "image loads"};
    const char *Comma = "";

    WriteLabel(Sink, "captures");
    for (uint32_t Kind = 0; Kind < sizeof(Names) / sizeof(Names[0]); Kind++)
    {
        if ((Query->Kinds & PRCM_KIND_BIT(Kind)) == 0)
            continue;
        SinkText(Sink, Comma);
        SinkText(Sink, Names[Kind]);
        Comma = ", ";
    }
    if ((Query->Flags & PRCM_QUERY_CLAMPED_KINDS) != 0)
        SinkText(Sink, " (the configured kinds were out of range)");
    SinkChar(Sink, '\n');
}

static void
WriteRight(SINK *Sink, size_t *Column, const char *Text)
{
    *Column += NUMBER_WIDTH;
    SinkPadTo(Sink, *Column - strlen(Text));
    SinkText(Sink, Text);
}

static void
WriteRightNumber(SINK *Sink, size_t *Column, uint64_t Number)
{
    *Column += NUMBER_WIDTH;
    SinkPadTo(Sink, *Column - SinkGroupedWidth(Number));
    SinkGrouped(Sink, Number);
}

static void
WriteHeadings(SINK *Sink, const char *Label, const char *const *Headings, size_t Count)
{
    size_t Column = COLUMN_NUMBERS;

    SinkStyle(Sink, STYLE_DIM);
    SinkChar(Sink, '\n');
    SinkText(Sink, Label);
    for (size_t Index = 0; Index < Count; Index++)
        WriteRight(Sink, &Column, Headings[Index]);
    SinkStyle(Sink, STYLE_PLAIN);
    SinkChar(Sink, '\n');
}

/* Why a lane is not of the size that was configured. */
static const char *
ClampedText(const PRCM_LANE_INFO *Lane)
{
    if (Lane->Requested < PRCM_MIN_LANE_BYTES || Lane->Requested > PRCM_MAX_LANE_BYTES)
        return ", out of range)";
    return Lane->Bytes > Lane->Requested ? ", rounded up)" : ", more than there was memory for)";
}

/* The driver knows of no size, and may have had to do with less than its default all the same. It knows a size
 * of 0 no better than none. */
static void
WriteClampedDefault(SINK *Sink, const PRCM_LANE_INFO *Lane, uint64_t Default)
{
    if (Lane->Bytes == Default)
    {
        SinkText(Sink, "(the default: what was configured is no size)");
        return;
    }
    SinkText(Sink, "(default: ");
    SinkGrouped(Sink, Default);
    SinkText(Sink, "; no memory for it, or 0 was configured)");
}

static void
WriteClamped(SINK *Sink, const PRCM_LANE_INFO *Lane, uint64_t Default)
{
    SinkText(Sink, "  ");
    if (Lane->Requested == 0)
    {
        WriteClampedDefault(Sink, Lane, Default);
        return;
    }
    SinkText(Sink, "(configured: ");
    SinkGrouped(Sink, Lane->Requested);
    SinkText(Sink, ClampedText(Lane));
}

static void
WriteLane(SINK *Sink, const char *Name, const PRCM_LANE_INFO *Lane, uint64_t Default, bool Clamped)
{
    size_t Column = COLUMN_NUMBERS;

    SinkText(Sink, Name);
    WriteRightNumber(Sink, &Column, Lane->Bytes);
    WriteRightNumber(Sink, &Column, Lane->Used);
    if (Lane->Oldest != 0)
        WriteRightNumber(Sink, &Column, Lane->Oldest);
    else
        WriteRight(Sink, &Column, "empty");
    if (Clamped)
    {
        SinkStyle(Sink, STYLE_YELLOW);
        WriteClamped(Sink, Lane, Default);
        SinkStyle(Sink, STYLE_PLAIN);
    }
    SinkChar(Sink, '\n');
}

static void
WriteLanes(SINK *Sink, const PRCM_QUERY *Query)
{
    static const char *const Headings[] = {"BYTES", "USED", "OLDEST"};

    WriteHeadings(Sink, "LANES", Headings, sizeof(Headings) / sizeof(Headings[0]));
    WriteLane(Sink, "lifecycle", &Query->Lanes[PRCM_LANE_LIFECYCLE], PRCM_DEFAULT_LIFECYCLE_LANE_BYTES,
              (Query->Flags & PRCM_QUERY_CLAMPED_LIFECYCLE) != 0);
    WriteLane(Sink, "image", &Query->Lanes[PRCM_LANE_IMAGE], PRCM_DEFAULT_IMAGE_LANE_BYTES,
              (Query->Flags & PRCM_QUERY_CLAMPED_IMAGE) != 0);
}

static void
WriteCounter(SINK *Sink, const char *Name, const uint64_t Counts[PRCM_KIND_COUNT])
{
    size_t Column = COLUMN_NUMBERS;
    uint64_t Total = 0;

    SinkText(Sink, Name);
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Total += Counts[Kind];
    for (uint32_t Kind = 0; Kind <= PRCM_KIND_IMAGE; Kind++)
        WriteRightNumber(Sink, &Column, Counts[Kind]);
    WriteRightNumber(Sink, &Column, Total);
    SinkChar(Sink, '\n');
}

static void
WriteCounters(SINK *Sink, const PRCM_QUERY *Query)
{
    static const char *const Headings[] = {"STARTS", "EXITS", "IMAGE LOADS", "TOTAL"};

    WriteHeadings(Sink, "EVENTS", Headings, sizeof(Headings) / sizeof(Headings[0]));
    WriteCounter(Sink, "captured", Query->Captured);
    WriteCounter(Sink, "  evicted", Query->Evicted);
    WriteCounter(Sink, "  dropped", Query->Dropped);
    SinkText(Sink, "next number ");
    SinkGrouped(Sink, Query->Next);
    SinkText(Sink, ", readable below ");
    SinkGrouped(Sink, Query->Published);
    SinkText(Sink, "; longest stall ");
    if (Query->LongestStall != 0)
        TimesWriteShort(Sink, Query->LongestStall);
    else
        SinkText(Sink, "none");
    SinkChar(Sink, '\n');
}

void
StatusReportWriteText(SINK *Sink, const STATUS_REPORT *Report)
{
    STATUS_TIER Tiers[STATUS_MAX_TIERS];

    WriteService(Sink, Report);
    if (!Report->Running)
        return;
    WriteDriver(Sink, Report);
    WriteTiers(Sink, "processes by", Tiers, StatusProcessTiers(&Report->Query, Tiers));
    WriteTiers(Sink, "images by", Tiers, StatusImageTiers(&Report->Query, Tiers));
    WriteKinds(Sink, &Report->Query);
    WriteReaders(Sink, &Report->Query);
    WriteLanes(Sink, &Report->Query);
    WriteCounters(Sink, &Report->Query);
}
