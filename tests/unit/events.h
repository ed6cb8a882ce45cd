/* SPDX-License-Identifier: MIT
 *
 * One start, load and exit of the same process, with every field, for tests of what shows them.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include "batch_builder.h"
#include "formats/formats.h"

/* 2026-11-22T15:04:05.1234567Z */
#define EVENTS_TIME 134398334451234567

#define EVENTS_PROCESS 1234u
#define EVENTS_PARENT  988u

PRCM_VALUE EventsPresent(uint64_t Value);
PRCM_VALUE EventsMissing(uint32_t Status);

/* These append to the batch; the next record is 100 ms later. */
PRCM_START *EventsAddStart(BATCH_BUILDER *Builder);
PRCM_IMAGE *EventsAddImage(BATCH_BUILDER *Builder);
PRCM_EXIT *EventsAddExit(BATCH_BUILDER *Builder);

/* The records' optional fields are all absent. */
PRCM_START *EventsAddBareStart(BATCH_BUILDER *Builder);
PRCM_IMAGE *EventsAddBareImage(BATCH_BUILDER *Builder);
PRCM_EXIT *EventsAddBareExit(BATCH_BUILDER *Builder);

/* Knows one running process (the parent), one user, and a local time an hour ahead. */
extern const VIEW_HOOKS EventsHooks;

/* Knows nothing. */
extern const VIEW_HOOKS EventsNoHooks;

/* Host PC, instance 5. */
extern const FORMAT_ORIGIN EventsOrigin;

/* C: and \SystemRoot. */
void EventsLoadDrives(PATHS *Paths);

#endif
