/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include "feeder.h"

static const char Help[] =
    "feeder: raises process and image notifications for drivers that import ntext.sys, under Wine\n"
    "\n"
    "  feeder run [--truth FILE] [--keep-going] -- COMMAND [ARGUMENT]...\n"
    "      Starts COMMAND under the debugger's interface and raises a notification for each start, image "
    "load\n"
    "      and exit of it and of all its descendants, while the process stands still.\n"
    "      --truth FILE    write down each event that was handed to a driver, a JSON object a line\n"
    "      --keep-going    when the driver goes, let COMMAND run on, and raise again once a driver is back;\n"
    "                      otherwise the feeder lets go of the processes and ends\n"
    "\n"
    "  feeder raise [--truth FILE] [--threads T] [SPEC]...\n"
    "      Raises made-up events, all in one request; the same SPEC makes the same events.\n"
    "      --starts N  --exits N  --images N    how many of each, interleaved evenly (default 0)\n"
    "      --first-pid P                        id of the first process, +4 for each further (default "
    "1000000)\n"
    "      --command-line-bytes B               length of each command line (default 60)\n"
    "      --path-bytes B                       length of each path (default 80)\n"
    "      --kernel                             the images are kernel images\n"
    "      --threads T                          kernel threads that raise at once, each its share (default "
    "1)\n"
    "      --repeat N                           requests, one after the other, with new process ids (default "
    "1)\n"
    "\n"
    "  feeder offer [--tier ex2|ex|base] [--refuse ROUTINE=0xSTATUS]... [--hide ROUTINE]...\n"
    "      Chooses what the \"OS\" offers the driver from its next start on; without options, everything.\n"
    "      --tier      which registration routines there are: ex2 all of them; ex no process routine of "
    "tier\n"
    "                  Ex2 and no image routine of tier Ex; base neither these nor process routines of tier "
    "Ex\n"
    "      --refuse    ROUTINE exists, but registering with it fails with STATUS\n"
    "      --hide      ROUTINE is not found by MmGetSystemRoutineAddress\n"
    "\n"
    "  feeder state\n"
    "      Says in one JSON object what is registered and what drivers still hold of process objects.\n"
    "\n"
    "Exit codes: COMMAND's own; 0 where there is none. 249 interrupted, its processes ended. 250 usage.\n"
    "251 no driver is loaded or none has registered. 252 COMMAND could not be started. 253 a notification\n"
    "could not be raised; the processes run on. 254 the truth file could not be written.\n";

void
FeederError(const char *Format, ...)
{
    va_list Arguments;
    va_start(Arguments, Format);
    fputs("feeder: ", stderr);
    vfprintf(stderr, Format, Arguments);
    fputc('\n', stderr);
    va_end(Arguments);
}

int
FeederUsageError(const char *Format, ...)
{
    va_list Arguments;
    va_start(Arguments, Format);
    fputs("feeder: ", stderr);
    vfprintf(stderr, Format, Arguments);
    fputs(" (see feeder --help)\n", stderr);
    va_end(Arguments);
    return FEEDER_EXIT_USAGE;
}

int64_t
FeederNow(void)
{
    FILETIME Now;
    GetSystemTimeAsFileTime(&Now);
    return (int64_t)Now.dwHighDateTime << 32 | Now.dwLowDateTime;
}

int wmain(int Count, WCHAR **Arguments);

int
wmain(int Count, WCHAR **Arguments)
{
    static const struct
    {
        const WCHAR *Name;
        int (*Run)(int, WCHAR **);
    } Commands[] = {
        {L"run", RunCommand}, {L"raise", RaiseCommand}, {L"offer", OfferCommand}, {L"state", StateCommand}};

    if (Count < 2)
        return FeederUsageError("say what to do");
    for (size_t i = 0; i < sizeof(Commands) / sizeof(Commands[0]); i++)
        if (wcscmp(Arguments[1], Commands[i].Name) == 0)
            return Commands[i].Run(Count - 2, Arguments + 2);
    if (wcscmp(Arguments[1], L"--help") != 0)
        return FeederUsageError("%ls is no command", Arguments[1]);
    fputs(Help, stdout);
    return 0;
}
