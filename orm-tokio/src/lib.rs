//! Sessions of `orm` in async programs: the same unit of work, run where it may block.
//!
//! Applications depend on the facade `orm`, with the feature `tokio`.
//!
//! An [`AsyncEngine`] is what programs begin with; an [`AsyncUnit`] is a unit of work as a closure, and an [`AsyncSession`] a session between whose
//! calls the program awaits other things. Work waits for a place, of which there are as many as the pool has connections, and then runs
//! on one of the engine's threads: on the one that gave the place back, if it had to wait.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod blocking;
mod engine;
mod places;
mod session;
mod task;
mod threads;
mod unit;
mod work;

const _: () = {
    const fn is_send<T: Send>() {}
    const fn is_shared<T: Send + Sync>() {}
    is_send::<orm_core::session::Session>();
    is_send::<AsyncSession>();
    is_shared::<AsyncEngine>();
    is_shared::<AsyncUnit>();
};

pub use blocking::Blocking;
pub use engine::AsyncEngine;
pub use session::{AsyncRows, AsyncSession, Execute};
pub use unit::AsyncUnit;
