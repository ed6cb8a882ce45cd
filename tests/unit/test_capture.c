/* SPDX-License-Identifier: MIT
 *
 * What is written to a capture is read from it again, and what does not belong into it is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture_rig.h"

#define ASSERT_READS(File, Expected)                                                                         \
    do                                                                                                       \
    {                                                                                                        \
        char *Text_ = RigRead(File);                                                                         \
        assert_string_equal(Text_, Expected);                                                                \
        free(Text_);                                                                                         \
    } while (0)

static void
a_capture_is_read_as_it_was_written(void **State)
{
    (void)State;
    RIG_FILE File = {0};
    RIG_STREAM *Stream = RigStreamCreate(RIG_INSTANCE);
    PRCM_CAPTURE_WRITER *Writer = RigCreate(&File);
    RIG_OK(PrcmCaptureFact(Writer, RigHostFact("PC")));
    RigBegin(Writer, Stream);
    RigWrite(Writer, Stream, 2);
    RIG_OK(PrcmCaptureEnd(Writer));
    PrcmCaptureFree(Writer);
    ASSERT_READS(&File, "file -\n"
                        "fact 1\n"
                        "session 1dc5bd0f3a1b2c4 from 1\n"
                        "fact 5\n"
                        "batch 1 to 5\n"
                        "batch 5 to 9\n"
                        "end closed, torn 0 none\n"
                        "account 1dc5bd0f3a1b2c4 1 to 9: 8 told, 0 missing, complete\n");
    free(Stream);
    RigFileFree(&File);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_capture_is_read_as_it_was_written),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
