/* SPDX-License-Identifier: MIT
 *
 * Filters asked of a start, a load and an exit of one process.
 */
#ifndef FILTER_RIG_H
#define FILTER_RIG_H

#include "events.h"
#include "filter/filter.h"

#define RIG_START PRCM_KIND_BIT(PRCM_KIND_START)
#define RIG_EXIT  PRCM_KIND_BIT(PRCM_KIND_EXIT)
#define RIG_IMAGE PRCM_KIND_BIT(PRCM_KIND_IMAGE)
#define RIG_ALL   PRCM_KINDS_ALL
#define RIG_NOW   EVENTS_TIME

/* What passes the filter, as PRCM_KIND_BIT: of events with every field; of those in which all that can lack is absent. The
 * filter has to be right. */
uint32_t RigAsk(const char *Text);
uint32_t RigAskBare(const char *Text);

/* The same of events that the caller makes: what Add adds to a batch. */
uint32_t RigAskOf(const char *Text, void (*Add)(BATCH_BUILDER *Builder), const VIEW_HOOKS *Hooks);

/* Text is refused at Place, which is in it as it stands there; the message is Message. */
void RigRefuses(const char *Text, const char *Place, const char *Message);

/* Text has room for RIG_TEXT_BYTES. */
#define RIG_TEXT_BYTES 0x20000u
void RigAppend(char *Text, const char *Part);

#endif
