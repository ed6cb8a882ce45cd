/* SPDX-License-Identifier: MIT
 *
 * Writing to a folder: one file after the other, and the oldest deleted. A file is ended before the next is begun; in
 * between there is none, and every call tries again to begin one.
 */
#include <stdlib.h>
#include <string.h>

#include "capture_fact.h"
#include "capture_kept.h"
#include "capture_name.h"
#include "capture_order.h"
#include "capture_writer.h"
#include "result.h"

/* Of a budget, where files have no limit of their own. */
#define FILES_IN_BUDGET 8u
/* Below this a file would be mostly facts. */
#define MIN_FILE_BYTES  4096u
/* How many names are tried, each a millisecond later. */
#define NAME_TRIES      1000u
#define TIME_PER_MS     10000

struct PRCM_CAPTURE_FOLDER
{
    PRCM_CAPTURE_STORE Store;
    PRCM_FOLDER_OPTIONS Options; /* Name is NameOf */
    char Name[PRCM_FOLDER_NAME_BYTES];
    PRCM_CAPTURE_WRITER *Writer; /* NULL: no file is being written */
    char File[CAPTURE_NAME_BYTES];
    uint64_t FileMs; /* when it was begun */
    bool Begun;      /* a session has: Account is where it stands without a file */
    ACCOUNT Account;
    CAPTURE_KEPT Kept;
    PRCM_FOLDER_STATE State;
};

static bool
OptionsAreGood(const PRCM_FOLDER_OPTIONS *Options)
{
    return Options != NULL && NameIsGood(Options->Name) &&
           (Options->MaxFileBytes == 0 || Options->MaxFileBytes >= MIN_FILE_BYTES) &&
           (Options->BudgetBytes == 0 ||
            Options->BudgetBytes >= FILES_IN_BUDGET * (uint64_t)MIN_FILE_BYTES) &&
           (Options->BudgetBytes == 0 || Options->MaxFileBytes <= Options->BudgetBytes / 2);
}

static PRCM_CAPTURE_OPTIONS
FileOptions(const PRCM_CAPTURE_FOLDER *Folder, int64_t Time)
{
    return (PRCM_CAPTURE_OPTIONS){
        .Time = Time, .BlockBytes = Folder->Options.BlockBytes, .Level = Folder->Options.Level};
}

/* The newest file gets its end. */
static PRCM_RESULT
FileMend(const PRCM_CAPTURE_FOLDER *Folder, const char *File, int64_t Time, PRCM_CAPTURE_TAIL *Tail)
{
    const PRCM_CAPTURE_OPTIONS Options = FileOptions(Folder, Time);
    PRCM_CAPTURE_FILE Opened;
    PRCM_CAPTURE_WRITER *Writer;
    PRCM_RESULT Result = Folder->Store.Open(Folder->Store.Context, File, PRCM_CAPTURE_APPEND, &Opened);
    if (Result == PRCM_OK)
        Result = PrcmCaptureReopen(&Opened, &Options, &Writer, Tail);
    if (Result != PRCM_OK)
        return Result;
    Result = Tail->Closed ? PRCM_OK : PrcmCaptureEnd(Writer);
    uint32_t Error = PrcmLastSystemError();
    PrcmCaptureFree(Writer);
    return ResultNote(Result, Error);
}

/* The newest by run and number, and not by name: the clock may have been set. */
static PRCM_RESULT
FolderMend(const PRCM_CAPTURE_FOLDER *Folder, int64_t Time, PRCM_CAPTURE_TAIL *Tail)
{
    CAPTURE_ORDER Order;
    PRCM_RESULT Result = OrderMake(&Order, &Folder->Store, Folder->Name);
    *Tail = (PRCM_CAPTURE_TAIL){0};
    for (uint32_t At = Order.Count; At != 0 && Result == PRCM_OK && !Tail->HasToken; At--)
    {
        Result = FileMend(Folder, Order.Files[At - 1].Name, Time, Tail);
        /* Somebody else's bytes under our name are left to whoever reads them. */
        if (Result == PRCM_ERROR_CAPTURE)
            Result = PRCM_OK;
    }
    uint32_t Error = PrcmLastSystemError();
    OrderDestroy(&Order);
    return ResultNote(Result, Error);
}

PRCM_RESULT
PrcmFolderStart(const PRCM_CAPTURE_STORE *Store, const PRCM_FOLDER_OPTIONS *Options,
                const PRCM_CAPTURE_CLOCK *Now, PRCM_CAPTURE_FOLDER **Started, PRCM_CAPTURE_TAIL *Tail)
{
    if (Store == NULL || Started == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    PRCM_CAPTURE_TAIL Found = {0};
    *Started = NULL;
    PRCM_CAPTURE_FOLDER *Folder = calloc(1, sizeof(*Folder));
    bool Good = Now != NULL && OptionsAreGood(Options);
    if (Folder == NULL || !Good)
    {
        free(Folder);
        Store->Close(Store->Context);
        return ResultNote(Good ? PRCM_ERROR_MEMORY : PRCM_ERROR_PARAMETER, 0);
    }
    Folder->Store = *Store;
    Folder->Options = *Options;
    memcpy(Folder->Name, Options->Name, strlen(Options->Name) + 1);
    if (Options->MaxFileBytes == 0)
        Folder->Options.MaxFileBytes = Options->BudgetBytes / FILES_IN_BUDGET;
    PRCM_RESULT Result = FolderMend(Folder, Now->Time, &Found);
    if (Result == PRCM_OK)
    {
        *Started = Folder;
        if (Tail != NULL)
            *Tail = Found;
        return PRCM_OK;
    }
    uint32_t Error = PrcmLastSystemError();
    PrcmFolderFree(Folder);
    return ResultNote(Result, Error);
}

void
PrcmFolderFree(PRCM_CAPTURE_FOLDER *Folder)
{
    if (Folder == NULL)
        return;
    PrcmCaptureFree(Folder->Writer);
    Folder->Store.Close(Folder->Store.Context);
    KeptDestroy(&Folder->Kept);
    free(Folder);
}

static bool
ReadName(const char *File, char Name[CAPTURE_NAME_BYTES + sizeof(CAPTURE_READ_SUFFIX)])
{
    size_t Length = strlen(File);
    if (Length >= CAPTURE_NAME_BYTES)
        return false;
    memcpy(Name, File, Length);
    memcpy(Name + Length, CAPTURE_READ_SUFFIX, sizeof(CAPTURE_READ_SUFFIX));
    return true;
}

PRCM_RESULT
PrcmCaptureMarkRead(const PRCM_CAPTURE_STORE *Store, const char *Name)
{
    char Mark[CAPTURE_NAME_BYTES + sizeof(CAPTURE_READ_SUFFIX)];
    PRCM_CAPTURE_FILE File;
    if (Store == NULL || Name == NULL || !ReadName(Name, Mark))
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    PRCM_RESULT Result = Store->Open(Store->Context, Mark, PRCM_CAPTURE_CREATE, &File);
    if (Result == PRCM_OK)
        File.Close(File.Context);
    return Result == PRCM_ERROR_EXISTS ? PRCM_OK : Result;
}

/* *Read: it has its mark. */
static PRCM_RESULT
FileIsRead(const PRCM_CAPTURE_FOLDER *Folder, const char *Name, bool *Read)
{
    char Mark[CAPTURE_NAME_BYTES + sizeof(CAPTURE_READ_SUFFIX)];
    PRCM_CAPTURE_FILE File;
    *Read = false;
    if (!ReadName(Name, Mark))
        return PRCM_OK;
    PRCM_RESULT Result = Folder->Store.Open(Folder->Store.Context, Mark, PRCM_CAPTURE_READ, &File);
    if (Result == PRCM_ERROR_NO_CAPTURE)
        return PRCM_OK;
    if (Result == PRCM_OK)
        File.Close(File.Context);
    *Read = Result == PRCM_OK;
    return Result;
}

/* The capture first: a mark without one does no harm. */
static PRCM_RESULT
FileDelete(PRCM_CAPTURE_FOLDER *Folder, const ORDER_FILE *File)
{
    char Mark[CAPTURE_NAME_BYTES + sizeof(CAPTURE_READ_SUFFIX)];
    PRCM_RESULT Result = Folder->Store.Remove(Folder->Store.Context, File->Name);
    if (Result == PRCM_OK && ReadName(File->Name, Mark))
        Result = Folder->Store.Remove(Folder->Store.Context, Mark);
    if (Result != PRCM_OK)
        return Result;
    Folder->State.Files--;
    Folder->State.Bytes -= File->Bytes;
    Folder->State.DeletedFiles++;
    Folder->State.DeletedBytes += File->Bytes;
    return PRCM_OK;
}

/* Deletes the oldest until what is left, and another file, are within the budget. */
static PRCM_RESULT
BudgetKeep(PRCM_CAPTURE_FOLDER *Folder)
{
    const PRCM_FOLDER_OPTIONS *Options = &Folder->Options;
    CAPTURE_ORDER Order;
    PRCM_RESULT Result = OrderList(&Order, &Folder->Store, Folder->Name);
    Folder->State.Files = Order.Count;
    Folder->State.Bytes = 0;
    Folder->State.OverBudget = 0;
    for (uint32_t At = 0; At < Order.Count; At++)
        Folder->State.Bytes += Order.Files[At].Bytes;
    uint64_t Most = Options->BudgetBytes != 0 ? Options->BudgetBytes - Options->MaxFileBytes : UINT64_MAX;
    for (uint32_t At = 0; At < Order.Count && Folder->State.Bytes > Most && Result == PRCM_OK; At++)
    {
        bool Deletes = true;
        if (Options->KeepUntilRead)
            Result = FileIsRead(Folder, Order.Files[At].Name, &Deletes);
        if (Result != PRCM_OK || !Deletes)
            break;
        Result = FileDelete(Folder, &Order.Files[At]);
    }
    Folder->State.OverBudget = Folder->State.Bytes > Most;
    OrderDestroy(&Order);
    return Result;
}

static PRCM_RESULT
FileWriteHead(const PRCM_CAPTURE_FOLDER *Folder, PRCM_CAPTURE_WRITER *Writer)
{
    PRCM_RESULT Result = PRCM_OK;
    for (const KEPT_FACT *Kept = Folder->Kept.First; Kept != NULL && Result == PRCM_OK; Kept = Kept->Next)
        Result = PrcmCaptureFact(Writer, (const void *)Kept->Fact);
    return Result == PRCM_OK ? WriterPlace(Writer, &Folder->Account) : Result;
}

/* A file of a name that is free. */
static PRCM_RESULT
FileCreate(PRCM_CAPTURE_FOLDER *Folder, int64_t Time, PRCM_CAPTURE_FILE *File)
{
    PRCM_RESULT Result = PRCM_ERROR_EXISTS;
    for (uint32_t Try = 0; Try < NAME_TRIES && Result == PRCM_ERROR_EXISTS; Try++)
    {
        NameFormat(Folder->Name, Time, Folder->Account.Next.Next, Folder->File);
        Result = Folder->Store.Open(Folder->Store.Context, Folder->File, PRCM_CAPTURE_CREATE, File);
        Time += TIME_PER_MS;
    }
    return Result;
}

/* A file that could not be begun is not left behind. */
static PRCM_RESULT
FileBegin(PRCM_CAPTURE_FOLDER *Folder, const PRCM_CAPTURE_CLOCK *Now)
{
    const PRCM_CAPTURE_OPTIONS Options = FileOptions(Folder, Now->Time);
    PRCM_CAPTURE_FILE File;
    PRCM_CAPTURE_WRITER *Writer = NULL;
    PRCM_RESULT Result = BudgetKeep(Folder);
    if (Result == PRCM_OK)
        Result = FileCreate(Folder, Now->Time, &File);
    if (Result != PRCM_OK)
        return Result;
    Result = PrcmCaptureCreate(&File, &Options, &Writer);
    if (Result == PRCM_OK)
        Result = FileWriteHead(Folder, Writer);
    if (Result == PRCM_OK)
    {
        Folder->Writer = Writer;
        Folder->FileMs = Now->Ms;
        Folder->State.Begun++;
        return PRCM_OK;
    }
    uint32_t Error = PrcmLastSystemError();
    PrcmCaptureFree(Writer);
    Folder->Store.Remove(Folder->Store.Context, Folder->File);
    return ResultNote(Result, Error);
}

PRCM_RESULT
PrcmFolderEnd(PRCM_CAPTURE_FOLDER *Folder)
{
    if (Folder == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (Folder->Writer == NULL)
        return PRCM_OK;
    PRCM_RESULT Result = PrcmCaptureEnd(Folder->Writer);
    if (Result != PRCM_OK)
        return Result;
    Folder->Account = Folder->Writer->Account;
    PrcmCaptureFree(Folder->Writer);
    Folder->Writer = NULL;
    return PRCM_OK;
}

static bool
FileIsFull(const PRCM_CAPTURE_FOLDER *Folder, const PRCM_CAPTURE_CLOCK *Now)
{
    const PRCM_FOLDER_OPTIONS *Options = &Folder->Options;
    return (Options->MaxFileBytes != 0 && Folder->Writer->End >= Options->MaxFileBytes) ||
           (Options->MaxFileMs != 0 && Now->Ms - Folder->FileMs >= Options->MaxFileMs);
}

/* There is a file, and it is not full. */
static PRCM_RESULT
FolderReady(PRCM_CAPTURE_FOLDER *Folder, const PRCM_CAPTURE_CLOCK *Now)
{
    PRCM_RESULT Result = PRCM_OK;
    if (Folder->Writer != NULL && FileIsFull(Folder, Now))
        Result = PrcmFolderEnd(Folder);
    if (Result == PRCM_OK && Folder->Writer == NULL)
        Result = FileBegin(Folder, Now);
    return Result;
}

/* Every session has files of its own: a file's name says where it begins. */
PRCM_RESULT
PrcmFolderBegin(PRCM_CAPTURE_FOLDER *Folder, const PRCM_SUBSCRIPTION *Asked, const PRCM_SUBSCRIBED *Given,
                const PRCM_CAPTURE_CLOCK *Now)
{
    uint64_t Room[FACT_SUBSCRIPTION_BYTES / 8];
    ACCOUNT Account;
    if (Folder == NULL || Given == NULL || Now == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    PRCM_RESULT Result = ResultNote(AccountOpen(&Account, Given), 0);
    if (Result != PRCM_OK)
        return Result;
    const PRCM_FACT *Fact = FactOfSubscription(Room, Asked, Given);
    Result = Fact != NULL ? PrcmFolderEnd(Folder) : ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (Result == PRCM_OK)
        Result = KeptTake(&Folder->Kept, Fact);
    if (Result != PRCM_OK)
        return Result;
    Folder->Account = Account;
    Folder->Begun = true;
    return FileBegin(Folder, Now);
}

PRCM_RESULT
PrcmFolderFact(PRCM_CAPTURE_FOLDER *Folder, const PRCM_FACT *Fact)
{
    if (Folder == NULL || Fact == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (!FactIsWellFormed(Fact, Fact->Size))
        return ResultNote(PRCM_ERROR_CAPTURE, 0);
    PRCM_RESULT Result = Folder->Writer != NULL ? PrcmCaptureFact(Folder->Writer, Fact) : PRCM_OK;
    return Result == PRCM_OK ? KeptTake(&Folder->Kept, Fact) : Result;
}

PRCM_RESULT
PrcmFolderBatch(PRCM_CAPTURE_FOLDER *Folder, const PRCM_BATCH *Batch, uint32_t Length,
                const PRCM_CAPTURE_CLOCK *Now)
{
    if (Folder == NULL || Now == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (!Folder->Begun)
        return ResultNote(PRCM_ERROR_STATE, 0);
    PRCM_RESULT Result = FolderReady(Folder, Now);
    return Result == PRCM_OK ? PrcmCaptureBatch(Folder->Writer, Batch, Length) : Result;
}

PRCM_RESULT
PrcmFolderFlush(PRCM_CAPTURE_FOLDER *Folder, const PRCM_CAPTURE_CLOCK *Now)
{
    if (Folder == NULL || Now == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (!Folder->Begun)
        return PRCM_OK;
    PRCM_RESULT Result = FolderReady(Folder, Now);
    return Result == PRCM_OK ? PrcmCaptureFlush(Folder->Writer) : Result;
}

void
PrcmFolderState(const PRCM_CAPTURE_FOLDER *Folder, PRCM_FOLDER_STATE *State)
{
    *State = Folder->State;
    State->Name = Folder->Writer != NULL ? Folder->File : NULL;
}
