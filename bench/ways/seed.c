/* SPDX-License-Identifier: MIT
 *
 * As most begin: a list, an auto-reset event that is set at every insert, and a request that takes one event. Its reader, to
 * miss nothing, takes events until there is none before it waits again.
 */
#include "queue.h"
#include "way_os.h"

static QUEUE Queue;

static NTSTATUS
SeedInit(VOID)
{
    QueueInit(&Queue);
    return STATUS_SUCCESS;
}

static VOID
SeedDestroy(VOID)
{
    QueueDestroy(&Queue);
}

static VOID
SeedCommit(_Inout_ PRCM_RECORD *Record)
{
    if (QueuePut(&Queue, QueueEntry(Record)))
        WaySignal();
}

static NTSTATUS
SeedTake(_Inout_ PIRP Irp, _Out_ VOID *Output, _In_ ULONG OutputBytes, _Out_ ULONG *Written)
{
    UNREFERENCED_PARAMETER(Irp);
    *Written = QueueTake(&Queue, Output, OutputBytes);
    return *Written ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}

static const WAY Seed = {SeedInit, SeedDestroy, QueueReserve, SeedCommit, SeedTake, NULL};

WAY_ENTRY(SeedEntry, Seed)
