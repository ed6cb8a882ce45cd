/* SPDX-License-Identifier: MIT
 *
 * What is told of a stream beside its events. Names and forms are a public interface: they may be added to, never changed.
 */
#include "parts.h"

#include "prcm.h"

static void
WriteAbsent(JSON *Json, const char *Name)
{
    JsonNull(Json, Name);
    JsonStatus(Json, Name, PRCM_ABSENT);
}

static void
WriteAsked(JSON *Json, const FORMAT_HEADER *Header)
{
    if (Header->Asked != NULL)
        JsonKinds(Json, "kinds", Header->Asked->Kinds);
    else
        WriteAbsent(Json, "kinds");
    if (Header->Driver != NULL)
        JsonKinds(Json, "captured_kinds", Header->Driver->Kinds);
    else
        WriteAbsent(Json, "captured_kinds");
    JsonOpen(Json, "pids", '[');
    for (uint32_t Index = 0; Header->Asked != NULL && Index < Header->Asked->KeyCount; Index++)
        JsonUnsigned(Json, NULL, Header->Asked->Keys[Index]);
    JsonClose(Json, ']');
    JsonOpen(Json, "images", '[');
    for (uint32_t Index = 0; Index < Header->PatternCount; Index++)
    {
        JsonName(Json, NULL);
        Utf16WriteJson(Json->Sink, Header->Patterns[Index]);
    }
    JsonClose(Json, ']');
}

/* Where the stream begins, and whether anything about the past is unknown. */
static void
WriteBeginning(JSON *Json, const PRCM_SUBSCRIPTION *Asked, const PRCM_SUBSCRIBED *Given)
{
    if (Given != NULL)
        JsonUnsigned(Json, "from", Given->Start.Next);
    else
        WriteAbsent(Json, "from");
    if (Asked != NULL && Asked->From == PRCM_FROM_TOKEN)
    {
        char Token[PRCM_TOKEN_TEXT_BYTES];
        PrcmTokenFormat(&Asked->Token, Token);
        JsonAscii(Json, "from_token", Token);
    }
    else
        WriteAbsent(Json, "from_token");
    if (Given != NULL)
        JsonAscii(Json, "resume",
                  Given->Resume == PRCM_RESUME_OTHER_INSTANCE  ? "other_instance"
                  : Given->Resume == PRCM_RESUME_KINDS_UNKNOWN ? "kinds_unknown"
                                                               : "exact");
    else
        WriteAbsent(Json, "resume");
}

static void
WriteDriver(JSON *Json, const PRCM_QUERY *Driver)
{
    if (Driver == NULL)
    {
        WriteAbsent(Json, "time");
        WriteAbsent(Json, "driver_version");
        return;
    }
    JsonTime(Json, "time", Driver->Time);
    JsonVersion(Json, "driver_version", Driver->DriverVersion);
}

void
PartsStream(JSON *Json, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    JsonOptional(Json, "boot", &Header->Boot, PartsDate);
    JsonTime(Json, "started", (int64_t)Origin->Instance);
    WriteDriver(Json, Header->Driver);
    JsonVersion(Json, "console_version", Header->ConsoleVersion);
    WriteBeginning(Json, Header->Asked, Header->Given);
    WriteAsked(Json, Header);
}

void
PartsLost(JSON *Json, const HOLE *Hole, const HOLE_LOSS *Loss)
{
    JsonUnsigned(Json, "first_seq", Hole->First);
    JsonUnsigned(Json, "next_seq", Hole->Next);
    JsonAscii(Json, "kind", Loss->Kind);
    JsonAscii(Json, "cause", Loss->Cause);
    JsonUnsigned(Json, "count", Loss->Count);
}

static void
WriteCounts(JSON *Json, const char *Name, const CLOSING_COUNTS *Counts)
{
    JsonOpen(Json, Name, '{');
    JsonUnsigned(Json, "process_start", Counts->Kind[PRCM_KIND_START]);
    JsonUnsigned(Json, "process_exit", Counts->Kind[PRCM_KIND_EXIT]);
    JsonUnsigned(Json, "image_load", Counts->Kind[PRCM_KIND_IMAGE]);
    JsonUnsigned(Json, "unknown", Counts->Unknown);
    JsonUnsigned(Json, "total", Counts->Total);
    JsonClose(Json, '}');
}

void
PartsAccount(JSON *Json, const CLOSING *Closing)
{
    JsonUnsigned(Json, "from", Closing->From);
    JsonUnsigned(Json, "next", Closing->Next);
    WriteCounts(Json, "captured", &Closing->Captured);
    WriteCounts(Json, "delivered", &Closing->Delivered);
    WriteCounts(Json, "filtered_driver", &Closing->FilteredDriver);
    WriteCounts(Json, "filtered_console", &Closing->FilteredConsole);
    WriteCounts(Json, "lost", &Closing->Lost);
    WriteCounts(Json, "unread", &Closing->Unread);
    JsonAscii(Json, "token", Closing->Token);
    JsonBool(Json, "closed", Closing->Closed);
}

static void
WriteRange(SINK *Sink, uint64_t First, uint64_t Next)
{
    SinkUnsigned(Sink, First);
    if (Next - First == 1)
        return;
    SinkText(Sink, " to ");
    SinkUnsigned(Sink, Next - 1);
}

void
PartsLostText(JSON *Json, const char *Name, const HOLE *Hole, const HOLE_LOSS *Loss)
{
    bool Whole = Hole->Next - Hole->First == Loss->Count;

    JsonName(Json, Name);
    SinkChar(Json->Sink, '"');
    SinkUnsigned(Json->Sink, Loss->Count);
    SinkChar(Json->Sink, ' ');
    SinkText(Json->Sink, Loss->Noun);
    SinkText(Json->Sink, Loss->Count == 1 ? " lost (" : "s lost (");
    SinkText(Json->Sink, Loss->Cause);
    SinkText(Json->Sink, Whole ? "): numbers " : "): among numbers ");
    WriteRange(Json->Sink, Hole->First, Hole->Next);
    SinkChar(Json->Sink, '"');
}

void
PartsAccountText(JSON *Json, const char *Name, const CLOSING *Closing)
{
    JsonName(Json, Name);
    SinkChar(Json->Sink, '"');
    if (!Closing->Closed)
        SinkText(Json->Sink, "the account does not add up");
    else if (Closing->Captured.Total == 0)
        SinkText(Json->Sink, "complete: nothing happened");
    else
    {
        SinkText(Json->Sink, Closing->Lost.Total == 0 ? "complete: numbers " : "incomplete: numbers ");
        WriteRange(Json->Sink, Closing->From, Closing->From + Closing->Captured.Total);
    }
    if (Closing->Lost.Total != 0)
    {
        SinkText(Json->Sink, ", lost ");
        SinkUnsigned(Json->Sink, Closing->Lost.Total);
    }
    SinkChar(Json->Sink, '"');
}
