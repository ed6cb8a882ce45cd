/* SPDX-License-Identifier: MIT
 *
 * A folder of captures: files follow one another, the oldest go, and all is read as one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture_name.h"
#include "capture_rig_store.h"

/* 2026-11-22T15:04:05.123Z */
#define NOON 134398334451230000

typedef struct FOLDER
{
    RIG_STORE *Store;
    RIG_STREAM *Stream;
    PRCM_CAPTURE_FOLDER *Folder;
    PRCM_CAPTURE_CLOCK Now;
    PRCM_CAPTURE_TAIL Tail;
} FOLDER;

static FOLDER *
FolderCreate(void)
{
    FOLDER *Folder = calloc(1, sizeof(*Folder));
    assert_non_null(Folder);
    Folder->Store = calloc(1, sizeof(*Folder->Store));
    assert_non_null(Folder->Store);
    Folder->Stream = RigStreamCreate(RIG_INSTANCE);
    Folder->Now = (PRCM_CAPTURE_CLOCK){NOON, 1000};
    return Folder;
}

static void
FolderFree(FOLDER *Folder)
{
    PrcmFolderFree(Folder->Folder);
    RigStoreFree(Folder->Store);
    free(Folder->Stream);
    free(Folder);
}

static void
FolderStart(FOLDER *Folder, const PRCM_FOLDER_OPTIONS *Options)
{
    PRCM_CAPTURE_STORE Opened = RigStoreOpen(Folder->Store);
    RIG_OK(PrcmFolderStart(&Opened, Options, &Folder->Now, &Folder->Folder, &Folder->Tail));
}

static void
FolderBegin(FOLDER *Folder)
{
    PRCM_SUBSCRIBED Given = RigSubscribed(Folder->Stream);
    RIG_OK(PrcmFolderBegin(Folder->Folder, NULL, &Given, &Folder->Now));
}

/* Each batch in a block of its own, a second apart. */
static void
FolderWrite(FOLDER *Folder, uint32_t Count)
{
    for (; Count != 0; Count--)
    {
        const PRCM_BATCH *Batch = RigBatch(Folder->Stream);
        RIG_OK(PrcmFolderBatch(Folder->Folder, Batch, Batch->Bytes, &Folder->Now));
        RIG_OK(PrcmFolderFlush(Folder->Folder, &Folder->Now));
        Folder->Now.Time += 10000000;
        Folder->Now.Ms += 1000;
    }
}

static void
FolderStop(FOLDER *Folder)
{
    RIG_OK(PrcmFolderEnd(Folder->Folder));
    PrcmFolderFree(Folder->Folder);
    Folder->Folder = NULL;
}

static void
AssertNames(const FOLDER *Folder, const char *Expected)
{
    char *Names = RigStoreNames(Folder->Store);
    assert_string_equal(Names, Expected);
    free(Names);
}

static void
AssertReads(const FOLDER *Folder, const char *Name, const char *Expected)
{
    char *Text = RigStoreRead(Folder->Store, Name);
    assert_string_equal(Text, Expected);
    free(Text);
}

static void
AssertReadsPart(const FOLDER *Folder, const char *Expected)
{
    char *Text = RigStoreRead(Folder->Store, NULL);
    if (strstr(Text, Expected) == NULL)
        fail_msg("\"%s\" is not in\n%s", Expected, Text);
    free(Text);
}

static void
names_say_when_and_from_which_number(void **State)
{
    (void)State;
    char Name[CAPTURE_NAME_BYTES];
    NameFormat("host", NOON, 17, Name);
    assert_string_equal(Name, "host-20261122T150405123Z-00000000000000000017.prcm");
    NameFormat("a", -5, UINT64_MAX, Name);
    assert_string_equal(Name, "a-16010101T000000000Z-18446744073709551615.prcm");
    NameFormat("a", INT64_MAX, 0, Name);
    assert_string_equal(Name, "a-99991231T235959999Z-00000000000000000000.prcm");
    NameFormat("a", 133537247991234567, 0, Name);
    assert_string_equal(Name, "a-20240229T235959123Z-00000000000000000000.prcm");
    assert_true(NameIsGood("A-z_0.9"));
    assert_false(NameIsGood(""));
    assert_false(NameIsGood(".x"));
    assert_false(NameIsGood("a/b"));
    assert_true(NameIsOf("a-20240229T235959123Z-00000000000000000000.prcm", "a"));
    assert_false(NameIsOf("a-b-20240229T235959123Z-00000000000000000000.prcm", "a"));
    assert_false(NameIsOf("a-20240229T235959123Z-00000000000000000000.prcm.read", NULL));
    assert_true(NameIsOf("anything.prcm", NULL));
}

static void
files_follow_one_another_by_age(void **State)
{
    (void)State;
    const PRCM_FOLDER_OPTIONS Options = {.Name = "pc", .MaxFileMs = 2000};
    FOLDER *Folder = FolderCreate();
    FolderStart(Folder, &Options);
    assert_false(Folder->Tail.HasToken);
    RIG_OK(PrcmFolderFact(Folder->Folder, RigHostFact("PC")));
    FolderBegin(Folder);
    /* The wall clock is set; ages go by the other. */
    FolderWrite(Folder, 1);
    Folder->Now.Time += 36000000000;
    FolderWrite(Folder, 2);
    FolderStop(Folder);
    AssertNames(Folder, "pc-20261122T150405123Z-00000000000000000001.prcm\n"
                        "pc-20261122T160407123Z-00000000000000000009.prcm\n");
    AssertReads(Folder, "pc",
                "file pc-20261122T150405123Z-00000000000000000001.prcm\n"
                "fact 1\n"
                "fact 5\n"
                "session 1dc5bd0f3a1b2c4 from 1\n"
                "batch 1 to 5\n"
                "batch 5 to 9\n"
                "end closed, torn 0 none\n"
                "file pc-20261122T160407123Z-00000000000000000009.prcm\n"
                "fact 1\n"
                "fact 5\n"
                "session 1dc5bd0f3a1b2c4 from 9\n"
                "batch 9 to 13\n"
                "end closed, torn 0 none\n"
                "account 1dc5bd0f3a1b2c4 1 to 13: 12 told, 0 missing, complete\n");
    FolderFree(Folder);
}

static void
a_file_that_is_missing_is_a_gap(void **State)
{
    (void)State;
    const PRCM_FOLDER_OPTIONS Options = {.Name = "pc", .MaxFileMs = 1000};
    FOLDER *Folder = FolderCreate();
    FolderStart(Folder, &Options);
    FolderBegin(Folder);
    FolderWrite(Folder, 3);
    FolderStop(Folder);
    PRCM_CAPTURE_STORE Store = RigStoreOpen(Folder->Store);
    RIG_OK(Store.Remove(Store.Context, "pc-20261122T150406123Z-00000000000000000005.prcm"));
    Store.Close(Store.Context);
    AssertReadsPart(Folder, "gap 5 to 9 file missing 1 1 2\nsession 1dc5bd0f3a1b2c4 from 9\n");
    FolderFree(Folder);
}

static void
files_are_read_by_number_though_the_clock_was_set_back(void **State)
{
    (void)State;
    const PRCM_FOLDER_OPTIONS Options = {.Name = "pc", .MaxFileMs = 1000};
    FOLDER *Folder = FolderCreate();
    FolderStart(Folder, &Options);
    FolderBegin(Folder);
    FolderWrite(Folder, 2);
    Folder->Now.Time -= 36000000000;
    FolderWrite(Folder, 2);
    FolderStop(Folder);
    AssertReadsPart(Folder, "account 1dc5bd0f3a1b2c4 1 to 17: 16 told, 0 missing, complete\n");
    FolderFree(Folder);
}

static void
a_folder_is_gone_on_with_exactly(void **State)
{
    (void)State;
    const PRCM_FOLDER_OPTIONS Options = {.Name = "pc"};
    FOLDER *Folder = FolderCreate();
    FolderStart(Folder, &Options);
    FolderBegin(Folder);
    FolderWrite(Folder, 2);
    /* The writer dies while it writes a block. */
    PrcmFolderFree(Folder->Folder);
    RigStoreFind(Folder->Store, "pc-20261122T150405123Z-00000000000000000001.prcm")->Size -= 5;
    FolderStart(Folder, &Options);
    assert_int_equal(Folder->Tail.CutWhy, PRCM_DAMAGE_PARTIAL);
    assert_true(Folder->Tail.HasToken);
    assert_int_equal(Folder->Tail.Token.Next, 5);
    memcpy(Folder->Stream->Before, Folder->Tail.Token.Captured, sizeof(Folder->Stream->Before));
    FolderBegin(Folder);
    FolderWrite(Folder, 1);
    FolderStop(Folder);
    AssertReads(Folder, NULL,
                "file pc-20261122T150405123Z-00000000000000000001.prcm\n"
                "fact 5\n"
                "session 1dc5bd0f3a1b2c4 from 1\n"
                "batch 1 to 5\n"
                "end closed, torn 0 none\n"
                "file pc-20261122T150407123Z-00000000000000000005.prcm\n"
                "fact 5\n"
                "session 1dc5bd0f3a1b2c4 from 5\n"
                "batch 5 to 9\n"
                "end closed, torn 0 none\n"
                "account 1dc5bd0f3a1b2c4 1 to 9: 8 told, 0 missing, complete\n");
    FolderFree(Folder);
}

static void
the_budget_deletes_the_oldest(void **State)
{
    (void)State;
    const PRCM_FOLDER_OPTIONS Options = {.Name = "pc", .MaxFileBytes = 4096, .BudgetBytes = 32768};
    FOLDER *Folder = FolderCreate();
    PRCM_FOLDER_STATE Now;
    FolderStart(Folder, &Options);
    FolderBegin(Folder);
    for (uint32_t Count = 0; Count < 200; Count++)
    {
        FolderWrite(Folder, 1);
        uint64_t Bytes = 0;
        for (uint32_t At = 0; At < RIG_FILES; At++)
            Bytes += Folder->Store->Files[At].Size;
        /* A file is ended by the block that takes it over its limit. */
        assert_true(Bytes <= Options.BudgetBytes + 2048);
    }
    PrcmFolderState(Folder->Folder, &Now);
    assert_true(Now.DeletedFiles > 5);
    assert_int_equal(Now.Begun, Now.Files + 1 + Now.DeletedFiles);
    assert_false(Now.OverBudget);
    assert_non_null(RigStoreFind(Folder->Store, Now.Name));
    FolderStop(Folder);
    AssertReadsPart(Folder, "to 801: ");
    AssertReadsPart(Folder, " 0 missing, complete\n");
    FolderFree(Folder);
}

static void
what_was_not_read_is_kept(void **State)
{
    (void)State;
    const PRCM_FOLDER_OPTIONS Options = {
        .Name = "pc", .MaxFileBytes = 4096, .BudgetBytes = 32768, .KeepUntilRead = 1};
    FOLDER *Folder = FolderCreate();
    PRCM_FOLDER_STATE Now;
    FolderStart(Folder, &Options);
    FolderBegin(Folder);
    FolderWrite(Folder, 150);
    PrcmFolderState(Folder->Folder, &Now);
    assert_true(Now.OverBudget);
    assert_int_equal(Now.DeletedFiles, 0);

    PRCM_CAPTURE_STORE Store = RigStoreOpen(Folder->Store);
    char *Names = RigStoreNames(Folder->Store);
    char *Rest;
    const char *First = strtok_r(Names, "\n", &Rest);
    const char *Second = strtok_r(NULL, "\n", &Rest);
    assert_non_null(First);
    assert_non_null(Second);
    /* The second alone helps nothing: the oldest is kept. */
    RIG_OK(PrcmCaptureMarkRead(&Store, Second));
    FolderWrite(Folder, 20);
    PrcmFolderState(Folder->Folder, &Now);
    assert_int_equal(Now.DeletedFiles, 0);
    RIG_OK(PrcmCaptureMarkRead(&Store, First));
    RIG_OK(PrcmCaptureMarkRead(&Store, First));
    FolderWrite(Folder, 20);
    PrcmFolderState(Folder->Folder, &Now);
    assert_int_equal(Now.DeletedFiles, 2);
    assert_null(RigStoreFind(Folder->Store, First));
    Store.Close(Store.Context);
    free(Names);
    FolderStop(Folder);
    Names = RigStoreNames(Folder->Store);
    assert_null(strstr(Names, ".read"));
    free(Names);
    FolderFree(Folder);
}

static void
a_full_disk_is_survived(void **State)
{
    (void)State;
    const PRCM_FOLDER_OPTIONS Options = {.Name = "pc", .MaxFileBytes = 4096};
    FOLDER *Folder = FolderCreate();
    FolderStart(Folder, &Options);
    RIG_OK(PrcmFolderFact(Folder->Folder, RigHostFact("PC")));
    FolderBegin(Folder);
    uint32_t Failures = 0;
    for (uint32_t Count = 0; Count < 60; Count++)
    {
        const PRCM_BATCH *Batch = RigBatch(Folder->Stream);
        PRCM_RESULT Result = PRCM_ERROR_DISK_FULL;
        for (uint32_t Try = 0; Result != PRCM_OK; Try++)
        {
            /* Now and then there is room for some more bytes only. */
            Folder->Store->DiskBytes = Try == 0 && Count % 3 == 0 ? 100 + 467 * Count % 5000 : 0;
            for (uint32_t At = 0; At < RIG_FILES; At++)
                Folder->Store->Files[At].DiskBytes = Folder->Store->DiskBytes;
            Result = PrcmFolderBatch(Folder->Folder, Batch, Batch->Bytes, &Folder->Now);
            if (Result == PRCM_OK && PrcmFolderFlush(Folder->Folder, &Folder->Now) != PRCM_OK)
                Failures++;
            Failures += Result != PRCM_OK;
        }
    }
    assert_true(Failures >= 5);
    Folder->Store->DiskBytes = 0;
    for (uint32_t At = 0; At < RIG_FILES; At++)
        Folder->Store->Files[At].DiskBytes = 0;
    FolderStop(Folder);
    AssertReadsPart(Folder, "account 1dc5bd0f3a1b2c4 1 to 241: 240 told, 0 missing, complete\n");
    FolderFree(Folder);
}

static void
a_folder_is_read_from_a_number_and_a_time(void **State)
{
    (void)State;
    const PRCM_FOLDER_OPTIONS Options = {.Name = "pc", .MaxFileMs = 1000};
    FOLDER *Folder = FolderCreate();
    FolderStart(Folder, &Options);
    FolderBegin(Folder);
    FolderWrite(Folder, 4);
    FolderStop(Folder);
    PRCM_CAPTURE_STORE Store = RigStoreOpen(Folder->Store);
    PRCM_CAPTURE_READER *Reader;
    RIG_OK(PrcmCaptureOpenStore(&Store, "pc", &Reader));
    for (uint32_t Way = 0; Way < 2; Way++)
    {
        RIG_OK(Way == 0 ? PrcmCaptureSeekNumber(Reader, RIG_INSTANCE, 10)
                        : PrcmCaptureSeekTime(Reader, RIG_TIME + 10));
        char *Text = RigReadAll(Reader);
        assert_non_null(strstr(Text, "account 1dc5bd0f3a1b2c4 9 to 17: 8 told, 0 missing, complete\n"));
        assert_memory_equal(
            Text, "file pc-20261122T150407123Z-00000000000000000009.prcm\nfact 5\nbatch 9 to 13\n", 75);
        free(Text);
    }
    PrcmCaptureClose(Reader);
    FolderFree(Folder);
}

static void
a_folder_without_captures_is_none(void **State)
{
    (void)State;
    FOLDER *Folder = FolderCreate();
    PRCM_CAPTURE_STORE Store = RigStoreOpen(Folder->Store);
    PRCM_CAPTURE_READER *Reader;
    assert_int_equal(PrcmCaptureOpenStore(&Store, NULL, &Reader), PRCM_ERROR_NO_CAPTURE);
    const PRCM_FOLDER_OPTIONS Bad = {.Name = "a/b"};
    Store = RigStoreOpen(Folder->Store);
    assert_int_equal(PrcmFolderStart(&Store, &Bad, &Folder->Now, &Folder->Folder, NULL),
                     PRCM_ERROR_PARAMETER);
    FolderFree(Folder);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(names_say_when_and_from_which_number),
        cmocka_unit_test(files_follow_one_another_by_age),
        cmocka_unit_test(a_file_that_is_missing_is_a_gap),
        cmocka_unit_test(files_are_read_by_number_though_the_clock_was_set_back),
        cmocka_unit_test(a_folder_is_gone_on_with_exactly),
        cmocka_unit_test(the_budget_deletes_the_oldest),
        cmocka_unit_test(what_was_not_read_is_kept),
        cmocka_unit_test(a_full_disk_is_survived),
        cmocka_unit_test(a_folder_is_read_from_a_number_and_a_time),
        cmocka_unit_test(a_folder_without_captures_is_none),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
