//! [postgres](https://docs.rs/postgres) 0.19, which blocks.

use ::postgres::{Client, Transaction};

use super::postgres_types::{borrowed, bound, cells};
use super::{Executor, Request, Step};

/// What goes wrong with this driver.
pub type Error = super::Error<::postgres::Error>;

macro_rules! executor {
    ($(#[$doc:meta])* $client:ty) => {
        $(#[$doc])*
        impl Executor for &mut $client {
            type Error = ::postgres::Error;
            type Answer<T: 'static> = Result<T, Error>;

            fn run<T: 'static>(self, mut request: Request<T>) -> Result<T, Error> {
                request.span().inside(|| {
                    loop {
                        let (statement, pending) = request.begin()?;
                        let (text, params) = statement.into_parts();
                        let params = bound(params);
                        // With the types told, it is one round trip.
                        let rows = self.query_typed(&text, &borrowed(&params));
                        match pending.finish(rows.and_then(|rows| cells(&rows))) {
                            Step::Done(result) => return result,
                            Step::Next(next) => request = *next,
                        }
                    }
                })
            }
        }
    };
}

executor! {
    /// Each statement by itself.
    Client
}
executor! {
    /// In this transaction. After an error that the server gave, it can only be rolled back.
    Transaction<'_>
}
