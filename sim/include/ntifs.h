/* SPDX-License-Identifier: MIT */
#ifndef SIM_NTIFS_H
#define SIM_NTIFS_H

#include "ntddk.h"

/* No variable of the kernel's is declared: headers differ in what the name of an imported one means. They are looked up. */

#define PsGetCurrentProcess() IoGetCurrentProcess()
#define PsGetCurrentThread()  ((PETHREAD)KeGetCurrentThread())

NTSTATUS ObOpenObjectByPointer(PVOID Object, ULONG Attributes, PVOID AccessState, ACCESS_MASK Access,
                               POBJECT_TYPE Type, KPROCESSOR_MODE Mode, PHANDLE Handle);

NTSTATUS PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process);
LONGLONG PsGetProcessCreateTimeQuadPart(PEPROCESS Process);
NTSTATUS PsGetProcessExitStatus(PEPROCESS Process);

#define SID_MAX_SUB_AUTHORITIES 15
#define SECURITY_MAX_SID_SIZE   68
#define SID_REVISION            1

typedef struct _SID_IDENTIFIER_AUTHORITY
{
    UCHAR Value[6];
} SID_IDENTIFIER_AUTHORITY, *PSID_IDENTIFIER_AUTHORITY;

typedef struct _SID
{
    UCHAR Revision;
    UCHAR SubAuthorityCount;
    SID_IDENTIFIER_AUTHORITY IdentifierAuthority;
    ULONG SubAuthority[ANYSIZE_ARRAY];
} SID, *PISID;

#define SECURITY_NT_AUTHORITY                                                                                \
    {                                                                                                        \
        0, 0, 0, 0, 0, 5                                                                                     \
    }
#define SECURITY_MANDATORY_LABEL_AUTHORITY                                                                   \
    {                                                                                                        \
        0, 0, 0, 0, 0, 16                                                                                    \
    }
#define SECURITY_LOCAL_SYSTEM_RID   18
#define SECURITY_BUILTIN_DOMAIN_RID 32
#define DOMAIN_ALIAS_RID_ADMINS     544

typedef struct _SID_AND_ATTRIBUTES
{
    PSID Sid;
    ULONG Attributes;
} SID_AND_ATTRIBUTES, *PSID_AND_ATTRIBUTES;

typedef struct _TOKEN_USER
{
    SID_AND_ATTRIBUTES User;
} TOKEN_USER, *PTOKEN_USER;

typedef struct _TOKEN_MANDATORY_LABEL
{
    SID_AND_ATTRIBUTES Label;
} TOKEN_MANDATORY_LABEL, *PTOKEN_MANDATORY_LABEL;

typedef struct _TOKEN_ELEVATION
{
    ULONG TokenIsElevated;
} TOKEN_ELEVATION, *PTOKEN_ELEVATION;

typedef enum _TOKEN_INFORMATION_CLASS
{
    TokenUser = 1,
    TokenSessionId = 12,
    TokenElevationType = 18,
    TokenElevation = 20,
    TokenIntegrityLevel = 25
} TOKEN_INFORMATION_CLASS;

#define TOKEN_QUERY 0x0008u

#define ACL_REVISION            2
#define MAX_ACL_REVISION        4
#define ACCESS_ALLOWED_ACE_TYPE 0

typedef struct _ACE_HEADER
{
    UCHAR AceType;
    UCHAR AceFlags;
    USHORT AceSize;
} ACE_HEADER;

typedef struct _ACCESS_ALLOWED_ACE
{
    ACE_HEADER Header;
    ACCESS_MASK Mask;
    ULONG SidStart;
} ACCESS_ALLOWED_ACE, *PACCESS_ALLOWED_ACE;

NTSTATUS RtlCreateAcl(PACL Acl, ULONG Length, ULONG Revision);
NTSTATUS RtlAddAccessAllowedAce(PACL Acl, ULONG Revision, ACCESS_MASK Access, PSID Sid);

NTSTATUS ZwOpenProcessTokenEx(HANDLE Process, ACCESS_MASK Access, ULONG Attributes, PHANDLE Token);
NTSTATUS ZwQueryInformationToken(HANDLE Token, TOKEN_INFORMATION_CLASS Class, PVOID Buffer, ULONG Length,
                                 PULONG ReturnLength);
NTSTATUS ZwSetSecurityObject(HANDLE Handle, SECURITY_INFORMATION What, PSECURITY_DESCRIPTOR Descriptor);
NTSTATUS ZwQueryInformationProcess(HANDLE Process, PROCESSINFOCLASS Class, PVOID Buffer, ULONG Length,
                                   PULONG ReturnLength);

#endif
