"""Measures carnet and the libraries of scripts/compare/run one after another, each in a process of its own, prints a table, and
writes it into benches/RESULTS.md below the line MARK; what is above that line is of scripts/bench, and what another such line begins is not touched.

Each program is called with FILE LIBRARY ALGORITHM SECONDS. The file is JSON, written by the program `outside` of benches/: `issuer` and
`audience`, and in `tasks` for each algorithm a `token`, the `jwk`, the `pem` of a public key, and in `wrong` the tokens that must be
refused, each wrong in one thing. The program reads the key once, makes sure that the library accepts the token, finds its claims and
refuses what is wrong, verifies for half a second to warm up and then for so many seconds in batches of about 10 ms, and prints JSON:
the `version` of the library, the `runtime`, and `nanoseconds`, the median over the batches, by the clock on the wall. Where the library
does not do this algorithm, that is `unsupported` with the library's own words."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

MARK = "<!-- From here on written by scripts/compare/run; what is above, by scripts/bench. -->"
RESULTS = Path("benches/RESULTS.md")
ALGORITHMS = ["HS256", "RS256", "ES256", "EdDSA"]

# What is known not to be there. Anything else that fails is a failure, and so is one of these that works.
UNSUPPORTED = {("jsonwebtoken", "EdDSA"), ("python-jose", "EdDSA")}

# The text below the table, with what the libraries check besides or instead.
NOTES = """\
* One process for each library and algorithm, one thread asking, by the clock on the wall: the median over batches of about 10 ms, after
  half a second to warm up. The token, the keys and the claims are those of the measurements above; the key is read once, outside.
* Each program has accepted the token and found its three own claims, and refused four others before it measured: one with a wrong signature,
  one of another issuer, one for another audience, one that is expired.
* × is the time divided by that of carnet on ring for the same algorithm: below 1 is faster than carnet.
* carnet and golang-jwt read the claims into a struct; the others give a map or an object. carnet also refuses duplicate members and
  checks the types of all registered claims.
* All look at `nbf` as well. jsonwebtoken accepts a token without `exp`; the others require it, which most must be told. golang-jwt and
  PyJWT also refuse a token that is issued in the future. golang-jwt looks at issuer and audience in two calls more.
* jose verifies through WebCrypto, which does it in another thread: its times are what a caller waits for. The others do it in their own.
* fast-jwt runs without its cache of verified tokens, as it does by default.
"""


def main():
    parser = argparse.ArgumentParser(prog="scripts/compare/run")
    parser.add_argument("--cache", required=True, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=2, help="how long each library is measured for each algorithm, 2 without it")
    parser.add_argument("only", nargs="*", metavar="LIBRARY|ALGORITHM", help="only these, and nothing is written")
    arguments = parser.parse_args()
    libraries = programs(arguments.cache)
    unknown = set(arguments.only) - set(ALGORITHMS) - {name for name, _ in libraries}
    if unknown:
        parser.error(f"neither a library nor an algorithm: {', '.join(sorted(unknown))}")
    algorithms = [name for name in ALGORITHMS if name in arguments.only] or ALGORITHMS
    libraries = [(name, program) for name, program in libraries if name in arguments.only] or libraries

    answers = {}
    for algorithm in algorithms:  # those that are compared run close to each other
        for name, program in libraries:
            answers[name, algorithm] = measured(name, program, arguments.cache, algorithm, arguments.seconds)
    text = section([name for name, _ in libraries], algorithms, answers, arguments.seconds)
    print(text)
    if not arguments.only:
        write(text)


def programs(cache):
    """The libraries that are there, and how each is started."""
    node = ["node", cache / "node/peer.mjs"]
    python = [cache / "python/bin/python", "-B", "scripts/compare/peer.py"]
    libraries = [("carnet on ring", [cache / "carnet-ring"]), ("carnet on aws-lc-rs", [cache / "carnet-aws-lc-rs"])]
    libraries += [(name, node) for name in ("jose", "jsonwebtoken", "fast-jwt")]
    libraries += [(name, python) for name in ("PyJWT", "python-jose")]
    if (cache / "go/peer").exists():
        libraries.append(("golang-jwt", [cache / "go/peer"]))
    else:
        print("golang-jwt is not measured", file=sys.stderr)
    return libraries


def measured(name, program, cache, algorithm, seconds):
    print(f"{algorithm} {name}", file=sys.stderr)
    command = [*program, cache / "tasks.json", name, algorithm, str(seconds)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=60 + 20 * seconds)
    if ended.returncode:
        sys.exit(f"{name} {algorithm}: exit code {ended.returncode}")
    answer = json.loads(ended.stdout)
    if ("unsupported" in answer) != ((name, algorithm) in UNSUPPORTED):
        sys.exit(f"{name} {algorithm}: {answer.get('unsupported', 'works, and is listed as unsupported')}")
    return answer


def section(libraries, algorithms, answers, seconds):
    lines = [
        "## Libraries of other languages, verify",
        "",
        f"Measured by `scripts/compare/run --seconds {seconds:g}` on {time.strftime('%Y-%m-%d', time.gmtime())}: {machine()}.",
        "",
        f"| verify | version | {' | '.join(algorithms)} |",
        f"|---|---|{'--:|' * len(algorithms)}",
    ]
    for name in libraries:
        cells = [cell(answers, name, algorithm) for algorithm in algorithms]
        lines.append(f"| {name} | {version(name, algorithms, answers)} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", NOTES])


def cell(answers, name, algorithm):
    nanoseconds = answers[name, algorithm].get("nanoseconds")
    if nanoseconds is None:
        return "not supported"
    text = f"{nanoseconds / 1000:.{3 if nanoseconds < 10_000 else 1}f} µs"
    ours = answers.get(("carnet on ring", algorithm))
    return f"{text} ({nanoseconds / ours['nanoseconds']:.2f} ×)" if ours else text


def version(name, algorithms, answers):
    if name.startswith("carnet"):
        return revision()
    told = next((answers[name, algorithm] for algorithm in algorithms if "version" in answers[name, algorithm]), None)
    return f"{told['version']} ({told['runtime']})" if told else ""


def revision():
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    paths = ["crates/*/src", "crates/*/Cargo.toml", "Cargo.toml"]
    changed = subprocess.run(["git", "status", "--porcelain", "--", *paths], capture_output=True, text=True, check=False).stdout
    return (head or "unknown") + (" with changes" if changed else "")


def machine():
    told = subprocess.run(["lscpu"], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}).stdout
    model = next((line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("Model name")), "unknown processor")
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def write(text):
    above, _, below = (RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Results").partition(MARK)
    _, another, rest = below.partition("\n<!-- From here on written by ")
    RESULTS.write_text(f"{above.rstrip()}\n\n{MARK}\n\n{text}{another}{rest}", encoding="utf-8")


main()
