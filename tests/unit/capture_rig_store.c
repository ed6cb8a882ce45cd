/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture_rig_store.h"
#include "result.h"

RIG_FILE *
RigStoreFind(RIG_STORE *Store, const char *Name)
{
    for (uint32_t At = 0; At < RIG_FILES; At++)
    {
        if (strcmp(Store->Names[At], Name) == 0)
            return &Store->Files[At];
    }
    return NULL;
}

static PRCM_RESULT
StoreOpenFile(void *Context, const char *Name, uint32_t Mode, PRCM_CAPTURE_FILE *Opened)
{
    RIG_STORE *Store = Context;
    RIG_FILE *File = RigStoreFind(Store, Name);
    if (File == NULL && Mode == PRCM_CAPTURE_CREATE)
    {
        File = RigStoreFind(Store, "");
        assert_non_null(File);
        snprintf(Store->Names[File - Store->Files], sizeof(Store->Names[0]), "%s", Name);
    }
    else if (Mode == PRCM_CAPTURE_CREATE)
        return ResultNote(PRCM_ERROR_EXISTS, EEXIST);
    if (File == NULL)
        return ResultNote(PRCM_ERROR_NO_CAPTURE, ENOENT);
    File->DiskBytes = Store->DiskBytes;
    *Opened = RigFileOpen(File);
    return PRCM_OK;
}

static PRCM_RESULT
StoreList(void *Context, PRCM_RESULT (*Take)(void *, const char *, uint64_t), void *Taker)
{
    const RIG_STORE *Store = Context;
    PRCM_RESULT Result = PRCM_OK;
    for (uint32_t At = RIG_FILES; At != 0 && Result == PRCM_OK; At--)
    {
        if (Store->Names[At - 1][0] != 0)
            Result = Take(Taker, Store->Names[At - 1], Store->Files[At - 1].Size);
    }
    return Result;
}

static PRCM_RESULT
StoreRemove(void *Context, const char *Name)
{
    RIG_STORE *Store = Context;
    RIG_FILE *File = RigStoreFind(Store, Name);
    if (File == NULL)
        return PRCM_OK;
    RigFileFree(File);
    Store->Names[File - Store->Files][0] = 0;
    return PRCM_OK;
}

static void
StoreClose(void *Context)
{
    ((RIG_STORE *)Context)->Open--;
}

PRCM_CAPTURE_STORE
RigStoreOpen(RIG_STORE *Store)
{
    Store->Open++;
    return (PRCM_CAPTURE_STORE){Store, StoreOpenFile, StoreList, StoreRemove, StoreClose};
}

void
RigStoreFree(RIG_STORE *Store)
{
    assert_int_equal(Store->Open, 0);
    for (uint32_t At = 0; At < RIG_FILES; At++)
        RigFileFree(&Store->Files[At]);
    free(Store);
}

static int
ByText(const void *One, const void *Other)
{
    return strcmp(*(char *const *)One, *(char *const *)Other);
}

char *
RigStoreNames(const RIG_STORE *Store)
{
    const char *Names[RIG_FILES] = {NULL};
    char *Text = NULL;
    size_t Length;
    uint32_t Count = 0;
    for (uint32_t At = 0; At < RIG_FILES; At++)
    {
        if (Store->Names[At][0] != 0)
            Names[Count++] = Store->Names[At];
    }
    qsort(Names, Count, sizeof(Names[0]), ByText);
    FILE *Out = open_memstream(&Text, &Length);
    assert_non_null(Out);
    for (uint32_t At = 0; At < Count; At++)
        fprintf(Out, "%s\n", Names[At]);
    fclose(Out);
    return Text;
}

char *
RigStoreRead(RIG_STORE *Store, const char *Name)
{
    PRCM_CAPTURE_STORE Opened = RigStoreOpen(Store);
    PRCM_CAPTURE_READER *Reader;
    RIG_OK(PrcmCaptureOpenStore(&Opened, Name, &Reader));
    char *Text = RigReadAll(Reader);
    PrcmCaptureClose(Reader);
    return Text;
}
