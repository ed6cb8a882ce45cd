/* SPDX-License-Identifier: MIT */
#include "get.h"

#include "prcm.h"
#include "text/sid.h"

void
GetKind(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Number = Input->Event->Record->Kind;
}

void
GetHost(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Status = Input->Origin->HostStatus;
    Value->Text = Input->Origin->Host;
}

void
GetInstance(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Number = Input->Origin->Instance;
}

void
GetSequence(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Number = Input->Event->Record->Sequence;
}

void
GetTime(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Number = (uint64_t)Input->Event->Record->Time;
}

void
GetProcess(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Number = Input->Event->Record->Key;
}

void
GetThread(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Number = Input->Event->Record->ThreadId;
}

static const void *
MemberOf(const FIELD *Field, const FIELD_INPUT *Input)
{
    return (const uint8_t *)Input->Event->Record + Field->Where;
}

void
GetOptional(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    const PRCM_VALUE *Member = MemberOf(Field, Input);
    Value->Status = Member->Status;
    Value->Number = Field->Type == FIELD_FLAG ? Member->Value != 0 : Member->Value;
}

void
GetCode(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    GetOptional(Field, Input, Value);
    Value->Number = (uint32_t)Value->Number;
}

void
GetArchitecture(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    GetOptional(Field, Input, Value);
    if (Value->Number > GET_ARCHITECTURE_OTHER)
        Value->Number = GET_ARCHITECTURE_OTHER;
}

void
GetProperty(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    uint64_t LowestBit = Field->Where & (~Field->Where + 1);
    Value->Number = (((const PRCM_IMAGE *)Input->Event->Record)->Properties & Field->Where) / LowestBit;
}

void
GetSize(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Number = ((const PRCM_IMAGE *)Input->Event->Record)->ImageSize;
}

static const PRCM_PATH *
PathOf(const PRCM_RECORD *Record)
{
    return Record->Kind == PRCM_KIND_START ? &((const PRCM_START *)Record)->ImagePath
                                           : &((const PRCM_IMAGE *)Record)->ImagePath;
}

static UTF16
TextOf(const PRCM_RECORD *Record, const PRCM_BYTES *Field)
{
    return (UTF16){.Units = PrcmRecordBytes(Record, Field), .Count = Field->Length / 2};
}

/* The length before a text was cut; JSON has it only then. */
static void
GetFullLength(const PRCM_BYTES *Field, FIELD_VALUE *Value)
{
    Value->Status = Field->Status == PRCM_TRUNCATED ? PRCM_PRESENT : PRCM_ABSENT;
    Value->Number = Field->FullLength;
}

void
GetImage(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    const EVENT *Event = Input->Event;

    (void)Field;
    if (Event->Record->Kind == PRCM_KIND_EXIT)
        Value->Status = Event->ImageKnown ? PRCM_PRESENT : PRCM_ABSENT;
    else
        Value->Status = PathOf(Event->Record)->Text.Status;
    Value->Text = Event->Image;
}

void
GetImageNt(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    const PRCM_BYTES *Text = &PathOf(Input->Event->Record)->Text;

    (void)Field;
    Value->Status = Text->Status;
    Value->Text = TextOf(Input->Event->Record, Text);
}

void
GetImageLength(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    GetFullLength(&PathOf(Input->Event->Record)->Text, Value);
}

void
GetForm(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    uint32_t Form = PathOf(Input->Event->Record)->Form;

    (void)Field;
    Value->Number = Form <= PRCM_PATH_SYSTEM_ROOT ? Form : PRCM_PATH_OTHER;
}

void
GetCommandLine(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    const PRCM_BYTES *Text = &((const PRCM_START *)Input->Event->Record)->CommandLine;

    (void)Field;
    Value->Status = Text->Status;
    Value->Text = TextOf(Input->Event->Record, Text);
}

void
GetCommandLineLength(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    GetFullLength(&((const PRCM_START *)Input->Event->Record)->CommandLine, Value);
}

void
GetParentImage(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Status = Input->Event->ParentImageKnown ? PRCM_PRESENT : PRCM_ABSENT;
    Value->Text = Input->Event->ParentImage;
}

void
GetUser(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Status = Input->Event->UserStatus;
    Value->Text = Input->Event->User;
}

void
GetUserSid(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    const PRCM_BYTES *Sid = &((const PRCM_START *)Input->Event->Record)->UserSid;
    char Text[SID_TEXT_BYTES];

    (void)Field;
    Value->Status = Sid->Status;
    if (Sid->Status != PRCM_PRESENT)
        return;
    size_t Length = SidToText(PrcmRecordBytes(Input->Event->Record, Sid), Text);
    for (size_t Index = 0; Index < Length; Index++)
        Value->Units[Index] = (uint8_t)Text[Index];
    Value->Text = (UTF16){.Units = Value->Units, .Count = (uint32_t)Length};
}

static void
SetIdentity(const IDENTITY *Identity, FIELD_VALUE *Value)
{
    char Text[IDENTITY_DIGITS + 1];

    Value->Status = Identity->Status;
    if (Identity->Status != PRCM_PRESENT)
        return;
    IdentityToText(Identity, Text);
    for (size_t Index = 0; Index < IDENTITY_DIGITS; Index++)
        Value->Units[Index] = (uint8_t)Text[Index];
    Value->Text = (UTF16){.Units = Value->Units, .Count = IDENTITY_DIGITS};
}

void
GetEntity(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    SetIdentity(&Input->Event->Entity, Value);
}

void
GetParentEntity(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    SetIdentity(&Input->Event->ParentEntity, Value);
}

void
GetLifetime(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Status = Input->Event->LifetimeKnown ? PRCM_PRESENT : PRCM_ABSENT;
    Value->Number = Input->Event->LifetimeMs;
}

void
GetImages(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value)
{
    (void)Field;
    Value->Status = Input->Event->ImagesKnown ? PRCM_PRESENT : PRCM_ABSENT;
    Value->Number = Input->Event->Images;
}

UTF16
FieldStatusText(uint32_t Status, uint16_t *Units)
{
    static const char *const Words[] = {
        [PRCM_ABSENT] = "absent",
        [PRCM_PRESENT] = "present",
        [PRCM_TRUNCATED] = "truncated",
        [PRCM_WITHHELD] = "withheld",
    };
    static const char Failed[] = "failed 0x";
    static const char Digits[] = "0123456789ABCDEF";
    const char *Text = Status <= PRCM_WITHHELD ? Words[Status] : Failed;
    uint32_t Count = 0;

    while (Text[Count] != '\0')
    {
        Units[Count] = (uint8_t)Text[Count];
        Count++;
    }
    for (int Shift = 28; Text == Failed && Shift >= 0; Shift -= 4)
        Units[Count++] = (uint8_t)Digits[Status >> Shift & 0xF];
    return (UTF16){.Units = Units, .Count = Count};
}
