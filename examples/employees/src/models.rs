use chrono::NaiveDate;
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "employee")]
pub(crate) struct Employee {
    /// The staff number: a key that is given, not generated.
    #[orm(primary_key)]
    pub(crate) number: i32,
    #[orm(length = 80)]
    pub(crate) name: String,
    #[orm(index)]
    pub(crate) department: String,
    pub(crate) hired: NaiveDate,
    #[has_many(back_populates = employee, cascade(all, delete_orphan))]
    pub(crate) activities: HasMany<Activity>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "activity", check("hours > 0"))]
pub(crate) struct Activity {
    #[orm(primary_key)]
    pub(crate) id: i64,
    #[belongs_to(back_populates = activities)]
    pub(crate) employee: BelongsTo<Employee>,
    pub(crate) title: String,
    pub(crate) day: NaiveDate,
    pub(crate) hours: f64,
}

/// One row per employee, also for those without an activity. The employee's key is the row's own key.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "employee_activity_summary")]
pub(crate) struct EmployeeActivitySummary {
    #[orm(primary_key)]
    #[belongs_to]
    pub(crate) employee: BelongsTo<Employee>,
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) activities: i64,
    pub(crate) hours: f64,
    pub(crate) latest: Option<NaiveDate>,
}
