//! [tokio-postgres](https://docs.rs/tokio-postgres) 0.7. What its pools give derefs to a client: it is `&**object` with
//! deadpool, `&*connection` with bb8.

use std::pin::Pin;

use ::tokio_postgres::{Client, Transaction};

use super::postgres_types::{borrowed, bound, cells};
use super::{Executor, Request, Step};

/// What goes wrong with this driver.
pub type Error = super::Error<::tokio_postgres::Error>;

/// What comes of it, when it is awaited.
pub type Answer<'c, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'c>>;

macro_rules! executor {
    ($(#[$doc:meta])* $client:ty) => {
        $(#[$doc])*
        impl<'c> Executor for &'c $client {
            type Error = ::tokio_postgres::Error;
            type Answer<T: 'static> = Answer<'c, T>;

            fn run<T: 'static>(self, mut request: Request<T>) -> Answer<'c, T> {
                Box::pin(request.span().around(async move {
                    loop {
                        let (statement, pending) = request.begin()?;
                        let (text, params) = statement.into_parts();
                        let params = bound(params);
                        // With the types told, it is one round trip.
                        let rows = self.query_typed(&text, &borrowed(&params)).await;
                        match pending.finish(rows.and_then(|rows| cells(&rows))) {
                            Step::Done(result) => return result,
                            Step::Next(next) => request = *next,
                        }
                    }
                }))
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
