//! What goes to standard output, and warnings beside it.

use crate::failure::Failure;
use std::fmt::Display;
use std::io::{self, Write};

/// Writes a result and a line end to standard output.
///
/// Of a private key, the copy in the standard library's buffer is not wiped. A reader that went away is no failure: what it wanted, it had.
pub(crate) fn result(text: &str) -> Result<(), Failure> {
    write(&[text.as_bytes(), b"\n"])
}

/// Writes lines with colours to standard output, where it is a terminal that shows them and NO_COLOR is not set.
pub(crate) fn styled(lines: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    written(out.write_all(lines.as_bytes()).and_then(|()| out.flush()))
}

/// Writes octets to standard output as they are.
pub(crate) fn octets(octets: &[u8]) -> Result<(), Failure> {
    write(&[octets])
}

fn write(pieces: &[&[u8]]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    written(pieces.iter().try_for_each(|piece| out.write_all(piece)).and_then(|()| out.flush()))
}

/// What came of writing to standard output.
pub(crate) fn written(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::unusable("unwritable_output", format_args!("standard output: {}", error.kind())))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a line `warning: …` to standard error.
pub(crate) fn warning(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "warning: {text}");
}
