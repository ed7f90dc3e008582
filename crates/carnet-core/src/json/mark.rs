/// A word made of a name's first octets and its length, so that names are mostly told apart by one comparison.
///
/// Of two names of at most six octets without control characters, equal marks mean equal names; of longer ones they mean nothing.
///
/// ```
/// use carnet_core::json::Mark;
/// const EXP: Mark = Mark::of("exp");
/// assert!(Mark::of("exp") == EXP && Mark::of("ex") != EXP && Mark::of("expires_at") != EXP);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(u64);

impl Mark {
    /// The mark of a name.
    #[must_use]
    pub const fn of(name: &str) -> Self {
        Self::of_prefix(name.as_bytes(), name.len())
    }

    /// The mark of the name that is the first `length` octets of `text`.
    #[inline]
    pub(super) const fn of_prefix(text: &[u8], length: usize) -> Self {
        if let Some(word) = text.first_chunk::<8>() {
            return Self::of_word(*word, length);
        }
        // Only at the end of a text.
        let mut word = [0; 8];
        let (start, _) = word.split_at_mut(text.len());
        start.copy_from_slice(text);
        Self::of_word(word, length)
    }

    /// The mark of the name that is the first `length` octets of a text that begins with `word`.
    #[inline]
    pub(super) const fn of_word(word: [u8; 8], length: usize) -> Self {
        let word = u64::from_le_bytes(word);
        if length >= 8 {
            return Self(word);
        }
        #[expect(clippy::as_conversions, reason = "below 8")]
        let bits = (length as u32).wrapping_mul(8);
        let mask = 1_u64.wrapping_shl(bits).wrapping_sub(1);
        #[expect(clippy::as_conversions, reason = "below 8")]
        Self((word & mask) | (length as u64).wrapping_shl(56))
    }

    /// Twelve bits that depend on all of it.
    #[inline]
    pub(super) fn hash(self) -> u32 {
        // The golden ratio in 64 bits.
        let spread = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_shr(52);
        u32::try_from(spread).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn short_names_are_told_apart(one in "[ -~]{0,6}", other in "[ -~]{0,12}") {
            prop_assert_eq!(Mark::of(&one) == Mark::of(&other), one == other);
            let text = format!("{one}\":1");
            prop_assert_eq!(Mark::of_prefix(text.as_bytes(), one.len()), Mark::of(&one));
        }
    }
}
