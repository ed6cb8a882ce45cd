/* SPDX-License-Identifier: MIT */
#include "result.h"

static _Thread_local uint32_t LastSystemError;

PRCM_RESULT
ResultNote(PRCM_RESULT Result, uint32_t SystemError)
{
    if (Result != PRCM_OK)
        LastSystemError = SystemError;
    return Result;
}

uint32_t
PrcmLastSystemError(void)
{
    return LastSystemError;
}

uint32_t
PrcmVersion(void)
{
    return ((uint32_t)PRCM_VERSION_MAJOR << 24) + ((uint32_t)PRCM_VERSION_MINOR << 16) +
           (uint32_t)PRCM_VERSION_PATCH;
}

typedef struct RESULT_TEXT
{
    PRCM_RESULT Result;
    const char *Text;
} RESULT_TEXT;

_Static_assert(PRCM_MAX_SESSIONS == 64, "a text names it");

static const RESULT_TEXT Texts[] = {
    {PRCM_OK, "Done."},
    {PRCM_TIMEOUT, "The time is up and nothing has come."},
    {PRCM_STOP_EVENT, "The wait was ended by its stop event."},
    {PRCM_ERROR_NOT_INSTALLED, "The driver is not installed. Install it with \"prcm install\"."},
    {PRCM_ERROR_NOT_STARTED, "The driver is installed but not running. Start it with \"prcm start\"."},
    {PRCM_ERROR_ACCESS_DENIED, "Access denied. prcm is for administrators: run this from an elevated console "
                               "(\"Run as administrator\")."},
    {PRCM_ERROR_VERSION,
     "Driver and library speak different versions of the interface. Install the driver that "
     "came with this program: \"prcm install\" (with --downgrade, where it is the older one)."},
    {PRCM_ERROR_STOPPED,
     "The driver is stopping or has stopped, and this session is over. Once it runs again "
     "(\"prcm start\"), open a new one; a token says what was missed."},
    {PRCM_ERROR_TOO_MANY_SESSIONS, "As many readers are open as the driver allows (64). Close one of them."},
    {PRCM_ERROR_TOKEN,
     "This token or number cannot have come from this run of the driver: it is malformed, altered "
     "or still ahead. Start from \"oldest\" or \"now\" instead."},
    {PRCM_ERROR_PARAMETER, "An argument is out of range."},
    {PRCM_ERROR_MEMORY, "Not enough memory. Nothing is lost by trying again."},
    {PRCM_ERROR_BATCH,
     "The driver's answer is not well-formed, so none of it was used. Driver and library should "
     "come from the same release; if they do, please report this."},
    {PRCM_ERROR_ACCOUNT,
     "What the driver delivered does not add up: events are missing or counted twice. This is a "
     "defect; please report it."},
    {PRCM_ERROR_STATE, "Called in the wrong order: subscribe once, after opening and before waiting."},
    {PRCM_ERROR_ALREADY_INSTALLED, "The driver is installed already."},
    {PRCM_ERROR_SIGNATURE, "Windows refuses the driver's file: it is not signed as this machine demands, or "
                           "not built for its processor. "
                           "A test-signed driver needs its certificate installed and \"bcdedit /set "
                           "testsigning on\", then a reboot."},
    {PRCM_ERROR_NO_FILE,
     "The driver's file is not where it was looked for. \"prcm install PATH\" puts it there again."},
    {PRCM_ERROR_REGISTRATION, "The driver was loaded, but the kernel let it register no notify routine (or "
                              "had no memory for it). Too many "
                              "products may be registered already: stop one of them, then start again."},
    {PRCM_ERROR_BUSY,
     "The driver's service is still stopping or marked for deletion, because something holds it open. "
     "Close all readers and service consoles, then try again."},
    {PRCM_ERROR_SYSTEM, "Windows reported an error."},
    {PRCM_ERROR_UNSAFE,
     "Others than administrators could put another driver in this file's place, for Windows to load. Let "
     "\"prcm install\" copy it to System32\\drivers, or keep it where only administrators may write."},
    {PRCM_ERROR_OLDER, "A newer version is installed. \"prcm install --downgrade\" installs the older one."},
    {PRCM_ERROR_WRONG_FILE, "The file is not prcm's driver. Name the prcm.sys that came with prcm.exe."},
    {PRCM_ERROR_MACHINE,
     "The driver is for another processor than this machine's. Take the kit for this one: "
     "x64 for 64-bit Windows, x86 for 32-bit."},
    {PRCM_ERROR_WENT_BACK,
     "The new version of the driver did not start, so the one before is in its place again."},
    {PRCM_ERROR_CAPTURE, "This is not a capture of prcm's: none of its bytes are a block of one."},
    {PRCM_ERROR_EXISTS,
     "The file exists already and was left as it is. Choose another name, or say that it may be "
     "replaced or appended to."},
    {PRCM_ERROR_NO_CAPTURE, "There is no such file or folder."},
    {PRCM_ERROR_IN_USE, "Another program is writing to this file. End that, or choose another name."},
    {PRCM_ERROR_DISK_FULL,
     "The disk is full, or a quota is used up. What was written is whole; with room again, "
     "writing goes on."},
    {PRCM_ERROR_FILE, "A file could not be opened, read or written."},
};

const char *
PrcmResultText(PRCM_RESULT Result)
{
    for (size_t Index = 0; Index < sizeof(Texts) / sizeof(Texts[0]); Index++)
    {
        if (Texts[Index].Result == Result)
            return Texts[Index].Text;
    }
    return "An unknown result: the program and libprcm are of different versions.";
}
