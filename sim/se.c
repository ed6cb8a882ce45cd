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

static ULONG
SidLength(const void *Sid)
{
    return (ULONG)FIELD_OFFSET(SID, SubAuthority) +
           ((const SID *)Sid)->SubAuthorityCount * (ULONG)sizeof(ULONG);
}

static bool
SidIsValid(const void *Sid)
{
    const SID *Known = Sid;
    return Known && Known->Revision == SID_REVISION && Known->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

static bool
SidsAreEqual(const void *A, const void *B)
{
    return SidLength(A) == SidLength(B) && memcmp(A, B, SidLength(A)) == 0;
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
    if (Revision < ACL_REVISION || Revision > MAX_ACL_REVISION || Length > MAXUSHORT)
        return STATUS_INVALID_PARAMETER;
    *Acl = (ACL){.AclRevision = (UCHAR)Revision, .AclSize = (USHORT)ALIGN_DOWN_BY(Length, sizeof(ULONG))};
    return STATUS_SUCCESS;
}

/* How much of it its entries take, or 0 if it is not well formed. */
static ULONG
AclUsed(const ACL *Acl)
{
    ULONG At = sizeof(*Acl);
    if (Acl->AclRevision < ACL_REVISION || Acl->AclRevision > MAX_ACL_REVISION || Acl->AclSize < At)
        return 0;
    for (ULONG Index = 0; Index < Acl->AceCount; Index++)
    {
        const ACE_HEADER *Ace = (const void *)((const char *)Acl + At);
        if (Acl->AclSize - At < sizeof(*Ace) || Ace->AceSize < sizeof(*Ace) ||
            Ace->AceSize > Acl->AclSize - At)
            return 0;
        At += Ace->AceSize;
    }
    return At;
}

NTSTATUS
RtlAddAccessAllowedAce(PACL Acl, ULONG Revision, ACCESS_MASK Access, PSID Sid)
{
    RuleIrql("RtlAddAccessAllowedAce", APC_LEVEL);
    NTSTATUS Status = FaultStatus("RtlAddAccessAllowedAce", STATUS_INVALID_ACL);
    if (!NT_SUCCESS(Status))
        return Status;
    if (!SidIsValid(Sid))
        return STATUS_INVALID_SID;
    if (Revision < ACL_REVISION || Revision > MAX_ACL_REVISION)
        return STATUS_REVISION_MISMATCH;
    ULONG At = AclUsed(Acl);
    if (!At)
        return STATUS_INVALID_ACL;
    ULONG Bytes = (ULONG)FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + SidLength(Sid);
    if (Bytes > Acl->AclSize - At)
        return STATUS_ALLOTTED_SPACE_EXCEEDED;
    ACCESS_ALLOWED_ACE *Ace = (void *)((char *)Acl + At);
    Ace->Header = (ACE_HEADER){ACCESS_ALLOWED_ACE_TYPE, 0, (USHORT)Bytes};
    Ace->Mask = Access;
    memcpy(&Ace->SidStart, Sid, SidLength(Sid));
    Acl->AceCount++;
    Acl->AclRevision = (UCHAR)max(Acl->AclRevision, Revision);
    return STATUS_SUCCESS;
}

NTSTATUS
RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR Descriptor, ULONG Revision)
{
    RulePassive("RtlCreateSecurityDescriptor");
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
    RulePassive("RtlSetDaclSecurityDescriptor");
    NTSTATUS Status = FaultStatus("RtlSetDaclSecurityDescriptor", STATUS_INVALID_SECURITY_DESCR);
    if (!NT_SUCCESS(Status))
        return Status;
    if (Known->Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    if (Known->Control & SE_SELF_RELATIVE)
        return STATUS_INVALID_SECURITY_DESCR;
    Known->Control = Present ? SE_DACL_PRESENT | (Defaulted ? SE_DACL_DEFAULTED : 0) : 0;
    Known->Dacl = Present ? Dacl : NULL;
    return STATUS_SUCCESS;
}

NTSTATUS
SeCheckDescriptor(const SECURITY_DESCRIPTOR *Descriptor)
{
    if (!Descriptor)
        return STATUS_ACCESS_VIOLATION;
    if (Descriptor->Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_UNKNOWN_REVISION;
    if (Descriptor->Control & SE_SELF_RELATIVE)
        RuleBroken("sim", "a self-relative security descriptor");
    return Descriptor->Dacl && !AclUsed(Descriptor->Dacl) ? STATUS_INVALID_ACL : STATUS_SUCCESS;
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
    if (SidsAreEqual(Sid, &WorldSid))
        return true;
    if (SidsAreEqual(Sid, &SystemSid))
        return User == SIM_USER_SYSTEM;
    return SidsAreEqual(Sid, &AdministratorsSid) && User != SIM_USER_ORDINARY;
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
    memcpy(Token->User, User, SidLength(User));
    Token->SessionId = Process->SessionId;
    Token->IntegrityLevel = Process->IntegrityLevel;
    Token->Elevated = Process->Elevated;
    return Token;
}

NTSTATUS
ZwOpenProcessTokenEx(HANDLE ProcessHandle, ACCESS_MASK Access, ULONG Attributes, PHANDLE Handle)
{
    void *Process;
    RulePassive("ZwOpenProcessTokenEx");
    RtlpCheckPointer("ZwOpenProcessTokenEx", "the handle", Handle, sizeof(*Handle));
    if (Attributes != OBJ_KERNEL_HANDLE)
        RuleBroken("handle", "ZwOpenProcessTokenEx with attributes 0x%X", Attributes);
    NTSTATUS Status = FaultStatus("ZwOpenProcessTokenEx", STATUS_INSUFFICIENT_RESOURCES);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = ObpReferenceByHandle("ZwOpenProcessTokenEx", ProcessHandle, &ObpProcessType,
                                  PROCESS_QUERY_INFORMATION, &Process);
    if (!NT_SUCCESS(Status))
        return Status;
    *Handle = ObpInsertHandle(PsToken(Process), Access, true);
    ObpDereference(Process);
    return STATUS_SUCCESS;
}

/* Writes an attributed SID and the SID behind it. */
static NTSTATUS
TokenReturnSid(PSID Sid, PVOID Buffer, ULONG Length, PULONG ReturnLength)
{
    SID_AND_ATTRIBUTES *To = Buffer;
    *ReturnLength = (ULONG)sizeof(*To) + SidLength(Sid);
    if (Length < *ReturnLength)
        return STATUS_BUFFER_TOO_SMALL;
    To->Attributes = 0;
    To->Sid = memcpy(To + 1, Sid, SidLength(Sid));
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
    void *Token;
    RulePassive("ZwQueryInformationToken");
    RtlpCheckPointer("ZwQueryInformationToken", "the result's length", ReturnLength, sizeof(*ReturnLength));
    if (Length)
        RtlpCheckPointer("ZwQueryInformationToken", "the buffer", Buffer, sizeof(ULONG));
    NTSTATUS Status = FaultStatus("ZwQueryInformationToken", STATUS_INSUFFICIENT_RESOURCES);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = ObpReferenceByHandle("ZwQueryInformationToken", Handle, &ObpTokenType, TOKEN_QUERY, &Token);
    if (!NT_SUCCESS(Status))
        return Status;
    Status = TokenQuery(Token, Class, Buffer, Length, ReturnLength);
    ObpDereference(Token);
    return Status;
}
