# SPDX-License-Identifier: MIT
"""A reader of captures, written from docs/capture.md alone, for comparing it with the library's."""

import struct

import xxhash
import zstandard

MAGIC = b"\x89PRCM\r\n\x1a"
END_MAGIC = b"\x89PRCMEND"
LIMIT = 4 << 20
LEAST_HEADER = {1: 80, 2: 72, 3: 160, 4: 224, 5: 80, 6: 80}
FACT_MEMBERS = {1: 80, 2: 160, 3: 48, 4: 16, 5: 64, 6: 32, 7: 32, 8: 48, 9: 144, 10: 88, 11: 80}
FACT_MEMBERS = {kind: 8 + size for kind, size in FACT_MEMBERS.items()}


class Damage(Exception):
    """What stands at an offset is no block."""


def hash64(data):
    return xxhash.xxh3_64_intdigest(data)


class Block:
    """The block at an offset, checked in the order that docs/capture.md gives."""

    def __init__(self, data, offset, file_id):
        head = data[offset:offset + 56]
        if len(head) < 56 or head[:8] != MAGIC:
            raise Damage("no magic")
        (self.version, self.kind, self.header, self.stored, self.raw, self.number, self.file_id, payload_hash,
         self.flags) = struct.unpack_from("<HHIIIQQQI", head, 8)
        if not 64 <= self.header <= 4096 or self.header % 8 or self.stored > LIMIT or self.raw > LIMIT:
            raise Damage("lengths")
        self.offset = offset
        self.bytes = data[offset:offset + self.header]
        if len(self.bytes) < self.header or hash64(self.bytes[:-8]) != struct.unpack("<Q", self.bytes[-8:])[0]:
            raise Damage("header")
        if file_id not in (None, self.file_id):
            raise Damage("another file's")
        self.end = offset + self.header + (self.stored + 7) // 8 * 8
        if self.end > len(data):
            raise Damage("torn")
        self.good = hash64(data[offset + self.header:self.end]) == payload_hash
        self.known = self.version == 1 and self.kind in LEAST_HEADER and self.flags & ~3 == 0
        self.payload = data[offset + self.header:offset + self.header + self.stored]

    def unpack(self):
        """The payload."""
        if self.header < LEAST_HEADER[self.kind]:
            raise Damage("short header")
        if self.flags & 1 and self.stored >= self.raw or not self.flags & 1 and self.stored != self.raw:
            raise Damage("two lengths")
        raw = self.payload
        if self.flags & 1:
            raw = zstandard.ZstdDecompressor().decompress(raw, max_output_size=self.raw)
        return unweave(raw, struct.unpack_from("<I", self.bytes, 208)[0]) if self.flags & 2 else raw


class Columns:
    """What is woven, taken from its beginning on."""

    def __init__(self, woven):
        self.left = woven

    def take(self, length):
        taken, self.left = self.left[:length], self.left[length:]
        assert len(taken) == length
        return taken

    def structures(self, count, length):
        """So many structures of that length."""
        found = [b""] * count
        for _ in range(length // 4):
            planes = self.take(4 * count)
            word = 0
            for at in range(count):
                word += sum(planes[at + plane * count] << 8 * plane for plane in range(4))
                found[at] += struct.pack("<I", word & 0xFFFFFFFF)
        return found


def unweave(woven, batch_count):
    """The payload of a BATCHES block as it was before it was woven."""
    columns = Columns(woven)
    begins = columns.structures(batch_count, 272)
    counts = [struct.unpack_from("<I", begin, 16)[0] for begin in begins]
    heads = columns.structures(sum(counts), 8)
    sizes = [struct.unpack("<IHH", head) for head in heads]
    members = {}
    for one in dict.fromkeys(size[1:] for size in sizes):
        alike = [at for at, size in enumerate(sizes) if size[1:] == one]
        members |= zip(alike, columns.structures(len(alike), one[1] - 8))
    records = [heads[at] + members[at] + columns.take(size[0] - size[2]) for at, size in enumerate(sizes)]
    raw = b""
    for begin, count in zip(begins, counts):
        raw += begin + b"".join(records[:count])
        records = records[count:]
    assert not columns.left
    return raw


def blocks(data):
    """(block, None) and (None, (offset, length)) for what is none, in the order of the file."""
    at, file_id = 0, None
    while at < len(data):
        try:
            block = Block(data, at, file_id)
        except Damage:
            end = at + 8
            while end < len(data):
                try:
                    Block(data, end, file_id)
                    break
                except Damage:
                    end += 8
            end = min(end, len(data))
            yield None, (at, end - at)
            at = end
            continue
        file_id = block.file_id
        at = block.end
        yield (block, None) if block.good else (None, (block.offset, block.end - block.offset))


def facts(raw):
    """(type, members and bytes) of each fact."""
    at = 0
    while at < len(raw):
        size, kind, fixed = struct.unpack_from("<IHH", raw, at)
        assert size % 8 == 0 and fixed <= size <= 256 << 10 and fixed >= FACT_MEMBERS.get(kind, 8)
        yield kind, raw[at:at + size]
        at += size


def text(fact, at):
    """The text that the bytes member at this offset points to; None: there is none."""
    status, offset, length, _full = struct.unpack_from("<IIII", fact, at)
    return fact[offset:offset + length].decode("utf-16-le", "surrogatepass") if status == 1 else None


def value(fact, at):
    number, status = struct.unpack_from("<QI", fact, at)
    return number if status == 1 else None


class Batch:
    """What this reader looks at in a batch; docs/abi.md has the rest."""

    def __init__(self, data):
        self.size, self.bytes, self.records = struct.unpack_from("<III", data)
        self.number, self.first, self.instance, self.next = struct.unpack_from("<QQQQ", data, 16)
        self.delivered = struct.unpack_from("<4Q", data, 120)
        self.filtered = struct.unpack_from("<4Q", data, 152)
        self.lost = struct.unpack_from("<4Q", data, 184)
        self.unknown, = struct.unpack_from("<Q", data, 216)
        self.data = data

    def events(self):
        """(kind, number, time) of each record."""
        at = self.size
        while at < self.bytes:
            size, kind, _fixed, number, time = struct.unpack_from("<IHHQq", self.data, at)
            yield kind, number, time
            at += size


def batches(raw):
    at = 0
    while at < len(raw):
        length, = struct.unpack_from("<I", raw, at)
        assert length % 8 == 0 and at + 8 + length <= len(raw)
        batch = Batch(raw[at + 8:at + 8 + length])
        assert batch.bytes == length
        yield batch
        at += 8 + length


def check_summary(block, found):
    """The header of a BATCHES block is the sum of its batches."""
    times = [time for batch in found for kind, _number, time in batch.events() if kind < 4]
    expected = [found[0].instance, found[0].first, found[-1].next, min(times, default=0), max(times, default=0)]
    for counts in ("delivered", "filtered", "lost"):
        expected += [sum(kind) for kind in zip(*(getattr(batch, counts) for batch in found))]
    expected += [sum(batch.unknown for batch in found), found[0].number, len(found)]
    expected += [sum(batch.records for batch in found)]
    assert list(struct.unpack_from("<QQQqq12QQQII", block.bytes, 56)) == expected


def lines(data):
    """What is in a capture, a line for each item, as the tests of the library write it."""
    reached = {}
    torn, ended = 0, False
    yield "file -"
    for block, damage in blocks(data):
        ended = block is not None and block.known and block.kind == 6
        if block is None:
            torn = damage[1] if sum(damage) == len(data) else 0
            if not torn:
                yield f"damage {damage[0]}+{damage[1]}"
        elif not block.known:
            yield f"unknown version {block.version} kind {block.kind}"
        elif block.kind == 2:
            yield from (f"fact {kind}" for kind, _fact in facts(block.unpack()) if kind in FACT_MEMBERS)
        elif block.kind == 3:
            instance, start = struct.unpack_from("<QQ", block.bytes, 56)
            if start > reached.get(instance, start):
                yield f"gap {reached[instance]} to {start}"
            reached[instance] = max(start, reached.get(instance, start))
            yield f"session {instance:x} from {start}"
        elif block.kind == 4:
            found = list(batches(block.unpack()))
            check_summary(block, found)
            for batch in found:
                at = reached.get(batch.instance, batch.first)
                if batch.first < at and batch.next <= at:
                    yield f"repeated {batch.first} to {batch.next}"
                    continue
                if batch.first > at:
                    yield f"gap {at} to {batch.first}"
                yield f"batch {max(batch.first, at)} to {batch.next}"
                reached[batch.instance] = batch.next
    yield f"end {'closed' if ended else 'open'}, torn {torn}"


def index(data):
    """The blocks that the index has, as (offset, length, kind); None: there is no index to go by."""
    end_offset, file_id, magic = struct.unpack("<QQ8s", data[-24:])
    if magic != END_MAGIC:
        return None
    end = Block(data, end_offset, file_id)
    assert end.good and end.kind == 6 and end.end == len(data)
    count, = struct.unpack_from("<I", end.bytes, 56)
    covered, found = 0, []
    for leaf in struct.iter_unpack("<QQIIQQqII", end.unpack()[:56 * count]):
        if leaf[1] != covered:
            return None
        block = Block(data, leaf[0], file_id)
        assert block.good and block.kind == 5 and block.end - block.offset == leaf[2]
        entries = block.unpack()
        assert len(entries) == 176 * leaf[3]
        for at in range(0, len(entries), 176):
            offset, length, kind = struct.unpack_from("<QIH", entries, at)
            if kind == 4:
                assert entries[at + 16:at + 176] == data[offset + 56:offset + 216]
            found.append((offset, length, kind))
        covered = block.end
    return found if covered == end_offset else None
