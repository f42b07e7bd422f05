//! The type as the rest of the derive sees it: serde's model, with where each field is written and how it
//! is read back.

use serde_derive_internals::ast as serde_ast;
use serde_derive_internals::attr::Default as SerdeDefault;
use serde_derive_internals::{Ctxt, Derive};
use syn::{DeriveInput, Ident, Member, Type};

use crate::attr::{self, ContainerAttrs, Errors, FieldAttrs};

pub(crate) struct Container<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) serde: serde_ast::Container<'a>,
    pub(crate) attrs: ContainerAttrs,
    /// The fields of a struct, in order; none for an enum.
    pub(crate) fields: Vec<Field<'a>>,
}

pub(crate) struct Field<'a> {
    pub(crate) serde: serde_ast::Field<'a>,
    pub(crate) attrs: FieldAttrs,
    /// Where serde writes and reads the field; `None` if it skips one or both.
    pub(crate) place: Option<Place>,
}

pub(crate) struct Place {
    pub(crate) step: Step,
    pub(crate) slot: Slot,
}

/// From the parent's place to the field's.
pub(crate) enum Step {
    Name,
    Position(usize),
    /// The same place: flattened, transparent and newtype fields.
    Same,
}

/// How the field is read back where the document lacks it.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Slot {
    /// As the parent is.
    Inherited,
    Flattened,
    Element,
    Required,
    Defaulted,
    Optional,
    /// The type knows.
    Bare,
}

impl<'a> Container<'a> {
    /// `None` where serde cannot make sense of the type at all; `errors` says why.
    pub(crate) fn from_ast(
        input: &'a DeriveInput,
        errors: &Errors,
        serde_errors: &mut bool,
    ) -> Option<Container<'a>> {
        let attrs = ContainerAttrs::parse(&input.attrs, errors);

        let cx = Ctxt::new();
        // The name of serde's private module, which serde's derives use and this one has no use for.
        let private = Ident::new("__private", proc_macro2::Span::call_site());
        let serde = serde_ast::Container::from_ast(&cx, input, Derive::Deserialize, &private);
        if let Err(error) = cx.check() {
            *serde_errors = true;
            errors.push(error);
        }
        let mut serde = serde?;

        let transparent = serde.attrs.transparent();
        let container_default = !matches!(serde.attrs.default(), SerdeDefault::None);
        let mut fields = Vec::new();
        match &mut serde.data {
            serde_ast::Data::Enum(variants) => {
                for variant in variants {
                    attr::none_allowed(&variant.original.attrs, "a variant", errors);
                    for field in &variant.fields {
                        attr::none_allowed(&field.original.attrs, "a field of a variant", errors);
                    }
                }
            }
            serde_ast::Data::Struct(style, all) => {
                let newtype = matches!(style, serde_ast::Style::Newtype);
                let mut position = 0;
                for field in all.drain(..) {
                    let attrs = FieldAttrs::parse(&field.original.attrs, errors);
                    let skipped = field.attrs.skip_serializing() || field.attrs.skip_deserializing();
                    let place = if skipped || (transparent && !field.attrs.transparent()) {
                        None
                    } else if transparent || newtype {
                        Some(Place { step: Step::Same, slot: Slot::Inherited })
                    } else if let Member::Unnamed(_) = field.member {
                        position += 1;
                        Some(Place { step: Step::Position(position - 1), slot: Slot::Element })
                    } else if field.attrs.flatten() {
                        Some(Place { step: Step::Same, slot: Slot::Flattened })
                    } else {
                        Some(Place { step: Step::Name, slot: slot_of(&field, &attrs, container_default) })
                    };
                    fields.push(Field { serde: field, attrs, place });
                }
            }
        }
        Some(Container { input, serde, attrs, fields })
    }

    /// The fields that have an accessor.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (&Field<'a>, &Place)> {
        self.fields.iter().filter_map(|field| Some((field, field.place.as_ref()?)))
    }
}

impl Field<'_> {
    /// Is the value written or read through a function of its own?
    pub(crate) fn is_encoded(&self) -> bool {
        is_encoded(&self.serde)
    }

    /// Is the handle the path itself, whatever the type?
    pub(crate) fn is_leaf(&self) -> bool {
        self.attrs.leaf.is_some() || self.is_encoded()
    }
}

/// Is the value written or read through a function of its own?
pub(crate) fn is_encoded(field: &serde_ast::Field) -> bool {
    field.attrs.serialize_with().is_some() || deserialize_with(field).is_some()
}

/// The user's function. serde's model also has one of serde's own where a `Cow` has `borrow`.
pub(crate) fn deserialize_with<'a>(field: &'a serde_ast::Field) -> Option<&'a syn::ExprPath> {
    let function = field.attrs.deserialize_with()?;
    let of_serde = function.path.segments.first().is_some_and(|segment| segment.ident == "_serde");
    (!of_serde).then_some(function)
}

/// serde_derive's own rule (its `expr_is_missing`): a default first; then a missing field is an error if
/// it is read by a function, else the type is asked.
pub(crate) fn slot_of(field: &serde_ast::Field, attrs: &FieldAttrs, container_default: bool) -> Slot {
    if container_default || !matches!(field.attrs.default(), SerdeDefault::None) {
        Slot::Defaulted
    } else if deserialize_with(field).is_some() {
        Slot::Required
    } else if attrs.leaf.is_some() || field.attrs.serialize_with().is_some() {
        // The type is not asked, since it may be no `Field`. An alias of `Option` passes for required,
        // which only withholds the removal of the field.
        if last_segment(field.ty).is_some_and(|name| name == "Option") {
            Slot::Optional
        } else {
            Slot::Required
        }
    } else {
        Slot::Bare
    }
}

/// The name of a type without its path and arguments: `Vec` of `std::vec::Vec<u8>`.
pub(crate) fn last_segment(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}
