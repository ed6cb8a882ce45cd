/* SPDX-License-Identifier: MIT
 *
 * The example of docs/libprcm.md: prints the processes that start, from what the driver still has, until
 * Ctrl-C ends the program or the driver is stopped.
 *
 * x86_64-w64-mingw32-gcc -Iinclude docs/example.c -o example.exe build/x64/lib/libprcm.a -ladvapi32
 */
#include <inttypes.h>
#include <stdio.h>
#include <windows.h>

#include "prcm.h"

static int
Fail(const char *What, PRCM_RESULT Result)
{
    fprintf(stderr, "%s: %s (Windows error %" PRIu32 ")\n", What, PrcmResultText(Result),
            PrcmLastSystemError());
    return 1;
}

/* A process chooses its own command line: what could steer the terminal or mislead a reader is escaped. */
static void
ShowText(const PRCM_RECORD *Record, const PRCM_BYTES *Text)
{
    const char *Units = PrcmRecordBytes(Record, Text);
    char Utf8[256];
    uint32_t Taken;

    if (Units == NULL)
        printf("(status 0x%" PRIX32 ")", Text->Status);
    for (uint32_t At = 0; At < Text->Length; At += Taken)
    {
        uint32_t Bytes =
            PrcmTextToUtf8(Units + At, Text->Length - At, PRCM_TEXT_ESCAPE, Utf8, sizeof(Utf8), &Taken);
        fwrite(Utf8, 1, Bytes, stdout);
    }
}

static void
ShowRecord(const PRCM_RECORD *Record)
{
    if (Record->Kind == PRCM_KIND_START)
    {
        const PRCM_START *Start = (const PRCM_START *)Record;
        printf("%" PRIu64 ": process %" PRIu32 ": ", Record->Sequence, Record->Key);
        ShowText(Record, &Start->ImagePath.Text);
        printf(" ");
        ShowText(Record, &Start->CommandLine);
        printf("\n");
    }
    if (Record->Kind == PRCM_KIND_LOST)
    {
        const PRCM_LOST *Lost = (const PRCM_LOST *)Record;
        printf("%" PRIu64 ": LOST %" PRIu64 " starts\n", Record->Sequence,
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

    SetConsoleOutputCP(CP_UTF8); /* a console's own; files and pipes get UTF-8 in any case */
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
        printf("the account %s\n", Account.Closed ? "closes" : "does not close");
    PrcmClose(Session);
    return Result == PRCM_ERROR_STOPPED ? 0 : 1;
}
