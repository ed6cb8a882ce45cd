/* SPDX-License-Identifier: MIT
 *
 * The JSON array of the Trace Event format. A process is a "thread", named, with a slice from its start to its exit and its
 * loads as instants; descendants of one ancestor are the threads of one "process", in the order of their starts, a generation
 * further to the right, with an arrow from the parent's slice to the child's.
 *
 * Each line but the first two begins with the comma, so that what was cut behind any line lacks only the bracket at the end,
 * which readers of this format do without.
 *
 * Within a track time does not go backwards, whatever the clock did: an event is then told at the latest time before it. Its
 * own time is among its args.
 */
#include "formats.h"

#include <string.h>

#include "parts.h"
#include "prcm.h"
#include "text/times.h"

#define UNIX_EPOCH 116444736000000000

/* Groups of tracks, and tracks in them. Those of processes come behind these. */
#define GROUP_OWN    1u /* losses and the account */
#define GROUP_BEFORE 2u /* processes whose start was not seen */
#define TRACK_KERNEL 2u /* in GROUP_BEFORE: images of the kernel */
#define FIRST_NUMBER 2u
#define NUMBER_MASK  0x3FFFFFFFu
#define BEFORE_BASE  0x40000000u

#define MAX_INDENT     32u /* generations that are told apart */
#define MAX_NAME_UNITS 128u
#define LABEL_UNITS    (2 * MAX_INDENT + MAX_NAME_UNITS + 16)

typedef struct TRACK
{
    uint64_t Group;
    uint64_t Number;
} TRACK;

static TRACK
TrackOf(const PROCESS *Process)
{
    return (TRACK){(Process->Root & NUMBER_MASK) + FIRST_NUMBER,
                   (Process->Number & NUMBER_MASK) + FIRST_NUMBER};
}

static TRACK
TrackOfEvent(const EVENT *Event)
{
    if (Event->Process != NULL)
        return TrackOf(Event->Process);
    if (Event->Record->Key == 0)
        return (TRACK){GROUP_BEFORE, TRACK_KERNEL};
    return (TRACK){GROUP_BEFORE, BEFORE_BASE | (Event->Record->Key & NUMBER_MASK)};
}

/* Within a track, this does not go backwards. */
static int64_t
TimeOf(const EVENT *Event)
{
    return Event->Process != NULL ? Event->Process->Latest : Event->Record->Time;
}

/* Microseconds since 1970. */
static void
WriteTime(JSON *Json, int64_t Time)
{
    uint64_t Since = Time > UNIX_EPOCH ? (uint64_t)Time - UNIX_EPOCH : 0;

    JsonName(Json, "ts");
    SinkUnsigned(Json->Sink, Since / 10);
    SinkChar(Json->Sink, '.');
    SinkUnsigned(Json->Sink, Since % 10);
}

static void
WriteTrack(JSON *Json, TRACK Track)
{
    JsonUnsigned(Json, "pid", Track.Group);
    JsonUnsigned(Json, "tid", Track.Number);
}

static void
Begin(JSON *Json, SINK *Sink, const char *Phase, TRACK Track)
{
    SinkChar(Sink, ',');
    JsonBegin(Json, Sink);
    JsonAscii(Json, "ph", Phase);
    WriteTrack(Json, Track);
}

static void
End(JSON *Json)
{
    JsonClose(Json, '}');
    JsonEnd(Json);
}

/* A metadata event up to its one argument. */
static void
BeginMetadata(JSON *Json, SINK *Sink, const char *Name, TRACK Track)
{
    Begin(Json, Sink, "M", Track);
    JsonAscii(Json, "name", Name);
    JsonOpen(Json, "args", '{');
}

static void
WriteOwnName(SINK *Sink, const char *What, TRACK Track, const char *Name)
{
    JSON Json;

    BeginMetadata(&Json, Sink, What, Track);
    JsonAscii(&Json, "name", Name);
    End(&Json);
}

static void
WriteHeader(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    const TRACK Own = {GROUP_OWN, GROUP_OWN};
    JSON Json;

    if (!Origin->State->Begun)
    {
        SinkText(
            Sink,
            "[\n{\"ph\":\"M\",\"pid\":1,\"tid\":1,\"name\":\"process_name\",\"args\":{\"name\":\"prcm\"}}\n");
        WriteOwnName(Sink, "process_name", (TRACK){GROUP_BEFORE, TRACK_KERNEL}, "running before");
        WriteOwnName(Sink, "thread_name", Own, "losses and account");
        WriteOwnName(Sink, "thread_name", (TRACK){GROUP_BEFORE, TRACK_KERNEL}, "kernel");
    }
    Origin->State->Begun = true;
    Begin(&Json, Sink, "i", Own);
    JsonAscii(&Json, "s", "t");
    JsonAscii(&Json, "name", "stream");
    WriteTime(&Json, PartsTime(Origin, Header->Driver != NULL ? Header->Driver->Time : 0));
    JsonOpen(&Json, "args", '{');
    if (Origin->HostStatus == PRCM_PRESENT)
        PartsText(&Json, "host", Origin->Host);
    JsonHex(&Json, "instance", Origin->Instance);
    PartsStream(&Json, Origin, Header);
    End(&Json);
}

static void
PutAscii(uint16_t *Units, uint32_t *Count, const char *Text)
{
    for (; *Text != '\0'; Text++)
        Units[(*Count)++] = (uint16_t)*Text;
}

static void
PutNumber(uint16_t *Units, uint32_t *Count, uint32_t Number)
{
    char Digits[16];
    size_t At = sizeof(Digits);

    Digits[--At] = '\0';
    do
        Digits[--At] = (char)('0' + Number % 10);
    while ((Number /= 10) != 0);
    PutAscii(Units, Count, Digits + At);
}

/* "  cmd.exe (1234)", two blanks for each generation. */
static UTF16
LabelOf(uint32_t Depth, UTF16 Image, uint32_t Id, uint16_t Units[LABEL_UNITS])
{
    UTF16 Name = Utf16FileName(Image);
    uint32_t Count = 0;

    for (uint32_t Index = 0; Index < Depth && Index < MAX_INDENT; Index++)
        PutAscii(Units, &Count, "  ");
    for (uint32_t Index = 0; Index < Name.Count && Index < MAX_NAME_UNITS; Index++)
        Units[Count++] = Name.Units[Index];
    PutAscii(Units, &Count, Name.Count != 0 ? " (" : "(");
    PutNumber(Units, &Count, Id);
    PutAscii(Units, &Count, ")");
    return (UTF16){Units, Count};
}

static void
WriteLabel(SINK *Sink, const char *What, TRACK Track, UTF16 Label)
{
    JSON Json;

    BeginMetadata(&Json, Sink, What, Track);
    PartsText(&Json, "name", Label);
    End(&Json);
}

static void
WriteSortIndex(SINK *Sink, const char *What, TRACK Track, uint64_t Index)
{
    JSON Json;

    BeginMetadata(&Json, Sink, What, Track);
    JsonUnsigned(&Json, "sort_index", Index);
    End(&Json);
}

/* A track for a process, and a group where it is the first of its own. */
static void
WriteNames(SINK *Sink, const PROCESS *Process)
{
    uint16_t Units[LABEL_UNITS];
    TRACK Track = TrackOf(Process);
    UTF16 Image = Process->Told.Image.Text;

    if (Process->Root == Process->Number)
    {
        WriteLabel(Sink, "process_name", Track, LabelOf(0, Image, Process->Id, Units));
        WriteSortIndex(Sink, "process_sort_index", Track, Track.Group);
    }
    WriteLabel(Sink, "thread_name", Track, LabelOf(Process->Depth, Image, Process->Id, Units));
    WriteSortIndex(Sink, "thread_sort_index", Track, Track.Number);
}

static void
WriteArrowEnd(SINK *Sink, const char *Phase, const EVENT *Event, const PROCESS *Process)
{
    JSON Json;

    Begin(&Json, Sink, Phase, TrackOf(Process));
    JsonAscii(&Json, "name", "starts");
    JsonAscii(&Json, "cat", "parent");
    JsonUnsigned(&Json, "id", Event->Process->Number);
    if (Phase[0] == 'f')
        JsonAscii(&Json, "bp", "e");
    WriteTime(&Json, Event->Record->Time);
    JsonEnd(&Json);
}

/* An arrow goes from slice to slice, so the parent's has to be open then. */
static void
WriteArrow(SINK *Sink, const EVENT *Event)
{
    const PROCESS *Parent = Event->Parent;

    if (Parent == NULL || !Parent->Shown || Event->Record->Time < Parent->StartTime)
        return;
    WriteArrowEnd(Sink, "s", Event, Parent);
    WriteArrowEnd(Sink, "f", Event, Event->Process);
}

static void
BeginEvent(JSON *Json, SINK *Sink, const EVENT *Event, const char *Phase)
{
    Begin(Json, Sink, Phase, TrackOfEvent(Event));
    JsonAscii(Json, "cat", EventKindName(Event->Record->Kind));
    WriteTime(Json, TimeOf(Event));
}

static void
WriteName(JSON *Json, UTF16 Image, const char *Nameless)
{
    if (Utf16FileName(Image).Count != 0)
        PartsFileName(Json, "name", Image);
    else
        JsonAscii(Json, "name", Nameless);
}

static void
EndEvent(JSON *Json, const EVENT *Event)
{
    JsonOpen(Json, "args", '{');
    PartsRest(Json, Event, 0);
    End(Json);
}

static void
WriteStart(SINK *Sink, const EVENT *Event)
{
    JSON Json;

    if (Event->Process != NULL)
        WriteNames(Sink, Event->Process);
    BeginEvent(&Json, Sink, Event, Event->Process != NULL ? "B" : "i");
    WriteName(&Json, Event->Image, "process");
    EndEvent(&Json, Event);
    if (Event->Process != NULL)
        WriteArrow(Sink, Event);
}

/* The end of the slice; an instant where there is no slice. */
static void
WriteExit(SINK *Sink, const EVENT *Event)
{
    bool HasSlice = Event->Process != NULL && Event->Process->Shown;
    JSON Json;

    BeginEvent(&Json, Sink, Event, HasSlice ? "E" : "i");
    if (!HasSlice)
        JsonAscii(&Json, "s", "t");
    JsonAscii(&Json, "name", "exit");
    EndEvent(&Json, Event);
}

static void
WriteLoad(SINK *Sink, const EVENT *Event)
{
    JSON Json;

    BeginEvent(&Json, Sink, Event, "i");
    JsonAscii(&Json, "s", "t");
    WriteName(&Json, Event->Image, "image");
    EndEvent(&Json, Event);
}

static void
WriteEvent(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    PartsSawTime(Origin, TimeOf(Event));
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

static void
BeginOwn(JSON *Json, SINK *Sink, const FORMAT_ORIGIN *Origin, const char *Category, int64_t Time)
{
    Begin(Json, Sink, "i", (TRACK){GROUP_OWN, GROUP_OWN});
    JsonAscii(Json, "s", "g");
    JsonAscii(Json, "cat", Category);
    WriteTime(Json, PartsTime(Origin, Time));
}

static void
WriteLost(SINK *Sink, const FORMAT_ORIGIN *Origin, const HOLE *Hole)
{
    JSON Json;

    for (size_t Index = 0; Index < Hole->LossCount; Index++)
    {
        BeginOwn(&Json, Sink, Origin, "lost", Hole->Time);
        PartsLostText(&Json, "name", Hole, &Hole->Losses[Index]);
        JsonOpen(&Json, "args", '{');
        PartsLost(&Json, Hole, &Hole->Losses[Index]);
        End(&Json);
    }
}

/* Its slice ends where the record of the stream does. */
static void
WriteRunning(SINK *Sink, const FORMAT_ORIGIN *Origin, const PROCESS *Process)
{
    int64_t Latest = Origin->State->Latest;
    JSON Json;

    Begin(&Json, Sink, "E", TrackOf(Process));
    WriteTime(&Json, Latest > Process->Latest ? Latest : Process->Latest);
    JsonOpen(&Json, "args", '{');
    JsonBool(&Json, "still_running", true);
    End(&Json);
}

static void
WriteClosing(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance)
{
    JSON Json;

    (void)LocalInstance;
    BeginOwn(&Json, Sink, Origin, "account", 0);
    PartsAccountText(&Json, "name", Closing);
    JsonOpen(&Json, "args", '{');
    PartsAccount(&Json, Closing);
    End(&Json);
}

static void
WriteEnd(SINK *Sink, const FORMAT_ORIGIN *Origin)
{
    if (Origin->State->Begun)
        SinkText(Sink, "]\n");
}

const FORMAT FormatTrace = {
    .Header = WriteHeader,
    .Event = WriteEvent,
    .Lost = WriteLost,
    .Running = WriteRunning,
    .Closing = WriteClosing,
    .End = WriteEnd,
};
