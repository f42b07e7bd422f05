//! Parts that are stored, and described by the schema, as what they hold: a field becomes one, or ceases to be
//! one, without any change of the documents or of the exported schema.

macro_rules! stored_as {
    ($([$($generics:tt)*] $part:ty => $held:ty, if $bound:ident: JsonSchema $(+ $more:ident)?;)*) => {$(
        impl<$($generics)*> schemars::JsonSchema for $part
        where
            $bound: schemars::JsonSchema,
        {
            fn inline_schema() -> bool {
                <$held>::inline_schema()
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                <$held>::schema_name()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                <$held>::schema_id()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$held>::json_schema(generator)
            }
        }

        impl<$($generics)*> $crate::Field for $part
        $(where $bound: $crate::$more)?
        {
            type Bare = <$held as $crate::Field>::Bare;
            type Handle<R, S> = $crate::Path<R, Self, S>;
            const SHAPE: &'static $crate::field::shape::Shape = <$held as $crate::Field>::SHAPE;

            fn handle<R, S>(path: $crate::Path<R, Self, S>) -> Self::Handle<R, S> {
                path
            }
        }
    )*};
}

pub(super) use stored_as;
