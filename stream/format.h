/* SPDX-License-Identifier: MIT
 *
 * What a form of output is (formats/ has them). It writes to a sink and needs nothing of the OS.
 */
#ifndef STREAM_FORMAT_H
#define STREAM_FORMAT_H

#include "closing.h"
#include "hole.h"
#include "view.h"

/* Whose events they are. JSON says it on each line, so that lines of several hosts and runs of the driver can be told
 * apart wherever they got to; FormatText does not, and takes NULL. */
typedef struct FORMAT_ORIGIN
{
    UTF16 Host;
    uint32_t HostStatus; /* a field status */
    uint64_t Instance;
} FORMAT_ORIGIN;

/* What was asked for, and what the driver said to it. NULL: not known, as of a capture that is damaged there. */
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

    /* What is missing, in its place. */
    void (*Lost)(SINK *Sink, const FORMAT_ORIGIN *Origin, const HOLE *Hole);

    /* The account, last. LocalInstance is the time at which the instance began. */
    void (*Closing)(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance);
} FORMAT;

#endif
