//! JSON as it is shown: laid out anew, without touching a number, a name or the order of members.
//!
//! Reading and writing values would round large numbers and sort members. Strings keep their escapes; what could steer a terminal or hide text
//! in it is escaped besides.

use carnet::is_hidden;
use core::fmt::Write;

/// The same JSON on one line without spaces. `json` must be valid JSON.
pub(crate) fn one_line(json: &str) -> String {
    lay_out(json, false)
}

/// The same JSON with one member a line, indented by two spaces a level. `json` must be valid JSON.
pub(crate) fn indented(json: &str) -> String {
    lay_out(json, true)
}

fn lay_out(json: &str, lines: bool) -> String {
    let mut text = String::with_capacity(json.len().saturating_mul(2));
    let mut depth = 0_usize;
    let new_line = |text: &mut String, depth: usize| {
        if lines {
            text.push('\n');
            text.extend(core::iter::repeat_n("  ", depth));
        }
    };
    let mut characters = json.chars();
    // Whether something has been written since the last bracket was opened.
    let mut filled = true;
    while let Some(character) = characters.next() {
        if matches!(character, ' ' | '\t' | '\n' | '\r') {
            continue;
        }
        if matches!(character, '}' | ']') {
            depth = depth.saturating_sub(1);
            if filled {
                new_line(&mut text, depth);
            }
        } else if !filled {
            new_line(&mut text, depth);
        }
        filled = true;
        text.push(character);
        match character {
            '{' | '[' => {
                depth = depth.saturating_add(1);
                filled = false;
            }
            ',' => new_line(&mut text, depth),
            ':' if lines => text.push(' '),
            '"' => string(&mut characters, &mut text),
            _ => {}
        }
    }
    text
}

/// Copies the rest of a string, its end included.
fn string(characters: &mut core::str::Chars<'_>, text: &mut String) {
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                text.push('"');
                return;
            }
            '\\' => {
                text.push('\\');
                text.extend(characters.next());
            }
            hidden if is_hidden(hidden) => {
                for unit in hidden.encode_utf16(&mut [0; 2]) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
            shown => text.push(shown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout() {
        let json = " { \"a\" : [ 1 , { } , [\n] , \"x, {y}\" ] ,\r\n\t\"b\\\"\\\\\":{\"c\":null}}\n";
        assert_eq!(one_line(json), r#"{"a":[1,{},[],"x, {y}"],"b\"\\":{"c":null}}"#);
        assert_eq!(
            indented(json),
            "{\n  \"a\": [\n    1,\n    {},\n    [],\n    \"x, {y}\"\n  ],\n  \"b\\\"\\\\\": {\n    \"c\": null\n  }\n}"
        );
        assert_eq!(indented("{}"), "{}");
        assert_eq!(indented("[[]]"), "[\n  []\n]");
        assert_eq!(indented("1"), "1");
    }

    #[test]
    fn nothing_is_reread() {
        let json = r#"{"z":12345678901234567890123,"a":1.10,"a":1E2,"s":"\u0041\/"}"#;
        assert_eq!(one_line(json), json);
    }

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        let json = "{\"\u{202e}a\":\"\u{9b}31m\u{7f}\u{2066}\u{e0041}\u{2028}é\u{1f600}\"}";
        let shown = r#"{"\u202ea":"\u009b31m\u007f\u2066\udb40\udc41\u2028é😀"}"#;
        assert_eq!(one_line(json), shown);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(json).unwrap(),
            serde_json::from_str::<serde_json::Value>(shown).unwrap()
        );
        assert_eq!(indented(json), shown.replace('{', "{\n  ").replace("\":", "\": ").replace('}', "\n}"));
    }

    #[test]
    fn what_is_not_json_does_no_harm() {
        for text in ["", "}", "]]]]{", "\"", "\"\\", "{\"a", "\u{0}"] {
            let _ = (one_line(text), indented(text));
        }
    }
}
