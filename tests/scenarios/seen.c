/* SPDX-License-Identifier: MIT */
#include "seen.h"
#include <stdio.h>
#include <stdlib.h>

#define FIRST_ROOM 4096u

static uint64_t *
SeenPlace(const SEEN *Seen, uint64_t Number)
{
    uint64_t At = Number % Seen->Room;
    while (Seen->Places[At] && Seen->Places[At] != Number)
        At = (At + 1) % Seen->Room;
    return &Seen->Places[At];
}

static void
SeenGrow(SEEN *Seen)
{
    SEEN Old = *Seen;
    Seen->Room = Old.Room ? Old.Room * 2 : FIRST_ROOM;
    Seen->Places = calloc(Seen->Room, sizeof(*Seen->Places));
    if (!Seen->Places)
    {
        perror("calloc");
        exit(EXIT_FAILURE);
    }
    for (uint64_t At = 0; At < Old.Room; At++)
        if (Old.Places[At])
            *SeenPlace(Seen, Old.Places[At]) = Old.Places[At];
    free(Old.Places);
}

bool
SeenAdd(SEEN *Seen, uint64_t Number)
{
    if (Seen->Count * 2 >= Seen->Room)
        SeenGrow(Seen);
    Number |= Number == 0;
    uint64_t *Place = SeenPlace(Seen, Number);
    if (*Place)
        return false;
    *Place = Number;
    Seen->Count++;
    return true;
}
