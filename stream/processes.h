/* SPDX-License-Identifier: MIT
 *
 * What the console remembers of the stream: the processes whose start it saw and whose exit it did not, so
 * that a child can name its parent, and an exit its image. Bounded: the oldest is forgotten first.
 *
 * A process id is used again. An entry is replaced at the next start with its id and taken out at the exit,
 * and nothing is joined unless the create times agree. Where the OS gave none, an entry made before a loss of
 * starts or exits is no longer trusted: the id may have changed hands meanwhile.
 */
#ifndef STREAM_PROCESSES_H
#define STREAM_PROCESSES_H

#include "prcm_abi.h"
#include "text/utf16.h"

#define PROCESSES_MAX_COUNT      16384u
#define PROCESSES_MAX_NAME_UNITS (4u * 1024u * 1024u) /* of all names together */
#define PROCESSES_BUCKETS        8192u                /* a power of two */

typedef struct PROCESS
{
    struct PROCESS *NextInBucket;
    struct PROCESS *Older;
    struct PROCESS *Younger;
    PRCM_VALUE CreateTime;
    int64_t StartTime; /* of the start's record */
    uint64_t Images;   /* loads seen */
    uint64_t LifecycleEpoch;
    uint64_t ImageEpoch;
    uint32_t Id;
    uint32_t NameCount;
    bool NameKnown;
    uint16_t Name[]; /* path of the image */
} PROCESS;

typedef struct PROCESSES
{
    PROCESS *Buckets[PROCESSES_BUCKETS];
    PROCESS *Oldest;
    PROCESS *Youngest;
    size_t Count;
    size_t NameUnits;
    uint64_t LifecycleEpoch; /* how often starts or exits were lost */
    uint64_t ImageEpoch;     /* how often image loads were lost */
} PROCESSES;

void ProcessesInit(PROCESSES *Processes);
void ProcessesDestroy(PROCESSES *Processes);

/* Name is NULL where the OS gave none. Without memory the process is simply not remembered. */
void ProcessesStart(PROCESSES *Processes, uint32_t Id, const PRCM_VALUE *CreateTime, int64_t Time,
                    const UTF16 *Name);

/* The process that has the id and was created at CreateTime, or NULL. Valid until the next call that takes
 * PROCESSES without const. */
PROCESS *ProcessesFind(const PROCESSES *Processes, uint32_t Id, const PRCM_VALUE *CreateTime);

/* Forgets a process: it has exited, whether its start is the one remembered or not. */
void ProcessesExit(PROCESSES *Processes, uint32_t Id);

/* Tells of events that will never come. */
void ProcessesLost(PROCESSES *Processes, bool Lifecycle, bool Images);

/* Whether loads may be missing from Process->Images. */
bool ProcessesImagesLost(const PROCESSES *Processes, const PROCESS *Process);

#endif
