/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "cli/status/sddl.h"

/* What Windows gives a driver's service, and what prcm.sys gives its device. */
#define SERVICE                                                                                              \
    "O:SYG:SYD:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWLOCRRC;;;IU)"       \
    "(A;;CCLCSWLOCRRC;;;SU)"
#define DEVICE "O:BAG:SYD:P(A;;FA;;;SY)(A;;FA;;;BA)"

typedef struct ROW
{
    const char *Sddl;
    uint32_t Mask;
    const char *Who;
    bool Safe;
} ROW;

static const ROW Rows[] = {
    {SERVICE, SDDL_SERVICE_CONTROL, "SYSTEM, Administrators", true},
    {SERVICE, UINT32_MAX, "SYSTEM, Administrators, Interactive, Service", false},
    {DEVICE, SDDL_DEVICE_OPEN, "SYSTEM, Administrators", true},
    /* Server 2003's power users start and stop services. */
    {"D:(A;;CCLCSWRPWPDTLOCRRC;;;PU)", SDDL_SERVICE_CONTROL, "Power Users", false},
    {"D:(A;;0x1200a9;;;WD)", SDDL_DEVICE_OPEN, "Everyone", false},
    {"D:(A;;0x120000;;;WD)", SDDL_DEVICE_OPEN, "nobody", true},
    {"D:(A;;RC;;;WD)(A;;FR;;;S-1-5-21-1-2-3-1000)", SDDL_DEVICE_OPEN, "S-1-5-21-1-2-3-1000", false},
    {"D:(A;;FA;;;S-1-5-18)(A;;FA;;;S-1-5-32-544)", SDDL_DEVICE_OPEN, "SYSTEM, Administrators", true},
    {"D:(A;;FR;;;SY)(A;;FW;;;SY)", SDDL_DEVICE_OPEN, "SYSTEM", true},
    /* Denied, only inherited, or audited is not allowed. */
    {"D:(D;;FA;;;WD)(A;OICIIO;FA;;;WD)S:(AU;FA;FA;;;WD)", SDDL_DEVICE_OPEN, "nobody", true},
    {"D:(XA;;FX;;;AU;(@User.Title==\"VP\"))", SDDL_DEVICE_OPEN, "Authenticated Users", false},
    /* A right that is not known may be any. */
    {"D:(A;;QQ;;;AN)", SDDL_DEVICE_OPEN, "Anonymous", false},
    {"D:(A;;F;;;AN)", SDDL_DEVICE_OPEN, "Anonymous", false},
    {"D:", SDDL_DEVICE_OPEN, "nobody", true},
    {"D:P", SDDL_DEVICE_OPEN, "nobody", true},
    {"O:BAG:SY", SDDL_DEVICE_OPEN, "Everyone", false},
    {"D:NO_ACCESS_CONTROL", SDDL_DEVICE_OPEN, "Everyone", false},
    {"D:(", SDDL_DEVICE_OPEN, "nobody", true},
    {"D:(A;;FA", SDDL_DEVICE_OPEN, "nobody", true},
};

static void
who_is_allowed_is_told_by_name(void **State)
{
    (void)State;
    for (size_t Index = 0; Index < sizeof(Rows) / sizeof(Rows[0]); Index++)
    {
        bool Safe = SddlWriteWho(CaptureBegin(), Rows[Index].Sddl, Rows[Index].Mask);
        if (strcmp(CaptureText(), Rows[Index].Who) != 0 || Safe != Rows[Index].Safe)
            fail_msg("%s: %s, %d", Rows[Index].Sddl, CaptureText(), Safe);
    }
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {cmocka_unit_test(who_is_allowed_is_told_by_name)};
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
