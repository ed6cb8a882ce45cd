/* SPDX-License-Identifier: MIT
 *
 * Which routines a driver can look up, by the first OS that has each.
 */
#include "kernel.h"

typedef struct ROUTINE
{
    const char *Name;
    SIM_OS Since;
    PVOID Address;
} ROUTINE;

#define ROUTINE_ENTRY(Name, Since)                                                                           \
    {                                                                                                        \
#Name, Since, (PVOID)(ULONG_PTR)Name                                                                 \
    }

/* Variables that can be looked up like routines: what is found is where they are. */
static PVOID SystemRangeStart = (PVOID)0xFFFF800000000000ull;
static POBJECT_TYPE DeviceType = &ObpDeviceType;
static POBJECT_TYPE ProcessType = &ObpProcessType;

static const ROUTINE Routines[] = {
    {"IoDeviceObjectType", SIM_NT52, &DeviceType},
    {"MmSystemRangeStart", SIM_NT52, &SystemRangeStart},
    {"PsProcessType", SIM_NT52, &ProcessType},
    ROUTINE_ENTRY(PsSetCreateProcessNotifyRoutine, SIM_NT52),
    ROUTINE_ENTRY(PsSetCreateProcessNotifyRoutineEx, SIM_NT60),
    ROUTINE_ENTRY(PsSetCreateProcessNotifyRoutineEx2, SIM_10_1703),
    ROUTINE_ENTRY(PsSetLoadImageNotifyRoutine, SIM_NT52),
    ROUTINE_ENTRY(PsSetLoadImageNotifyRoutineEx, SIM_10_1709),
    ROUTINE_ENTRY(PsRemoveLoadImageNotifyRoutine, SIM_NT52),
    ROUTINE_ENTRY(PsGetProcessStartKey, SIM_10_1703),
    ROUTINE_ENTRY(SeLocateProcessImageName, SIM_NT60),
    ROUTINE_ENTRY(ExAllocatePool2, SIM_11),
    ROUTINE_ENTRY(KeQuerySystemTimePrecise, SIM_NT62),
};

static bool
RoutineIsNamed(const char *Name, PCUNICODE_STRING Wanted)
{
    ULONG Length = Wanted->Length / (ULONG)sizeof(WCHAR);
    if (strlen(Name) != Length)
        return false;
    for (ULONG At = 0; At < Length; At++)
        if (Wanted->Buffer[At] != (UCHAR)Name[At])
            return false;
    return true;
}

PVOID
MmGetSystemRoutineAddress(PUNICODE_STRING Name)
{
    RulePassive("MmGetSystemRoutineAddress");
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Routines); Index++)
    {
        const ROUTINE *Routine = &Routines[Index];
        if (RoutineIsNamed(Routine->Name, Name))
            return DriverOs() >= Routine->Since && !FaultHidden(Routine->Name) ? Routine->Address : NULL;
    }
    return NULL;
}
