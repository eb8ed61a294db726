use comfy_table::{Table, presets};
use orm::functions::{count, sum};
use orm::prelude::*;
use rust_decimal::Decimal;

use crate::models::{AnyPerson, Customer, Employee, Invoice, Person};

/// All people, each as what they are. What only some of them have comes by one more statement for each type, and so does what they are related to.
pub(crate) fn people(session: &mut Session) -> orm::Result<()> {
    let people = Person::query()
        .order_by((Person::last_name, Person::first_name))
        .include(Customer::invoices.in_family())
        .include(Employee::reports.in_family())
        .all(session)?;
    let mut table = table(["name", "is", "and"]);
    for person in people {
        let Person { first_name, last_name, .. } = &session[person];
        let name = format!("{last_name}, {first_name}");
        let (is, and) = match session.variant(person)? {
            AnyPerson::Employee(employee) => {
                let reports = session.related(employee, Employee::reports)?.len();
                (session[employee].title.clone().unwrap_or_default(), format!("leads {reports}"))
            }
            AnyPerson::Customer(customer) => {
                let invoices = session.related(customer, Customer::invoices)?;
                let total: Decimal = invoices.iter().map(|&invoice| session[invoice].total).sum();
                let last = invoices.iter().map(|&invoice| session[invoice].invoice_date.date()).max();
                let last = last.map(|last| format!(", last on {last}")).unwrap_or_default();
                ("customer".to_owned(), format!("bought for {total:.2}{last}"))
            }
        };
        table.add_row([name, is, and]);
    }
    println!("People\n{table}\n");
    Ok(())
}

/// What the customers bought whom an employee looks after, computed by the database. The employees are in memory.
pub(crate) fn support(session: &mut Session) -> orm::Result<()> {
    let rows = Customer::query()
        .join(Customer::invoices)
        .group_by(Customer::support_rep_id)
        .order_by((sum(Invoice::total).desc(), Customer::support_rep_id))
        .select((Customer::support_rep_id, count(Customer::country).distinct(), sum(Invoice::total)))
        .all(session)?;
    let mut table = table(["agent", "countries", "sold"]);
    for (agent, countries, sold) in rows {
        let agent = agent.map(|key| session.get::<Employee>(key)).transpose()?.flatten();
        let name =
            agent.map(|agent| format!("{} {}", session[agent].person.first_name, session[agent].person.last_name));
        table.add_row([
            name.unwrap_or_else(|| "(nobody)".to_owned()),
            countries.to_string(),
            sold.map(|sold| format!("{sold:.2}")).unwrap_or_default(),
        ]);
    }
    println!("Sold by agent\n{table}");
    Ok(())
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(header);
    table
}
