use super::Subject;
use crate::rejection::Rejection;
use carnet_core::Quoted;
use carnet_core::json::{self, Kind};
use std::borrow::Cow;

/// What is asked of the scopes of a token: those of `scope`, words in one string (RFC 8693 §4.2), and of `scp`, which some issuers write in its place, as a string or an
/// array.
#[derive(Debug, Clone, Default)]
pub(crate) struct ScopeRule {
    pub(crate) all: Vec<String>,
    /// Lists of which one scope suffices.
    pub(crate) one_of: Vec<Vec<String>>,
}

impl ScopeRule {
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty() && self.one_of.is_empty()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.all.iter().chain(self.one_of.iter().flatten())
    }

    pub(crate) fn check(&self, token: &Subject<'_>, rejections: &mut Vec<Rejection>) {
        if self.is_empty() {
            return;
        }
        for claim in ["scope", "scp"] {
            if !is_well_formed(token, claim) {
                rejections.push(Rejection::ClaimInvalid { claim: Quoted::new(claim) });
            }
        }
        let has = |wanted: &String| granted(token).any(|scope| scope == wanted.as_str());
        for scope in self.all.iter().filter(|scope| !has(scope)) {
            rejections.push(Rejection::InsufficientScope { one_of: vec![scope.clone()] });
        }
        for scopes in self.one_of.iter().filter(|scopes| !scopes.iter().any(has)) {
            rejections.push(Rejection::InsufficientScope { one_of: scopes.clone() });
        }
    }
}

fn is_well_formed(token: &Subject<'_>, claim: &str) -> bool {
    let text = token.registered.text;
    token.member(claim).is_none_or(|member| match member.kind() {
        Kind::Array if claim == "scp" => {
            json::elements(member.value_text(text)).all(|element| element.string().is_some())
        }
        kind => kind.is_string(),
    })
}

/// The scopes that a token grants. A claim of the wrong type grants none.
fn granted<'a>(token: &Subject<'a>) -> impl Iterator<Item = Cow<'a, str>> {
    let text = token.registered.text;
    let granted = |claim| token.member(claim).filter(|_| is_well_formed(token, claim));
    let (scope, scp) = (granted("scope"), granted("scp"));
    let strings = [scope, scp].into_iter().flatten().filter_map(|member| member.string(text));
    let words = strings.flat_map(|string| match string {
        Cow::Borrowed(string) => Words::Borrowed(string.split(' ')),
        Cow::Owned(string) => Words::Owned(string.split(' ').map(str::to_owned).collect::<Vec<_>>().into_iter()),
    });
    let array = scp.filter(|member| member.kind() == Kind::Array);
    let elements = array.into_iter().flat_map(|member| json::elements(member.value_text(text)));
    words.chain(elements.filter_map(|element| element.string())).filter(|scope| !scope.is_empty())
}

/// The words of a string.
enum Words<'a> {
    Borrowed(core::str::Split<'a, char>),
    Owned(std::vec::IntoIter<String>),
}

impl<'a> Iterator for Words<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Cow<'a, str>> {
        match self {
            Self::Borrowed(words) => words.next().map(Cow::Borrowed),
            Self::Owned(words) => words.next().map(Cow::Owned),
        }
    }
}
