use proc_macro2::{Ident, Span};

use crate::ctxt::Ctxt;

/// The place of `span` for code that the derive wrote: errors point there, lints know that no person wrote it.
pub(crate) fn generated_at(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// An option that may be written once, with its span.
pub(crate) struct Once<T>(Option<(Span, T)>);

/// An option without a value.
pub(crate) type Flag = Once<()>;

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Once<T> {
    /// Sets the value of the option `name`. A second value is an error at its own span.
    pub(crate) fn set(&mut self, cx: &Ctxt, name: &Ident, value: T) {
        if self.0.is_some() {
            cx.error(name.span(), format!("`{name}` is given twice"));
        } else {
            self.0 = Some((name.span(), value));
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    pub(crate) fn span(&self) -> Option<Span> {
        self.0.as_ref().map(|(span, _)| *span)
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }
}
