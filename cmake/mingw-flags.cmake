# SPDX-License-Identifier: MIT
# What both Windows targets are built with beyond the compiler's defaults.

# No path of the build machine gets into a file: two builds of one commit are the same bits wherever they were
# made.
get_filename_component(PrcmRoot ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
set(CMAKE_C_FLAGS_INIT "-fno-ident -ffile-prefix-map=${PrcmRoot}=.")
string(APPEND CMAKE_C_FLAGS_INIT " -ffile-prefix-map=${CMAKE_BINARY_DIR}=build")
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "i686")
    # Windows keeps an i386 stack aligned to 4 bytes only; GCC assumes 16 unless told.
    string(APPEND CMAKE_C_FLAGS_INIT " -mincoming-stack-boundary=2")
endif()

set(PrcmLink "-static-libgcc -Wl,--dynamicbase,--nxcompat,--no-insert-timestamp")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${PrcmLink}")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "${PrcmLink}")
# Stripped by the linker: strip would put the time of day into the file again.
set(CMAKE_EXE_LINKER_FLAGS_RELWITHDEBINFO_INIT "-s")
set(CMAKE_SHARED_LINKER_FLAGS_RELWITHDEBINFO_INIT "-s")
