//! Comparing a suite's outcomes with the deviations that are known and explained.
//!
//! `test-vectors/exceptions.json` lists every case in which the library deliberately does something
//! else than the suite expects, with the reason. A deviation that is not listed fails the test, and
//! so does a listed one that no longer deviates: the list can neither lag behind nor grow stale.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use serde::Deserialize;

use crate::vectors;

/// The outcomes of one suite, case by case, until [`finish`](Self::finish) judges them.
///
/// Dropping a recorder that was not finished panics, because its mismatches would be lost.
#[derive(Debug)]
pub struct Outcomes {
    suite: String,
    /// The exceptions of this suite, by case.
    exceptions: BTreeMap<String, Exception>,
    seen: BTreeSet<String>,
    passed: usize,
    refused: usize,
    excused: usize,
    faults: Vec<String>,
    finished: bool,
}

impl Outcomes {
    /// Starts a suite; `exceptions.json` refers to it by this name.
    ///
    /// # Panics
    ///
    /// If `exceptions.json` cannot be read.
    #[must_use]
    pub fn new(suite: &str) -> Self {
        Self::excusing(suite, read_exceptions(&vectors::read("exceptions.json")))
    }

    /// Records what the suite expects of a case and what the library did.
    ///
    /// Both are free text, compared octet for octet: a suite settles on its words, such as `accept`
    /// and `reject`. A case is named once; where one vector is used twice, the name says for what.
    pub fn check(&mut self, case: &str, expected: &str, got: &str) {
        self.note(case);
        match self.exceptions.get(case) {
            None if expected == got => self.passed += 1,
            None => self.fault(case, format!("expected {expected:?}, got {got:?}")),
            Some(_) if expected == got => {
                self.fault(case, format!("excused, yet it does not deviate: {got:?}"));
            }
            Some(excuse) if excuse.expected == expected && excuse.carnet == got => {
                self.excused += 1;
            }
            Some(excuse) => {
                let excused = format!("excused is {:?} for {:?}", excuse.carnet, excuse.expected);
                self.fault(case, format!("expected {expected:?}, got {got:?}, {excused}"));
            }
        }
    }

    /// Records a case that needs something the library refuses by name, such as an algorithm this
    /// build does not offer.
    ///
    /// Such a case is counted apart, so that a suite never looks fuller than it is. It is for a
    /// refusal the test has observed; a case that was merely skipped must not be recorded.
    ///
    /// # Panics
    ///
    /// If the reason is empty.
    pub fn refused(&mut self, case: &str, reason: &str) {
        assert!(!reason.trim().is_empty(), "{case}: no reason given");
        self.note(case);
        if self.exceptions.contains_key(case) {
            self.fault(case, format!("excused, yet it was refused: {reason}"));
        } else {
            self.refused += 1;
        }
    }

    /// Judges the suite and prints its one line of counts.
    ///
    /// # Panics
    ///
    /// With the list of all faults: unexcused mismatches, excused cases that did not deviate or did
    /// not occur, cases recorded twice, and a suite without a single case.
    pub fn finish(mut self) {
        self.finished = true;
        for case in self.exceptions.keys() {
            if !self.seen.contains(case) {
                self.faults.push(format!("{case}: excused, yet it did not occur"));
            }
        }
        if self.seen.is_empty() {
            self.faults.push("no case was recorded".to_owned());
        }
        assert!(
            self.faults.is_empty(),
            "suite {}: {} faults\n  {}",
            self.suite,
            self.faults.len(),
            self.faults.join("\n  ")
        );
        println!("{}", self.counts());
    }

    fn excusing(suite: &str, listed: Vec<Exception>) -> Self {
        let mut exceptions = BTreeMap::new();
        for exception in listed {
            if exception.suite == suite {
                let twice = exceptions.insert(exception.case.clone(), exception);
                assert!(twice.is_none(), "suite {suite}: excused twice: {twice:?}");
            }
        }
        Self {
            suite: suite.to_owned(),
            exceptions,
            seen: BTreeSet::new(),
            passed: 0,
            refused: 0,
            excused: 0,
            faults: Vec::new(),
            finished: false,
        }
    }

    fn note(&mut self, case: &str) {
        if !self.seen.insert(case.to_owned()) {
            self.fault(case, "recorded twice".to_owned());
        }
    }

    fn fault(&mut self, case: &str, what: String) {
        self.faults.push(format!("{case}: {what}"));
    }

    /// The line that `scripts/vectors` looks for.
    fn counts(&self) -> String {
        format!(
            "suite {}: {} passed, {} refused with reason, {} excused",
            self.suite, self.passed, self.refused, self.excused
        )
    }
}

impl Drop for Outcomes {
    fn drop(&mut self) {
        if !self.finished && !thread::panicking() {
            panic!("suite {}: dropped before finish()", self.suite);
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "format")]
    _format: String,
    exceptions: Vec<Exception>,
}

/// A case in which the library deliberately deviates from a suite.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    suite: String,
    case: String,
    expected: String,
    carnet: String,
    reason: String,
}

fn read_exceptions(json: &str) -> Vec<Exception> {
    let file: File = serde_json::from_str(json).unwrap_or_else(|error| panic!("test-vectors/exceptions.json: {error}"));
    for exception in &file.exceptions {
        assert!(
            !exception.reason.trim().is_empty(),
            "test-vectors/exceptions.json: {} of {} has no reason",
            exception.case,
            exception.suite
        );
    }
    file.exceptions
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    /// A recorder for the suite `s` that excuses accepting `c2`, where `reject` is expected.
    fn excusing_c2() -> Outcomes {
        let listed = r#"{"format": "…", "exceptions": [
            {"suite": "s", "case": "c2", "expected": "reject", "carnet": "accept", "reason": "…"},
            {"suite": "other", "case": "x", "expected": "reject", "carnet": "accept", "reason": "…"}
        ]}"#;
        Outcomes::excusing("s", read_exceptions(listed))
    }

    fn message_of(work: impl FnOnce()) -> String {
        let panic = catch_unwind(AssertUnwindSafe(work)).expect_err("no panic");
        *panic.downcast::<String>().expect("a formatted message")
    }

    #[test]
    fn the_file_of_the_checkout_can_be_read() {
        let mut outcomes = Outcomes::new("a suite that no exception names");
        outcomes.check("c1", "accept", "accept");
        outcomes.finish();
    }

    #[test]
    fn counts_each_kind_apart() {
        let mut outcomes = excusing_c2();
        outcomes.check("c1", "accept", "accept");
        outcomes.check("c2", "reject", "accept");
        outcomes.refused("c3", "P-521 is not offered");
        assert_eq!(outcomes.counts(), "suite s: 1 passed, 1 refused with reason, 1 excused");
        outcomes.finish();
    }

    #[test]
    fn lists_every_mismatch() {
        let mut outcomes = Outcomes::excusing("s", Vec::new());
        outcomes.check("c1", "reject", "accept");
        outcomes.check("c2", "accept", "accept");
        outcomes.check("c3", "accept", "reject");
        assert_eq!(
            message_of(|| outcomes.finish()),
            "suite s: 2 faults\n  \
             c1: expected \"reject\", got \"accept\"\n  \
             c3: expected \"accept\", got \"reject\""
        );
    }

    #[test]
    fn an_excused_case_must_deviate() {
        let mut outcomes = excusing_c2();
        outcomes.check("c2", "reject", "reject");
        let message = message_of(|| outcomes.finish());
        assert!(message.contains("c2: excused, yet it does not deviate"));
    }

    #[test]
    fn an_excused_case_must_deviate_as_listed() {
        let mut outcomes = excusing_c2();
        outcomes.check("c2", "accept", "reject");
        let message = message_of(|| outcomes.finish());
        assert!(message.contains("excused is \"accept\" for \"reject\""));
    }

    #[test]
    fn an_excused_case_must_not_be_refused() {
        let mut outcomes = excusing_c2();
        outcomes.refused("c2", "not offered");
        let message = message_of(|| outcomes.finish());
        assert!(message.contains("yet it was refused"));
    }

    #[test]
    fn an_excused_case_must_occur() {
        let mut outcomes = excusing_c2();
        outcomes.check("c1", "accept", "accept");
        let message = message_of(|| outcomes.finish());
        assert!(message.contains("c2: excused, yet it did not occur"));
    }

    #[test]
    fn a_case_is_recorded_once() {
        let mut outcomes = Outcomes::excusing("s", Vec::new());
        outcomes.check("c1", "accept", "accept");
        outcomes.check("c1", "accept", "accept");
        let message = message_of(|| outcomes.finish());
        assert!(message.contains("c1: recorded twice"));
    }

    #[test]
    fn an_empty_suite_proves_nothing() {
        let outcomes = Outcomes::excusing("s", Vec::new());
        let message = message_of(|| outcomes.finish());
        assert!(message.contains("no case was recorded"));
    }

    #[test]
    fn a_forgotten_finish_is_noticed() {
        let outcomes = Outcomes::excusing("s", Vec::new());
        assert_eq!(message_of(|| drop(outcomes)), "suite s: dropped before finish()");
    }

    #[test]
    fn a_reason_is_mandatory() {
        let unexplained = r#"{"format": "", "exceptions": [
            {"suite": "s", "case": "c", "expected": "a", "carnet": "b", "reason": " "}
        ]}"#;
        assert!(message_of(|| drop(read_exceptions(unexplained))).contains("c of s has no reason"));

        let mut outcomes = Outcomes::excusing("s", Vec::new());
        assert!(message_of(|| outcomes.refused("c", "")).contains("no reason given"));
        outcomes.finished = true;
    }
}
