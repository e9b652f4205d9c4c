"""Encryption at rest (AES-256-GCM) and the keyed hash by which encrypted ids are found (HMAC-SHA256).

KENRI_SECRET_KEY holds one key or several with commas: the first encrypts, all decrypt. A sealed value begins with
the id of its key. The look-up key is random, made once per database and kept there sealed by the secret keys, so
look-ups survive rotation: put the new key first, run `rekey.rekey`, then drop the old key. What rotation does not
change is the look-up key: who had an old key *and* a copy of the database can still recognise hashes of ids.
"""

import base64
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import StorageError

_VERSION = b"\x01"
_ID_BYTES = 4
_NONCE_BYTES = 12
_HEAD = 1 + _ID_BYTES + _NONCE_BYTES
_MIN_LENGTH = 16
LOOKUP_BYTES = 32


class Keys:
    """The secret keys: the first seals, every one opens."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        if not secret_keys:
            raise StorageError("KENRI_SECRET_KEY is empty")
        if any(len(key) < _MIN_LENGTH for key in secret_keys):
            raise StorageError(f"KENRI_SECRET_KEY: each key needs at least {_MIN_LENGTH} characters, made at random")
        self._ciphers = {_key_id(key): AESGCM(_derive(key, b"kenri data")) for key in secret_keys}
        self.first = _key_id(secret_keys[0])

    @classmethod
    def parse(cls, text: str) -> "Keys":
        """Keys from the setting: one or several, with commas."""
        return cls([part.strip() for part in text.split(",") if part.strip()])

    def seal(self, data: bytes) -> bytes:
        """Encrypt with the first key."""
        head = _VERSION + self.first
        nonce = os.urandom(_NONCE_BYTES)
        return head + nonce + self._ciphers[self.first].encrypt(nonce, data, head)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt with whichever key sealed it; StorageError where no key fits or the value was altered."""
        head, nonce = sealed[: 1 + _ID_BYTES], sealed[1 + _ID_BYTES : _HEAD]
        cipher = self._ciphers.get(head[1:])
        if head[:1] != _VERSION or cipher is None:
            raise StorageError("KENRI_SECRET_KEY has no key for what is stored (was a key dropped before `rekey`?)")
        try:
            return cipher.decrypt(nonce, sealed[_HEAD:], head)
        except (InvalidTag, ValueError):
            raise StorageError("a stored value was altered or is cut off") from None

    def current(self, sealed: bytes) -> bool:
        """Whether a value is sealed with the first key already."""
        return sealed[1 : 1 + _ID_BYTES] == self.first


class Box:
    """Seals texts and ids, opens them, and hashes ids for look-ups."""

    def __init__(self, keys: Keys, lookup: bytes) -> None:
        self.keys = keys
        self._lookup = lookup

    def seal(self, text: str) -> bytes:
        """Encrypt a text; the same text gives another value each time."""
        return self.keys.seal(text.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt a text; StorageError where it cannot be opened."""
        return self.keys.open(sealed).decode()

    def hash(self, value: int | str) -> str:
        """The keyed hash of an id: the same id gives the same hash in this database only."""
        return hmac.digest(self._lookup, str(value).encode(), "sha256").hex()


def new_lookup(keys: Keys) -> str:
    """A fresh look-up key, sealed, as text for the `kv` table."""
    return wrap(keys, secrets.token_bytes(LOOKUP_BYTES))


def wrap(keys: Keys, lookup: bytes) -> str:
    """A look-up key sealed by the first key, as text."""
    return base64.b64encode(keys.seal(lookup)).decode()


def unwrap(keys: Keys, text: str) -> bytes:
    """The look-up key of a database; StorageError where the secret key is not the right one."""
    try:
        return keys.open(base64.b64decode(text))
    except StorageError:
        raise StorageError("KENRI_SECRET_KEY is not the key of this database") from None


def key_beside(database: Path) -> tuple[str, tuple[str, ...]]:
    """The key file beside an SQLite database, made with mode 0600 if there is none; the key and notes about it."""
    path = database.with_name(database.name + ".key")
    notes: list[str] = []
    if not path.exists() and _make(path):
        notes.append(f"made a key beside the database: {path} (back it up, apart from the database)")
    elif path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        notes.append(f"other users of this machine can read {path}: chmod 600 it")
    return path.read_text(encoding="ascii").strip(), tuple(notes)


def _make(path: Path) -> bool:
    """Write a whole key file or none: a second process never reads half a key."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_urlsafe(32).encode() + b"\n")
        os.fsync(handle)
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        os.close(handle)
        draft.unlink()
    return True


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def _key_id(secret: str) -> bytes:
    return hashlib.sha256(_derive(secret, b"kenri key id")).digest()[:_ID_BYTES]
