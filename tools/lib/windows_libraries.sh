# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The libraries that prcm for Windows is linked with: zstd, xxHash and PCRE2. Debian has no build of them for Windows, so
# they are built from Debian's source packages: fetched by apt, which checks their signatures, from the mirrors that this
# machine's own packages come from; patched as Debian does. Once for a build directory. To be sourced by common.sh.

LIBRARIES=$PRCM_BUILD/windows-libraries

# The newest version that apt can fetch is taken; these are known to do.
LIBRARY_PACKAGES=(libzstd xxhash pcre2)

# library_apt COMMAND...: with lists, cache and sources of its own; nothing of the machine's is changed.
library_apt()
{
    local command=$1
    shift
    "$command" -q -o Dir::Etc::sourcelist="$LIBRARIES/apt/sources.$sources_form" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$LIBRARIES/apt/lists" -o Dir::Cache="$LIBRARIES/apt/cache" -o APT::Sandbox::User=root "$@"
}

# library_sources_list: source packages from wherever packages come.
library_sources_list()
{
    mkdir -p "$LIBRARIES"/apt/{lists/partial,cache}
    if [ -f /etc/apt/sources.list.d/debian.sources ]; then
        sources_form=sources
        sed 's/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources
    else
        sources_form=list
        sed -n 's/^deb\( \|\t\)/deb-src\1/p' /etc/apt/sources.list
    fi >"$LIBRARIES/apt/sources.new"
    mv "$LIBRARIES/apt/sources.new" "$LIBRARIES/apt/sources.$sources_form"
}

# fetch_library PACKAGE: its newest source that can be fetched, to $LIBRARIES/downloads. A mirror may lack what it lists.
fetch_library()
{
    local package=$1 version versions
    mapfile -t versions < <(library_apt apt-cache showsrc "$package" | sed -n 's/^Version: //p' | sort -rV)
    [ ${#versions[@]} -gt 0 ] || die "apt knows no source package $package: is there a line for Debian 12 (main) in" \
        "/etc/apt/sources.list or /etc/apt/sources.list.d/debian.sources?"
    for version in "${versions[@]}"; do
        if (cd "$LIBRARIES/downloads" &&
            library_apt apt-get source --download-only "$package=$version" >>"$PRCM_LOGS/library-sources.log" 2>&1); then
            printf '%s %s\n' "$package" "$version"
            return
        fi
    done
    die "the source package $package cannot be fetched; what apt said is in $PRCM_LOGS/library-sources.log"
}

# library_sources: $LIBRARIES/sources/PACKAGE for each, unpacked and patched, and $LIBRARIES/sources/versions.
library_sources()
{
    local package version
    [ -f "$LIBRARIES/sources/versions" ] && return
    step "sources of libraries for Windows: ${LIBRARY_PACKAGES[*]}"
    rm -rf "$LIBRARIES"/{sources,downloads}
    mkdir -p "$LIBRARIES"/{sources,downloads}
    library_sources_list
    run_logged library-lists library_apt apt-get update
    : >"$PRCM_LOGS/library-sources.log"
    for package in "${LIBRARY_PACKAGES[@]}"; do
        fetch_library "$package"
    done >"$LIBRARIES/sources/versions.new"
    while read -r package version; do
        # A version's epoch is in no file name; there is none here.
        run_logged "unpack-$package" dpkg-source -x "$LIBRARIES/downloads/${package}_$version.dsc" \
            "$LIBRARIES/sources/$package"
    done <"$LIBRARIES/sources/versions.new"
    mv "$LIBRARIES/sources/versions.new" "$LIBRARIES/sources/versions"
}

# build_library ARCHITECTURE PACKAGE DIRECTORY OPTION...: installs to $LIBRARIES/ARCHITECTURE.
build_library()
{
    local architecture=$1 package=$2 directory=$3 tree=$LIBRARIES/build-$1-$2
    shift 3
    local flags="-DWINVER=0x0502 -D_WIN32_WINNT=0x0502 -ffile-prefix-map=$LIBRARIES/sources=."
    CFLAGS=$flags run_logged "library-$architecture-$package-configure" cmake -G Ninja \
        -S "$LIBRARIES/sources/$package/$directory" -B "$tree" \
        -DCMAKE_TOOLCHAIN_FILE="$PRCM_ROOT/cmake/mingw-$architecture.cmake" -DCMAKE_INSTALL_PREFIX="$LIBRARIES/$architecture" \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="-O2 -DNDEBUG" -DBUILD_SHARED_LIBS=OFF "$@"
    run_logged "library-$architecture-$package" cmake --build "$tree" --target install
    rm -rf "$tree"
}

# windows_libraries ARCHITECTURE: those for x64 or x86, if they are not there.
windows_libraries()
{
    local architecture=$1 package
    [ -f "$LIBRARIES/$architecture/LICENSES" ] && return
    mkdir -p "$PRCM_LOGS" "$LIBRARIES"
    (
        # One at a time, whoever asks for it.
        flock 9
        [ -f "$LIBRARIES/$architecture/LICENSES" ] && exit
        library_sources
        step "libraries for Windows: $architecture"
        # Threads and old formats are not asked for. No JIT: it needs memory that is both written to and executed.
        # zstd's project names a C++ compiler, for tests that are not built.
        build_library "$architecture" libzstd build/cmake -DZSTD_BUILD_PROGRAMS=OFF -DZSTD_BUILD_SHARED=OFF \
            -DZSTD_BUILD_STATIC=ON -DZSTD_LEGACY_SUPPORT=OFF -DZSTD_MULTITHREAD_SUPPORT=OFF \
            -DCMAKE_CXX_COMPILER=/bin/false -DCMAKE_CXX_COMPILER_FORCED=ON
        mv "$LIBRARIES/$architecture/lib/zstd.lib" "$LIBRARIES/$architecture/lib/libzstd.a" # as its project names it
        build_library "$architecture" xxhash cmake_unofficial -DXXHASH_BUILD_XXHSUM=OFF
        build_library "$architecture" pcre2 . -DPCRE2_BUILD_PCRE2_8=OFF -DPCRE2_BUILD_PCRE2_16=ON \
            -DPCRE2_BUILD_PCRE2GREP=OFF -DPCRE2_BUILD_TESTS=OFF -DPCRE2_SUPPORT_JIT=OFF
        for package in "${LIBRARY_PACKAGES[@]}"; do
            printf '%s\n\n' "==== $(grep "^$package " "$LIBRARIES/sources/versions") (Debian) ===="
            cat "$LIBRARIES/sources/$package"/LICEN[CS]E
            printf '\n'
        done >"$LIBRARIES/$architecture/LICENSES.new"
        mv "$LIBRARIES/$architecture/LICENSES.new" "$LIBRARIES/$architecture/LICENSES"
    ) 9>"$LIBRARIES/lock"
}
