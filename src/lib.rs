//! .

#[doc(hidden)]
pub mod __private {
    pub use orm_core::codegen::*;
}
