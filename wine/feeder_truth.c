/* SPDX-License-Identifier: MIT
 *
 * The truth file. Hundreds of thousands of lines are usual, so each is put together by hand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feeder.h"

#define TRUTH_BUFFER_BYTES (256 * 1024)
#define TRUTH_NUMBER_BYTES 32
#define TRUTH_NONE         ((size_t)-1)

struct TRUTH
{
    HANDLE File;
    BOOL Failed;
    BOOL Started; /* something of the current object has been written */
    size_t Used;
    char Buffer[TRUTH_BUFFER_BYTES];
};

TRUTH *
TruthOpen(const WCHAR *Path)
{
    TRUTH *Truth = calloc(1, sizeof(*Truth));
    if (!Truth)
    {
        FeederError("no memory");
        return NULL;
    }
    Truth->File =
        CreateFileW(Path, GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    if (Truth->File != INVALID_HANDLE_VALUE)
        return Truth;
    FeederError("%ls cannot be written (error %lu)", Path, GetLastError());
    free(Truth);
    return NULL;
}

BOOL
TruthFlush(TRUTH *Truth)
{
    DWORD Written;
    if (!Truth->Failed && Truth->Used &&
        (!WriteFile(Truth->File, Truth->Buffer, (DWORD)Truth->Used, &Written, NULL) ||
         Written != Truth->Used))
    {
        FeederError("the truth file cannot be written (error %lu)", GetLastError());
        Truth->Failed = TRUE;
    }
    Truth->Used = 0;
    return !Truth->Failed;
}

BOOL
TruthClose(TRUTH *Truth)
{
    if (!Truth)
        return TRUE;
    BOOL Written = TruthFlush(Truth);
    CloseHandle(Truth->File);
    free(Truth);
    return Written;
}

static void
TruthPut(TRUTH *Truth, const char *Bytes, size_t Length)
{
    if (Length > TRUTH_BUFFER_BYTES - Truth->Used)
        TruthFlush(Truth);
    memcpy(Truth->Buffer + Truth->Used, Bytes, Length);
    Truth->Used += Length;
}

static void
TruthText(TRUTH *Truth, const char *Text)
{
    TruthPut(Truth, Text, strlen(Text));
}

static void
TruthName(TRUTH *Truth, const char *Name)
{
    TruthText(Truth, Truth->Started ? ",\"" : "{\"");
    TruthText(Truth, Name);
    TruthText(Truth, "\":");
    Truth->Started = TRUE;
}

static void
TruthAbsent(TRUTH *Truth, const char *Name, const char *Status)
{
    TruthName(Truth, Name);
    TruthText(Truth, "null,\"");
    TruthText(Truth, Name);
    TruthText(Truth, "_status\":\"");
    TruthText(Truth, Status);
    TruthText(Truth, "\"");
}

static void
TruthNumber(TRUTH *Truth, const char *Name, uint64_t Number)
{
    char Digits[TRUTH_NUMBER_BYTES];
    size_t At = sizeof(Digits);
    do
    {
        Digits[--At] = (char)('0' + Number % 10);
        Number /= 10;
    } while (Number);
    TruthName(Truth, Name);
    TruthPut(Truth, Digits + At, sizeof(Digits) - At);
}

static void
TruthKnownNumber(TRUTH *Truth, const char *Name, BOOL Known, uint64_t Number)
{
    if (Known)
        TruthNumber(Truth, Name, Number);
    else
        TruthAbsent(Truth, Name, "absent");
}

static void
TruthBool(TRUTH *Truth, const char *Name, BOOL Value)
{
    TruthName(Truth, Name);
    TruthText(Truth, Value ? "true" : "false");
}

static void
TruthPlain(TRUTH *Truth, const char *Name, const char *Text)
{
    TruthName(Truth, Name);
    TruthText(Truth, "\"");
    TruthText(Truth, Text);
    TruthText(Truth, "\"");
}

static void
TruthTime(TRUTH *Truth, const char *Name, int64_t Time)
{
    char Text[TRUTH_NUMBER_BYTES + 8];
    SYSTEMTIME Parts;
    FILETIME File = {.dwLowDateTime = (DWORD)Time, .dwHighDateTime = (DWORD)(Time >> 32)};
    if (!Time || !FileTimeToSystemTime(&File, &Parts))
    {
        TruthAbsent(Truth, Name, "absent");
        return;
    }
    snprintf(Text, sizeof(Text), "%04u-%02u-%02uT%02u:%02u:%02u.%07uZ", Parts.wYear, Parts.wMonth, Parts.wDay,
             Parts.wHour, Parts.wMinute, Parts.wSecond, (unsigned)(Time % 10000000));
    TruthPlain(Truth, Name, Text);
}

/* One character of UTF-16 text; how many units it took. */
static size_t
TruthCharacter(TRUTH *Truth, const WCHAR *Units, size_t Count)
{
    static const char Hex[] = "0123456789abcdef";
    unsigned Unit = Units[0];
    BOOL IsSurrogate = Unit >= 0xD800 && Unit <= 0xDFFF;
    if (IsSurrogate && Unit <= 0xDBFF && Count > 1 && Units[1] >= 0xDC00 && Units[1] <= 0xDFFF)
    {
        unsigned Point = 0x10000 + ((Unit & 0x3FF) << 10) + (Units[1] & 0x3FF);
        char Utf8[] = {(char)(0xF0 | Point >> 18), (char)(0x80 | (Point >> 12 & 0x3F)),
                       (char)(0x80 | (Point >> 6 & 0x3F)), (char)(0x80 | (Point & 0x3F))};
        TruthPut(Truth, Utf8, 4);
        return 2;
    }
    char Escape[] = {'\\', 'u', Hex[Unit >> 12], Hex[Unit >> 8 & 15], Hex[Unit >> 4 & 15], Hex[Unit & 15]};
    char Utf8[] = {(char)(0xE0 | Unit >> 12), (char)(0x80 | (Unit >> 6 & 0x3F)),
                   (char)(0x80 | (Unit & 0x3F))};
    char Short[] = {(char)(0xC0 | Unit >> 6), (char)(0x80 | (Unit & 0x3F))};
    char Ascii = (char)Unit;
    if (Unit == '"' || Unit == '\\')
        TruthPut(Truth, (char[]){'\\', (char)Unit}, 2);
    else if (IsSurrogate || Unit < 0x20 || Unit == 0x7F)
        TruthPut(Truth, Escape, sizeof(Escape));
    else if (Unit < 0x80)
        TruthPut(Truth, &Ascii, 1);
    else if (Unit < 0x800)
        TruthPut(Truth, Short, sizeof(Short));
    else
        TruthPut(Truth, Utf8, sizeof(Utf8));
    return 1;
}

static void
TruthUnits(TRUTH *Truth, const char *Name, const WCHAR *Units, size_t Count)
{
    if (!Units)
    {
        TruthAbsent(Truth, Name, "absent");
        return;
    }
    TruthName(Truth, Name);
    TruthText(Truth, "\"");
    for (size_t i = 0; i < Count;)
        i += TruthCharacter(Truth, Units + i, Count - i);
    TruthText(Truth, "\"");
}

static const void *
TruthBytes(const NTEXT_EVENT *Event, NTEXT_BYTES Bytes)
{
    return Bytes.Offset ? (const uint8_t *)Event + Bytes.Offset : NULL;
}

static void
TruthEventText(TRUTH *Truth, const char *Name, const NTEXT_EVENT *Event, NTEXT_BYTES Bytes)
{
    TruthUnits(Truth, Name, TruthBytes(Event, Bytes), Bytes.Length / sizeof(WCHAR));
}

/* ---- The fields of events ---- */

static BOOL
TruthHasPrefix(const WCHAR *Path, size_t Count, const WCHAR *Prefix)
{
    size_t PrefixCount = wcslen(Prefix);
    return Count >= PrefixCount && _wcsnicmp(Path, Prefix, PrefixCount) == 0;
}

static void
TruthImagePath(TRUTH *Truth, const NTEXT_EVENT *Event, const WCHAR *Drive)
{
    const WCHAR *Path = TruthBytes(Event, Event->Image);
    size_t Count = Event->Image.Length / sizeof(WCHAR);
    BOOL IsDosDevice = Path && TruthHasPrefix(Path, Count, L"\\??\\");
    if (Drive)
        TruthUnits(Truth, "image", Drive, wcslen(Drive));
    else if (IsDosDevice)
        TruthUnits(Truth, "image", Path + 4, Count - 4);
    else
        TruthUnits(Truth, "image", Path, Count);
    TruthUnits(Truth, "image_nt", Path, Count);
    if (!Path)
        TruthPlain(Truth, "image_form", "other");
    else if (IsDosDevice)
        TruthPlain(Truth, "image_form", "dos_device");
    else if (TruthHasPrefix(Path, Count, L"\\Device\\"))
        TruthPlain(Truth, "image_form", "nt");
    else
        TruthPlain(Truth, "image_form",
                   TruthHasPrefix(Path, Count, L"\\SystemRoot\\") ? "system_root" : "other");
}

static void
TruthSid(TRUTH *Truth, const NTEXT_EVENT *Event)
{
    char Text[256];
    int At = 0;
    const SID *Sid = TruthBytes(Event, Event->UserSid);
    if (!Sid)
    {
        TruthAbsent(Truth, "user_sid", "absent");
        return;
    }
    At += snprintf(Text, sizeof(Text), "S-%u-%u", Sid->Revision, Sid->IdentifierAuthority.Value[5]);
    for (int i = 0; i < Sid->SubAuthorityCount; i++)
        At += snprintf(Text + At, sizeof(Text) - (size_t)At, "-%lu", Sid->SubAuthority[i]);
    TruthPlain(Truth, "user_sid", Text);
}

static void
TruthStart(TRUTH *Truth, const NTEXT_EVENT *Event, const WCHAR *Drive)
{
    TruthAbsent(Truth, "start_key", "absent");
    TruthKnownNumber(Truth, "parent_pid", Event->ParentProcessId != 0, Event->ParentProcessId);
    TruthTime(Truth, "parent_create_time", Event->ParentCreateTime);
    TruthKnownNumber(Truth, "creator_pid", Event->CreatorProcessId != 0, Event->CreatorProcessId);
    TruthKnownNumber(Truth, "creator_tid", Event->CreatorThreadId != 0, Event->CreatorThreadId);
    TruthKnownNumber(Truth, "session_id", Event->Known & NTEXT_KNOWS_SESSION, Event->SessionId);
    TruthSid(Truth, Event);
    TruthKnownNumber(Truth, "integrity_level", Event->Known & NTEXT_KNOWS_INTEGRITY, Event->IntegrityLevel);
    if (Event->Known & NTEXT_KNOWS_ELEVATED)
        TruthBool(Truth, "elevated", Event->Elevated != 0);
    else
        TruthAbsent(Truth, "elevated", "absent");
    TruthBool(Truth, "subsystem", (Event->CreateFlags & NTEXT_IS_SUBSYSTEM_PROCESS) != 0);
    if (Event->Known & NTEXT_KNOWS_EMULATED)
        TruthPlain(Truth, "architecture", Event->Emulated ? "emulated" : "native");
    else
        TruthAbsent(Truth, "architecture", "absent");
    TruthNumber(Truth, "creation_status", Event->CreationStatus);
    TruthImagePath(Truth, Event, Drive);
    TruthBool(Truth, "image_exact", (Event->CreateFlags & NTEXT_FILE_OPEN_NAME_AVAILABLE) != 0);
    TruthEventText(Truth, "image_device", Event, Event->NativeImage);
    TruthEventText(Truth, "command_line", Event, Event->CommandLine);
}

static void
TruthImage(TRUTH *Truth, const NTEXT_EVENT *Event, const WCHAR *Drive)
{
    char Base[TRUTH_NUMBER_BYTES];
    BOOL IsKernel = (Event->Properties & NTEXT_IMAGE_SYSTEM_MODE) != 0;
    snprintf(Base, sizeof(Base), "0x%llx", (unsigned long long)Event->Base);
    TruthImagePath(Truth, Event, Drive);
    if (IsKernel)
        TruthAbsent(Truth, "base", "withheld");
    else
        TruthPlain(Truth, "base", Base);
    TruthNumber(Truth, "size", Event->ImageSize);
    TruthBool(Truth, "kernel_image", IsKernel);
    TruthNumber(Truth, "addressing_mode", Event->Properties & 0xFF);
    TruthBool(Truth, "mapped_to_all", (Event->Properties & NTEXT_IMAGE_MAPPED_TO_ALL) != 0);
    TruthBool(Truth, "extended_info", (Event->Properties & NTEXT_IMAGE_EXTENDED_INFO) != 0);
    TruthBool(Truth, "machine_type_mismatch", (Event->Properties & NTEXT_IMAGE_MISMATCH) != 0);
    TruthBool(Truth, "partial_map", (Event->Properties & NTEXT_IMAGE_PARTIAL_MAP) != 0);
    TruthNumber(Truth, "signature_level", Event->Properties >> 12 & 0xF);
    TruthNumber(Truth, "signature_type", Event->Properties >> 16 & 0x7);
    TruthNumber(Truth, "properties", Event->Properties);
}

void
TruthEvent(TRUTH *Truth, const NTEXT_EVENT *Event, uint32_t Tier, int64_t Time, const WCHAR *Drive,
           uint32_t Thread)
{
    static const char *const Kinds[] = {"process_start", "process_exit", "image_load"};
    static const char *const Tiers[] = {"none", "base", "ex", "ex2"};
    Truth->Started = FALSE;
    TruthPlain(Truth, "event", Kinds[Event->Kind]);
    TruthTime(Truth, "time", Time);
    TruthNumber(Truth, "pid", Event->ProcessId);
    TruthNumber(Truth, "tid", Event->Kind == NTEXT_START ? Event->CreatorThreadId : Event->ThreadId);
    TruthTime(Truth, "create_time", Event->CreateTime);
    if (Event->Kind == NTEXT_START)
        TruthStart(Truth, Event, Drive);
    else if (Event->Kind == NTEXT_EXIT)
        TruthNumber(Truth, "exit_status", Event->ExitStatus);
    else
        TruthImage(Truth, Event, Drive);
    TruthPlain(Truth, "tier", Tiers[Tier & 3]);
    TruthNumber(Truth, "thread", Thread);
    TruthText(Truth, "}\n");
}
