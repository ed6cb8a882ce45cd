/* SPDX-License-Identifier: MIT
 *
 * The example of docs/libprcm.md: prints the processes that start, from what the driver still has, until
 * Ctrl-C ends the program or the driver is stopped.
 *
 * x86_64-w64-mingw32-gcc -Iinclude docs/example.c -o example.exe build/x64/lib/libprcm.a -ladvapi32
 */
#include <stdio.h>

#include "prcm.h"

static int
Fail(const char *What, PRCM_RESULT Result)
{
    fprintf(stderr, "%s: %s (Windows error %u)\n", What, PrcmResultText(Result), PrcmLastSystemError());
    return 1;
}

static void
ShowText(const PRCM_RECORD *Record, const PRCM_BYTES *Text)
{
    const wchar_t *Units = PrcmRecordBytes(Record, Text);
    if (Units != NULL)
        wprintf(L"%.*ls", (int)(Text->Length / sizeof(*Units)), Units);
    else
        wprintf(L"(status 0x%X)", Text->Status);
}

static void
ShowRecord(const PRCM_RECORD *Record)
{
    if (Record->Kind == PRCM_KIND_START)
    {
        const PRCM_START *Start = (const PRCM_START *)Record;
        wprintf(L"%llu: process %u: ", Record->Sequence, Record->Key);
        ShowText(Record, &Start->ImagePath.Text);
        wprintf(L" ");
        ShowText(Record, &Start->CommandLine);
        wprintf(L"\n");
    }
    if (Record->Kind == PRCM_KIND_LOST)
    {
        const PRCM_LOST *Lost = (const PRCM_LOST *)Record;
        wprintf(L"%llu: LOST %llu starts\n", Record->Sequence,
                Lost->Evicted[PRCM_KIND_START] + Lost->Dropped[PRCM_KIND_START]);
    }
}

int
main(void)
{
    PRCM_SUBSCRIPTION Subscription = {.Kinds = PRCM_KIND_BIT(PRCM_KIND_START), .From = PRCM_FROM_OLDEST};
    PRCM_SESSION *Session;
    const PRCM_BATCH *Batch;
    PRCM_RECORDS Records;
    PRCM_ACCOUNT Account;

    PRCM_RESULT Result = PrcmOpen(&Session);
    if (Result != PRCM_OK)
        return Fail("open", Result);
    Result = PrcmSubscribe(Session, &Subscription, NULL);
    while (Result == PRCM_OK &&
           (Result = PrcmWait(Session, PRCM_WAIT_FOREVER, NULL, &Batch, &Records)) == PRCM_OK)
    {
        const PRCM_RECORD *Record;
        while ((Record = PrcmBatchNext(&Records)) != NULL)
            ShowRecord(Record);
        fflush(stdout);
    }
    Fail("read", Result);
    if (PrcmAccount(Session, &Account) == PRCM_OK)
        wprintf(L"the account %ls\n", Account.Closed ? L"closes" : L"does not close");
    PrcmClose(Session);
    return Result == PRCM_ERROR_STOPPED ? 0 : 1;
}
