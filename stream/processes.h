/* SPDX-License-Identifier: MIT
 *
 * What the console remembers of the stream: the processes whose start it saw, so that a child can name its parent, and an
 * exit its image. Bounded: the oldest is forgotten first, and of those that have exited fewer are kept.
 *
 * A process id is used again. What an id stands for is the last start with it, until its exit, and nothing is joined unless
 * the create times agree. Where the OS gave none, an entry made before a loss of starts or exits is no longer trusted: the id
 * may have changed hands meanwhile. One that has exited is found by its create time alone.
 */
#ifndef STREAM_PROCESSES_H
#define STREAM_PROCESSES_H

#include "prcm_abi.h"
#include "text/utf16.h"

#define PROCESSES_MAX_COUNT         16384u
#define PROCESSES_MAX_EXITED        4096u                /* of them */
#define PROCESSES_MAX_UNITS         (4u * 1024u * 1024u) /* of all texts together */
#define PROCESSES_MAX_COMMAND_UNITS 4096u /* of one command line; a child is told that there was more */
#define PROCESSES_BUCKETS           8192u /* a power of two */

/* What a start tells of its process. The status is that of a field; there is a text with PRCM_PRESENT and
 * PRCM_TRUNCATED. */
typedef struct PROCESS_TEXT
{
    UTF16 Text;
    uint32_t Status;
    uint32_t FullLength; /* bytes, where it is truncated */
} PROCESS_TEXT;

typedef struct PROCESS_TOLD
{
    PROCESS_TEXT Image;
    PROCESS_TEXT CommandLine;
    PROCESS_TEXT User;
    uint8_t Sid[PRCM_MAX_SID_BYTES];
    uint32_t SidStatus;
    PRCM_VALUE SessionId;
    PRCM_VALUE IntegrityLevel;
    PRCM_VALUE ParentId;
    PRCM_VALUE ParentCreateTime;
} PROCESS_TOLD;

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
    uint64_t Number; /* from 1: no other start that was remembered has it */
    uint64_t Root;   /* the number of the eldest ancestor that was remembered, or its own */
    int64_t Latest;  /* the latest time of its records */
    uint32_t Depth;  /* generations from there */
    uint32_t Id;
    uint32_t UnitCount;
    bool Exited;
    bool Shown;        /* its start was, and nothing yet that ends it; the stream's to say */
    PROCESS_TOLD Told; /* its texts are in Units */
    uint16_t Units[];
} PROCESS;

/* The oldest first. */
typedef struct PROCESS_QUEUE
{
    PROCESS *Oldest;
    PROCESS *Youngest;
    size_t Count;
} PROCESS_QUEUE;

typedef struct PROCESSES
{
    PROCESS *Buckets[PROCESSES_BUCKETS]; /* of one id, the last start first */
    PROCESS_QUEUE Running;               /* in the order of their starts */
    PROCESS_QUEUE Exited;                /* in the order of their exits */
    size_t UnitCount;
    uint64_t Started;        /* all that were remembered */
    uint64_t LifecycleEpoch; /* how often starts or exits were lost */
    uint64_t ImageEpoch;     /* how often image loads were lost */
} PROCESSES;

void ProcessesInit(PROCESSES *Processes);
void ProcessesDestroy(PROCESSES *Processes);

/* Forgets what is beyond the bounds. To be called now and then, when nobody holds a PROCESS: a start adds one without
 * forgetting any. */
void ProcessesTrim(PROCESSES *Processes);

/* Told is copied. NULL: no memory, and the process is simply not remembered. Parent may be NULL. */
PROCESS *ProcessesStart(PROCESSES *Processes, uint32_t Id, const PRCM_VALUE *CreateTime, int64_t Time,
                        const PROCESS *Parent, const PROCESS_TOLD *Told);

/* The running process that has the id and was created at CreateTime, or NULL. Valid until ProcessesTrim. */
PROCESS *ProcessesFind(const PROCESSES *Processes, uint32_t Id, const PRCM_VALUE *CreateTime);

/* Likewise, and one that has exited. */
PROCESS *ProcessesFindAny(const PROCESSES *Processes, uint32_t Id, const PRCM_VALUE *CreateTime);

/* The process with the id runs no longer, whether its start is the one remembered or not. */
void ProcessesExit(PROCESSES *Processes, uint32_t Id);

/* Tells of events that will never come. */
void ProcessesLost(PROCESSES *Processes, bool Lifecycle, bool Images);

/* Whether loads may be missing from Process->Images. */
bool ProcessesImagesLost(const PROCESSES *Processes, const PROCESS *Process);

#endif
