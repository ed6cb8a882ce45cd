/* SPDX-License-Identifier: MIT
 *
 * Which routines this "OS" has.
 */
#ifndef NTEXT_OFFER_H
#define NTEXT_OFFER_H

#include <ntifs.h>

/* STATUS_SUCCESS, or the NTSTATUS with which `feeder offer` wants Routine refused. */
_IRQL_requires_(PASSIVE_LEVEL)
NTSTATUS OfferStatus(_In_ PUNICODE_STRING Routine);

#endif
