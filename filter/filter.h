/* SPDX-License-Identifier: MIT
 *
 * The filter language: docs/filters.md is its reference. A filter is read once and then asked of each event. A hole in
 * the stream is never filtered out, so nobody asks.
 */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include "stream/format.h"

#define FILTER_MAX_BYTES     65536u /* of a filter's text */
#define FILTER_MAX_DEPTH     200u   /* of parentheses in each other */
#define FILTER_MAX_TEXT      4096u  /* units of a text in it */
#define FILTER_MESSAGE_BYTES 200u

typedef struct FILTER FILTER;

/* What is wrong with a filter, and where in its text: bytes. At its end, Length is 0. */
typedef struct FILTER_ERROR
{
    size_t Offset;
    size_t Length;
    char Message[FILTER_MESSAGE_BYTES]; /* ASCII, one line, no stop at its end */
} FILTER_ERROR;

/* What has to be read so that the filter can be asked. */
typedef struct FILTER_NEEDS
{
    uint32_t Shown; /* PRCM_KIND_BIT of the kinds that may pass; 0: no event does */
    uint32_t
        Read; /* of those to subscribe to: Shown, and what the view must see to know the fields asked for; every kind
                       if no event passes, so that losses of all kinds are told */
    uint32_t KeyCount; /* 0: every process */
    uint32_t Keys[PRCM_MAX_KEYS];
} FILTER_NEEDS;

/* Events that passed because a pattern of =~ or !~ was given up on. */
typedef struct FILTER_UNDECIDED
{
    uint64_t Events;
    uint64_t FirstSequence; /* of the first of them */
    FILTER_ERROR Reason;    /* of the same: the pattern, and why */
} FILTER_UNDECIDED;

/* Reads a filter: UTF-8. Now is what -5m counts from. NULL: Error says why. FilterFree frees it. */
FILTER *FilterParse(const char *Text, int64_t Now, FILTER_ERROR *Error);
void FilterFree(FILTER *Filter);

/* Whether a start, exit or load passes, as ViewResolve told it. */
bool FilterMatches(FILTER *Filter, const FORMAT_ORIGIN *Origin, const EVENT *Event);

/* To be looked at after each batch, and told at the first event that it has. */
const FILTER_UNDECIDED *FilterUndecided(const FILTER *Filter);

/* What the driver can leave out: never an event that would pass, nor one without which a field would not be known. */
void FilterGetNeeds(const FILTER *Filter, FILTER_NEEDS *Needs);

/* The same where all of several filters have to pass. Needs comes in as what is asked for besides: Shown, KeyCount and
 * Keys. What is read may be more than that, so whoever shows events has to ask for it, too. */
void FilterGetNeedsOfAll(const FILTER *const *Filters, uint32_t Count, FILTER_NEEDS *Needs);

/* Two lines: the line of Text that has the error, and below it a mark at the place. */
void FilterWritePlace(SINK *Sink, const char *Text, const FILTER_ERROR *Error);

/* A line for each field: its name, type, kinds and meaning. */
void FilterWriteFields(SINK *Sink);

#endif
