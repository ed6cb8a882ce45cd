/* SPDX-License-Identifier: MIT
 *
 * What WDM drivers may use, as far as it is simulated: contracts are those of the WDK's documentation,
 * structures have their documented members only.
 */
#ifndef SIM_WDM_H
#define SIM_WDM_H

#include "ntdef.h"

/* ---- Ke ---- */

#define PASSIVE_LEVEL  0
#define APC_LEVEL      1
#define DISPATCH_LEVEL 2
#define HIGH_LEVEL     15

#define KernelMode ((KPROCESSOR_MODE)0)
#define UserMode   ((KPROCESSOR_MODE)1)

#define PAGE_SIZE                   4096u
#define PAGE_SHIFT                  12
#define MEMORY_ALLOCATION_ALIGNMENT 16

#define BYTE_OFFSET(Address) ((ULONG)((ULONG_PTR)(Address) & (PAGE_SIZE - 1)))
#define PAGE_ALIGN(Address)  ((PVOID)((ULONG_PTR)(Address) & ~(ULONG_PTR)(PAGE_SIZE - 1)))
#define ROUND_TO_PAGES(Size) (((ULONG_PTR)(Size) + PAGE_SIZE - 1) & ~(ULONG_PTR)(PAGE_SIZE - 1))
#define ADDRESS_AND_SIZE_TO_SPAN_PAGES(Address, Size)                                                        \
    ((ULONG)((BYTE_OFFSET(Address) + (SIZE_T)(Size) + PAGE_SIZE - 1) >> PAGE_SHIFT))
#define ALIGN_DOWN_BY(Value, Alignment) ((ULONG_PTR)(Value) & ~((ULONG_PTR)(Alignment)-1))
#define ALIGN_UP_BY(Value, Alignment)   (ALIGN_DOWN_BY((ULONG_PTR)(Value) + (Alignment)-1, Alignment))

typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK;

typedef enum _EVENT_TYPE
{
    NotificationEvent,
    SynchronizationEvent
} EVENT_TYPE;

typedef enum _KWAIT_REASON
{
    Executive,
    FreePage,
    PageIn,
    PoolAllocation,
    DelayExecution,
    Suspended,
    UserRequest
} KWAIT_REASON;

typedef struct _KEVENT
{
    EVENT_TYPE Type;
    LONG SignalState;
    const struct _KEVENT *Made; /* itself, once KeInitializeEvent has been there */
} KEVENT, *PKEVENT, *PRKEVENT;

typedef struct _KTHREAD *PKTHREAD, *PETHREAD;
typedef struct _EPROCESS *PEPROCESS, *PKPROCESS;

VOID KeInitializeSpinLock(PKSPIN_LOCK Lock);
KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK Lock);
VOID KeReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL OldIrql);
VOID KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK Lock);
VOID KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK Lock);
#define KeAcquireSpinLock(Lock, OldIrql) (*(OldIrql) = KeAcquireSpinLockRaiseToDpc(Lock))

KIRQL KeGetCurrentIrql(VOID);
VOID KeRaiseIrqlTo(KIRQL NewIrql, PKIRQL OldIrql);
VOID KeLowerIrql(KIRQL NewIrql);
#define KeRaiseIrql(NewIrql, OldIrql) KeRaiseIrqlTo(NewIrql, OldIrql)

VOID KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State);
LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);
NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON Reason, KPROCESSOR_MODE Mode, BOOLEAN Alertable,
                               PLARGE_INTEGER Timeout);

VOID KeEnterCriticalRegion(VOID);
VOID KeLeaveCriticalRegion(VOID);
BOOLEAN KeAreApcsDisabled(VOID);
VOID KeQuerySystemTime(PLARGE_INTEGER Time);
VOID KeQuerySystemTimePrecise(PLARGE_INTEGER Time);
PKTHREAD KeGetCurrentThread(VOID);
DECLSPEC_NORETURN VOID KeBugCheckEx(ULONG Code, ULONG_PTR P1, ULONG_PTR P2, ULONG_PTR P3, ULONG_PTR P4);

VOID SimPagedCode(const char *Function);
DECLSPEC_NORETURN VOID SimAssertFailed(const char *Condition, const char *File, int Line);
#define PAGED_CODE() SimPagedCode(__func__)
/* As in the WDK, a build with DBG=0 has no assertions; here the other is the default. */
#if !defined(DBG) || DBG
#define NT_ASSERT(Condition) ((Condition) ? (void)0 : SimAssertFailed(#Condition, __FILE__, __LINE__))
#else
#define NT_ASSERT(Condition) ((void)0)
#endif
#define ASSERT(Condition) NT_ASSERT(Condition)

LONG InterlockedIncrement(LONG volatile *Target);
LONG InterlockedDecrement(LONG volatile *Target);
LONG InterlockedExchange(LONG volatile *Target, LONG Value);
LONG InterlockedExchangeAdd(LONG volatile *Target, LONG Value);
LONG InterlockedCompareExchange(LONG volatile *Target, LONG Value, LONG Comparand);
LONG InterlockedOr(LONG volatile *Target, LONG Value);
LONG InterlockedAnd(LONG volatile *Target, LONG Value);
LONGLONG InterlockedIncrement64(LONGLONG volatile *Target);
LONGLONG InterlockedExchange64(LONGLONG volatile *Target, LONGLONG Value);
LONGLONG InterlockedExchangeAdd64(LONGLONG volatile *Target, LONGLONG Value);
LONGLONG InterlockedCompareExchange64(LONGLONG volatile *Target, LONGLONG Value, LONGLONG Comparand);
PVOID InterlockedExchangePointer(PVOID volatile *Target, PVOID Value);
PVOID InterlockedCompareExchangePointer(PVOID volatile *Target, PVOID Value, PVOID Comparand);
LONG ReadAcquire(LONG const volatile *Source);
LONG ReadNoFence(LONG const volatile *Source);
VOID WriteRelease(LONG volatile *Target, LONG Value);
VOID WriteNoFence(LONG volatile *Target, LONG Value);
PVOID ReadPointerAcquire(PVOID const volatile *Source);

/* ---- Ex ---- */

typedef enum _POOL_TYPE
{
    NonPagedPool = 0,
    NonPagedPoolExecute = 0,
    PagedPool = 1,
    NonPagedPoolNx = 512
} POOL_TYPE;

#define POOL_FLAG_UNINITIALIZED     0x0000000000000002ULL
#define POOL_FLAG_NON_PAGED         0x0000000000000040ULL
#define POOL_FLAG_NON_PAGED_EXECUTE 0x0000000000000080ULL
#define POOL_FLAG_PAGED             0x0000000000000100ULL
typedef ULONG64 POOL_FLAGS;

PVOID ExAllocatePoolWithTag(POOL_TYPE Type, SIZE_T Bytes, ULONG Tag);
PVOID ExAllocatePool2(POOL_FLAGS Flags, SIZE_T Bytes, ULONG Tag);
VOID ExFreePoolWithTag(PVOID Block, ULONG Tag);
VOID ExFreePool(PVOID Block);

typedef struct _EX_RUNDOWN_REF
{
    union
    {
        ULONG_PTR Count;
        PVOID Ptr;
    };
} EX_RUNDOWN_REF, *PEX_RUNDOWN_REF;

VOID ExInitializeRundownProtection(PEX_RUNDOWN_REF Ref);
BOOLEAN ExAcquireRundownProtection(PEX_RUNDOWN_REF Ref);
VOID ExReleaseRundownProtection(PEX_RUNDOWN_REF Ref);
VOID ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF Ref);

/* ---- Mm ---- */

#define MDL_MAPPED_TO_SYSTEM_VA     0x0001
#define MDL_PAGES_LOCKED            0x0002
#define MDL_SOURCE_IS_NONPAGED_POOL 0x0004
#define MDL_WRITE_OPERATION         0x0080

#define LowPagePriority     0
#define NormalPagePriority  16
#define HighPagePriority    32
#define MdlMappingNoWrite   0x80000000u
#define MdlMappingNoExecute 0x40000000u
typedef ULONG MM_PAGE_PRIORITY;

typedef enum _MEMORY_CACHING_TYPE
{
    MmNonCached,
    MmCached,
    MmWriteCombined
} MEMORY_CACHING_TYPE;

typedef struct _MDL
{
    struct _MDL *Next;
    CSHORT Size;
    CSHORT MdlFlags;
    PEPROCESS Process;
    PVOID MappedSystemVa;
    PVOID StartVa;
    ULONG ByteCount;
    ULONG ByteOffset;
} MDL, *PMDL;

struct _IRP;
PMDL IoAllocateMdl(PVOID Address, ULONG Bytes, BOOLEAN Secondary, BOOLEAN ChargeQuota, struct _IRP *Irp);
VOID IoFreeMdl(PMDL Mdl);
VOID MmBuildMdlForNonPagedPool(PMDL Mdl);
PVOID MmMapLockedPagesSpecifyCache(PMDL Mdl, KPROCESSOR_MODE Mode, MEMORY_CACHING_TYPE Caching, PVOID Address,
                                   ULONG BugCheckOnFailure, ULONG Priority);
PVOID MmGetSystemRoutineAddress(PUNICODE_STRING Name);
#define MmGetMdlByteCount(Mdl)      ((Mdl)->ByteCount)
#define MmGetMdlByteOffset(Mdl)     ((Mdl)->ByteOffset)
#define MmGetMdlVirtualAddress(Mdl) ((PVOID)((PCHAR)((Mdl)->StartVa) + (Mdl)->ByteOffset))
#define MmGetSystemAddressForMdlSafe(Mdl, Priority)                                                          \
    (((Mdl)->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))                             \
         ? (Mdl)->MappedSystemVa                                                                             \
         : MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, NULL, FALSE, (ULONG)(Priority)))

/* ---- Io ---- */

#define IRP_MJ_CREATE                  0x00
#define IRP_MJ_CLOSE                   0x02
#define IRP_MJ_READ                    0x03
#define IRP_MJ_WRITE                   0x04
#define IRP_MJ_DEVICE_CONTROL          0x0e
#define IRP_MJ_INTERNAL_DEVICE_CONTROL 0x0f
#define IRP_MJ_SHUTDOWN                0x10
#define IRP_MJ_CLEANUP                 0x12
#define IRP_MJ_MAXIMUM_FUNCTION        0x1b

#define METHOD_BUFFERED   0
#define METHOD_IN_DIRECT  1
#define METHOD_OUT_DIRECT 2
#define METHOD_NEITHER    3

#define FILE_ANY_ACCESS     0
#define FILE_READ_ACCESS    1
#define FILE_WRITE_ACCESS   2
#define FILE_READ_DATA      0x0001u
#define FILE_WRITE_DATA     0x0002u
#define DELETE              0x00010000u
#define READ_CONTROL        0x00020000u
#define WRITE_DAC           0x00040000u
#define WRITE_OWNER         0x00080000u
#define SYNCHRONIZE         0x00100000u
#define STANDARD_RIGHTS_ALL 0x001F0000u
#define FILE_ALL_ACCESS     0x001F01FFu
#define GENERIC_ALL         0x10000000u
#define GENERIC_EXECUTE     0x20000000u
#define GENERIC_WRITE       0x40000000u
#define GENERIC_READ        0x80000000u

#define CTL_CODE(Type, Function, Method, Access)                                                             \
    (((ULONG)(Type) << 16) | ((ULONG)(Access) << 14) | ((ULONG)(Function) << 2) | (ULONG)(Method))
#define METHOD_FROM_CTL_CODE(Code) ((ULONG)(Code)&3)

#define FILE_DEVICE_UNKNOWN            0x00000022
#define FILE_DEVICE_SECURE_OPEN        0x00000100
#define FILE_AUTOGENERATED_DEVICE_NAME 0x00000080

#define DO_BUFFERED_IO         0x00000004
#define DO_EXCLUSIVE           0x00000008
#define DO_DIRECT_IO           0x00000010
#define DO_DEVICE_INITIALIZING 0x00000080

#define SL_PENDING_RETURNED 0x01
#define IO_NO_INCREMENT     0
#define FILE_CREATED        2
#define FILE_OPENED         1

typedef struct _IO_STATUS_BLOCK
{
    union
    {
        NTSTATUS Status;
        PVOID Pointer;
    };
    ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

struct _DEVICE_OBJECT;
struct _DRIVER_OBJECT;
struct _IRP;

typedef NTSTATUS DRIVER_INITIALIZE(struct _DRIVER_OBJECT *DriverObject, PUNICODE_STRING RegistryPath);
typedef VOID DRIVER_UNLOAD(struct _DRIVER_OBJECT *DriverObject);
typedef NTSTATUS DRIVER_DISPATCH(struct _DEVICE_OBJECT *DeviceObject, struct _IRP *Irp);
typedef VOID DRIVER_CANCEL(struct _DEVICE_OBJECT *DeviceObject, struct _IRP *Irp);
typedef DRIVER_INITIALIZE *PDRIVER_INITIALIZE;
typedef DRIVER_UNLOAD *PDRIVER_UNLOAD;
typedef DRIVER_DISPATCH *PDRIVER_DISPATCH;
typedef DRIVER_CANCEL *PDRIVER_CANCEL;

typedef struct _DRIVER_OBJECT
{
    struct _DEVICE_OBJECT *DeviceObject;
    PVOID DriverStart;
    ULONG DriverSize;
    UNICODE_STRING DriverName;
    PUNICODE_STRING HardwareDatabase;
    PVOID FastIoDispatch;
    PDRIVER_INITIALIZE DriverInit;
    PVOID DriverStartIo;
    PDRIVER_UNLOAD DriverUnload;
    PDRIVER_DISPATCH MajorFunction[IRP_MJ_MAXIMUM_FUNCTION + 1];
} DRIVER_OBJECT, *PDRIVER_OBJECT;

typedef struct _DEVICE_OBJECT
{
    LONG ReferenceCount;
    PDRIVER_OBJECT DriverObject;
    struct _DEVICE_OBJECT *NextDevice;
    struct _DEVICE_OBJECT *AttachedDevice;
    ULONG Flags;
    ULONG Characteristics;
    PVOID DeviceExtension;
    DEVICE_TYPE DeviceType;
    CCHAR StackSize;
    ULONG AlignmentRequirement;
} DEVICE_OBJECT, *PDEVICE_OBJECT;

typedef struct _FILE_OBJECT
{
    PDEVICE_OBJECT DeviceObject;
    PVOID FsContext;
    PVOID FsContext2;
    struct _FILE_OBJECT *RelatedFileObject;
    BOOLEAN ReadAccess;
    BOOLEAN WriteAccess;
    BOOLEAN DeleteAccess;
    ULONG Flags;
    UNICODE_STRING FileName;
    LARGE_INTEGER CurrentByteOffset;
} FILE_OBJECT, *PFILE_OBJECT;

typedef struct _IO_SECURITY_CONTEXT
{
    PVOID SecurityQos;
    PVOID AccessState;
    ACCESS_MASK DesiredAccess;
    ULONG FullCreateOptions;
} IO_SECURITY_CONTEXT, *PIO_SECURITY_CONTEXT;

typedef struct _IO_STACK_LOCATION
{
    UCHAR MajorFunction;
    UCHAR MinorFunction;
    UCHAR Flags;
    UCHAR Control;
    union
    {
        struct
        {
            PIO_SECURITY_CONTEXT SecurityContext;
            ULONG Options;
            USHORT FileAttributes;
            USHORT ShareAccess;
            ULONG EaLength;
        } Create;
        struct
        {
            ULONG OutputBufferLength;
            ULONG InputBufferLength;
            ULONG IoControlCode;
            PVOID Type3InputBuffer;
        } DeviceIoControl;
    } Parameters;
    PDEVICE_OBJECT DeviceObject;
    PFILE_OBJECT FileObject;
} IO_STACK_LOCATION, *PIO_STACK_LOCATION;

typedef struct _IRP
{
    PMDL MdlAddress;
    ULONG Flags;
    union
    {
        PVOID SystemBuffer;
    } AssociatedIrp;
    IO_STATUS_BLOCK IoStatus;
    KPROCESSOR_MODE RequestorMode;
    BOOLEAN PendingReturned;
    CHAR StackCount;
    CHAR CurrentLocation;
    BOOLEAN Cancel;
    KIRQL CancelIrql;
    PDRIVER_CANCEL CancelRoutine;
    PVOID UserBuffer;
    union
    {
        struct
        {
            PVOID DriverContext[4];
            PETHREAD Thread;
            LIST_ENTRY ListEntry;
            PIO_STACK_LOCATION CurrentStackLocation;
            PFILE_OBJECT OriginalFileObject;
        } Overlay;
    } Tail;
} IRP, *PIRP;

NTSTATUS IoCreateDevice(PDRIVER_OBJECT Driver, ULONG ExtensionSize, PUNICODE_STRING Name, DEVICE_TYPE Type,
                        ULONG Characteristics, BOOLEAN Exclusive, PDEVICE_OBJECT *Device);
VOID IoDeleteDevice(PDEVICE_OBJECT Device);
NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING Link, PUNICODE_STRING Target);
NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING Link);

VOID IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost);
#define IoCompleteRequest(Irp, PriorityBoost) IofCompleteRequest(Irp, PriorityBoost)
VOID IoAcquireCancelSpinLock(PKIRQL Irql);
VOID IoReleaseCancelSpinLock(KIRQL Irql);
PDRIVER_CANCEL IoSetCancelRoutine(PIRP Irp, PDRIVER_CANCEL Routine);
PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(PIRP Irp);
VOID IoMarkIrpPending(PIRP Irp);
PEPROCESS IoGetCurrentProcess(VOID);

/* Cancel-safe queues. */
struct _IO_CSQ;
typedef VOID IO_CSQ_INSERT_IRP(struct _IO_CSQ *Csq, PIRP Irp);
typedef NTSTATUS IO_CSQ_INSERT_IRP_EX(struct _IO_CSQ *Csq, PIRP Irp, PVOID InsertContext);
typedef VOID IO_CSQ_REMOVE_IRP(struct _IO_CSQ *Csq, PIRP Irp);
typedef PIRP IO_CSQ_PEEK_NEXT_IRP(struct _IO_CSQ *Csq, PIRP Irp, PVOID PeekContext);
typedef VOID IO_CSQ_ACQUIRE_LOCK(struct _IO_CSQ *Csq, PKIRQL Irql);
typedef VOID IO_CSQ_RELEASE_LOCK(struct _IO_CSQ *Csq, KIRQL Irql);
typedef VOID IO_CSQ_COMPLETE_CANCELED_IRP(struct _IO_CSQ *Csq, PIRP Irp);
typedef IO_CSQ_INSERT_IRP *PIO_CSQ_INSERT_IRP;
typedef IO_CSQ_INSERT_IRP_EX *PIO_CSQ_INSERT_IRP_EX;
typedef IO_CSQ_REMOVE_IRP *PIO_CSQ_REMOVE_IRP;
typedef IO_CSQ_PEEK_NEXT_IRP *PIO_CSQ_PEEK_NEXT_IRP;
typedef IO_CSQ_ACQUIRE_LOCK *PIO_CSQ_ACQUIRE_LOCK;
typedef IO_CSQ_RELEASE_LOCK *PIO_CSQ_RELEASE_LOCK;
typedef IO_CSQ_COMPLETE_CANCELED_IRP *PIO_CSQ_COMPLETE_CANCELED_IRP;

#define IO_TYPE_CSQ_IRP_CONTEXT 1
#define IO_TYPE_CSQ             2
#define IO_TYPE_CSQ_EX          3

typedef struct _IO_CSQ_IRP_CONTEXT
{
    ULONG Type;
    PIRP Irp;
    struct _IO_CSQ *Csq;
} IO_CSQ_IRP_CONTEXT, *PIO_CSQ_IRP_CONTEXT;

typedef struct _IO_CSQ
{
    ULONG Type;
    PIO_CSQ_INSERT_IRP CsqInsertIrp;
    PIO_CSQ_REMOVE_IRP CsqRemoveIrp;
    PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp;
    PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock;
    PIO_CSQ_RELEASE_LOCK CsqReleaseLock;
    PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp;
    PVOID ReservePointer;
} IO_CSQ, *PIO_CSQ;

NTSTATUS IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX Insert, PIO_CSQ_REMOVE_IRP Remove,
                           PIO_CSQ_PEEK_NEXT_IRP Peek, PIO_CSQ_ACQUIRE_LOCK Acquire,
                           PIO_CSQ_RELEASE_LOCK Release, PIO_CSQ_COMPLETE_CANCELED_IRP Complete);
NTSTATUS IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context, PVOID InsertContext);
PIRP IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext);
PIRP IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context);

/* ---- Ob ---- */

typedef struct _OBJECT_TYPE *POBJECT_TYPE;

LONG_PTR ObfReferenceObject(PVOID Object);
LONG_PTR ObfDereferenceObject(PVOID Object);
#define ObReferenceObject(Object)   ObfReferenceObject(Object)
#define ObDereferenceObject(Object) ObfDereferenceObject(Object)

/* ---- Rtl ---- */

#define RtlCopyMemory(To, From, Bytes) memcpy(To, From, Bytes)
#define RtlMoveMemory(To, From, Bytes) memmove(To, From, Bytes)
#define RtlZeroMemory(To, Bytes)       memset(To, 0, Bytes)
#define RtlFillMemory(To, Bytes, Fill) memset(To, Fill, Bytes)
#define RtlEqualMemory(A, B, Bytes)    (memcmp(A, B, Bytes) == 0)

typedef struct _OSVERSIONINFOW
{
    ULONG dwOSVersionInfoSize;
    ULONG dwMajorVersion;
    ULONG dwMinorVersion;
    ULONG dwBuildNumber;
    ULONG dwPlatformId;
    WCHAR szCSDVersion[128];
} RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;

VOID RtlInitUnicodeString(PUNICODE_STRING String, PCWSTR Text);
NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW Version);

typedef PVOID PSECURITY_DESCRIPTOR, PSID;
typedef ULONG SECURITY_INFORMATION;
typedef USHORT SECURITY_DESCRIPTOR_CONTROL;

#define SECURITY_DESCRIPTOR_REVISION        1
#define OWNER_SECURITY_INFORMATION          0x00000001u
#define GROUP_SECURITY_INFORMATION          0x00000002u
#define DACL_SECURITY_INFORMATION           0x00000004u
#define PROTECTED_DACL_SECURITY_INFORMATION 0x80000000u
#define SE_DACL_PRESENT                     0x0004
#define SE_DACL_DEFAULTED                   0x0008
#define SE_SELF_RELATIVE                    0x8000

typedef struct _ACL
{
    UCHAR AclRevision;
    UCHAR Sbz1;
    USHORT AclSize;
    USHORT AceCount;
    USHORT Sbz2;
} ACL, *PACL;

typedef struct _SECURITY_DESCRIPTOR
{
    UCHAR Revision;
    UCHAR Sbz1;
    SECURITY_DESCRIPTOR_CONTROL Control;
    PSID Owner;
    PSID Group;
    PACL Sacl;
    PACL Dacl;
} SECURITY_DESCRIPTOR, *PISECURITY_DESCRIPTOR;

NTSTATUS RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR Descriptor, ULONG Revision);
NTSTATUS RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR Descriptor, BOOLEAN Present, PACL Dacl,
                                      BOOLEAN Defaulted);

/* ---- Zw ---- */

#define KEY_QUERY_VALUE        0x0001
#define KEY_SET_VALUE          0x0002
#define KEY_ENUMERATE_SUB_KEYS 0x0008
#define KEY_READ               0x00020019
#define REG_NONE               0
#define REG_SZ                 1
#define REG_BINARY             3
#define REG_DWORD              4
#define REG_QWORD              11

typedef enum _KEY_VALUE_INFORMATION_CLASS
{
    KeyValueBasicInformation,
    KeyValueFullInformation,
    KeyValuePartialInformation
} KEY_VALUE_INFORMATION_CLASS;

typedef struct _KEY_VALUE_PARTIAL_INFORMATION
{
    ULONG TitleIndex;
    ULONG Type;
    ULONG DataLength;
    UCHAR Data[1];
} KEY_VALUE_PARTIAL_INFORMATION, *PKEY_VALUE_PARTIAL_INFORMATION;

NTSTATUS ZwOpenKey(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
NTSTATUS ZwQueryValueKey(HANDLE Key, PUNICODE_STRING Name, KEY_VALUE_INFORMATION_CLASS Class, PVOID Buffer,
                         ULONG Length, PULONG ResultLength);
NTSTATUS ZwClose(HANDLE Handle);

#endif
