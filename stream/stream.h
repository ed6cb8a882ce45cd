/* SPDX-License-Identifier: MIT
 *
 * The heart of watch: from batches to lines of output.
 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "format.h"

/* Zero in a member: no limit. */
typedef struct STREAM_RANGE
{
    uint64_t First; /* numbers */
    uint64_t Last;  /* nothing is shown behind it */
    int64_t FromTime;
    int64_t ToTime; /* times need not ascend: what follows is looked at all the same */
} STREAM_RANGE;

/* Whether an event is to be shown. */
typedef bool STREAM_WANTED(void *Context, const FORMAT_ORIGIN *Origin, const EVENT *Event);

typedef struct STREAM
{
    const FORMAT *Format;
    SINK *Sink;
    VIEW View;
    FORMAT_ORIGIN Origin;
    FORMAT_STATE State;
    const UTF16 *Patterns; /* of images; an event has to match one */
    uint32_t PatternCount; /* 0: every event is shown */
    uint32_t Kinds;        /* PRCM_KIND_BIT of those to be shown; 0: all */
    const uint32_t *Ids;   /* of processes; an event has to be of one */
    uint32_t IdCount;      /* 0: all */
    STREAM_WANTED *Wanted; /* NULL: all that match */
    void *WantedContext;
    uint64_t CountLimit; /* events to show; 0: no limit */
    bool EndAtLoss;      /* show nothing behind the first hole */
    STREAM_RANGE Range;  /* what lies outside counts as not wanted */
    uint64_t Shown;
    uint64_t Lost;                      /* events, as told of each hole */
    uint64_t Filtered[PRCM_KIND_COUNT]; /* events of this run not shown because of what precedes */
    CLOSING_CUT Cut;                    /* where enough was shown in the middle of a batch */
} STREAM;

/* Hooks must outlive the stream; Kinds are those subscribed to. */
void StreamInit(STREAM *Stream, const FORMAT *Format, SINK *Sink, const VIEW_HOOKS *Hooks, uint32_t Kinds);
void StreamDestroy(STREAM *Stream);

/* The first words of a run of the driver. The host's name must outlive the stream. */
void StreamBegin(STREAM *Stream, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header);

/* Shows a batch, or the rest of it that Records stands before. false: CountLimit or the end of Range is reached, or EndAtLoss
 * and a hole, and nothing more is to be shown. */
bool StreamBatch(STREAM *Stream, const PRCM_BATCH *Batch, PRCM_RECORDS Records);

/* Shows a hole that is in no batch; LocalTime is filled in. As StreamBatch. */
bool StreamHole(STREAM *Stream, HOLE *Hole);

/* The last words of that run. Account and Token as after the last batch. */
void StreamClose(STREAM *Stream, const PRCM_ACCOUNT *Account, const PRCM_TOKEN *Token, CLOSING *Closing);

/* The last words of all, once, behind the last StreamClose; nothing if nothing was begun. */
void StreamEnd(STREAM *Stream);

#endif
