/* SPDX-License-Identifier: MIT
 *
 * OCSF's objects of a process and of a file.
 */
#ifndef FORMATS_OCSF_PROCESS_H
#define FORMATS_OCSF_PROCESS_H

#include "parts.h"

/* The object "file". */
void OcsfFile(JSON *Json, UTF16 Path);

/* The object "process" of the one that the event is about, open: id, identity and create time. */
void OcsfOpenProcess(JSON *Json, const EVENT *Event);

/* For it, what its start told, where that was seen. */
void OcsfRemembered(JSON *Json, const EVENT *Event);

/* The whole object, of a start. */
void OcsfStarted(JSON *Json, const EVENT *Event, const PRCM_START *Start);

/* The object "actor" of a start: who called the OS. */
void OcsfCreator(JSON *Json, const EVENT *Event, const PRCM_START *Start);

#endif
