/* SPDX-License-Identifier: MIT
 *
 * Runs scenarios on the kernel in user mode under schedules, or failures, that it chooses. Each scenario is run in a child:
 * what it is about to do stands in memory that both see, so that a run which ends in abort(), a sanitizer's report or never
 * can be told, made as short as it gets, and repeated.
 */
#include "explore.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "host_sim.h"
#include "scenario.h"
#include "seen.h"
#include "tally.h"

/* A run that takes longer than this does not end. */
#define EXPLORE_PATIENCE_SECONDS 60

#define EXIT_USAGE 2

static EXPLORE *Explore;
static SCHEDULE Schedule;

/* ---- In the child ---- */

/* Where the driver does not load, there is nothing more to it: HostBegin sees to it that it was made to fail. */
static void
RunOnce(const SCENARIO *Scenario)
{
    Schedule.Done = &Explore->Plan;
    ScheduleStart(&Schedule);
    if (HostBegin(Explore->FailNth, Explore->Onwards))
    {
        SimScheduleBegin(ScheduleChoose, &Schedule);
        Scenario->Run();
        SimScheduleEnd();
    }
    HostEnd();
    Explore->Runs++;
}

static void
RunAndCount(const SCENARIO *Scenario, SEEN *Seen)
{
    RunOnce(Scenario);
    if (SeenAdd(Seen, Schedule.Hash))
        Explore->Distinct++;
}

static bool
IsPast(time_t Deadline)
{
    return Deadline && time(NULL) >= Deadline;
}

static void
Search(const SCENARIO *Scenario, const EXPLORE_OPTIONS *Options, SEEN *Seen)
{
    /* Where the time does not suffice for both, half of it is for schedules that a search comes by late. */
    bool Both = Options->Random || Options->Distinct;
    time_t Deadline = Options->Deadline ? Options->Deadline - (time_t)(Both ? Options->Seconds / 2 : 0) : 0;
    Schedule.Mode = ScheduleSearch;
    Schedule.Forced = 0;
    do
    {
        if (IsPast(Deadline))
            return;
        RunAndCount(Scenario, Seen);
        if (Schedule.Length < Schedule.Count)
            Schedule.Length = Schedule.Count;
    } while (ScheduleNextSearch(&Schedule, Options->Preemptions));
    Explore->Complete = true;
    Explore->Searched = Explore->Runs;
}

/* Until there have been as many as asked for of one sort or the other, or the time is up. */
static void
RunRandom(const SCENARIO *Scenario, const EXPLORE_OPTIONS *Options, SEEN *Seen)
{
    for (uint64_t Index = 0;
         (Index < Options->Random || Explore->Distinct < Options->Distinct) && !IsPast(Options->Deadline);
         Index++)
    {
        Explore->Seed = Options->Seed + Index;
        ScheduleSeed(&Schedule, Explore->Seed);
        RunAndCount(Scenario, Seen);
    }
}

/* The Nth fallible call fails, once and from there on, for each N until nothing is left to fail: under the default schedule, and
 * under as many random ones as asked for. */
static void
RunFaults(const SCENARIO *Scenario, const EXPLORE_OPTIONS *Options)
{
    for (uint64_t Round = 0; Round <= Options->FaultRounds && !IsPast(Options->Deadline); Round++)
    {
        bool Injected = true;
        for (Explore->FailNth = 1; Injected; Explore->FailNth++)
        {
            Injected = false;
            for (int Onwards = 0; Onwards < 2; Onwards++)
            {
                Explore->Onwards = Onwards != 0;
                if (Round)
                    ScheduleSeed(&Schedule, Explore->Seed = Options->Seed + Round);
                RunOnce(Scenario);
                Explore->FaultRuns += HostInjected();
                Injected |= HostInjected();
            }
        }
    }
    Explore->FailNth = 0;
    Explore->Onwards = false;
    Explore->Runs = 0;
}

static void
RunChild(const SCENARIO *Scenario, const EXPLORE_OPTIONS *Options)
{
    SEEN Seen = {0};
    if (Options->Plan)
    {
        Schedule.Mode = ScheduleReplay;
        Schedule.Plan = Options->Plan;
        Schedule.Trace = Options->Trace;
        Explore->FailNth = Options->FailNth;
        Explore->Onwards = Options->Onwards;
        RunOnce(Scenario);
        return;
    }
    static const SCHEDULE_PLAN Default;
    Schedule.Mode = ScheduleReplay;
    Schedule.Plan = &Default;
    RunOnce(Scenario);
    Explore->Runs = 0;
    Schedule.Length = Schedule.Count;
    if (Options->Faults)
        RunFaults(Scenario, Options);
    if (Options->Search)
        Search(Scenario, Options, &Seen);
    RunRandom(Scenario, Options, &Seen);
}

/* ---- In the parent ---- */

/* Whether the child ended well. Its standard error goes to Log, or nowhere. */
static bool
Run(const SCENARIO *Scenario, const EXPLORE_OPTIONS *Options, int Log)
{
    memset(Explore, 0, sizeof(*Explore));
    fflush(NULL);
    pid_t Child = fork();
    if (Child == 0)
    {
        dup2(Log, STDERR_FILENO);
        RunChild(Scenario, Options);
        _exit(EXIT_SUCCESS);
    }
    if (Child < 0)
    {
        perror("fork");
        exit(EXIT_FAILURE);
    }
    uint64_t Runs = 0;
    time_t Since = time(NULL);
    int Status;
    while (waitpid(Child, &Status, WNOHANG) == 0)
    {
        struct timespec Wait = {0, 2000000};
        nanosleep(&Wait, NULL);
        uint64_t Now = __atomic_load_n(&Explore->Runs, __ATOMIC_RELAXED);
        if (Now != Runs)
            Since = time(NULL);
        Runs = Now;
        if (time(NULL) - Since > EXPLORE_PATIENCE_SECONDS)
        {
            Explore->Hung = true;
            kill(Child, SIGKILL);
        }
    }
    return WIFEXITED(Status) && WEXITSTATUS(Status) == EXIT_SUCCESS;
}

static bool
Fails(const SCENARIO *Scenario, const SCHEDULE_PLAN *Plan, ULONG FailNth, bool Onwards)
{
    EXPLORE_OPTIONS Options = {.Plan = Plan, .FailNth = FailNth, .Onwards = Onwards};
    int Nowhere = open("/dev/null", O_WRONLY);
    bool Failed = !Run(Scenario, &Options, Nowhere);
    close(Nowhere);
    return Failed;
}

/* Takes out of Plan what it fails without: halves, quarters, ... single steps, until no single step can go. */
static void
Shorten(const SCENARIO *Scenario, SCHEDULE_PLAN *Plan, ULONG FailNth, bool Onwards)
{
    SCHEDULE_PLAN *Less = malloc(sizeof(*Less));
    assert(Less);
    for (uint32_t Chunk = Plan->Count; Chunk; Chunk /= 2)
        for (uint32_t At = 0; At < Plan->Count;)
        {
            uint32_t Gone = Plan->Count - At < Chunk ? Plan->Count - At : Chunk;
            *Less = *Plan;
            Less->Count -= Gone;
            memmove(&Less->Steps[At], &Less->Steps[At + Gone], (Less->Count - At) * sizeof(Less->Steps[0]));
            if (Fails(Scenario, Less, FailNth, Onwards))
                *Plan = *Less;
            else
                At += Gone;
        }
    free(Less);
}

static void
PrintPlan(const SCENARIO *Scenario, const SCHEDULE_PLAN *Plan, ULONG FailNth, bool Onwards)
{
    printf("    %s --scenario %s --schedule \"", program_invocation_short_name, Scenario->Name);
    for (uint32_t Index = 0; Index < Plan->Count; Index++)
        printf("%s%u:%u", Index ? " " : "", Plan->Steps[Index].At, Plan->Steps[Index].Thread);
    printf("\"");
    if (FailNth)
        printf(" --fail %u%s", FailNth, Onwards ? " --onwards" : "");
    printf(" --trace\n");
}

/* Says what failed, and the shortest way found to see it again. */
static void
Report(const SCENARIO *Scenario, int Log)
{
    SCHEDULE_PLAN *Plan = malloc(sizeof(*Plan));
    assert(Plan);
    ULONG FailNth = Explore->FailNth;
    bool Onwards = Explore->Onwards;
    *Plan = Explore->Plan;
    printf("FAILED %s%s after %" PRIu64 " runs, seed %" PRIu64 "; what it said:\n", Scenario->Name,
           Explore->Hung ? ", which did not end," : "", Explore->Runs, Explore->Seed);
    fflush(stdout);
    char Text[4096];
    lseek(Log, 0, SEEK_SET);
    for (ssize_t Bytes; (Bytes = read(Log, Text, sizeof(Text))) > 0;)
        if (write(STDOUT_FILENO, Text, (size_t)Bytes) < 0)
            break;
    bool Again = Fails(Scenario, Plan, FailNth, Onwards);
    if (Again)
        Shorten(Scenario, Plan, FailNth, Onwards);
    printf(Again ? "the shortest schedule that fails:\n" : "it did not fail again:\n");
    PrintPlan(Scenario, Plan, FailNth, Onwards);
    free(Plan);
}

/* ---- The command line ---- */

static void
PrintUsage(FILE *To)
{
    fprintf(
        To,
        "usage: %s [OPTION...]\n"
        "\n"
        "Runs scenarios of the driver under chosen schedules, or with chosen calls failing.\n"
        "\n"
        "  --list             the scenarios\n"
        "  --scenario NAME    this one only; may be given more than once\n"
        "  --search N         all schedules with at most N preemptions\n"
        "  --random N         N random schedules\n"
        "  --distinct N       random schedules until N different ones have been tried in all\n"
        "  --faults           each fallible call fails, once and from there on\n"
        "  --seconds N        no longer than that for each scenario\n"
        "  --seed N           of the first random schedule; each after it has the next number\n"
        "  --schedule PLAN    one run, as a report printed it\n"
        "  --fail N           in that run, the Nth fallible call fails; with --onwards all after it, too\n"
        "  --trace            that run tells each decision\n"
        "\n"
        "Exit code: 0 if everything held, 1 if not, 2 for a wrong command line.\n",
        program_invocation_short_name);
}

static uint64_t
ParseNumber(const char *Text)
{
    char *End;
    errno = 0;
    uint64_t Value = strtoull(Text, &End, 0);
    if (errno || End == Text || *End || *Text == '-')
    {
        fprintf(stderr, "%s: not a number: %s\n", program_invocation_short_name, Text);
        exit(EXIT_USAGE);
    }
    return Value;
}

static const SCHEDULE_PLAN *
ParsePlan(const char *Text)
{
    static SCHEDULE_PLAN Plan;
    int Used;
    Plan.Count = 0;
    while (*Text)
    {
        SCHEDULE_STEP *Step = &Plan.Steps[Plan.Count++];
        if (Plan.Count == SCHEDULE_MAX_STEPS ||
            sscanf(Text, "%u:%u %n", &Step->At, &Step->Thread, &Used) != 2 ||
            Step->Thread >= SIM_MAX_SCHEDULED)
        {
            fprintf(stderr, "%s: not a schedule from here on: %s\n", program_invocation_short_name, Text);
            exit(EXIT_USAGE);
        }
        Text += Used;
    }
    return &Plan;
}

static const SCENARIO *
FindScenario(const char *Name)
{
    for (uint32_t Index = 0; Index < ScenarioCount; Index++)
        if (strcmp(Scenarios[Index].Name, Name) == 0)
            return &Scenarios[Index];
    fprintf(stderr, "%s: no scenario %s; --list shows them\n", program_invocation_short_name, Name);
    exit(EXIT_USAGE);
}

static void
PrintResult(const SCENARIO *Scenario, const EXPLORE_OPTIONS *Options)
{
    printf("%-28s", Scenario->Name);
    if (Options->Faults)
        printf(" %" PRIu64 " failures injected;", Explore->FaultRuns);
    if (Options->Search)
        printf(Explore->Complete ? " complete at %u preemptions: %" PRIu64 ";"
                                 : " not complete at %u preemptions;",
               Options->Preemptions, Explore->Searched);
    if (Explore->Distinct)
        printf(" %" PRIu64 " runs, %" PRIu64 " distinct schedules", Explore->Runs, Explore->Distinct);
    printf("\n");
    fflush(stdout);
}

static bool
RunScenario(const SCENARIO *Scenario, EXPLORE_OPTIONS *Options)
{
    FILE *Log = tmpfile();
    if (!Log)
    {
        perror("tmpfile");
        exit(EXIT_FAILURE);
    }
    if (Options->Seconds)
        Options->Deadline = time(NULL) + (time_t)Options->Seconds;
    bool Good = Run(Scenario, Options, Options->Trace ? STDERR_FILENO : fileno(Log));
    if (Good)
        PrintResult(Scenario, Options);
    else
        Report(Scenario, fileno(Log));
    fclose(Log);
    return Good;
}

int
main(int Count, char **Arguments)
{
    static const struct option Long[] = {{"list", no_argument, NULL, 'l'},
                                         {"scenario", required_argument, NULL, 'c'},
                                         {"search", required_argument, NULL, 'p'},
                                         {"random", required_argument, NULL, 'r'},
                                         {"distinct", required_argument, NULL, 'd'},
                                         {"faults", no_argument, NULL, 'f'},
                                         {"fault-rounds", required_argument, NULL, 'F'},
                                         {"seconds", required_argument, NULL, 't'},
                                         {"seed", required_argument, NULL, 's'},
                                         {"schedule", required_argument, NULL, 'x'},
                                         {"fail", required_argument, NULL, 'n'},
                                         {"onwards", no_argument, NULL, 'o'},
                                         {"trace", no_argument, NULL, 'v'},
                                         {"help", no_argument, NULL, 'h'},
                                         {0}};
    EXPLORE_OPTIONS Options = {.Seed = 1};
    const SCENARIO *Chosen[64];
    uint32_t ChosenCount = 0;
    bool Good = true;

    for (int Option; (Option = getopt_long(Count, Arguments, "h", Long, NULL)) != -1;)
        switch (Option)
        {
        case 'l':
            for (uint32_t Index = 0; Index < ScenarioCount; Index++)
                printf("%s\n", Scenarios[Index].Name);
            return EXIT_SUCCESS;
        case 'c':
            if (ChosenCount < sizeof(Chosen) / sizeof(Chosen[0]))
                Chosen[ChosenCount++] = FindScenario(optarg);
            break;
        case 'p':
            Options.Search = true;
            Options.Preemptions = (uint32_t)ParseNumber(optarg);
            break;
        case 'r':
            Options.Random = ParseNumber(optarg);
            break;
        case 'd':
            Options.Distinct = ParseNumber(optarg);
            break;
        case 'f':
            Options.Faults = true;
            break;
        case 'F':
            Options.Faults = true;
            Options.FaultRounds = ParseNumber(optarg);
            break;
        case 't':
            Options.Seconds = ParseNumber(optarg);
            break;
        case 's':
            Options.Seed = ParseNumber(optarg);
            break;
        case 'x':
            Options.Plan = ParsePlan(optarg);
            break;
        case 'n':
            Options.FailNth = (ULONG)ParseNumber(optarg);
            break;
        case 'o':
            Options.Onwards = true;
            break;
        case 'v':
            Options.Trace = true;
            break;
        case 'h':
            PrintUsage(stdout);
            return EXIT_SUCCESS;
        default:
            PrintUsage(stderr);
            return EXIT_USAGE;
        }
    if (optind != Count)
    {
        PrintUsage(stderr);
        return EXIT_USAGE;
    }

    Explore = mmap(NULL, sizeof(*Explore), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    TallyEvents(0, 0, false, 0);
    for (uint32_t Index = 0; Index < (ChosenCount ? ChosenCount : ScenarioCount); Index++)
        Good &= RunScenario(ChosenCount ? Chosen[Index] : &Scenarios[Index], &Options);
    return Good ? EXIT_SUCCESS : EXIT_FAILURE;
}
