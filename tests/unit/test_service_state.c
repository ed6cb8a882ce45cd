/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../lib/service_state.h"

typedef struct ROW
{
    uint32_t Manager;
    bool Linked;
    uint32_t OpenError;
    uint32_t State;
} ROW;

/* Which systems are seen to show a row: NT, the kernels that prcm was tried on or Windows by its documentation; Wine. */
static const ROW Rows[] = {
    {PRCM_SERVICE_STOPPED, false, 2, PRCM_SERVICE_STOPPED}, /* all */
    {PRCM_SERVICE_STOPPED, true, 2, PRCM_SERVICE_STOPPING}, /* a service manager that forgets what is held */
    {PRCM_SERVICE_STOPPED, true, 0, PRCM_SERVICE_STOPPING}, /* the same, for a moment */
    {PRCM_SERVICE_RUNNING, true, 0, PRCM_SERVICE_RUNNING},  /* all */
    {PRCM_SERVICE_RUNNING, true, 5, PRCM_SERVICE_RUNNING},  /* who asks may not open it */
    {PRCM_SERVICE_RUNNING, true, 69, PRCM_SERVICE_RUNNING}, /* too many sessions */
    {PRCM_SERVICE_RUNNING, true, 2, PRCM_SERVICE_STOPPING}, /* NT: stopped, and a foreign handle holds it */
    {PRCM_SERVICE_RUNNING, true, 433, PRCM_SERVICE_STOPPING}, /* the same, as Windows 10 says it */
    {PRCM_SERVICE_RUNNING, true, 55, PRCM_SERVICE_STOPPING},
    {PRCM_SERVICE_RUNNING, true, 1617,
     PRCM_SERVICE_STOPPING}, /* told to stop by a request, not by its service */
    {PRCM_SERVICE_RUNNING, false, 2, PRCM_SERVICE_STOPPING}, /* about to be unloaded: its link went first */
    {PRCM_SERVICE_STOPPING, true, 2, PRCM_SERVICE_STOPPING},
    {PRCM_SERVICE_STOPPING, false, 2, PRCM_SERVICE_STOPPING},
    {PRCM_SERVICE_STARTING, false, 2, PRCM_SERVICE_STARTING},
    {PRCM_SERVICE_STARTING, true, 0, PRCM_SERVICE_STARTING},
};

static void
each_sign_is_read_as_the_state_it_belongs_to(void **State)
{
    (void)State;
    for (size_t Index = 0; Index < sizeof(Rows) / sizeof(Rows[0]); Index++)
    {
        const SERVICE_SIGNS Signs = {.Manager = Rows[Index].Manager,
                                     .Linked = Rows[Index].Linked,
                                     .Opened = ServiceOpenedFrom(Rows[Index].OpenError)};
        if (ServiceStateFrom(&Signs) != Rows[Index].State)
            fail_msg("row %u: %u", (unsigned)Index, (unsigned)ServiceStateFrom(&Signs));
    }
}

static void
a_device_that_was_not_tried_says_nothing(void **State)
{
    const SERVICE_SIGNS Signs = {.Manager = PRCM_SERVICE_RUNNING, .Linked = true};
    (void)State;
    assert_int_equal(ServiceStateFrom(&Signs), PRCM_SERVICE_RUNNING);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(each_sign_is_read_as_the_state_it_belongs_to),
        cmocka_unit_test(a_device_that_was_not_tried_says_nothing),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
