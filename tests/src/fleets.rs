//! What several topics about families with joined tables begin with.

use orm::Result;
use orm::prelude::*;

use crate::TestContext;
use crate::models::{Bicycle, Boat, Journey, Motor, Truck, Vehicle, Yard};

/// The rows 1 to 5: a vehicle `it`, a bicycle `bike`, a motor `van` with a journey, a boat, and a truck `big`, which pulls the boat. `it` and `van`
/// are in the yard.
///
/// # Errors
///
/// The database's.
pub(crate) fn fleet(cx: &mut TestContext) -> Result<()> {
    fleet_of(cx, vec![Journey::to("Bern")], Motor::of("big"))
}

/// The same with more journeys, and with more power of the truck.
///
/// # Errors
///
/// The database's.
pub(crate) fn busy_fleet(cx: &mut TestContext) -> Result<()> {
    let motor = Motor { power: 400, journeys: [Journey::to("Oslo")].into(), ..Motor::of("big") };
    fleet_of(cx, vec![Journey::to("Bern"), Journey::to("Rome")], motor)
}

fn fleet_of(cx: &mut TestContext, journeys: Vec<Journey>, motor: Motor) -> Result<()> {
    cx.create(models![Yard])?;
    let mut session = cx.session();
    let yard = session.add(Yard { name: "north".into(), ..Yard::default() });
    session.add(Vehicle { yard: yard.into(), ..Vehicle::of("it") });
    session.add(Bicycle::of("bike"));
    let vehicle = Vehicle { yard: yard.into(), ..Vehicle::of("van") };
    session.add(Motor { vehicle, journeys: journeys.into(), ..Motor::of("") });
    let boat = session.add(Boat { draught: Some(1.5), ..Boat::of("boat") });
    session.add(Truck { motor, cargo: 20, pulls: boat.into() });
    session.commit()?;
    cx.clear_log();
    Ok(())
}

/// The plates of objects.
pub(crate) fn plates<T: Model>(session: &Session, handles: &[Handle<T>], plate: impl Fn(&T) -> &str) -> Vec<String> {
    handles.iter().map(|&handle| plate(&session[handle]).to_owned()).collect()
}
