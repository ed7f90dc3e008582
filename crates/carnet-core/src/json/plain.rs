//! The octets of a string that stand for themselves.

/// How many octets from the start are neither a quote, nor a backslash, nor a control character. Eight at a time.
#[inline]
pub(super) fn plain_prefix(octets: &[u8]) -> usize {
    let mut rest = octets;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let marks = marks(*word);
        if marks != 0 {
            return octets.len().wrapping_sub(rest.len()).wrapping_add(first(marks));
        }
        rest = after;
    }
    // The last eight octets once more: of those seen before, none is marked.
    if let Some(word) = octets.last_chunk::<8>() {
        let marks = marks(*word);
        let plain = if marks == 0 { 8 } else { first(marks) };
        return octets.len().wrapping_sub(8).wrapping_add(plain);
    }
    rest.iter().take_while(|&&octet| octet >= 0x20 && octet != b'"' && octet != b'\\').count()
}

/// How many octets are before the first quote; all of them where there is none. Eight at a time.
#[inline]
pub(super) fn quote(octets: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    const QUOTES: u64 = 0x2222_2222_2222_2222;
    let mut rest = octets;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word) ^ QUOTES;
        // The lowest one is exact, as in `marks`.
        let marks = word.wrapping_sub(ONES) & !word & HIGHS;
        if marks != 0 {
            return octets.len().wrapping_sub(rest.len()).wrapping_add(first(marks));
        }
        rest = after;
    }
    octets.len().wrapping_sub(rest.len()).wrapping_add(rest.iter().take_while(|&&octet| octet != b'"').count())
}

/// Whether every octet stands for itself, quotes aside.
#[inline]
pub(super) fn is_plain(octets: &[u8]) -> bool {
    // Without a branch, so that it is done many octets at a time.
    octets.iter().fold(0, |odd, &octet| odd | u8::from(octet < 0x20) | u8::from(octet == b'\\')) == 0
}

/// The high bit of each octet that does not stand for itself. The lowest one is exact; borrows can only mark octets above it.
#[inline]
const fn marks(word: [u8; 8]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    const QUOTES: u64 = 0x2222_2222_2222_2222;
    const BACKSLASHES: u64 = 0x5C5C_5C5C_5C5C_5C5C;
    const SPACES: u64 = 0x2020_2020_2020_2020;
    let word = u64::from_le_bytes(word);
    let quote = word ^ QUOTES;
    let backslash = word ^ BACKSLASHES;
    ((quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash)
        | (word.wrapping_sub(SPACES) & !word))
        & HIGHS
}

/// Which octet the lowest mark is in.
#[inline]
fn first(marks: u64) -> usize {
    usize::try_from(marks.trailing_zeros().wrapping_shr(3)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_looking_at_each_octet(octets in prop::collection::vec(any::<u8>(), 0..40), at in 0_usize..40, special in 0_u8..=0x5C) {
            let mut octets = octets;
            if let Some(octet) = octets.get_mut(at) {
                *octet = special;
            }
            let expected = octets.iter().position(|&octet| octet < 0x20 || octet == b'"' || octet == b'\\');
            prop_assert_eq!(plain_prefix(&octets), expected.unwrap_or(octets.len()));
            let expected = octets.iter().position(|&octet| octet == b'"');
            prop_assert_eq!(quote(&octets), expected.unwrap_or(octets.len()));
            let odd = octets.iter().any(|&octet| octet < 0x20 || octet == b'\\');
            prop_assert_eq!(is_plain(&octets), !odd);
        }
    }
}
