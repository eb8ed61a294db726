use std::any::Any;

/// What a model is in the database.
#[derive(Debug, Clone, Copy)]
pub enum ModelKind {
    /// A table.
    Table,
    /// A table that is read and never written.
    ReadOnly,
    /// A view.
    View(ViewSpec),
}

impl ModelKind {
    /// The view that it is.
    pub fn view(self) -> Option<ViewSpec> {
        match self {
            Self::View(view) => Some(view),
            Self::Table | Self::ReadOnly => None,
        }
    }

    /// Whether its rows are never written.
    pub fn is_read_only(self) -> bool {
        !matches!(self, Self::Table)
    }

    /// Why its rows are never written.
    pub(crate) fn refusal(self, model: &str) -> Option<String> {
        match self {
            Self::Table => None,
            Self::ReadOnly => Some(format!(
                "`{model}` is read-only; remove `#[orm(read_only)]`, or write by another model of the table"
            )),
            Self::View(_) => {
                Some(format!("`{model}` is a view, which is read-only; write to the tables that it reads"))
            }
        }
    }
}

/// A view.
#[derive(Debug, Clone, Copy)]
pub struct ViewSpec {
    /// Whether its rows are stored.
    pub materialized: bool,
    /// Its query. `None` for a view that others make.
    pub definition: Option<Definition>,
}

/// The query of a view.
#[derive(Debug, Clone, Copy)]
pub enum Definition {
    /// As text, which names its columns as the model does.
    Sql(&'static str),
    /// As a typed query, whose values are those of the columns, in their order. The type is opaque here.
    Query(fn() -> Box<dyn Any>),
}
