/* SPDX-License-Identifier: MIT
 *
 * What a form of output is (formats/ has them). It writes to a sink and needs nothing of the OS.
 */
#ifndef STREAM_FORMAT_H
#define STREAM_FORMAT_H

#include "closing.h"
#include "hole.h"
#include "prcm_capture.h"
#include "view.h"

#define FORMAT_MAX_NAME_BYTES 80u

/* What a format keeps from one call to the next; zero at first, and the format's alone. */
typedef struct FORMAT_STATE
{
    bool Begun;          /* what stands once above all has been written */
    int64_t Latest;      /* the latest time written */
    uint64_t RecordHigh; /* fingerprint of the last record */
    uint64_t RecordLow;
    char RecordName[FORMAT_MAX_NAME_BYTES]; /* what that record is called; empty: there is none yet */
} FORMAT_STATE;

/* The host's operating system, as far as it is known. */
typedef struct FORMAT_SYSTEM
{
    PRCM_VALUE Major;
    PRCM_VALUE Minor;
    PRCM_VALUE Build;
    PRCM_VALUE Revision;
} FORMAT_SYSTEM;

/* Whose events they are. Most formats say it with each record, so that records of several hosts and runs of the driver can be
 * told apart wherever they got to; FormatText does not, and takes NULL. */
typedef struct FORMAT_ORIGIN
{
    UTF16 Host;
    uint32_t HostStatus; /* a field status */
    uint64_t Instance;

    /* These are StreamBegin's to fill in. */
    PRCM_VALUE Boot;
    FORMAT_SYSTEM System;
    FORMAT_STATE *State; /* FormatText and FormatJson need none */
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
    const PRCM_FACT_SYSTEM_INFO *System;
} FORMAT_HEADER;

typedef struct FORMAT
{
    /* What stands above the first event of a run of the driver. */
    void (*Header)(SINK *Sink, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header);

    /* A start, exit or load. */
    void (*Event)(SINK *Sink, const FORMAT_ORIGIN *Origin, const EVENT *Event);

    /* What is missing, in its place. */
    void (*Lost)(SINK *Sink, const FORMAT_ORIGIN *Origin, const HOLE *Hole);

    /* A process whose start was shown and whose exit was not, just before the account. NULL: not to be told. */
    void (*Running)(SINK *Sink, const FORMAT_ORIGIN *Origin, const PROCESS *Process);

    /* The account, the last of a run. LocalInstance is the time at which the instance began. */
    void (*Closing)(SINK *Sink, const FORMAT_ORIGIN *Origin, const CLOSING *Closing, int64_t LocalInstance);

    /* What stands at the end of all, once. NULL: nothing. */
    void (*End)(SINK *Sink, const FORMAT_ORIGIN *Origin);
} FORMAT;

#endif
