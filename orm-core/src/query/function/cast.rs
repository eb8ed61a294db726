//! Values of one type as values of another.

use crate::value::ColumnType;

/// A value of this type can be made one of type `T` by [`cast`](crate::query::Operators::cast).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be cast to `{T}`",
    label = "numbers and text are cast to each other, and `bool` to `i32`"
)]
pub trait CastTo<T: ColumnType> {
    /// Stands in bounds, see `Sealed`.
    type Checked;
}

macro_rules! casts {
    ($($from:ty => $($to:ty),*;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl CastTo<$to> for $from {
            type Checked = ();
        }
    )*)*};
}

casts! {
    bool => i32;
    i8 => i16, i32, i64, f32, f64, String;
    u8 => i16, i32, i64, f32, f64, String;
    u16 => i32, i64, f32, f64, String;
    u32 => i64, f32, f64, String;
    u64 => i64, f64, String;
    i16 => i16, i32, i64, f32, f64, String;
    i32 => i16, i32, i64, f32, f64, String;
    i64 => i16, i32, i64, f32, f64, String;
    f32 => i16, i32, i64, f32, f64;
    f64 => i16, i32, i64, f32, f64, String;
    String => i16, i32, i64, f64, String;
}

#[cfg(feature = "decimal")]
casts! {
    i16 => rust_decimal::Decimal;
    i32 => rust_decimal::Decimal;
    i64 => rust_decimal::Decimal;
    f64 => rust_decimal::Decimal;
    String => rust_decimal::Decimal;
    rust_decimal::Decimal => i16, i32, i64, f64, String, Self;
}
