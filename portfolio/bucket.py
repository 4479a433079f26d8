"""A bucket of S3-compatible object storage as stores: the one module that knows boto3 and django-storages.

An object is written whole or not at all, and checked by the store against a checksum sent with each of its parts.
Reading asks for some megabytes at a time, from wherever one is: so a film can be sought in, a reader who pauses holds
no connection, and an answer that breaks off is asked for again from there. Whatever the store does wrong is
StoreAwayError.
"""

import contextlib
import functools
import io
import logging
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage

from portfolio.stores import Found, StoreAwayError, private_folder

log = logging.getLogger(__name__)

TO_CONNECT, TO_ANSWER, TRIES = 3, 15, 2
"""Seconds to wait for the store, and how often it is asked."""
REST = 5
"""Seconds for which a store that did not answer is not asked again, so that not everybody waits for it in turn."""
WINDOW = 8 * 1024 * 1024
BUFFER = 256 * 1024
PARTS = TransferConfig(multipart_threshold=WINDOW, multipart_chunksize=WINDOW, max_concurrency=4)
LINK_SECONDS = 60
FAULTS = (ClientError, BotoCoreError, Boto3Error)

_resting: dict["Reached", float] = {}


@dataclass(frozen=True)
class Reached:
    """A bucket as it is reached: by us, and under the address that browsers know."""

    name: str
    endpoint: str
    public_endpoint: str
    region: str
    access_key: str
    secret_key: str


def part(name: str) -> "Part":
    """The part of the settings' bucket that is called so."""
    reached = Reached(
        name=settings.S3_BUCKET,
        endpoint=settings.S3_ENDPOINT,
        public_endpoint=settings.S3_PUBLIC_ENDPOINT,
        region=settings.S3_REGION,
        access_key=settings.S3_ACCESS_KEY,
        secret_key=settings.S3_SECRET_KEY,
    )
    prefix = "/".join(filter(None, (settings.S3_PREFIX, name)))
    return Part(reached, f"{prefix}/")


@dataclass(frozen=True)
class Part:
    """The objects of a bucket below a prefix."""

    reached: Reached
    prefix: str

    def put(self, source: Path, place: str) -> None:
        with self.asked(place):
            self.client.upload_file(str(source), self.reached.name, self.prefix + place, Config=PARTS)
        there, size = self.look(place), source.stat().st_size
        if there is None or there.size != size:
            raise StoreAwayError(f"{place} does not have its {size} bytes after it was written.")

    def send_ahead(self, source: Path, place: str) -> None:
        self.put(source, place)

    def put_sent(self, source: Path, place: str) -> None:
        if self.look(place) is None:
            self.put(source, place)

    def put_folder(self, source: Path, place: str) -> None:
        self.delete_below(place)
        for path in sorted(source.rglob("*")):
            if path.is_file():
                self.put(path, f"{place}/{path.relative_to(source).as_posix()}")

    def bring(self, source: Path, place: str) -> None:
        self.put(source, place)

    def open(self, place: str) -> BinaryIO:
        there = self.look(place)
        if there is None:
            raise FileNotFoundError(place)
        return cast(BinaryIO, io.BufferedReader(ObjectReader(self, place, there.size), BUFFER))

    @contextlib.contextmanager
    def at_hand(self, place: str) -> Iterator[Path]:
        """A copy among what comes in: should a process be killed, the sweep takes it away with that."""
        path = private_folder(Path(settings.VAULT_DIR) / "incoming") / secrets.token_hex(16)
        try:
            with self.open(place) as content, path.open("xb") as copy:
                path.chmod(0o600)
                shutil.copyfileobj(content, copy, BUFFER)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def look(self, place: str) -> Found | None:
        try:
            with self.asked(place):
                head = self.client.head_object(**self.object_at(place))
        except FileNotFoundError:
            return None
        return Found(place, head["ContentLength"], head["LastModified"].timestamp())

    def move(self, place: str, to: str) -> None:
        """The new one is there before the old one goes."""
        with self.asked(place):
            self.client.copy(self.object_at(place), self.reached.name, self.prefix + to, Config=PARTS)
        self.delete(place)

    def delete(self, place: str) -> None:
        for keys in self._every_version(place):
            self._remove([key for key in keys if key["Key"] == self.prefix + place])

    def delete_below(self, place: str) -> None:
        for keys in self._every_version(f"{place.rstrip('/')}/"):
            self._remove(keys)

    def found(self, below: str = "") -> Iterator[Found]:
        with self.asked(below):
            for page in self._pages("list_objects_v2", below):
                for one in page.get("Contents", []):
                    place = one["Key"].removeprefix(self.prefix)
                    yield Found(place, one["Size"], one["LastModified"].timestamp())

    def link(self, place: str, headers: dict[str, str]) -> str:
        said = {f"Response{name.replace('-', '')}": value for name, value in headers.items()}
        address: str = shown(self.reached).url(self.prefix + place, parameters=said, expire=LINK_SECONDS)
        return address

    @contextlib.contextmanager
    def asked(self, place: str) -> Iterator[None]:
        """Ask the store something, unless it did not answer a moment ago."""
        if _resting.get(self.reached, 0) > time.monotonic():
            raise StoreAwayError(f"{place}: the store did not answer a moment ago.")
        try:
            with faults(place):
                yield
        except StoreAwayError as error:
            if not isinstance(error.__cause__, ClientError) or status_of(error.__cause__) >= 500:
                _resting[self.reached] = time.monotonic() + REST
            raise

    # --- inside ------------------------------------------------------------------------------------------------------

    @property
    def client(self) -> Any:
        return client_of(self.reached)

    def object_at(self, place: str) -> dict[str, str]:
        return {"Bucket": self.reached.name, "Key": self.prefix + place}

    def _pages(self, question: str, below: str) -> Iterator[dict[str, Any]]:
        yield from self.client.get_paginator(question).paginate(Bucket=self.reached.name, Prefix=self.prefix + below)

    def _every_version(self, below: str) -> Iterator[list[dict[str, str]]]:
        """Keys with their versions, and the marks of those deleted; keys alone of a store that knows no versions."""
        with self.asked(below):
            try:
                for page in self._pages("list_object_versions", below):
                    lines = page.get("Versions", []) + page.get("DeleteMarkers", [])
                    yield [{"Key": line["Key"], "VersionId": line["VersionId"]} for line in lines]
            except ClientError as error:
                if status_of(error) not in (405, 501):
                    raise
                for page in self._pages("list_objects_v2", below):
                    yield [{"Key": line["Key"]} for line in page.get("Contents", [])]

    def _remove(self, keys: list[dict[str, str]]) -> None:
        if not keys:
            return
        with self.asked(keys[0]["Key"]):
            left = self.client.delete_objects(Bucket=self.reached.name, Delete={"Objects": keys, "Quiet": True})
        if left.get("Errors"):
            first = left["Errors"][0]
            raise StoreAwayError(f"{first['Key']} could not be deleted: {first.get('Code')} {first.get('Message')}")


class ObjectReader(io.RawIOBase):
    """The bytes of an object, read from wherever one seeks to."""

    def __init__(self, part: Part, place: str, size: int) -> None:
        self.part, self.place, self.length, self.at = part, place, size, 0
        self.body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.length}[whence]
        if start + offset != self.at:
            self.drop()
        self.at = max(0, start + offset)
        return self.at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self.length - self.at)
        for _ in range(TRIES):
            if wanted <= 0:
                return 0
            if self.body is None:
                self.body = self.part_from_here()
            try:
                with faults(self.place):
                    read = self.body.read(wanted)
            except StoreAwayError:
                log.warning("%s broke off at byte %s", self.place, self.at, exc_info=True)
                read = b""
            if read:
                buffer[: len(read)] = read
                self.at += len(read)
                return len(read)
            self.drop()  # at the window's end, or broken off
        raise StoreAwayError(f"{self.place} cannot be read from byte {self.at} on.")

    def part_from_here(self) -> Any:
        last = min(self.at + WINDOW, self.length) - 1
        with self.part.asked(self.place):
            answer = self.part.client.get_object(**self.part.object_at(self.place), Range=f"bytes={self.at}-{last}")
        return answer["Body"]

    def drop(self) -> None:
        if self.body is not None:
            self.body.close()
            self.body = None

    def close(self) -> None:
        self.drop()
        super().close()


@contextlib.contextmanager
def faults(place: str) -> Iterator[None]:
    """What the store says, in our words: an object that is not there is a file that is not there."""
    try:
        yield
    except ClientError as error:
        if status_of(error) == 404 and error.response.get("Error", {}).get("Code") != "NoSuchBucket":
            raise FileNotFoundError(place) from error
        raise StoreAwayError(f"{place}: {error}") from error
    except FAULTS as error:
        raise StoreAwayError(f"{place}: {error}") from error


def status_of(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def storage(reached: Reached, endpoint: str) -> S3Storage:
    """The bucket to django-storages, without the settings of its own that it would look for.

    Buckets of Amazon have a host name each; those behind an address of one's own are paths below it.
    """
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if endpoint else "auto"},
        connect_timeout=TO_CONNECT,
        read_timeout=TO_ANSWER,
        retries={"total_max_attempts": TRIES, "mode": "standard"},
        max_pool_connections=32,
    )
    return S3Storage(
        bucket_name=reached.name,
        endpoint_url=endpoint or None,
        region_name=reached.region or None,
        access_key=reached.access_key or None,
        secret_key=reached.secret_key or None,
        client_config=config,
    )


@functools.cache
def client_of(reached: Reached) -> Any:
    """A client for every thread of this process."""
    return storage(reached, reached.endpoint).connection.meta.client


@functools.cache
def shown(reached: Reached) -> S3Storage:
    """The bucket as browsers reach it, to sign addresses for them."""
    return storage(reached, reached.public_endpoint or reached.endpoint)
