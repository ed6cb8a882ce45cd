/* SPDX-License-Identifier: MIT
 *
 * Requests, right and wrong.
 */
#include "drive_state.h"

#define MAX_INPUT 5000u

/* An input structure that can be longer than it should be. */
typedef union INPUT
{
    uint8_t Bytes[MAX_INPUT];
    uint32_t Words[MAX_INPUT / sizeof(uint32_t)];
    PRCM_SUBSCRIBE Subscribe;
    PRCM_READ Read;
} INPUT;

static INPUT Input;

static uint32_t *
InputWord(ULONG Index)
{
    return &Input.Words[Index];
}

/* Information of a request that returns a structure or nothing. */
static void
CheckInformation(NTSTATUS Status, ULONG_PTR Expected, ULONG_PTR Actual)
{
    ModelSame("Information", NT_SUCCESS(Status) ? Expected : 0, Actual);
}

/* Sends a request that is answered at once. Its output is just OutBytes long, and the caller's to free. */
static void *
Send(const DRIVE_HANDLE *Handle, ULONG Code, ULONG InBytes, ULONG OutBytes, NTSTATUS *Status,
     ULONG_PTR *Information)
{
    uint8_t *Out = malloc(OutBytes + !OutBytes);
    NT_ASSERT(Out);
    memset(Out, 0xA5, OutBytes);
    *Status =
        SimControl(Handle->Real, Code, InBytes ? Input.Bytes : NULL, InBytes, Out, OutBytes, Information);
    return Out;
}

/* ---- QUERY, STOP and what is no request ---- */

void
DriveQuery(const OPERATION *Operation)
{
    const DRIVE_HANDLE *Handle = DrivePick(Operation->A);
    ULONG InBytes = Operation->B % 8 == 7 ? Operation->B : 0;
    ULONG OutBytes = Operation->D ? Operation->D % 600u : (ULONG)sizeof(PRCM_QUERY);
    PRCM_QUERY Expected;
    ULONG_PTR Information;
    NTSTATUS Status;
    if (!Handle)
        return;
    DriveFaultArm();
    PRCM_QUERY *Actual = Send(Handle, PRCM_IOCTL_QUERY, InBytes, OutBytes, &Status, &Information);
    if (DriveFaultEnd())
        DriveStatus(STATUS_INSUFFICIENT_RESOURCES, Status);
    else
        DriveStatus(ModelQuery(&Drive.Model, &Handle->Model, InBytes, OutBytes, &Expected), Status);
    CheckInformation(Status, sizeof(Expected), Information);
    if (NT_SUCCESS(Status))
        ModelCheckQuery(&Expected, Actual);
    free(Actual);
}

void
DriveStop(const OPERATION *Operation)
{
    const DRIVE_HANDLE *Handle = DrivePick(Operation->A);
    ULONG InBytes = Operation->B < 0xC0 ? 0 : Operation->B;
    ULONG OutBytes = Operation->C < 0xC0 ? 0 : Operation->C;
    ULONG_PTR Information;
    NTSTATUS Status;
    if (!Handle)
        return;
    DriveFaultArm();
    free(Send(Handle, PRCM_IOCTL_STOP, InBytes, OutBytes, &Status, &Information));
    if (DriveFaultEnd())
        DriveStatus(STATUS_INSUFFICIENT_RESOURCES, Status);
    else
        DriveStatus(ModelStop(&Drive.Model, &Handle->Model, InBytes, OutBytes), Status);
    CheckInformation(Status, 0, Information);
}

void
DriveControl(const OPERATION *Operation)
{
    static const ULONG Known[] = {PRCM_IOCTL_QUERY, PRCM_IOCTL_SUBSCRIBE, PRCM_IOCTL_READ, PRCM_IOCTL_STOP};
    const DRIVE_HANDLE *Handle = DrivePick(Operation->A);
    ULONG Code = Known[Operation->B & 3] ^ ((ULONG)Operation->E << (Operation->B & 4 ? 16 : 0));
    ULONG_PTR Information;
    NTSTATUS Status;
    if (!Handle)
        return;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Known); Index++)
        if (Code == Known[Index])
            Code = ~Code;
    DriveFaultArm();
    free(Send(Handle, Code, Operation->C, Operation->D % 600u, &Status, &Information));
    if (DriveFaultEnd())
        DriveStatus(STATUS_INSUFFICIENT_RESOURCES, Status);
    else
        DriveStatus(ModelUnknown(&Handle->Model, Code), Status);
    CheckInformation(Status, 0, Information);
}

/* ---- SUBSCRIBE ---- */

static void
SubscribeKeys(PRCM_SUBSCRIBE *Request, uint8_t Choice)
{
    Request->KeyCount = Choice < 12 ? Choice : Choice < 14 ? PRCM_MAX_KEYS : 0;
    for (uint8_t Index = 0; Index < Request->KeyCount; Index++)
        Request->Keys[Index] = DriveProcessId(Index);
    if (Choice == 13)
        Request->KeyCount++;
    if (Choice == 14)
        Request->Keys[PRCM_MAX_KEYS - 1] = 1;
}

static void
SubscribeToken(PRCM_SUBSCRIBE *Request, uint8_t Choice, uint16_t Number)
{
    const PRCM_TOKEN *Given = &Drive.Tokens[Choice % DRIVE_MAX_TOKENS];
    if (Request->From == PRCM_FROM_TOKEN)
        Request->Token = *Given;
    else if (Request->From == PRCM_FROM_SEQUENCE)
        Request->Token.Next = Drive.Model.Next - Number % 256u;
}

/* What can be wrong with a token. */
static void
SpoilToken(PRCM_TOKEN *Token, uint16_t How, uint16_t Amount)
{
    uint32_t From = Amount & 3;
    uint32_t To = Amount >> 2 & 3;
    switch (How)
    {
    case 1:
        Token->Next += (uint64_t)(int16_t)Amount;
        break;
    case 2:
        Token->Captured[From] += Amount >> 4;
        break;
    case 3: /* the sum stays */
        Token->Captured[From] -= Amount >> 4;
        Token->Captured[To] += Amount >> 4;
        break;
    case 4:
        Token->Dropped[From] += Amount >> 4;
        break;
    case 5:
        Token->CountsKnown = Amount;
        break;
    case 6:
        Token->Reserved = Amount;
        break;
    case 7:
        Token->Instance = Amount & 1 ? Token->Instance + 1 : 0;
        break;
    case 8: /* a bare number */
        *Token = (PRCM_TOKEN){.Instance = Token->Instance, .Next = Token->Next - Amount % 64u};
        break;
    default: /* back by some events, the counts with it as far as they go */
        for (uint32_t Count = Amount >> 4; Count && Token->Captured[From]; Count--)
        {
            Token->Captured[From]--;
            Token->Next--;
        }
    }
}

/* What can be wrong with the request around it. Returns the length. */
static ULONG
SpoilSubscribe(uint16_t How, uint16_t Amount)
{
    PRCM_SUBSCRIBE *Request = &Input.Subscribe;
    switch (How)
    {
    case 10:
        Request->AbiVersion = Amount;
        break;
    case 11:
        Request->Size = Amount % 400u;
        break;
    case 12:
        Request->Size = Amount % 600u;
        return Request->Size;
    case 13:
        return Amount % 600u;
    case 14: /* a newer reader's, which asks for nothing new, or for something */
        Request->Size = (ULONG)sizeof(*Request) + Amount % 64u;
        Input.Bytes[sizeof(*Request) + (Amount >> 6) % 64u] = (uint8_t)(Amount >> 14);
        return Request->Size;
    case 15:
        Request->Size = 4096u + Amount % 3u;
        return Request->Size;
    case 16:
        *InputWord(Amount % (sizeof(*Request) / 4)) ^= 1u << (Amount >> 8) % 32u;
        break;
    case 17:
        Request->Reserved = Amount;
        break;
    default:
        break;
    }
    return sizeof(*Request);
}

static ULONG
SubscribeBuild(const OPERATION *Operation)
{
    uint16_t How = Operation->D % 32u;
    memset(Input.Bytes, 0, sizeof(Input));
    Input.Subscribe = (PRCM_SUBSCRIBE){.Size = sizeof(PRCM_SUBSCRIBE),
                                       .AbiVersion = PRCM_ABI_VERSION,
                                       .Kinds = Operation->B & 0x0Fu,
                                       .From = Operation->C & 7};
    SubscribeKeys(&Input.Subscribe, Operation->B >> 4);
    SubscribeToken(&Input.Subscribe, Operation->C >> 3, Operation->E);
    if (How && How < 10)
        SpoilToken(&Input.Subscribe.Token, How, Operation->E);
    return SpoilSubscribe(How, Operation->E);
}

void
DriveSubscribe(const OPERATION *Operation)
{
    const DRIVE_HANDLE *Handle = DrivePick(Operation->A);
    ULONG InBytes = SubscribeBuild(Operation);
    ULONG OutBytes = Operation->D % 32u == 18 ? Operation->E % 512u : (ULONG)sizeof(PRCM_SUBSCRIBED);
    PRCM_SUBSCRIBED Expected;
    ULONG_PTR Information;
    NTSTATUS Status;
    if (!Handle)
        return;
    DriveFaultArm();
    PRCM_SUBSCRIBED *Actual = Send(Handle, PRCM_IOCTL_SUBSCRIBE, InBytes, OutBytes, &Status, &Information);
    if (DriveFaultEnd())
        DriveStatus(STATUS_INSUFFICIENT_RESOURCES, Status);
    else
        DriveStatus(ModelSubscribe(&Drive.Model, &Handle->Model, Input.Bytes, InBytes, OutBytes, &Expected),
                    Status);
    CheckInformation(Status, sizeof(Expected), Information);
    if (NT_SUCCESS(Status))
    {
        ModelCheckSubscribed(&Expected, Actual);
        DriveRememberToken(&Expected.Start);
    }
    free(Actual);
}

/* ---- READ ---- */

static ULONG
ReadBuild(uint8_t Flags, uint8_t How)
{
    PRCM_READ *Request = &Input.Read;
    memset(Input.Bytes, 0, sizeof(Input));
    *Request = (PRCM_READ){sizeof(*Request), Flags & (Flags & 0x80 ? 0xFFu : PRCM_READ_NO_WAIT)};
    switch (How >> 5)
    {
    case 4:
        Request->Size = How & 0x1F;
        break;
    case 5:
        return Request->Size = How & 0x1F;
    case 6:
        Request->Size += How & 0x1F;
        Input.Bytes[sizeof(*Request)] = How & 1;
        return Request->Size;
    case 7:
        return Request->Size = 4090u + (How & 0x1F);
    default:
        break;
    }
    return sizeof(*Request);
}

static ULONG
ReadLength(uint16_t Fine, uint16_t Choice)
{
    static const ULONG Lengths[] = {2048,
                                    sizeof(PRCM_BATCH),
                                    sizeof(PRCM_BATCH) + sizeof(PRCM_LOST),
                                    600,
                                    4096,
                                    16u * 1024u,
                                    256u * 1024u,
                                    sizeof(PRCM_BATCH) - 1,
                                    0,
                                    8192,
                                    64u * 1024u,
                                    PRCM_MAX_READ_BYTES,
                                    PRCM_MAX_READ_BYTES + 1};
    ULONG Length = Lengths[Choice % RTL_NUMBER_OF(Lengths)];
    return Length < PRCM_MAX_READ_BYTES ? Length + Fine % 1024u : Length;
}

void
DriveRead(const OPERATION *Operation)
{
    const DRIVE_HANDLE *Handle = DrivePick(Operation->A);
    ULONG OutBytes = ReadLength(Operation->D, Operation->E);
    ULONG InBytes = ReadBuild(Operation->B, Operation->C);
    ULONG_PTR Information = 0;
    if (!Handle)
        return;
    ULONG File = (ULONG)(Handle->Model.File - Drive.Model.Files);
    uint8_t *Buffer = malloc(OutBytes + !OutBytes);
    DriveFaultArm();
    SIM_IO *Io = SimControlStart(Handle->Real, PRCM_IOCTL_READ, Input.Bytes, InBytes, Buffer, OutBytes);
    bool Failed = DriveFaultEnd();
    NTSTATUS Expected = STATUS_INSUFFICIENT_RESOURCES;
    if (!Failed)
        Expected = ModelRead(&Drive.Model, &Handle->Model, Input.Bytes, InBytes, OutBytes);
    if (SimIoDone(Io) != (Expected != STATUS_PENDING))
        ModelFail("the READ %s, expected 0x%08X", SimIoDone(Io) ? "is complete" : "waits", (ULONG)Expected);
    if (Expected == STATUS_PENDING)
    {
        Drive.Reads[File] = (DRIVE_READ){Io, Buffer};
        return;
    }
    NTSTATUS Status = SimIoWait(Io, &Information);
    DriveStatus(Expected, Status);
    if (!ModelBringsBatch(Expected))
    {
        ModelSame("Information", 0, Information);
    }
    else
    {
        ModelCheckBatch(&Drive.Model, &Handle->Model.File->Read, Buffer, Information);
        DriveRememberToken(&Handle->Model.File->Read.Header.Next);
    }
    free(Buffer);
}

void
DriveCancel(const OPERATION *Operation)
{
    const DRIVE_HANDLE *Handle = DrivePick(Operation->A);
    if (!Handle || !Handle->Model.File->Pended)
        return;
    if (!SimIoCancel(Drive.Reads[Handle->Model.File - Drive.Model.Files].Io))
        ModelFail("there was nothing to cancel");
    ModelCancel(Handle->Model.File);
}
