/* SPDX-License-Identifier: MIT
 *
 * Readers opened and closed, and what they can be asked at any time.
 */
#include <stdlib.h>

#include "capture_reader.h"
#include "result.h"

void
ReaderBeginFile(PRCM_CAPTURE_READER *Reader)
{
    free(Reader->Ahead);
    Reader->Ahead = NULL;
    Reader->AheadCount = Reader->AheadAt = 0;
    Reader->From = 0;
    Reader->NumberKnown = false;
    Reader->Ended = Reader->Closed = false;
    Reader->TornBytes = 0;
    Reader->Step = STEP_FILE;
}

PRCM_RESULT
ReaderOpenFile(PRCM_CAPTURE_READER *Reader)
{
    PRCM_RESULT Result = PRCM_ERROR_NO_CAPTURE;
    if (Reader->File.Close != NULL)
        Reader->File.Close(Reader->File.Context);
    Reader->File.Close = NULL;
    for (; Reader->OrderAt < Reader->Order.Count && Result == PRCM_ERROR_NO_CAPTURE; Reader->OrderAt++)
    {
        Result = Reader->Store.Open(Reader->Store.Context, Reader->Order.Files[Reader->OrderAt].Name,
                                    PRCM_CAPTURE_READ, &Reader->File);
        if (Result != PRCM_ERROR_NO_CAPTURE)
            break;
    }
    if (Result != PRCM_OK)
        Reader->File.Close = NULL;
    else
        ReaderBeginFile(Reader);
    return ResultNote(Result, PrcmLastSystemError());
}

/* Whether anything in the file is a block. */
static PRCM_RESULT
ReaderProbe(PRCM_CAPTURE_READER *Reader)
{
    SCAN_FOUND Found;
    ScanBegin(&Reader->Scan, &Reader->File);
    PRCM_RESULT Result = ScanNext(&Reader->Scan, &Found);
    if (Result != PRCM_OK || Found != SCAN_END || Reader->Scan.Why == PRCM_DAMAGE_PARTIAL)
        return Result;
    return ResultNote(PRCM_ERROR_CAPTURE, 0);
}

/* NULL: no memory. */
static PRCM_CAPTURE_READER *
ReaderCreate(void)
{
    PRCM_CAPTURE_READER *Reader = calloc(1, sizeof(*Reader));
    if (Reader == NULL)
        return NULL;
    if (PayloadInit(&Reader->Payload) == PRCM_OK)
        return Reader;
    free(Reader);
    return NULL;
}

/* The end of opening: *Reader receives what has come of it. */
static PRCM_RESULT
ReaderFinish(PRCM_CAPTURE_READER *Opened, PRCM_RESULT Result, PRCM_CAPTURE_READER **Reader)
{
    uint32_t Error = PrcmLastSystemError();
    *Reader = Result == PRCM_OK ? Opened : NULL;
    if (Result != PRCM_OK)
        PrcmCaptureClose(Opened);
    return ResultNote(Result, Error);
}

PRCM_RESULT
PrcmCaptureOpen(const PRCM_CAPTURE_FILE *File, PRCM_CAPTURE_READER **Reader)
{
    if (File == NULL || Reader == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    *Reader = NULL;
    PRCM_CAPTURE_READER *Opened = ReaderCreate();
    if (Opened == NULL)
    {
        File->Close(File->Context);
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    }
    Opened->File = *File;
    PRCM_RESULT Result = ReaderProbe(Opened);
    if (Result == PRCM_OK)
        ReaderBeginFile(Opened);
    return ReaderFinish(Opened, Result, Reader);
}

PRCM_RESULT
PrcmCaptureOpenStore(const PRCM_CAPTURE_STORE *Store, const char *Name, PRCM_CAPTURE_READER **Reader)
{
    if (Store == NULL || Reader == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    *Reader = NULL;
    PRCM_CAPTURE_READER *Opened = ReaderCreate();
    if (Opened == NULL)
    {
        Store->Close(Store->Context);
        return ResultNote(PRCM_ERROR_MEMORY, 0);
    }
    Opened->Store = *Store;
    PRCM_RESULT Result = OrderMake(&Opened->Order, Store, Name);
    if (Result == PRCM_OK)
        Result = ReaderOpenFile(Opened);
    return ReaderFinish(Opened, Result, Reader);
}

void
PrcmCaptureClose(PRCM_CAPTURE_READER *Reader)
{
    if (Reader == NULL)
        return;
    if (Reader->File.Close != NULL)
        Reader->File.Close(Reader->File.Context);
    if (Reader->Store.Close != NULL)
        Reader->Store.Close(Reader->Store.Context);
    OrderDestroy(&Reader->Order);
    PayloadDestroy(&Reader->Payload);
    RunsDestroy(&Reader->Runs);
    free(Reader->Ahead);
    free(Reader);
}

uint32_t
PrcmCaptureAccountCount(const PRCM_CAPTURE_READER *Reader)
{
    return Reader->Runs.Count;
}

PRCM_RESULT
PrcmCaptureAccount(const PRCM_CAPTURE_READER *Reader, uint32_t Index, PRCM_CAPTURE_ACCOUNT *Account)
{
    if (Reader == NULL || Account == NULL || Index >= Reader->Runs.Count)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    *Account = Reader->Runs.Runs[Index].Public;
    uint64_t Lost = 0;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Lost |= Account->Lost[Kind];
    Account->Complete = Lost == 0 && Account->Unknown == 0 && Account->Missing == 0;
    return PRCM_OK;
}

void
PrcmCaptureTotals(const PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_TOTALS *Totals)
{
    *Totals = Reader->Totals;
}
