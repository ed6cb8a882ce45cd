/* SPDX-License-Identifier: MIT
 *
 *     TIME               PID  EVENT  DETAILS
 *     15:04:05.123      1234  start  cmd.exe          by explorer.exe (988)     cmd.exe /c ver
 *     15:04:05.125      1234  load     1.9 MiB        C:\Windows\System32\ntdll.dll
 *     15:04:05.130      1234  exit   cmd.exe          status 0, ran 12 ms, 23 images
 */
#include "formats.h"

#include <string.h>

#include "prcm.h"
#include "text/json.h"
#include "text/times.h"

#define COLUMN_PID_END 22
#define COLUMN_EVENT   24
#define COLUMN_DETAIL  31
#define COLUMN_SECOND  48
#define COLUMN_THIRD   74
#define SIZE_WIDTH     9
#define SMALL_STATUS   0xFFFFu /* exit codes up to here are shown in decimal */

static void
Styled(SINK *Sink, SINK_STYLE Style, const char *Text)
{
    SinkStyle(Sink, Style);
    SinkText(Sink, Text);
    SinkStyle(Sink, STYLE_PLAIN);
}

static void
WriteHeader(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    (void)Origin;
    (void)Header;
    SinkStyle(Sink, STYLE_DIM);
    SinkText(Sink, "TIME");
    SinkPadTo(Sink, COLUMN_PID_END - 3);
    SinkText(Sink, "PID");
    SinkPadTo(Sink, COLUMN_EVENT);
    SinkText(Sink, "EVENT");
    SinkPadTo(Sink, COLUMN_DETAIL);
    SinkText(Sink, "DETAILS");
    SinkStyle(Sink, STYLE_PLAIN);
    SinkChar(Sink, '\n');
}

static void
BeginLine(SINK *Sink, const EVENT *Event, const char *Word, SINK_STYLE Style)
{
    SinkBeginRow(Sink, COLUMN_DETAIL);
    SinkStyle(Sink, STYLE_DIM);
    TimesWriteClock(Sink, Event->LocalTime);
    SinkStyle(Sink, STYLE_PLAIN);
    SinkPadTo(Sink, COLUMN_PID_END - SinkUnsignedWidth(Event->Record->Key));
    SinkUnsigned(Sink, Event->Record->Key);
    SinkPadTo(Sink, COLUMN_EVENT);
    Styled(Sink, Style, Word);
    SinkPadTo(Sink, COLUMN_DETAIL);
}

static void
WriteFileName(SINK *Sink, bool Known, UTF16 Path)
{
    UTF16 Name = Utf16FileName(Path);
    if (Known && Name.Count != 0)
        Utf16WriteName(Sink, Name);
    else
        SinkChar(Sink, '?');
}

/* The last field. What people look for is the name; the folder is often the same. */
static void
WritePath(SINK *Sink, bool Known, UTF16 Path)
{
    UTF16 Name = Utf16FileName(Path);

    SinkLastField(Sink);
    if (!Known)
    {
        SinkChar(Sink, '?');
        return;
    }
    SinkStyle(Sink, STYLE_DIM);
    Utf16Write(Sink, (UTF16){.Units = Path.Units, .Count = Path.Count - Name.Count});
    SinkStyle(Sink, STYLE_PLAIN);
    Utf16Write(Sink, Name);
}

/* Why a text is not there, or not all of it; nothing if it is. Before the text, which could hide it. */
static void
WriteReason(SINK *Sink, const char *Name, const PRCM_BYTES *Field)
{
    if (Field->Status == PRCM_PRESENT && Field->Length != 0)
        return;
    SinkStyle(Sink, STYLE_DIM);
    SinkChar(Sink, '(');
    SinkText(Sink, Name);
    SinkChar(Sink, ' ');
    if (Field->Status == PRCM_PRESENT)
        SinkText(Sink, "empty");
    else
        JsonStatusWords(Sink, Field->Status);
    if (Field->Status == PRCM_TRUNCATED)
    {
        SinkText(Sink, ": ");
        SinkGrouped(Sink, Field->Length);
        SinkText(Sink, " of ");
        SinkGrouped(Sink, Field->FullLength);
        SinkText(Sink, " bytes");
    }
    SinkText(Sink, ") ");
    SinkStyle(Sink, STYLE_PLAIN);
}

static void
WriteParent(SINK *Sink, const EVENT *Event, const PRCM_START *Start)
{
    SinkText(Sink, "by ");
    if (Start->ParentProcessId.Status != PRCM_PRESENT)
    {
        SinkText(Sink, "? (parent ");
        JsonStatusWords(Sink, Start->ParentProcessId.Status);
        SinkChar(Sink, ')');
        return;
    }
    WriteFileName(Sink, Event->ParentImageKnown, Event->ParentImage);
    SinkText(Sink, " (");
    SinkUnsigned(Sink, Start->ParentProcessId.Value);
    SinkChar(Sink, ')');
    if (Start->CreatorProcessId.Status != PRCM_PRESENT ||
        Start->CreatorProcessId.Value == Start->ParentProcessId.Value)
        return;
    SinkText(Sink, " via ");
    SinkUnsigned(Sink, Start->CreatorProcessId.Value);
}

static void
WriteCommandLine(SINK *Sink, const EVENT *Event, const PRCM_START *Start)
{
    const PRCM_BYTES *Field = &Start->CommandLine;
    const uint16_t *Units = PrcmRecordBytes(Event->Record, Field);

    WriteReason(Sink, "command line", Field);
    if (Units == NULL)
    {
        WritePath(Sink, Event->ImageKnown, Event->Image);
        return;
    }
    SinkLastField(Sink);
    Utf16Write(Sink, (UTF16){.Units = Units, .Count = Field->Length / 2});
}

/* Before the parent, for no text to hide or imitate. */
static void
WriteRefusal(SINK *Sink, const PRCM_VALUE *CreationStatus)
{
    if (CreationStatus->Status != PRCM_PRESENT || !PRCM_IS_FAILURE(CreationStatus->Value))
        return;
    SinkStyle(Sink, STYLE_YELLOW);
    SinkText(Sink, "refused ");
    SinkCode(Sink, (uint32_t)CreationStatus->Value);
    SinkStyle(Sink, STYLE_PLAIN);
    SinkText(Sink, ", ");
}

static void
WriteStart(SINK *Sink, const EVENT *Event)
{
    const PRCM_START *Start = (const PRCM_START *)Event->Record;

    BeginLine(Sink, Event, "start", STYLE_GREEN);
    SinkStyle(Sink, STYLE_BOLD);
    WriteFileName(Sink, Event->ImageKnown, Event->Image);
    SinkStyle(Sink, STYLE_PLAIN);
    SinkPadTo(Sink, COLUMN_SECOND);
    WriteRefusal(Sink, &Start->CreationStatus);
    WriteParent(Sink, Event, Start);
    SinkPadTo(Sink, COLUMN_THIRD);
    WriteCommandLine(Sink, Event, Start);
    SinkChar(Sink, '\n');
}

/* What people meet as exit codes and look up every time. */
static const char *
StatusName(uint32_t Status)
{
    static const struct
    {
        uint32_t Status;
        const char *Name;
    } Names[] = {
        {0x40010004, "debugger terminated process"},
        {0x80000003, "breakpoint"},
        {0xC0000005, "access violation"},
        {0xC0000017, "no memory"},
        {0xC000001D, "illegal instruction"},
        {0xC0000094, "integer division by zero"},
        {0xC00000FD, "stack overflow"},
        {0xC0000135, "DLL not found"},
        {0xC0000139, "entry point not found"},
        {0xC000013A, "Ctrl-C"},
        {0xC0000142, "DLL initialization failed"},
        {0xC0000374, "heap corruption"},
        {0xC0000409, "stack buffer overrun"},
        {0xC0000420, "assertion failure"},
    };
    for (size_t Index = 0; Index < sizeof(Names) / sizeof(Names[0]); Index++)
    {
        if (Names[Index].Status == Status)
            return Names[Index].Name;
    }
    return NULL;
}

static void
WriteExitStatus(SINK *Sink, const PRCM_VALUE *Field)
{
    uint32_t Status = (uint32_t)Field->Value;
    const char *Name = StatusName(Status);

    SinkText(Sink, "status ");
    if (Field->Status != PRCM_PRESENT)
    {
        JsonStatusWords(Sink, Field->Status);
        return;
    }
    SinkStyle(Sink, Status != 0 ? STYLE_YELLOW : STYLE_PLAIN);
    if (Status <= SMALL_STATUS)
        SinkUnsigned(Sink, Status);
    else
        SinkCode(Sink, Status);
    if (Name != NULL)
    {
        SinkText(Sink, " (");
        SinkText(Sink, Name);
        SinkChar(Sink, ')');
    }
    SinkStyle(Sink, STYLE_PLAIN);
}

static void
WriteExit(SINK *Sink, const EVENT *Event)
{
    const PRCM_EXIT *Exit = (const PRCM_EXIT *)Event->Record;

    BeginLine(Sink, Event, "exit", STYLE_CYAN);
    WriteFileName(Sink, Event->ImageKnown, Event->Image);
    SinkPadTo(Sink, COLUMN_SECOND);
    WriteExitStatus(Sink, &Exit->ExitStatus);
    if (Event->LifetimeKnown)
    {
        SinkText(Sink, ", ran ");
        TimesWriteDuration(Sink, Event->LifetimeMs);
    }
    if (Event->ImagesKnown)
    {
        SinkText(Sink, Event->ImagesLost ? ", at least " : ", ");
        SinkGrouped(Sink, Event->Images);
        SinkText(Sink, Event->Images == 1 ? " image" : " images");
    }
    if (!Event->StartSeen)
        Styled(Sink, STYLE_DIM,
               Event->StartMissed ? " (its start was not seen)" : " (starts are not read, so no name)");
    SinkChar(Sink, '\n');
}

/* In tenths of the largest unit that leaves at least 1, right-aligned: "724.0 KiB". */
static void
WriteSize(SINK *Sink, uint64_t Bytes)
{
    static const char *const Units[] = {" KiB", " MiB", " GiB", " TiB"};
    const size_t Last = sizeof(Units) / sizeof(Units[0]) - 1;
    uint64_t Tenths = Bytes / 1024 * 10 + Bytes % 1024 * 10 / 1024;
    size_t Unit = 0;

    while (Tenths >= 10240 && Unit < Last)
    {
        Tenths /= 1024;
        Unit++;
    }
    size_t Width = SinkGroupedWidth(Tenths / 10) + strlen(".0") + strlen(Units[Unit]);
    for (; Width < SIZE_WIDTH; Width++)
        SinkChar(Sink, ' ');
    SinkGrouped(Sink, Tenths / 10);
    SinkChar(Sink, '.');
    SinkUnsigned(Sink, Tenths % 10);
    SinkText(Sink, Units[Unit]);
}

static void
WriteLoad(SINK *Sink, const EVENT *Event)
{
    const PRCM_IMAGE *Image = (const PRCM_IMAGE *)Event->Record;

    BeginLine(Sink, Event, "load", STYLE_BLUE);
    SinkStyle(Sink, STYLE_DIM);
    WriteSize(Sink, Image->ImageSize);
    SinkStyle(Sink, STYLE_PLAIN);
    SinkPadTo(Sink, COLUMN_SECOND);
    if ((Image->Properties & PRCM_IMAGE_SYSTEM_MODE) != 0)
        Styled(Sink, STYLE_DIM, "(kernel) ");
    if ((Image->Properties & PRCM_IMAGE_MACHINE_TYPE_MISMATCH) != 0)
        Styled(Sink, STYLE_DIM, "(other architecture) ");
    WriteReason(Sink, "path", &Image->ImagePath.Text);
    WritePath(Sink, Event->ImageKnown, Event->Image);
    SinkChar(Sink, '\n');
}

static void
WriteEvent(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    (void)Origin;
    switch (Event->Record->Kind)
    {
    case PRCM_KIND_START:
        WriteStart(Sink, Event);
        break;
    case PRCM_KIND_EXIT:
        WriteExit(Sink, Event);
        break;
    case PRCM_KIND_IMAGE:
        WriteLoad(Sink, Event);
        break;
    default:
        break;
    }
}

/* In whole sentences: whoever reads this needs to know what it means. */
static const char *
CauseText(const char *Cause)
{
    static const struct
    {
        const char *Cause;
        const char *Text;
    } Rows[] = {
        {HOLE_CAUSE_EVICTED, "evicted: this reader was overtaken"},
        {HOLE_CAUSE_DROPPED, "dropped: the lane was full up to an event still being written"},
        {HOLE_CAUSE_UNKNOWN, "of unknown kind: resumed from a bare number"},
        {HOLE_CAUSE_DAMAGED, "recorded, in a part of the capture that is damaged"},
        {HOLE_CAUSE_NOT_RECORDED, "not recorded"},
        {HOLE_CAUSE_FILE_MISSING, "recorded, in a file that is not there"},
    };

    for (size_t Index = 0; Index < sizeof(Rows) / sizeof(Rows[0]); Index++)
    {
        if (strcmp(Rows[Index].Cause, Cause) == 0)
            return Rows[Index].Text;
    }
    return Cause;
}

static void
WriteLoss(SINK *Sink, const HOLE *Hole, const HOLE_LOSS *Loss)
{
    SinkBeginRow(Sink, COLUMN_DETAIL);
    SinkStyle(Sink, STYLE_RED);
    if (Hole->LocalTime != 0)
        TimesWriteClock(Sink, Hole->LocalTime);
    SinkPadTo(Sink, COLUMN_EVENT);
    SinkText(Sink, "LOST");
    SinkPadTo(Sink, COLUMN_DETAIL);
    SinkGrouped(Sink, Loss->Count);
    SinkChar(Sink, ' ');
    SinkText(Sink, Loss->Noun);
    if (Loss->Count != 1)
        SinkChar(Sink, 's');
    SinkText(Sink, " (");
    SinkText(Sink, CauseText(Loss->Cause));
    bool Whole = Hole->Next - Hole->First == Loss->Count;
    bool One = Hole->Next - Hole->First == 1;
    SinkText(Sink, One ? "), number " : Whole ? "), numbers " : "), among numbers ");
    SinkUnsigned(Sink, Hole->First);
    if (!One)
    {
        SinkText(Sink, "..");
        SinkUnsigned(Sink, Hole->Next - 1);
    }
    SinkStyle(Sink, STYLE_PLAIN);
    SinkChar(Sink, '\n');
}

static void
WriteLost(SINK *Sink, const FORMAT_ORIGIN *Origin, const HOLE *Hole)
{
    (void)Origin;
    for (size_t Index = 0; Index < Hole->LossCount; Index++)
        WriteLoss(Sink, Hole, &Hole->Losses[Index]);
}

#define ACCOUNT_LABEL   22
#define ACCOUNT_NUMBERS 13

static void
WriteRight(SINK *Sink, size_t *Column, const char *Text)
{
    *Column += ACCOUNT_NUMBERS;
    SinkPadTo(Sink, *Column - strlen(Text));
    SinkText(Sink, Text);
}

static void
WriteRightNumber(SINK *Sink, size_t *Column, uint64_t Number)
{
    *Column += ACCOUNT_NUMBERS;
    SinkPadTo(Sink, *Column - SinkGroupedWidth(Number));
    SinkGrouped(Sink, Number);
}

static void
WriteRow(SINK *Sink, const char *Label, const CLOSING_COUNTS *Counts, bool Unknown, SINK_STYLE Style)
{
    size_t Column = ACCOUNT_LABEL;

    SinkStyle(Sink, Style);
    SinkText(Sink, Label);
    for (uint32_t Kind = 0; Kind < CLOSING_KINDS; Kind++)
        WriteRightNumber(Sink, &Column, Counts->Kind[Kind]);
    if (Unknown)
        WriteRightNumber(Sink, &Column, Counts->Unknown);
    WriteRightNumber(Sink, &Column, Counts->Total);
    SinkStyle(Sink, STYLE_PLAIN);
    SinkChar(Sink, '\n');
}

static void
WriteTable(SINK *Sink, const CLOSING *Closing)
{
    bool Unknown = Closing->Captured.Unknown != 0 || Closing->FilteredDriver.Unknown != 0 ||
                   Closing->Lost.Unknown != 0 || Closing->Unread.Unknown != 0;
    size_t Column = ACCOUNT_LABEL;

    SinkStyle(Sink, STYLE_DIM);
    SinkText(Sink, "ACCOUNT");
    WriteRight(Sink, &Column, "STARTS");
    WriteRight(Sink, &Column, "EXITS");
    WriteRight(Sink, &Column, "IMAGE LOADS");
    if (Unknown)
        WriteRight(Sink, &Column, "UNKNOWN");
    WriteRight(Sink, &Column, "TOTAL");
    SinkStyle(Sink, STYLE_PLAIN);
    SinkChar(Sink, '\n');
    WriteRow(Sink, "captured", &Closing->Captured, Unknown, STYLE_PLAIN);
    WriteRow(Sink, "  delivered", &Closing->Delivered, Unknown, STYLE_PLAIN);
    WriteRow(Sink, "  filtered by driver", &Closing->FilteredDriver, Unknown, STYLE_PLAIN);
    WriteRow(Sink, "  filtered here", &Closing->FilteredConsole, Unknown, STYLE_PLAIN);
    WriteRow(Sink, "  lost", &Closing->Lost, Unknown, Closing->Lost.Total != 0 ? STYLE_RED : STYLE_PLAIN);
    WriteRow(Sink, "  unread", &Closing->Unread, Unknown, STYLE_PLAIN);
}

static void
WriteVerdict(SINK *Sink, const CLOSING *Closing)
{
    if (!Closing->Closed)
        Styled(Sink, STYLE_RED,
               "NOT CLOSED: what was captured is not the sum of the rest; please report this\n");
    else if (Closing->Captured.Total == 0)
        Styled(Sink, STYLE_GREEN, "closed: nothing happened meanwhile\n");
    else
    {
        SinkStyle(Sink, STYLE_GREEN);
        SinkText(Sink, "closed: each event from number ");
        SinkUnsigned(Sink, Closing->From);
        SinkText(Sink, " to ");
        SinkUnsigned(Sink, Closing->From + Closing->Captured.Total - 1);
        SinkText(Sink, " is accounted for");
        SinkStyle(Sink, STYLE_PLAIN);
        SinkChar(Sink, '\n');
    }
}

static void
WriteClosing(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance)
{
    (void)Origin;
    SinkChar(Sink, '\n');
    WriteTable(Sink, Closing);
    WriteVerdict(Sink, Closing);
    SinkText(Sink, "driver started ");
    TimesWriteDate(Sink, LocalInstance);
    SinkText(Sink, ", instance 0x");
    SinkHex(Sink, Closing->Instance, 1);
    SinkText(Sink, "\ngo on with: prcm watch --from ");
    SinkText(Sink, Closing->Token);
    SinkChar(Sink, '\n');
}

const FORMAT FormatText = {
    .Header = WriteHeader,
    .Event = WriteEvent,
    .Lost = WriteLost,
    .Closing = WriteClosing,
};
