/* SPDX-License-Identifier: MIT
 *
 * Made-up events: from one NTEXT_SPEC, ntext.sys raises them and feeder.exe writes down the same. Nothing in
 * them but the SPEC's numbers decides what they say.
 *
 * Starts, images and exits are interleaved evenly. Process n has id FirstProcessId + 4n; its images come
 * after its start and before its exit, as long as there are no more exits than starts. Thread t makes its
 * own share of each kind, with process ids that follow on those of thread t - 1.
 */
#ifndef MADEUP_H
#define MADEUP_H

#include "ntext.h"

typedef struct MADE_UP
{
    NTEXT_SPEC Share; /* of one thread */
    uint32_t ParentProcessId;
    uint32_t FirstProcess; /* of this thread, counted over all threads */
    uint32_t FirstImage;   /* likewise */
    uint32_t Starts;       /* made so far, likewise Exits and Images */
    uint32_t Exits;
    uint32_t Images;
} MADE_UP;

/* Whether all of Spec is within its limits. */
int MadeUpIsValid(const NTEXT_SPEC *Spec);

/* Processes that one request makes up: the ids of the next request begin 4 times this further. */
uint32_t MadeUpProcessCount(const NTEXT_SPEC *Spec);

/* How many events thread Thread makes. */
uint32_t MadeUpEventCount(const NTEXT_SPEC *Spec, uint32_t Thread);

/* The room that any event of Spec takes, with its texts. */
uint32_t MadeUpEventBytes(const NTEXT_SPEC *Spec);

void MadeUpBegin(MADE_UP *MadeUp, const NTEXT_SPEC *Spec, uint32_t Thread);

/* Makes the next event in Event, which has MadeUpEventBytes bytes. 0 after the last. */
int MadeUpNext(MADE_UP *MadeUp, NTEXT_EVENT *Event);

#endif
