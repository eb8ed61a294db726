use chrono::NaiveDate;
use orm::prelude::*;

/// What a car is, which never changes.
#[derive(Model, Debug, Clone)]
#[orm(table = "listed_car")]
pub(crate) struct Car {
    #[orm(primary_key, length = 20)]
    pub(crate) code: String,
    pub(crate) brand: String,
    pub(crate) year: i32,
    #[has_many(back_populates = car)]
    pub(crate) states: HasMany<CarState>,
}

/// How a car was offered from a day on, until its next state.
#[derive(Model, Debug, Clone)]
#[orm(table = "car_state", unique(car, day))]
pub(crate) struct CarState {
    #[orm(primary_key)]
    pub(crate) id: i64,
    #[belongs_to(back_populates = states)]
    pub(crate) car: BelongsTo<Car>,
    pub(crate) day: NaiveDate,
    pub(crate) price: i32,
    pub(crate) mileage: i32,
    pub(crate) reserved: bool,
}

/// A line of the feed, which lists every car every day.
#[derive(Model, Debug, Clone)]
#[orm(table = "feed_line")]
pub(crate) struct FeedLine {
    #[orm(primary_key)]
    pub(crate) id: i64,
    #[orm(length = 20)]
    pub(crate) car: String,
    pub(crate) day: NaiveDate,
    pub(crate) price: i32,
    pub(crate) mileage: i32,
    pub(crate) reserved: bool,
}
