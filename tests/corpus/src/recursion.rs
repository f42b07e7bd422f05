//! Types that hold themselves, or one another.

use std::collections::BTreeMap;

use super::twice::corpus;

corpus! {
    types {
        pub struct Linked {
            pub value: u32,
            pub next: Option<Box<Linked>>,
        }

        pub struct Tree {
            pub name: String,
            #[serde(default)]
            pub children: Vec<Tree>,
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub by_name: BTreeMap<String, Tree>,
        }

        pub struct Chicken {
            pub eggs: Vec<Egg>,
        }

        pub struct Egg {
            pub from: Option<Box<Chicken>>,
            pub kind: Kind,
        }

        pub enum Kind {
            Plain,
            Nest(Box<Chicken>),
        }

        pub struct GenericTree<T> {
            pub value: T,
            pub children: Vec<GenericTree<T>>,
        }

        /// Not `transparent`: schemars would ask for the name of the name without end.
        pub struct Forest(pub Vec<Forest>);

        #[checkpoint(job = "recursive_root")]
        pub struct Root {
            pub parent: Option<Box<Root>>,
            #[serde(flatten)]
            pub linked: Linked,
        }
    }
    beside {}
    entries {
        Linked => [
            {"value": 1, "next": {"value": 2, "next": {"value": 3, "next": null}}},
            {"value": 4, "next": {"value": 5, "next": {"value": 6, "next": null}}},
        ] {
            value; next; next?; next?.value; next?.next; next?.next?; next?.next?.value; next?.next?.next;
        }
        Tree => [
            {
                "name": "a", "children": [{"name": "b", "children": []}],
                "by_name": {"k": {"name": "c", "children": [{"name": "d", "children": []}]}}
            },
            {
                "name": "e", "children": [{"name": "f", "children": []}],
                "by_name": {"k": {"name": "g", "children": [{"name": "h", "children": []}]}}
            },
        ] {
            name; children; children[0]; children[0].name; children[0].children; by_name; by_name{"k"};
            by_name{"k"}.name; by_name{"k"}.children; by_name{"k"}.children[0];
            by_name{"k"}.children[0].name; by_name{"k"}.children[0].children;
        }
        Chicken => [
            {"eggs": [{
                "from": {"eggs": [{"from": null, "kind": "Plain"}]}, "kind": "Plain"
            }]},
            {"eggs": [{
                "from": {"eggs": [{"from": null, "kind": {"Nest": {"eggs": []}}}]},
                "kind": {"Nest": {"eggs": []}}
            }]},
        ] {
            eggs; eggs[0]; eggs[0].from; eggs[0].from?; eggs[0].from?.eggs; eggs[0].from?.eggs[0];
            eggs[0].from?.eggs[0].from; eggs[0].from?.eggs[0].kind; eggs[0].kind;
        }
        GenericTree<u32> => [
            {"value": 1, "children": [{"value": 2, "children": []}]},
            {"value": 3, "children": [{"value": 4, "children": []}]},
        ] { value; children; children[0]; children[0].value; children[0].children; }
        GenericTree<Linked> => [
            {"value": {"value": 1, "next": null}, "children": []},
            {"value": {"value": 2, "next": null}, "children": []},
        ] { value; value.value; value.next; children; }
        Forest => [[[[]]], [[[], []]]] { _0; _0[0]; _0[0]._0; _0[0]._0[0]; _0[0]._0[0]._0; }
        Root => [
            {"parent": {"parent": null, "value": 1, "next": null}, "value": 2, "next": {"value": 3, "next": null}},
            {"parent": {"parent": null, "value": 4, "next": null}, "value": 5, "next": {"value": 6, "next": null}},
        ] {
            parent; parent?; parent?.parent; parent?.linked.value; parent?.linked.next; linked.value;
            linked.next; linked.next?; linked.next?.value; linked.next?.next;
        }
    }
}
