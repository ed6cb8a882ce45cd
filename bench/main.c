/* SPDX-License-Identifier: MIT */
#include "prcm.h"
#include "readers.h"
#include "run.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_COUNT      200000u
#define DEFAULT_READ_BYTES (256u * 1024u)
#define DEFAULT_POLL_MS    400u
#define MAX_COUNT          200000000u
#define MAX_PRODUCERS      64u
#define MAX_READERS        PRCM_MAX_SESSIONS

static const char Usage[] =
    "usage: bench --way WAY [OPTION...] RECORDING...\n"
    "       bench --list\n"
    "\n"
    "Raises the events of recordings over and over through one way of telling user mode of them, on the "
    "kernel in\n"
    "user mode, and prints one JSON object with what it measured. For tools/bench, which runs many of these "
    "in turn.\n"
    "\n"
    "  --way WAY          one of --list\n"
    "  --producers N      threads that raise events (1)\n"
    "  --readers N        threads that read (1); more than one by prcm alone\n"
    "  --count N          events in all (200000)\n"
    "  --rate N           a second, of all producers (0: back to back)\n"
    "  --busiest-second   the events of the second in which most were recorded, when they were, once\n"
    "  --command-line N   starts of one process alone, with a command line of N bytes (even, up to 65534)\n"
    "  --stamped          take each event's time in the notify routine, and until its reader has it\n"
    "  --behind           the readers begin when all has been raised\n"
    "  --rearm-us N       prcm: the reader waits so long between two READs, unless it is behind (0)\n"
    "  --read-bytes N     prcm: of a READ (262144)\n"
    "  --capture FILE     prcm: the reader records what it reads\n"
    "  --poll-ms N        poll: between two looks (400)\n"
    "  --idle-ms N        nothing happens for so long first, and wakes are counted (0)\n"
    "  --empty-requests N requests that wait for nothing, timed before all else; by seed and those listed "
    "below it (0)\n"
    "\n"
    "Exit code: 0 if it ran; 1 if not, or a reader failed; 2 for a wrong command line.\n";

static const struct option Options[] = {{"way", required_argument, NULL, 'w'},
                                        {"producers", required_argument, NULL, 'p'},
                                        {"readers", required_argument, NULL, 'r'},
                                        {"count", required_argument, NULL, 'n'},
                                        {"rate", required_argument, NULL, 'R'},
                                        {"busiest-second", no_argument, NULL, 'b'},
                                        {"command-line", required_argument, NULL, 'c'},
                                        {"stamped", no_argument, NULL, 's'},
                                        {"behind", no_argument, NULL, 'B'},
                                        {"rearm-us", required_argument, NULL, 'a'},
                                        {"read-bytes", required_argument, NULL, 'y'},
                                        {"capture", required_argument, NULL, 'C'},
                                        {"poll-ms", required_argument, NULL, 'P'},
                                        {"idle-ms", required_argument, NULL, 'i'},
                                        {"empty-requests", required_argument, NULL, 'e'},
                                        {"list", no_argument, NULL, 'l'},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};

static void
Refuse(const char *Why, const char *What)
{
    fprintf(stderr, "bench: %s%s\n\n%s", Why, What, Usage);
    exit(2);
}

static unsigned
Number(const char *Text, unsigned Least, unsigned Most)
{
    char *End;
    unsigned long Value = strtoul(Text, &End, 10);
    if (End == Text || *End || *Text == '-' || Value < Least || Value > Most)
        Refuse("not a number that can be used: ", Text);
    return (unsigned)Value;
}

static const WAY_INFO *
FindWay(const char *Name)
{
    for (unsigned Index = 0; Index < WayCount; Index++)
        if (strcmp(Ways[Index].Name, Name) == 0)
            return &Ways[Index];
    Refuse("there is no way ", Name);
    return NULL;
}

static void
List(void)
{
    for (unsigned Index = 0; Index < WayCount; Index++)
        printf("%-16s %s\n", Ways[Index].Name, Ways[Index].Means);
    exit(EXIT_SUCCESS);
}

static void
PrintSpread(const char *Name, const SPREAD *Spread)
{
    printf(", \"%s\": {\"p50\": %.1f, \"p99\": %.1f, \"p999\": %.1f, \"max\": %.1f, \"count\": %zu}", Name,
           Spread->P50, Spread->P99, Spread->P999, Spread->Max, Spread->Count);
}

static void
Print(const RUN_CONFIG *Config, const EVENTS *Events, const RUN_RESULT *Result)
{
    printf("{\"way\": \"%s\", \"producers\": %u, \"readers\": %u, \"rate\": %.0f", Config->Way->Name,
           Config->Producers, Config->Way->Read ? Config->Readers : 0, Config->Rate);
    printf(", \"raised\": %llu, \"delivered\": %llu, \"missing\": %llu, \"known_lost\": %llu",
           (unsigned long long)Result->Raised, (unsigned long long)Result->Delivered,
           (unsigned long long)Result->Missing, (unsigned long long)Result->Lost);
    printf(", \"seconds\": %.6f, \"events_per_second\": %.0f", Result->Seconds,
           (double)(Config->Way->Read ? Result->Raised - Result->Missing : Result->Raised) / Result->Seconds);
    printf(", \"producer_ns\": %.1f, \"reader_ns\": %.1f", Result->ProducerNs, Result->ReaderNs);
    printf(", \"requests\": %llu, \"wakes\": %llu, \"idle_wakes_a_minute\": %.1f, \"mean_text_bytes\": %.1f",
           (unsigned long long)Result->Requests, (unsigned long long)Result->Waits, Result->IdleWaits,
           EventsMeanTextBytes(Events));
    printf(", \"memory_bytes\": %llu", (unsigned long long)Config->Way->MemoryBytes);
    if (Config->EmptyRequests)
        printf(", \"empty_request_ns\": %.1f, \"crossing_ns\": %.1f", Result->EmptyRequestNs,
               Result->CrossingNs);
    if (Config->Stamped)
    {
        PrintSpread("notify_ns", &Result->Notify);
        PrintSpread("latency_ns", &Result->Latency);
    }
    printf("}\n");
}

static int
Parse(int Count, char **Arguments, RUN_CONFIG *Config, int *CommandLine)
{
    int Option;
    while ((Option = getopt_long(Count, Arguments, "", Options, NULL)) != -1)
        switch (Option)
        {
        case 'w':
            Config->Way = FindWay(optarg);
            break;
        case 'p':
            Config->Producers = Number(optarg, 1, MAX_PRODUCERS);
            break;
        case 'r':
            Config->Readers = Number(optarg, 1, MAX_READERS);
            break;
        case 'n':
            Config->Count = Number(optarg, 1, MAX_COUNT);
            break;
        case 'R':
            Config->Rate = Number(optarg, 0, 1000000000);
            break;
        case 'b':
            Config->AsRecorded = true;
            break;
        case 'c':
            *CommandLine = (int)(Number(optarg, 0, PRCM_MAX_STRING_BYTES) & ~1u);
            break;
        case 's':
            Config->Stamped = true;
            break;
        case 'B':
            Config->Behind = true;
            break;
        case 'a':
            Config->RearmUs = Number(optarg, 0, 10000000);
            break;
        case 'y':
            Config->ReadBytes = Number(optarg, sizeof(PRCM_BATCH), PRCM_MAX_READ_BYTES);
            break;
        case 'C':
            Config->Capture = optarg;
            break;
        case 'P':
            Config->PollMs = Number(optarg, 1, 60000);
            break;
        case 'i':
            Config->IdleMs = Number(optarg, 0, 600000);
            break;
        case 'e':
            Config->EmptyRequests = Number(optarg, 0, MAX_COUNT);
            break;
        case 'l':
            List();
            break;
        case 'h':
            fputs(Usage, stdout);
            exit(EXIT_SUCCESS);
        default:
            fputs(Usage, stderr);
            exit(2);
        }
    return optind;
}

int
main(int Count, char **Arguments)
{
    RUN_CONFIG Config = {.Producers = 1,
                         .Readers = 1,
                         .Count = DEFAULT_COUNT,
                         .ReadBytes = DEFAULT_READ_BYTES,
                         .PollMs = DEFAULT_POLL_MS};
    EVENTS Events = {0};
    RUN_RESULT Result;
    int CommandLine = -1;
    int First = Parse(Count, Arguments, &Config, &CommandLine);
    if (!Config.Way)
        Refuse("say which way", "");
    if (Config.Readers > 1 && !Config.Way->ManyReaders)
        Refuse("more than one reader is for prcm alone", "");
    if (Config.Capture && (Config.Readers > 1 || !Config.Way->ManyReaders))
        Refuse("one reader of prcm alone records", "");
    if (Config.EmptyRequests && (!Config.Way->Read || Config.Way->ManyReaders))
        Refuse("empty requests are for a way with requests of its own", "");
    if (CommandLine < 0 && First == Count)
        Refuse("no recording", "");
    if (Config.AsRecorded && (Config.Producers > 1 || CommandLine >= 0))
        Refuse("the busiest second is raised by one producer, from a recording", "");

    TicksInit();
    SimReset();
    if (CommandLine >= 0)
        EventsMakeStarts(&Events, (unsigned)CommandLine);
    else
        EventsRead(&Events, Arguments + First, (unsigned)(Count - First));
    if (Config.AsRecorded)
    {
        EventsBusiestSecond(&Events);
        Config.Count = Events.Count;
    }
    Run(&Config, &Events, &Result);
    Print(&Config, &Events, &Result);
    EventsFree(&Events);
    return Result.Failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
