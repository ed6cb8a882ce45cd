/* SPDX-License-Identifier: MIT
 *
 * libprcm: read prcm's events, and install, start and stop its driver.
 *
 * Text is UTF-8 unless said otherwise. Functions that can fail return a PRCM_RESULT; PrcmResultText says what
 * it means and what to do. Records are the structures of prcm_abi.h, checked: nothing that PrcmBatchNext
 * hands out points outside its batch.
 *
 * Threads: a session belongs to one thread at a time. Different sessions never disturb each other.
 */
#ifndef PRCM_H
#define PRCM_H

#include "prcm_abi.h"

#ifdef __cplusplus
extern "C"
{
#endif

#if defined(PRCM_DLL_EXPORTS)
#define PRCM_API __declspec(dllexport)
#elif defined(PRCM_DLL)
#define PRCM_API __declspec(dllimport)
#else
#define PRCM_API
#endif

    /* Results. Zero is success; those below PRCM_ERROR_FIRST are no errors. The values are stable. */
    typedef int32_t PRCM_RESULT;
#define PRCM_OK                      0
#define PRCM_TIMEOUT                 1 /* PrcmWait: the time is up, nothing has come */
#define PRCM_STOP_EVENT              2 /* PrcmWait: the caller's stop event is set */
#define PRCM_ERROR_FIRST             100
#define PRCM_ERROR_NOT_INSTALLED     100 /* no service "prcm" on this machine */
#define PRCM_ERROR_NOT_STARTED       101 /* installed, but the driver is not running */
#define PRCM_ERROR_ACCESS_DENIED     102 /* not an administrator, or not elevated */
#define PRCM_ERROR_VERSION           103 /* driver and library speak different versions of the ABI */
#define PRCM_ERROR_STOPPED           104 /* the driver is stopping or has stopped; the session is over */
#define PRCM_ERROR_TOO_MANY_SESSIONS 105 /* PRCM_MAX_SESSIONS handles are open */
#define PRCM_ERROR_TOKEN             106 /* a token or number that this instance cannot have given */
#define PRCM_ERROR_PARAMETER         107 /* the caller's argument is out of range */
#define PRCM_ERROR_MEMORY            108 /* no memory */
#define PRCM_ERROR_BATCH             109 /* the driver's bytes are not a well-formed batch */
#define PRCM_ERROR_ACCOUNT           110 /* a batch does not add up, or does not follow the one before */
#define PRCM_ERROR_STATE             111 /* called in the wrong order: waiting before subscribing, subscribing twice */
#define PRCM_ERROR_ALREADY_INSTALLED                                                                         \
    112                          /* no longer returned: PrcmInstall takes what is there as its beginning */
#define PRCM_ERROR_SIGNATURE 113 /* Windows refuses the driver's signature */
#define PRCM_ERROR_NO_FILE   114 /* the driver's file is not where it was looked for */
#define PRCM_ERROR_REGISTRATION                                                                              \
    115                           /* the driver could not register with the kernel: every tier was refused */
#define PRCM_ERROR_BUSY       116 /* the service is marked for deletion, or did not stop in time */
#define PRCM_ERROR_SYSTEM     117 /* something else: PrcmLastSystemError says what */
#define PRCM_ERROR_UNSAFE     118 /* others than administrators could put another driver in the file's place */
#define PRCM_ERROR_OLDER      119 /* a newer version is installed */
#define PRCM_ERROR_WRONG_FILE 120 /* the file is not prcm's driver, by its version resource */
#define PRCM_ERROR_MACHINE    121 /* the file is a driver for another processor than this machine's */
#define PRCM_ERROR_WENT_BACK                                                                                 \
    122 /* the new version did not start, and the one before is in its place: PrcmLastSystemError says why */
#define PRCM_ERROR_CAPTURE    123 /* the bytes are no capture, or no fact */
#define PRCM_ERROR_EXISTS     124 /* the file is there already, and stays as it is */
#define PRCM_ERROR_NO_CAPTURE 125 /* no such file or folder */
#define PRCM_ERROR_IN_USE     126 /* somebody else writes to the file */
#define PRCM_ERROR_DISK_FULL  127 /* no room, or a quota: PrcmLastSystemError says which */
#define PRCM_ERROR_FILE       128 /* a file cannot be opened, read or written: PrcmLastSystemError says why */

    /* What Result means and what to do about it: one or two sentences, never NULL, static, not to be freed.
     */
    PRCM_API const char *PrcmResultText(PRCM_RESULT Result);

    /* The Win32 error behind the calling thread's last result other than PRCM_OK; 0 if there was none. */
    PRCM_API uint32_t PrcmLastSystemError(void);

    /* The library's version, as in PRCM_QUERY.DriverVersion. */
    PRCM_API uint32_t PrcmVersion(void);

    /* ---- Decoding: portable, for bytes that nobody vouches for
     * ---------------------------------------------- */

    /* An iterator over one batch. The members are private. */
    typedef struct PRCM_RECORDS
    {
        const uint8_t *At;
        uint32_t Left;
    } PRCM_RECORDS;

    /* Checks all of a batch: sizes, offsets, kinds, statuses, ascending numbers, and that it adds up.
     *   Bytes    aligned to 8 bytes; must stay as they are while Records is in use
     *   Length   how many bytes there are
     *   Records  receives an iterator that stands before the first record
     * PRCM_OK; PRCM_ERROR_BATCH: malformed; PRCM_ERROR_ACCOUNT: well-formed, but the sums are wrong. */
    PRCM_API PRCM_RESULT PrcmBatchOpen(const void *Bytes, uint32_t Length, PRCM_RECORDS *Records);

    /* The next record, or NULL after the last. By Header.Kind it is a PRCM_START, PRCM_EXIT, PRCM_IMAGE or
     * PRCM_LOST. It lives as long as the batch's bytes. Kinds that this library does not know are passed
     * over. */
    PRCM_API const PRCM_RECORD *PrcmBatchNext(PRCM_RECORDS *Records);

    /* The bytes of a field of Record, which PrcmBatchNext returned; Field->Length of them. Text is UTF-16LE,
     * aligned to 2 bytes, without a terminator. NULL where there are none. */
    PRCM_API const void *PrcmRecordBytes(const PRCM_RECORD *Record, const PRCM_BYTES *Field);

    /* ---- Text: portable
     * ------------------------------------------------------------------------------------- */

#define PRCM_TEXT_ESCAPE 1u  /* for people: see below */
#define PRCM_TEXT_ROOM   10u /* bytes that any one character takes at most */

    /* Writes text of a record as UTF-8, as much of it as fits, in whole characters. No terminator is added, and
     * a NUL in the text is written like any other character.
     *   Utf16   UTF-16LE, aligned to 2 bytes, as PrcmRecordBytes returns it; an unpaired surrogate becomes U+FFFD
     *   Length  bytes of it; an odd one at the end is passed over
     *   Flags   0, or PRCM_TEXT_ESCAPE: what PrcmNeedsEscape is true for is written as "<U+001B>", unpaired
     *           surrogates included, and the "<" of a text that itself has "<U+" as "<U+003C>". So nothing in it
     *           steers or misleads whoever reads it, and what was there can be told from it
     *   Utf8    receives the bytes
     *   Room    at least PRCM_TEXT_ROOM, or nothing may fit
     *   Taken   receives how many bytes of Utf16 were used up: with fewer than Length, call again from there
     * The number of bytes written. */
    PRCM_API uint32_t PrcmTextToUtf8(const void *Utf16, uint32_t Length, uint32_t Flags, char *Utf8,
                                     uint32_t Room, uint32_t *Taken);

    /* Whether text for people has an escape in the place of a character, 1 or 0: controls, format characters and
     * direction marks, line separators, every blank but the space, what shows nothing (Default_Ignorable_Code_Point
     * of Unicode 15.0, and U+2800), surrogates and noncharacters. */
    PRCM_API int PrcmNeedsEscape(uint32_t Character);

    /* ---- Tokens: portable
     * ----------------------------------------------------------------------------------- */

#define PRCM_TOKEN_TEXT_BYTES 256 /* enough for any token, terminator included */

    /* Writes Token as one word of ASCII: "INSTANCE:NEXT", followed by ":c,c,c,c:d,d,d,d" where the counts are
     * known; INSTANCE is hexadecimal, the rest decimal. */
    PRCM_API void PrcmTokenFormat(const PRCM_TOKEN *Token, char Text[PRCM_TOKEN_TEXT_BYTES]);

    /* Reads what PrcmTokenFormat wrote. PRCM_ERROR_TOKEN: Text is no token, or its counts do not add up to
     * NEXT. */
    PRCM_API PRCM_RESULT PrcmTokenParse(const char *Text, PRCM_TOKEN *Token);

    /* ---- Sessions (Windows)
     * --------------------------------------------------------------------------------- */

    typedef struct PRCM_SESSION PRCM_SESSION;

    /* Opens the driver for reading and checks its version. *Session is freed by PrcmClose.
     * PRCM_ERROR_NOT_INSTALLED, _NOT_STARTED, _ACCESS_DENIED, _VERSION, _STOPPED, _TOO_MANY_SESSIONS,
     * _BATCH, _MEMORY, _SYSTEM. */
    PRCM_API PRCM_RESULT PrcmOpen(PRCM_SESSION **Session);

    /* Cancels what is in flight and frees everything. NULL is allowed. Batches of the session are invalid
     * afterwards. */
    PRCM_API void PrcmClose(PRCM_SESSION *Session);

    /* The driver's version, tiers, limits and counters. Members that an older driver does not have are zero.
     * PRCM_ERROR_STOPPED, _SYSTEM. */
    PRCM_API PRCM_RESULT PrcmQuery(PRCM_SESSION *Session, PRCM_QUERY *Query);

    /* What to read. Zero is a good start for all members but From. */
    typedef struct PRCM_SUBSCRIPTION
    {
        uint32_t Kinds;       /* PRCM_KIND_BIT; 0: all */
        uint32_t From;        /* PRCM_FROM_XXX; 0: PRCM_FROM_NOW */
        uint64_t Sequence;    /* for PRCM_FROM_SEQUENCE */
        PRCM_TOKEN Token;     /* for PRCM_FROM_TOKEN */
        const uint32_t *Keys; /* process ids; not used after the call */
        uint32_t KeyCount;    /* 0: every process; at most PRCM_MAX_KEYS */
        uint32_t BufferBytes; /* of a read, rounded into what the driver takes; 0: 256 KiB */
    } PRCM_SUBSCRIPTION;

    /* Once per session. Subscribed may be NULL; Subscribed->Resume says whether anything about the past is
     * unknown. PRCM_ERROR_STATE, _TOKEN, _PARAMETER, _VERSION, _MEMORY, _STOPPED, _BATCH, _ACCOUNT, _SYSTEM.
     */
    PRCM_API PRCM_RESULT PrcmSubscribe(PRCM_SESSION *Session, const PRCM_SUBSCRIPTION *Subscription,
                                       PRCM_SUBSCRIBED *Subscribed);

#define PRCM_WAIT_FOREVER 0xFFFFFFFFu

    /* Waits for the next batch. One READ is kept in flight across timeouts, so nothing is lost by giving up
     * and waiting again. A driver that is stopped without prcm's STOP is noticed within two seconds.
     *   TimeoutMs  milliseconds; 0 takes what is there, PRCM_WAIT_FOREVER waits without end
     *   StopEvent  a Windows event handle, or NULL; when it is set, PRCM_STOP_EVENT is returned
     *   Batch      with PRCM_OK receives the batch, for PrcmBatchNext by way of Records; valid until the next
     *              call with this session
     *
     * Each batch is checked as PrcmBatchOpen does, and that it follows the one before
     * it. PRCM_TIMEOUT, PRCM_STOP_EVENT, PRCM_ERROR_STATE, _PARAMETER (StopEvent cannot be waited for),
     * _STOPPED, _BATCH, _ACCOUNT, _TOKEN (the one subscribed with had wrong counts, as a hole has shown),
     * _MEMORY, _SYSTEM. All but _PARAMETER, _MEMORY and _SYSTEM are final. */
    PRCM_API PRCM_RESULT PrcmWait(PRCM_SESSION *Session, uint32_t TimeoutMs, void *StopEvent,
                                  const PRCM_BATCH **Batch, PRCM_RECORDS *Records);

    /* Where the session stands after its last batch; what PRCM_FROM_TOKEN takes. PRCM_ERROR_STATE: not
     * subscribed. */
    PRCM_API PRCM_RESULT PrcmToken(const PRCM_SESSION *Session, PRCM_TOKEN *Token);

    /* The account of a session's whole life. By kind where known. */
    typedef struct PRCM_ACCOUNT
    {
        uint64_t Instance;
        uint64_t From;                      /* first number it accounts for */
        uint64_t Next;                      /* the number it would read next */
        uint64_t Head;                      /* the number the next event gets */
        uint64_t Captured[PRCM_KIND_COUNT]; /* from From to Head */
        uint64_t Delivered[PRCM_KIND_COUNT];
        uint64_t Filtered[PRCM_KIND_COUNT];
        uint64_t Lost[PRCM_KIND_COUNT];
        uint64_t Unread[PRCM_KIND_COUNT]; /* from Next to Head */
        uint64_t Unknown;                 /* missing, of unknown kind */
        uint32_t KindsKnown; /* 0: Captured and Unread by kind are zero; Head - From and Head - Next hold */
        uint32_t Closed;     /* 1: Captured = Delivered + Filtered + Lost + Unknown + Unread, for each kind
                                where known and in all */
    } PRCM_ACCOUNT;

    /* Takes the account now, the driver's side of it in one hold of its lock. After the driver has stopped:
     * as of when the session noticed, or if it could not be asked any more, as of what was last heard of it.
     * PRCM_ERROR_STATE: not subscribed; _SYSTEM. */
    PRCM_API PRCM_RESULT PrcmAccount(PRCM_SESSION *Session, PRCM_ACCOUNT *Account);

    /* ---- The driver as a service (Windows; administrators)
     * -------------------------------------------------- */

#define PRCM_START_AS_IT_IS  0u /* a new service: on demand */
#define PRCM_START_AT_BOOT   1u /* SERVICE_SYSTEM_START: capture begins early in boot */
#define PRCM_START_ON_DEMAND 2u

    /* Zero in a member is: as it is, and for a new service the default. */
    typedef struct PRCM_SERVICE_OPTIONS
    {
        uint32_t StartAtBoot;        /* PRCM_START_XXX */
        uint32_t LifecycleLaneBytes; /* the driver's default: PRCM_DEFAULT_LIFECYCLE_LANE_BYTES */
        uint32_t ImageLaneBytes;     /* the driver's default: PRCM_DEFAULT_IMAGE_LANE_BYTES */
        uint32_t Kinds;              /* captured kinds, PRCM_KIND_BIT; default: all */
        uint32_t InPlace;            /* 1: the file stays where it is, if that is safe; 0: it is copied */
        uint32_t Downgrade;          /* 1: over a newer version too */
        uint32_t StopTimeoutMs;      /* how long a running driver may take to stop; 0: 30 s */
    } PRCM_SERVICE_OPTIONS;

/* UTF-8 of the longest path that the service manager is given, and of a name. Longer ones are left empty. */
#define PRCM_PATH_BYTES 784
#define PRCM_NAME_BYTES 784
#define PRCM_SID_BYTES  192

#define PRCM_WRITER_NONE        0u
#define PRCM_WRITER_ACCESS      1u /* its security allows somebody else to change it */
#define PRCM_WRITER_OWNER       2u /* somebody else owns it, and so can allow himself anything */
#define PRCM_WRITER_LINK        3u /* it is a link or a drive made by subst: what it stands for may change */
#define PRCM_WRITER_NO_SECURITY 4u /* its file system, such as FAT, has no security */

    /* Who else than administrators, SYSTEM and TrustedInstaller could put another file in the driver's place. */
    typedef struct PRCM_WRITER
    {
        uint32_t Why;                  /* PRCM_WRITER_XXX */
        char Path[PRCM_PATH_BYTES];    /* the file, directory or drive where */
        char Account[PRCM_NAME_BYTES]; /* DOMAIN\name; empty: the SID has no name that is known here */
        char Sid[PRCM_SID_BYTES];      /* empty for a link and without security */
    } PRCM_WRITER;

#define PRCM_INSTALL_NONE       0u /* it failed before anything was done */
#define PRCM_INSTALL_NEW        1u
#define PRCM_INSTALL_UNCHANGED  2u /* the same file was installed; settings that were given are written */
#define PRCM_INSTALL_REPAIRED   3u /* the same version, with another file or in another place; or it had none */
#define PRCM_INSTALL_UPGRADED   4u
#define PRCM_INSTALL_DOWNGRADED 5u

    /* What PrcmInstallWith has done, or what stood in its way. Versions are as in PRCM_QUERY.DriverVersion, 0: none. */
    typedef struct PRCM_INSTALL_REPORT
    {
        uint32_t Action; /* PRCM_INSTALL_XXX */
        uint32_t FromVersion;
        uint32_t ToVersion;
        uint32_t Restarted; /* 1: the driver ran, was stopped for this, and runs again */
        PRCM_WRITER Writer; /* with PRCM_ERROR_UNSAFE */
    } PRCM_INSTALL_REPORT;

    /* Installs the driver file at DriverPath (absolute): copies it to System32\drivers\prcm.sys, where only
     * administrators write, creates the service for it and writes its Parameters key. Options may be NULL. Does not start
     * a driver that did not run.
     *
     * Where the service exists, this is an upgrade or a repair. A running driver is stopped for as long as its file is
     * changed, and started again; the file before is kept until the new one has started, by this or by PrcmStart, and
     * is put back if it does not start. A call that was ended midway is repeated to its end by the next one.
     *
     * With InPlace, the file and every directory above it must be safe from others than administrators.
     *
     * PRCM_ERROR_PARAMETER (not an absolute path; in place: not on a drive, or the drive is the network's), _NO_FILE,
     * _WRONG_FILE, _MACHINE, _UNSAFE, _OLDER, _ACCESS_DENIED, _BUSY (the running driver has not stopped in time, or the
     * service is marked for deletion: file and settings are as before), _WENT_BACK, _MEMORY, _SYSTEM. */
    PRCM_API PRCM_RESULT PrcmInstall(const char *DriverPath, const PRCM_SERVICE_OPTIONS *Options);

    /* The same, with a report of it. Report may be NULL, and is written with every result. */
    PRCM_API PRCM_RESULT PrcmInstallWith(const char *DriverPath, const PRCM_SERVICE_OPTIONS *Options,
                                         PRCM_INSTALL_REPORT *Report);

    /* Stops the driver if it runs, and deletes what PrcmInstall has made: the copied file, one kept by an upgrade,
     * settings, the service. A file that was installed in place stays. PRCM_ERROR_NOT_INSTALLED, _ACCESS_DENIED, _BUSY,
     * _SYSTEM. */
    PRCM_API PRCM_RESULT PrcmUninstall(void);

    /* The same; StopTimeoutMs is how long to wait for readers to close their handles. */
    PRCM_API PRCM_RESULT PrcmUninstallWith(uint32_t StopTimeoutMs);

    /* Starts the driver; starting a running one is PRCM_OK. PRCM_ERROR_NOT_INSTALLED, _ACCESS_DENIED,
     * _SIGNATURE, _NO_FILE, _REGISTRATION, _BUSY (its last run has not ended: a reader holds it), _WENT_BACK (of an upgrade, the
     * version before is in its place, and was started), _SYSTEM. */
    PRCM_API PRCM_RESULT PrcmStart(void);

    /* Sends STOP, so that readers end, then stops the service and waits for it; stopping a stopped one is
     * PRCM_OK. TimeoutMs  how long to wait for readers to close their handles PRCM_ERROR_NOT_INSTALLED,
     * _ACCESS_DENIED, _BUSY (still stopping when the time was up), _SYSTEM. */
    PRCM_API PRCM_RESULT PrcmStop(uint32_t TimeoutMs);

#define PRCM_SERVICE_STOPPED  1u
#define PRCM_SERVICE_RUNNING  2u
#define PRCM_SERVICE_STARTING 3u
#define PRCM_SERVICE_STOPPING 4u

    /* The state of the driver, PRCM_SERVICE_XXX. One that was stopped and waits for its last handle is stopping, whatever
     * the service manager calls it. PRCM_ERROR_NOT_INSTALLED, _ACCESS_DENIED, _SYSTEM. */
    PRCM_API PRCM_RESULT PrcmServiceState(uint32_t *State);

#define PRCM_SECURITY_BYTES 4096

    /* The installation as it is. */
    typedef struct PRCM_SERVICE_INFO
    {
        uint32_t State;                            /* PRCM_SERVICE_XXX */
        uint32_t StartsAtBoot;                     /* 1: it does; 0: on demand, or disabled */
        uint32_t HasFile;                          /* 0: the driver's file is not there, or cannot be read */
        uint32_t FileVersion;                      /* as PRCM_QUERY.DriverVersion; 0: none */
        char DriverPath[PRCM_PATH_BYTES];          /* in drive form; empty: in no form that is known */
        PRCM_WRITER Writer;                        /* who could put another file there */
        char ServiceSecurity[PRCM_SECURITY_BYTES]; /* SDDL: owner, group, DACL; empty: not to be had */
        char DeviceSecurity[PRCM_SECURITY_BYTES];  /* the same; empty also while the driver does not run */
    } PRCM_SERVICE_INFO;

    /* What cannot be found out is left empty. PRCM_ERROR_NOT_INSTALLED, _ACCESS_DENIED, _SYSTEM. */
    PRCM_API PRCM_RESULT PrcmServiceInfo(PRCM_SERVICE_INFO *Info);

#define PRCM_MAX_HOLDERS 32u

    typedef struct PRCM_HOLDER
    {
        uint32_t ProcessId;
        uint32_t Handles;
    } PRCM_HOLDER;

    /* Which processes, except this one, have the device open: what a driver that is stopping waits for. */
    typedef struct PRCM_HOLDERS
    {
        uint32_t Handles;  /* of all processes */
        uint32_t Complete; /* 0: some processes or handles could not be looked at */
        uint32_t Count;
        PRCM_HOLDER Holders[PRCM_MAX_HOLDERS];
    } PRCM_HOLDERS;

    /* Looks through all handles of the system, which takes up to some seconds. PRCM_ERROR_SYSTEM: the system does not
     * tell. */
    PRCM_API PRCM_RESULT PrcmServiceHolders(PRCM_HOLDERS *Holders);

#ifdef __cplusplus
}
#endif

#endif
