/* SPDX-License-Identifier: MIT
 *
 * libprcm: captures. A capture keeps what a session was told, the driver's batches byte for byte, and the facts of
 * the host that a reader elsewhere needs. docs/capture.md is the format. All of it is portable, and reads bytes that
 * nobody vouches for.
 *
 * Text is UTF-16LE as the OS gave it where it is in a fact, and UTF-8 in file names. Times are 100 ns units since
 * 1601-01-01 UTC.
 *
 * Threads: a writer, a reader and a folder belong to one thread at a time. Different ones never disturb each other.
 */
#ifndef PRCM_CAPTURE_H
#define PRCM_CAPTURE_H

#include "prcm.h"

#ifdef __cplusplus
extern "C"
{
#endif

    /* ---- Facts ---- */

#define PRCM_FACT_HOST           1u
#define PRCM_FACT_SYSTEM         2u
#define PRCM_FACT_ZONE           3u
#define PRCM_FACT_DRIVER         4u
#define PRCM_FACT_SUBSCRIPTION   5u
#define PRCM_FACT_DRIVE          6u
#define PRCM_FACT_USER           7u
#define PRCM_FACT_SNAPSHOT_BEGIN 8u
#define PRCM_FACT_PROCESS        9u
#define PRCM_FACT_MODULE         10u
#define PRCM_FACT_SNAPSHOT_END   11u

#define PRCM_MAX_FACT_BYTES 0x40000u

    /* What every fact begins with. The rules are those of records: the structure grows at its end only, optional
     * members carry a status, and bytes lie in the fact behind the structure. A fact holds from its place in the
     * capture on, until another of its type with the same key. */
    typedef struct PRCM_FACT
    {
        uint32_t Size;      /* of the whole fact; a multiple of 8 */
        uint16_t Type;      /* PRCM_FACT_XXX */
        uint16_t FixedSize; /* of the structure, before the bytes it points to; larger from a newer writer */
    } PRCM_FACT;

    /* The machine. One. */
    typedef struct PRCM_FACT_HOST_INFO
    {
        PRCM_FACT Header;
        PRCM_VALUE BootTime;
        PRCM_VALUE BootId; /* what tells this boot from every other of the machine, where the OS has such */
        PRCM_BYTES Name;   /* text */
        PRCM_BYTES Domain; /* text */
        PRCM_BYTES MachineId; /* text: MachineGuid, where there is one */
    } PRCM_FACT_HOST_INFO;

    /* Its system. One. */
    typedef struct PRCM_FACT_SYSTEM_INFO
    {
        PRCM_FACT Header;
        PRCM_VALUE Major; /* as RtlGetVersion tells them */
        PRCM_VALUE Minor;
        PRCM_VALUE Build;
        PRCM_VALUE Revision;     /* UBR */
        PRCM_VALUE ServicePack;  /* major << 16 | minor */
        PRCM_VALUE ProductType;  /* VER_NT_XXX */
        PRCM_VALUE Architecture; /* PROCESSOR_ARCHITECTURE_XXX of the machine, not of the program */
        PRCM_VALUE Processors;
        PRCM_BYTES Product; /* text, "Windows Server 2022 Standard" */
        PRCM_BYTES Wine;    /* text: its version, where the system is Wine */
    } PRCM_FACT_SYSTEM_INFO;

    /* From here on until the next, local time is UTC less BiasMinutes. */
    typedef struct PRCM_ZONE_CHANGE
    {
        int64_t From; /* UTC */
        int32_t BiasMinutes;
        uint32_t Daylight; /* 1: summer time */
    } PRCM_ZONE_CHANGE;

    /* The host's local time. One. */
    typedef struct PRCM_FACT_ZONE_INFO
    {
        PRCM_FACT Header;
        PRCM_BYTES Changes;  /* PRCM_ZONE_CHANGE, ascending; what is before the first is as the first */
        PRCM_BYTES Standard; /* text: names */
        PRCM_BYTES Daylight; /* text */
    } PRCM_FACT_ZONE_INFO;

    /* The driver. One. */
    typedef struct PRCM_FACT_DRIVER_INFO
    {
        PRCM_FACT Header;
        PRCM_BYTES Query; /* a PRCM_QUERY, at a multiple of 8 */
    } PRCM_FACT_DRIVER_INFO;

    /* What the session asked for and was given. One; written by PrcmCaptureBegin. */
    typedef struct PRCM_FACT_SUBSCRIPTION_INFO
    {
        PRCM_FACT Header;
        PRCM_VALUE Kinds; /* as in PRCM_SUBSCRIPTION; absent: not known */
        PRCM_VALUE From;
        PRCM_BYTES Keys;       /* uint32_t, process ids */
        PRCM_BYTES Subscribed; /* a PRCM_SUBSCRIBED, at a multiple of 8 */
    } PRCM_FACT_SUBSCRIPTION_INFO;

    /* What a path's beginning stands for. Key: Device. */
    typedef struct PRCM_FACT_DRIVE_INFO
    {
        PRCM_FACT Header;
        PRCM_BYTES Device; /* text: \Device\HarddiskVolume3, \SystemRoot */
        PRCM_BYTES Dos;    /* text: C:, C:\Windows; absent: it no longer stands for anything */
    } PRCM_FACT_DRIVE_INFO;

    /* A user's name. Key: Sid. */
    typedef struct PRCM_FACT_USER_INFO
    {
        PRCM_FACT Header;
        PRCM_BYTES Sid;
        PRCM_BYTES Name; /* text: DOMAIN\name */
    } PRCM_FACT_USER_INFO;

    /* What ran already: the facts PROCESS and MODULE between BEGIN and END, which stand for all there was. A new
     * BEGIN ends what the one before has listed. One. */
    typedef struct PRCM_FACT_SNAPSHOT_BEGIN_INFO
    {
        PRCM_FACT Header;
        PRCM_VALUE Time;     /* when the listing began, or for END, ended */
        PRCM_VALUE Instance; /* the driver's, and the number the next event would have had */
        PRCM_VALUE Next;
    } PRCM_FACT_SNAPSHOT_BEGIN_INFO;

    typedef struct PRCM_FACT_SNAPSHOT_END_INFO
    {
        PRCM_FACT Header;
        PRCM_VALUE Time;
        PRCM_VALUE Next;
        PRCM_VALUE Processes; /* how many were listed */
        PRCM_VALUE Modules;
        PRCM_VALUE Refused; /* of how many processes the modules could not be listed */
    } PRCM_FACT_SNAPSHOT_END_INFO;

    /* A process that ran. Key: ProcessId and CreateTime. */
    typedef struct PRCM_FACT_PROCESS_INFO
    {
        PRCM_FACT Header;
        PRCM_VALUE ProcessId;
        PRCM_VALUE CreateTime;
        PRCM_VALUE ParentProcessId;
        PRCM_VALUE
        ParentCreateTime; /* present only if the id still belonged to a process that is not younger */
        PRCM_VALUE SessionId;
        PRCM_VALUE StartKey;
        PRCM_VALUE Architecture; /* PRCM_ARCHITECTURE_XXX */
        PRCM_PATH ImagePath;
        PRCM_BYTES CommandLine; /* text */
        PRCM_BYTES UserSid;
    } PRCM_FACT_PROCESS_INFO;

    /* A module of a process. Key: ProcessId, CreateTime and Base. */
    typedef struct PRCM_FACT_MODULE_INFO
    {
        PRCM_FACT Header;
        PRCM_VALUE ProcessId;
        PRCM_VALUE CreateTime; /* of that process */
        PRCM_VALUE Base;
        PRCM_VALUE ImageSize;
        PRCM_PATH ImagePath;
    } PRCM_FACT_MODULE_INFO;

    /* Begins a fact in a caller's memory: the structure of its type, with every optional member absent.
     *   Room   receives the fact; aligned to 8 bytes
     *   Bytes  how much there is of it; PRCM_MAX_FACT_BYTES suffice for all
     * The fact, to be cast to its type's structure; NULL: an unknown type, or no room for the structure. */
    PRCM_API PRCM_FACT *PrcmFactBegin(void *Room, uint32_t Bytes, uint16_t Type);

    /* Appends bytes, which Field of Fact then has: present, and whole.
     *   Room    of the fact, as with PrcmFactBegin
     *   Length  0: present and empty
     * PRCM_ERROR_PARAMETER: they don't fit; the fact is as it was. */
    PRCM_API PRCM_RESULT PrcmFactSetBytes(PRCM_FACT *Fact, uint32_t Room, PRCM_BYTES *Field,
                                          const void *Bytes, uint32_t Length);

    /* Checks a fact as a reader does: PRCM_OK; PRCM_ERROR_CAPTURE: malformed. One of an unknown type is good.
     *   Fact   aligned to 8 bytes
     *   Bytes  how much there is */
    PRCM_API PRCM_RESULT PrcmFactCheck(const void *Fact, uint32_t Bytes);

    /* The bytes of a field of Fact, Field->Length of them; NULL where there are none. */
    PRCM_API const void *PrcmFactBytes(const PRCM_FACT *Fact, const PRCM_BYTES *Field);

    /* What to take from the time Utc for the host's local time, in minutes. */
    PRCM_API int32_t PrcmZoneBias(const PRCM_FACT_ZONE_INFO *Zone, int64_t Utc);

    /* ---- Files ---- */

    /* What a capture is kept in. Each function's result is PRCM_OK or what the caller is to be told, with the
     * system's error noted (errno or a Win32 error, PrcmLastSystemError). */
    typedef struct PRCM_CAPTURE_FILE
    {
        void *Context;
        /* As many as there are from Offset on, up to Length; *Taken receives how many: fewer only at the end. */
        PRCM_RESULT (*Read)(void *Context, uint64_t Offset, void *Bytes, uint32_t Length, uint32_t *Taken);
        /* All of them at Offset, which is the end. With an error any number of them may have been written. */
        PRCM_RESULT (*Write)(void *Context, uint64_t Offset, const void *Bytes, uint32_t Length);
        /* What was written is durable afterwards. */
        PRCM_RESULT (*Sync)(void *Context);
        PRCM_RESULT (*Truncate)(void *Context, uint64_t Bytes);
        PRCM_RESULT (*Size)(void *Context, uint64_t *Bytes);
        void (*Close)(void *Context);
    } PRCM_CAPTURE_FILE;

#define PRCM_CAPTURE_READ    1u /* an existing file, which others may write to, rename or delete meanwhile */
#define PRCM_CAPTURE_CREATE  2u /* a new file: one that exists is PRCM_ERROR_EXISTS, and stays as it is */
#define PRCM_CAPTURE_REPLACE 3u /* a new file, in the place of one that exists */
#define PRCM_CAPTURE_APPEND  4u /* an existing file, for PrcmCaptureReopen */

    /* Opens a file of the system. One that is open for writing cannot be opened for writing again.
     *   Path  UTF-8
     *   File  receives the functions; File->Close frees what is behind them
     * PRCM_ERROR_PARAMETER, _EXISTS, _NO_CAPTURE, _IN_USE, _DISK_FULL, _MEMORY, _FILE. */
    PRCM_API PRCM_RESULT PrcmCaptureFileOpen(const char *Path, uint32_t Mode, PRCM_CAPTURE_FILE *File);

    /* A folder of captures: files by name. */
    typedef struct PRCM_CAPTURE_STORE
    {
        void *Context;
        /* As PrcmCaptureFileOpen. */
        PRCM_RESULT (*Open)(void *Context, const char *Name, uint32_t Mode, PRCM_CAPTURE_FILE *File);
        /* Tells of every file, in any order, until Take returns something else than PRCM_OK, which is the result. */
        PRCM_RESULT(*List)
        (void *Context, PRCM_RESULT (*Take)(void *Taker, const char *Name, uint64_t Bytes), void *Taker);
        /* No such file is fine. */
        PRCM_RESULT (*Remove)(void *Context, const char *Name);
        void (*Close)(void *Context);
    } PRCM_CAPTURE_STORE;

    /* Opens a folder of the system.
     *   Path    UTF-8
     *   Create  1: it is made if it is not there; the folder above it is
     *   Store   receives the functions; Store->Close frees what is behind them
     * PRCM_ERROR_PARAMETER, _NO_CAPTURE, _MEMORY, _FILE. */
    PRCM_API PRCM_RESULT PrcmCaptureStoreOpen(const char *Path, uint32_t Create, PRCM_CAPTURE_STORE *Store);

    /* ---- Writing a file ---- */

    typedef struct PRCM_CAPTURE_WRITER PRCM_CAPTURE_WRITER;

    /* Zero is a good start for all members but Time. */
    typedef struct PRCM_CAPTURE_OPTIONS
    {
        int64_t Time;    /* now */
        uint64_t FileId; /* what tells this file's blocks from others'; 0: a random one */
        uint32_t
            BlockBytes; /* a block is written when it has so many before compression; 0: 1 MiB; at most 2 MiB */
        uint32_t Level; /* zstd's; 0: 3 */
    } PRCM_CAPTURE_OPTIONS;

    /* Begins a capture in an empty file, which is the writer's from then on: closed by PrcmCaptureFree, and with
     * an error at once. *Writer is freed by PrcmCaptureFree.
     * PRCM_ERROR_PARAMETER (also: the file is not empty), _MEMORY, and the file's. */
    PRCM_API PRCM_RESULT PrcmCaptureCreate(const PRCM_CAPTURE_FILE *File, const PRCM_CAPTURE_OPTIONS *Options,
                                           PRCM_CAPTURE_WRITER **Writer);

    /* Why bytes at a file's end, or within it, are no part of the capture. */
#define PRCM_DAMAGE_NONE 0u
#define PRCM_DAMAGE_NULS 1u /* nothing but zeros: space that was never written to, after a power cut */
#define PRCM_DAMAGE_PARTIAL                                                                                  \
    2u /* a block of which the end is not there: a write that did not finish, or has not yet */
#define PRCM_DAMAGE_HEADER  3u /* no block begins where one should, or its header has changed */
#define PRCM_DAMAGE_PAYLOAD 4u /* a block's content is not what was written */
#define PRCM_DAMAGE_CONTENT 5u /* a block is as it was written, but not well-formed */
#define PRCM_DAMAGE_ACCOUNT 6u /* a batch does not add up with the ones before */
#define PRCM_DAMAGE_NUMBER  7u /* blocks are missing without a trace, or one is there again */

    /* What was found at the end of a file that is gone on with. */
    typedef struct PRCM_CAPTURE_TAIL
    {
        uint32_t HasToken; /* 0: nothing was recorded yet */
        uint32_t Closed;   /* 1: it had a clean end */
        uint32_t CutWhy;   /* PRCM_DAMAGE_XXX */
        uint32_t Reserved;
        uint64_t CutBytes; /* taken off the end, an index apart */
        uint64_t Bytes;    /* what is left */
        PRCM_TOKEN Token;  /* where to go on: PRCM_FROM_TOKEN */
    } PRCM_CAPTURE_TAIL;

    /* Goes on with a capture, behind its last whole block. What is torn behind that is cut off when
     * something is written. The driver's run may be another by then. Facts hold only within what was written by one
     * writer: give them again.
     *   Tail  receives what was found; may be NULL
     * As PrcmCaptureCreate; PRCM_ERROR_CAPTURE: no capture, the file is as it was. */
    PRCM_API PRCM_RESULT PrcmCaptureReopen(const PRCM_CAPTURE_FILE *File, const PRCM_CAPTURE_OPTIONS *Options,
                                           PRCM_CAPTURE_WRITER **Writer, PRCM_CAPTURE_TAIL *Tail);

    /* A session begins: what PrcmSubscribe was asked and has answered. The batches that follow are to be this
     * session's. Asked may be NULL.
     * PRCM_ERROR_BATCH, _ACCOUNT: Given is no such answer; and those of writing. With an error it has not begun. */
    PRCM_API PRCM_RESULT PrcmCaptureBegin(PRCM_CAPTURE_WRITER *Writer, const PRCM_SUBSCRIPTION *Asked,
                                          const PRCM_SUBSCRIBED *Given);

    /* Takes a fact. PRCM_ERROR_CAPTURE: malformed; and those of writing. With an error it was not taken. */
    PRCM_API PRCM_RESULT PrcmCaptureFact(PRCM_CAPTURE_WRITER *Writer, const PRCM_FACT *Fact);

    /* Takes a batch, as PrcmWait returned it. An answer without a batch (RequiredBytes) is passed over. Batches that
     * told nothing may be left out between two of them.
     *   Length  how many bytes there are
     * PRCM_ERROR_STATE: no session has begun; _BATCH, _ACCOUNT: it is no batch, or does not go on from the one before;
     * and those of writing. With an error it was not taken: give it again. */
    PRCM_API PRCM_RESULT PrcmCaptureBatch(PRCM_CAPTURE_WRITER *Writer, const PRCM_BATCH *Batch,
                                          uint32_t Length);

    /* What was taken is durable afterwards. To be called at least once a second.
     *
     * Writing: PRCM_ERROR_DISK_FULL, _FILE. What was written of a block is taken back, the block is kept, and every
     * later call tries to write it again. */
    PRCM_API PRCM_RESULT PrcmCaptureFlush(PRCM_CAPTURE_WRITER *Writer);

    /* Flushes, writes the index and ends the file; then only PrcmCaptureFree is left. After an error it may be
     * called again. A file that is not ended is whole all the same, and read without its index. */
    PRCM_API PRCM_RESULT PrcmCaptureEnd(PRCM_CAPTURE_WRITER *Writer);

    /* Closes the file and frees the writer. What was not flushed is lost. NULL is allowed. */
    PRCM_API void PrcmCaptureFree(PRCM_CAPTURE_WRITER *Writer);

    /* Where the writer stands. */
    typedef struct PRCM_CAPTURE_STATE
    {
        uint64_t FileBytes;    /* written */
        uint64_t PendingBytes; /* taken and not written */
        uint64_t Blocks;
        uint32_t HasToken;
        uint32_t Reserved;
        PRCM_TOKEN Token; /* behind what was taken */
    } PRCM_CAPTURE_STATE;

    PRCM_API void PrcmCaptureWriterState(const PRCM_CAPTURE_WRITER *Writer, PRCM_CAPTURE_STATE *State);

    /* ---- Writing a folder ---- */

    typedef struct PRCM_CAPTURE_FOLDER PRCM_CAPTURE_FOLDER;

#define PRCM_FOLDER_NAME_BYTES 64 /* of Name, terminator included */

    /* Zero is a good start for all members but Name. */
    typedef struct PRCM_FOLDER_OPTIONS
    {
        const char
            *Name; /* what file names begin with: 1 to 63 of A-Z a-z 0-9 . _ -; not used after the call */
        uint64_t MaxFileBytes; /* about how long a file gets; 0: an eighth of the budget, or no limit */
        uint64_t MaxFileMs;    /* how long a file is written to; 0: no limit */
        uint64_t BudgetBytes;  /* of all files that Name begins; the oldest are deleted for it; 0: no limit */
        uint32_t KeepUntilRead; /* 1: none is deleted that is not marked by PrcmCaptureMarkRead */
        uint32_t BlockBytes;    /* as in PRCM_CAPTURE_OPTIONS */
        uint32_t Level;
        uint32_t Reserved;
    } PRCM_FOLDER_OPTIONS;

    /* Now. Ages go by Ms alone. */
    typedef struct PRCM_CAPTURE_CLOCK
    {
        int64_t Time; /* UTC */
        uint64_t Ms;  /* milliseconds of a clock that is never set */
    } PRCM_CAPTURE_CLOCK;

    /* Begins writing to a folder, which is the writer's from then on: closed by PrcmFolderFree, and with an error at
     * once. The newest file there is ended, if it was not, after cutting off what is torn. The first file is made when
     * a session begins. *Folder is freed by PrcmFolderFree.
     *   Tail  receives what was found in the newest file; may be NULL
     * PRCM_ERROR_PARAMETER, _IN_USE, _MEMORY, and those of writing and of the store. */
    PRCM_API PRCM_RESULT PrcmFolderStart(const PRCM_CAPTURE_STORE *Store, const PRCM_FOLDER_OPTIONS *Options,
                                         const PRCM_CAPTURE_CLOCK *Now, PRCM_CAPTURE_FOLDER **Folder,
                                         PRCM_CAPTURE_TAIL *Tail);

    /* As PrcmCaptureBegin, PrcmCaptureBatch and PrcmCaptureFlush. Between two blocks the file is ended and another
     * begun when it is long or old enough. */
    PRCM_API PRCM_RESULT PrcmFolderBegin(PRCM_CAPTURE_FOLDER *Folder, const PRCM_SUBSCRIPTION *Asked,
                                         const PRCM_SUBSCRIBED *Given, const PRCM_CAPTURE_CLOCK *Now);
    PRCM_API PRCM_RESULT PrcmFolderBatch(PRCM_CAPTURE_FOLDER *Folder, const PRCM_BATCH *Batch,
                                         uint32_t Length, const PRCM_CAPTURE_CLOCK *Now);
    PRCM_API PRCM_RESULT PrcmFolderFlush(PRCM_CAPTURE_FOLDER *Folder, const PRCM_CAPTURE_CLOCK *Now);

    /* As PrcmCaptureFact. Facts that hold are written at the beginning of every further file, the snapshot as it was
     * taken. They are kept in memory, at most 64 MiB: beyond that PRCM_ERROR_MEMORY. May be called before a session
     * begins. */
    PRCM_API PRCM_RESULT PrcmFolderFact(PRCM_CAPTURE_FOLDER *Folder, const PRCM_FACT *Fact);

    /* Ends the file. After an error it may be called again. */
    PRCM_API PRCM_RESULT PrcmFolderEnd(PRCM_CAPTURE_FOLDER *Folder);

    PRCM_API void PrcmFolderFree(PRCM_CAPTURE_FOLDER *Folder);

    typedef struct PRCM_FOLDER_STATE
    {
        uint64_t Files; /* as of the last time that a file was begun */
        uint64_t Bytes;
        uint64_t DeletedFiles;
        uint64_t DeletedBytes;
        uint64_t Begun; /* how many files were begun */
        uint32_t
            OverBudget; /* 1: the files are more than the budget, and the oldest is kept until it is read */
        uint32_t Reserved;
        const char *Name; /* of the file that is written; lives until the next call. NULL: none */
    } PRCM_FOLDER_STATE;

    PRCM_API void PrcmFolderState(const PRCM_CAPTURE_FOLDER *Folder, PRCM_FOLDER_STATE *State);

    /* Marks a file of a folder as read, once all of it is: makes a file of the same name with ".read" behind it. */
    PRCM_API PRCM_RESULT PrcmCaptureMarkRead(const PRCM_CAPTURE_STORE *Store, const char *Name);

    /* ---- Reading ---- */

    typedef struct PRCM_CAPTURE_READER PRCM_CAPTURE_READER;

#define PRCM_ITEM_FILE 1u /* a file begins: Name, Time, FileId */
#define PRCM_ITEM_FACT 2u /* Fact */
#define PRCM_ITEM_SESSION                                                                                    \
    3u /* batches of another session follow, or of the same in another file: Instance, First */
#define PRCM_ITEM_BATCH    4u /* Batch, Records, First */
#define PRCM_ITEM_GAP      5u /* First to Next is missing: Instance, Why, KindsKnown, Missing */
#define PRCM_ITEM_REPEATED 6u /* First to Next is there again, and is passed over: Instance */
#define PRCM_ITEM_DAMAGE   7u /* Bytes at Offset are lost: Why (PRCM_DAMAGE_XXX) */
#define PRCM_ITEM_UNKNOWN                                                                                    \
    8u /* a block of a newer kind or version is passed over: Kind, Version, Offset, Bytes */
#define PRCM_ITEM_FILE_END 9u  /* a file ends: Closed; Bytes at Offset are torn: Why */
#define PRCM_ITEM_END      10u /* all is read. Another call looks whether more was written since */

#define PRCM_GAP_DAMAGED      1u /* it was there, and its bytes are damaged */
#define PRCM_GAP_NOT_RECORDED 2u /* between two sessions, or never written */
#define PRCM_GAP_FILE_MISSING 3u /* in a file that is not there */

    /* What PrcmCaptureNext has found. Members that the type does not name are zero, but for Name and Offset, which say
     * where it was found. Pointers live until the next call with the reader. */
    typedef struct PRCM_CAPTURE_ITEM
    {
        uint32_t Type; /* PRCM_ITEM_XXX */
        uint32_t Why;
        uint64_t Offset;
        uint64_t Bytes;
        uint64_t Instance;
        uint64_t First; /* of a batch: the first number that was not told before; usually the batch's own */
        uint64_t Next;
        uint64_t Missing[PRCM_KIND_COUNT];
        uint32_t KindsKnown;
        uint32_t Closed; /* 1: a clean end; 0: none, as while it is written to, or after a crash */
        uint32_t Kind;
        uint32_t Version;
        int64_t Time;
        uint64_t FileId;
        const char *Name; /* of the file in its folder; NULL: a file by itself */
        const PRCM_FACT *Fact;
        const PRCM_BATCH *Batch;
        PRCM_RECORDS Records; /* for PrcmBatchNext */
    } PRCM_CAPTURE_ITEM;

    /* Opens a file, which is the reader's from then on: closed by PrcmCaptureClose, and with an error at once.
     * *Reader is freed by PrcmCaptureClose. PRCM_ERROR_CAPTURE: nothing in it is a block of a capture; _MEMORY, and
     * the file's. */
    PRCM_API PRCM_RESULT PrcmCaptureOpen(const PRCM_CAPTURE_FILE *File, PRCM_CAPTURE_READER **Reader);

    /* Opens a folder, likewise, as one sequence: by run of the driver in the order of their first files' names, and
     * within a run by number. Files are as of the call; one that is deleted before it is read is passed over.
     *   Name  only files that it begins, followed by "-"; NULL: all that end in ".prcm"
     * PRCM_ERROR_NO_CAPTURE: there is no such file. */
    PRCM_API PRCM_RESULT PrcmCaptureOpenStore(const PRCM_CAPTURE_STORE *Store, const char *Name,
                                              PRCM_CAPTURE_READER **Reader);

    PRCM_API void PrcmCaptureClose(PRCM_CAPTURE_READER *Reader);

    /* The next thing in the capture; damage is one of them, and is no error. Every checksum is checked, every batch as
     * PrcmBatchOpen does, and that it goes on from the one before. PRCM_ERROR_MEMORY, and the file's: call again. */
    PRCM_API PRCM_RESULT PrcmCaptureNext(PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_ITEM *Item);

    /* Begins elsewhere: PrcmCaptureNext then tells the facts that stand before, then what follows from the first
     * batch that has Number or a later one of Instance (0: of the first there is), or a time at or after Time. It may
     * have earlier ones too. The accounts begin anew. Nothing so late: the facts, then the end. */
    PRCM_API PRCM_RESULT PrcmCaptureSeekNumber(PRCM_CAPTURE_READER *Reader, uint64_t Instance,
                                               uint64_t Number);
    PRCM_API PRCM_RESULT PrcmCaptureSeekTime(PRCM_CAPTURE_READER *Reader, int64_t Time);

    /* What was read of one run of the driver.
     *
     *     Next - From + Repeated = sum of Delivered + Filtered + Lost + Unknown + Missing
     */
    typedef struct PRCM_CAPTURE_ACCOUNT
    {
        uint64_t Instance;
        uint64_t From; /* the first number accounted for, and the one behind the last */
        uint64_t Next;
        uint64_t Head; /* the number that the next event would have had, as far as was heard */
        uint64_t Delivered[PRCM_KIND_COUNT];
        uint64_t Filtered[PRCM_KIND_COUNT];
        uint64_t Lost[PRCM_KIND_COUNT];
        uint64_t Unknown;  /* lost, of unknown kind */
        uint64_t Missing;  /* in gaps: neither told nor told to be lost */
        uint64_t Repeated; /* counted twice, as two sessions overlap */
        uint64_t Batches;
        uint64_t Gaps;
        int64_t FirstTime; /* the earliest and the latest of records; both 0: none was delivered */
        int64_t LastTime;
        uint32_t Complete; /* 1: nothing lost, unknown or missing */
        uint32_t Reserved;
    } PRCM_CAPTURE_ACCOUNT;

    /* The runs read so far, in the order of their first batches. */
    PRCM_API uint32_t PrcmCaptureAccountCount(const PRCM_CAPTURE_READER *Reader);

    /* PRCM_ERROR_PARAMETER: Index is not below the count. */
    PRCM_API PRCM_RESULT PrcmCaptureAccount(const PRCM_CAPTURE_READER *Reader, uint32_t Index,
                                            PRCM_CAPTURE_ACCOUNT *Account);

    /* What was read of files. */
    typedef struct PRCM_CAPTURE_TOTALS
    {
        uint64_t Files;
        uint64_t ClosedFiles;
        uint64_t Bytes;
        uint64_t Blocks;
        uint64_t RawBytes; /* of blocks, before compression */
        uint64_t Facts;
        uint64_t UnknownFacts; /* of newer types, passed over */
        uint64_t UnknownBlocks;
        uint64_t Damages;
        uint64_t DamagedBytes;
        uint64_t TornBytes;
        uint64_t Gaps;
    } PRCM_CAPTURE_TOTALS;

    PRCM_API void PrcmCaptureTotals(const PRCM_CAPTURE_READER *Reader, PRCM_CAPTURE_TOTALS *Totals);

#ifdef __cplusplus
}
#endif

#endif
