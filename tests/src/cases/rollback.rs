//! x

cases! { rollback {
} }
