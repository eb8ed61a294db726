use orm::prelude::*;
use uuid::Uuid;

/// The database chooses the key: a sequence of the server that everybody talks to.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "sensor")]
pub(crate) struct Sensor {
    #[orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
    #[has_many(back_populates = sensor, cascade(all, delete_orphan))]
    pub(crate) readings: HasMany<Reading>,
}

/// The program chooses the key, so that nobody has to be asked for the next one.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "reading")]
pub(crate) struct Reading {
    #[orm(primary_key, default_on_insert = Uuid::new_v4())]
    pub(crate) id: Uuid,
    #[belongs_to(back_populates = readings)]
    pub(crate) sensor: BelongsTo<Sensor>,
    pub(crate) celsius: f64,
}

impl Sensor {
    /// A sensor with readings of the temperatures from its number on.
    pub(crate) fn measuring(number: u32, readings: u32) -> Self {
        let celsius = (0..readings).map(|reading| f64::from(number + reading));
        let readings: Vec<Reading> = celsius.map(|celsius| Reading { celsius, ..Default::default() }).collect();
        Sensor { name: format!("sensor {number}"), readings: readings.into(), ..Default::default() }
    }
}
