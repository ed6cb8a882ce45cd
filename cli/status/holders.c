/* SPDX-License-Identifier: MIT */
#include "holders.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct TEXT
{
    char *Bytes;
    size_t Used;
} TEXT;

/* What does not fit is left out whole. */
static void
Add(TEXT *Text, const char *Format, ...)
{
    va_list Arguments;

    va_start(Arguments, Format);
    size_t Room = HOLDERS_TEXT_BYTES - Text->Used;
    int Length = vsnprintf(Text->Bytes + Text->Used, Room, Format, Arguments);
    va_end(Arguments);
    if (Length >= 0 && (size_t)Length < Room)
        Text->Used += (size_t)Length;
    Text->Bytes[Text->Used] = '\0';
}

void
HoldersDescribe(const HOLDERS *Holders, char Text[HOLDERS_TEXT_BYTES])
{
    const PRCM_HOLDERS *Found = &Holders->Found;
    TEXT To = {.Bytes = Text};

    Text[0] = '\0';
    if (!Holders->Known || Found->Handles == 0)
    {
        Add(&To, "a handle of a program that cannot be told");
        return;
    }
    Add(&To, "%u %s", (unsigned)Found->Handles, Found->Handles == 1 ? "handle: " : "handles: ");
    for (uint32_t Index = 0; Index < Found->Count; Index++)
    {
        const char *Image = Holders->Images[Index];
        Add(&To, "%s%s (%u)", Index == 0 ? "" : ", ", Image[0] != '\0' ? Image : "?",
            (unsigned)Found->Holders[Index].ProcessId);
        if (Found->Count > 1)
            Add(&To, " %u", (unsigned)Found->Holders[Index].Handles);
    }
    if (!Found->Complete)
        Add(&To, "; there may be more");
}
