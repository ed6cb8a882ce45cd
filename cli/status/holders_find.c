/* SPDX-License-Identifier: MIT */
#include "holders.h"

#include <string.h>

#include "host/process_image.h"
#include "text/utf16.h"

#define MAX_IMAGE_UNITS 32768u

static void
NameImage(uint32_t Id, char Image[HOLDERS_IMAGE_BYTES])
{
    static uint16_t Units[MAX_IMAGE_UNITS];
    UTF16 Name = Utf16FileName((UTF16){.Units = Units, .Count = ProcessImage(Id, 0, Units, MAX_IMAGE_UNITS)});
    uint32_t Taken;
    uint32_t Length = PrcmTextToUtf8(Name.Units, 2 * Name.Count, 0, Image, HOLDERS_IMAGE_BYTES - 1, &Taken);

    Image[Length] = '\0';
}

void
HoldersFind(HOLDERS *Holders)
{
    memset(Holders, 0, sizeof(*Holders));
    Holders->Known = PrcmServiceHolders(&Holders->Found) == PRCM_OK;
    for (uint32_t Index = 0; Holders->Known && Index < Holders->Found.Count; Index++)
        NameImage(Holders->Found.Holders[Index].ProcessId, Holders->Images[Index]);
}
