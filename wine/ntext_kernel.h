/* SPDX-License-Identifier: MIT
 *
 * Inside ntext.sys. What it exports is listed in ntext_exports.def.in; an export that stands before Wine's
 * own routine of the same name is called NtextXxx here, so that Wine's can still be called.
 */
#ifndef NTEXT_KERNEL_H
#define NTEXT_KERNEL_H

#include <ntifs.h>

#include "ntext.h"

#define NTEXT_POOL_TAG      0x7478744Eu /* Ntxt */
#define NTEXT_MAX_PROCESSES 1000000     /* alive at once */

/* ---- ntext_main.c ---- */

/* Makes ntext's device, once; every later call does nothing. Each export through which a driver asks for or
 * registers something calls it first, since nobody runs ntext's DriverEntry when it is loaded as an import.
 */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NtextStart(VOID);

/* ---- ntext_image.c ---- */

/* Keeps ntext.sys loaded for as long as the process lives. */
BOOLEAN ImagePinOwn(VOID);

/* Whether the image that Address lies in was linked with FORCE_INTEGRITY. */
BOOLEAN ImageForcesIntegrity(_In_ PVOID Address);

/* What ntext.sys exports as Name, or NULL. */
PVOID ImageOwnExport(_In_ PUNICODE_STRING Name);

/* ---- ntext_offer.c ---- */

/* STATUS_SUCCESS, or the NTSTATUS with which `feeder offer` wants Routine refused. */
_IRQL_requires_(PASSIVE_LEVEL)
NTSTATUS NtextOffer(_In_ PUNICODE_STRING Routine);

/* ---- ntext_notify.c ---- */

_IRQL_requires_(PASSIVE_LEVEL)
VOID NotifyInit(VOID);

/* Hands Event, already checked by EventIsValid, to every routine registered for its kind. Owner is the handle
 * it came by. STATUS_INSUFFICIENT_RESOURCES: the process could not be made; nobody was called. */
_IRQL_requires_(PASSIVE_LEVEL)
NTSTATUS
NotifyRaise(_In_ const NTEXT_EVENT *Event, _In_ PVOID Owner, _Out_ NTEXT_RESULT *Result);

_IRQL_requires_(PASSIVE_LEVEL)
VOID NotifyState(_Inout_ NTEXT_STATE *State);

/* ---- ntext_process.c ---- */

typedef struct NTEXT_PROCESS NTEXT_PROCESS;

VOID ProcessInit(VOID);

/* The process that Event is about: made from it for a start, or where there is none. Referenced. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NTEXT_PROCESS *ProcessOfEvent(_In_ const NTEXT_EVENT *Event, _In_ PVOID Owner);

/* Makes the parent that a start tells of findable, as far as it is told, unless it is already. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessNoteParent(_In_ const NTEXT_EVENT *Event, _In_ PVOID Owner);

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessSetExitStatus(_Inout_ NTEXT_PROCESS *Process, _In_ NTSTATUS ExitStatus);

/* From now on it cannot be looked up; it lives until the last reference. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessUnlist(_Inout_ NTEXT_PROCESS *Process);

/* Unlists all that came by Owner. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessUnlistOwner(_In_ PVOID Owner);

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessRelease(_In_ NTEXT_PROCESS *Process);

/* Process as a driver sees it. Whoever gets one from PsLookupProcessByProcessId holds a reference. */
PEPROCESS ProcessObject(_In_ NTEXT_PROCESS *Process);

/* NULL if Object is not one of ntext's. */
NTEXT_PROCESS *ProcessOfObject(_In_ PVOID Object);

/* What is known of it, and its \Device path; both constant. */
const NTEXT_EVENT *ProcessFacts(_In_ const NTEXT_PROCESS *Process);
PCUNICODE_STRING ProcessNativeImage(_In_ const NTEXT_PROCESS *Process);

/* One of ntext's own handles, to the process or to its token, or not ntext's: NULL. */
#define PROCESS_HANDLE_PROCESS ((ULONG_PTR)1)
#define PROCESS_HANDLE_TOKEN   ((ULONG_PTR)2)
_IRQL_requires_max_(DISPATCH_LEVEL)
HANDLE
ProcessOpenHandle(_In_ NTEXT_PROCESS *Process, _In_ ULONG_PTR Type);
NTEXT_PROCESS *ProcessOfHandle(_In_ HANDLE Handle, _In_ ULONG_PTR Type);
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessCloseHandle(_In_ NTEXT_PROCESS *Process);

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessState(_Inout_ NTEXT_STATE *State);

/* ---- ntext_bulk.c ---- */

/* Raises the made-up events of an NTEXT_IOCTL_BULK. STATUS_PENDING: Irp will be completed. */
_IRQL_requires_(PASSIVE_LEVEL)
NTSTATUS BulkStart(_In_ PIRP Irp, _In_ PIO_STACK_LOCATION Stack);

/* ---- Every export that has a counterpart in Wine ---- */

NTSTATUS NTAPI NtextPsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE Routine, BOOLEAN Remove);
NTSTATUS NTAPI NtextPsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX Routine,
                                                      BOOLEAN Remove);
NTSTATUS NTAPI NtextPsSetCreateProcessNotifyRoutineEx2(ULONG Type, PVOID Routine, BOOLEAN Remove);
NTSTATUS NTAPI NtextPsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine);
NTSTATUS NTAPI NtextPsSetLoadImageNotifyRoutineEx(PLOAD_IMAGE_NOTIFY_ROUTINE Routine, ULONG_PTR Flags);
NTSTATUS NTAPI NtextPsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine);
HANDLE NTAPI NtextPsGetCurrentProcessId(VOID);
HANDLE NTAPI NtextPsGetCurrentThreadId(VOID);

NTSTATUS NTAPI NtextPsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process);
LONGLONG NTAPI NtextPsGetProcessCreateTimeQuadPart(PEPROCESS Process);
NTSTATUS NTAPI NtextPsGetProcessExitStatus(PEPROCESS Process);
VOID FASTCALL NtextObfReferenceObject(PVOID Object);
VOID FASTCALL NtextObfDereferenceObject(PVOID Object);

NTSTATUS NTAPI NtextObOpenObjectByPointer(PVOID Object, ULONG Attributes, PACCESS_STATE AccessState,
                                          ACCESS_MASK Access, POBJECT_TYPE Type, KPROCESSOR_MODE Mode,
                                          PHANDLE Handle);
NTSTATUS NTAPI NtextSeLocateProcessImageName(PEPROCESS Process, PUNICODE_STRING *ImageFileName);
NTSTATUS NTAPI NtextZwQueryInformationProcess(HANDLE Handle, PROCESSINFOCLASS Class, PVOID Info, ULONG Length,
                                              PULONG ReturnLength);
NTSTATUS NTAPI NtextZwOpenProcessTokenEx(HANDLE Handle, ACCESS_MASK Access, ULONG Attributes, PHANDLE Token);
NTSTATUS NTAPI NtextZwQueryInformationToken(HANDLE Token, TOKEN_INFORMATION_CLASS Class, PVOID Info,
                                            ULONG Length, PULONG ReturnLength);
NTSTATUS NTAPI NtextZwClose(HANDLE Handle);

VOID NTAPI NtextIoDeleteDevice(PDEVICE_OBJECT Device);

PVOID NTAPI NtextMmGetSystemRoutineAddress(PUNICODE_STRING Routine);
PVOID NTAPI NtextExAllocatePool2(ULONG64 Flags, SIZE_T Bytes, ULONG Tag);
VOID NTAPI NtextKeQuerySystemTimePrecise(PLARGE_INTEGER Time);

#endif
