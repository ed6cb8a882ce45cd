/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../lib/driver_file.h"

#define AT_HEADER   128u
#define AT_VERSION  512u
#define AT_NAME     600u
#define FILE_BYTES  768u
#define NAME_BYTES  34u /* with its end */
#define VALUE_BYTES 18u

typedef struct SAMPLE
{
    uint8_t Bytes[FILE_BYTES];
} SAMPLE;

static void
Put32(uint8_t *At, uint32_t Value)
{
    for (unsigned Index = 0; Index < 4; Index++)
        At[Index] = (uint8_t)(Value >> 8 * Index);
}

static SAMPLE
Sample(void)
{
    SAMPLE Sample = {{0}};
    memcpy(Sample.Bytes, "MZ", 2);
    Put32(Sample.Bytes + 60, AT_HEADER);
    memcpy(Sample.Bytes + AT_HEADER, "PE\0\0\x64\x86", 6);
    Put32(Sample.Bytes + AT_VERSION, 0xFEEF04BD);
    Put32(Sample.Bytes + AT_VERSION + 4, 0x00010000);
    Put32(Sample.Bytes + AT_VERSION + 8, 0x00030002);  /* 3.2 */
    Put32(Sample.Bytes + AT_VERSION + 12, 0x01FF0009); /* .511.9 */
    memcpy(Sample.Bytes + AT_NAME, u"OriginalFilename", NAME_BYTES);
    memcpy(Sample.Bytes + AT_NAME + NAME_BYTES + 2, u"prcm.sys", VALUE_BYTES);
    return Sample;
}

/* From memory of exactly that length, so that a byte read beyond it is found. */
static bool
Read(const SAMPLE *Sample, size_t Length, DRIVER_FILE *File)
{
    uint8_t *Bytes = malloc(Length != 0 ? Length : 1);
    if (Bytes == NULL)
        abort();
    memcpy(Bytes, Sample->Bytes, Length);
    bool IsImage = DriverFileRead(Bytes, Length, File);
    free(Bytes);
    return IsImage;
}

static void
an_image_tells_machine_version_and_name(void **State)
{
    SAMPLE Whole = Sample();
    DRIVER_FILE File;
    (void)State;
    assert_true(Read(&Whole, FILE_BYTES, &File));
    assert_int_equal(File.Machine, 0x8664);
    assert_int_equal(File.Version, 3u << 24 | 2u << 16 | 511u);
    assert_true(File.IsPrcm);
}

static void
what_is_missing_is_not_made_up(void **State)
{
    SAMPLE Changed = Sample();
    DRIVER_FILE File;
    (void)State;
    Changed.Bytes[AT_VERSION + 4] = 1;
    Changed.Bytes[AT_NAME + NAME_BYTES + 2] = 'q';
    assert_true(Read(&Changed, FILE_BYTES, &File));
    assert_int_equal(File.Version, 0);
    assert_false(File.IsPrcm);
}

static void
what_is_no_image_is_refused(void **State)
{
    SAMPLE Changed;
    DRIVER_FILE File;
    (void)State;
    for (size_t Index = 0; Index < 4; Index++)
    {
        static const size_t At[] = {0, 1, AT_HEADER, AT_HEADER + 3};
        Changed = Sample();
        Changed.Bytes[At[Index]] ^= 1;
        assert_false(Read(&Changed, FILE_BYTES, &File));
    }
    static const uint32_t Headers[] = {FILE_BYTES - 23, FILE_BYTES, 0x7FFFFFFF, 0xFFFFFFFF};
    for (size_t Index = 0; Index < sizeof(Headers) / sizeof(Headers[0]); Index++)
    {
        Changed = Sample();
        Put32(Changed.Bytes + 60, Headers[Index]);
        assert_false(Read(&Changed, FILE_BYTES, &File));
    }
}

/* The sanitizers look on. */
static void
no_length_is_read_beyond(void **State)
{
    SAMPLE Whole = Sample();
    DRIVER_FILE File;
    (void)State;
    for (size_t Length = 0; Length <= FILE_BYTES; Length++)
    {
        bool IsImage = Read(&Whole, Length, &File);
        assert_int_equal(IsImage, Length >= AT_HEADER + 24);
        if (Length < AT_NAME + NAME_BYTES + 2 + VALUE_BYTES)
            assert_false(File.IsPrcm);
    }
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(an_image_tells_machine_version_and_name),
        cmocka_unit_test(what_is_missing_is_not_made_up),
        cmocka_unit_test(what_is_no_image_is_refused),
        cmocka_unit_test(no_length_is_read_beyond),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
