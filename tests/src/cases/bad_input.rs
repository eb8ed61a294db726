//! x

cases! { bad_input {
} }
