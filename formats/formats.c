/* SPDX-License-Identifier: MIT */
#include "formats.h"

#include <string.h>

const FORMAT_NAME FormatNames[FORMAT_NAME_COUNT] = {
    {"text", "a line or two for people", &FormatText},
    {"json", "a JSON object a line, with every field", &FormatJson},
    {"csv", "one table for spreadsheets (RFC 4180)", &FormatCsv},
    {"ecs", "Elastic Common Schema, a JSON object a line", &FormatEcs},
    {"ocsf", "Open Cybersecurity Schema Framework, a JSON object a line", &FormatOcsf},
    {"sysmon", "Sysmon's event ids and field names, a JSON object a line", &FormatSysmon},
    {"trace", "a timeline for Perfetto and Chrome's tracing", &FormatTrace},
};

const FORMAT *
FormatFind(const char *Name)
{
    for (size_t Index = 0; Index < FORMAT_NAME_COUNT; Index++)
    {
        if (strcmp(FormatNames[Index].Name, Name) == 0)
            return FormatNames[Index].Format;
    }
    return NULL;
}
