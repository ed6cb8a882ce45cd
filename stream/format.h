/* SPDX-License-Identifier: MIT
 *
 * What a form of output is (formats/ has them). It writes to a sink and needs nothing of the OS.
 */
#ifndef STREAM_FORMAT_H
#define STREAM_FORMAT_H

#include "closing.h"
#include "view.h"

/* Whose events they are. JSON says it on each line, so that lines of several hosts and runs of the driver can be told
 * apart wherever they got to; FormatText does not, and takes NULL. */
typedef struct FORMAT_ORIGIN
{
    UTF16 Host;
    uint32_t HostStatus; /* a field status */
    uint64_t Instance;
} FORMAT_ORIGIN;

/* What was asked for, and what the driver said to it. */
typedef struct FORMAT_HEADER
{
    PRCM_VALUE Boot; /* when the OS started */
    uint32_t ConsoleVersion;
    const PRCM_QUERY *Driver;
    const PRCM_SUBSCRIPTION *Asked;
    const PRCM_SUBSCRIBED *Given;
    const UTF16 *Patterns; /* of images */
    uint32_t PatternCount;
} FORMAT_HEADER;

typedef struct FORMAT
{
    /* What stands above the first event. */
    void (*Header)(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header);

    /* A start, exit or load. */
    void (*Event)(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event);

    /* A hole. LocalTime is that of the record after it, 0 if there is none. */
    void (*Lost)(SINK *Sink, const FORMAT_ORIGIN *Origin, const PRCM_LOST *Lost, int64_t LocalTime);

    /* The account, last. LocalInstance is the time at which the instance began. */
    void (*Closing)(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance);
} FORMAT;

/* The holes of one LOST record, a kind and a cause at a time. */
typedef struct FORMAT_LOSS
{
    const char *Kind;  /* as in JSON: "image_load" */
    const char *Noun;  /* "image load" */
    const char *Cause; /* as in JSON: "evicted" */
    uint64_t Count;
} FORMAT_LOSS;

#define FORMAT_MAX_LOSSES (2u * PRCM_KIND_COUNT + 1u)

/* How many of Losses were filled. */
size_t FormatLosses(const PRCM_LOST *Lost, FORMAT_LOSS Losses[FORMAT_MAX_LOSSES]);

#endif
