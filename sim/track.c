/* SPDX-License-Identifier: MIT
 *
 * What exists: every block, request, MDL and object, found by its address before anybody looks at its memory.
 * Split by address, so that two threads rarely meet here.
 */
#include "kernel.h"
#include <pthread.h>

#define TRACK_SHARDS 64

typedef struct TRACK_SHARD
{
    pthread_mutex_t Lock;
    TRACKED *First;
} TRACK_SHARD;

static TRACK_SHARD Shards[TRACK_SHARDS] = {[0 ... TRACK_SHARDS - 1] = {.Lock = PTHREAD_MUTEX_INITIALIZER}};

static TRACK_SHARD *
TrackShard(const void *Address)
{
    ULONG_PTR Number = (ULONG_PTR)Address >> 4;
    return &Shards[(Number ^ (Number >> 8)) % TRACK_SHARDS];
}

void
TrackAdd(const TRACKED *Entry)
{
    if (!SIM_CHECKS)
        return;
    TRACK_SHARD *Shard = TrackShard(Entry->Address);
    TRACKED *Copy = RtlpAllocate(sizeof(*Copy));
    *Copy = *Entry;
    pthread_mutex_lock(&Shard->Lock);
    Copy->Next = Shard->First;
    Shard->First = Copy;
    pthread_mutex_unlock(&Shard->Lock);
}

static TRACKED **
TrackFindLocked(TRACK_SHARD *Shard, TRACK_KIND Kind, const void *Address)
{
    TRACKED **Link = &Shard->First;
    while (*Link && ((*Link)->Address != Address || (*Link)->Kind != Kind))
        Link = &(*Link)->Next;
    return Link;
}

bool
TrackRemove(TRACK_KIND Kind, const void *Address, TRACKED *Entry)
{
    if (!SIM_CHECKS)
        return true;
    TRACK_SHARD *Shard = TrackShard(Address);
    pthread_mutex_lock(&Shard->Lock);
    TRACKED **Link = TrackFindLocked(Shard, Kind, Address);
    TRACKED *Found = *Link;
    if (Found)
        *Link = Found->Next;
    pthread_mutex_unlock(&Shard->Lock);
    if (!Found)
        return false;
    if (Entry)
        *Entry = *Found;
    free(Found);
    return true;
}

bool
TrackHas(TRACK_KIND Kind, const void *Address)
{
    if (!SIM_CHECKS)
        return true;
    TRACK_SHARD *Shard = TrackShard(Address);
    pthread_mutex_lock(&Shard->Lock);
    bool Found = *TrackFindLocked(Shard, Kind, Address) != NULL;
    pthread_mutex_unlock(&Shard->Lock);
    return Found;
}

void
TrackEach(TRACK_KIND Kind, void (*Visit)(const TRACKED *Entry, void *Context), void *Context)
{
    for (ULONG Index = 0; Index < TRACK_SHARDS; Index++)
    {
        pthread_mutex_lock(&Shards[Index].Lock);
        for (const TRACKED *Entry = Shards[Index].First; Entry; Entry = Entry->Next)
            if (Entry->Kind == Kind)
                Visit(Entry, Context);
        pthread_mutex_unlock(&Shards[Index].Lock);
    }
}
