/* SPDX-License-Identifier: MIT */
#include "event_fields.h"

#include <string.h>

#include "prcm.h"

#define START PRCM_KIND_BIT(PRCM_KIND_START)
#define EXIT  PRCM_KIND_BIT(PRCM_KIND_EXIT)
#define IMAGE PRCM_KIND_BIT(PRCM_KIND_IMAGE)
#define ALL   PRCM_KINDS_ALL

typedef void GET(const EVENT *Event, EVENT_VALUE *Value);

/* A field is a PRCM_VALUE of a start at an offset, or what Get finds out. */
typedef struct FIELD
{
    const char *Name;
    EVENT_FIELD_TYPE Type;
    uint32_t Kinds;
    GET *Get;
    size_t At;
} FIELD;

static const PRCM_START *
StartOf(const EVENT *Event)
{
    return (const PRCM_START *)Event->Record;
}

static const PRCM_EXIT *
ExitOf(const EVENT *Event)
{
    return (const PRCM_EXIT *)Event->Record;
}

static const PRCM_IMAGE *
ImageOf(const EVENT *Event)
{
    return (const PRCM_IMAGE *)Event->Record;
}

static void
SetValue(EVENT_VALUE *Value, const PRCM_VALUE *Field)
{
    Value->Status = Field->Status;
    Value->Number = Field->Value;
}

static void
SetNumber(EVENT_VALUE *Value, uint64_t Number)
{
    Value->Status = PRCM_PRESENT;
    Value->Number = Number;
}

static void
SetText(EVENT_VALUE *Value, const PRCM_BYTES *Field, UTF16 Text)
{
    Value->Status = Field->Status;
    Value->FullLength = Field->FullLength;
    Value->Text = Text;
}

static void
SetFound(EVENT_VALUE *Value, bool Known, UTF16 Text)
{
    Value->Status = Known ? PRCM_PRESENT : PRCM_ABSENT;
    Value->Text = Text;
}

static void
SetIdentity(EVENT_VALUE *Value, const IDENTITY *Identity)
{
    Value->Status = Identity->Status;
    Value->Identity = *Identity;
}

static void
GetSeq(const EVENT *Event, EVENT_VALUE *Value)
{
    SetNumber(Value, Event->Record->Sequence);
}

static void
GetTime(const EVENT *Event, EVENT_VALUE *Value)
{
    SetNumber(Value, (uint64_t)Event->Record->Time);
}

static void
GetPid(const EVENT *Event, EVENT_VALUE *Value)
{
    SetNumber(Value, Event->Record->Key);
}

static void
GetTid(const EVENT *Event, EVENT_VALUE *Value)
{
    SetNumber(Value, Event->Record->ThreadId);
}

static void
GetEntity(const EVENT *Event, EVENT_VALUE *Value)
{
    SetIdentity(Value, &Event->Entity);
}

static void
GetParentEntity(const EVENT *Event, EVENT_VALUE *Value)
{
    SetIdentity(Value, &Event->ParentEntity);
}

static void
GetCreateTime(const EVENT *Event, EVENT_VALUE *Value)
{
    switch (Event->Record->Kind)
    {
    case PRCM_KIND_START:
        SetValue(Value, &StartOf(Event)->CreateTime);
        break;
    case PRCM_KIND_EXIT:
        SetValue(Value, &ExitOf(Event)->CreateTime);
        break;
    default:
        SetValue(Value, &ImageOf(Event)->CreateTime);
        break;
    }
}

static void
GetParentImage(const EVENT *Event, EVENT_VALUE *Value)
{
    SetFound(Value, Event->ParentImageKnown, Event->ParentImage);
}

static void
GetUserSid(const EVENT *Event, EVENT_VALUE *Value)
{
    const PRCM_BYTES *Field = &StartOf(Event)->UserSid;

    Value->Status = Field->Status;
    if (Field->Status == PRCM_PRESENT)
        Value->Sid = PrcmRecordBytes(Event->Record, Field);
}

static void
GetUser(const EVENT *Event, EVENT_VALUE *Value)
{
    Value->Status = Event->UserStatus;
    Value->Text = Event->User;
}

static void
GetArchitecture(const EVENT *Event, EVENT_VALUE *Value)
{
    SetValue(Value, &StartOf(Event)->Architecture);
    Value->Word = Value->Number == PRCM_ARCHITECTURE_NATIVE     ? "native"
                  : Value->Number == PRCM_ARCHITECTURE_EMULATED ? "emulated"
                                                                : "other";
}

static const PRCM_PATH *
PathOf(const EVENT *Event)
{
    return Event->Record->Kind == PRCM_KIND_START ? &StartOf(Event)->ImagePath : &ImageOf(Event)->ImagePath;
}

static void
GetImage(const EVENT *Event, EVENT_VALUE *Value)
{
    if (Event->Record->Kind == PRCM_KIND_EXIT)
        SetFound(Value, Event->ImageKnown, Event->Image);
    else
        SetText(Value, &PathOf(Event)->Text, Event->Image);
}

static void
GetImageNt(const EVENT *Event, EVENT_VALUE *Value)
{
    SetText(Value, &PathOf(Event)->Text, EventText(Event->Record, &PathOf(Event)->Text));
}

static void
GetImageForm(const EVENT *Event, EVENT_VALUE *Value)
{
    static const char *const Forms[] = {
        [PRCM_PATH_OTHER] = "other",
        [PRCM_PATH_NT] = "nt",
        [PRCM_PATH_DOS_DEVICE] = "dos_device",
        [PRCM_PATH_SYSTEM_ROOT] = "system_root",
    };
    uint32_t Form = PathOf(Event)->Form;

    Value->Status = PRCM_PRESENT;
    Value->Word = Forms[Form <= PRCM_PATH_SYSTEM_ROOT ? Form : PRCM_PATH_OTHER];
}

static void
GetCommandLine(const EVENT *Event, EVENT_VALUE *Value)
{
    const PRCM_BYTES *Field = &StartOf(Event)->CommandLine;

    SetText(Value, Field, EventText(Event->Record, Field));
}

static void
GetExitStatus(const EVENT *Event, EVENT_VALUE *Value)
{
    SetValue(Value, &ExitOf(Event)->ExitStatus);
}

static void
GetLifetime(const EVENT *Event, EVENT_VALUE *Value)
{
    SetNumber(Value, Event->LifetimeMs);
    Value->Status = Event->LifetimeKnown ? PRCM_PRESENT : PRCM_ABSENT;
}

static void
GetImages(const EVENT *Event, EVENT_VALUE *Value)
{
    SetNumber(Value, Event->Images);
    Value->Status = Event->ImagesKnown ? PRCM_PRESENT : PRCM_ABSENT;
}

static void
GetBase(const EVENT *Event, EVENT_VALUE *Value)
{
    SetValue(Value, &ImageOf(Event)->Base);
}

static void
GetSize(const EVENT *Event, EVENT_VALUE *Value)
{
    SetNumber(Value, ImageOf(Event)->ImageSize);
}

static void
GetProperties(const EVENT *Event, EVENT_VALUE *Value)
{
    SetNumber(Value, ImageOf(Event)->Properties);
}

static void
GetAddressingMode(const EVENT *Event, EVENT_VALUE *Value)
{
    SetNumber(Value, ImageOf(Event)->Properties & PRCM_IMAGE_ADDRESSING_MODE);
}

static void
GetSignatureLevel(const EVENT *Event, EVENT_VALUE *Value)
{
    SetNumber(Value, PRCM_IMAGE_SIGNATURE_LEVEL(ImageOf(Event)->Properties));
}

static void
GetSignatureType(const EVENT *Event, EVENT_VALUE *Value)
{
    SetNumber(Value, PRCM_IMAGE_SIGNATURE_TYPE(ImageOf(Event)->Properties));
}

/* FIELD.At of a bit of the properties is the bit. */
#define AT(Member) offsetof(PRCM_START, Member)

static const FIELD Fields[EVENT_FIELD_COUNT] = {
    [EVENT_SEQ] = {"seq", EVENT_FIELD_UNSIGNED, ALL, GetSeq, 0},
    [EVENT_TIME] = {"time", EVENT_FIELD_DATE, ALL, GetTime, 0},
    [EVENT_PID] = {"pid", EVENT_FIELD_UNSIGNED, ALL, GetPid, 0},
    [EVENT_TID] = {"tid", EVENT_FIELD_UNSIGNED, ALL, GetTid, 0},
    [EVENT_ENTITY_ID] = {"entity_id", EVENT_FIELD_IDENTITY, ALL, GetEntity, 0},
    [EVENT_CREATE_TIME] = {"create_time", EVENT_FIELD_DATE, ALL, GetCreateTime, 0},
    [EVENT_START_KEY] = {"start_key", EVENT_FIELD_HEX, START, NULL, AT(StartKey)},
    [EVENT_PARENT_PID] = {"parent_pid", EVENT_FIELD_UNSIGNED, START, NULL, AT(ParentProcessId)},
    [EVENT_PARENT_CREATE_TIME] = {"parent_create_time", EVENT_FIELD_DATE, START, NULL, AT(ParentCreateTime)},
    [EVENT_PARENT_ENTITY_ID] = {"parent_entity_id", EVENT_FIELD_IDENTITY, START, GetParentEntity, 0},
    [EVENT_PARENT_IMAGE] = {"parent_image", EVENT_FIELD_TEXT, START, GetParentImage, 0},
    [EVENT_CREATOR_PID] = {"creator_pid", EVENT_FIELD_UNSIGNED, START, NULL, AT(CreatorProcessId)},
    [EVENT_CREATOR_TID] = {"creator_tid", EVENT_FIELD_UNSIGNED, START, NULL, AT(CreatorThreadId)},
    [EVENT_SESSION_ID] = {"session_id", EVENT_FIELD_UNSIGNED, START, NULL, AT(SessionId)},
    [EVENT_USER_SID] = {"user_sid", EVENT_FIELD_SID, START, GetUserSid, 0},
    [EVENT_USER] = {"user", EVENT_FIELD_TEXT, START, GetUser, 0},
    [EVENT_INTEGRITY_LEVEL] = {"integrity_level", EVENT_FIELD_UNSIGNED, START, NULL, AT(IntegrityLevel)},
    [EVENT_ELEVATED] = {"elevated", EVENT_FIELD_BOOL, START, NULL, AT(Elevated)},
    [EVENT_SUBSYSTEM] = {"subsystem", EVENT_FIELD_BOOL, START, NULL, AT(Subsystem)},
    [EVENT_ARCHITECTURE] = {"architecture", EVENT_FIELD_WORD, START, GetArchitecture, 0},
    [EVENT_CREATION_STATUS] = {"creation_status", EVENT_FIELD_UNSIGNED, START, NULL, AT(CreationStatus)},
    [EVENT_IMAGE] = {"image", EVENT_FIELD_TEXT, ALL, GetImage, 0},
    [EVENT_IMAGE_NT] = {"image_nt", EVENT_FIELD_TEXT, START | IMAGE, GetImageNt, 0},
    [EVENT_IMAGE_FORM] = {"image_form", EVENT_FIELD_WORD, START | IMAGE, GetImageForm, 0},
    [EVENT_IMAGE_EXACT] = {"image_exact", EVENT_FIELD_BOOL, START, NULL, AT(ImageExact)},
    [EVENT_COMMAND_LINE] = {"command_line", EVENT_FIELD_TEXT, START, GetCommandLine, 0},
    [EVENT_EXIT_STATUS] = {"exit_status", EVENT_FIELD_UNSIGNED, EXIT, GetExitStatus, 0},
    [EVENT_LIFETIME_MS] = {"lifetime_ms", EVENT_FIELD_UNSIGNED, EXIT, GetLifetime, 0},
    [EVENT_IMAGES] = {"images", EVENT_FIELD_UNSIGNED, EXIT, GetImages, 0},
    [EVENT_BASE] = {"base", EVENT_FIELD_HEX, IMAGE, GetBase, 0},
    [EVENT_SIZE] = {"size", EVENT_FIELD_UNSIGNED, IMAGE, GetSize, 0},
    [EVENT_KERNEL_IMAGE] = {"kernel_image", EVENT_FIELD_BOOL, IMAGE, NULL, PRCM_IMAGE_SYSTEM_MODE},
    [EVENT_ADDRESSING_MODE] = {"addressing_mode", EVENT_FIELD_UNSIGNED, IMAGE, GetAddressingMode, 0},
    [EVENT_MAPPED_TO_ALL] = {"mapped_to_all", EVENT_FIELD_BOOL, IMAGE, NULL, PRCM_IMAGE_MAPPED_TO_ALL_PIDS},
    [EVENT_EXTENDED_INFO] = {"extended_info", EVENT_FIELD_BOOL, IMAGE, NULL, PRCM_IMAGE_EXTENDED_INFO},
    [EVENT_MACHINE_TYPE_MISMATCH] = {"machine_type_mismatch", EVENT_FIELD_BOOL, IMAGE, NULL,
                                     PRCM_IMAGE_MACHINE_TYPE_MISMATCH},
    [EVENT_PARTIAL_MAP] = {"partial_map", EVENT_FIELD_BOOL, IMAGE, NULL, PRCM_IMAGE_PARTIAL_MAP},
    [EVENT_SIGNATURE_LEVEL] = {"signature_level", EVENT_FIELD_UNSIGNED, IMAGE, GetSignatureLevel, 0},
    [EVENT_SIGNATURE_TYPE] = {"signature_type", EVENT_FIELD_UNSIGNED, IMAGE, GetSignatureType, 0},
    [EVENT_PROPERTIES] = {"properties", EVENT_FIELD_UNSIGNED, IMAGE, GetProperties, 0},
};

_Static_assert(EVENT_FIELD_COUNT <= 64, "EVENT_BIT");

const char *
EventKindName(uint32_t Kind)
{
    static const char *const Names[] = {"process_start", "process_exit", "image_load"};
    return Names[Kind];
}

const char *
EventFieldName(EVENT_FIELD_ID Id)
{
    return Fields[Id].Name;
}

EVENT_FIELD_TYPE
EventFieldType(EVENT_FIELD_ID Id)
{
    return Fields[Id].Type;
}

bool
EventFieldGet(const EVENT *Event, EVENT_FIELD_ID Id, EVENT_VALUE *Value)
{
    const FIELD *Field = &Fields[Id];

    memset(Value, 0, sizeof(*Value));
    if ((Field->Kinds & PRCM_KIND_BIT(Event->Record->Kind)) == 0)
        return false;
    if (Field->Get != NULL)
        Field->Get(Event, Value);
    else if (Field->Kinds == START)
        SetValue(Value, (const PRCM_VALUE *)(const void *)((const uint8_t *)Event->Record + Field->At));
    else
        SetNumber(Value, (ImageOf(Event)->Properties & Field->At) != 0);
    return true;
}

bool
EventHasValue(uint32_t Status)
{
    return Status == PRCM_PRESENT || Status == PRCM_TRUNCATED;
}

UTF16
EventText(const PRCM_RECORD *Record, const PRCM_BYTES *Field)
{
    return (UTF16){.Units = PrcmRecordBytes(Record, Field), .Count = Field->Length / 2};
}
