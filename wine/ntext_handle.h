/* SPDX-License-Identifier: MIT
 *
 * Kernel handles to ntext's processes and to their tokens.
 */
#ifndef NTEXT_HANDLE_H
#define NTEXT_HANDLE_H

#include <ntifs.h>

#include "ntext_process.h"

typedef enum HANDLE_TYPE
{
    HANDLE_TO_PROCESS,
    HANDLE_TO_TOKEN
} HANDLE_TYPE;

/* Whether Handle is, or was, one of these and not one of Wine's. */
BOOLEAN HandleIsOwn(_In_ HANDLE Handle);

/* STATUS_INSUFFICIENT_RESOURCES: there are too many. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS
HandleCreate(_In_ NTEXT_PROCESS *Process, _In_ HANDLE_TYPE Type, _In_ ACCESS_MASK Access,
             _Out_ PHANDLE Handle);

/* The process that Handle belongs to, referenced. STATUS_INVALID_HANDLE: it is none;
 * STATUS_OBJECT_TYPE_MISMATCH: it is to something else than Type; STATUS_ACCESS_DENIED: it was opened with
 * none of the rights in AnyOf. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS
HandleReference(_In_ HANDLE Handle, _In_ HANDLE_TYPE Type, _In_ ACCESS_MASK AnyOf,
                _Outptr_ NTEXT_PROCESS **Process);

/* STATUS_INVALID_HANDLE: it is none. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS HandleClose(_In_ HANDLE Handle);

VOID HandleState(_Inout_ NTEXT_STATE *State);

#endif
