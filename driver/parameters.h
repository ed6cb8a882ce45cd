/* SPDX-License-Identifier: MIT
 *
 * The service's Parameters key: LifecycleLaneBytes, ImageLaneBytes and Kinds, each a REG_DWORD, each
 * optional.
 */
#ifndef PARAMETERS_H
#define PARAMETERS_H

#include "log.h"

/* Reads the parameters of the service at RegistryPath into Config. Nothing here is fatal: what is missing
 * gets its default, what is out of range or not a REG_DWORD is changed and reported in Query: its Flags and
 * what each lane was to have. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID ParametersRead(_In_ PCUNICODE_STRING RegistryPath, _Out_ LOG_CONFIG *Config, _Inout_ PRCM_QUERY *Query);

#endif
