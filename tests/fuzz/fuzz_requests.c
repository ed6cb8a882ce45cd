/* SPDX-License-Identifier: MIT
 *
 * libFuzzer: whatever is asked of the driver, in whatever order, and whatever happens meanwhile, it does
 * what its model says. An input is a SETUP and OPERATIONs; FUZZ_TRACE in the environment prints each as
 * it is carried out.
 */
#include "drive.h"
#include "scripts.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size);
size_t LLVMFuzzerCustomMutator(uint8_t *Data, size_t Size, size_t MaxSize, unsigned int Seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *Data1, size_t Size1, const uint8_t *Data2, size_t Size2,
                                 uint8_t *Out, size_t MaxOutSize, unsigned int Seed);
size_t LLVMFuzzerMutate(uint8_t *Data, size_t Size, size_t MaxSize);
const char *__asan_default_options(void);

/* Lanes of megabytes come and go with every input: none is kept to see whether it is used after it was
 * freed. */
const char *
__asan_default_options(void)
{
    return "quarantine_size_mb=8:malloc_context_size=8";
}

typedef struct SCRIPT_INPUT
{
    SETUP Setup;
    OPERATION Operations[DRIVE_MAX_OPERATIONS];
} SCRIPT_INPUT;

static size_t
CountOf(size_t Size)
{
    size_t Count = Size < sizeof(SETUP) ? 0 : (Size - sizeof(SETUP)) / sizeof(OPERATION);
    return Count < DRIVE_MAX_OPERATIONS ? Count : DRIVE_MAX_OPERATIONS;
}

static size_t
SizeOf(size_t Count)
{
    return sizeof(SETUP) + Count * sizeof(OPERATION);
}

int
LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size)
{
    static SCRIPT_INPUT Input;
    memset(&Input.Setup, 0, sizeof(Input.Setup));
    if (Size >= sizeof(SETUP))
        memcpy(&Input, Data, SizeOf(CountOf(Size)));
    DriveRun(&Input.Setup, Input.Operations, CountOf(Size));
    return 0;
}

/* ---- Mutation, an operation at a time ---- */

static uint32_t
Random(uint64_t *State, size_t Below)
{
    *State = *State * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*State >> 33) % Below);
}

static OPERATION
RandomOperation(uint64_t *State)
{
    OPERATION Operation = {.Code = (uint8_t)Random(State, OP_COUNT)};
    if (Random(State, 2))
        return ScriptOperation(Random(State, 0x10000));
    Operation.A = (uint8_t)Random(State, Random(State, 2) ? 4 : 256);
    Operation.B = (uint8_t)Random(State, Random(State, 2) ? 8 : 256);
    Operation.C = (uint8_t)Random(State, Random(State, 2) ? 8 : 256);
    Operation.D = (uint16_t)Random(State, Random(State, 2) ? 32 : 0x10000);
    Operation.E = (uint16_t)Random(State, Random(State, 2) ? 32 : 0x10000);
    return Operation;
}

/* Count operations from From stand once more at To. */
static size_t
Insert(SCRIPT_INPUT *Input, size_t Count, size_t To, const OPERATION *From, size_t Added)
{
    OPERATION Copy[DRIVE_MAX_OPERATIONS];
    if (Added > DRIVE_MAX_OPERATIONS - Count)
        Added = DRIVE_MAX_OPERATIONS - Count;
    memcpy(Copy, From, Added * sizeof(*From));
    memmove(&Input->Operations[To + Added], &Input->Operations[To], (Count - To) * sizeof(*From));
    memcpy(&Input->Operations[To], Copy, Added * sizeof(*From));
    return Count + Added;
}

static size_t
Delete(SCRIPT_INPUT *Input, size_t Count, size_t At, size_t Gone)
{
    if (Gone > Count - At)
        Gone = Count - At;
    memmove(&Input->Operations[At], &Input->Operations[At + Gone], (Count - At - Gone) * sizeof(OPERATION));
    return Count - Gone;
}

static size_t
MutateOnce(SCRIPT_INPUT *Input, size_t Count, uint64_t *State)
{
    size_t At = Random(State, Count + 1);
    OPERATION New = RandomOperation(State);
    size_t Scripted;
    const OPERATION *Script = ScriptPart(Random(State, 0x10000), &Scripted);
    if (At == Count)
        return Insert(Input, Count, At, &New, 1);
    switch (Random(State, 8))
    {
    case 0:
        return Insert(Input, Count, At, &New, 1);
    case 1:
        return Delete(Input, Count, At, 1 + Random(State, 3));
    case 2:
        return Insert(Input, Count, Random(State, Count + 1), &Input->Operations[At],
                      1 + Random(State, Count - At));
    case 3:
        return Insert(Input, Count, At, Script, Scripted);
    case 4:
        Input->Operations[At] = Input->Operations[Random(State, Count)];
        return Count;
    case 5:
        Input->Operations[At].Code = New.Code;
        return Count;
    case 6:
        LLVMFuzzerMutate((uint8_t *)&Input->Setup, sizeof(SETUP), sizeof(SETUP));
        return Count;
    default:
        LLVMFuzzerMutate((uint8_t *)&Input->Operations[At], sizeof(OPERATION), sizeof(OPERATION));
        return Count;
    }
}

size_t
LLVMFuzzerCustomMutator(uint8_t *Data, size_t Size, size_t MaxSize, unsigned int Seed)
{
    static SCRIPT_INPUT Input;
    uint64_t State = Seed * 0x9E3779B97F4A7C15u + 1;
    size_t Count = CountOf(Size);
    memset(&Input, 0, sizeof(Input));
    if (Count)
        memcpy(&Input, Data, SizeOf(Count));
    else
        Count = ScriptWhole(Random(&State, 0x10000), &Input.Setup, Input.Operations);
    for (uint32_t Times = 1 + Random(&State, 3); Times; Times--)
        Count = MutateOnce(&Input, Count, &State);
    if (Count > CountOf(MaxSize))
        Count = CountOf(MaxSize);
    memcpy(Data, &Input, SizeOf(Count));
    return SizeOf(Count);
}

/* The beginning of one and the end of the other. */
size_t
LLVMFuzzerCustomCrossOver(const uint8_t *Data1, size_t Size1, const uint8_t *Data2, size_t Size2,
                          uint8_t *Out, size_t MaxOutSize, unsigned int Seed)
{
    uint64_t State = Seed * 0x9E3779B97F4A7C15u + 1;
    size_t First = CountOf(Size1);
    size_t Second = CountOf(Size2);
    if (!First || !Second || MaxOutSize < SizeOf(1))
        return 0;
    First = 1 + Random(&State, First);
    size_t From = Random(&State, Second);
    size_t Most = CountOf(MaxOutSize);
    First = First < Most ? First : Most;
    Second = Second - From < Most - First ? Second - From : Most - First;
    memcpy(Out, Data1, SizeOf(First));
    memcpy(Out + SizeOf(First), Data2 + SizeOf(From), Second * sizeof(OPERATION));
    return SizeOf(First + Second);
}
