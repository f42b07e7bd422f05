use checkpoint_schema::Checkpoint;
use serde::{Deserialize, Serialize};

mod foreign {
    pub struct Cursor {
        token: String,
    }

    impl Cursor {
        pub fn token(&self) -> String {
            self.token.clone()
        }
    }

    impl From<super::CursorDef> for Cursor {
        fn from(cursor: super::CursorDef) -> Self {
            Self { token: cursor.token }
        }
    }
}

#[derive(Serialize, Deserialize, Checkpoint)]
#[serde(remote = "foreign::Cursor")]
struct CursorDef {
    #[serde(getter = "foreign::Cursor::token")]
    token: String,
}

fn main() {}
