/* SPDX-License-Identifier: MIT */
#ifndef CLI_RECORD_OPTIONS_H
#define CLI_RECORD_OPTIONS_H

#include "reading_options.h"
#include "recording.h"

typedef struct RECORD_OPTIONS
{
    READING_OPTIONS Reading;
    RECORDING_TARGET Target;
    bool FromGiven;
    bool FolderGiven; /* an option that only a folder has */
    bool Help;
} RECORD_OPTIONS;

/* false: Args->Error says what is wrong. */
bool RecordOptionsParse(RECORD_OPTIONS *Options, ARGS *Args);

#endif
