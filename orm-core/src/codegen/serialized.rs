//! How `#[derive(OneOf)]` asks for what the feature `serde` adds: a derive does not know which features the core has.

/// Lets the keys of an enum with `#[derive(OneOf)]` be serialized and read.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! serialized_keys {
    ($keys:ident { $($variant:ident $number:literal $name:literal $model:ty),* }) => {
        #[automatically_derived]
        impl $crate::codegen::serde::Serialize for $keys
        where
            $(for<'__orm> $model: $crate::codegen::check::IsModel,)*
            $(for<'__orm> $crate::codegen::BelongsTo<$model>: $crate::codegen::serde::Serialize),*
        {
            fn serialize<S: $crate::codegen::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    Self::Unset => serializer.serialize_none(),
                    $(Self::$variant(key) => serializer.serialize_newtype_variant("OneOf", $number, $name, key),)*
                }
            }
        }

        #[automatically_derived]
        impl<'de> $crate::codegen::ReadKey<'de> for $keys
        where
            $(for<'__orm> $model: $crate::codegen::check::IsModel,)*
            $($crate::codegen::BelongsTo<$model>: $crate::codegen::serde::Deserialize<'de>),*
        {
            const NAMES: &'static [&'static str] = &[$($name),*];

            fn read_key<A: $crate::codegen::serde::de::VariantAccess<'de>>(
                name: &::core::primitive::str,
                key: A,
            ) -> ::core::result::Result<Self, A::Error> {
                match name {
                    $($name => key.newtype_variant().map(Self::$variant),)*
                    other => ::core::result::Result::Err($crate::codegen::serde::de::Error::unknown_variant(
                        other,
                        Self::NAMES,
                    )),
                }
            }
        }
    };
}

/// The feature `serde` is off.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! serialized_keys {
    ($($keys:tt)*) => {};
}
