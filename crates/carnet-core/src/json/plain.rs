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

/// How many octets of plain ASCII ([`is_plain`]) are before the first quote; all of them where there is none. Eight at a time.
#[inline]
pub(super) fn quote(octets: &[u8]) -> usize {
    let (words, rest) = octets.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        if let Some(place) = quote_within(*word) {
            return index.wrapping_mul(8).wrapping_add(place);
        }
    }
    let rest = rest.iter().take_while(|&&octet| octet != b'"').count();
    words.len().wrapping_mul(8).wrapping_add(rest)
}

/// How many of these octets of plain ASCII are before the first quote.
#[inline]
pub(super) fn quote_within(word: [u8; 8]) -> Option<usize> {
    const QUOTES: u64 = 0x2222_2222_2222_2222;
    // Of ASCII, only zero has the high bit set when it is decreased. The lowest one is exact: a borrow can only mark octets above it.
    let marks = (u64::from_le_bytes(word) ^ QUOTES).wrapping_sub(ONES) & HIGHS;
    (marks != 0).then(|| first(marks))
}

/// How many octets from the start are digits. Eight at a time.
#[inline]
pub(super) fn digits(octets: &[u8]) -> usize {
    let (words, rest) = octets.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let others = not_digits(*word);
        if others != 0 {
            return index.wrapping_mul(8).wrapping_add(first(others));
        }
    }
    let rest = rest.iter().take_while(|digit| digit.is_ascii_digit()).count();
    words.len().wrapping_mul(8).wrapping_add(rest)
}

/// Whether all is ASCII without control characters (U+007F aside) and backslashes, so that in a string every octet up to the next quote stands for itself.
#[inline]
pub(super) fn is_plain(octets: &[u8]) -> bool {
    // Without a branch, so that it is done many octets at a time.
    octets.iter().fold(0, |odd, &octet| odd | u8::from(octet.wrapping_sub(0x20) > 0x5F) | u8::from(octet == b'\\')) == 0
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Bits in each octet that is no digit. The lowest such octet is exact; a carry can only mark octets above it.
#[inline]
const fn not_digits(word: [u8; 8]) -> u64 {
    const HIGH_HALVES: u64 = 0xF0F0_F0F0_F0F0_F0F0;
    const THREES: u64 = 0x3030_3030_3030_3030;
    const SIXES: u64 = 0x0606_0606_0606_0606;
    let word = u64::from_le_bytes(word);
    // '0' to '9' are 0x30 to 0x39: with 6 more they stay below 0x40.
    ((word & HIGH_HALVES) ^ THREES) | ((word.wrapping_add(SIXES) & HIGH_HALVES) ^ THREES)
}

/// The high bit of each octet that does not stand for itself. The lowest one is exact; borrows can only mark octets above it.
#[inline]
const fn marks(word: [u8; 8]) -> u64 {
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

    /// Every octet in every place of up to three words.
    #[test]
    fn every_octet_is_a_digit_or_not() {
        for place in 0..24 {
            for octet in 0..=u8::MAX {
                let mut text = [b'5'; 24];
                text[place] = octet;
                assert_eq!(
                    digits(&text),
                    if octet.is_ascii_digit() { 24 } else { place },
                    "{octet:#x} in place {place}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_looking_at_each_octet(octets in prop::collection::vec(any::<u8>(), 0..40), at in 0_usize..40, special in 0_u8..=0x5C) {
            let mut octets = octets;
            if let Some(octet) = octets.get_mut(at) {
                *octet = special;
            }
            let expected = octets.iter().position(|&octet| octet < 0x20 || octet == b'"' || octet == b'\\');
            prop_assert_eq!(plain_prefix(&octets), expected.unwrap_or(octets.len()));
            let odd = octets.iter().any(|&octet| octet < 0x20 || octet == b'\\' || octet >= 0x80);
            prop_assert_eq!(is_plain(&octets), !odd);
        }

        #[test]
        fn the_first_quote_is_found(octets in prop::collection::vec(0x20_u8..0x80, 0..40), at in 0_usize..40) {
            let mut octets = octets;
            if let Some(octet) = octets.get_mut(at) {
                *octet = b'"';
            }
            let expected = octets.iter().position(|&octet| octet == b'"');
            prop_assert_eq!(quote(&octets), expected.unwrap_or(octets.len()));
        }

        #[test]
        fn digits_are_counted(number in "[0-9]{0,40}", rest in prop::collection::vec(any::<u8>(), 0..20)) {
            let text = [number.as_bytes(), &rest].concat();
            prop_assert_eq!(digits(&text), text.iter().take_while(|digit| digit.is_ascii_digit()).count());
        }
    }
}
