#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# sign.sh CERTIFICATE_DIRECTORY FILE SIGNED_FILE
#
# Signs a Windows file with the build's own test certificate, page hashes included, which is made first where
# there is none: prcm-test.key, prcm-test.pem and, for Windows, prcm-test.cer in CERTIFICATE_DIRECTORY. Who
# has the key can sign drivers for every machine that trusts the certificate, so it never leaves the build
# directory.
set -euo pipefail

make_certificate()
{
    local work
    work=$(mktemp -d "$1/new.XXXXXX")
    openssl req -x509 -newkey rsa:3072 -sha256 -nodes -days 3650 -subj "/CN=prcm test certificate" \
        -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
        -addext extendedKeyUsage=codeSigning -keyout "$work/prcm-test.key" -out "$work/prcm-test.pem" \
        2>"$work/log" || { cat "$work/log" >&2; return 1; }
    openssl x509 -in "$work/prcm-test.pem" -outform DER -out "$work/prcm-test.cer"
    chmod 600 "$work/prcm-test.key"
    # The .cer last: it is what says that the set is whole.
    mv "$work/prcm-test.key" "$work/prcm-test.pem" "$1/"
    mv "$work/prcm-test.cer" "$1/"
    rm -r "$work"
}

if [ $# -ne 3 ]; then
    echo "usage: sign.sh CERTIFICATE_DIRECTORY FILE SIGNED_FILE" >&2
    exit 2
fi
certificates=$1 input=$2 output=$3

for tool in openssl osslsigncode; do
    if ! command -v "$tool" >/dev/null; then
        echo "sign.sh: $tool is missing; on Debian: apt-get install $tool" >&2
        exit 1
    fi
done

mkdir -p "$certificates" "$(dirname "$output")"
# Two build trees, of one architecture each, share the certificate and may want it at the same moment.
exec {lock}>"$certificates/lock"
flock "$lock"
[ -f "$certificates/prcm-test.cer" ] || make_certificate "$certificates"
exec {lock}>&-

# osslsigncode never overwrites.
rm -f "$output"
osslsigncode sign -certs "$certificates/prcm-test.pem" -key "$certificates/prcm-test.key" -h sha256 -ph \
    -n prcm -in "$input" -out "$output" >/dev/null
