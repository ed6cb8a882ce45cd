/* SPDX-License-Identifier: MIT
 *
 * What tests of sessions have in common. Events are made up by ntext.sys.
 */
#ifndef SESSION_H
#define SESSION_H

#include "prcm.h"

#define SOON_MS 200u
#define LONG_MS 30000u

/* Raises events of each kind, and returns when every one of them has been given to the driver. */
void Raise(uint32_t Starts, uint32_t Exits, uint32_t Images);
void RaiseWith(uint32_t Starts, uint32_t Exits, uint32_t Images, uint32_t CommandLineBytes);

PRCM_SESSION *Open(void);
PRCM_SESSION *Subscribe(uint32_t From, const PRCM_TOKEN *Token, uint32_t BufferBytes);

/* Reads until a wait ends otherwise than with a batch; how many events of each kind there were. */
typedef struct COUNTS
{
    uint32_t Events[PRCM_KIND_COUNT];
    uint32_t Lost;
    PRCM_RESULT Ended;
} COUNTS;

COUNTS ReadAll(PRCM_SESSION *Session, uint32_t TimeoutMs);

/* These many, and then none. */
void ExpectEvents(PRCM_SESSION *Session, uint32_t Starts, uint32_t Exits, uint32_t Images);

/* So many, and not past them: no READ is in flight then. */
void ExpectNext(PRCM_SESSION *Session, uint32_t Events);

void ExpectClosed(PRCM_SESSION *Session);

PRCM_RESULT WaitOnce(PRCM_SESSION *Session, uint32_t TimeoutMs, void *StopEvent);

/* Waits shortly, in a thread that then ends; so the READ that it issued is cancelled. */
void WaitInAThreadThatEnds(PRCM_SESSION *Session);

#endif
