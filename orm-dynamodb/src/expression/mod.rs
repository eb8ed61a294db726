//! Conditions, updates and projections: trees of typed fields, written as DynamoDB's expressions.

mod condition;
mod field;
mod node;
mod projection;
mod range;
mod update;

pub use condition::Condition;
pub use field::{Containing, Field, Size};
pub(crate) use node::{Node, Part, Placeholders};
pub use projection::Projection;
pub use range::{Above, BeginsWith, Equal, KeyRange, above, begins_with, equal};
pub use update::Update;
