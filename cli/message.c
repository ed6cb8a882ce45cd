/* SPDX-License-Identifier: MIT */
#include "message.h"

#include <stdarg.h>

#include "host/console.h"
#include "text/utf16.h"

#define MESSAGE_BYTES 2048
#define ERROR_BYTES   1024

void
MessageSay(const char *Format, ...)
{
    SINK *Errors = ConsoleErrors();
    char Text[MESSAGE_BYTES];
    va_list Arguments;

    va_start(Arguments, Format);
    vsnprintf(Text, sizeof(Text), Format, Arguments);
    va_end(Arguments);
    SinkFlush(ConsoleOutput());
    SinkText(Errors, "prcm: ");
    Utf16WriteUtf8(Errors, Text);
    SinkChar(Errors, '\n');
    SinkFlush(Errors);
}

EXIT_CODE
MessageFailWith(const char *Do, PRCM_RESULT Result, uint32_t Error)
{
    char Text[ERROR_BYTES];

    if (Result != PRCM_ERROR_SYSTEM && Result != PRCM_ERROR_FILE)
    {
        MessageSay("cannot %s: %s", Do, PrcmResultText(Result));
        return ExitCodeOf(Result);
    }
    ConsoleErrorText(Error, Text, sizeof(Text));
    MessageSay("cannot %s: %s %lu: %s.", Do, ConsoleErrorName, (unsigned long)Error, Text);
    return ExitCodeOf(Result);
}

EXIT_CODE
MessageFail(const char *Do, PRCM_RESULT Result)
{
    return MessageFailWith(Do, Result, PrcmLastSystemError());
}

EXIT_CODE
MessageUsage(const ARGS *Args)
{
    if (Args->Error[0] != '\0')
        MessageSay("%s. See \"prcm %s --help\".", Args->Error, Args->Values[0]);
    else
        MessageSay("see \"prcm help filter\".");
    return EXIT_USAGE;
}
