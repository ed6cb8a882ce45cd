/* SPDX-License-Identifier: MIT
 *
 * A file that comes into being whole or not at all: it is written beside its place, and takes it when all is on the disk.
 */
#ifndef HOST_OUTPUT_FILE_H
#define HOST_OUTPUT_FILE_H

#include "text/sink.h"

/* Behind the path's name while the file is being written. */
#define OUTPUT_FILE_SUFFIX ".partial"

typedef struct OUTPUT_FILE OUTPUT_FILE;

/* Begins a file at Path, in UTF-8, that Sink writes to. Force: it may take the place of one that exists; else one that exists
 * is an error. NULL: *Error is the system's. OutputFileFinish frees it. */
OUTPUT_FILE *OutputFileBegin(const char *Path, bool Force, SINK *Sink, uint32_t *Error);

/* Whether an error says that the file exists. */
bool OutputFileExists(uint32_t Error);

/* Ends it. Keep: what the sink has kept is written, and the file takes its place; else it is as if it had not been begun. 0,
 * or the system's error: then there is no file, or the one that was there. */
uint32_t OutputFileFinish(OUTPUT_FILE *File, bool Keep);

#endif
