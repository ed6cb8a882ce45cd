/* SPDX-License-Identifier: MIT
 *
 * What threads do to each other by way of the driver: few of them, each with little to do, so that all the ways in which they
 * can meet can be tried. A scenario holds whatever the order. Written once for both hosts.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "book.h"

typedef struct SCENARIO
{
    const char *Name;
    void (*Run)(void);
    bool Stops; /* leaves a driver that must be started anew */
} SCENARIO;

extern const SCENARIO Scenarios[];
extern const uint32_t ScenarioCount;

/* ---- What several are made of ---- */

#define SCENARIO_BUFFER_BYTES (8u * 1024u)
#define SCENARIO_TEXT_BYTES   20u

/* A reader of everything from now on, and one thread that raises: whether it is open. */
bool ScenarioOpen(BOOK *Book);

/* For threads. Context: the id of the process that starts, or that an image is mapped into. */
void ScenarioStart(void *Context);
void ScenarioImage(void *Context);

/* ---- The scenarios ---- */

void ProducersAgainstReader(void);
void CommitOutOfOrder(void);
void TwoReaders(void);
void FiltersThatMatchNothing(void);
void SubscribeInMidStream(void);
void TwoReadsOnOneHandle(void);
void CancelAgainstComplete(void);
void CleanupAgainstComplete(void);
void DuplicatedHandles(void);
void StopAgainstEverything(void);
void WrapAround(void);
void OvertakenReader(void);
void SlowCommitter(void);

/* Not for Wine. */
void DyingThread(void);
void UnloadAgainstEverything(void);
void UnloadAtOnce(void);

#endif
