/* SPDX-License-Identifier: MIT
 *
 * What the model's own files share.
 */
#ifndef MODEL_LOG_H
#define MODEL_LOG_H

#include "model.h"
#include <stdlib.h>
#include <string.h>

/* Fills the READ of File: Done if there was something, or EvenEmpty. No record is added once the batch is
 * as long as SoftBytes. */
void ModelServe(MODEL *Model, MODEL_FILE *File, ULONG SoftBytes, bool EvenEmpty);

/* False: a From, number or token that is refused. */
bool ModelPlaceReader(const MODEL *Model, const PRCM_SUBSCRIBE *Request, MODEL_READER *Reader,
                      uint32_t *Resume);

/* The lowest number kept in any lane, or the next one. */
uint64_t ModelOldest(const MODEL *Model);

LONGLONG ModelLongestStall(const MODEL *Model);

/* Whether the machine has Routine. */
bool ModelHas(const MODEL *Model, MODEL_ROUTINE Routine);

/* The tiers in use. */
ULONG ModelProcessTier(const MODEL *Model);
ULONG ModelImageTier(const MODEL *Model);

#endif
