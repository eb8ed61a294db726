//! A value of the statement tree with types.

/// `Clone` and `Debug` for a value with type parameters, which only the compiler sees: they need neither themselves.
macro_rules! typed {
    ([$($generic:ident),+] $ty:ty { $value:ident, $types:ident }) => {
        impl<$($generic),+> Clone for $ty {
            fn clone(&self) -> Self {
                Self { $value: self.$value.clone(), $types: self.$types }
            }
        }

        impl<$($generic),+> std::fmt::Debug for $ty {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.$value, f)
            }
        }
    };
}

pub(super) use typed;
