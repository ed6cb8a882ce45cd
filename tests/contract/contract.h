/* SPDX-License-Identifier: MIT
 *
 * contract.sys does what NT forbids, and what it permits, to the stand-in for the OS: one case a request, by
 * name. What must come of each is in tests/wine/test_contract.py.
 */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <ntifs.h>

#define CONTRACT_NO_CASE ((NTSTATUS)0xE0000001) /* the case did not come to its point */

/* Newer than some headers. */
#define QUERY_PROCESS         0x0400u
#define QUERY_PROCESS_LIMITED 0x1000u

/* Process is one that the feeder has told of, referenced by the caller. */
typedef NTSTATUS CONTRACT_ROUTINE(PEPROCESS Process);

typedef struct CONTRACT_CASE
{
    PCSTR Name;
    CONTRACT_ROUTINE *Run;
} CONTRACT_CASE;

#define CONTRACT_CASE_NAMED(Name)                                                                            \
    {                                                                                                        \
#Name, Name                                                                                          \
    }

/* Each ends with one without a name. */
extern const CONTRACT_CASE ContractObjectCases[];
extern const CONTRACT_CASE ContractNotifyCases[];
extern const CONTRACT_CASE ContractMemoryCases[];
extern const CONTRACT_CASE ContractQueueCases[];

/* What the kernel exports as Name, or NULL. */
PVOID ContractLookUp(PCWSTR Name);

/* A kernel handle to Process. */
NTSTATUS ContractOpen(PEPROCESS Process, ACCESS_MASK Access, PHANDLE Handle);

/* The routine that the driver has registered. */
VOID NTAPI ContractNotify(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create);

#endif
