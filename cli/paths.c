/* SPDX-License-Identifier: MIT */
#include "paths.h"

#include <stdlib.h>
#include <string.h>

#define LITERAL(Text) ((UTF16){(const uint16_t *)(u##Text), sizeof(u##Text) / sizeof(uint16_t) - 1})

void
PathsInit(PATHS *Paths)
{
    Paths->Devices = NULL;
    Paths->Count = 0;
    Paths->Missed = false;
}

void
PathsDestroy(PATHS *Paths)
{
    free(Paths->Devices);
    PathsInit(Paths);
}

/* Whether Path begins with Prefix, and a component ends there. */
static bool
HasPrefix(UTF16 Path, UTF16 Prefix)
{
    if (Path.Count < Prefix.Count || Prefix.Count == 0)
        return false;
    if (Path.Count > Prefix.Count && Path.Units[Prefix.Count] != '\\')
        return false;
    return Utf16EqualNoCase((UTF16){.Units = Path.Units, .Count = Prefix.Count}, Prefix);
}

static UTF16
Skip(UTF16 Path, uint32_t Count)
{
    return (UTF16){.Units = Path.Units + Count, .Count = Path.Count - Count};
}

static UTF16
DeviceOf(const PATHS_DEVICE *Entry)
{
    return (UTF16){.Units = Entry->Device, .Count = Entry->DeviceCount};
}

bool
PathsAdd(PATHS *Paths, UTF16 Device, UTF16 Dos)
{
    if (Device.Count == 0 || Device.Count > PATHS_MAX_PREFIX || Dos.Count > PATHS_MAX_PREFIX)
        return false;
    for (uint32_t Index = 0; Index < Paths->Count; Index++)
    {
        if (Utf16EqualNoCase(DeviceOf(&Paths->Devices[Index]), Device))
            return true;
    }
    if (Paths->Count == PATHS_MAX_DEVICES)
        return false;
    if (Paths->Devices == NULL)
        Paths->Devices = malloc(PATHS_MAX_DEVICES * sizeof(PATHS_DEVICE));
    if (Paths->Devices == NULL)
        return false;

    PATHS_DEVICE *Entry = &Paths->Devices[Paths->Count++];
    memcpy(Entry->Device, Device.Units, Device.Count * sizeof(uint16_t));
    memcpy(Entry->Dos, Dos.Units, Dos.Count * sizeof(uint16_t));
    Entry->DeviceCount = Device.Count;
    Entry->DosCount = Dos.Count;
    return true;
}

static UTF16
Join(PATHS *Paths, UTF16 Head, UTF16 Tail)
{
    memcpy(Paths->Buffer, Head.Units, Head.Count * sizeof(uint16_t));
    if (Tail.Count != 0)
        memcpy(Paths->Buffer + Head.Count, Tail.Units, Tail.Count * sizeof(uint16_t));
    return (UTF16){.Units = Paths->Buffer, .Count = Head.Count + Tail.Count};
}

static const PATHS_DEVICE *
FindDevice(const PATHS *Paths, UTF16 Nt)
{
    const PATHS_DEVICE *Best = NULL;

    for (uint32_t Index = 0; Index < Paths->Count; Index++)
    {
        const PATHS_DEVICE *Entry = &Paths->Devices[Index];
        if (HasPrefix(Nt, DeviceOf(Entry)) && (Best == NULL || Entry->DeviceCount > Best->DeviceCount))
            Best = Entry;
    }
    return Best;
}

/* \??\C:\x and \??\UNC\server\share\x; other names below \?? have no drive form. */
static bool
FromDosDevices(PATHS *Paths, UTF16 Rest, UTF16 *Dos)
{
    if (Rest.Count >= 3 && Rest.Units[2] == ':' && (Rest.Count == 3 || Rest.Units[3] == '\\'))
    {
        *Dos = Skip(Rest, 1);
        return true;
    }
    if (HasPrefix(Rest, LITERAL("\\UNC")) && Rest.Count > 4)
    {
        *Dos = Join(Paths, LITERAL("\\"), Skip(Rest, 4));
        return true;
    }
    return false;
}

/* \server\share\x, with components like \;Z:000000000001f3a2 in front: how a redirector marks a mapped drive.
 */
static UTF16
FromRedirector(PATHS *Paths, UTF16 Rest)
{
    while (Rest.Count >= 2 && Rest.Units[0] == '\\' && Rest.Units[1] == ';')
    {
        uint32_t Length = 1;
        while (Length < Rest.Count && Rest.Units[Length] != '\\')
            Length++;
        Rest = Skip(Rest, Length);
    }
    return Join(Paths, LITERAL("\\"), Rest);
}

UTF16
PathsToDos(PATHS *Paths, UTF16 Nt)
{
    static const UTF16 DosDevices[] = {LITERAL("\\??"), LITERAL("\\DosDevices"), LITERAL("\\GLOBAL\?\?")};
    static const UTF16 Redirectors[] = {LITERAL("\\Device\\Mup"), LITERAL("\\Device\\LanmanRedirector")};
    UTF16 Dos;

    if (Nt.Count == 0 || Nt.Count > PATHS_MAX_UNITS - PATHS_MAX_PREFIX)
        return Nt;
    for (size_t Index = 0; Index < sizeof(DosDevices) / sizeof(DosDevices[0]); Index++)
    {
        if (HasPrefix(Nt, DosDevices[Index]) &&
            FromDosDevices(Paths, Skip(Nt, DosDevices[Index].Count), &Dos))
            return Dos;
    }
    const PATHS_DEVICE *Entry = FindDevice(Paths, Nt);
    if (Entry != NULL)
        return Join(Paths, (UTF16){.Units = Entry->Dos, .Count = Entry->DosCount},
                    Skip(Nt, Entry->DeviceCount));
    for (size_t Index = 0; Index < sizeof(Redirectors) / sizeof(Redirectors[0]); Index++)
    {
        UTF16 Rest = Skip(Nt, HasPrefix(Nt, Redirectors[Index]) ? Redirectors[Index].Count : Nt.Count);
        if (Rest.Count > 1)
            return FromRedirector(Paths, Rest);
    }
    if (HasPrefix(Nt, LITERAL("\\Device")))
        Paths->Missed = true;
    return Nt;
}
