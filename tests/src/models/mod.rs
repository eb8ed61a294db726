//! The models of the suite, one small family a file. Each family stands alone, so that a case creates what it needs.

#![expect(missing_docs, reason = "the names say it, and each family says what it is for")]

mod accounts;
mod catalogue;
mod companies;
mod folders;
mod houses;
mod keys;
mod measures;
mod nodes;
mod people;
mod school;
mod teams;
mod types;
mod users;

pub use accounts::{Account, Message};
pub use catalogue::{Post, Tag};
pub use companies::{Company, Employee};
pub use folders::{File, Folder, Library, Loan};
pub use houses::{Audited, House, Label, Long, Odd, Owner};
pub use keys::{Book, City, Country, Device, Reading, Shelf};
pub use measures::Measure;
pub use nodes::Node;
pub use people::{Passport, Person};
pub use school::{Course, Enrollment, Pupil, Student, Subject};
pub use teams::{Player, Team};
pub use types::{AllTypes, Document, OptionalTypes, Status, Ticket};
pub use users::{Address, User};
