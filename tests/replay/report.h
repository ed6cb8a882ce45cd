/* SPDX-License-Identifier: MIT */
#ifndef REPORT_H
#define REPORT_H

#include "replay.h"

/* A file's lines: what it holds, a line for each reader, and what the first mismatches are. */
void ReportRecording(FILE *Out, const char *Name, const RECORDING *Recording, const MODEL *Model);
void ReportResult(FILE *Out, const REPLAY_RESULT *Result);

#endif
