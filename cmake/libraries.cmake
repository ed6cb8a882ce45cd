# SPDX-License-Identifier: MIT
# The libraries that are not ours, as targets: prcm_zstd, prcm_xxhash, prcm_pcre2. Natively they are Debian's packages; for
# Windows, what tools/lib/windows_libraries.sh has built beside this tree.

if(WIN32)
    if(CMAKE_SIZEOF_VOID_P EQUAL 8)
        set(PRCM_LIBRARIES ${PROJECT_BINARY_DIR}/../windows-libraries/x64)
    else()
        set(PRCM_LIBRARIES ${PROJECT_BINARY_DIR}/../windows-libraries/x86)
    endif()
    cmake_path(NORMAL_PATH PRCM_LIBRARIES)
    # Debug information names the directories of headers.
    add_compile_options(-ffile-prefix-map=${PRCM_LIBRARIES}=libraries)
endif()

# prcm_library(NAME FILE HEADER): the target prcm_NAME.
function(prcm_library Name File Header)
    if(WIN32)
        set(Library ${PRCM_LIBRARIES}/lib/lib${File}.a)
        set(Include ${PRCM_LIBRARIES}/include)
        if(NOT EXISTS ${Library} OR NOT EXISTS ${Include}/${Header})
            message(FATAL_ERROR "${Library} is not there. tools/test and tools/demo build it before they configure this "
                                "tree; by itself: bash -c '. tools/lib/common.sh && windows_libraries x64'")
        endif()
    else()
        find_library(PRCM_${Name}_LIBRARY ${File} REQUIRED)
        find_path(PRCM_${Name}_INCLUDE ${Header} REQUIRED)
        set(Library ${PRCM_${Name}_LIBRARY})
        set(Include ${PRCM_${Name}_INCLUDE})
    endif()
    add_library(prcm_${Name} INTERFACE)
    target_link_libraries(prcm_${Name} INTERFACE ${Library})
    target_include_directories(prcm_${Name} SYSTEM INTERFACE ${Include})
endfunction()

prcm_library(zstd zstd zstd.h)
prcm_library(xxhash xxhash xxhash.h)
prcm_library(pcre2 pcre2-16 pcre2.h)
target_compile_definitions(prcm_pcre2 INTERFACE PCRE2_CODE_UNIT_WIDTH=16)
if(WIN32)
    target_compile_definitions(prcm_pcre2 INTERFACE PCRE2_STATIC)
endif()
