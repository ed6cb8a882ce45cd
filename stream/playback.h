/* SPDX-License-Identifier: MIT
 *
 * From a capture to a stream: facts to names and times, batches to events, gaps and damage to holes, and the account of
 * each run of the driver.
 */
#ifndef STREAM_PLAYBACK_H
#define STREAM_PLAYBACK_H

#include "facts.h"
#include "stream.h"

/* A remark on the whole, a sentence: what of the capture is damaged, torn or not understood. */
typedef void PLAYBACK_NOTICE(void *Context, const char *Text);

#define PLAYBACK_HOST_UNITS 1024u

typedef struct PLAYBACK
{
    PRCM_CAPTURE_READER *Reader;
    STREAM *Stream;
    FACTS *Facts;
    PLAYBACK_NOTICE *Notice;
    void *Context;
    bool Expected;                      /* a session has been told, and nothing of it yet */
    uint64_t ExpectedInstance;          /* its run of the driver */
    uint64_t Runs;                      /* begun so far */
    bool Begun;                         /* a run of the driver */
    uint64_t Instance;                  /* that run */
    uint16_t Host[PLAYBACK_HOST_UNITS]; /* its host's name; facts may go while the run lasts */
    PRCM_TOKEN Token;                   /* as of its last batch */
    uint64_t Repeated[PRCM_KIND_COUNT]; /* of it, passed over since they had been told */
    uint64_t Gaps[PRCM_KIND_COUNT];     /* of it, missing in gaps, where the kinds are known */
    bool Complete;                      /* so far: nothing is missing or damaged */
    bool Closed;                        /* so far: every account adds up */
} PLAYBACK;

/* Stream was begun with FactsViewHooks(Facts). All must outlive the playback. */
void PlaybackInit(PLAYBACK *Playback, PRCM_CAPTURE_READER *Reader, STREAM *Stream, FACTS *Facts);

/* Shows what PrcmCaptureNext has found, other than the end. false: enough is shown. */
bool PlaybackItem(PLAYBACK *Playback, const PRCM_CAPTURE_ITEM *Item);

/* Why bytes are no part of a capture, in words: PRCM_DAMAGE_XXX. */
const char *PlaybackDamageText(uint32_t Why);

/* The account of the last run; to be called once, at the end. */
void PlaybackEnd(PLAYBACK *Playback);

#endif
