/* SPDX-License-Identifier: MIT */
#include "scripts.h"
#include <string.h>

#define SCRIPT_MAX 16u

/* Shorthand: B of SUBSCRIBE, C of SUBSCRIBE, flags of READ, sizes. */
#define ALL     PRCM_KINDS_ALL
#define OLDEST  PRCM_FROM_OLDEST
#define NOW     PRCM_FROM_NOW
#define NUMBER  PRCM_FROM_SEQUENCE
#define TOKEN   PRCM_FROM_TOKEN
#define NO_WAIT PRCM_READ_NO_WAIT
#define FULL    0x7F   /* of a start: all that can be told */
#define LARGEST 0xFFFE /* of a text */
#define SPOILED 0x80

/* A, B, C, D and E, for which see drive.h; those at the end that are 0 need not be said. */
#define DO(...) DO_WITH(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define DO_WITH(Code_, A_, B_, C_, D_, E_, ...)                                                              \
    {                                                                                                        \
        Code_, A_, B_, C_, D_, E_                                                                            \
    }

typedef struct SCRIPT
{
    uint8_t Os;
    uint8_t Host;
    OPERATION Operations[SCRIPT_MAX]; /* up to the first that loads with nothing said */
} SCRIPT;

static const SCRIPT Scripts[] = {
    /* The whole of it: opened, subscribed, waited for, told, cancelled, stopped. */
    {SIM_11,
     0,
     {DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, NOW), DO(OP_READ), DO(OP_START, 1, FULL, 4, 80, 60),
      DO(OP_READ, 0, NO_WAIT), DO(OP_IMAGE, 1, 0, 7, 90, 3), DO(OP_READ), DO(OP_EXIT, 1, 0, 0, 0, 7),
      DO(OP_READ), DO(OP_CANCEL), DO(OP_READ), DO(OP_STOP), DO(OP_QUERY), DO(OP_READ), DO(OP_UNLOAD),
      DO(OP_CLOSE)}},
    /* Lanes that are filled several times over; a slow reader, an overtaken one, a filtered one. */
    {SIM_11,
     0,
     {DO(OP_OPEN), DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, NOW), DO(OP_SUBSCRIBE, 1, 1, NOW),
      DO(OP_BURST, 1, 19, 0, LARGEST, LARGEST), DO(OP_READ, 0, 0, 0, 0, 6),
      DO(OP_BURST, 0, 39, 0, LARGEST, 0), DO(OP_READ, 0, NO_WAIT, 0, 0, 6), DO(OP_READ, 1, NO_WAIT, 0, 0, 6),
      DO(OP_BURST, 2, 39, 0, LARGEST, LARGEST), DO(OP_READ, 0, 0, 0, 0, 2), DO(OP_READ, 0, 0, 0, 0, 1),
      DO(OP_READ, 1, NO_WAIT, 0, 0, 6), DO(OP_QUERY)}},
    /* Events are dropped in the midst of another, and published with it. */
    {SIM_11,
     0,
     {DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, NOW), DO(OP_READ), DO(OP_INSIDE, 0x40, 0, 0, 80, 60),
      DO(OP_BURST, 1, 19, 0, LARGEST, LARGEST), DO(OP_TIME, 1, 0, 50), DO(OP_QUERY),
      DO(OP_IMAGE, 1, 0, 0, 60, 1), DO(OP_READ, 0, NO_WAIT), DO(OP_READ, 0, NO_WAIT), DO(OP_QUERY)}},
    /* Buffers that are too short. */
    {SIM_10_1709,
     0,
     {DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, NOW), DO(OP_READ, 0, 0, 0, 0, 1),
      DO(OP_START, 2, FULL, 0, 80, 0xFE00), DO(OP_READ, 0, 0, 0, 0, 7), DO(OP_READ, 0, 0, 0, 0, 8),
      DO(OP_READ, 0, 0, 0, 0, 12), DO(OP_READ, 0, 0, 0, 0, 3), DO(OP_READ, 0, 0, 0, 0, 0),
      DO(OP_QUERY, 0, 0, 0, 263), DO(OP_QUERY, 0, 7), DO(OP_QUERY, 0, 0, 0, 400)}},
    /* Wrong requests, one after the other. */
    {SIM_NT61,
     0,
     {DO(OP_OPEN), DO(OP_READ), DO(OP_SUBSCRIBE, 0, ALL, NOW, 10, 2), DO(OP_SUBSCRIBE, 0, 0, NOW),
      DO(OP_SUBSCRIBE, 0, 0xD7, NOW), DO(OP_SUBSCRIBE, 0, ALL, 5), DO(OP_SUBSCRIBE, 0, ALL, NOW, 18, 119),
      DO(OP_SUBSCRIBE, 0, ALL, NUMBER, 0, 200), DO(OP_SUBSCRIBE, 0, ALL, NOW, 14, 3),
      DO(OP_SUBSCRIBE, 0, ALL, NOW), DO(OP_READ, 0, SPOILED | 2), DO(OP_READ, 0, NO_WAIT, 0xA4),
      DO(OP_READ, 0, NO_WAIT, 0xC8), DO(OP_READ, 0, NO_WAIT, 0xE7), DO(OP_CONTROL, 0, 1, 9, 100, 16),
      DO(OP_STOP, 0, 0xC1)}},
    /* Tokens: true, a bare number, doctored, of another run. */
    {SIM_11,
     2,
     {DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, OLDEST), DO(OP_BURST, 2, 20, 0, 90, 60),
      DO(OP_READ, 0, 0, 0, 0, 4), DO(OP_OPEN), DO(OP_SUBSCRIBE, 1, ALL, TOKEN), DO(OP_READ, 1, 0, 0, 0, 4),
      DO(OP_OPEN), DO(OP_SUBSCRIBE, 2, ALL, TOKEN | 8, 8, 3), DO(OP_OPEN),
      DO(OP_SUBSCRIBE, 3, ALL, TOKEN | 8, 3, 0x18), DO(OP_READ, 3, NO_WAIT), DO(OP_OPEN),
      DO(OP_SUBSCRIBE, 4, ALL, TOKEN | 8, 7, 1), DO(OP_READ, 4)}},
    /* All that can be wrong with a token. */
    {SIM_11,
     0,
     {DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, OLDEST), DO(OP_BURST, 2, 20, 0, 90, 60),
      DO(OP_READ, 0, 0, 0, 0, 4), DO(OP_OPEN), DO(OP_SUBSCRIBE, 1, ALL, TOKEN | 8, 1, 3),
      DO(OP_SUBSCRIBE, 1, ALL, TOKEN | 8, 2, 0x12), DO(OP_SUBSCRIBE, 1, ALL, TOKEN | 8, 4, 0x10),
      DO(OP_SUBSCRIBE, 1, ALL, TOKEN | 8, 5, 2), DO(OP_SUBSCRIBE, 1, ALL, TOKEN | 8, 6, 1),
      DO(OP_SUBSCRIBE, 1, ALL, TOKEN | 8, 7, 0), DO(OP_SUBSCRIBE, 1, ALL, TOKEN | 8, 9, 0x22),
      DO(OP_READ, 1, NO_WAIT)}},
    /* And with a subscription. */
    {SIM_11,
     0,
     {DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, NOW, 11, 300), DO(OP_SUBSCRIBE, 0, ALL, NOW, 12, 367),
      DO(OP_SUBSCRIBE, 0, ALL, NOW, 13, 7), DO(OP_SUBSCRIBE, 0, ALL, NOW, 15, 1),
      DO(OP_SUBSCRIBE, 0, ALL, NOW, 16, 5), DO(OP_SUBSCRIBE, 0, ALL, NOW, 17, 1),
      DO(OP_SUBSCRIBE, 0, 0xE7, NOW), DO(OP_SUBSCRIBE, 0, 0x0F, NOW), DO(OP_SUBSCRIBE, 0, ALL, 0),
      DO(OP_SUBSCRIBE, 0, ALL, NOW, 14, 0xC000), DO(OP_SUBSCRIBE, 0, ALL, NOW, 15, 0)}},
    /* A bare number whose baseline is gone. */
    {SIM_11,
     0,
     {DO(OP_BURST, 1, 30, 0, LARGEST, LARGEST), DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, NUMBER, 0, 25),
      DO(OP_READ), DO(OP_OPEN), DO(OP_SUBSCRIBE, 1, 4, NUMBER, 0, 3), DO(OP_READ, 1),
      DO(OP_BURST, 0, 2, 0, 80), DO(OP_READ, 1, NO_WAIT), DO(OP_OPEN), DO(OP_SUBSCRIBE, 2, 0x27, OLDEST),
      DO(OP_READ, 2, NO_WAIT, 0, 0, 6)}},
    /* By process. */
    {SIM_10_1703,
     0,
     {DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, 0x27, NOW), DO(OP_READ), DO(OP_START, 5, FULL, 0, 80, 20),
      DO(OP_BURST, 0, 39, 0, 60), DO(OP_START, 1, FULL, 8, 80, 20), DO(OP_READ), DO(OP_IMAGE, 0, 0, 0, 44),
      DO(OP_OPEN), DO(OP_SUBSCRIBE, 1, 0xC1, OLDEST), DO(OP_READ, 1, NO_WAIT), DO(OP_READ, 1),
      DO(OP_START, 0, FULL, 0, 20, 20)}},
    /* A cancelled READ has moved nothing, and what was filtered while it waited is told by the next. */
    {SIM_11,
     0,
     {DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, 0x27, NOW), DO(OP_READ), DO(OP_START, 5, FULL, 0, 80, 20),
      DO(OP_BURST, 0, 39, 0, 60), DO(OP_CANCEL), DO(OP_READ, 0, NO_WAIT), DO(OP_READ),
      DO(OP_BURST, 2, 5, 0, 60, 60), DO(OP_CANCEL), DO(OP_START, 1, FULL, 0, 80, 20),
      DO(OP_READ, 0, 0, 0, 0, 1), DO(OP_READ)}},
    /* Handles: names, users, rights, copies, too many of them. */
    {SIM_NT60,
     0,
     {DO(OP_OPEN, 2), DO(OP_OPEN, 1, 1, 2), DO(OP_OPEN, 0, 4, 3), DO(OP_OPEN, 0, 0, 5), DO(OP_OPEN, 0, 3),
      DO(OP_QUERY), DO(OP_STOP), DO(OP_OPEN, 0, 2), DO(OP_OPEN_RELATIVE, 0, 0, 1), DO(OP_DUPLICATE, 0),
      DO(OP_CLOSE, 0), DO(OP_OPEN_MANY, 65), DO(OP_QUERY, 3)}},
    /* Opened too often, then fewer. */
    {SIM_11,
     0,
     {DO(OP_OPEN_MANY, 65), DO(OP_QUERY), DO(OP_CLOSE, 3), DO(OP_OPEN), DO(OP_OPEN),
      DO(OP_SUBSCRIBE, 4, 1, NOW), DO(OP_SUBSCRIBE, 5, 4, NOW), DO(OP_READ, 4), DO(OP_READ, 5),
      DO(OP_READ, 5), DO(OP_IMAGE, 1, 0, 0, 80), DO(OP_START, 1, FULL, 0, 80, 80), DO(OP_CLOSE, 5)}},
    /* Unloaded with handles open, as Windows does, and loaded again. */
    {SIM_11,
     0,
     {DO(OP_OPEN), DO(OP_DUPLICATE), DO(OP_SUBSCRIBE, 0, ALL, NOW), DO(OP_READ), DO(OP_UNLOAD), DO(OP_OPEN),
      DO(OP_CLOSE), DO(OP_CLOSE), DO(OP_TIME, 1, 0, 9), DO(OP_LOAD, 0x33, 5), DO(OP_OPEN),
      DO(OP_SUBSCRIBE, 0, ALL, TOKEN), DO(OP_START, 1, FULL, 0, 80, 80), DO(OP_READ)}},
    /* As Wine does: refused opens give handles, and it unloads at once. */
    {SIM_10_1607,
     1,
     {DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, NOW), DO(OP_READ), DO(OP_OPEN, 0, 0, 2), DO(OP_QUERY, 1),
      DO(OP_READ, 1), DO(OP_STOP), DO(OP_OPEN), DO(OP_QUERY, 2), DO(OP_UNLOAD), DO(OP_QUERY),
      DO(OP_LOAD, 0x05, 1), DO(OP_OPEN), DO(OP_READ, 0), DO(OP_CLOSE, 0), DO(OP_STOP, 1)}},
    {SIM_11,
     3,
     {DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, NOW), DO(OP_READ), DO(OP_DUPLICATE), DO(OP_CLOSE), DO(OP_CLOSE),
      DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, OLDEST), DO(OP_READ), DO(OP_OPEN_MANY, 65), DO(OP_QUERY, 64)}},
    /* The tiers below the best, and facts that cannot be had. */
    {SIM_11,
     0,
     {DO(OP_LOAD, 0, 0, 1, 0, 1), DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, OLDEST), DO(OP_REFUSE, 1, 1),
      DO(OP_START, 1, FULL, 0, 80, 80), DO(OP_REFUSE, 2, 4), DO(OP_START, 2, FULL & ~1, 0, 80, 80),
      DO(OP_REFUSE, 0, 3), DO(OP_IMAGE, 1, 0, 0, 80), DO(OP_EXIT, 1), DO(OP_READ, 0, 0, 0, 0, 4),
      DO(OP_REFUSE, 5, 2), DO(OP_READ)}},
    {SIM_11,
     0,
     {DO(OP_LOAD, 0, 0, 1, 0, 11), DO(OP_OPEN), DO(OP_SUBSCRIBE, 0, ALL, OLDEST),
      DO(OP_START, 1, FULL, 12, 80, 80), DO(OP_REFUSE, 0, 3), DO(OP_START, 1, FULL, 0, 80, 80),
      DO(OP_EXIT, 1), DO(OP_READ, 0, 0, 0, 0, 4), DO(OP_UNLOAD), DO(OP_CLOSE), DO(OP_LOAD, 0, 0, 3, 0, 15),
      DO(OP_LOAD, 0, 0, 0, 0x30)}},
    {SIM_NT52,
     0,
     {DO(OP_LOAD, 0x76, 0x47, 0, 0, 0x4000), DO(OP_LOAD, 0x12, 0x88), DO(OP_OPEN),
      DO(OP_SUBSCRIBE, 0, ALL, OLDEST), DO(OP_START, 1, FULL, 0, 80, 80), DO(OP_READ), DO(OP_QUERY)}},
    /* What fails now and then. */
    {SIM_11,
     0,
     {DO(OP_FAULT, 3), DO(OP_LOAD, 0x03, 7), DO(OP_FAULT, 0), DO(OP_OPEN), DO(OP_OPEN), DO(OP_FAULT),
      DO(OP_QUERY), DO(OP_FAULT, 2), DO(OP_SUBSCRIBE, 0, ALL, OLDEST), DO(OP_SUBSCRIBE, 0, ALL, OLDEST),
      DO(OP_FAULT, 2, 1), DO(OP_START, 1, FULL, 0, 80, 80), DO(OP_FAULT, 2), DO(OP_READ), DO(OP_READ)}},
    {SIM_11,
     0,
     {DO(OP_FAULT, 5), DO(OP_LOAD, 0x33), DO(OP_UNLOAD), DO(OP_FAULT, 6), DO(OP_LOAD, 0x33), DO(OP_UNLOAD),
      DO(OP_FAULT, 7), DO(OP_LOAD, 0x33), DO(OP_FAULT, 5, 1), DO(OP_LOAD, 0x33), DO(OP_FAULT, 14),
      DO(OP_LOAD, 0x33), DO(OP_UNLOAD), DO(OP_FAULT, 15, 1), DO(OP_LOAD, 0x33)}},
    {SIM_NT61,
     0,
     {DO(OP_FAULT, 12), DO(OP_LOAD, 0x03), DO(OP_LOAD, 0x20), DO(OP_OPEN), DO(OP_FAULT, 2),
      DO(OP_START, 1, FULL & ~1, 0, 200, 80), DO(OP_FAULT, 5, 1), DO(OP_IMAGE, 1, 0, 0, 90),
      DO(OP_SUBSCRIBE, 0, ALL, OLDEST), DO(OP_READ)}},
};

static size_t
ScriptLength(const SCRIPT *Script)
{
    static const OPERATION Nothing;
    size_t Count = 0;
    while (Count < SCRIPT_MAX && memcmp(&Script->Operations[Count], &Nothing, sizeof(Nothing)) != 0)
        Count++;
    return Count;
}

size_t
ScriptWhole(uint32_t Index, SETUP *Setup, OPERATION *Operations)
{
    const SCRIPT *Script = &Scripts[Index % RTL_NUMBER_OF(Scripts)];
    *Setup = (SETUP){.Os = Script->Os, .Host = Script->Host};
    memcpy(Operations, Script->Operations, ScriptLength(Script) * sizeof(*Operations));
    return ScriptLength(Script);
}

const OPERATION *
ScriptPart(uint32_t Index, size_t *Count)
{
    const SCRIPT *Script = &Scripts[Index % RTL_NUMBER_OF(Scripts)];
    uint32_t Rest = Index / (uint32_t)RTL_NUMBER_OF(Scripts);
    size_t Length = ScriptLength(Script);
    NT_ASSERT(Length);
    size_t First = Rest % Length;
    *Count = 1 + Rest / Length % (Length - First);
    return &Script->Operations[First];
}

OPERATION
ScriptOperation(uint32_t Index)
{
    size_t Count;
    return *ScriptPart(Index, &Count);
}
