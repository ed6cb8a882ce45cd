/* SPDX-License-Identifier: MIT
 *
 * The driver's own types on a host whose types differ: LONG has 32 bits, WCHAR 16 (compile with
 * -fshort-wchar).
 */
#ifndef SIM_NTDEF_H
#define SIM_NTDEF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "sal.h"
#include "ntstatus.h"

#define VOID  void
#define CONST const

typedef char CHAR, *PCHAR, *PSTR, CCHAR;
typedef const char *PCSTR;
typedef signed char SCHAR;
typedef unsigned char UCHAR, *PUCHAR, BYTE;
typedef int16_t SHORT, *PSHORT, CSHORT;
typedef uint16_t USHORT, *PUSHORT, WORD;
typedef int32_t LONG, *PLONG, INT, INT32;
typedef uint32_t ULONG, *PULONG, UINT, UINT32, DWORD, ULONG32;
typedef int64_t LONGLONG, *PLONGLONG, LONG64, *PLONG64, INT64;
typedef uint64_t ULONGLONG, *PULONGLONG, ULONG64, *PULONG64, UINT64, DWORDLONG, DWORD64;
typedef intptr_t LONG_PTR, *PLONG_PTR, INT_PTR;
typedef uintptr_t ULONG_PTR, *PULONG_PTR, UINT_PTR, KAFFINITY;
typedef size_t SIZE_T, *PSIZE_T;
typedef wchar_t WCHAR, *PWCHAR, *PWSTR, *PWCH;
typedef const wchar_t *PCWSTR, *PCWCH;
typedef void *PVOID, *HANDLE, **PHANDLE;
typedef const void *PCVOID;
typedef UCHAR BOOLEAN, *PBOOLEAN, KIRQL, *PKIRQL;
typedef ULONG LOGICAL, ACCESS_MASK, *PACCESS_MASK, DEVICE_TYPE;
typedef LONG NTSTATUS, *PNTSTATUS, KPRIORITY;
typedef CHAR KPROCESSOR_MODE;

#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#define DECLSPEC_CACHEALIGN         __attribute__((aligned(SYSTEM_CACHE_ALIGNMENT_SIZE)))

_Static_assert(sizeof(WCHAR) == 2, "compile with -fshort-wchar");

#define TRUE  1
#define FALSE 0
#define NTAPI
#define FASTCALL
#define CDECL
#define WINAPI
#define NTSYSAPI
#define NTKERNELAPI
#define NTHALAPI
#define EXTERN_C extern
#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN     __attribute__((noreturn))
#define DECLSPEC_ALIGN(Bytes) __attribute__((aligned(Bytes)))
#define FORCEINLINE           static inline __attribute__((always_inline, unused))
#define UNALIGNED
#define RESTRICTED_POINTER
#define ANYSIZE_ARRAY 1
#define MAXUCHAR      0xFFu
#define MAXUSHORT     0xFFFFu
#define MAXLONG       0x7FFFFFFF
#define MAXULONG      0xFFFFFFFFu
#define MAXULONG_PTR  UINTPTR_MAX
#define MAXLONGLONG   INT64_MAX
#define MAXULONGLONG  UINT64_MAX

#define UNREFERENCED_PARAMETER(Parameter)       ((void)(Parameter))
#define DBG_UNREFERENCED_PARAMETER(Parameter)   ((void)(Parameter))
#define FIELD_OFFSET(Type, Field)               ((LONG)offsetof(Type, Field))
#define UFIELD_OFFSET(Type, Field)              ((ULONG)offsetof(Type, Field))
#define RTL_FIELD_SIZE(Type, Field)             sizeof(((Type *)0)->Field)
#define RTL_SIZEOF_THROUGH_FIELD(Type, Field)   (offsetof(Type, Field) + RTL_FIELD_SIZE(Type, Field))
#define RTL_NUMBER_OF(Array)                    (sizeof(Array) / sizeof((Array)[0]))
#define ARRAYSIZE(Array)                        RTL_NUMBER_OF(Array)
#define CONTAINING_RECORD(Address, Type, Field) ((Type *)(void *)((PCHAR)(Address)-offsetof(Type, Field)))
#define C_ASSERT(Condition)                     _Static_assert(Condition, #Condition)
#define PtrToUlong(Pointer)                     ((ULONG)(ULONG_PTR)(Pointer))
#define PtrToLong(Pointer)                      ((LONG)(LONG_PTR)(Pointer))
#define HandleToULong(Handle)                   ((ULONG)(ULONG_PTR)(Handle))
#define HandleToUlong(Handle)                   ((ULONG)(ULONG_PTR)(Handle))
#define ULongToHandle(Number)                   ((HANDLE)(ULONG_PTR)(Number))
#define UlongToHandle(Number)                   ((HANDLE)(ULONG_PTR)(Number))
#define UlongToPtr(Number)                      ((PVOID)(ULONG_PTR)(Number))
#define ULongToPtr(Number)                      ((PVOID)(ULONG_PTR)(Number))
#define LowByte(Word)                           ((UCHAR)(Word))

#ifndef min
#define min(A, B) ((A) < (B) ? (A) : (B))
#endif
#ifndef max
#define max(A, B) ((A) > (B) ? (A) : (B))
#endif

typedef union _LARGE_INTEGER
{
    struct
    {
        ULONG LowPart;
        LONG HighPart;
    };
    struct
    {
        ULONG LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER
{
    struct
    {
        ULONG LowPart;
        ULONG HighPart;
    };
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _LUID
{
    ULONG LowPart;
    LONG HighPart;
} LUID, *PLUID;

typedef struct _UNICODE_STRING
{
    USHORT Length;
    USHORT MaximumLength;
    PWCH Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

#define UNICODE_STRING_MAX_BYTES ((USHORT)65534)
#define UNICODE_STRING_MAX_CHARS 32767
#define UNICODE_NULL             ((WCHAR)0)
#define RTL_CONSTANT_STRING(Text)                                                                            \
    {                                                                                                        \
        sizeof(Text) - sizeof((Text)[0]), sizeof(Text), (PWCH)(Text)                                         \
    }
#define DECLARE_CONST_UNICODE_STRING(Name, Text)                                                             \
    const UNICODE_STRING Name = {sizeof(Text) - sizeof(WCHAR), sizeof(Text), (PWCH)(Text)}

typedef struct _LIST_ENTRY
{
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY
{
    struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

#define OBJ_INHERIT            0x00000002
#define OBJ_CASE_INSENSITIVE   0x00000040
#define OBJ_KERNEL_HANDLE      0x00000200
#define OBJ_FORCE_ACCESS_CHECK 0x00000400

typedef struct _OBJECT_ATTRIBUTES
{
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;
    PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

#define InitializeObjectAttributes(Object, Name, Flags, Root, Security)                                      \
    do                                                                                                       \
    {                                                                                                        \
        (Object)->Length = sizeof(OBJECT_ATTRIBUTES);                                                        \
        (Object)->RootDirectory = (Root);                                                                    \
        (Object)->Attributes = (Flags);                                                                      \
        (Object)->ObjectName = (Name);                                                                       \
        (Object)->SecurityDescriptor = (Security);                                                           \
        (Object)->SecurityQualityOfService = NULL;                                                           \
    } while (0)

FORCEINLINE VOID
InitializeListHead(PLIST_ENTRY Head)
{
    Head->Flink = Head->Blink = Head;
}

FORCEINLINE BOOLEAN
IsListEmpty(const LIST_ENTRY *Head)
{
    return Head->Flink == Head;
}

FORCEINLINE BOOLEAN
RemoveEntryList(PLIST_ENTRY Entry)
{
    PLIST_ENTRY Next = Entry->Flink;
    PLIST_ENTRY Previous = Entry->Blink;
    Previous->Flink = Next;
    Next->Blink = Previous;
    return Next == Previous;
}

FORCEINLINE PLIST_ENTRY
RemoveHeadList(PLIST_ENTRY Head)
{
    PLIST_ENTRY Entry = Head->Flink;
    RemoveEntryList(Entry);
    return Entry;
}

FORCEINLINE PLIST_ENTRY
RemoveTailList(PLIST_ENTRY Head)
{
    PLIST_ENTRY Entry = Head->Blink;
    RemoveEntryList(Entry);
    return Entry;
}

FORCEINLINE VOID
InsertHeadList(PLIST_ENTRY Head, PLIST_ENTRY Entry)
{
    Entry->Flink = Head->Flink;
    Entry->Blink = Head;
    Head->Flink->Blink = Entry;
    Head->Flink = Entry;
}

FORCEINLINE VOID
InsertTailList(PLIST_ENTRY Head, PLIST_ENTRY Entry)
{
    Entry->Flink = Head;
    Entry->Blink = Head->Blink;
    Head->Blink->Flink = Entry;
    Head->Blink = Entry;
}

#endif
