/* SPDX-License-Identifier: MIT */
#include "record_facts.h"

#include "host/facts.h"
#include "host/system.h"

void
RecordFactsInit(RECORD_FACTS *Facts, RECORDING *Recording)
{
    Facts->Recording = Recording;
    Facts->Hooks = SystemViewHooks();
    FactsInit(&Facts->Told);
    PathsInit(&Facts->Paths);
}

void
RecordFactsDestroy(RECORD_FACTS *Facts)
{
    FactsDestroy(&Facts->Told);
    PathsDestroy(&Facts->Paths);
}

/* What is not remembered for want of memory is told again. */
static PRCM_RESULT
Tell(RECORD_FACTS *Facts, const PRCM_FACT *Fact)
{
    if (FactsHas(&Facts->Told, Fact))
        return PRCM_OK;
    PRCM_RESULT Result = RecordingFact(Facts->Recording, Fact);
    if (Result == PRCM_OK)
        FactsAdd(&Facts->Told, Fact);
    return Result;
}

static void
SetText(PRCM_FACT *Fact, PRCM_BYTES *Field, const uint16_t *Units, uint32_t Count)
{
    PrcmFactSetBytes(Fact, PRCM_MAX_FACT_BYTES, Field, Units, Count * (uint32_t)sizeof(uint16_t));
}

static PRCM_RESULT
TellDrives(RECORD_FACTS *Facts)
{
    PRCM_RESULT Result = PRCM_OK;

    for (uint32_t Index = 0; Index < Facts->Paths.Count && Result == PRCM_OK; Index++)
    {
        const PATHS_DEVICE *Device = &Facts->Paths.Devices[Index];
        PRCM_FACT_DRIVE_INFO *Drive =
            (PRCM_FACT_DRIVE_INFO *)PrcmFactBegin(Facts->Room, sizeof(Facts->Room), PRCM_FACT_DRIVE);
        SetText(&Drive->Header, &Drive->Device, Device->Device, Device->DeviceCount);
        SetText(&Drive->Header, &Drive->Dos, Device->Dos, Device->DosCount);
        Result = Tell(Facts, &Drive->Header);
    }
    return Result;
}

static PRCM_RESULT
TellDriver(RECORD_FACTS *Facts, const PRCM_QUERY *Query)
{
    PRCM_FACT_DRIVER_INFO *Driver =
        (PRCM_FACT_DRIVER_INFO *)PrcmFactBegin(Facts->Room, sizeof(Facts->Room), PRCM_FACT_DRIVER);

    PrcmFactSetBytes(&Driver->Header, sizeof(Facts->Room), &Driver->Query, Query, sizeof(*Query));
    return Tell(Facts, &Driver->Header);
}

PRCM_RESULT
RecordFactsBegin(RECORD_FACTS *Facts, const PRCM_QUERY *Query)
{
    PRCM_RESULT Result = Tell(Facts, HostFactHost(Facts->Room));

    if (Result == PRCM_OK)
        Result = Tell(Facts, HostFactSystem(Facts->Room));
    if (Result == PRCM_OK)
        Result = Tell(Facts, HostFactZone(Facts->Room, SystemTime(false)));
    if (Result == PRCM_OK)
        Result = TellDriver(Facts, Query);
    SystemLoadDrives(&Facts->Paths);
    return Result == PRCM_OK ? TellDrives(Facts) : Result;
}

/* A user without a name is told as such, so that it is asked for once. */
static PRCM_RESULT
TellUser(RECORD_FACTS *Facts, const PRCM_START *Start)
{
    const void *Sid = PrcmRecordBytes(&Start->Header, &Start->UserSid);
    uint32_t SidBytes = Start->UserSid.Length;
    UTF16 Name = {0};

    if (Start->UserSid.Status != PRCM_PRESENT || FactsHasUser(&Facts->Told, Sid, SidBytes))
        return PRCM_OK;
    PRCM_FACT_USER_INFO *User =
        (PRCM_FACT_USER_INFO *)PrcmFactBegin(Facts->Room, sizeof(Facts->Room), PRCM_FACT_USER);
    PrcmFactSetBytes(&User->Header, sizeof(Facts->Room), &User->Sid, Sid, SidBytes);
    User->Name.Status = Facts->Hooks->UserName(Facts->Hooks->Context, Sid, SidBytes, &Name);
    if (User->Name.Status == PRCM_PRESENT)
        SetText(&User->Header, &User->Name, Name.Units, Name.Count);
    return Tell(Facts, &User->Header);
}

/* Paths->Missed says afterwards whether its drive is unknown. */
static void
LookAtPath(RECORD_FACTS *Facts, const PRCM_RECORD *Record, const PRCM_PATH *Path)
{
    if (Path->Text.Status == PRCM_PRESENT)
        PathsToDos(&Facts->Paths, (UTF16){.Units = PrcmRecordBytes(Record, &Path->Text),
                                          .Count = Path->Text.Length / (uint32_t)sizeof(uint16_t)});
}

PRCM_RESULT
RecordFactsBatch(RECORD_FACTS *Facts, PRCM_RECORDS Records)
{
    PRCM_RESULT Result = PRCM_OK;
    const PRCM_RECORD *Record;

    while (Result == PRCM_OK && (Record = PrcmBatchNext(&Records)) != NULL)
    {
        if (Record->Kind == PRCM_KIND_START)
        {
            LookAtPath(Facts, Record, &((const PRCM_START *)Record)->ImagePath);
            Result = TellUser(Facts, (const PRCM_START *)Record);
        }
        else if (Record->Kind == PRCM_KIND_IMAGE)
            LookAtPath(Facts, Record, &((const PRCM_IMAGE *)Record)->ImagePath);
    }
    SystemRefreshDrives(&Facts->Paths);
    return Result == PRCM_OK ? TellDrives(Facts) : Result;
}
