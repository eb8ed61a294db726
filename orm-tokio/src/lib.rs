//! Sessions of `orm` in async programs: the same unit of work, run where it may block.
//!
//! Applications depend on the facade `orm`, with the feature `tokio`.
//!
//! [`engine`] is what programs begin with; [`unit`] is a unit of work as a closure, and [`session`] a session between whose calls the program
//! awaits other things. Work first takes one of the [`places`], as many as the pool has connections, and then runs on one of the [`threads`] as
//! a [`task`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod engine;
mod places;
mod session;
mod task;
mod threads;
mod unit;

const _: () = {
    const fn is_send<T: Send>() {}
    const fn is_shared<T: Send + Sync>() {}
    is_send::<orm_core::session::Session>();
    is_send::<AsyncSession>();
    is_shared::<AsyncEngine>();
    is_shared::<AsyncUnit>();
};

pub use engine::AsyncEngine;
pub use session::{AsyncRows, AsyncSession, Execute};
pub use unit::AsyncUnit;
