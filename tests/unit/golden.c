/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch_sample.h"
#include "capture_block.h"
#include "golden.h"

/* A fact that is being made. */
static uint64_t Room[1024];

static void *
Begin(uint16_t Type)
{
    void *Fact = PrcmFactBegin(Room, sizeof(Room), Type);
    assert_non_null(Fact);
    return Fact;
}

static void
SetBytes(void *Fact, PRCM_BYTES *Field, const void *Bytes, uint32_t Length)
{
    RIG_OK(PrcmFactSetBytes(Fact, sizeof(Room), Field, Bytes, Length));
}

static void
SetText(void *Fact, PRCM_BYTES *Field, const char *Ascii)
{
    uint16_t Wide[128];
    uint32_t Count = 0;
    for (; *Ascii != 0; Ascii++)
        Wide[Count++] = (uint8_t)*Ascii;
    SetBytes(Fact, Field, Wide, 2 * Count);
}

static PRCM_VALUE
Present(uint64_t Value)
{
    return (PRCM_VALUE){.Value = Value, .Status = PRCM_PRESENT};
}

static void
PutHost(PRCM_CAPTURE_WRITER *Writer)
{
    PRCM_FACT_HOST_INFO *Host = Begin(PRCM_FACT_HOST);
    Host->BootTime = Present(RIG_TIME - 1000000);
    SetText(Host, &Host->Name, "WORKSTATION-1");
    SetText(Host, &Host->Domain, "");
    SetText(Host, &Host->MachineId, "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
    RIG_OK(PrcmCaptureFact(Writer, &Host->Header));

    PRCM_FACT_SYSTEM_INFO *System = Begin(PRCM_FACT_SYSTEM);
    System->Major = Present(10);
    System->Minor = Present(0);
    System->Build = Present(19045);
    System->Revision.Status = 0xC0000034u;
    System->Architecture = Present(9);
    System->Processors = Present(8);
    SetText(System, &System->Product, "Windows 10 Pro");
    RIG_OK(PrcmCaptureFact(Writer, &System->Header));
}

static void
PutZone(PRCM_CAPTURE_WRITER *Writer)
{
    static const PRCM_ZONE_CHANGE Changes[] = {{RIG_TIME - 864000000000, -60, 0}, {RIG_TIME + 5, -120, 1}};
    PRCM_FACT_ZONE_INFO *Zone = Begin(PRCM_FACT_ZONE);
    SetBytes(Zone, &Zone->Changes, Changes, sizeof(Changes));
    SetText(Zone, &Zone->Standard, "W. Europe Standard Time");
    SetText(Zone, &Zone->Daylight, "W. Europe Daylight Time");
    RIG_OK(PrcmCaptureFact(Writer, &Zone->Header));
}

static void
PutDriver(PRCM_CAPTURE_WRITER *Writer)
{
    const PRCM_QUERY Query = {
        .Size = sizeof(Query), .AbiVersion = PRCM_ABI_VERSION, .Instance = RIG_INSTANCE};
    PRCM_FACT_DRIVER_INFO *Driver = Begin(PRCM_FACT_DRIVER);
    SetBytes(Driver, &Driver->Query, &Query, sizeof(Query));
    RIG_OK(PrcmCaptureFact(Writer, &Driver->Header));
}

static void
PutNames(PRCM_CAPTURE_WRITER *Writer)
{
    PRCM_FACT_DRIVE_INFO *Drive = Begin(PRCM_FACT_DRIVE);
    SetText(Drive, &Drive->Device, "\\Device\\HarddiskVolume3");
    SetText(Drive, &Drive->Dos, "C:");
    RIG_OK(PrcmCaptureFact(Writer, &Drive->Header));

    PRCM_FACT_USER_INFO *User = Begin(PRCM_FACT_USER);
    SetBytes(User, &User->Sid, SampleSid, sizeof(SampleSid));
    SetText(User, &User->Name, "BUILTIN\\Administrators");
    RIG_OK(PrcmCaptureFact(Writer, &User->Header));
}

static void
PutSnapshot(PRCM_CAPTURE_WRITER *Writer)
{
    PRCM_FACT_SNAPSHOT_BEGIN_INFO *First = Begin(PRCM_FACT_SNAPSHOT_BEGIN);
    First->Time = Present(RIG_TIME);
    First->Instance = Present(RIG_INSTANCE);
    First->Next = Present(1);
    RIG_OK(PrcmCaptureFact(Writer, &First->Header));

    PRCM_FACT_PROCESS_INFO *Process = Begin(PRCM_FACT_PROCESS);
    Process->ProcessId = Present(4);
    Process->CreateTime = Present(RIG_TIME - 999999);
    Process->SessionId = Present(0);
    SetText(Process, &Process->ImagePath.Text, "System");
    SetBytes(Process, &Process->UserSid, SampleSid, sizeof(SampleSid));
    RIG_OK(PrcmCaptureFact(Writer, &Process->Header));

    PRCM_FACT_MODULE_INFO *Module = Begin(PRCM_FACT_MODULE);
    Module->ProcessId = Present(4);
    Module->CreateTime = Present(RIG_TIME - 999999);
    Module->Base.Status = PRCM_WITHHELD;
    Module->ImageSize = Present(0x1000);
    SetText(Module, &Module->ImagePath.Text, "\\SystemRoot\\ntoskrnl.exe");
    Module->ImagePath.Form = PRCM_PATH_SYSTEM_ROOT;
    RIG_OK(PrcmCaptureFact(Writer, &Module->Header));

    PRCM_FACT_SNAPSHOT_END_INFO *Last = Begin(PRCM_FACT_SNAPSHOT_END);
    Last->Time = Present(RIG_TIME + 1);
    Last->Processes = Present(1);
    Last->Modules = Present(1);
    RIG_OK(PrcmCaptureFact(Writer, &Last->Header));
}

static void
PutLossy(PRCM_CAPTURE_WRITER *Writer, RIG_STREAM *Stream)
{
    const PRCM_BATCH *Batch = RigLossyBatch(Stream, 70);
    RIG_OK(PrcmCaptureBatch(Writer, Batch, Batch->Bytes));
    RIG_OK(PrcmCaptureFlush(Writer));
}

void
GoldenWhole(RIG_FILE *File)
{
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    PRCM_CAPTURE_WRITER *Writer = RigCreate(File);
    PutHost(Writer);
    PutZone(Writer);
    PutDriver(Writer);
    PutNames(Writer);
    RigBegin(Writer, Stream);
    PutSnapshot(Writer);
    RigWrite(Writer, Stream, 3);
    PutLossy(Writer, Stream);
    RigPass(Stream, 9);
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 1);
    free(Stream);
    Stream = RigStreamCreate(RIG_INSTANCE + 1);
    Stream->Time -= 600000000;
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 2);
    RIG_OK(PrcmCaptureEnd(Writer));
    PrcmCaptureFree(Writer);
    free(Stream);
}

/* Where each block begins, and the end. */
static uint32_t
FindBlocks(const RIG_FILE *File, uint64_t *Offsets)
{
    uint32_t Count = 0;
    for (uint64_t At = 0; At < File->Size;)
    {
        CAPTURE_HEADER Header;
        memcpy(&Header, File->Bytes + At, sizeof(Header));
        Offsets[Count++] = At;
        At += BlockBytes(&Header);
    }
    Offsets[Count] = File->Size;
    return Count;
}

void
GoldenOpen(RIG_FILE *File)
{
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    PRCM_CAPTURE_WRITER *Writer = RigCreate(File);
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 3);
    PrcmCaptureFree(Writer);
    free(Stream);
    File->Size -= 100;
}

void
GoldenDamaged(RIG_FILE *File)
{
    uint64_t Offsets[32];
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    PRCM_CAPTURE_WRITER *Writer = RigCreate(File);
    PRCM_FACT Unknown = {.Size = sizeof(Unknown), .Type = 0x7FFF, .FixedSize = sizeof(Unknown)};
    RIG_OK(PrcmCaptureFact(Writer, &Unknown));
    RIG_OK(PrcmCaptureFact(Writer, RigHostFact("PC")));
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 4);
    RIG_OK(PrcmCaptureEnd(Writer));
    PrcmCaptureFree(Writer);
    free(Stream);
    /* FILE, FACTS, PLACE, FACTS, four BATCHES, INDEX, END */
    assert_int_equal(FindBlocks(File, Offsets), 10);
    CAPTURE_ANY_HEADER *Fifth = (void *)(File->Bytes + Offsets[3]);
    Fifth->Block.Kind = 999;
    BlockSeal(Fifth, File->Bytes + Offsets[3] + Fifth->Block.HeaderBytes);
    File->Bytes[Offsets[6] - 9] ^= 0x10;
}
