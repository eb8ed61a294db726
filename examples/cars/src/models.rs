use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "car_brand")]
pub(crate) struct CarBrand {
    #[orm(primary_key)]
    pub(crate) id: i64,
    #[orm(unique, length = 80)]
    pub(crate) name: String,
    #[has_many(back_populates = brand)]
    pub(crate) models: HasMany<CarModel>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "car_model")]
pub(crate) struct CarModel {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    #[belongs_to(back_populates = models)]
    pub(crate) brand: BelongsTo<CarBrand>,
    #[has_many(back_populates = model, order_by = year)]
    pub(crate) cars: HasMany<CarInfo>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "car_info")]
pub(crate) struct CarInfo {
    #[orm(primary_key)]
    pub(crate) id: i64,
    #[orm(unique, length = 20)]
    pub(crate) car_id: String,
    #[belongs_to(back_populates = cars)]
    pub(crate) model: BelongsTo<CarModel>,
    pub(crate) year: i32,
    pub(crate) price: Option<i32>,
}
