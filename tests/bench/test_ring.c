/* SPDX-License-Identifier: MIT
 *
 * The shared ring that prcm is compared with: whoever commits wakes a reader that had caught up, and no other.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <sim.h>
#include "ring.h"
#include "way.h"
#include "way_os.h"

#define RECORD_BYTES 1000u

static const WAY *Way;
static ULONG Signals;
volatile LONG64 WayLost;

NTSTATUS
WayStart(DRIVER_OBJECT *DriverObject, const WAY *Started)
{
    UNREFERENCED_PARAMETER(DriverObject);
    Way = Started;
    return Way->Init();
}

VOID
WaySignal(VOID)
{
    Signals++;
}

static int
Begin(void **State)
{
    (void)State;
    SimReset();
    Signals = 0;
    WayLost = 0;
    return BpfRingEntry(NULL, NULL);
}

static int
End(void **State)
{
    (void)State;
    Way->Destroy();
    return 0;
}

/* Whether there was room. */
static bool
Put(void)
{
    PRCM_RECORD *Record = Way->Reserve(RECORD_BYTES);
    if (!Record)
        return false;
    Record->Size = RECORD_BYTES;
    Way->Commit(Record);
    return true;
}

/* Whether a reader would have been woken. */
static bool
PutWakes(void)
{
    ULONG Before = Signals;
    assert_true(Put());
    return Signals != Before;
}

static void
CatchUp(void)
{
    RingMapping()->Consumer = RingMapping()->Producer;
}

static void
a_reader_that_had_caught_up_is_woken_wherever_the_ring_stands(void **State)
{
    (void)State;
    for (ULONG Count = 0; Count < 3 * RING_BYTES / RECORD_BYTES; Count++)
    {
        assert_true(PutWakes());
        CatchUp();
    }
}

static void
a_reader_that_is_behind_is_not_woken(void **State)
{
    (void)State;
    assert_true(PutWakes());
    for (ULONG Count = 0; Count < 100; Count++)
        assert_false(PutWakes());
}

static void
what_finds_no_room_is_counted(void **State)
{
    (void)State;
    while (Put())
        continue;
    assert_int_equal(WayLost, 1);
    CatchUp();
    assert_true(PutWakes());
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test_setup_teardown(a_reader_that_had_caught_up_is_woken_wherever_the_ring_stands, Begin,
                                        End),
        cmocka_unit_test_setup_teardown(a_reader_that_is_behind_is_not_woken, Begin, End),
        cmocka_unit_test_setup_teardown(what_finds_no_room_is_counted, Begin, End),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
