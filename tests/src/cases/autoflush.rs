//! x

cases! { autoflush {
} }
