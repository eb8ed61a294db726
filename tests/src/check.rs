use std::fmt::Debug;

use orm::{Error, ErrorKind};

/// The error of `result`, which must be of `kind` and say all of `words`.
///
/// # Panics
///
/// When there is no error, or another one.
#[track_caller]
pub fn expect_error<T: Debug>(result: Result<T, Error>, kind: ErrorKind, words: &[&str]) -> Error {
    let error = result.expect_err("an error was expected");
    assert_eq!(error.kind(), kind, "{error}");
    let message = error.to_string();
    for word in words {
        assert!(message.contains(word), "{message:?} does not say {word:?}");
    }
    error
}
