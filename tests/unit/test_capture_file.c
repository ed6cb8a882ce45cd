/* SPDX-License-Identifier: MIT
 *
 * Captures in files of the system.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture_file.h"
#include "capture_rig.h"

static char Directory[64];

static const char *
PathOf(const char *Name)
{
    static char Path[256];
    snprintf(Path, sizeof(Path), "%s/%s", Directory, Name);
    return Path;
}

static PRCM_RESULT
Open(const char *Name, uint32_t Mode, PRCM_CAPTURE_FILE *File)
{
    return PrcmCaptureFileOpen(PathOf(Name), Mode, File);
}

static int
MakeDirectory(void **State)
{
    (void)State;
    strcpy(Directory, "/tmp/prcm-capture-XXXXXX");
    return mkdtemp(Directory) == NULL;
}

static int
RemoveDirectory(void **State)
{
    (void)State;
    static const char *const Names[] = {"a.prcm", "b.prcm", "b.prcm.read", "new/pc.prcm", "full"};
    for (uint32_t At = 0; At < sizeof(Names) / sizeof(Names[0]); At++)
        unlink(PathOf(Names[At]));
    rmdir(PathOf("new"));
    return rmdir(Directory);
}

static void
a_capture_in_a_file_is_read_again(void **State)
{
    (void)State;
    const PRCM_CAPTURE_OPTIONS Options = {.Time = RIG_TIME};
    PRCM_CAPTURE_FILE File;
    PRCM_CAPTURE_WRITER *Writer;
    PRCM_CAPTURE_READER *Reader;
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    RIG_OK(Open("a.prcm", PRCM_CAPTURE_CREATE, &File));
    RIG_OK(PrcmCaptureCreate(&File, &Options, &Writer));
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 2);
    RIG_OK(Open("a.prcm", PRCM_CAPTURE_READ, &File));
    RIG_OK(PrcmCaptureOpen(&File, &Reader));
    char *Text = RigReadAll(Reader);
    assert_non_null(
        strstr(Text, "end open, torn 0 none\naccount 1dc5bd0f3a1b2c4 1 to 9: 8 told, 0 missing, complete\n"));
    free(Text);
    PrcmCaptureClose(Reader);
    PrcmCaptureFree(Writer);

    RIG_OK(Open("a.prcm", PRCM_CAPTURE_APPEND, &File));
    PRCM_CAPTURE_TAIL Tail;
    RIG_OK(PrcmCaptureReopen(&File, &Options, &Writer, &Tail));
    assert_int_equal(Tail.Token.Next, 9);
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 1);
    RIG_OK(PrcmCaptureEnd(Writer));
    PrcmCaptureFree(Writer);
    RIG_OK(Open("a.prcm", PRCM_CAPTURE_READ, &File));
    RIG_OK(PrcmCaptureOpen(&File, &Reader));
    Text = RigReadAll(Reader);
    assert_non_null(strstr(Text, "end closed, torn 0 none\naccount 1dc5bd0f3a1b2c4 1 to 13: "));
    free(Text);
    PrcmCaptureClose(Reader);
    free(Stream);
}

static void
a_file_that_exists_is_left_as_it_is(void **State)
{
    (void)State;
    PRCM_CAPTURE_FILE File;
    struct stat Before;
    struct stat After;
    assert_int_equal(stat(PathOf("a.prcm"), &Before), 0);
    assert_int_equal(Open("a.prcm", PRCM_CAPTURE_CREATE, &File), PRCM_ERROR_EXISTS);
    assert_int_equal(PrcmLastSystemError(), EEXIST);
    assert_int_equal(stat(PathOf("a.prcm"), &After), 0);
    assert_int_equal(Before.st_size, After.st_size);
    assert_int_equal(After.st_mode & 0777, 0600);
}

static void
one_writes_at_a_time(void **State)
{
    (void)State;
    PRCM_CAPTURE_FILE First;
    PRCM_CAPTURE_FILE Second;
    uint64_t Size;
    RIG_OK(Open("a.prcm", PRCM_CAPTURE_APPEND, &First));
    assert_int_equal(Open("a.prcm", PRCM_CAPTURE_APPEND, &Second), PRCM_ERROR_IN_USE);
    assert_int_equal(Open("a.prcm", PRCM_CAPTURE_REPLACE, &Second), PRCM_ERROR_IN_USE);
    RIG_OK(First.Size(First.Context, &Size));
    assert_int_not_equal(Size, 0);
    First.Close(First.Context);
    RIG_OK(Open("a.prcm", PRCM_CAPTURE_REPLACE, &Second));
    RIG_OK(Second.Size(Second.Context, &Size));
    assert_int_equal(Size, 0);
    Second.Close(Second.Context);
}

static void
what_is_no_file_is_refused(void **State)
{
    (void)State;
    PRCM_CAPTURE_FILE File;
    PRCM_CAPTURE_STORE Store;
    assert_int_equal(Open("none.prcm", PRCM_CAPTURE_READ, &File), PRCM_ERROR_NO_CAPTURE);
    assert_int_equal(Open("none.prcm", PRCM_CAPTURE_APPEND, &File), PRCM_ERROR_NO_CAPTURE);
    assert_int_equal(Open("none/a.prcm", PRCM_CAPTURE_CREATE, &File), PRCM_ERROR_NO_CAPTURE);
    assert_int_equal(PrcmCaptureFileOpen(Directory, PRCM_CAPTURE_READ, &File), PRCM_ERROR_FILE);
    assert_int_equal(PrcmLastSystemError(), EISDIR);
    assert_int_equal(PrcmCaptureFileOpen("/dev/null", PRCM_CAPTURE_READ, &File), PRCM_ERROR_FILE);
    assert_int_equal(PrcmCaptureFileOpen(NULL, PRCM_CAPTURE_READ, &File), PRCM_ERROR_PARAMETER);
    assert_int_equal(Open("a.prcm", 0, &File), PRCM_ERROR_PARAMETER);
    assert_int_equal(Open("a.prcm", 5, &File), PRCM_ERROR_PARAMETER);
    assert_int_equal(PrcmCaptureStoreOpen(PathOf("a.prcm"), 0, &Store), PRCM_ERROR_NO_CAPTURE);
    assert_int_equal(PrcmCaptureStoreOpen(PathOf("none"), 0, &Store), PRCM_ERROR_NO_CAPTURE);
}

static PRCM_RESULT
CountFile(void *Taker, const char *Name, uint64_t Bytes)
{
    (void)Bytes;
    uint32_t *Count = Taker;
    ++*Count;
    return strcmp(Name, "stop") == 0 ? PRCM_TIMEOUT : PRCM_OK;
}

static void
a_folder_has_files_by_name(void **State)
{
    (void)State;
    PRCM_CAPTURE_STORE Store;
    PRCM_CAPTURE_FILE File;
    RIG_OK(PrcmCaptureStoreOpen(PathOf("new"), 1, &Store));
    Store.Close(Store.Context);
    RIG_OK(PrcmCaptureStoreOpen(PathOf("new/"), 1, &Store));
    uint32_t Count = 0;
    RIG_OK(Store.List(Store.Context, CountFile, &Count));
    assert_int_equal(Count, 0);
    RIG_OK(Store.Open(Store.Context, "stop", PRCM_CAPTURE_CREATE, &File));
    File.Close(File.Context);
    assert_int_equal(Store.List(Store.Context, CountFile, &Count), PRCM_TIMEOUT);
    assert_int_equal(Count, 1);
    RIG_OK(Store.Remove(Store.Context, "stop"));
    RIG_OK(Store.Remove(Store.Context, "stop"));
    assert_int_not_equal(Store.Open(Store.Context, "../a.prcm", PRCM_CAPTURE_READ, &File), PRCM_OK);
    Store.Close(Store.Context);
}

/* Where every write fails. */
static void
a_full_device_is_a_full_disk(void **State)
{
    (void)State;
    if (access("/dev/full", W_OK) != 0)
        skip();
    int Full = open("/dev/full", O_WRONLY);
    PRCM_CAPTURE_FILE File;
    RIG_OK(Open("full", PRCM_CAPTURE_CREATE, &File));
    /* The context is the descriptor. */
    assert_int_not_equal(dup2(Full, (int)(intptr_t)File.Context), -1);
    close(Full);
    assert_int_equal(File.Write(File.Context, 0, "x", 1), PRCM_ERROR_DISK_FULL);
    assert_int_equal(PrcmLastSystemError(), ENOSPC);
    File.Close(File.Context);
}

static void
an_id_is_a_number_of_its_own(void **State)
{
    (void)State;
    uint64_t First = CaptureFileNewId();
    assert_int_not_equal(First, 0);
    assert_int_not_equal(First, CaptureFileNewId());
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_capture_in_a_file_is_read_again),
        cmocka_unit_test(a_file_that_exists_is_left_as_it_is),
        cmocka_unit_test(one_writes_at_a_time),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_folder_has_files_by_name),
        cmocka_unit_test(a_full_device_is_a_full_disk),
        cmocka_unit_test(an_id_is_a_number_of_its_own),
    };
    return cmocka_run_group_tests(Tests, MakeDirectory, RemoveDirectory);
}
