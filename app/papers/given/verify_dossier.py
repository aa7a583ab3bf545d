#!/usr/bin/env python3
"""Verifies a dossier of the hotline with nothing but Python (3.6 or later).

    python3 verify_dossier.py --fingerprint F [FOLDER]

F is the fingerprint of the signing key, 64 hex digits, as the numbered letter prints it. FOLDER is the
unpacked dossier, by default the folder in which this file stands. Ends with 0 where the dossier is what
was sealed, with 1 where it is not (each line names a file), with 2 where it cannot say.

This file may have been altered with the dossier: compare its own SHA-256 with the letter first
(sha256sum verify_dossier.py; on Windows: certutil -hashfile verify_dossier.py SHA256).
"""

import argparse
import base64
import hashlib
import io
import json
import os
import re
import sys

SUMS, SIGNATURE, KEY, MANIFEST, EVENTS = (
    "SHA256SUMS",
    "SHA256SUMS.sig",
    "signing-key.pem",
    "MANIFEST.json",
    "events.jsonl",
)
LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")

# ECDSA on P-256 (FIPS 186-5), y^2 = x^3 - 3x + B modulo P, with the point G of order N.
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


def added(one, other):
    """The sum of two points; None is the point at infinity."""
    if one is None or other is None:
        return other if one is None else one
    if one[0] == other[0]:
        if (one[1] + other[1]) % P == 0:
            return None
        slope = (3 * one[0] * one[0] - 3) * pow(2 * one[1], P - 2, P) % P
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], P - 2, P) % P
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(n, point):
    """A point n times."""
    found = None
    while n:
        if n & 1:
            found = added(found, point)
        point, n = added(point, point), n >> 1
    return found


def numbers(signature):
    """The two numbers of a signature as DER; ValueError where it is none."""
    found, at = [], 2
    if len(signature) < 8 or signature[0] != 0x30 or signature[1] != len(signature) - 2:
        raise ValueError("DER")
    for _ in range(2):
        if signature[at : at + 1] != b"\x02":
            raise ValueError("DER")
        size = signature[at + 1]
        found.append(int.from_bytes(signature[at + 2 : at + 2 + size], "big"))
        at += 2 + size
    if at != len(signature):
        raise ValueError("DER")
    return found


def point_of(der):
    """The point of a public key as DER; ValueError where it is none of P-256."""
    if len(der) != len(HEAD) + 64 or not der.startswith(HEAD):
        raise ValueError("key")
    x, y = (int.from_bytes(der[at : at + 32], "big") for at in (len(HEAD), len(HEAD) + 32))
    if (y * y - x * x * x + 3 * x - B) % P or not (x < P and y < P):
        raise ValueError("key")
    return x, y


def signed(der, content, signature):
    """Whether a signature over a content is that of the key."""
    try:
        r, s = numbers(signature)
        key = point_of(der)
    except (ValueError, IndexError):
        return False
    if not (0 < r < N and 0 < s < N):
        return False
    once = pow(s, N - 2, N)
    told = int.from_bytes(hashlib.sha256(content).digest(), "big")
    point = added(times(told * once % N, G), times(r * once % N, key))
    return point is not None and point[0] % N == r


class Checked:
    """A folder and what is wrong with it."""

    def __init__(self, folder):
        self.folder, self.wrong, self.key = folder, 0, b""

    def say(self, name, zh, en):
        """Name a file and what is wrong with it, in Chinese and in English."""
        self.wrong += 1
        print("[X] {}: {} {}".format(name, zh, en))

    def read(self, name):
        """A file; empty, with a sentence, where it is not there."""
        try:
            with open(os.path.join(self.folder, *name.split("/")), "rb") as file:
                return file.read()
        except OSError:
            self.say(name, "文件缺失或无法读取。", "The file is missing or cannot be read.")
            return b""

    def digest(self, name):
        """The SHA-256 of a file."""
        found = hashlib.sha256()
        with open(os.path.join(self.folder, *name.split("/")), "rb") as file:
            for part in iter(lambda: file.read(1 << 20), b""):
                found.update(part)
        return found.hexdigest()


def files_in(folder):
    """The names of all files of a folder, as the sums write them."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            found.append(os.path.relpath(os.path.join(place, name), folder).replace(os.sep, "/"))
    return sorted(found)


def check_key(checked, fingerprint):
    """The key that came along is the one that the letter names, where the letter is at hand."""
    text = checked.read(KEY).decode("ascii", "replace")
    body = "".join(line for line in text.splitlines() if not line.startswith("-----"))
    try:
        checked.key = base64.b64decode(body)
        point_of(checked.key)
    except ValueError:
        return checked.say(KEY, "不是有效的公钥。", "This is no public key.")
    found = hashlib.sha256(checked.key).hexdigest()
    if fingerprint and found != fingerprint:
        zh = "密钥指纹是{}，与移送函上的不一致：卷宗可能被改动后另行签名。"
        en = "Its fingerprint {} is not the letter's: altered and signed with another key."
        checked.say(KEY, zh.format(found), en.format(found))


def check_sums(checked):
    """The list of sums bears the signature of the key; name -> sum of the files that it lists."""
    content, signature = checked.read(SUMS), checked.read(SIGNATURE)
    if not signed(checked.key, content, signature):
        zh = "与签名文件{}不符：清单或签名被改动。".format(SIGNATURE)
        en = "It does not bear the signature in {}.".format(SIGNATURE)
        checked.say(SUMS, zh, en)
    listed = {}
    for n, line in enumerate(content.decode("utf-8", "replace").split("\n")[:-1], 1):
        found = LINE.match(line)
        inside = found and ".." not in found.group(2).split("/") and found.group(2)[0] != "/"
        if not inside or found.group(0) != line or found.group(2) in listed:
            checked.say(SUMS, "第{}行不能识别。".format(n), "Line {} is none of ours.".format(n))
        else:
            listed[found.group(2)] = found.group(1)
    return listed


def check_files(checked, listed):
    """Every file that is listed is there as it was, and no other is."""
    there = files_in(checked.folder)
    for name in sorted(listed):
        if name not in there:
            checked.say(name, "文件缺失。", "The file is missing.")
        elif checked.digest(name) != listed[name]:
            checked.say(name, "内容已被改动（SHA-256 不符）。", "The file was altered.")
    for name in there:
        if name not in listed and name not in (SUMS, SIGNATURE):
            checked.say(name, "多出的文件，不属于本卷宗。", "The file is no part of the dossier.")


def check_manifest(checked, listed):
    """The manifest lists the same files with the same sums; what it tells of the record."""
    try:
        manifest = json.loads(checked.read(MANIFEST).decode("utf-8"))
        told = {one["name"]: one["sha256"] for one in manifest["files"]}
        heads = [(one["chain"], one["seq"], one["hash"]) for one in manifest["chain_heads"]]
        proofs = manifest["checkpoints"]
    except (ValueError, KeyError, TypeError):
        checked.say(MANIFEST, "清单无法读取。", "The manifest cannot be read.")
        return [], []
    wanted = {name: one for name, one in listed.items() if name != MANIFEST}
    for name in sorted(set(told) ^ set(wanted)):
        checked.say(name, "清单与校验文件不一致。", "Manifest and sums differ about it.")
    for name in sorted(set(told) & set(wanted)):
        if told[name] != wanted[name]:
            checked.say(name, "清单与校验文件不一致。", "Manifest and sums differ about it.")
    return heads, proofs


def hash_of(event, before):
    """The hash of an event after the one before it."""
    payload = hashlib.sha256(event["payload"].encode("utf-8")).hexdigest()
    named = event["key_name"]
    parts = ["duban/event/2" if named else "duban/event/1", before, event["chain"], event["seq"]]
    parts += [event[name] for name in ("at", "actor", "kind", "subject", "subject_id")]
    parts += [event["from_state"], event["to_state"], payload] + ([named] if named else [])
    return sha256_of(parts)


def sha256_of(parts):
    """The SHA-256 of values as canonical JSON."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def check_events(checked, heads):
    """Each chain of events is whole and ends where the manifest says; (chain, seq) -> hash."""
    before, known = {}, {}
    lines = checked.read(EVENTS).decode("utf-8", "replace").split("\n")[:-1]
    for n, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
            seq, last = before.get(event["chain"], (0, ""))
            whole = event["seq"] == seq + 1 and hash_of(event, last) == event["hash"]
        except (ValueError, KeyError, TypeError, AttributeError):
            whole = False
        if not whole:
            zh = "第{}行与前一行不相连。".format(n)
            checked.say(EVENTS, zh, "Line {} does not follow from the one before.".format(n))
            return {}
        before[event["chain"]] = (event["seq"], event["hash"])
        known[event["chain"], event["seq"]] = event["hash"]
    if sorted((chain, seq, hashed) for chain, (seq, hashed) in before.items()) != sorted(heads):
        checked.say(EVENTS, "末尾与清单不一致。", "It does not end where the manifest says.")
    return known


def check_proof(checked, proof, known):
    """A head of the events stands in a checkpoint that the office signed."""
    leaf = [proof["chain"], proof["seq"], proof["hash"]]
    text = json.dumps(leaf, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    at = hashlib.sha256(b"\x00" + text).digest()
    for side, other in proof["path"]:
        half = bytes.fromhex(other)
        at = hashlib.sha256(b"\x01" + (half + at if side == "left" else at + half)).digest()
    names = ("number", "at", "upto", "heads", "previous")
    root = sha256_of([proof["format"]] + [proof[name] for name in names] + [at.hex()])
    said = "{} {}\n".format(proof["format"], root).encode("utf-8")
    if known.get((leaf[0], leaf[1])) != leaf[2]:
        return "events"
    key = bytes.fromhex(proof["public_key"])
    if root != proof["root"] or not signed(key, said, bytes.fromhex(proof["signature"])):
        return "root"
    return ""


def check_proofs(checked, proofs, known):
    """All checkpoints that the manifest names."""
    for proof in proofs:
        try:
            wrong = check_proof(checked, proof, known)
        except (ValueError, KeyError, TypeError, IndexError):
            wrong = "proof"
        if wrong:
            zh = "存证点证明不成立（{}）。".format(wrong)
            checked.say(MANIFEST, zh, "The proof of a checkpoint does not hold ({}).".format(wrong))


def verify(folder, fingerprint):
    """Check a folder and say what is wrong; whether anything is."""
    checked = Checked(folder)
    check_key(checked, fingerprint)
    listed = check_sums(checked)
    check_files(checked, listed)
    heads, proofs = check_manifest(checked, listed)
    check_proofs(checked, proofs, check_events(checked, heads))
    return checked


def main(arguments):
    """Verify a folder; the exit code."""
    if hasattr(sys.stdout, "buffer"):
        # A console that has no Chinese prints what it can, and never stops.
        coding = sys.stdout.encoding or "utf-8"
        sys.stdout = io.TextIOWrapper(sys.stdout.buffer, coding, "backslashreplace")
    parser = argparse.ArgumentParser(description="verify_dossier")
    parser.add_argument("folder", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--fingerprint", default="")
    given = parser.parse_args(arguments)
    fingerprint = re.sub(r"[\s:-]", "", given.fingerprint).lower()
    if fingerprint and not re.match(r"[0-9a-f]{64}$", fingerprint):
        print("[?] --fingerprint: 指纹应为64位十六进制数字。 A fingerprint has 64 hex digits.")
        return 2
    checked = verify(given.folder, fingerprint)
    if checked.wrong:
        print("结果：卷宗与封存时不一致，共{}处。 NOT what was sealed.".format(checked.wrong))
        return 1
    if not fingerprint:
        print(
            "结果：内部一致，但未与移送函上的密钥指纹核对。 Whole, but not compared with the letter."
        )
        print("公钥指纹 fingerprint: {}".format(hashlib.sha256(checked.key).hexdigest()))
        return 2
    print("结果：与封存时一致。 The dossier is what was sealed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
