/* SPDX-License-Identifier: MIT
 *
 * A recording: a file of one JSON object a line, in the order in which things were recorded.
 *
 *     time          "2020-10-09 22:27:49.087"
 *     kind          process_start, process_exit, image_load, driver_load
 *     pid, guid     whose event it is; the guid tells processes apart that had the same id. Not of a
 *                   driver_load
 *     image         of a start: its path; of the rest: the process's, not used
 *     loaded        of a load: the path of what was loaded
 *     signed        of a load
 *     ppid, command_line, session, integrity     of a start
 *
 * Other members are not used. What is there must be of its type and in its range; anything else, and any line
 * that is no such object, is an error. A member that is null or not there is lacking:
 *
 *     time, kind, pid or guid    when, what or to whom it happened is not known: the row is skipped, counted
 *     image, loaded              the path is not told by the OS
 *     ppid, command_line         likewise
 *     signed, session            false, 0
 *     integrity                  medium
 */
#ifndef RECORDING_H
#define RECORDING_H

#include <stdio.h>
#include <sim.h>

#define RECORDING_ERROR_BYTES    512u
#define RECORDING_MAX_LINE_BYTES (1024u * 1024u)
#define RECORDING_MAX_PROCESS_ID 0xFFFFFFF0u

typedef enum ROW_KIND
{
    ROW_START,
    ROW_EXIT,
    ROW_LOAD,
    ROW_DRIVER_LOAD
} ROW_KIND;

typedef struct ROW
{
    ROW_KIND Kind;
    unsigned Line;
    int64_t Time;        /* 100 ns since 1601 */
    uint32_t ProcessId;  /* 0: the kernel's */
    char *Guid;          /* NULL: the kernel's */
    UNICODE_STRING Path; /* of what started or was loaded. A Buffer of NULL: lacking */
    UNICODE_STRING CommandLine;
    uint32_t ParentId; /* 0: lacking */
    uint32_t SessionId;
    uint32_t IntegrityLevel; /* the RID */
    bool Signed;
} ROW;

typedef struct RECORDING
{
    ROW *Rows;
    size_t Count;
    size_t Room;
    size_t Skipped;
    unsigned FirstSkipped; /* its line */
} RECORDING;

/* Reads all of Stream. False: Error says what is wrong, with Name and the line. A recording in which nothing
 * can be replayed is an error. To be freed in either case. */
bool RecordingRead(RECORDING *Recording, FILE *Stream, const char *Name, char Error[RECORDING_ERROR_BYTES]);

void RecordingFree(RECORDING *Recording);

#endif
