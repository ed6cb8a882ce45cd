/* SPDX-License-Identifier: MIT */
#include "cli/args.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "memory.h"
#include "replay.h"
#include "report.h"

#define MAX_TIMES 1000u
#define MAX_SPEED 1e9

static const char Help[] =
    "usage: replay [OPTION...] FILE...\n"
    "\n"
    "Raises the events of each recording through the driver's notify routines, on the simulated kernel, by "
    "many\n"
    "threads, while four readers read, each in a way of its own: one waits for all, one polls for starts and "
    "exits\n"
    "with a small buffer, one goes on from its token with a new handle every 5 batches, one asks for the "
    "busiest\n"
    "process alone. Compares all that they are told with what was raised.\n"
    "\n"
    "  --threads N      raise by N threads, 1 to 64; events of one process id are of one thread (default: "
    "4)\n"
    "  --speed X        at X times the recorded speed, 1 as recorded (default: as fast as it goes)\n"
    "  --repeat N       N times in a row, each time by other processes, up to 1000 (default: 1)\n"
    "  --lane-bytes N   the size of each of the driver's lanes, 2M to 256M (default: the driver's)\n"
    "  --late           readers read nothing until half has been raised: with small lanes they lose\n"
    "  --help           this text\n"
    "\n"
    "For each reader: the events raised that it asked for, delivered, lost, and how many records or sums are "
    "not\n"
    "what was raised. What is lost must be what the driver says is lost, by kind.\n"
    "\n"
    "Exit code: 0: all is as raised; 1: a mismatch, or an account that does not close; 2: the arguments or a "
    "file\n"
    "are wrong.\n";

enum
{
    OPTION_THREADS = 256,
    OPTION_SPEED,
    OPTION_REPEAT,
    OPTION_LANE_BYTES,
    OPTION_LATE
};

static const struct option Options[] = {{"threads", required_argument, NULL, OPTION_THREADS},
                                        {"speed", required_argument, NULL, OPTION_SPEED},
                                        {"repeat", required_argument, NULL, OPTION_REPEAT},
                                        {"lane-bytes", required_argument, NULL, OPTION_LANE_BYTES},
                                        {"late", no_argument, NULL, OPTION_LATE},
                                        ARGS_HELP_OPTION,
                                        {NULL, 0, NULL, 0}};

static bool
ReadCount(ARGS *Args, const char *Option, uint64_t Max, uint32_t *Count)
{
    uint64_t Value;
    if (!ArgsNumber(Args, Option, optarg, 1, Max, &Value))
        return false;
    *Count = (uint32_t)Value;
    return true;
}

static bool
ReadSpeed(ARGS *Args, double *Speed)
{
    char *End;
    *Speed = strtod(optarg, &End);
    return (End != optarg && !*End && isfinite(*Speed) && *Speed > 0 && *Speed <= MAX_SPEED) ||
           ArgsRefuse(Args, "speed", optarg, "not a number above 0 and up to 1000000000");
}

static bool
ReadLane(ARGS *Args, uint32_t *Bytes)
{
    static const ARGS_SIZES Sizes = {PRCM_MIN_LANE_BYTES, PRCM_MAX_LANE_BYTES, ARGS_LANE_LIMITS};
    uint64_t Value;
    if (!ArgsBytes(Args, "lane-bytes", optarg, &Sizes, &Value))
        return false;
    *Bytes = (uint32_t)Value;
    return true;
}

static bool
ReadOption(ARGS *Args, int Option, REPLAY_OPTIONS *Asked)
{
    switch (Option)
    {
    case OPTION_THREADS:
        return ReadCount(Args, "threads", REPLAY_MAX_THREADS, &Asked->Threads);
    case OPTION_SPEED:
        return ReadSpeed(Args, &Asked->Speed);
    case OPTION_REPEAT:
        return ReadCount(Args, "repeat", MAX_TIMES, &Asked->Times);
    case OPTION_LANE_BYTES:
        return ReadLane(Args, &Asked->LaneBytes);
    case OPTION_LATE:
        return Asked->Late = true;
    default:
        return false;
    }
}

/* A recording and what is to be raised of it. */
typedef struct INPUT
{
    const char *Name;
    RECORDING Recording;
    MODEL Model;
} INPUT;

static bool
ReadInput(INPUT *Input, uint32_t Times, FILE *Errors)
{
    char Error[RECORDING_ERROR_BYTES];
    FILE *Stream = fopen(Input->Name, "r");
    if (!Stream)
    {
        fprintf(Errors, "replay: %s: %s\n", Input->Name, strerror(errno));
        return false;
    }
    bool Read = RecordingRead(&Input->Recording, Stream, Input->Name, Error);
    fclose(Stream);
    if (!Read)
        fprintf(Errors, "replay: %s\n", Error);
    else if (!ModelBuild(&Input->Model, &Input->Recording, Times))
        fprintf(Errors, "replay: %s: more than %u events\n", Input->Name, MODEL_MAX_EVENTS);
    else
        return true;
    return false;
}

static uint64_t
Replay(const INPUT *Input, const REPLAY_OPTIONS *Asked, FILE *Out)
{
    REPLAY_RESULT Result;
    ReportRecording(Out, Input->Name, &Input->Recording, &Input->Model);
    ReplayRun(&Input->Model, &Input->Model, Asked, &Result);
    ReportResult(Out, &Result);
    fflush(Out);
    return Result.Mismatches;
}

/* All are read before the first is raised: a mistake in the last should not be found after an hour. */
static int
ReplayAll(INPUT *Inputs, int Count, const REPLAY_OPTIONS *Asked, FILE *Out, FILE *Errors)
{
    uint64_t Mismatches = 0, Events = 0;
    for (int Index = 0; Index < Count; Index++)
        if (!ReadInput(&Inputs[Index], Asked->Times, Errors))
            return REPLAY_EXIT_INPUT;
    for (int Index = 0; Index < Count; Index++)
    {
        Mismatches += Replay(&Inputs[Index], Asked, Out);
        Events += Inputs[Index].Model.Count;
    }
    fprintf(Out, "%d recordings, %" PRIu64 " events raised by %u threads, %" PRIu64 " mismatches\n", Count,
            Events, Asked->Threads, Mismatches);
    return Mismatches ? REPLAY_EXIT_MISMATCH : EXIT_SUCCESS;
}

static int
ReplayOperands(const ARGS *Args, const REPLAY_OPTIONS *Asked, FILE *Out, FILE *Errors)
{
    int Count = ArgsOperandCount(Args);
    INPUT *Inputs = MemoryZeroed((size_t)Count, sizeof(*Inputs));
    for (int Index = 0; Index < Count; Index++)
        Inputs[Index].Name = ArgsOperand(Args, Index);
    int Code = ReplayAll(Inputs, Count, Asked, Out, Errors);
    for (int Index = 0; Index < Count; Index++)
    {
        ModelFree(&Inputs[Index].Model);
        RecordingFree(&Inputs[Index].Recording);
    }
    free(Inputs);
    return Code;
}

static int
Refuse(const char *Error, FILE *Errors)
{
    fprintf(Errors, "replay: %s\nTry --help.\n", Error);
    return REPLAY_EXIT_INPUT;
}

int
ReplayMain(int Count, char **Values, FILE *Out, FILE *Errors)
{
    REPLAY_OPTIONS Asked = {.Threads = 4, .Times = 1};
    ARGS Args;
    int Option;
    ArgsInit(&Args, Count, Values);
    while ((Option = ArgsNext(&Args, Options)) != ARGS_END)
    {
        if (Option == ARGS_HELP)
        {
            fputs(Help, Out);
            return EXIT_SUCCESS;
        }
        if (!ReadOption(&Args, Option, &Asked))
            return Refuse(Args.Error, Errors);
    }
    if (!ArgsOperandCount(&Args))
        return Refuse("no file named", Errors);
    return ReplayOperands(&Args, &Asked, Out, Errors);
}
