"""The peers on Python, `joserfc` and `jwcrypto`, behind a protocol of one JSON object a line: a request on standard input, its
answer on standard output. scripts/interop/parties.py asks, and says what each request is."""

import base64
import importlib.metadata
import json
import platform
import sys
import warnings

import joserfc.errors
import joserfc.jwk
import joserfc.jws
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jws
import jwcrypto.jwt
from cryptography.hazmat.primitives import hashes

CURVES = {
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "ES256K": ("EC", "secp256k1"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}
HASHES = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}
RFC7797 = {"b64": False, "crit": ["b64"]}


def octets(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def key_type(alg):
    """What a key for an algorithm is: its kty, and its curve, size or algorithm."""
    if alg in CURVES:
        return CURVES[alg]
    if alg.startswith("HS"):
        return "oct", int(alg[2:])
    if alg.startswith("ML-DSA"):
        return "AKP", alg
    return "RSA", 2048


def headers(signer, serialization, unprotected):
    """The protected and the unprotected header. A general serialization names the key in the unprotected one."""
    protected = {"alg": signer["alg"]}
    if serialization == "general":
        return protected, {"kid": signer["kid"]}
    return {**protected, "kid": signer["kid"]}, unprotected


class Joserfc:
    def __init__(self):
        self.own = []

    def load(self, key):
        if "own" in key:
            return self.own[key["own"]]
        if "jwk" in key:
            return joserfc.jwk.import_key(key["jwk"])
        return joserfc.jwk.import_key(key["pem"], key_type(key["alg"])[0])

    def registry(self, algs):
        # Without strict_check_header it accepts parameters that it does not know, as RFC 7515 says.
        return joserfc.jws.JWSRegistry(algorithms=algs, strict_check_header=False)

    def generate(self, alg, kid):
        kind, detail = key_type(alg)
        key = joserfc.jwk.generate_key(kind, detail, {"kid": kid, "alg": alg, "use": "sig"})
        self.own.append(key)
        pem = kind != "oct"
        return {
            "own": len(self.own) - 1,
            "private": key.as_dict(private=True),
            "public": key.as_dict(private=not pem),
            "pkcs8": key.as_pem(private=True).decode() if pem else None,
            "spki": key.as_pem(private=False).decode() if pem else None,
        }

    def reexport(self, key, half):
        return self.load(key).as_dict(private=half == "private")

    def thumbprint(self, jwk, hash):
        key = joserfc.jwk.import_key(jwk)
        key.thumbprint_digest_method = hash
        return key.thumbprint()

    def sign(self, serialization, detached, unencoded, unprotected, signers, payload):
        keys = {signer["kid"]: self.load(signer["key"]) for signer in signers}
        registry = self.registry([signer["alg"] for signer in signers])
        members = []
        for signer in signers:
            protected, header = headers(signer, serialization, unprotected)
            protected |= RFC7797 if unencoded else {}
            members.append({"protected": protected, "header": header})
        if serialization == "compact":
            key = keys[signers[0]["kid"]]
            token = joserfc.jws.serialize_compact(members[0]["protected"], octets(payload), key, registry=registry)
            # It leaves out by itself an unencoded payload that a compact serialization cannot hold.
            return joserfc.jws.detach_content(token) if detached else token
        members = members if serialization == "general" else members[0]
        jws = joserfc.jws.serialize_json(members, octets(payload), lambda jws: keys[jws.headers()["kid"]], registry=registry)
        return json.dumps(joserfc.jws.detach_content(jws) if detached else jws)

    def verify(self, token, payload=None, unencoded=False, keys=None, set=None):
        if set is not None:
            chosen = joserfc.jwk.KeySet.import_key_set(set)
            algs = [key["alg"] for key in set["keys"]]
        else:
            named = {key["kid"]: self.load(key) for key in keys}
            chosen = (lambda jws: named[jws.headers()["kid"]]) if len(keys) > 1 else self.load(keys[0])
            algs = [key["alg"] for key in keys]
        registry = self.registry(algs)
        if token.startswith("{"):
            jws = json.loads(token)
            if payload is not None:
                jws["payload"] = octets(payload).decode() if unencoded else payload
            return base64url(joserfc.jws.deserialize_json(jws, chosen, registry=registry).payload)
        content = None if payload is None else octets(payload)
        return base64url(joserfc.jws.deserialize_compact(token, chosen, registry=registry, payload=content).payload)

    def jwt_sign(self, key, alg, kid, claims):
        return joserfc.jwt.encode({"alg": alg, "kid": kid}, claims, self.load(key), algorithms=[alg])

    def jwt_verify(self, token, key, alg, issuer, audience):
        claims = joserfc.jwt.decode(token, self.load(key), algorithms=[alg]).claims
        required = {"exp": {"essential": True}}
        for name, value in (("iss", issuer), ("aud", audience)):
            required[name] = {"essential": True, "value": value}
        joserfc.jwt.JWTClaimsRegistry(**required).validate(claims)
        return claims

    def publish(self, owns):
        return joserfc.jwk.KeySet([self.own[own] for own in owns]).as_dict(private=False)


class Jwcrypto:
    def __init__(self):
        self.own = []

    def load(self, key):
        if "own" in key:
            return self.own[key["own"]]
        if "jwk" in key:
            return jwcrypto.jwk.JWK(**key["jwk"])
        return jwcrypto.jwk.JWK.from_pem(key["pem"].encode())

    def generate(self, alg, kid):
        kind, detail = key_type(alg)
        size = {"size": detail} if kind in ("oct", "RSA") else {"crv": detail} if kind != "AKP" else {}
        key = jwcrypto.jwk.JWK.generate(kty=kind, kid=kid, alg=alg, use="sig", **size)
        self.own.append(key)
        pem = kind != "oct"
        return {
            "own": len(self.own) - 1,
            "private": key.export(as_dict=True),
            "public": key.export(private_key=not pem, as_dict=True),
            "pkcs8": key.export_to_pem(private_key=True, password=None).decode() if pem else None,
            "spki": key.export_to_pem().decode() if pem else None,
        }

    def reexport(self, key, half):
        return self.load(key).export(private_key=half == "private", as_dict=True)

    def thumbprint(self, jwk, hash):
        return jwcrypto.jwk.JWK(**jwk).thumbprint(HASHES[hash]())

    def sign(self, serialization, detached, unencoded, unprotected, signers, payload):
        # It writes an attached payload without base64url only where it is text.
        content = octets(payload).decode() if unencoded and not detached else octets(payload)
        jws = jwcrypto.jws.JWS(content)
        for signer in signers:
            protected, header = headers(signer, serialization, unprotected)
            protected |= RFC7797 if unencoded else {}
            jws.add_signature(self.load(signer["key"]), protected=protected, header=header)
        if detached:
            jws.detach_payload()
        token = jws.serialize(compact=serialization == "compact")
        if serialization == "compact":
            return token
        written = json.loads(token)
        if serialization == "general" and "signatures" not in written:
            raise ValueError("a single signature is written in the flattened serialization")
        if detached:
            # "payload":"" is written; what is detached is not there (RFC 7515 appendix F).
            written.pop("payload")
        return json.dumps(written)

    def verify(self, token, payload=None, unencoded=False, keys=None, set=None):
        if set is not None:
            chosen = jwcrypto.jwk.JWKSet.from_json(json.dumps(set))
        elif len(keys) > 1:
            chosen = jwcrypto.jwk.JWKSet()
            for key in keys:
                chosen.add(self.load(key))
        else:
            chosen = self.load(keys[0])
        jws = jwcrypto.jws.JWS()
        if keys is not None:
            jws.allowed_algs = [key["alg"] for key in keys]
        jws.deserialize(token)
        content = None if payload is None else octets(payload)
        jws.verify(chosen, detached_payload=content)
        verified = jws.payload if content is None else content
        return base64url(verified.encode() if isinstance(verified, str) else verified)

    def jwt_sign(self, key, alg, kid, claims):
        jwt = jwcrypto.jwt.JWT(header={"alg": alg, "kid": kid, "typ": "JWT"}, claims=claims)
        jwt.make_signed_token(self.load(key))
        return jwt.serialize()

    def jwt_verify(self, token, key, alg, issuer, audience):
        # Where claims are demanded, it looks at no others: nbf needs a second look, without demands.
        for demanded in ({"iss": issuer, "aud": audience, "exp": None}, None):
            jwt = jwcrypto.jwt.JWT(jwt=token, key=self.load(key), algs=[alg], check_claims=demanded, expected_type="JWS")
        return json.loads(jwt.claims)

    def publish(self, owns):
        keys = jwcrypto.jwk.JWKSet()
        for own in owns:
            keys.add(self.own[own])
        return keys.export(private_keys=False, as_dict=True)


def describe(error):
    """The class of an error and its message, joined with those of its causes."""
    text = f"{type(error).__name__}: {error}"
    return f"{text} <- {describe(error.__cause__)}" if error.__cause__ else text


def main():
    warnings.simplefilter("ignore", joserfc.errors.SecurityWarning)
    peers = {"joserfc": Joserfc(), "jwcrypto": Jwcrypto()}
    versions = {name: importlib.metadata.version(name) for name in ("joserfc", "jwcrypto", "cryptography")}
    print(json.dumps({"python": platform.python_version(), **versions}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        peer, operation = peers[request.pop("peer")], request.pop("operation")
        try:
            answer = {"result": getattr(peer, operation)(**request)}
        except Exception as error:  # whatever it is, it is the peer's answer
            answer = {"error": describe(error)}
        print(json.dumps(answer), flush=True)


main()
