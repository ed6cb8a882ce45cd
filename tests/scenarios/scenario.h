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
    uint32_t Wine; /* SCENARIO_WINE_XXX */
} SCENARIO;

/* Whether it can run where threads run as they like, on a driver that is there already. */
#define SCENARIO_WINE_RUNS  0u
#define SCENARIO_WINE_STOPS 1u /* and leaves a driver that must be started anew */
#define SCENARIO_WINE_NOT                                                                                    \
    2u /* it unloads the driver by a call, or takes an order of things that Wine does not have */

extern const SCENARIO Scenarios[];
extern const uint32_t ScenarioCount;

/* In scenarios_*.c; Scenarios says what each promises. */
void ProducersAgainstReader(void);
void CommitOutOfOrder(void);
void TwoReaders(void);
void FiltersThatMatchNothing(void);
void SubscribeInMidStream(void);
void TwoReadsOnOneHandle(void);
void CancelAgainstComplete(void);
void CleanupAgainstComplete(void);
void DuplicatedHandles(void);
void DyingThread(void);
void StopAgainstEverything(void);
void UnloadAgainstEverything(void);
void UnloadAtOnce(void);
void WrapAround(void);
void OvertakenReader(void);
void SlowCommitter(void);

#endif
