/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include <string.h>

#include "get.h"

#define START PRCM_KIND_BIT(PRCM_KIND_START)
#define EXIT  PRCM_KIND_BIT(PRCM_KIND_EXIT)
#define IMAGE PRCM_KIND_BIT(PRCM_KIND_IMAGE)
#define ALL   PRCM_KINDS_ALL

_Static_assert(offsetof(PRCM_START, CreateTime) == offsetof(PRCM_EXIT, CreateTime) &&
                   offsetof(PRCM_START, CreateTime) == offsetof(PRCM_IMAGE, CreateTime),
               "one offset for all kinds");

const char *const FieldTypeNames[FIELD_TYPE_COUNT] = {
    [FIELD_NUMBER] = "number", [FIELD_CODE] = "code",
    [FIELD_TIME] = "time",     [FIELD_MILLISECONDS] = "duration",
    [FIELD_FLAG] = "boolean",  [FIELD_WORD] = "word",
    [FIELD_TEXT] = "text",     [FIELD_PATH] = "path",
};

static const FIELD_WORD_VALUE Kinds[] = {
    {"start", PRCM_KIND_START},         {"exit", PRCM_KIND_EXIT},
    {"image", PRCM_KIND_IMAGE},         {"lost", FIELD_KIND_LOST},
    {"process_start", PRCM_KIND_START}, {"process_exit", PRCM_KIND_EXIT},
    {"image_load", PRCM_KIND_IMAGE},    {NULL, 0},
};

static const FIELD_WORD_VALUE Architectures[] = {
    {"native", PRCM_ARCHITECTURE_NATIVE},
    {"emulated", PRCM_ARCHITECTURE_EMULATED},
    {"other", GET_ARCHITECTURE_OTHER},
    {NULL, 0},
};

static const FIELD_WORD_VALUE Forms[] = {
    {"nt", PRCM_PATH_NT},
    {"dos_device", PRCM_PATH_DOS_DEVICE},
    {"system_root", PRCM_PATH_SYSTEM_ROOT},
    {"other", PRCM_PATH_OTHER},
    {NULL, 0},
};

static const FIELD_WORD_VALUE Levels[] = {
    {"untrusted", 0}, {"low", 0x1000}, {"medium", 0x2000}, {"high", 0x3000}, {"system", 0x4000}, {NULL, 0},
};

/* clang-format off */
const FIELD FieldTable[] = {
    {.Name = "kind", .Type = FIELD_WORD, .Kinds = ALL, .Get = GetKind, .Words = Kinds,
     .Meaning = "start, exit, image or lost"},
    {.Name = "event", .Type = FIELD_WORD, .Kinds = ALL, .Get = GetKind, .Words = Kinds,
     .Meaning = "the same, as JSON calls it: process_start, process_exit, image_load, lost"},
    {.Name = "host", .Type = FIELD_TEXT, .Kinds = ALL, .Get = GetHost,
     .Meaning = "the computer's DNS name"},
    {.Name = "instance", .Type = FIELD_NUMBER, .Kinds = ALL, .Get = GetInstance,
     .Meaning = "the run of the driver"},
    {.Name = "seq", .Type = FIELD_NUMBER, .Kinds = ALL, .Get = GetSequence,
     .Meaning = "the event's number"},
    {.Name = "time", .Type = FIELD_TIME, .Kinds = ALL, .Get = GetTime,
     .Meaning = "when it got its number"},
    {.Name = "pid", .Type = FIELD_NUMBER, .Kinds = ALL, .Get = GetProcess,
     .Meaning = "the process; 0 for a kernel image"},
    {.Name = "tid", .Type = FIELD_NUMBER, .Kinds = ALL, .Get = GetThread,
     .Meaning = "the thread that reported it"},
    {.Name = "entity_id", .Type = FIELD_TEXT, .Kinds = ALL, .Get = GetEntity,
     .Meaning = "the process's identity: the same on its start, loads and exit"},
    {.Name = "create_time", .Type = FIELD_TIME, .Kinds = ALL, .Get = GetOptional,
     .Where = offsetof(PRCM_START, CreateTime),
     .Meaning = "when the process was created"},
    {.Name = "start_key", .Type = FIELD_NUMBER, .Kinds = START, .Get = GetOptional,
     .Where = offsetof(PRCM_START, StartKey),
     .Meaning = "unique for the process across boots"},
    {.Name = "parent_pid", .Type = FIELD_NUMBER, .Kinds = START, .Get = GetOptional,
     .Where = offsetof(PRCM_START, ParentProcessId),
     .Meaning = "the parent"},
    {.Name = "parent_create_time", .Type = FIELD_TIME, .Kinds = START, .Get = GetOptional,
     .Where = offsetof(PRCM_START, ParentCreateTime),
     .Meaning = "when it was created"},
    {.Name = "parent_entity_id", .Type = FIELD_TEXT, .Kinds = START, .Get = GetParentEntity,
     .Meaning = "its identity"},
    {.Name = "parent_image", .Type = FIELD_PATH, .Kinds = START, .Get = GetParentImage, .JoinedKinds = START,
     .JoinedFrom = START | EXIT, .FromOthers = true,
     .Meaning = "its image, as far as that was seen or can be asked"},
    {.Name = "creator_pid", .Type = FIELD_NUMBER, .Kinds = START, .Get = GetOptional,
     .Where = offsetof(PRCM_START, CreatorProcessId),
     .Meaning = "who asked for the process; not always the parent"},
    {.Name = "creator_tid", .Type = FIELD_NUMBER, .Kinds = START, .Get = GetOptional,
     .Where = offsetof(PRCM_START, CreatorThreadId),
     .Meaning = "the thread that did"},
    {.Name = "session_id", .Type = FIELD_NUMBER, .Kinds = START, .Get = GetOptional,
     .Where = offsetof(PRCM_START, SessionId),
     .Meaning = "the logon session; 0 has services"},
    {.Name = "user_sid", .Type = FIELD_TEXT, .Kinds = START, .Get = GetUserSid,
     .Meaning = "S-1-5-18 and so on"},
    {.Name = "user", .Type = FIELD_TEXT, .Kinds = START, .Get = GetUser,
     .Meaning = "DOMAIN\\name"},
    {.Name = "integrity_level", .Type = FIELD_NUMBER, .Kinds = START, .Get = GetOptional,
     .Where = offsetof(PRCM_START, IntegrityLevel), .Words = Levels,
     .Meaning = "0x1000 low, 0x2000 medium, 0x3000 high, 0x4000 system; the words are taken, too"},
    {.Name = "elevated", .Type = FIELD_FLAG, .Kinds = START, .Get = GetOptional,
     .Where = offsetof(PRCM_START, Elevated),
     .Meaning = "whether the token is elevated"},
    {.Name = "subsystem", .Type = FIELD_FLAG, .Kinds = START, .Get = GetOptional,
     .Where = offsetof(PRCM_START, Subsystem),
     .Meaning = "whether it belongs to another subsystem than Win32 (WSL 1)"},
    {.Name = "architecture", .Type = FIELD_WORD, .Kinds = START, .Get = GetArchitecture,
     .Where = offsetof(PRCM_START, Architecture), .Words = Architectures,
     .Meaning = "native, emulated or other"},
    {.Name = "creation_status", .Type = FIELD_CODE, .Kinds = START, .Get = GetCode,
     .Where = offsetof(PRCM_START, CreationStatus),
     .Meaning = "the NTSTATUS of the creation: not 0 where it was refused"},
    {.Name = "exit_status", .Type = FIELD_CODE, .Kinds = EXIT, .Get = GetCode,
     .Where = offsetof(PRCM_EXIT, ExitStatus),
     .Meaning = "the exit code or NTSTATUS"},
    {.Name = "image", .Type = FIELD_PATH, .Kinds = ALL, .Get = GetImage, .JoinedKinds = EXIT,
     .JoinedFrom = START | EXIT,
     .Meaning = "start, exit: the process's file; image: what is loaded. In drive form where there is one"},
    {.Name = "image_full_length", .Type = FIELD_NUMBER, .Kinds = START | IMAGE, .Get = GetImageLength,
     .Meaning = "bytes, where image was cut"},
    {.Name = "image_nt", .Type = FIELD_PATH, .Kinds = START | IMAGE, .Get = GetImageNt,
     .Meaning = "the same as the kernel names it"},
    {.Name = "image_nt_full_length", .Type = FIELD_NUMBER, .Kinds = START | IMAGE, .Get = GetImageLength,
     .Meaning = "bytes, where image_nt was cut"},
    {.Name = "image_form", .Type = FIELD_WORD, .Kinds = START | IMAGE, .Get = GetForm, .Words = Forms,
     .Meaning = "of image_nt: nt, dos_device, system_root or other"},
    {.Name = "image_exact", .Type = FIELD_FLAG, .Kinds = START, .Get = GetOptional,
     .Where = offsetof(PRCM_START, ImageExact),
     .Meaning = "whether image_nt is the very name that was opened"},
    {.Name = "command_line", .Type = FIELD_TEXT, .Kinds = START, .Get = GetCommandLine,
     .Meaning = "the command line"},
    {.Name = "command_line_full_length", .Type = FIELD_NUMBER, .Kinds = START, .Get = GetCommandLineLength,
     .Meaning = "bytes, where it was cut"},
    {.Name = "lifetime_ms", .Type = FIELD_MILLISECONDS, .Kinds = EXIT, .Get = GetLifetime, .JoinedKinds = EXIT,
     .JoinedFrom = START | EXIT,
     .Meaning = "from start to exit, where the start was seen"},
    {.Name = "images", .Type = FIELD_NUMBER, .Kinds = EXIT, .Get = GetImages, .JoinedKinds = EXIT, .JoinedFrom = ALL,
     .Meaning = "how many image loads the process had, as far as seen"},
    {.Name = "base", .Type = FIELD_NUMBER, .Kinds = IMAGE, .Get = GetOptional, .Where = offsetof(PRCM_IMAGE, Base),
     .Meaning = "where it is mapped; withheld for a kernel image"},
    {.Name = "size", .Type = FIELD_NUMBER, .Kinds = IMAGE, .Get = GetSize,
     .Meaning = "of the image in memory, bytes"},
    {.Name = "kernel_image", .Type = FIELD_FLAG, .Kinds = IMAGE, .Get = GetProperty, .Where = PRCM_IMAGE_SYSTEM_MODE,
     .Meaning = "a driver or other kernel image"},
    {.Name = "addressing_mode", .Type = FIELD_NUMBER, .Kinds = IMAGE, .Get = GetProperty,
     .Where = PRCM_IMAGE_ADDRESSING_MODE,
     .Meaning = "as the OS gave it"},
    {.Name = "mapped_to_all", .Type = FIELD_FLAG, .Kinds = IMAGE, .Get = GetProperty,
     .Where = PRCM_IMAGE_MAPPED_TO_ALL_PIDS,
     .Meaning = "mapped into every process"},
    {.Name = "extended_info", .Type = FIELD_FLAG, .Kinds = IMAGE, .Get = GetProperty,
     .Where = PRCM_IMAGE_EXTENDED_INFO,
     .Meaning = "the OS gave its long form"},
    {.Name = "machine_type_mismatch", .Type = FIELD_FLAG, .Kinds = IMAGE, .Get = GetProperty,
     .Where = PRCM_IMAGE_MACHINE_TYPE_MISMATCH,
     .Meaning = "for another kind of processor"},
    {.Name = "partial_map", .Type = FIELD_FLAG, .Kinds = IMAGE, .Get = GetProperty, .Where = PRCM_IMAGE_PARTIAL_MAP,
     .Meaning = "not all of it is mapped"},
    {.Name = "signature_level", .Type = FIELD_NUMBER, .Kinds = IMAGE, .Get = GetProperty, .Where = 0xF000,
     .Meaning = "SE_SIGNING_LEVEL of the WDK; 0: not checked"},
    {.Name = "signature_type", .Type = FIELD_NUMBER, .Kinds = IMAGE, .Get = GetProperty, .Where = 0x70000,
     .Meaning = "SE_IMAGE_SIGNATURE_TYPE of the WDK"},
    {.Name = "properties", .Type = FIELD_NUMBER, .Kinds = IMAGE, .Get = GetProperty, .Where = UINT32_MAX,
     .Meaning = "all of these as the bits that the OS gave"},
};
/* clang-format on */
const size_t FieldCount = sizeof(FieldTable) / sizeof(FieldTable[0]);

const FIELD *
FieldFind(const char *Name, size_t Length)
{
    for (size_t Index = 0; Index < FieldCount; Index++)
    {
        if (strlen(FieldTable[Index].Name) == Length && memcmp(FieldTable[Index].Name, Name, Length) == 0)
            return &FieldTable[Index];
    }
    return NULL;
}

bool
FieldFindWord(const FIELD *Field, const char *Word, size_t Length, uint64_t *Value)
{
    for (const FIELD_WORD_VALUE *At = Field->Words; At != NULL && At->Word != NULL; At++)
    {
        if (strlen(At->Word) != Length || memcmp(At->Word, Word, Length) != 0)
            continue;
        *Value = At->Value;
        return true;
    }
    return false;
}

bool
FieldIsText(const FIELD *Field)
{
    return Field->Type == FIELD_TEXT || Field->Type == FIELD_PATH;
}

bool
FieldGet(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    if ((Field->Kinds & PRCM_KIND_BIT(Input->Event->Record->Kind)) == 0)
        return false;
    Value->Status = PRCM_PRESENT;
    Value->Number = 0;
    Value->Text = (UTF16){NULL, 0};
    Field->Get(Field, Input, Value);
    return true;
}

bool
FieldHasValue(const FIELD_VALUE *Value)
{
    return Value->Status == PRCM_PRESENT || Value->Status == PRCM_TRUNCATED;
}
