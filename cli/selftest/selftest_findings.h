/* SPDX-License-Identifier: MIT
 *
 * What selftest's report says beyond the test: how this Windows answers some of the questions of
 * docs/windows-notes.md. It judges nothing. Portable.
 */
#ifndef CLI_SELFTEST_FINDINGS_H
#define CLI_SELFTEST_FINDINGS_H

#include "selftest_check.h"

#define FINDINGS_NAME_UNITS 16u

/* The last component of a path: ASCII, lower case, cut to 15 characters, others as '?'. Zeros behind it. */
typedef struct FINDINGS_NAME
{
    char Text[FINDINGS_NAME_UNITS];
} FINDINGS_NAME;

/* An image load as it was read. */
typedef struct FINDINGS_IMAGE
{
    uint64_t Sequence;
    PRCM_VALUE CreateTime;
    PRCM_VALUE Base;
    uint32_t Id;
    FINDINGS_NAME Name;
} FINDINGS_IMAGE;

/* In how many forms paths came. */
typedef struct FINDINGS_PATHS
{
    uint64_t Forms[PRCM_PATH_SYSTEM_ROOT + 1]; /* by PRCM_PATH_XXX */
    uint64_t Missing;
    uint64_t Exact; /* of those whose record says so: by the very name that was opened, or not */
    uint64_t Partial;
} FINDINGS_PATHS;

/* Something done to see what is told of it. */
typedef struct FINDINGS_PROBE
{
    uint32_t Error;      /* the Windows error for which it was not done; 0: it was */
    uint32_t Id;         /* of the process it is about */
    uint64_t CreateTime; /* of that process; 0: not known */
    uint64_t Base;       /* where a file was mapped */
} FINDINGS_PROBE;

#define FINDINGS_EMULATED_CODE 7u /* the emulated program's exit code */

typedef struct FINDINGS
{
    const CHECK_CHILD *Children;
    uint32_t ChildCount;
    const CHECK_EVENT *Events;
    uint32_t EventCount;
    const FINDINGS_IMAGE *Images;
    uint32_t ImageCount;
    bool ImagesCaptured;
    FINDINGS_NAME Executable; /* of the children */
    FINDINGS_PATHS StartPaths;
    FINDINGS_PATHS ImagePaths;
    FINDINGS_PROBE Mapped;          /* a file mapped as an image, and nothing of it run */
    FINDINGS_PROBE MappedNoExecute; /* the same by a section without execute rights */
    FINDINGS_PROBE Emulated;        /* a 32-bit program, on a 64-bit Windows */
    FINDINGS_PROBE Clone;           /* a process without a thread */
} FINDINGS;

FINDINGS_NAME FindingsName(const uint16_t *Units, uint32_t Count);

/* Exact is NULL where the record has no such field. */
void FindingsAddPath(FINDINGS_PATHS *Paths, const PRCM_PATH *Path, const PRCM_VALUE *Exact);

void FindingsWrite(SINK *Sink, const FINDINGS *Findings);

/* What SYSTEM_CODEINTEGRITY_INFORMATION.CodeIntegrityOptions says, in words. */
void FindingsWriteCodeIntegrity(SINK *Sink, uint32_t Options);

#endif
