/// The unescaped contents of a scanned string without its quotes.
pub(super) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    unescape_onto(raw, &mut text);
    text
}

/// Unescapes the contents of a scanned string (without its quotes) onto the end of `text`.
///
/// Of text that was not scanned, what is malformed is left out; it never panics.
pub fn unescape_onto(raw: &str, text: &mut String) {
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut after = escape.chars();
        match after.next() {
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('u') => {
                let first = unit(after.as_str());
                after = skip(after.as_str(), 4).chars();
                text.extend(match first {
                    Some(high @ 0xD800..=0xDBFF) => {
                        let low = after.as_str().strip_prefix("\\u").and_then(unit);
                        after = skip(after.as_str(), 6).chars();
                        low.and_then(|low| char::decode_utf16([high, low]).next()?.ok())
                    }
                    Some(unit) => char::from_u32(u32::from(unit)),
                    None => None,
                });
            }
            Some(itself @ ('"' | '\\' | '/')) => text.push(itself),
            _ => {}
        }
        rest = after.as_str();
    }
    text.push_str(rest);
}

fn unit(hexadecimal: &str) -> Option<u16> {
    u16::from_str_radix(hexadecimal.get(..4)?, 16).ok()
}

fn skip(text: &str, octets: usize) -> &str {
    text.get(octets..).unwrap_or_default()
}
