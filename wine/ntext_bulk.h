/* SPDX-License-Identifier: MIT
 *
 * Made-up events, many in one request.
 */
#ifndef NTEXT_BULK_H
#define NTEXT_BULK_H

#include <ntifs.h>

/* Raises the made-up events of an NTEXT_IOCTL_BULK. STATUS_PENDING: Irp will be completed. */
_IRQL_requires_(PASSIVE_LEVEL)
NTSTATUS BulkStart(_In_ PIRP Irp, _In_ PIO_STACK_LOCATION Stack);

#endif
