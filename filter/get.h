/* SPDX-License-Identifier: MIT
 *
 * From an event to the value of a field. Value comes in as present, 0 and an empty text.
 */
#ifndef FILTER_GET_H
#define FILTER_GET_H

#include "fields.h"

#define GET_ARCHITECTURE_OTHER 2u

typedef void FIELD_GET(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value);

/* Of every event. */
FIELD_GET GetKind;
FIELD_GET GetHost;
FIELD_GET GetInstance;
FIELD_GET GetSequence;
FIELD_GET GetTime;
FIELD_GET GetProcess;
FIELD_GET GetThread;

/* A PRCM_VALUE; of GetCode, its lower 32 bits. */
FIELD_GET GetOptional;
FIELD_GET GetCode;

/* Bits of PRCM_IMAGE.Properties, moved to the right; a boolean is 1 or 0. */
FIELD_GET GetProperty;

FIELD_GET GetArchitecture;
FIELD_GET GetCommandLine;
FIELD_GET GetCommandLineLength;
FIELD_GET GetEntity;
FIELD_GET GetForm;
FIELD_GET GetImage;
FIELD_GET GetImageLength;
FIELD_GET GetImageNt;
FIELD_GET GetImages;
FIELD_GET GetLifetime;
FIELD_GET GetParentEntity;
FIELD_GET GetParentImage;
FIELD_GET GetSize;
FIELD_GET GetUser;
FIELD_GET GetUserSid;

#endif
