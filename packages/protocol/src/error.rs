//! Errors as clients see them: every variant with its text, from the definition itself.

/// A variant of an error.
pub struct Variant {
    pub name: &'static str,
    /// The text, its fields in braces; `None` where it is that of the error inside.
    pub text: Option<&'static str>,
    /// The type of the error inside, if there is one.
    pub inside: Option<&'static str>,
    /// Names and types.
    pub fields: &'static [(&'static str, &'static str)],
}

/// Takes the definition of a `thiserror` error and adds `VARIANTS`, the list of its variants.
#[macro_export]
macro_rules! errors {
    (@text transparent) => { None };
    (@text $text:literal) => { Some($text) };
    (@inside) => { None };
    (@inside $inside:ty) => { Some(stringify!($inside)) };
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(
                $(#[doc = $doc:literal])*
                #[error($text:tt)]
                $variant:ident
                $(($(#[$from:ident])? $inside:ty))?
                $({ $($field:ident: $ty:ty),* $(,)? })?
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        pub enum $name {
            $(
                $(#[doc = $doc])*
                #[error($text)]
                $variant $(($(#[$from])? $inside))? $({ $($field: $ty),* })?
            ),*
        }

        impl $name {
            /// Every variant, in order.
            pub const VARIANTS: &'static [$crate::error::Variant] = &[$($crate::error::Variant {
                name: stringify!($variant),
                text: $crate::errors!(@text $text),
                inside: $crate::errors!(@inside $($inside)?),
                fields: &[$($((stringify!($field), stringify!($ty))),*)?],
            }),*];
        }
    };
}
