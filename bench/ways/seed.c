/* SPDX-License-Identifier: MIT
 *
 * As most begin: a list, an auto-reset event that is set at every insert, and a request that takes one event. Its reader, to
 * miss nothing, takes events until there is none before it waits again.
 */
#include "queue.h"
#include "way_os.h"

static VOID
SeedCommit(_Inout_ PRCM_RECORD *Record)
{
    if (QueuePut(QueueEntry(Record)))
        WaySignal();
}

static const WAY Seed = {QueueInit, QueueDestroy, QueueReserve, SeedCommit, QueueTakeOne, NULL};

WAY_ENTRY(SeedEntry, Seed)
