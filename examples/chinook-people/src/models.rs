//! The people of the shop as one family, and what they bought.

use chrono::NaiveDateTime;
use orm::prelude::*;
use rust_decimal::Decimal;

/// Somebody whom the shop knows: an employee or a customer, and nobody else.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "person", polymorphic(abstract, on = kind, subtypes(Employee, Customer), variants = "AnyPerson"))]
pub(crate) struct Person {
    #[orm(primary_key, column = "person_id")]
    pub(crate) id: i32,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
}

/// Somebody who works in the shop, for another employee.
#[derive(Model, Debug, Clone, Default)]
#[orm(inherits, identity = "employee", table = "employee")]
pub(crate) struct Employee {
    #[orm(base)]
    pub(crate) person: Person,
    pub(crate) title: Option<String>,
    #[belongs_to(back_populates = reports, column = "reports_to")]
    pub(crate) boss: Option<BelongsTo<Employee>>,
    #[has_many(back_populates = boss)]
    pub(crate) reports: HasMany<Employee>,
    #[has_many(back_populates = support_rep)]
    pub(crate) customers: HasMany<Customer>,
}

/// Somebody who buys, and whom an employee looks after.
#[derive(Model, Debug, Clone, Default)]
#[orm(inherits, identity = "customer", table = "customer")]
pub(crate) struct Customer {
    #[orm(base)]
    pub(crate) person: Person,
    pub(crate) country: Option<String>,
    #[belongs_to(back_populates = customers, column = "support_rep_id")]
    pub(crate) support_rep: Option<BelongsTo<Employee>>,
    #[has_many(back_populates = customer, order_by = id)]
    pub(crate) invoices: HasMany<Invoice>,
}

/// What one customer bought at one time.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "invoice")]
pub(crate) struct Invoice {
    #[orm(primary_key, column = "invoice_id")]
    pub(crate) id: i32,
    #[belongs_to(back_populates = invoices, column = "customer_id")]
    pub(crate) customer: BelongsTo<Customer>,
    pub(crate) invoice_date: NaiveDateTime,
    pub(crate) total: Decimal,
}
