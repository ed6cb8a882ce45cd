/* SPDX-License-Identifier: MIT
 *
 * The heart of watch: from batches to lines of output.
 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "format.h"

typedef struct STREAM
{
    const FORMAT *Format;
    SINK *Sink;
    VIEW View;
    FORMAT_ORIGIN Origin;
    const UTF16 *Patterns; /* of images; an event has to match one */
    uint32_t PatternCount; /* 0: every event is shown */
    uint64_t CountLimit;   /* events to show; 0: no limit */
    bool EndAtLoss;        /* show nothing behind the first hole */
    uint64_t Shown;
    uint64_t Lost;                      /* events, as told of each hole */
    uint64_t Filtered[PRCM_KIND_COUNT]; /* events not shown because of Patterns */
    CLOSING_CUT Cut;                    /* where enough was shown in the middle of a batch */
} STREAM;

/* Hooks must outlive the stream; Kinds are those subscribed to. */
void StreamInit(STREAM *Stream, const FORMAT *Format, SINK *Sink, const VIEW_HOOKS *Hooks, uint32_t Kinds);
void StreamDestroy(STREAM *Stream);

/* The first words. The host's name must outlive the stream. */
void StreamBegin(STREAM *Stream, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header);

/* Shows a batch. false: CountLimit is reached, or EndAtLoss and a hole, and nothing more is to be shown. */
bool StreamBatch(STREAM *Stream, const PRCM_BATCH *Batch, PRCM_RECORDS Records);

/* The last words. Account and Token as after the last batch. */
void StreamClose(STREAM *Stream, const PRCM_ACCOUNT *Account, const PRCM_TOKEN *Token, CLOSING *Closing);

#endif
