//! `carnet key check`: says what a key is, what is wrong with it, and what it may be used for.

use crate::algorithms;
use crate::failure::Failure;
use crate::key_description::{self, quoted, word};
use crate::key_file::KeyFile;
use crate::output;
use crate::single_key::SingleKey;
use crate::source::{self, Source};
use crate::wording;
use carnet::jwa::Hash;
use carnet::{Algorithm, KeyError};
use clap::Args;
use core::fmt::{Display, Write};

/// What `carnet key check --help` ends with.
const EXAMPLES: &str = "\
Examples:
  carnet key check key.json
  carnet key check --alg PS256 key.pem

Exit codes:
  0  the key may be used: with --alg for that algorithm, otherwise for one at least
  1  what was read is refused: it is no key or more than one, the key is faulty, or it is not for this;
     standard error has a line error[CODE]: sentence
  2  nothing was judged: wrong usage, an unreadable file";

/// Says what a key is, what is wrong with it, and which algorithms it may sign and verify with.
///
/// Nothing secret is shown. Checked is all that is checked wherever a key is read: the form of every member, that points are on their curves, that
/// the public half belongs to the private one, sizes, that alg, use and key_ops agree. Of certificates (x5c), only that the first holds this key.
///
/// One key is judged. A JWK Set is refused: carnet jwks show tells about each of its entries.
#[derive(Args)]
#[command(after_long_help = algorithms::help(EXAMPLES))]
pub(super) struct CheckArguments {
    /// A JWK, PEM or DER; - is standard input.
    file: Source,

    /// Whether this algorithm may use the key.
    #[arg(long, value_name = "ALG")]
    alg: Option<String>,
}

/// Runs `carnet key check`.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(arguments: &CheckArguments) -> Result<(), Failure> {
    let CheckArguments { file, alg } = arguments;
    let asked: Option<Algorithm> = alg.as_deref().map(algorithms::named).transpose()?;
    let faulty = |error: KeyError, algorithm: Option<Algorithm>| {
        Failure::key(file, &error).into_rejection().with_notes(instead(&error, algorithm))
    };
    let unreadable = |error| faulty(error, asked);
    let octets =
        file.read_or_none(source::SET)?.ok_or_else(|| unreadable(KeyError::TooLarge { limit: source::SET }))?;
    let key = match KeyFile::parse(octets).map_err(unreadable)? {
        KeyFile::Key(key) => key,
        KeyFile::Set(_) => {
            return Err(Failure::set(file, "; carnet jwks show tells about each entry").into_rejection());
        }
    };

    let mut report = Report::default();
    describe(&mut report, &key);
    let signing = Uses::of(&key, |algorithm| key.check_signing(algorithm));
    let verifying = Uses::of(&key, |algorithm| key.check_verifying(algorithm));
    report.line("signs", &signing);
    report.line("verifies", &verifying);

    let usable = match asked {
        Some(algorithm) => match (key.check_signing(algorithm), key.check_verifying(algorithm)) {
            (Ok(()), Ok(())) => report.answer(algorithm, "signing and verifying"),
            (Ok(()), Err(_)) => report.answer(algorithm, "signing"),
            (Err(_), Ok(())) => report.answer(algorithm, "verifying"),
            (Err(_), Err(reason)) => Err(reason),
        },
        None if signing.0.is_ok() => Ok(()),
        None => verifying.0.map(drop),
    };
    output::result(report.0.trim_end())?;
    usable.map_err(|error| faulty(error, asked.or_else(|| own_algorithm(&key))))
}

/// What to have instead of a key that is too weak.
fn instead(error: &KeyError, algorithm: Option<Algorithm>) -> Option<String> {
    match error {
        KeyError::Weak { what, .. } if what.contains("secret") => {
            let algorithm = algorithm.unwrap_or(Algorithm::HS256);
            Some(format!("carnet key generate --alg {algorithm} makes a shared secret that is long enough"))
        }
        KeyError::Weak { what, reason } if what.contains("RSA") && !reason.contains("make a new key") => Some(
            "make a new key, such as with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072".to_owned(),
        ),
        _ => None,
    }
}

/// What the key says of itself, and its thumbprint.
fn describe(report: &mut Report, key: &SingleKey) {
    let public = key.public_jwk();
    let (half, key_id, own, usage, operations, remarks) = match key {
        SingleKey::Public(jwk) => {
            let own = key_description::algorithm(jwk);
            ("public", jwk.key_id(), own, jwk.public_key_use(), jwk.key_operations(), jwk.remarks())
        }
        SingleKey::Private(jwk) => {
            let half = if jwk.is_symmetric() { "shared secret" } else { "private" };
            let own = public.as_ref().map_or(jwk.algorithm(), key_description::algorithm);
            (half, jwk.key_id(), own, jwk.public_key_use(), jwk.key_operations(), jwk.remarks())
        }
    };
    report.line("type", key_description::kind(key));
    report.line("half", half);
    report.line("kid", quoted(key_id));
    report.line("alg", word(own));
    report.line("use", word(usage));
    let operations = operations
        .map(|operations| operations.iter().map(|operation| word(Some(operation))).collect::<Vec<_>>().join(", "));
    report.line("key_ops", operations.as_deref().unwrap_or("none"));
    if key.is_shared() {
        report.line("thumbprint", "not shown: it lets whoever sees it test guesses of the secret");
    } else {
        report.line("thumbprint", key.thumbprint(Hash::Sha256));
    }
    if let Some(certificates) = public.map(|public| public.certificates().len()).filter(|count| *count > 0) {
        report
            .line("x5c", format_args!("{certificates}, and the first holds this key; nothing else of them is checked"));
    }
    for remark in remarks {
        report.line("remark", remark);
    }
}

/// The algorithm that the key names, where it is known.
fn own_algorithm(key: &SingleKey) -> Option<Algorithm> {
    let own = match key {
        SingleKey::Public(jwk) => jwk.algorithm(),
        SingleKey::Private(jwk) => jwk.algorithm(),
    };
    own?.parse().ok()
}

/// The algorithms for one purpose, or why there is none.
struct Uses(Result<Vec<Algorithm>, KeyError>);

impl Uses {
    /// Asks the library about each algorithm that can be meant: the key's own, or else those of its type.
    fn of(key: &SingleKey, check: impl Fn(Algorithm) -> Result<(), KeyError>) -> Self {
        let public = key.public_jwk();
        let fits = |algorithm: Algorithm| match &public {
            Some(jwk) => jwk.public_key().fits(algorithm),
            None => algorithm.is_symmetric(),
        };
        let own = own_algorithm(key);
        let mut usable = Vec::new();
        let mut reason = None;
        for algorithm in
            algorithms::available().filter(|&algorithm| own.map_or_else(|| fits(algorithm), |own| own == algorithm))
        {
            match check(algorithm) {
                Ok(()) => usable.push(algorithm),
                Err(error) => reason = reason.or(Some(error)),
            }
        }
        Self(match reason {
            Some(reason) if usable.is_empty() => Err(reason),
            _ => Ok(usable),
        })
    }
}

impl Display for Uses {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match &self.0 {
            Ok(usable) => f.write_str(&algorithms::names(usable.iter().copied())),
            Err(reason) => write!(f, "nothing: {}", wording::key(reason)),
        }
    }
}

/// The report: one line for each thing, with its name before it.
#[derive(Default)]
struct Report(String);

impl Report {
    fn line(&mut self, name: &str, value: impl Display) {
        let _ = writeln!(self.0, "{name:<10}  {value}");
    }

    /// That an algorithm may use the key.
    fn answer(&mut self, algorithm: Algorithm, purpose: &str) -> Result<(), KeyError> {
        self.line(algorithm.name(), format_args!("may use it for {purpose}"));
        Ok(())
    }
}
