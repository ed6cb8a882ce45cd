/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <string.h>

#include "text/wildcard.h"

void
StreamInit(STREAM *Stream, const FORMAT *Format, SINK *Sink, const VIEW_HOOKS *Hooks, uint32_t Kinds)
{
    memset(Stream, 0, sizeof(*Stream));
    Stream->Format = Format;
    Stream->Sink = Sink;
    ViewInit(&Stream->View, Hooks, Kinds);
}

void
StreamDestroy(STREAM *Stream)
{
    ViewDestroy(&Stream->View);
}

static int64_t
ToLocal(const STREAM *Stream, int64_t Time)
{
    const VIEW_HOOKS *Hooks = Stream->View.Hooks;
    return Hooks->LocalTime != NULL && Time != 0 ? Hooks->LocalTime(Hooks->Context, Time) : Time;
}

static bool
IsInRange(const STREAM_RANGE *Range, const PRCM_RECORD *Record)
{
    return Record->Sequence >= Range->First && (Range->FromTime == 0 || Record->Time >= Range->FromTime) &&
           (Range->ToTime == 0 || Record->Time <= Range->ToTime);
}

static bool
MatchesPattern(const STREAM *Stream, const EVENT *Event)
{
    for (uint32_t Index = 0; Index < Stream->PatternCount && Event->ImageKnown; Index++)
    {
        if (WildcardMatchesPath(Stream->Patterns[Index], Event->Image))
            return true;
    }
    return Stream->PatternCount == 0;
}

static bool
HasKindAndId(const STREAM *Stream, const PRCM_RECORD *Record)
{
    if (Stream->Kinds != 0 && (Stream->Kinds & PRCM_KIND_BIT(Record->Kind)) == 0)
        return false;
    for (uint32_t Index = 0; Index < Stream->IdCount; Index++)
    {
        if (Stream->Ids[Index] == Record->Key)
            return true;
    }
    return Stream->IdCount == 0;
}

static bool
IsWanted(const STREAM *Stream, const EVENT *Event)
{
    return IsInRange(&Stream->Range, Event->Record) && HasKindAndId(Stream, Event->Record) &&
           MatchesPattern(Stream, Event) &&
           (Stream->Wanted == NULL || Stream->Wanted(Stream->WantedContext, &Stream->Origin, Event));
}

static void
ShowHole(STREAM *Stream, HOLE *Hole)
{
    ViewHole(&Stream->View, Hole);
    Hole->LocalTime = ToLocal(Stream, Hole->Time);
    Stream->Format->Lost(Stream->Sink, &Stream->Origin, Hole);
    Stream->Lost += Hole->Next - Hole->First - Hole->Filtered;
}

static void
ShowRecord(STREAM *Stream, const PRCM_RECORD *Record)
{
    EVENT Event;

    if (Record->Kind == PRCM_KIND_LOST)
    {
        const PRCM_LOST *Lost = (const PRCM_LOST *)Record;
        HOLE Hole;
        HoleOfLost(&Hole, Lost);
        Hole.Time = Record->Time;
        ShowHole(Stream, &Hole);
        return;
    }
    ViewResolve(&Stream->View, Record, &Event);
    if (!IsWanted(Stream, &Event))
    {
        Stream->Filtered[Record->Kind]++;
        return;
    }
    Stream->Format->Event(Stream->Sink, &Stream->Origin, &Event);
    ViewShown(&Event);
    Stream->Shown++;
}

static FORMAT_SYSTEM
SystemOf(const PRCM_FACT_SYSTEM_INFO *System)
{
    if (System == NULL)
        return (FORMAT_SYSTEM){.Major = {.Status = PRCM_ABSENT}};
    return (FORMAT_SYSTEM){
        .Major = System->Major, .Minor = System->Minor, .Build = System->Build, .Revision = System->Revision};
}

void
StreamBegin(STREAM *Stream, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header)
{
    Stream->Origin = (FORMAT_ORIGIN){.Host = Origin->Host,
                                     .HostStatus = Origin->HostStatus,
                                     .Instance = Origin->Instance,
                                     .Boot = Header->Boot,
                                     .System = SystemOf(Header->System),
                                     .State = &Stream->State};
    ViewSetOrigin(&Stream->View, Origin->Host, Origin->HostStatus, &Header->Boot);
    Stream->Format->Header(Stream->Sink, &Stream->Origin, Header);
}

static bool
IsEnough(const STREAM *Stream)
{
    bool Counted = Stream->CountLimit != 0 && Stream->Shown >= Stream->CountLimit;
    return Counted || (Stream->EndAtLoss && Stream->Lost != 0);
}

static uint64_t
LastNumber(const PRCM_RECORD *Record)
{
    return Record->Kind == PRCM_KIND_LOST ? ((const PRCM_LOST *)Record)->NextSequence - 1 : Record->Sequence;
}

bool
StreamBatch(STREAM *Stream, const PRCM_BATCH *Batch, PRCM_RECORDS Records)
{
    uint64_t End = Stream->Range.Last != 0 ? Stream->Range.Last : UINT64_MAX;
    PRCM_RECORDS Before = Records;
    const PRCM_RECORD *Record;

    while ((Record = PrcmBatchNext(&Records)) != NULL)
    {
        if (Record->Sequence > End)
        {
            ClosingCut(&Stream->Cut, Batch, Before, Record->Sequence - 1);
            return false;
        }
        ShowRecord(Stream, Record);
        if (IsEnough(Stream))
        {
            ClosingCut(&Stream->Cut, Batch, Records, LastNumber(Record));
            return false;
        }
        Before = Records;
    }
    return Batch->Next.Next <= End;
}

bool
StreamHole(STREAM *Stream, HOLE *Hole)
{
    ShowHole(Stream, Hole);
    return !IsEnough(Stream);
}

static void
ShowRunning(STREAM *Stream)
{
    PROCESS *Process = Stream->View.Processes.Running.Oldest;

    for (; Stream->Format->Running != NULL && Process != NULL; Process = Process->Younger)
    {
        if (Process->Shown)
            Stream->Format->Running(Stream->Sink, &Stream->Origin, Process);
        Process->Shown = false;
    }
}

void
StreamClose(STREAM *Stream, const PRCM_ACCOUNT *Account, const PRCM_TOKEN *Token, CLOSING *Closing)
{
    ClosingBuild(Closing, Account, Token, Stream->Filtered, &Stream->Cut);
    ShowRunning(Stream);
    Stream->Format->Closing(Stream->Sink, &Stream->Origin, Closing,
                            ToLocal(Stream, (int64_t)Account->Instance));
    memset(Stream->Filtered, 0, sizeof(Stream->Filtered));
}

void
StreamEnd(STREAM *Stream)
{
    if (Stream->Format->End != NULL && Stream->Origin.State != NULL)
        Stream->Format->End(Stream->Sink, &Stream->Origin);
}
