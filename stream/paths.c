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

static bool
IsLetter(uint16_t Unit)
{
    return (Unit >= 'A' && Unit <= 'Z') || (Unit >= 'a' && Unit <= 'z');
}

/* Where the component that Path begins with ends; Path begins with a backslash. */
static uint32_t
ComponentEnd(UTF16 Path)
{
    uint32_t At = 1;
    while (At < Path.Count && Path.Units[At] != '\\')
        At++;
    return At;
}

/* \\server\share\x of \server\share\x: at least a server and a share. */
static bool
ToUnc(PATHS *Paths, UTF16 Rest, UTF16 *Dos)
{
    uint32_t Server = Rest.Count > 0 ? ComponentEnd(Rest) : 0;

    if (Server < 2 || Server == Rest.Count || ComponentEnd(Skip(Rest, Server)) < 2)
        return false;
    *Dos = Join(Paths, LITERAL("\\"), Rest);
    return true;
}

/* \server\share\x, with components like \;Z:000000000001f3a2 in front: how a redirector marks a mapped drive. */
static bool
FromRedirector(PATHS *Paths, UTF16 Rest, UTF16 *Dos)
{
    while (Rest.Count >= 2 && Rest.Units[1] == ';')
        Rest = Skip(Rest, ComponentEnd(Rest));
    return ToUnc(Paths, Rest, Dos);
}

static bool
FromDevices(PATHS *Paths, UTF16 Nt, UTF16 *Dos)
{
    static const UTF16 Redirectors[] = {LITERAL("\\Device\\Mup"), LITERAL("\\Device\\LanmanRedirector"),
                                        LITERAL("\\Device\\WebDavRedirector")};
    const PATHS_DEVICE *Entry = FindDevice(Paths, Nt);

    if (Entry != NULL)
    {
        *Dos =
            Join(Paths, (UTF16){.Units = Entry->Dos, .Count = Entry->DosCount}, Skip(Nt, Entry->DeviceCount));
        return true;
    }
    for (size_t Index = 0; Index < sizeof(Redirectors) / sizeof(Redirectors[0]); Index++)
    {
        if (HasPrefix(Nt, Redirectors[Index]))
            return FromRedirector(Paths, Skip(Nt, Redirectors[Index].Count), Dos);
    }
    Paths->Missed = Paths->Missed || HasPrefix(Nt, LITERAL("\\Device"));
    return false;
}

/* What follows \??: \C:\x, \UNC\server\share\x, and \GLOBALROOT before any name of the kernel's. Others have no drive
 * form. */
static bool
FromDosDevices(PATHS *Paths, UTF16 Rest, UTF16 *Dos)
{
    static const UTF16 Unc = LITERAL("\\UNC");
    static const UTF16 Root = LITERAL("\\GLOBALROOT");

    if (HasPrefix(Rest, Unc))
        return ToUnc(Paths, Skip(Rest, Unc.Count), Dos);
    if (HasPrefix(Rest, Root))
        return FromDevices(Paths, Skip(Rest, Root.Count), Dos);
    if (Rest.Count < 3 || !IsLetter(Rest.Units[1]) || Rest.Units[2] != ':' ||
        (Rest.Count > 3 && Rest.Units[3] != '\\'))
        return false;
    *Dos = Skip(Rest, 1);
    return true;
}

UTF16
PathsToDos(PATHS *Paths, UTF16 Nt)
{
    static const UTF16 DosDevices[] = {LITERAL("\\??"), LITERAL("\\DosDevices"), LITERAL("\\GLOBAL\?\?")};
    UTF16 Dos;

    if (Nt.Count == 0 || Nt.Count > PATHS_MAX_UNITS - PATHS_MAX_PREFIX)
        return Nt;
    for (size_t Index = 0; Index < sizeof(DosDevices) / sizeof(DosDevices[0]); Index++)
    {
        if (HasPrefix(Nt, DosDevices[Index]))
            return FromDosDevices(Paths, Skip(Nt, DosDevices[Index].Count), &Dos) ? Dos : Nt;
    }
    return FromDevices(Paths, Nt, &Dos) ? Dos : Nt;
}
