/* SPDX-License-Identifier: MIT
 *
 * SIDs, ACLs, tokens, and who may open a device.
 */
#include "kernel.h"

static SID SystemSid = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};

typedef struct SID2
{
    SID Sid;
    ULONG Second;
} SID2;

static SID2 AdministratorsSid = {{SID_REVISION, 2, {SECURITY_NT_AUTHORITY}, {SECURITY_BUILTIN_DOMAIN_RID}},
                                 DOMAIN_ALIAS_RID_ADMINS};
static SID WorldSid = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};

/* ---- SIDs ---- */

ULONG
RtlLengthSid(PSID Sid)
{
    return (ULONG)FIELD_OFFSET(SID, SubAuthority) +
           ((const SID *)Sid)->SubAuthorityCount * (ULONG)sizeof(ULONG);
}

BOOLEAN
RtlValidSid(PSID Sid)
{
    const SID *Known = Sid;
    return Known && Known->Revision == SID_REVISION && Known->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

BOOLEAN
RtlEqualSid(PSID A, PSID B)
{
    return RtlLengthSid(A) == RtlLengthSid(B) && memcmp(A, B, RtlLengthSid(A)) == 0;
}

/* ---- Descriptors ---- */

NTSTATUS
RtlCreateAcl(PACL Acl, ULONG Length, ULONG Revision)
{
    RuleIrql("RtlCreateAcl", APC_LEVEL);
    NTSTATUS Status = FaultStatus("RtlCreateAcl", STATUS_INVALID_PARAMETER);
    if (!NT_SUCCESS(Status))
        return Status;
    if (Length < sizeof(*Acl))
        return STATUS_BUFFER_TOO_SMALL;
    if (Revision < ACL_REVISION || Revision > MAX_ACL_REVISION)
        return STATUS_INVALID_PARAMETER;
    *Acl = (ACL){.AclRevision = (UCHAR)Revision, .AclSize = (USHORT)Length};
    return STATUS_SUCCESS;
}

static ULONG
AclUsed(const ACL *Acl)
{
    ULONG At = sizeof(*Acl);
    for (ULONG Index = 0; Index < Acl->AceCount; Index++)
        At += ((const ACE_HEADER *)(const void *)((const char *)Acl + At))->AceSize;
    return At;
}

NTSTATUS
RtlAddAccessAllowedAce(PACL Acl, ULONG Revision, ACCESS_MASK Access, PSID Sid)
{
    RuleIrql("RtlAddAccessAllowedAce", APC_LEVEL);
    NTSTATUS Status = FaultStatus("RtlAddAccessAllowedAce", STATUS_INVALID_ACL);
    if (!NT_SUCCESS(Status))
        return Status;
    if (!RtlValidSid(Sid))
        return STATUS_INVALID_SID;
    if (Revision > MAX_ACL_REVISION)
        return STATUS_REVISION_MISMATCH;
    ULONG At = AclUsed(Acl);
    ULONG Bytes = (ULONG)FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + RtlLengthSid(Sid);
    if (Bytes > Acl->AclSize - At)
        return STATUS_ALLOTTED_SPACE_EXCEEDED;
    ACCESS_ALLOWED_ACE *Ace = (void *)((char *)Acl + At);
    Ace->Header = (ACE_HEADER){ACCESS_ALLOWED_ACE_TYPE, 0, (USHORT)Bytes};
    Ace->Mask = Access;
    memcpy(&Ace->SidStart, Sid, RtlLengthSid(Sid));
    Acl->AceCount++;
    Acl->AclRevision = (UCHAR)max(Acl->AclRevision, Revision);
    return STATUS_SUCCESS;
}

NTSTATUS
RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR Descriptor, ULONG Revision)
{
    RuleIrql("RtlCreateSecurityDescriptor", APC_LEVEL);
    NTSTATUS Status = FaultStatus("RtlCreateSecurityDescriptor", STATUS_UNKNOWN_REVISION);
    if (Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    if (NT_SUCCESS(Status))
        *(SECURITY_DESCRIPTOR *)Descriptor = (SECURITY_DESCRIPTOR){.Revision = (UCHAR)Revision};
    return Status;
}

NTSTATUS
RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR Descriptor, BOOLEAN Present, PACL Dacl, BOOLEAN Defaulted)
{
    SECURITY_DESCRIPTOR *Known = Descriptor;
    RuleIrql("RtlSetDaclSecurityDescriptor", APC_LEVEL);
    NTSTATUS Status = FaultStatus("RtlSetDaclSecurityDescriptor", STATUS_INVALID_SECURITY_DESCR);
    if (!NT_SUCCESS(Status))
        return Status;
    Known->Control = (Present ? SE_DACL_PRESENT : 0) | (Defaulted ? SE_DACL_DEFAULTED : 0);
    Known->Dacl = Dacl;
    return STATUS_SUCCESS;
}

SECURITY_DESCRIPTOR *
SeCopyDescriptor(const SECURITY_DESCRIPTOR *Descriptor)
{
    SIZE_T AclBytes = Descriptor->Dacl ? Descriptor->Dacl->AclSize : 0;
    SECURITY_DESCRIPTOR *Copy = RtlpAllocate(sizeof(*Copy) + AclBytes);
    *Copy = *Descriptor;
    if (AclBytes)
        Copy->Dacl = memcpy(Copy + 1, Descriptor->Dacl, AclBytes);
    return Copy;
}

/* ---- Access ---- */

static bool
UserHasSid(SIM_USER User, PSID Sid)
{
    if (RtlEqualSid(Sid, &WorldSid))
        return true;
    if (RtlEqualSid(Sid, &SystemSid))
        return User == SIM_USER_SYSTEM;
    return RtlEqualSid(Sid, &AdministratorsSid) && User != SIM_USER_ORDINARY;
}

static ACCESS_MASK
MapGeneric(ACCESS_MASK Access)
{
    ACCESS_MASK Mapped = Access & ~(GENERIC_ALL | GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE);
    if (Access & GENERIC_ALL)
        Mapped |= FILE_ALL_ACCESS;
    if (Access & GENERIC_READ)
        Mapped |= FILE_READ_DATA | READ_CONTROL | SYNCHRONIZE;
    if (Access & GENERIC_WRITE)
        Mapped |= FILE_WRITE_DATA | READ_CONTROL | SYNCHRONIZE;
    return Mapped;
}

ACCESS_MASK
SeAccess(SIM_USER User, const SECURITY_DESCRIPTOR *Descriptor, ACCESS_MASK Desired)
{
    ACCESS_MASK Granted = 0;
    Desired = MapGeneric(Desired);
    if (!Descriptor || !(Descriptor->Control & SE_DACL_PRESENT) || !Descriptor->Dacl)
        return Desired;
    const char *At = (const char *)(Descriptor->Dacl + 1);
    for (ULONG Index = 0; Index < Descriptor->Dacl->AceCount; Index++)
    {
        const ACCESS_ALLOWED_ACE *Ace = (const void *)At;
        if (Ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE &&
            UserHasSid(User, (PSID)(ULONG_PTR)&Ace->SidStart))
            Granted |= MapGeneric(Ace->Mask);
        At += Ace->Header.AceSize;
    }
    return (Desired & ~Granted) ? 0 : Desired;
}

/* ---- Tokens ---- */

typedef struct SIM_TOKEN
{
    UCHAR User[SECURITY_MAX_SID_SIZE + sizeof(ULONG)]; /* of one sub-authority more than there may be */
    ULONG SessionId;
    ULONG IntegrityLevel;
    ULONG Elevated;
} SIM_TOKEN;

static void
TokenDelete(void *Object)
{
    (void)Object;
}

struct _OBJECT_TYPE ObpTokenType = {"Token", TokenDelete};

void *
SeCreateToken(const SIM_PROCESS *Process)
{
    SIM_TOKEN *Token = ObpCreate(&ObpTokenType, sizeof(*Token));
    PSID User = Process->User ? Process->User : &SystemSid;
    memcpy(Token->User, User, RtlLengthSid(User));
    Token->SessionId = Process->SessionId;
    Token->IntegrityLevel = Process->IntegrityLevel;
    Token->Elevated = Process->Elevated;
    return Token;
}

NTSTATUS
ZwOpenProcessTokenEx(HANDLE ProcessHandle, ACCESS_MASK Access, ULONG Attributes, PHANDLE Handle)
{
    RulePassive("ZwOpenProcessTokenEx");
    if (!(Attributes & OBJ_KERNEL_HANDLE))
        RuleBroken("handle", "ZwOpenProcessTokenEx of a handle that user mode could use");
    NTSTATUS Status = FaultStatus("ZwOpenProcessTokenEx", STATUS_INSUFFICIENT_RESOURCES);
    if (!NT_SUCCESS(Status))
        return Status;
    PEPROCESS Process = ObpLookupHandle(ProcessHandle, &ObpProcessType, NULL);
    if (!Process)
        RuleBroken("handle", "ZwOpenProcessTokenEx by %p, which is no handle of a process", ProcessHandle);
    *Handle = ObpInsertHandle(PsToken(Process), Access, true);
    ObpDereference(Process);
    return STATUS_SUCCESS;
}

/* Writes an attributed SID and the SID behind it. */
static NTSTATUS
TokenReturnSid(PSID Sid, PVOID Buffer, ULONG Length, PULONG ReturnLength)
{
    SID_AND_ATTRIBUTES *To = Buffer;
    *ReturnLength = (ULONG)sizeof(*To) + RtlLengthSid(Sid);
    if (Length < *ReturnLength)
        return STATUS_BUFFER_TOO_SMALL;
    To->Attributes = 0;
    To->Sid = memcpy(To + 1, Sid, RtlLengthSid(Sid));
    return STATUS_SUCCESS;
}

static NTSTATUS
TokenReturnNumber(ULONG Number, PVOID Buffer, ULONG Length, PULONG ReturnLength)
{
    *ReturnLength = sizeof(Number);
    if (Length != sizeof(Number))
        return Length < sizeof(Number) ? STATUS_BUFFER_TOO_SMALL : STATUS_INFO_LENGTH_MISMATCH;
    memcpy(Buffer, &Number, sizeof(Number));
    return STATUS_SUCCESS;
}

static NTSTATUS
TokenQuery(const SIM_TOKEN *Token, TOKEN_INFORMATION_CLASS Class, PVOID Buffer, ULONG Length,
           PULONG ReturnLength)
{
    SID Label = {SID_REVISION, 1, {SECURITY_MANDATORY_LABEL_AUTHORITY}, {Token->IntegrityLevel}};
    bool HasLabels = DriverOs() >= SIM_NT60;
    switch (Class)
    {
    case TokenUser:
        return TokenReturnSid((PSID)(ULONG_PTR)Token->User, Buffer, Length, ReturnLength);
    case TokenSessionId:
        return TokenReturnNumber(Token->SessionId, Buffer, Length, ReturnLength);
    case TokenIntegrityLevel:
        return HasLabels ? TokenReturnSid(&Label, Buffer, Length, ReturnLength) : STATUS_INVALID_INFO_CLASS;
    case TokenElevation:
        return HasLabels ? TokenReturnNumber(Token->Elevated, Buffer, Length, ReturnLength)
                         : STATUS_INVALID_INFO_CLASS;
    default:
        RuleBroken("sim", "token information class %d", Class);
    }
}

NTSTATUS
ZwQueryInformationToken(HANDLE Handle, TOKEN_INFORMATION_CLASS Class, PVOID Buffer, ULONG Length,
                        PULONG ReturnLength)
{
    ACCESS_MASK Access;
    RulePassive("ZwQueryInformationToken");
    NTSTATUS Status = FaultStatus("ZwQueryInformationToken", STATUS_INSUFFICIENT_RESOURCES);
    if (!NT_SUCCESS(Status))
        return Status;
    SIM_TOKEN *Token = ObpLookupHandle(Handle, &ObpTokenType, &Access);
    if (!Token)
        RuleBroken("handle", "ZwQueryInformationToken by %p, which is no handle of a token", Handle);
    Status =
        Access & TOKEN_QUERY ? TokenQuery(Token, Class, Buffer, Length, ReturnLength) : STATUS_ACCESS_DENIED;
    ObpDereference(Token);
    return Status;
}
