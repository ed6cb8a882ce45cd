/* SPDX-License-Identifier: MIT
 *
 * Batches laid out so that they compress well: like members beside like, each less the one before. Nothing is lost, and
 * it is as long as before.
 */
#ifndef CAPTURE_WEAVE_H
#define CAPTURE_WEAVE_H

#include "capture_buffer.h"
#include "capture_format.h"

/* Zero is a good start. */
typedef struct CAPTURE_WEAVE
{
    CAPTURE_BUFFER Woven; /* the result of WeaveBatches */
    CAPTURE_BUFFER Heads; /* of batches and records, while their places are not known */
    CAPTURE_BUFFER Places;
} CAPTURE_WEAVE;

void WeaveFree(CAPTURE_WEAVE *Weave);

/* Weaves the payload of a BATCHES block, which BatchesSummarise finds good. false: it is to be stored as it is, as a
 * newer driver's structures or no memory stand in the way. */
bool WeaveBatches(CAPTURE_WEAVE *Weave, const uint8_t *Raw, uint32_t Bytes, uint32_t BatchCount);

/* Has the memory that UnweaveBatches needs. */
bool WeaveReserve(CAPTURE_WEAVE *Weave, uint32_t Bytes);

/* The reverse, for bytes that nobody vouches for. What comes of them is as long, and need not be good.
 *   Raw  receives Bytes bytes
 * false: they are not woven so. WeaveReserve has been called. */
bool UnweaveBatches(CAPTURE_WEAVE *Weave, const uint8_t *Woven, uint32_t Bytes, uint32_t BatchCount,
                    uint8_t *Raw);

#endif
