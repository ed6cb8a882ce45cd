/* SPDX-License-Identifier: MIT
 *
 * One recording raised and read: the driver is loaded for it and unloaded after it.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "replay_reader.h"

#define REPLAY_MAX_THREADS 64u

typedef struct REPLAY_OPTIONS
{
    unsigned Threads;   /* that raise */
    double Speed;       /* 1: as recorded; 0: as fast as it goes */
    uint32_t Times;     /* in a row */
    uint32_t LaneBytes; /* 0: the driver's default */
    bool Late;          /* readers read nothing before half has been raised */
    const REPLAY_TAP *Tap;
} REPLAY_OPTIONS;

typedef struct REPLAY_RESULT
{
    REPLAY_READER Readers[READER_COUNT]; /* after ReaderFinish */
    uint64_t Mismatches;
    char Note[COMPARE_NOTE_BYTES]; /* what is wrong apart from the readers, or "" */
} REPLAY_RESULT;

/* Raises Raised and compares with Expected, which is the same or, to see a comparison fail, nearly so. */
void ReplayRun(const MODEL *Raised, const MODEL *Expected, const REPLAY_OPTIONS *Options,
               REPLAY_RESULT *Result);

/* The program. Exit codes are in its help. */
int ReplayMain(int Count, char **Values, FILE *Out, FILE *Errors);

#define REPLAY_EXIT_MISMATCH 1
#define REPLAY_EXIT_INPUT    2

#endif
