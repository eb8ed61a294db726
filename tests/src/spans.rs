use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use orm::Result;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The spans that begin while `work` runs, each as its target and its fields: `orm::statement db.operation.name=SELECT; ..`.
///
/// # Errors
///
/// Those of `work`.
///
/// # Panics
///
/// When a thread of `work` panicked.
pub fn spans(work: impl FnOnce() -> Result<()>) -> Result<Vec<String>> {
    let spans = Spans::default();
    tracing::subscriber::with_default(spans.clone(), work)?;
    let found = spans.0.lock().unwrap().clone();
    Ok(found)
}

#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<String>>>);

impl Subscriber for Spans {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut text = format!("{} ", span.metadata().target());
        span.record(&mut Fields(&mut text));
        let mut spans = self.0.lock().unwrap();
        spans.push(text);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut spans = self.0.lock().unwrap();
        values.record(&mut Fields(&mut spans[span.into_u64() as usize - 1]));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, "{}={value}; ", field.name()).unwrap();
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{}={value:?}; ", field.name()).unwrap();
    }
}
