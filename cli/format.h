/* SPDX-License-Identifier: MIT
 *
 * The two forms of output. Both write to a sink and need nothing of the OS.
 */
#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H

#include "closing.h"
#include "view.h"

typedef struct FORMAT
{
    /* What stands above the first event. */
    void (*Header)(SINK *Sink);

    /* A start, exit or load. */
    void (*Event)(SINK *Sink, const EVENT *Event);

    /* A hole. LocalTime is that of the record after it, 0 if there is none. */
    void (*Lost)(SINK *Sink, const PRCM_LOST *Lost, int64_t LocalTime);

    /* The account, last. LocalInstance is the time at which the instance began. */
    void (*Closing)(SINK *Sink, const CLOSING *Closing, int64_t LocalInstance);
} FORMAT;

extern const FORMAT FormatText;
extern const FORMAT FormatJson;

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
