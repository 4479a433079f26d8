"""Silent recordings of any length in the forms telephones make, small enough to be written by the tests themselves.

Each tells its length, so that a browser can be asked to go to any place in it.
"""

import struct

# A packet of Opus that says: 20 milliseconds of silence, one channel.
SILENCE = b"\x08\xff\xfe"
PACKETS_A_SECOND = 50
RATE = 48_000
OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, RATE, 0, 0)


def mp3(seconds: int) -> bytes:
    """MPEG 1 layer III at 32 kHz and 32 kbit/s, one channel: frames of 36 milliseconds with nothing in them."""
    frame = b"\xff\xfb\x18\xc4" + bytes(140)
    return b"ID3\x04\0\0\0\0\0\0" + frame * round(seconds / 0.036)


# --- WebM ------------------------------------------------------------------------------------------------------------


def element(name: str, *content: bytes) -> bytes:
    """An element of EBML: its name in hexadecimal, its size in one byte or eight, what is in it."""
    body = b"".join(content)
    size = bytes([len(body) | 1 << 7]) if len(body) < 127 else struct.pack(">Q", len(body) | 1 << 56)
    return bytes.fromhex(name) + size + body


def number(name: str, value: int) -> bytes:
    return element(name, struct.pack(">Q", value))


def webm(seconds: int) -> bytes:
    """A cluster a second, and at the end the list of where each begins."""
    head = element("1a45dfa3", number("4286", 1), element("4282", b"webm"), number("4287", 4), number("4285", 2))
    length = element("4489", struct.pack(">d", seconds * 1000))
    about = element("1549a966", number("2ad7b1", 1_000_000), length, element("4d80", b"x"), element("5741", b"x"))
    sound = element("e1", element("b5", struct.pack(">d", RATE)), number("9f", 1))
    opus = element("86", b"A_OPUS"), element("63a2", OPUS_HEAD)
    track = element("ae", number("d7", 1), number("73c5", 1), number("83", 2), *opus, sound)
    body, places = about + element("1654ae6b", track), []
    for second in range(seconds):
        places.append(len(body))
        body += element("1f43b675", number("e7", second * 1000), *blocks())
    body += element("1c53bb6b", *(cue(second, place) for second, place in enumerate(places)))
    return head + element("18538067", body)


def blocks() -> list[bytes]:
    """A second of silence, each packet with its time in the cluster."""
    return [element("a3", struct.pack(">BhB", 0x81, 20 * at, 0x80), SILENCE) for at in range(PACKETS_A_SECOND)]


def cue(second: int, place: int) -> bytes:
    return element("bb", number("b3", second * 1000), element("b7", number("f7", 1), number("f1", place)))


# --- MP4 -------------------------------------------------------------------------------------------------------------


def box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, name) + body


def full(name: bytes, *content: bytes, flags: int = 0) -> bytes:
    """A box that says its version, always 0."""
    return box(name, struct.pack(">I", flags), *content)


def mp4(seconds: int) -> bytes:
    """One track of Opus in one chunk, after a table of its packets."""
    kind = box(b"ftyp", b"isom", struct.pack(">I", 512), b"isomiso2mp41")
    index = movie(seconds, 0)
    return kind + movie(seconds, len(kind) + len(index) + 8) + box(b"mdat", SILENCE * seconds * PACKETS_A_SECOND)


def movie(seconds: int, place: int) -> bytes:
    """The table of contents, with the packets beginning at that place of the file."""
    packets, length = seconds * PACKETS_A_SECOND, seconds * RATE
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    head = full(b"mvhd", struct.pack(">IIIIIH10x", 0, 0, RATE, length, 0x10000, 0x100), matrix, struct.pack(">24xI", 2))
    opus = box(b"dOps", struct.pack(">BBHIhB", 0, 1, 0, RATE, 0, 0))
    entry = box(b"Opus", struct.pack(">6xH8xHH4xI", 1, 1, 16, RATE << 16), opus)
    table = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), entry),
        full(b"stts", struct.pack(">III", 1, packets, RATE // PACKETS_A_SECOND)),
        full(b"stsc", struct.pack(">IIII", 1, 1, packets, 1)),
        full(b"stsz", struct.pack(">II", len(SILENCE), packets)),
        full(b"stco", struct.pack(">II", 1, place)),
    )
    here = box(b"dinf", full(b"dref", struct.pack(">I", 1), full(b"url ", flags=1)))
    media = box(
        b"mdia",
        full(b"mdhd", struct.pack(">IIIIHH", 0, 0, RATE, length, 0x55C4, 0)),
        full(b"hdlr", struct.pack(">I4s12xx", 0, b"soun")),
        box(b"minf", full(b"smhd", bytes(4)), here, table),
    )
    shape = struct.pack(">IIIII8xHHH2x", 0, 0, 1, 0, length, 0, 0, 0x100), matrix, bytes(8)
    return box(b"moov", head, box(b"trak", full(b"tkhd", *shape, flags=3), media))
