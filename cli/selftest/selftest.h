/* SPDX-License-Identifier: MIT
 *
 * selftest: short-lived processes in a burst, whose ids, command lines and exit codes it writes down itself,
 * against the stream.
 *
 *     selftest.c           the command, and what it says at the end
 *     selftest_burst.c     starts the processes
 *     selftest_reader.c    reads the stream meanwhile, on a thread of its own
 *     selftest_check.c     compares
 *     selftest_probes.c    for a report: does what Windows is asked about besides
 *     selftest_findings.c  for a report: how Windows answered
 */
#ifndef CLI_SELFTEST_H
#define CLI_SELFTEST_H

#include <windows.h>

#include "selftest_findings.h"
#include "stream/closing.h"

/* "prcm SELFTEST_CHILD_WORD CODE ..." exits at once with CODE. */
#define SELFTEST_CHILD_WORD L"selftest-child"

#define SELFTEST_MAX_COUNT 5000u

/* The exit code that a child was told. */
uint32_t SelftestChildCode(const wchar_t *Argument);

typedef struct SELFTEST_BURST
{
    CHECK_CHILD *Children;
    HANDLE *Processes; /* open to the end, so that no id is used again meanwhile */
    uint32_t Count;
} SELFTEST_BURST;

/* Starts Count processes, AtOnce of them at a time, and waits for the end of all. 0, or the Windows error for
 * which it gave up; Burst then has those that were started, and is to be destroyed all the same. */
DWORD SelftestBurstRun(SELFTEST_BURST *Burst, uint32_t Count, uint32_t AtOnce, HANDLE StopEvent);
void SelftestBurstDestroy(SELFTEST_BURST *Burst);

/* Does what Windows is asked about, and notes it in Findings. The stream tells of it before it tells of a burst
 * that is run afterwards. */
void SelftestProbe(FINDINGS *Findings);

/* Code integrity, Secure Boot, kernel shadow stacks, Driver Verifier: two lines. */
void SelftestDescribeMachine(SINK *Sink);

/* Guarded by Lock: Events, Images and their counts and capacities, paths, Failed. The session belongs to the thread until it has
 * ended. */
typedef struct SELFTEST_READER
{
    PRCM_SESSION *Session;
    PRCM_QUERY Query;
    HANDLE Thread;
    HANDLE StopEvent;
    CRITICAL_SECTION Lock;
    CHECK_EVENT *Events;
    uint32_t EventCount;
    uint32_t Capacity;
    FINDINGS_IMAGE *Images;
    uint32_t ImageCount;
    uint32_t ImageCapacity;
    FINDINGS_PATHS StartPaths;
    FINDINGS_PATHS ImagePaths;
    PRCM_RESULT Failed; /* why reading has ended before it was to; PRCM_OK otherwise */
} SELFTEST_READER;

/* Subscribes from now on and reads until SelftestReaderStop. */
PRCM_RESULT SelftestReaderStart(SELFTEST_READER *Reader);
/* What has come by now, as CheckWaitGoOn tells it. */
CHECK_WAIT_STATE SelftestReaderWait(SELFTEST_READER *Reader, CHECK_WAIT *Wait, SELFTEST_BURST *Burst);
void SelftestReaderStop(SELFTEST_READER *Reader);
void SelftestReaderDestroy(SELFTEST_READER *Reader);

#endif
