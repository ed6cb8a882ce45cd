/* SPDX-License-Identifier: MIT */
#include "exit_code.h"

EXIT_CODE
ExitCodeOf(PRCM_RESULT Result)
{
    switch (Result)
    {
    case PRCM_OK:
        return EXIT_OK;
    case PRCM_ERROR_NOT_INSTALLED:
    case PRCM_ERROR_NOT_STARTED:
        return EXIT_NO_DRIVER;
    case PRCM_ERROR_ACCESS_DENIED:
        return EXIT_DENIED;
    case PRCM_ERROR_STOPPED:
        return EXIT_STOPPED;
    case PRCM_ERROR_ACCOUNT:
        return EXIT_MISMATCH;
    default:
        return EXIT_FAILED;
    }
}

#define EXIT_CODE_ROW(Name, Number, Meaning) {Name, Meaning},

void
ExitCodeWriteTable(SINK *Sink)
{
    static const struct
    {
        EXIT_CODE Code;
        const char *Meaning;
    } Rows[] = {EXIT_CODES(EXIT_CODE_ROW)};

    for (size_t Index = 0; Index < sizeof(Rows) / sizeof(Rows[0]); Index++)
    {
        SinkText(Sink, "  ");
        SinkUnsigned(Sink, Rows[Index].Code);
        SinkText(Sink, "  ");
        SinkText(Sink, Rows[Index].Meaning);
        SinkChar(Sink, '\n');
    }
}
