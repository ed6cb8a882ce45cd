/* SPDX-License-Identifier: MIT */
#include "holders.h"

#include <string.h>
#include <windows.h>

#include "process_image.h"
#include "utf16.h"

#define MAX_IMAGE_UNITS 32768u

static void
NameImage(uint32_t Id, char Image[HOLDERS_IMAGE_BYTES])
{
    static uint16_t Units[MAX_IMAGE_UNITS];
    UTF16 Name = Utf16FileName((UTF16){.Units = Units, .Count = ProcessImage(Id, 0, Units, MAX_IMAGE_UNITS)});
    int Length = WideCharToMultiByte(CP_UTF8, 0, (const WCHAR *)Name.Units, (int)Name.Count, Image,
                                     HOLDERS_IMAGE_BYTES - 1, NULL, NULL);

    Image[Length > 0 ? Length : 0] = '\0';
}

void
HoldersFind(HOLDERS *Holders)
{
    memset(Holders, 0, sizeof(*Holders));
    Holders->Known = PrcmServiceHolders(&Holders->Found) == PRCM_OK;
    for (uint32_t Index = 0; Holders->Known && Index < Holders->Found.Count; Index++)
        NameImage(Holders->Found.Holders[Index].ProcessId, Holders->Images[Index]);
}
