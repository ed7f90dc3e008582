"""The matrix of scripts/interop/run: which party signs what for which other, and what must come of it."""

import argparse
import json
import re
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from parties import Carnet, Form, Peer, Process, Refused, base64url, half_of, octets

HERE = Path(__file__).resolve().parent
ALGORITHMS = [
    *(f"{family}{size}" for family in ("HS", "RS", "PS", "ES") for size in (256, 384, 512)),
    *("ES256K", "EdDSA", "Ed25519", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"),
]
COMPACT = Form("compact", "compact")
FORMS = [
    COMPACT,
    Form("flattened", "flattened"),
    Form("general", "general"),
    Form("general, two signatures", "general", signatures=2),
    Form("compact, detached", "compact", detached=True),
    Form("flattened, detached", "flattened", detached=True),
    Form("compact, unencoded", "compact", unencoded=True),
    Form("compact, unencoded, detached", "compact", unencoded=True, detached=True),
    Form("flattened, unencoded", "flattened", unencoded=True),
    Form("flattened, unencoded, detached", "flattened", unencoded=True, detached=True),
    Form("general, unencoded", "general", unencoded=True),
]
OTHER_COLUMNS = {
    "JWT": "check_jwt",
    "JWK": "check_jwk",
    "PEM": "check_pem",
    "thumbprint": "check_thumbprint",
    "JWK Set": "check_set",
}
COLUMNS = [*(form.name for form in FORMS), *OTHER_COLUMNS]
DIRECTIONS = {"→": "carnet to peer", "←": "peer to carnet"}
# The algorithm of the second signature of two.
SECOND = {"*": "ES256", "ES256": "ES384"}
# Which process hosts each peer.
HOSTS = {"jose": "node", "jose-5": "node", "joserfc": "python", "jwcrypto": "python"}
ISSUER, AUDIENCE = "https://auth.example.com/", "api://my-service"

# How each party says what it found. What is refused for another reason is not what was to be shown.
REFUSALS = {
    "carnet": {
        "signature": r"exit code 1, error\[invalid_signature\]",
        "expiry": r"exit code 1, error\[token_expired\]",
        "start": r"exit code 1, error\[token_not_yet_valid\]",
        "issuer": r"exit code 1, error\[issuer_mismatch\]",
        "audience": r"exit code 1, error\[audience_mismatch\]",
        "unknown kid": r"exit code 1, error\[unknown_key\]",
    },
    "jose": {
        "signature": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
        "expiry": "ERR_JWT_EXPIRED",
        "start": 'ERR_JWT_CLAIM_VALIDATION_FAILED: "nbf"',
        "issuer": 'ERR_JWT_CLAIM_VALIDATION_FAILED: unexpected "iss"',
        "audience": 'ERR_JWT_CLAIM_VALIDATION_FAILED: unexpected "aud"',
        "unknown kid": "ERR_JWKS_NO_MATCHING_KEY",
    },
    "joserfc": {
        "signature": "BadSignatureError",
        "expiry": "ExpiredTokenError",
        "start": "InvalidClaimError.*not yet valid",
        "issuer": "InvalidClaimError.*iss",
        "audience": "InvalidClaimError.*aud",
        "unknown kid": "InvalidKeyIdError",
    },
    "jwcrypto": {
        "signature": "InvalidJWSSignature|No working key found in key set",
        "expiry": "JWTExpired",
        "start": "JWTNotYetValid",
        "issuer": "JWTInvalidClaimValue.*'iss'",
        "audience": "JWTInvalidClaimValue.*'aud'",
        "unknown kid": "No working key found in key set",
    },
}
REFUSALS["jose-5"] = REFUSALS["jose"]


class Mismatch(Exception):
    """The parties do not agree."""


class DoesNotApply(Exception):
    """There is no such thing, such as PEM of a shared secret."""


def agree(found, expected, what):
    if found != expected:
        raise Mismatch(f"{what}: {found!r} instead of {expected!r}")


def must_refuse(party, reason, what, call):
    try:
        call()
    except Refused as refusal:
        if not re.search(REFUSALS[party.name][reason], str(refusal)):
            raise Mismatch(f"{party.name} refused {what}, but not for its {reason}: {refusal}") from None
    else:
        raise Mismatch(f"{party.name} accepted {what}")


def signed(party, form, signers):
    """A token by a party, after a look at whether it is what was asked for."""
    token = party.sign(form, signers)
    unencoded = {"b64": False, "crit": ["b64"]} if form.unencoded else {}
    if form.serialization == "compact":
        protected, payload, _ = token.split(".")
        payload = payload or None
        headers = [json.loads(octets(protected))]
        agree(headers[0].get("kid"), signers[0]["kid"], f"kid that {party.name} wrote")
    else:
        jws = json.loads(token)
        agree("signatures" in jws, form.serialization == "general", f"{party.name} wrote a general serialization")
        payload = jws.get("payload")
        headers = [json.loads(octets(signature["protected"])) for signature in jws.get("signatures", [jws])]
        if form.unprotected:
            agree(jws.get("header"), form.unprotected, f"unprotected header that {party.name} wrote")
    agree(payload is None, form.detached, f"{party.name} left the payload out")
    for header, signer in zip(headers, signers, strict=True):
        agree(header["alg"], signer["alg"], f"alg that {party.name} wrote")
        agree({name: header[name] for name in ("b64", "crit") if name in header}, unencoded, f"b64 that {party.name} wrote")
    return token


def with_payload(form, token, payload):
    """The token with another payload under the same signatures."""
    text = payload.decode() if form.unencoded else base64url(payload)
    if form.serialization == "compact":
        protected, _, signature = token.split(".")
        return f"{protected}.{text}.{signature}"
    return json.dumps(json.loads(token) | {"payload": text})


class Matrix:
    """What is asked of a carnet and a peer, as columns."""

    def __init__(self, carnet, peer):
        self.carnet, self.peer = carnet, peer
        self.keys = {}
        self._sets = {}
        self._tokens = {}

    def key(self, party, alg, role="first"):
        """A key of a party. A wrong key has the kid of the right one, so that it is tried."""
        place = (party.name, alg, role)
        if place not in self.keys:
            self.keys[place] = party.generate(alg, f"{alg} {role}".removesuffix(" wrong"))
        return self.keys[place]

    def token(self, party, form, keys):
        """A token that a party signed with keys of its own."""
        place = (party.name, form, tuple(key.public["kid"] for key in keys))
        if place not in self._tokens:
            self._tokens[place] = signed(party, form, [key.reference("private") for key in keys])
        return self._tokens[place]

    def check(self, column, alg, giver, taker):
        """Does what a column stands for: the giver signs, or has the key, and the taker verifies, or is given it."""
        for form in FORMS:
            if form.name == column:
                return self.check_form(form, alg, giver, taker)
        return getattr(self, OTHER_COLUMNS[column])(alg, giver, taker)

    def check_form(self, form, alg, signer, verifier):
        keys = [self.key(signer, alg)]
        wrong = [self.key(signer, alg, "first wrong")]
        if form.signatures == 2:
            other = SECOND.get(alg, SECOND["*"])
            keys.append(self.key(signer, other, "second"))
            wrong.append(self.key(signer, other, "second wrong"))
        token = self.token(signer, form, keys)
        payload = form.payload
        apart = payload if form.detached else None

        def verify(keys, token=token, apart=apart):
            return verifier.verify(form, token, apart, keys=[key.reference("public", jwk=key.public) for key in keys])

        agree(verify(keys), payload, "payload")
        if form.signatures == 2 and verifier.one_signature_suffices:
            for key in keys:
                agree(verify([key]), payload, f"payload, with the key for {key.alg} alone")
        changed = payload[:-1] + bytes([payload[-1] ^ 1]) if not form.unencoded else b"X" + payload[1:]
        if form.detached:
            must_refuse(verifier, "signature", "another payload", lambda: verify(keys, apart=changed))
        else:
            tampered = with_payload(form, token, changed)
            must_refuse(verifier, "signature", "another payload", lambda: verify(keys, token=tampered))
        must_refuse(verifier, "signature", "a token under a wrong key", lambda: verify(wrong))

    def check_jwt(self, alg, signer, verifier):
        key, wrong = self.key(signer, alg), self.key(signer, alg, "first wrong")
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": "user-1", "aud": AUDIENCE, "iat": now, "exp": now + 600, "scope": "read ünd write"}

        def sign(**changes):
            token = signer.jwt_sign(key.reference("private"), claims | changes)
            agree(json.loads(octets(token.split(".")[0]))["alg"], alg, f"alg that {signer.name} wrote")
            return token

        def verify(token, issuer=ISSUER, audience=AUDIENCE, key=key):
            return verifier.jwt_verify(token, key.reference("public", jwk=key.public), issuer, audience)

        def refuse(reason, what, token, **changes):
            must_refuse(verifier, reason, what, lambda: verify(token, **changes))

        token = sign()
        agree(verify(token), claims, "claims")
        both = [AUDIENCE, "api://another"]
        agree(verify(sign(aud=both)), claims | {"aud": both}, "claims for two audiences")
        refuse("expiry", "an expired token", sign(iat=now - 7200, exp=now - 3600))
        refuse("start", "a token from the future", sign(nbf=now + 300))
        refuse("issuer", "a token of another issuer", token, issuer="https://other.example.com/")
        refuse("audience", "a token for another audience", token, audience="api://another")
        other = base64url(json.dumps(claims | {"sub": "root"}).encode())
        refuse("signature", "other claims", with_payload(COMPACT, token, octets(other)))
        refuse("signature", "a token under a wrong key", token, key=wrong)

    def check_jwk(self, alg, giver, taker):
        key = self.key(giver, alg)
        token = signed(taker, COMPACT, [key.reference("private", jwk=key.private)])
        agree(giver.verify(COMPACT, token, keys=[key.reference("public")]), COMPACT.payload, "payload")
        # Bare, as other software writes it: without alg (of which only an AKP key cannot do without), kid and use.
        bare = half_of(key.public, "public") | ({"alg": alg} if key.public["kty"] == "AKP" else {})
        token = self.token(giver, COMPACT, [key])
        agree(taker.verify(COMPACT, token, keys=[key.reference("public", jwk=bare)]), COMPACT.payload, "payload")
        if not key.shared:
            public = taker.reexport(key.reference("public", jwk=key.public), "public")
            agree(half_of(public, "public"), half_of(key.public, "public"), f"public key that {taker.name} wrote again")
        self.check_private(key, taker, jwk=key.private)

    def check_pem(self, alg, giver, taker):
        if alg.startswith("HS"):
            raise DoesNotApply
        key = self.key(giver, alg)
        token = signed(taker, COMPACT, [key.reference("private", pem=key.pkcs8)])
        agree(giver.verify(COMPACT, token, keys=[key.reference("public")]), COMPACT.payload, "payload")
        token = self.token(giver, COMPACT, [key])
        agree(taker.verify(COMPACT, token, keys=[key.reference("public", pem=key.spki)]), COMPACT.payload, "payload")
        for half, pem in (("private", key.pkcs8), ("public", key.spki)):
            public = taker.reexport(key.reference(half, pem=pem), half)
            agree(half_of(public, "public"), half_of(key.public, "public"), f"JWK that {taker.name} made of {half} PEM")
        self.check_private(key, taker, pem=key.pkcs8)

    def check_private(self, key, taker, **where):
        """That a party writes again every private member of a key that it was given."""
        private = taker.reexport(key.reference("private", **where), "private")
        # Not shown: it is a private key.
        if half_of(private, "private") != half_of(key.private, "private"):
            raise Mismatch(f"{taker.name} wrote another private key than it was given")

    def check_thumbprint(self, alg, giver, taker):
        key = self.key(giver, alg)
        for hash in ("sha256", "sha384", "sha512"):
            agree(taker.thumbprint(key.public, hash), giver.thumbprint(key.public, hash), f"thumbprint with {hash}")

    def check_set(self, alg, giver, taker):
        if alg.startswith("HS"):
            raise DoesNotApply
        published = self.published(giver)
        key, wrong = self.key(giver, alg), self.key(giver, alg, "first wrong")
        token = self.token(giver, COMPACT, [key])

        def verify(token):
            return taker.verify(COMPACT, token, set=published)

        agree(verify(token), COMPACT.payload, "payload")
        tampered = with_payload(COMPACT, token, b"another")
        must_refuse(taker, "signature", "another payload", lambda: verify(tampered))
        forged = signed(giver, COMPACT, [wrong.reference("private")])
        must_refuse(taker, "signature", "a token under a wrong key", lambda: verify(forged))
        nobody = signed(giver, COMPACT, [key.reference("private") | {"kid": "nobody"}])
        must_refuse(taker, "unknown kid", "a token of an unknown key", lambda: verify(nobody))

    def published(self, party):
        """The set of all public keys that a party has, for whichever algorithms it can."""
        if party.name not in self._sets:
            keys = []
            for alg in ALGORITHMS:
                try:
                    keys += [self.key(party, alg)] if not alg.startswith("HS") else []
                except Refused:
                    continue
            self._sets[party.name] = party.publish(keys)
        return self._sets[party.name]


class Unsupported:
    """What unsupported.json says, and which of its entries were met. What works although it is listed is an error, and so is what
    fails in another way."""

    def __init__(self, node):
        with open(HERE / "unsupported.json", encoding="utf-8") as file:
            entries = json.load(file)["unsupported"]
        self.entries = [entry for entry in entries if "before_node" not in entry or node < version(entry["before_node"])]
        self.met = set()

    def find(self, peer, alg, column, direction):
        here = {"peers": peer, "algorithms": alg, "columns": column, "directions": DIRECTIONS[direction]}
        for number, entry in enumerate(self.entries):
            if covers(entry, here) and not ("except" in entry and covers(entry["except"], here)):
                return number
        return None


def covers(entry, here):
    """Whether an entry speaks of a cell: a list that it does not have leaves nothing out."""
    return all(name not in entry or value in entry[name] for name, value in here.items())


def make_keys(carnet, pool):
    """The keys of carnet, before there are several threads that could make one twice."""
    matrix = Matrix(carnet, None)
    places = [(alg, role) for alg in ALGORITHMS for role in ("first", "first wrong")]
    places += [(alg, role) for alg in SECOND.values() for role in ("second", "second wrong")]
    list(pool.map(lambda place: matrix.key(carnet, *place), places))
    return matrix.keys


def report(cells, unsupported, everything):
    """Says what the tables leave open, and gives the exit code."""
    signs = [(peer, *place, *result) for peer, results in cells.items() for place, result in results.items()]
    failures = [cell for cell in signs if cell[4] == "✗"]
    print()
    for number, entry in enumerate(unsupported.entries):
        if number in unsupported.met:
            where = "; ".join(", ".join(entry[name]) for name in ("algorithms", "columns", "directions") if name in entry)
            print(f"– {', '.join(entry['peers'])}: {where}: {entry['reason']}")
        elif everything:
            failures.append(("unsupported.json", "", "", "", "✗", f"no cell is met by: {entry['reason']}"))
    places = {}
    for peer, alg, column, direction, _, text in failures:
        places.setdefault((peer, alg, text), []).append(f"{column} {direction}".strip())
    for (peer, alg, text), where in places.items():
        print(" ".join(filter(None, ("✗", peer, alg, "; ".join(where)))) + f": {text}")
    passed, skipped = (sum(cell[4] == sign for cell in signs) for sign in "✓–")
    print(f"interop: {passed} passed, {len(failures)} failed, {skipped} skipped")
    return 1 if failures or not passed else 0


def version(text):
    return [int(part) for part in text.split(".")]


def judge(matrix, column, alg, direction, known):
    """The sign of one direction of a cell, and what is to be said of it."""
    giver, taker = (matrix.carnet, matrix.peer) if direction == "→" else (matrix.peer, matrix.carnet)
    try:
        matrix.check(column, alg, giver, taker)
    except DoesNotApply:
        return " ", ""
    except (Refused, Mismatch) as failure:
        if known is None:
            return "✗", str(failure)
        if known["error"] not in str(failure):
            return "✗", f"unsupported.json expects another failure than: {failure}"
        return "–", ""
    return ("✓", "") if known is None else ("✗", f"works, although unsupported.json says: {known['reason']}")


def run(matrix, algorithms, unsupported):
    """All cells of one peer: by algorithm, column and direction."""
    cells = {}
    for alg in algorithms:
        for column in COLUMNS:
            for direction in DIRECTIONS:
                number = unsupported.find(matrix.peer.name, alg, column, direction)
                known = None if number is None else unsupported.entries[number]
                cells[alg, column, direction] = judge(matrix, column, alg, direction, known)
                if cells[alg, column, direction][0] == "–":
                    unsupported.met.add(number)
    return cells


def table(algorithms, cells):
    heads = [column.replace("unencoded", "b64:false").replace("two signatures", "×2").split(", ") for column in COLUMNS]
    widths = [max(map(len, head)) for head in heads]
    for line in range(max(map(len, heads))):
        words = [head[line] if line < len(head) else "" for head in heads]
        print(" " * 10, *(f"{word:{width}}" for word, width in zip(words, widths, strict=True)))
    for alg in algorithms:
        signs = ["".join(cells[alg, column, direction][0] for direction in DIRECTIONS) for column in COLUMNS]
        print(f"{alg:10}", *(f"{sign:{width}}" for sign, width in zip(signs, widths, strict=True)))


def main():
    parser = argparse.ArgumentParser(prog="scripts/interop/run")
    for name in ("--carnet", "--node-peers", "--python"):
        parser.add_argument(name, required=True, help=argparse.SUPPRESS)
    parser.add_argument("only", nargs="*", metavar="PEER|ALGORITHM", help="only these peers and algorithms")
    arguments = parser.parse_args()
    unknown = set(arguments.only) - set(HOSTS) - set(ALGORITHMS)
    if unknown:
        parser.error(f"neither a peer nor an algorithm: {', '.join(sorted(unknown))}")
    algorithms = [alg for alg in ALGORITHMS if alg in arguments.only] or ALGORITHMS
    peers = [name for name in HOSTS if name in arguments.only] or list(HOSTS)

    # The folder with the keys is removed when the process is asked to end, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="carnet-interop-") as folder:
        carnet = Carnet(arguments.carnet, folder)
        processes = {
            "node": Process("node", arguments.node_peers),
            "python": Process(arguments.python, "-B", HERE / "peer.py"),
        }
        versions = {"carnet": carnet.version, **processes["node"].versions, **processes["python"].versions}
        print(", ".join(f"{name} {number}" for name, number in versions.items()))
        unsupported = Unsupported(version(versions["node"]))
        matrices = [Matrix(carnet, Peer(name, processes[HOSTS[name]])) for name in peers]
        with ThreadPoolExecutor(len(processes)) as pool:
            keys = make_keys(carnet, pool)
            for matrix in matrices:
                matrix.keys |= keys
            # The peers of one process take turns.
            shares = [[matrix for matrix in matrices if HOSTS[matrix.peer.name] == host] for host in processes]
            results = list(pool.map(lambda share: [run(matrix, algorithms, unsupported) for matrix in share], shares))
        for process in processes.values():
            process.close()
    cells = {
        matrix.peer.name: result
        for share, share_results in zip(shares, results, strict=True)
        for matrix, result in zip(share, share_results, strict=True)
    }
    print("In each cell first what carnet gives and the peer takes, then the other way: ✓ agree, ✗ do not, – not supported.")
    for peer in peers:
        print(f"\n{peer} {versions[peer]}")
        table(algorithms, cells[peer])
    sys.exit(report(cells, unsupported, everything=not arguments.only))


if __name__ == "__main__":
    main()
