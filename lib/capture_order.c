/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "capture_name.h"
#include "capture_order.h"
#include "capture_scan.h"
#include "result.h"

/* What is being listed, and of which name. */
typedef struct LISTING
{
    CAPTURE_ORDER *Order;
    const char *Name;
} LISTING;

static PRCM_RESULT
FileTake(void *Taker, const char *File, uint64_t Bytes)
{
    LISTING *Listing = Taker;
    CAPTURE_ORDER *Order = Listing->Order;
    if (!NameIsOf(File, Listing->Name))
        return PRCM_OK;
    if (Order->Count == Order->Room)
    {
        uint32_t Room = Order->Room != 0 ? 2 * Order->Room : 16;
        ORDER_FILE *Grown = realloc(Order->Files, Room * sizeof(*Grown));
        if (Grown == NULL)
            return ResultNote(PRCM_ERROR_MEMORY, 0);
        Order->Files = Grown;
        Order->Room = Room;
    }
    size_t Length = strlen(File) + 1;
    char *Copy = malloc(Length);
    if (Copy == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    memcpy(Copy, File, Length);
    Order->Files[Order->Count++] = (ORDER_FILE){.Name = Copy, .Bytes = Bytes};
    return PRCM_OK;
}

static int
ByName(const void *One, const void *Other)
{
    return strcmp(((const ORDER_FILE *)One)->Name, ((const ORDER_FILE *)Other)->Name);
}

static int
ByGroup(const void *One, const void *Other)
{
    const ORDER_FILE *First = One;
    const ORDER_FILE *Second = Other;
    if (First->Group != Second->Group)
        return First->Group < Second->Group ? -1 : 1;
    if (First->First != Second->First)
        return First->First < Second->First ? -1 : 1;
    return ByName(One, Other);
}

PRCM_RESULT
OrderList(CAPTURE_ORDER *Order, const PRCM_CAPTURE_STORE *Store, const char *Name)
{
    LISTING Listing = {Order, Name};
    *Order = (CAPTURE_ORDER){0};
    PRCM_RESULT Result = Store->List(Store->Context, FileTake, &Listing);
    if (Result == PRCM_OK && Order->Count != 0)
        qsort(Order->Files, Order->Count, sizeof(*Order->Files), ByName);
    return Result;
}

/* Where the first session of a file begins. */
static PRCM_RESULT
FileProbe(ORDER_FILE *File, const PRCM_CAPTURE_FILE *Opened)
{
    CAPTURE_SCAN Scan;
    SCAN_FOUND Found = SCAN_BLOCK;
    ScanBegin(&Scan, Opened);
    while (Found != SCAN_END && File->Instance == 0)
    {
        PRCM_RESULT Result = ScanNext(&Scan, &Found);
        if (Result != PRCM_OK)
            return Result;
        const CAPTURE_ANY_HEADER *Header = &Scan.Header;
        if (Found != SCAN_BLOCK || !BlockIsKnown(&Header->Block) || !BlockHeaderIsWellFormed(Header))
            continue;
        if (Header->Block.Kind == CAPTURE_KIND_PLACE)
        {
            File->Instance = Header->Place.Token.Instance;
            File->First = Header->Place.Token.Next;
        }
        else if (Header->Block.Kind == CAPTURE_KIND_BATCHES)
        {
            File->Instance = Header->Batches.Summary.Instance;
            File->First = Header->Batches.Summary.First;
        }
    }
    return PRCM_OK;
}

/* One that is gone by now is as one without a session. */
static PRCM_RESULT
FileLook(ORDER_FILE *File, const PRCM_CAPTURE_STORE *Store)
{
    PRCM_CAPTURE_FILE Opened;
    PRCM_RESULT Result = Store->Open(Store->Context, File->Name, PRCM_CAPTURE_READ, &Opened);
    if (Result != PRCM_OK)
        return Result == PRCM_ERROR_NO_CAPTURE ? PRCM_OK : Result;
    Result = FileProbe(File, &Opened);
    Opened.Close(Opened.Context);
    return Result;
}

static void
FileSetGroup(CAPTURE_ORDER *Order, uint32_t At)
{
    ORDER_FILE *File = &Order->Files[At];
    File->Group = At;
    for (uint32_t Other = At; Other != 0 && File->Instance != 0; Other--)
    {
        if (Order->Files[Other - 1].Instance != File->Instance)
            continue;
        File->Group = Order->Files[Other - 1].Group;
        return;
    }
}

PRCM_RESULT
OrderMake(CAPTURE_ORDER *Order, const PRCM_CAPTURE_STORE *Store, const char *Name)
{
    PRCM_RESULT Result = OrderList(Order, Store, Name);
    for (uint32_t At = 0; At < Order->Count && Result == PRCM_OK; At++)
    {
        Result = FileLook(&Order->Files[At], Store);
        FileSetGroup(Order, At);
    }
    if (Result == PRCM_OK && Order->Count != 0)
        qsort(Order->Files, Order->Count, sizeof(*Order->Files), ByGroup);
    return Result;
}

void
OrderDestroy(CAPTURE_ORDER *Order)
{
    for (uint32_t At = 0; At < Order->Count; At++)
        free(Order->Files[At].Name);
    free(Order->Files);
    *Order = (CAPTURE_ORDER){0};
}
