/* SPDX-License-Identifier: MIT
 *
 * Exports that open handles, and answer by them.
 */
#ifndef NTEXT_QUERY_H
#define NTEXT_QUERY_H

#include <ntifs.h>

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

#endif
