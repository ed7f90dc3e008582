use carnet_core::base64url;
use std::borrow::Cow;

/// A whole payload as it stands in the message.
pub(crate) fn represent(payload: &[u8], unencoded: bool) -> Cow<'_, [u8]> {
    match unencoded {
        true => Cow::Borrowed(payload),
        false => Cow::Owned(base64url::encode(payload).into_bytes()),
    }
}

/// A detached payload in pieces of any length, turned into its representation in the message.
pub(crate) enum Representation {
    /// As it is.
    Unencoded,
    /// base64url, with up to two octets that wait for the next piece.
    Encoded(Vec<u8>),
}

impl Representation {
    pub(crate) fn new(unencoded: bool) -> Self {
        if unencoded { Self::Unencoded } else { Self::Encoded(Vec::with_capacity(3)) }
    }

    /// The next piece of the payload.
    pub(crate) fn update(&mut self, piece: &[u8], mut message: impl FnMut(&[u8])) {
        /// Encoded at a time: a multiple of three, so that the pieces of text fit together.
        const AT_A_TIME: usize = 48 * 1024;
        let waiting = match self {
            Self::Unencoded => return message(piece),
            Self::Encoded(waiting) => waiting,
        };
        let missing = if waiting.is_empty() { 0 } else { 3_usize.saturating_sub(waiting.len()) };
        let (first, rest) = piece.split_at_checked(missing).unwrap_or((piece, &[]));
        waiting.extend_from_slice(first);
        if waiting.len() == 3 {
            message(base64url::encode(waiting).as_bytes());
            waiting.clear();
        }
        let (triples, left) = rest.as_chunks::<3>();
        let mut text = String::new();
        for some in triples.as_flattened().chunks(AT_A_TIME) {
            text.clear();
            base64url::encode_onto(some, &mut text);
            message(text.as_bytes());
        }
        waiting.extend_from_slice(left);
    }

    /// The end of the payload.
    pub(crate) fn finish(self, mut message: impl FnMut(&[u8])) {
        match self {
            Self::Encoded(waiting) if !waiting.is_empty() => message(base64url::encode(&waiting).as_bytes()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_any_length_make_the_same_text() {
        let payload: Vec<u8> = (0..=u8::MAX).cycle().take(200_000).collect();
        for unencoded in [false, true] {
            let expected = if unencoded { payload.clone() } else { base64url::encode(&payload).into_bytes() };
            for length in [1, 2, 3, 4, 5, 7, 1000, 65_536, 200_000] {
                let (mut whole, mut representation) = (Vec::new(), Representation::new(unencoded));
                for piece in payload.chunks(length) {
                    representation.update(piece, |text| whole.extend_from_slice(text));
                    representation.update(&[], |text| whole.extend_from_slice(text));
                }
                representation.finish(|text| whole.extend_from_slice(text));
                assert!(whole == expected, "pieces of {length}");
            }
        }
        Representation::new(false).finish(|_| panic!("an empty payload is an empty text"));
    }
}
