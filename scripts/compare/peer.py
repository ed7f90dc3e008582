"""Measures how long one of the libraries on Python takes to verify a token: python peer.py FILE LIBRARY ALGORITHM SECONDS. What is in
the file, and what is printed, scripts/compare/table.py says."""

import importlib.metadata
import json
import platform
import statistics
import sys
import time


def pyjwt(task, algorithm, issuer, audience):
    import jwt

    key = jwt.PyJWK(task["jwk"], algorithm).key
    options = {"require": ["exp", "iss", "aud"]}

    def verify(token):
        return jwt.decode(token, key, algorithms=[algorithm], issuer=issuer, audience=audience, options=options)

    return verify


def python_jose(task, algorithm, issuer, audience):
    import jose.jwk
    import jose.jwt

    key = jose.jwk.construct(task["jwk"], algorithm)
    options = {"require_exp": True, "require_iss": True, "require_aud": True}

    def verify(token):
        return jose.jwt.decode(token, key, algorithms=[algorithm], issuer=issuer, audience=audience, options=options)

    return verify


LIBRARIES = {"PyJWT": pyjwt, "python-jose": python_jose}


def batch(verify, token, times):
    """Nanoseconds for each of so many."""
    start = time.perf_counter_ns()
    for _ in range(times):
        verify(token)
    return (time.perf_counter_ns() - start) / times


def measure(verify, token, seconds):
    times = 1
    warm = time.perf_counter() + 0.5
    while time.perf_counter() < warm:
        times = max(1, round(10e6 / batch(verify, token, times)))  # a batch of 10 ms
    end = time.perf_counter() + seconds
    measured = []
    while time.perf_counter() < end or len(measured) < 5:
        measured.append(batch(verify, token, times))
    return statistics.median(measured)


def main(file, library, algorithm, seconds):
    with open(file, encoding="utf-8") as opened:
        content = json.load(opened)
    task = content["tasks"][algorithm]
    try:
        verify = LIBRARIES[library](task, algorithm, content["issuer"], content["audience"])
        claims = verify(task["token"])
        assert claims["scope"] and claims["email"] and len(claims["roles"]) == 2
    except Exception as error:
        print(json.dumps({"unsupported": f"{type(error).__name__}: {error}"}))
        return
    for what, refused in task["wrong"].items():
        try:
            verify(refused)
        except Exception:
            continue
        sys.exit(f"{library} does not look at the {what}")
    version = importlib.metadata.version
    runtime = f"{platform.python_implementation()} {platform.python_version()}, cryptography {version('cryptography')}"
    nanoseconds = measure(verify, task["token"], float(seconds))
    print(json.dumps({"version": version(library), "runtime": runtime, "nanoseconds": nanoseconds}))


main(*sys.argv[1:])
