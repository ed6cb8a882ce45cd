/* SPDX-License-Identifier: MIT
 *
 * A list, and a reader that asks every so often (400 ms in the well-known sample) and takes as many events as fit in its
 * buffer, again until the list is empty.
 */
#include "queue.h"

static VOID
PollCommit(_Inout_ PRCM_RECORD *Record)
{
    QueuePut(QueueEntry(Record));
}

static NTSTATUS
PollTake(_Inout_ PIRP Irp, _Out_ VOID *Output, _In_ ULONG OutputBytes, _Out_ ULONG *Written)
{
    ULONG Bytes;
    UNREFERENCED_PARAMETER(Irp);
    while ((Bytes = QueueTake((UCHAR *)Output + *Written, OutputBytes - *Written)) != 0)
        *Written += Bytes;
    return *Written ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}

static const WAY Poll = {QueueInit, QueueDestroy, QueueReserve, PollCommit, PollTake, NULL};

WAY_ENTRY(PollEntry, Poll)
