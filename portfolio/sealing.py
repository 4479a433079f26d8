"""Electronic seals: a PDF signed with a centre's certificate (PAdES). The one place that knows pyHanko.

A seal is the baseline B-B, and B-T with a time stamp where a server for these is named. It is added behind what was
set, so that the pages, the tags and the facts attached stay byte for byte, and it certifies that nothing may be changed
or added after it: any reader that knows of seals says so. It is loaded by its name (seals.py), where a centre has one.
"""

import datetime
import functools
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portfolio.refusal import Refusal

FIELD = "CentreSeal"
SHORTEST_RSA = 2048
TO_STAMP = 10
"""Seconds that a time-stamp server has to answer."""
REST = 60
"""Seconds for which one that did not is not asked again, as many forms may wait in a row."""
NOT_STAMPED = (
    "The time-stamp server of your centre’s seal does not answer, so the form was not issued. Nothing is lost: try "
    "again later. If it goes on, tell whoever runs this site."
)

_resting: dict[str, float] = {}


class NotStampedError(Refusal):
    """The time-stamp server is away: the form is issued another time."""


@dataclass(frozen=True)
class Certificate:
    """What a certificate says of itself, and all that is needed to seal with it, as one text."""

    subject: str
    issuer: str
    fingerprint: str
    valid_from: datetime.datetime
    valid_until: datetime.datetime
    secret: str


def read(file: bytes, password: str, at: datetime.datetime) -> Certificate:
    """The certificate and key of a PKCS#12 file. Raises Refusal where no form can be sealed with them."""
    try:
        found = pkcs12.load_pkcs12(file, password.encode() or None)
    except ValueError as error:
        raise Refusal(["This is no PKCS#12 file (.p12 or .pfx) that opens with this password."]) from error
    if found.key is None or found.cert is None:
        raise Refusal(["A seal needs a certificate and its private key: this file has only a part of that."])
    certificate, key = found.cert.certificate, found.key
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise Refusal(["The key must be an RSA or an elliptic-curve key: readers of PDFs know no other."])
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < SHORTEST_RSA:
        raise Refusal([f"The key has {key.key_size} bits, and an RSA key needs {SHORTEST_RSA}."])
    if at >= certificate.not_valid_after_utc:
        raise Refusal([f"This certificate ended on {certificate.not_valid_after_utc:%-d %B %Y}: ask for a new one."])
    if at < certificate.not_valid_before_utc:
        raise Refusal([f"This certificate begins on {certificate.not_valid_before_utc:%-d %B %Y}: set it then."])
    if not signs(certificate):
        raise Refusal(["This certificate says that it is not for signatures (its key usage): ask for one for seals."])
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    others = [one.certificate.public_bytes(Encoding.DER).hex() for one in found.additional_certs]
    held = [private.hex(), certificate.public_bytes(Encoding.DER).hex(), *others]
    return Certificate(
        subject=called(certificate.subject),
        issuer=called(certificate.issuer),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        secret=json.dumps(held),
    )


def sealed(content: bytes, secret: str, *, reason: str, time_stamps: str) -> bytes:
    """The PDF with the seal. Raises NotStampedError."""
    stamper = HTTPTimeStamper(time_stamps, timeout=TO_STAMP) if time_stamps else None
    if stamper and _resting.get(time_stamps, 0) > time.monotonic():
        raise NotStampedError([NOT_STAMPED])
    told = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
    )
    writer, signer = IncrementalPdfFileWriter(BytesIO(content)), signer_of(secret)
    try:
        with ThreadPoolExecutor(1) as aside:  # it begins a loop of its own, which a thread with another refuses
            made = aside.submit(signers.sign_pdf, writer, told, signer=signer, timestamper=stamper).result()
    except (TimestampRequestError, OSError) as error:
        _resting[time_stamps] = time.monotonic() + REST
        raise NotStampedError([NOT_STAMPED]) from error
    return bytes(made.getvalue())


# --- inside ----------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=32)
def signer_of(secret: str) -> signers.SimpleSigner:
    """Whoever signs with these; unpacked once per process."""
    private, own, *others = (bytes.fromhex(part) for part in json.loads(secret))
    chain: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    chain.register_multiple(asn1_x509.Certificate.load(other) for other in others)
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(own),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=chain,
    )


def signs(certificate: x509.Certificate) -> bool:
    """Whether the certificate may sign documents, or does not say."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return bool(usage.digital_signature or usage.content_commitment)


def called(name: x509.Name) -> str:
    """`Northgate Training, GB`: as much of a name as people read."""
    wanted = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.COUNTRY_NAME)
    parts = [str(part.value) for kind in wanted for part in name.get_attributes_for_oid(kind)]
    return ", ".join(dict.fromkeys(parts))[:300] or name.rfc4514_string()[:300] or "nobody named"
