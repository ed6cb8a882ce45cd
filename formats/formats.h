/* SPDX-License-Identifier: MIT
 *
 * The forms of output. What each makes of a field is in docs/formats.md.
 */
#ifndef FORMATS_FORMATS_H
#define FORMATS_FORMATS_H

#include "stream/format.h"

/* A line or two for people, aligned and coloured. */
extern const FORMAT FormatText;

/* A JSON object a line, each with every field. */
extern const FORMAT FormatJson;

/* RFC 4180: one table of all kinds. */
extern const FORMAT FormatCsv;

/* The Elastic Common Schema: a JSON object a line. */
extern const FORMAT FormatEcs;

/* The Open Cybersecurity Schema Framework: a JSON object a line. */
extern const FORMAT FormatOcsf;

/* Sysmon's event ids and names: a JSON object a line. */
extern const FORMAT FormatSysmon;

/* The Trace Event format, which Perfetto and Chrome's tracing open: one JSON array. */
extern const FORMAT FormatTrace;

typedef struct FORMAT_NAME
{
    const char *Name;    /* as after --format */
    const char *Summary; /* for its help: a line, without a full stop */
    const FORMAT *Format;
} FORMAT_NAME;

#define FORMAT_NAME_COUNT 7u
extern const FORMAT_NAME FormatNames[FORMAT_NAME_COUNT];

/* NULL: there is none of that name. */
const FORMAT *FormatFind(const char *Name);

#endif
