/* SPDX-License-Identifier: MIT */
#include "selftest_findings.h"

#include <string.h>

/* So many children are looked at: each is compared with every image load. */
#define MAX_CHILDREN 100u

static const FINDINGS_NAME Ntdll = {"ntdll.dll"};
static const FINDINGS_NAME EmulatedExecutable = {"cmd.exe"};

/* The fewest and the most of something that a child has. */
typedef struct RANGE
{
    uint32_t Least;
    uint32_t Most;
} RANGE;

/* What was told of the images of one process. */
typedef struct LOADS
{
    uint32_t Executable;
    uint32_t Ntdll;
    uint32_t All;
    uint32_t Early; /* before the process's start was told */
    uint32_t Late;  /* after its exit was */
} LOADS;

FINDINGS_NAME
FindingsName(const uint16_t *Units, uint32_t Count)
{
    FINDINGS_NAME Name = {""};
    uint32_t Begin = Count;

    while (Begin != 0 && Units[Begin - 1] != '\\')
        Begin--;
    for (uint32_t At = 0; Begin + At < Count && At < FINDINGS_NAME_UNITS - 1; At++)
    {
        uint16_t Unit = Units[Begin + At];
        if (Unit >= 'A' && Unit <= 'Z')
            Unit = (uint16_t)(Unit - 'A' + 'a');
        Name.Text[At] = Unit > ' ' && Unit < 0x7F ? (char)Unit : '?';
    }
    return Name;
}

static bool
IsNamed(const FINDINGS_IMAGE *Image, const FINDINGS_NAME *Name)
{
    return memcmp(&Image->Name, Name, sizeof(*Name)) == 0;
}

void
FindingsAddPath(FINDINGS_PATHS *Paths, const PRCM_PATH *Path, const PRCM_VALUE *Exact)
{
    if (Path->Text.Status == PRCM_PRESENT && Path->Form <= PRCM_PATH_SYSTEM_ROOT)
        Paths->Forms[Path->Form]++;
    else
        Paths->Missing++;
    if (Exact == NULL || Exact->Status != PRCM_PRESENT)
        return;
    Paths->Exact += Exact->Value != 0;
    Paths->Partial += Exact->Value == 0;
}

/* Joining. A create time of 0, or one that was not told, fits any. */

static bool
IsOf(uint32_t Id, const PRCM_VALUE *CreateTime, const FINDINGS_PROBE *Process)
{
    return Id == Process->Id && (CreateTime->Status != PRCM_PRESENT || Process->CreateTime == 0 ||
                                 CreateTime->Value == Process->CreateTime);
}

static const CHECK_EVENT *
FindEvent(const FINDINGS *Findings, const FINDINGS_PROBE *Process, uint32_t Kind)
{
    for (uint32_t At = 0; At < Findings->EventCount; At++)
    {
        const CHECK_EVENT *Event = &Findings->Events[At];
        if (Event->Kind == Kind && IsOf(Event->Id, &Event->CreateTime, Process))
            return Event;
    }
    return NULL;
}

static LOADS
CountLoads(const FINDINGS *Findings, const FINDINGS_PROBE *Process, const FINDINGS_NAME *Executable)
{
    const CHECK_EVENT *Start = FindEvent(Findings, Process, PRCM_KIND_START);
    const CHECK_EVENT *Exit = FindEvent(Findings, Process, PRCM_KIND_EXIT);
    LOADS Loads = {0};

    for (uint32_t At = 0; At < Findings->ImageCount; At++)
    {
        const FINDINGS_IMAGE *Image = &Findings->Images[At];
        if (!IsOf(Image->Id, &Image->CreateTime, Process))
            continue;
        Loads.All++;
        Loads.Executable += IsNamed(Image, Executable);
        Loads.Ntdll += IsNamed(Image, &Ntdll);
        Loads.Early += Start != NULL && Image->Sequence < Start->Sequence;
        Loads.Late += Exit != NULL && Image->Sequence > Exit->Sequence;
    }
    return Loads;
}

/* Writing. */

static void
WriteCount(SINK *Sink, const char *Before, uint64_t Count)
{
    SinkText(Sink, Before);
    SinkGrouped(Sink, Count);
}

static void
Widen(RANGE *Range, uint32_t Count)
{
    if (Count < Range->Least)
        Range->Least = Count;
    if (Count > Range->Most)
        Range->Most = Count;
}

static void
WriteRange(SINK *Sink, const char *Before, const RANGE *Range)
{
    WriteCount(Sink, Before, Range->Least);
    if (Range->Most != Range->Least)
        WriteCount(Sink, " to ", Range->Most);
}

static void
WriteChildren(SINK *Sink, const FINDINGS *Findings)
{
    uint32_t Count = Findings->ChildCount;
    RANGE Executable = {UINT32_MAX, 0};
    RANGE NtdllLoads = {UINT32_MAX, 0};
    RANGE All = {UINT32_MAX, 0};
    uint64_t Early = 0;
    uint64_t Late = 0;

    if (Count == 0)
        return;
    if (Count > MAX_CHILDREN)
        Count = MAX_CHILDREN;
    for (uint32_t Index = 0; Index < Count; Index++)
    {
        const CHECK_CHILD *Child = &Findings->Children[Index];
        FINDINGS_PROBE Process = {.Id = Child->Id, .CreateTime = Child->CreateTime};
        LOADS Loads = CountLoads(Findings, &Process, &Findings->Executable);
        Widen(&Executable, Loads.Executable);
        Widen(&NtdllLoads, Loads.Ntdll);
        Widen(&All, Loads.All);
        Early += Loads.Early;
        Late += Loads.Late;
    }
    WriteCount(Sink, "image loads of each of ", Count);
    WriteRange(Sink, " processes: executable ", &Executable);
    WriteRange(Sink, ", ntdll.dll ", &NtdllLoads);
    WriteRange(Sink, ", all ", &All);
    WriteCount(Sink, "; before the start ", Early);
    WriteCount(Sink, ", after the exit ", Late);
    SinkChar(Sink, '\n');
}

/* Whether the probe was done; else it says why not. */
static bool
BeginProbe(SINK *Sink, const char *What, const FINDINGS_PROBE *Probe)
{
    SinkText(Sink, What);
    if (Probe->Error == 0)
        return true;
    WriteCount(Sink, ": not tried, Windows error ", Probe->Error);
    SinkChar(Sink, '\n');
    return false;
}

static void
WriteMapping(SINK *Sink, const FINDINGS *Findings, const char *What, const FINDINGS_PROBE *Probe)
{
    uint32_t Told = 0;

    if (!BeginProbe(Sink, What, Probe))
        return;
    for (uint32_t At = 0; At < Findings->ImageCount; At++)
    {
        const FINDINGS_IMAGE *Image = &Findings->Images[At];
        Told +=
            Image->Id == Probe->Id && Image->Base.Status == PRCM_PRESENT && Image->Base.Value == Probe->Base;
    }
    WriteCount(Sink, ": told as ", Told);
    SinkText(Sink, Told == 1 ? " image load\n" : " image loads\n");
}

static void
WriteStartAndExit(SINK *Sink, const CHECK_EVENT *Start, const CHECK_EVENT *Exit)
{
    SinkText(Sink, Start != NULL ? ": start told" : ": start not told");
    SinkText(Sink, Exit != NULL ? ", exit told" : ", exit not told");
    if (Exit == NULL)
        return;
    SinkText(Sink, Exit->ExitStatus.Status == PRCM_PRESENT ? " with status " : " without a status: ");
    SinkCode(Sink, Exit->ExitStatus.Status == PRCM_PRESENT ? (uint32_t)Exit->ExitStatus.Value
                                                           : Exit->ExitStatus.Status);
}

static void
WriteEmulated(SINK *Sink, const FINDINGS *Findings)
{
    const FINDINGS_PROBE *Probe = &Findings->Emulated;

    if (!BeginProbe(Sink, "a 32-bit cmd.exe that ends with 7", Probe))
        return;
    const CHECK_EVENT *Start = FindEvent(Findings, Probe, PRCM_KIND_START);
    WriteStartAndExit(Sink, Start, FindEvent(Findings, Probe, PRCM_KIND_EXIT));
    if (Start != NULL && Start->Architecture.Status == PRCM_PRESENT)
        SinkText(Sink, Start->Architecture.Value == PRCM_ARCHITECTURE_EMULATED ? ", emulated" : ", native");
    LOADS Loads = CountLoads(Findings, Probe, &EmulatedExecutable);
    WriteCount(Sink, "; image loads: executable ", Loads.Executable);
    WriteCount(Sink, ", ntdll.dll ", Loads.Ntdll);
    SinkChar(Sink, '\n');
}

static void
WriteClone(SINK *Sink, const FINDINGS *Findings)
{
    const FINDINGS_PROBE *Probe = &Findings->Clone;

    if (!BeginProbe(Sink, "a clone of prcm.exe, without a thread", Probe))
        return;
    WriteStartAndExit(Sink, FindEvent(Findings, Probe, PRCM_KIND_START),
                      FindEvent(Findings, Probe, PRCM_KIND_EXIT));
    SinkChar(Sink, '\n');
}

static void
WritePaths(SINK *Sink, const char *Whose, const FINDINGS_PATHS *Paths)
{
    SinkText(Sink, "paths of ");
    SinkText(Sink, Whose);
    WriteCount(Sink, ": \\Device ", Paths->Forms[PRCM_PATH_NT]);
    WriteCount(Sink, ", \\?? ", Paths->Forms[PRCM_PATH_DOS_DEVICE]);
    WriteCount(Sink, ", \\SystemRoot ", Paths->Forms[PRCM_PATH_SYSTEM_ROOT]);
    WriteCount(Sink, ", other ", Paths->Forms[PRCM_PATH_OTHER]);
    WriteCount(Sink, ", none ", Paths->Missing);
    if (Paths->Exact != 0 || Paths->Partial != 0)
    {
        WriteCount(Sink, "; as opened ", Paths->Exact);
        WriteCount(Sink, ", perhaps not ", Paths->Partial);
    }
    SinkChar(Sink, '\n');
}

void
FindingsWrite(SINK *Sink, const FINDINGS *Findings)
{
    if (Findings->ImagesCaptured)
    {
        WriteChildren(Sink, Findings);
        WriteMapping(Sink, Findings, "a file mapped as an image, and not run", &Findings->Mapped);
        WriteMapping(Sink, Findings, "the same without execute rights", &Findings->MappedNoExecute);
    }
    else
        SinkText(Sink, "image loads: not captured\n");
    WriteEmulated(Sink, Findings);
    WriteClone(Sink, Findings);
    WritePaths(Sink, "starts", &Findings->StartPaths);
    if (Findings->ImagesCaptured)
        WritePaths(Sink, "image loads", &Findings->ImagePaths);
}

void
FindingsWriteCodeIntegrity(SINK *Sink, uint32_t Options)
{
    /* CODEINTEGRITY_OPTION_XXX: NtQuerySystemInformation, SystemCodeIntegrityInformation. */
    static const struct
    {
        uint32_t Bit;
        const char *Name;
    } Bits[] = {
        {0x1, "on"},
        {0x2, "test signing"},
        {0x80, "debug mode"},
        {0x400, "memory integrity"},
        {0x800, "memory integrity in audit mode"},
        {0x1000, "memory integrity in strict mode"},
    };
    const char *Before = " (";

    SinkText(Sink, "code integrity ");
    SinkCode(Sink, Options);
    for (size_t Index = 0; Index < sizeof(Bits) / sizeof(Bits[0]); Index++)
    {
        if ((Options & Bits[Index].Bit) == 0)
            continue;
        SinkText(Sink, Before);
        SinkText(Sink, Bits[Index].Name);
        Before = ", ";
    }
    SinkText(Sink, Before[0] == ',' ? ")" : "");
}
