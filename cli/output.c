/* SPDX-License-Identifier: MIT */
#include "output.h"

#include "host/console.h"
#include "message.h"

#define ERROR_BYTES 1024

void
OutputSetColor(ARGS_COLOR Color)
{
    ConsoleOutput()->Color = Color == ARGS_COLOR_ALWAYS || (Color == ARGS_COLOR_AUTO && ConsoleWantsColor());
}

bool
OutputFailed(void)
{
    static bool Said;
    SINK *Output = ConsoleOutput();
    char Text[ERROR_BYTES];

    if (SinkFlush(Output))
        return false;
    const char *Known = ConsoleOutputErrorText(Output->Error);
    ConsoleErrorText(Output->Error, Text, sizeof(Text));
    if (!Said)
        MessageSay("cannot write the output: %s (%s %lu).", Known != NULL ? Known : Text, ConsoleErrorName,
                   (unsigned long)Output->Error);
    Said = true;
    return true;
}

EXIT_CODE
OutputFinish(EXIT_CODE Code)
{
    return OutputFailed() ? EXIT_OUTPUT : Code;
}
