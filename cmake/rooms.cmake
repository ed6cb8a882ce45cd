# SPDX-License-Identifier: MIT
# What prcm.exe is made of: a static library for each room. Which room may include which is in docs/ARCHITECTURE.md, and
# tests/files/test_rooms.py holds it to that.

# prcm_room(NAME SOURCES FILE... LIBS TARGET...): the library prcm_NAME of the room NAME.
function(prcm_room Name)
    cmake_parse_arguments(PARSE_ARGV 1 Room "" "" "SOURCES;LIBS")
    add_library(prcm_${Name} STATIC ${Room_SOURCES})
    target_include_directories(prcm_${Name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(prcm_${Name} PUBLIC ${Room_LIBS})
    prcm_program_options(prcm_${Name})
endfunction()

# The headers of Server 2003: what came later can't be linked by mistake, and is looked up at run time.
function(prcm_program_options Target)
    if(WIN32)
        target_compile_definitions(${Target} PRIVATE WINVER=0x0502 _WIN32_WINNT=0x0502 UNICODE _UNICODE
                                                     WIN32_LEAN_AND_MEAN __USE_MINGW_ANSI_STDIO=1)
    endif()
endfunction()
