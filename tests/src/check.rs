use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use orm::{Error, ErrorKind, Result};

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

/// Everything that is logged while `work` runs.
///
/// # Errors
///
/// Those of `work`.
///
/// # Panics
///
/// When what is logged is no text.
pub fn logged(work: impl FnOnce() -> Result<()>) -> Result<String> {
    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, work)?;
    let bytes = sink.0.lock().unwrap().clone();
    Ok(String::from_utf8(bytes).unwrap())
}
