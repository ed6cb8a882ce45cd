/* SPDX-License-Identifier: MIT */
#include "events.h"

#include <string.h>

#define UNITS(Text) ((UTF16){(const uint16_t *)u##Text, sizeof(u##Text) / 2 - 1})

static const uint8_t Sid[] = {1, 5, 0, 0, 0, 0, 0,   5,   21,  0,   0,    0, 1, 0,
                              0, 0, 2, 0, 0, 0, 255, 255, 255, 255, 0xE9, 3, 0, 0};

PRCM_VALUE
EventsPresent(uint64_t Value)
{
    return (PRCM_VALUE){.Value = Value, .Status = PRCM_PRESENT};
}

PRCM_VALUE
EventsMissing(uint32_t Status)
{
    return (PRCM_VALUE){.Status = Status};
}

static void
SetTime(PRCM_RECORD *Record)
{
    Record->Time = EVENTS_TIME + 1000000 * ((int64_t)Record->Sequence - 1);
    Record->ThreadId = 77;
}

PRCM_START *
EventsAddBareStart(BATCH_BUILDER *Builder)
{
    PRCM_START *Start = BuilderAddStart(Builder, EVENTS_PROCESS);
    SetTime(&Start->Header);
    return Start;
}

PRCM_IMAGE *
EventsAddBareImage(BATCH_BUILDER *Builder)
{
    PRCM_IMAGE *Image = BuilderAddImage(Builder, EVENTS_PROCESS);
    SetTime(&Image->Header);
    return Image;
}

PRCM_EXIT *
EventsAddBareExit(BATCH_BUILDER *Builder)
{
    PRCM_EXIT *Exit = BuilderAddExit(Builder, EVENTS_PROCESS);
    SetTime(&Exit->Header);
    return Exit;
}

PRCM_START *
EventsAddStart(BATCH_BUILDER *Builder)
{
    PRCM_START *Start = EventsAddBareStart(Builder);
    Start->CreateTime = EventsPresent(EVENTS_TIME - 10);
    Start->StartKey = EventsPresent(0x0123456789ABCDEF);
    Start->ParentProcessId = EventsPresent(EVENTS_PARENT);
    Start->ParentCreateTime = EventsPresent(EVENTS_TIME - 36000000000);
    Start->CreatorProcessId = EventsPresent(EVENTS_PARENT);
    Start->CreatorThreadId = EventsPresent(992);
    Start->SessionId = EventsPresent(1);
    Start->IntegrityLevel = EventsPresent(0x3000);
    Start->Elevated = EventsPresent(1);
    Start->Subsystem = EventsPresent(0);
    Start->Architecture = EventsPresent(PRCM_ARCHITECTURE_NATIVE);
    Start->CreationStatus = EventsPresent(0);
    Start->ImageExact = EventsPresent(1);
    Start->ImagePath.Form = PRCM_PATH_NT;
    BuilderSetText(Builder, &Start->ImagePath.Text, "\\Device\\HarddiskVolume3\\Windows\\System32\\cmd.exe");
    BuilderSetText(Builder, &Start->CommandLine, "cmd.exe /c \"echo hi\"");
    BuilderSetBytes(Builder, &Start->UserSid, Sid, sizeof(Sid));
    return Start;
}

PRCM_IMAGE *
EventsAddImage(BATCH_BUILDER *Builder)
{
    PRCM_IMAGE *Image = EventsAddBareImage(Builder);
    Image->CreateTime = EventsPresent(EVENTS_TIME - 10);
    Image->Base = EventsPresent(0x7FFABCDE0000);
    Image->ImageSize = 1982464;
    Image->Properties = 3u | PRCM_IMAGE_EXTENDED_INFO | 12u << 12 | 2u << 16;
    Image->ImagePath.Form = PRCM_PATH_SYSTEM_ROOT;
    BuilderSetText(Builder, &Image->ImagePath.Text, "\\SystemRoot\\System32\\ntdll.dll");
    return Image;
}

PRCM_EXIT *
EventsAddExit(BATCH_BUILDER *Builder)
{
    PRCM_EXIT *Exit = EventsAddBareExit(Builder);
    Exit->CreateTime = EventsPresent(EVENTS_TIME - 10);
    Exit->ExitStatus = EventsPresent(3);
    return Exit;
}

static uint32_t
RunningImage(void *Context, uint32_t Id, uint64_t CreateTime, uint16_t *Units, uint32_t Capacity)
{
    UTF16 Path = UNITS("\\Device\\HarddiskVolume3\\Windows\\explorer.exe");

    (void)Context;
    if (Id != EVENTS_PARENT || CreateTime != EVENTS_TIME - 36000000000 || Path.Count > Capacity)
        return 0;
    memcpy(Units, Path.Units, Path.Count * 2);
    return Path.Count;
}

static uint32_t
UserName(void *Context, const void *Bytes, uint32_t Length, UTF16 *User)
{
    (void)Context;
    if (Length != sizeof(Sid) || memcmp(Bytes, Sid, Length) != 0)
        return PRCM_ABSENT;
    *User = UNITS("HOST\\J\u00E9r\u00F4me");
    return PRCM_PRESENT;
}

static int64_t
LocalTime(void *Context, int64_t Time)
{
    (void)Context;
    return Time + 36000000000;
}

const VIEW_HOOKS EventsHooks = {.RunningImage = RunningImage, .UserName = UserName, .LocalTime = LocalTime};
const VIEW_HOOKS EventsNoHooks;
const FORMAT_ORIGIN EventsOrigin = {.Host = {u"PC", 2},
                                    .HostStatus = PRCM_PRESENT,
                                    .Instance = 5,
                                    .Boot = {.Value = EVENTS_TIME - 72000000000, .Status = PRCM_PRESENT}};

void
EventsLoadDrives(PATHS *Paths)
{
    PathsAdd(Paths, UNITS("\\Device\\HarddiskVolume3"), UNITS("C:"));
    PathsAdd(Paths, UNITS("\\SystemRoot"), UNITS("C:\\Windows"));
}
