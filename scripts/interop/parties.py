"""The parties of scripts/interop/run: carnet, which is the command, and its peers, which are libraries in processes of their
own. Each does the same things, so that either may sign for the other:

    generate    a key, of which it can name the half it signs with and the half it verifies with
    sign        a payload, in a form, with one key or several
    verify      such a token, with keys or with a JWK Set, and give the payload back
    jwt_sign    claims
    jwt_verify  such a token, for an issuer and an audience, and give the claims back
    reexport    a key that it was given, as a JWK
    thumbprint  of a public key
    publish     a JWK Set of its public keys

A reference to a key is a dictionary with alg, kid, and one of jwk, pem, and own: the number of a key that the peer generated."""

import base64
import hashlib
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "k", "priv"}


def octets(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Refused(Exception):
    """A party does not do what it was asked for, and says why."""


@dataclass(frozen=True)
class Form:
    """A serialization of JWS and what is special about it."""

    name: str
    serialization: str
    detached: bool = False
    unencoded: bool = False
    signatures: int = 1

    @property
    def payload(self):
        if not self.unencoded:
            return bytes(range(256))
        if self.serialization == "compact" and not self.detached:
            return b"payload-of_a~token"  # what this form may hold (RFC 7797 section 5.2)
        return '$.02 für "dich" \\ \t\n€ 😀'.encode()

    @property
    def unprotected(self):
        return {"note": "anybody can change this"} if self.serialization == "flattened" else {}


@dataclass(frozen=True)
class Key:
    """A key of a party: its halves as JWKs, as PEM where there is one, and as the party itself refers to them."""

    alg: str
    kid: str
    private: dict
    public: dict
    own: int | None = None
    pkcs8: str | None = None
    spki: str | None = None

    def reference(self, half, **where):
        return {"alg": self.alg, "kid": self.kid, **(where or self._own(half))}

    def _own(self, half):
        return {"jwk": getattr(self, half)} if self.own is None else {"own": self.own}

    @property
    def shared(self):
        return self.alg.startswith("HS")


class Carnet:
    """The command carnet, started once for each thing that is asked of it. Keys are in files of a folder that is removed."""

    name = "carnet"
    one_signature_suffices = True

    def __init__(self, command, folder):
        self._command = str(command)
        self._folder = Path(folder)
        self.version = self.run("--version").decode().split()[-1]

    def run(self, *arguments, stdin=b""):
        done = subprocess.run([self._command, *arguments], input=stdin, capture_output=True, timeout=60, check=False)
        if done.returncode != 0:
            raise Refused(f"exit code {done.returncode}, {done.stderr.decode().strip()}")
        return done.stdout

    def _file(self, content):
        """A file with this content. It has the same name whenever it has the same content."""
        file = self._folder / hashlib.sha256(content).hexdigest()
        if not file.exists():
            # Another thread may be about to write the same.
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as draft:
                draft.write(content)
            Path(draft.name).rename(file)
        return str(file)

    def _key_file(self, reference):
        text = reference["pem"] if "pem" in reference else json.dumps(reference["jwk"])
        return self._file(text.encode())

    @staticmethod
    def _algorithm(references):
        """--alg for the keys that leave their algorithm open, and for shared secrets of a set, where it has to be named."""
        open_ones = [key["alg"] for key in references if "alg" not in key.get("jwk", {})]
        secrets = [key["alg"] for key in references if key["alg"].startswith("HS")] if len(references) > 1 else []
        named = [key["alg"] for key in references] if open_ones or secrets else []
        return [word for alg in named for word in ("--alg", alg)]

    def generate(self, alg, kid):
        private = json.loads(self.run("key", "generate", "--alg", alg))
        # The name that was asked for, which for Ed25519 is another than the command writes.
        private |= {"kid": kid, "alg": alg}
        if alg.startswith("HS"):
            return Key(alg, kid, private, private)
        file = self._key_file({"jwk": private})
        return Key(
            alg,
            kid,
            private,
            public=json.loads(self.run("key", "public", file)),
            pkcs8=self.run("key", "convert", file, "--to", "pem").decode(),
            spki=self.run("key", "public", file, "--format", "pem").decode(),
        )

    def reexport(self, reference, half):
        file = self._key_file(reference)
        subcommand = ["public", file] if half == "public" else ["convert", file, "--to", "jwk"]
        return json.loads(self.run("key", *subcommand))

    def thumbprint(self, jwk, hash):
        allow = ["--allow-secret"] if jwk["kty"] == "oct" else []
        file = self._key_file({"jwk": jwk})
        return self.run("key", "thumbprint", file, "--hash", hash, *allow).decode().strip()

    def publish(self, keys):
        files = [self._key_file(key.reference("private")) for key in keys]
        return json.loads(self.run("jwks", "build", *files))

    def sign(self, form, signers):
        arguments = ["jws", "sign", "--serialization", form.serialization]
        arguments += ["--detached"] * form.detached + ["--unencoded"] * form.unencoded
        for signer in signers:
            arguments += ["--key", self._key_file(signer)]
        if len(signers) == 1:
            arguments += [*self._algorithm(signers), "--kid", signers[0]["kid"]]
        for name, value in form.unprotected.items():
            arguments += ["--unprotected", f"{name}={json.dumps(value)}"]
        return self.run(*arguments, "-", stdin=form.payload).decode().rstrip("\n")

    def verify(self, form, token, payload=None, keys=None, set=None):
        if set is not None:
            arguments = ["--keys", self._file(json.dumps(set).encode())]
        elif len(keys) == 1:
            arguments = ["--keys", self._key_file(keys[0]), *self._algorithm(keys)]
        else:
            several = {"keys": [key["jwk"] for key in keys]}
            arguments = ["--keys", self._file(json.dumps(several).encode()), "--require-all", *self._algorithm(keys)]
        arguments += ["--unencoded"] * form.unencoded
        if payload is not None:
            arguments += ["--payload", self._file(payload)]
        written = self.run("jws", "verify", *arguments, "-", stdin=token.encode())
        return written if payload is None else payload

    def jwt_sign(self, signer, claims):
        arguments = ["--now", str(claims["iat"]), "--expires-in", f"{claims['exp'] - claims['iat']}s"]
        arguments += ["--issuer", claims["iss"], "--subject", claims["sub"]]
        for audience in [claims["aud"]] if isinstance(claims["aud"], str) else claims["aud"]:
            arguments += ["--audience", audience]
        if "nbf" in claims:
            arguments += ["--not-before", f"@{claims['nbf']}"]
        arguments += ["--claims", json.dumps({"scope": claims["scope"]})]
        return self.run("sign", "--key", self._key_file(signer), *arguments).decode().rstrip("\n")

    def jwt_verify(self, token, key, issuer, audience):
        arguments = ["--keys", self._key_file(key), "--issuer", issuer, "--audience", audience, "-"]
        return json.loads(self.run("verify", *arguments, stdin=token.encode()))["claims"]


class Process:
    """A process that hosts peers: it says its versions, and then answers each line with a line."""

    def __init__(self, *command):
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.versions = self._read()

    def _read(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of the peers ended with exit code {self._process.wait()}")
        return json.loads(line)

    def ask(self, request):
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=60)


class Peer:
    """A library in a process."""

    def __init__(self, name, process):
        self.name = name
        self._process = process
        # joserfc accepts a general serialization only when it can verify every signature of it.
        self.one_signature_suffices = name != "joserfc"

    def _ask(self, operation, **request):
        answer = self._process.ask({"peer": self.name, "operation": operation, **request})
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    def generate(self, alg, kid):
        return Key(alg, kid, **self._ask("generate", alg=alg, kid=kid))

    def reexport(self, reference, half):
        return self._ask("reexport", key=reference, half=half)

    def thumbprint(self, jwk, hash):
        return self._ask("thumbprint", jwk=jwk, hash=hash)

    def publish(self, keys):
        return self._ask("publish", owns=[key.own for key in keys])

    def sign(self, form, signers):
        signers = [{"alg": signer["alg"], "kid": signer["kid"], "key": signer} for signer in signers]
        return self._ask(
            "sign",
            serialization=form.serialization,
            detached=form.detached,
            unencoded=form.unencoded,
            unprotected=form.unprotected or None,
            signers=signers,
            payload=base64url(form.payload),
        )

    def verify(self, form, token, payload=None, keys=None, set=None):
        given = {"payload": base64url(payload)} if payload is not None else {}
        given |= {"keys": keys} if set is None else {"set": set}
        return octets(self._ask("verify", token=token, unencoded=form.unencoded, **given))

    def jwt_sign(self, signer, claims):
        return self._ask("jwt_sign", key=signer, alg=signer["alg"], kid=signer["kid"], claims=claims)

    def jwt_verify(self, token, key, issuer, audience):
        return self._ask("jwt_verify", token=token, key=key, alg=key["alg"], issuer=issuer, audience=audience)


def half_of(jwk, half):
    """The members that make the key what it is, with the private ones or without."""
    what_it_says_of_itself = {"kid", "alg", "use", "key_ops", "ext"}
    left_out = what_it_says_of_itself | (PRIVATE_MEMBERS if half == "public" and jwk["kty"] != "oct" else set())
    return {name: value for name, value in jwk.items() if name not in left_out}
