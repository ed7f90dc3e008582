use crate::challenge::{is_parameter, is_parameter_octet};
use std::sync::Arc;

/// Which scopes a scope that is granted stands for, besides itself: `orders:write` for `orders:read`, say. Every function of two texts is one.
///
/// ```
/// use carnet_tower::ScopeHierarchy;
/// let write_reads = |granted: &str, required: &str| granted.strip_suffix(":write").is_some_and(|area| required.strip_suffix(":read") == Some(area));
/// assert!(write_reads.implies("orders:write", "orders:read"));
/// assert!(!write_reads.implies("orders:write", "users:read"));
/// ```
pub trait ScopeHierarchy: Send + Sync {
    /// Whether whoever has been granted the one may do what the other is required for. It need not say so of equal ones.
    fn implies(&self, granted: &str, required: &str) -> bool;
}

impl<F: Fn(&str, &str) -> bool + Send + Sync> ScopeHierarchy for F {
    fn implies(&self, granted: &str, required: &str) -> bool {
        self(granted, required)
    }
}

/// What a route asks of the scopes of a token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Scopes {
    all: Vec<String>,
    /// Of each list, one: all the words of it.
    any: Vec<Vec<Vec<String>>>,
}

impl Scopes {
    pub(crate) fn and_all<S: AsRef<str>>(&mut self, scopes: impl IntoIterator<Item = S>) {
        self.all.extend(scopes.into_iter().flat_map(|text| words(text.as_ref())));
    }

    pub(crate) fn and_any<S: AsRef<str>>(&mut self, scopes: impl IntoIterator<Item = S>) {
        self.any.push(scopes.into_iter().map(|text| words(text.as_ref())).collect());
    }

    /// These and those.
    pub(crate) fn and(&mut self, others: &Self) {
        self.all.extend_from_slice(&others.all);
        self.any.extend_from_slice(&others.any);
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty()
    }

    /// Whether these are enough: each required one is granted, or implied by one that is.
    pub(crate) fn are_granted<'t, G: Iterator<Item = &'t str>>(
        &self,
        granted: impl Fn() -> G,
        hierarchy: Option<&Arc<dyn ScopeHierarchy>>,
    ) -> bool {
        let has = |required: &String| grants(granted(), required, hierarchy);
        self.all.iter().all(has) && self.any.iter().all(|any| any.iter().any(|words| words.iter().all(has)))
    }

    /// All of them, as a challenge names them.
    pub(crate) fn text(&self) -> String {
        join(self.all.iter().chain(self.any.iter().flatten().flatten()).map(String::as_str))
    }
}

/// Whether one of these is the one that is required, or implies it. Nothing grants what is no scope ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).
pub(crate) fn grants<'t>(
    mut granted: impl Iterator<Item = &'t str>,
    required: &str,
    hierarchy: Option<&Arc<dyn ScopeHierarchy>>,
) -> bool {
    let is_scope = is_parameter(required) && !required.contains(' ');
    is_scope
        && granted.any(|own| own == required || hierarchy.is_some_and(|hierarchy| hierarchy.implies(own, required)))
}

/// The words, each once, without the characters that a challenge cannot have; what is nothing then is left out.
pub(crate) fn join<'t>(words: impl IntoIterator<Item = &'t str>) -> String {
    let mut once: Vec<String> = Vec::new();
    for word in words {
        let word: String = word.bytes().filter(|octet| is_parameter_octet(*octet)).map(char::from).collect();
        if !word.is_empty() && !once.contains(&word) {
            once.push(word);
        }
    }
    once.join(" ")
}

/// The scopes in a text. One that no token can grant, the empty one too, is said in the log, since the route is closed to everybody.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if words.is_empty() {
        words.push(String::new());
    }
    for word in words.iter().filter(|word| !is_parameter(word)) {
        tracing::error!(
            scope = word,
            "a scope is empty or has a character that scopes cannot have: no token grants it"
        );
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(scopes: &Scopes, text: &str, hierarchy: Option<&Arc<dyn ScopeHierarchy>>) -> bool {
        scopes.are_granted(|| text.split(' '), hierarchy)
    }

    #[test]
    fn all_any_and_both() {
        let mut scopes = Scopes::default();
        assert!(granted(&scopes, "", None), "nothing is required");
        scopes.and_all(["a b"]);
        assert!(granted(&scopes, "c b a", None) && !granted(&scopes, "a", None) && !granted(&scopes, "ab", None));
        scopes.and_any(["c", "d"]);
        assert!(granted(&scopes, "a b d", None) && !granted(&scopes, "a b", None) && !granted(&scopes, "c d", None));
        scopes.and_any(["e"]);
        assert!(granted(&scopes, "a b d e", None) && !granted(&scopes, "a b c d", None));
        assert_eq!(scopes.text(), "a b c d e");
        scopes.and_any([""; 0]);
        assert!(!granted(&scopes, "a b d e", None), "none of nothing is granted");
        for nothing in ["", " "] {
            let mut scopes = Scopes::default();
            scopes.and_all([nothing]);
            assert!(!granted(&scopes, "a", None) && !granted(&scopes, "", None), "an empty variable opens nothing");
        }
        let mut scopes = Scopes::default();
        scopes.and_any(["a b", "c"]);
        assert!(granted(&scopes, "c", None) && granted(&scopes, "b a", None) && !granted(&scopes, "a", None));
    }

    #[test]
    fn a_hierarchy_adds_and_takes_nothing_away() {
        let admin: Arc<dyn ScopeHierarchy> = Arc::new(|granted: &str, _: &str| granted == "admin");
        let mut scopes = Scopes::default();
        scopes.and_all(["a", "b"]);
        assert!(granted(&scopes, "admin", Some(&admin)) && granted(&scopes, "a b", Some(&admin)));
        assert!(!granted(&scopes, "a", Some(&admin)));
        assert_eq!(scopes.text(), "a b");
    }

    #[test]
    fn what_no_token_can_grant_is_never_granted() {
        let mut scopes = Scopes::default();
        scopes.and_all(["a\"b", "\u{e9}"]);
        assert_eq!(scopes.text(), "ab");
        let mut scopes = Scopes::default();
        scopes.and_all(["a\"b"]);
        let everything: Arc<dyn ScopeHierarchy> = Arc::new(|_: &str, _: &str| true);
        for own in ["a b ab", "a\"b"] {
            assert!(!granted(&scopes, own, None) && !granted(&scopes, own, Some(&everything)));
        }
        assert!(!grants(["a b", "a"].into_iter(), "a b", None) && !grants(["", "a"].into_iter(), "", None));
    }
}
