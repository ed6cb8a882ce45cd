/* SPDX-License-Identifier: MIT
 *
 * One run: a way's driver is loaded, its readers wait, producers raise events, and once every reader has met the last event the
 * figures are taken.
 */
#ifndef RUN_H
#define RUN_H

#include "reader.h"

typedef struct RUN_RESULT
{
    uint64_t Raised;
    uint64_t Delivered; /* of all readers */
    uint64_t Lost;      /* that the way counted or told of, by reader 0 */
    uint64_t Missing;   /* raised, not delivered to reader 0 */
    double
        Seconds; /* from the first event to the last that a reader had; without reader: until the last was raised */
    double ProducerNs; /* processor time of an event */
    double ReaderNs;
    uint64_t Requests;
    uint64_t Waits;
    double IdleWaits;      /* a minute */
    double EmptyRequestNs; /* of one, without the change into the kernel */
    double CrossingNs;     /* of one such change, as readers pay for it */
    SPREAD Notify;
    SPREAD Latency;
    bool Failed; /* a reader has; why was said */
} RUN_RESULT;

void Run(const RUN_CONFIG *Config, const EVENTS *Events, RUN_RESULT *Result);

#endif
