//! .

/// What most programs import: `use orm::prelude::*`.
pub mod prelude {
    pub use orm_core::model::{BelongsTo, Handle, HasMany, HasOne, ManyToMany, Model};
    #[cfg(feature = "derive")]
    pub use orm_derive::{DbEnum, Model};
}

#[doc(hidden)]
pub mod __private {
    pub use orm_core::codegen::*;
}
