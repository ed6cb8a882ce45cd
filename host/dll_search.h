/* SPDX-License-Identifier: MIT */
#ifndef HOST_DLL_SEARCH_H
#define HOST_DLL_SEARCH_H

/* What a DLL of the system's loads later, to look up a name for instance, comes from the system's directory from now on, and from
 * nowhere that others may write to. Before Windows 7 with KB2533623, at least not from the current directory. */
void DllSearchOnlySystem(void);

#endif
