/* SPDX-License-Identifier: MIT
 *
 * Streams to be shown in every format, for checks of what comes out.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "batch_builder.h"
#include "stream/stream.h"

typedef struct SAMPLE_RUN
{
    STREAM *Stream;
    PRCM_ACCOUNT Account; /* of what was shown so far */
    PRCM_TOKEN Next;
} SAMPLE_RUN;

/* A run of the driver, from its first event. */
void SampleBegin(SAMPLE_RUN *Run, STREAM *Stream, const FORMAT_ORIGIN *Origin);

/* A batch that follows upon the one before. */
void SampleShow(SAMPLE_RUN *Run, const PRCM_BATCH *Batch);

void SampleClose(SAMPLE_RUN *Run);

/* A start, a load, a loss and an exit: what documentation shows. */
void SampleShort(STREAM *Stream);

/* Every kind of record, with every field, with none, with hostile texts; losses of every cause; two runs. */
void SampleAll(STREAM *Stream);

/* Raises a recording on the simulated kernel and hands over each batch. false: Error says why not. */
bool SampleReplay(const char *Path, void (*Batch)(void *Context, const PRCM_BATCH *Batch), void *Context,
                  const char **Error);

#endif
