"""The RSA key that signs webhooks and staff tokens, kept with the state so that it survives a restart."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key


@dataclass(frozen=True)
class Keys:
    """One private key and the id under which its public half is published."""

    private: RSAPrivateKey
    kid: str

    @classmethod
    def in_folder(cls, folder: Path) -> "Keys":
        """The key of this state; made when there is none yet."""
        path = folder / "saleor-signing-key.pem"
        if path.exists():
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
            assert isinstance(key, RSAPrivateKey)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            key = generate_private_key(public_exponent=65537, key_size=2048)
            path.touch(mode=0o600)
            path.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return cls(key, hashlib.sha256(public).hexdigest()[:16])

    def jwks(self) -> dict[str, Any]:
        """The public half as a JSON Web Key Set."""
        public: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        public.pop("key_ops", None)
        return {"keys": [{**public, "use": "sig", "kid": self.kid}]}

    def sign_detached(self, body: bytes) -> str:
        """A JWS over the raw body with the body left out: `header..signature`."""
        return jwt.PyJWS().encode(
            body,
            self.private,
            algorithm="RS256",
            headers={"kid": self.kid, "crit": ["b64"], "b64": False},
            is_payload_detached=True,
        )

    def sign_token(self, payload: dict[str, Any]) -> str:
        """A JSON Web Token."""
        return jwt.encode(payload, self.private, algorithm="RS256", headers={"kid": self.kid})

    def read_token(self, token: str, *, now: float) -> dict[str, Any]:
        """Raises jwt.PyJWTError where the token is expired or not ours."""
        # Tests move this program's clock ahead of the machine's: neither its future nor its end is the library's.
        read: dict[str, Any] = jwt.decode(
            token,
            self.private.public_key(),
            algorithms=["RS256"],
            options={"verify_iat": False, "verify_exp": False},
        )
        if read.get("exp", 0) <= now:
            raise jwt.ExpiredSignatureError("Signature has expired")
        return read
