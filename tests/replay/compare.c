/* SPDX-License-Identifier: MIT */
#include "compare.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "memory.h"
#include "prcm.h"
#include "text/utf16.h"

static const char *const KindNames[PRCM_KIND_COUNT] = {"starts", "exits", "image loads", "events of no kind"};

/* S-1-5-18: every process of the replay is LocalSystem's, as the recording has names of users only. */
static const uint8_t LocalSystem[] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};

/* The event that a record should be of, and where to say that it differs. */
typedef struct PAIR
{
    COMPARISON *Comparison;
    const EVENT *Event;
    const PRCM_RECORD *Record;
} PAIR;

void
CompareNote(COMPARISON *Comparison, const char *Format, ...)
{
    va_list Arguments;
    va_start(Arguments, Format);
    if (Comparison->Mismatches < COMPARE_MAX_NOTES)
        vsnprintf(Comparison->Notes[Comparison->Mismatches], COMPARE_NOTE_BYTES, Format, Arguments);
    va_end(Arguments);
    Comparison->Mismatches++;
}

/* ---- Fields. Each returns whether it is as raised, and notes it if not ---- */

static bool
SameNumber(const PAIR *Pair, const char *Field, uint64_t Told, uint64_t Raised)
{
    if (Told == Raised)
        return true;
    CompareNote(Pair->Comparison, "line %u: %s is 0x%" PRIx64 ", raised was 0x%" PRIx64,
                Pair->Event->Row ? Pair->Event->Row->Line : 0, Field, Told, Raised);
    return false;
}

static bool
SameStatus(const PAIR *Pair, const char *Field, uint32_t Told, uint32_t Raised)
{
    if (Told == Raised)
        return true;
    CompareNote(Pair->Comparison, "line %u: the status of %s is 0x%X, should be 0x%X",
                Pair->Event->Row ? Pair->Event->Row->Line : 0, Field, Told, Raised);
    return false;
}

static bool
SameValue(const PAIR *Pair, const char *Field, const PRCM_VALUE *Told, PRCM_VALUE Raised)
{
    return SameStatus(Pair, Field, Told->Status, Raised.Status) &&
           SameNumber(Pair, Field, Told->Value, Raised.Value) && SameNumber(Pair, Field, Told->Reserved, 0);
}

static bool
IsPresent(const PAIR *Pair, const char *Field, const PRCM_VALUE *Told, uint64_t Raised)
{
    return SameValue(Pair, Field, Told, (PRCM_VALUE){.Value = Raised, .Status = PRCM_PRESENT});
}

/* 0 stands for "not told". */
static bool
SameId(const PAIR *Pair, const char *Field, const PRCM_VALUE *Told, uint32_t Raised)
{
    PRCM_VALUE Id = {.Value = Raised, .Status = Raised ? PRCM_PRESENT : PRCM_ABSENT};
    return SameValue(Pair, Field, Told, Id);
}

/* Raised is NULL where there was none. */
static bool
SameBytes(const PAIR *Pair, const char *Field, const PRCM_BYTES *Told, const void *Raised, uint32_t Length)
{
    if (!SameStatus(Pair, Field, Told->Status, Raised ? PRCM_PRESENT : PRCM_ABSENT) ||
        !SameNumber(Pair, Field, Told->Length, Length) || !SameNumber(Pair, Field, Told->FullLength, Length))
        return false;
    const uint8_t *Bytes = PrcmRecordBytes(Pair->Record, Told);
    for (uint32_t At = 0; Raised && At < Length; At++)
        if (!SameNumber(Pair, Field, Bytes[At], ((const uint8_t *)Raised)[At]))
            return false;
    return true;
}

static bool
SameText(const PAIR *Pair, const char *Field, const PRCM_BYTES *Told, const UNICODE_STRING *Raised)
{
    return SameBytes(Pair, Field, Told, Raised->Buffer, Raised->Length);
}

static uint32_t
FormOf(const UNICODE_STRING *Path)
{
    static const struct
    {
        UTF16 Prefix;
        uint32_t Form;
    } Forms[] = {{{L"\\Device\\", 8}, PRCM_PATH_NT},
                 {{L"\\??\\", 4}, PRCM_PATH_DOS_DEVICE},
                 {{L"\\SystemRoot\\", 12}, PRCM_PATH_SYSTEM_ROOT}};
    for (size_t Index = 0; Index < sizeof(Forms) / sizeof(*Forms); Index++)
    {
        UTF16 Begin = {Path->Buffer, Forms[Index].Prefix.Count};
        if (Path->Length / sizeof(WCHAR) >= Begin.Count && Utf16EqualNoCase(Begin, Forms[Index].Prefix))
            return Forms[Index].Form;
    }
    return PRCM_PATH_OTHER;
}

static bool
SamePath(const PAIR *Pair, const PRCM_PATH *Told, const UNICODE_STRING *Raised)
{
    return SameText(Pair, "the path", &Told->Text, Raised) &&
           SameNumber(Pair, "the form of the path", Told->Form, FormOf(Raised)) &&
           SameNumber(Pair, "the path's reserved member", Told->Reserved, 0);
}

/* ---- Records ---- */

/* A start without a path is looked up by process, where the simulator answers with an empty one. */
static bool
SameStartPath(const PAIR *Pair, const PRCM_START *Start)
{
    static WCHAR Nothing[1];
    const UNICODE_STRING *Path = &Pair->Event->Row->Path;
    static const UNICODE_STRING Empty = {.Buffer = Nothing};
    PRCM_VALUE Exact = {.Value = 1, .Status = PRCM_PRESENT};
    if (!Path->Buffer)
        Exact = (PRCM_VALUE){.Status = PRCM_ABSENT};
    return SamePath(Pair, &Start->ImagePath, Path->Buffer ? Path : &Empty) &&
           SameValue(Pair, "whether the path is exact", &Start->ImageExact, Exact);
}

static bool
SameToken(const PAIR *Pair, const PRCM_START *Start, const ROW *Row)
{
    return IsPresent(Pair, "the session", &Start->SessionId, Row->SessionId) &&
           IsPresent(Pair, "the integrity level", &Start->IntegrityLevel, Row->IntegrityLevel) &&
           IsPresent(Pair, "elevation", &Start->Elevated, Row->IntegrityLevel >= 0x3000) &&
           SameBytes(Pair, "the user", &Start->UserSid, LocalSystem, sizeof(LocalSystem));
}

static bool
SameStart(const PAIR *Pair, const PRCM_START *Start)
{
    const EVENT *Event = Pair->Event;
    /* What the OS knows of the process; a second start of it differs in path and command line alone. */
    const ROW *First = Pair->Comparison->Model->Processes[Event->Process].Start;
    return SameValue(Pair, "the create time", &Start->CreateTime, Event->CreateTime) &&
           IsPresent(Pair, "the start key", &Start->StartKey, ProcessStartKey(Event->Process)) &&
           SameId(Pair, "the parent", &Start->ParentProcessId, First->ParentId) &&
           SameValue(Pair, "the parent's create time", &Start->ParentCreateTime, Event->ParentCreateTime) &&
           SameId(Pair, "the creator", &Start->CreatorProcessId, First->ParentId) &&
           IsPresent(Pair, "the creator's thread", &Start->CreatorThreadId, EventThreadId(Event)) &&
           SameToken(Pair, Start, First) && IsPresent(Pair, "subsystem", &Start->Subsystem, 0) &&
           IsPresent(Pair, "the architecture", &Start->Architecture, PRCM_ARCHITECTURE_NATIVE) &&
           IsPresent(Pair, "the creation status", &Start->CreationStatus, 0) && SameStartPath(Pair, Start) &&
           SameText(Pair, "the command line", &Start->CommandLine, &Event->Row->CommandLine);
}

static bool
SameExit(const PAIR *Pair, const PRCM_EXIT *Exit)
{
    return SameValue(Pair, "the create time", &Exit->CreateTime, Pair->Event->CreateTime) &&
           IsPresent(Pair, "the exit status", &Exit->ExitStatus, EventExitStatus(Pair->Event));
}

static bool
SameImage(const PAIR *Pair, const PRCM_IMAGE *Image)
{
    const ROW *Row = Pair->Event->Row;
    bool Kernel = Row->Kind == ROW_DRIVER_LOAD;
    PRCM_VALUE Base = {.Value = EventBase(Pair->Event), .Status = PRCM_PRESENT};
    if (Kernel)
        Base = (PRCM_VALUE){.Status = PRCM_WITHHELD};
    uint32_t Properties =
        3u | PRCM_IMAGE_EXTENDED_INFO | (Kernel ? PRCM_IMAGE_SYSTEM_MODE : 0) | (Row->Signed ? 4u << 12 : 0);
    return SameValue(Pair, "the create time", &Image->CreateTime, Pair->Event->CreateTime) &&
           SameValue(Pair, "the base", &Image->Base, Base) &&
           SameNumber(Pair, "the size", Image->ImageSize, EventSize(Pair->Event)) &&
           SameNumber(Pair, "the properties", Image->Properties, Properties) &&
           SameNumber(Pair, "the reserved member", Image->Reserved, 0) &&
           SamePath(Pair, &Image->ImagePath, &Row->Path);
}

static bool
SameHeader(const PAIR *Pair)
{
    LARGE_INTEGER Now;
    KeQuerySystemTimePrecise(&Now);
    if (!SameNumber(Pair, "the kind", Pair->Record->Kind, Pair->Event->Kind) ||
        !SameNumber(Pair, "the thread", Pair->Record->ThreadId, EventThreadId(Pair->Event)))
        return false;
    if (Pair->Record->Time >= Pair->Event->Time && Pair->Record->Time <= Now.QuadPart)
        return true;
    return SameNumber(Pair, "the time", (uint64_t)Pair->Record->Time, (uint64_t)Pair->Event->Time);
}

static void
ComparePair(const PAIR *Pair)
{
    if (!SameHeader(Pair))
        return;
    if (Pair->Event->Kind == PRCM_KIND_START)
        SameStart(Pair, (const void *)Pair->Record);
    else if (Pair->Event->Kind == PRCM_KIND_EXIT)
        SameExit(Pair, (const void *)Pair->Record);
    else
        SameImage(Pair, (const void *)Pair->Record);
}

/* ---- Which event a record is of ---- */

static bool
IsWanted(const COMPARISON *Comparison, const EVENT *Event)
{
    const WANTED *Wanted = &Comparison->Wanted;
    return (Wanted->Kinds & PRCM_KIND_BIT(Event->Kind)) &&
           (!Wanted->OneProcess || Event->Id == Wanted->Id || Event->Id == MODEL_END_ID);
}

static void
CountMissing(COMPARISON *Comparison, uint32_t From, uint32_t To)
{
    for (uint32_t At = From; At != To; At = Comparison->Model->Events[At].Next)
        if (IsWanted(Comparison, &Comparison->Model->Events[At]))
            Comparison->Missing[Comparison->Model->Events[At].Kind]++;
}

/* The event ahead that Record's thread reported, which is another for each. MODEL_NONE: there is none. */
static uint32_t
FindAhead(const COMPARISON *Comparison, uint32_t At, const PRCM_RECORD *Record)
{
    const EVENT *Events = Comparison->Model->Events;
    while (At != MODEL_NONE &&
           !(EventThreadId(&Events[At]) == Record->ThreadId && IsWanted(Comparison, &Events[At])))
        At = Events[At].Next;
    return At;
}

static void
CompareEvent(COMPARISON *Comparison, const PRCM_RECORD *Record)
{
    uint32_t Id = ModelFindId(Comparison->Model, Record->Key);
    uint32_t Found = Id == MODEL_NONE ? MODEL_NONE : FindAhead(Comparison, Comparison->At[Id], Record);
    if (Found == MODEL_NONE)
    {
        CompareNote(
            Comparison,
            "a record of kind %u, process %u, thread %u: not raised or asked for, twice, or out of order",
            Record->Kind, Record->Key, Record->ThreadId);
        return;
    }
    const EVENT *Event = &Comparison->Model->Events[Found];
    CountMissing(Comparison, Comparison->At[Id], Found);
    Comparison->At[Id] = Event->Next;
    ComparePair(&(PAIR){Comparison, Event, Record});
    Comparison->Ended |= Event->Id == MODEL_END_ID;
}

void
CompareRecord(COMPARISON *Comparison, const PRCM_RECORD *Record)
{
    if (Record->Sequence <= Comparison->Sequence)
        CompareNote(Comparison, "number %" PRIu64 " comes after %" PRIu64, Record->Sequence,
                    Comparison->Sequence);
    Comparison->Sequence = Record->Sequence;
    if (Record->Kind == PRCM_KIND_LOST)
        return;
    if (Record->Kind >= PRCM_KIND_COUNT)
    {
        CompareNote(Comparison, "there is no kind %u", Record->Kind);
        return;
    }
    if (Record->Key != MODEL_END_ID)
        Comparison->Delivered[Record->Kind]++;
    CompareEvent(Comparison, Record);
}

void
CompareInit(COMPARISON *Comparison, const MODEL *Model, const WANTED *Wanted)
{
    *Comparison = (COMPARISON){
        .Model = Model, .Wanted = *Wanted, .At = MemoryZeroed(Model->IdCount, sizeof(*Comparison->At))};
    for (uint32_t Id = 0; Id < Model->IdCount; Id++)
        Comparison->At[Id] = Model->Ids[Id].First;
    for (uint32_t At = 0; At < Model->Count; At++)
        if (IsWanted(Comparison, &Model->Events[At]))
            Comparison->Raised[Model->Events[At].Kind]++;
}

void
CompareFinish(COMPARISON *Comparison, const uint64_t Lost[PRCM_KIND_COUNT])
{
    for (uint32_t Id = 0; Id < Comparison->Model->IdCount; Id++)
        CountMissing(Comparison, Comparison->At[Id], MODEL_NONE);
    free(Comparison->At);
    Comparison->At = NULL;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
    {
        uint64_t Missing = Comparison->Missing[Kind];
        if (Missing > Lost[Kind] || (Missing < Lost[Kind] && !Comparison->Wanted.OneProcess))
            CompareNote(Comparison, "%" PRIu64 " %s are missing, %" PRIu64 " were told as lost", Missing,
                        KindNames[Kind], Lost[Kind]);
    }
}
