# SPDX-License-Identifier: MIT
"""What is shipped is signed with the build's test certificate, page hashes included."""

import subprocess

import pytest

SIGNED = ("prcm.sys", "prcm.exe", "libprcm.dll")


def verify(path, certificate):
    """osslsigncode's exit code and what it printed."""
    command = ["osslsigncode", "verify", "-CAfile", certificate, "-in", path]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return result.returncode, result.stdout


def page_hashes(output):
    """The page hashes as they are in the file, and as osslsigncode computes them."""
    fields = dict(line.split(":", 1) for line in output.splitlines() if line.count(":") == 1)
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    return fields.get("Page hash"), fields.get("Calculated page hash")


@pytest.mark.parametrize("name", SIGNED)
def test_signature_verifies_against_the_test_certificate(kit, certificate, name):
    code, output = verify(kit / name, certificate)
    assert code == 0, output
    assert "SHA256" in output


@pytest.mark.parametrize("name", SIGNED)
def test_page_hashes_are_there_and_right(kit, certificate, name):
    stored, calculated = page_hashes(verify(kit / name, certificate)[1])
    assert stored
    assert stored == calculated


def test_signature_check_finds_a_changed_byte(kit, certificate, tmp_path):
    data = bytearray((kit / "prcm.sys").read_bytes())
    data[0x800] ^= 1
    (tmp_path / "prcm.sys").write_bytes(data)
    code, output = verify(tmp_path / "prcm.sys", certificate)
    assert code != 0, output


def test_signature_check_finds_an_unsigned_file(build_tree, certificate):
    code, output = verify(build_tree / "driver" / "prcm.sys", certificate)
    assert code != 0, output


def test_signature_check_finds_another_certificate(kit, tmp_path):
    other = tmp_path / "other.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=prcm test certificate"]
        + ["-keyout", tmp_path / "other.key", "-out", other],
        check=True,
        capture_output=True,
    )
    code, output = verify(kit / "prcm.sys", other)
    assert code != 0, output


def test_certificate_in_the_kit_is_the_signer(kit, certificate):
    def fingerprint(path, form):
        command = ["openssl", "x509", "-inform", form, "-in", path, "-noout", "-fingerprint", "-sha256"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert fingerprint(kit / "prcm-test.cer", "DER") == fingerprint(certificate, "PEM")


def test_certificate_is_for_code_signing_and_signs_no_others(certificate):
    command = ["openssl", "x509", "-in", certificate, "-noout", "-text"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Code Signing" in text
    assert "CA:FALSE" in text


def test_private_key_is_not_in_the_kit(kit):
    for path in kit.rglob("*"):
        assert path.is_dir() or b"PRIVATE KEY" not in path.read_bytes(), path
