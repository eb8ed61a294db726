//! Types of one's own whose encoding is made: as columns, keys and elements, in fields of types of other crates, and as documents.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use orm::functions::{count_all, max};
use orm::prelude::*;
use orm::{ErrorKind, Json, Result};
use serde_json::json;

use crate::models::{Bits, Gateway, Hidden, Host, Network, Route, Settings};
use crate::{TestContext, expect_error};

cases! { custom_types {
    custom_values_come_back [];
    only_changed_custom_values_are_written [];
    custom_keys_are_keys [];
    custom_values_in_conditions [];
    unique_custom_values_are_handed_over [];
    bulk_updates_reach_memory [];
    fields_with_a_codec [];
    documents_of_serde_types [];
    what_cannot_be_encoded_is_refused [];
    what_cannot_be_decoded_is_refused [];
    arrays_of_custom_values [arrays];
} }

fn network(last: u8) -> Network {
    Network([10, 0, 0, last].into(), 8)
}

fn gateway(last: u8) -> Gateway {
    let (password, bits) = (Hidden(format!("secret {last}")), Bits(last.into()));
    Gateway { network: network(last), second: None, password, bits, hosts: HasMany::default() }
}

fn socket(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

fn settings(theme: &str, sizes: &[u32]) -> Settings {
    Settings { theme: theme.into(), sizes: sizes.into(), more: None }
}

fn host(port: u16) -> Host {
    Host {
        id: 0,
        socket: socket(port),
        fallback: None,
        settings: Json(settings("dark", &[1, 2])),
        plain: None,
        pairs: BTreeMap::new(),
        gateway: None,
    }
}

/// Two gateways, the first with two hosts.
fn net(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Gateway, Host])?;
    let mut session = cx.session();
    let one = session.add(gateway(1));
    session.add(Gateway { second: Some(network(9)), ..gateway(2) });
    session.add_all([80, 81].map(|port| Host { gateway: one.into(), ..host(port) }));
    session.commit()?;
    session.clear();
    cx.clear_log();
    Ok(session)
}

pub fn custom_values_come_back(cx: &mut TestContext) -> Result<()> {
    let mut session = net(cx)?;
    let found = Gateway::query().order_by(Gateway::network).values(&mut session)?;
    assert_eq!(found, [gateway(1), Gateway { second: Some(network(9)), ..gateway(2) }]);
    cx.expect_rows(
        "SELECT network, second, bits FROM gateway ORDER BY network",
        &["10.0.0.1/8|NULL|1", "10.0.0.2/8|10.0.0.9/8|2"],
    );
    let hosts = Host::query().order_by(Host::id).values(&mut session)?;
    assert_eq!(hosts[0].socket, socket(80));
    assert_eq!(hosts[0].settings, Json(settings("dark", &[1, 2])));
    Ok(())
}

pub fn only_changed_custom_values_are_written(cx: &mut TestContext) -> Result<()> {
    let mut session = net(cx)?;
    let one = session.get::<Gateway>(network(1))?.unwrap();
    let first = Host::query().filter(Host::socket.eq(socket(80))).one(&mut session)?;
    cx.clear_log();
    let (same, host) = (session[one].clone(), session[first].clone());
    session[one] = same;
    session[first] = host;
    session.commit()?;
    cx.expect_log(&[]);
    session[one].password.0.push('!');
    session[first].settings.0.sizes.push(3);
    session[first].socket = socket(90);
    session.commit()?;
    cx.expect_log(&["update gateway (password)", "update host (socket, settings)"]);
    session.refresh(one)?;
    assert_eq!(session[one].password, Hidden("secret 1!".into()));
    session.refresh(first)?;
    assert_eq!((session[first].socket, &session[first].settings.0.sizes), (socket(90), &vec![1, 2, 3]));
    Ok(())
}

pub fn custom_keys_are_keys(cx: &mut TestContext) -> Result<()> {
    let mut session = net(cx)?;
    let one = session.get::<Gateway>(network(1))?.unwrap();
    cx.clear_log();
    assert_eq!(session.get::<Gateway>(network(1))?, Some(one));
    cx.expect_log(&[]);
    let hosts = session.load(one, Gateway::hosts)?;
    assert_eq!(hosts.len(), 2);
    session[hosts[0]].gateway = Some(BelongsTo::key(network(2)));
    session.commit()?;
    cx.expect_rows("SELECT gateway_network FROM host ORDER BY id", &["10.0.0.2/8", "10.0.0.1/8"]);
    session[one].network = network(3);
    session.commit()?;
    cx.expect_rows("SELECT gateway_network FROM host ORDER BY id", &["10.0.0.2/8", "10.0.0.3/8"]);
    let merged = session.merge(Gateway { bits: Bits(6), ..gateway(2) })?;
    session.commit()?;
    assert_eq!(session[merged].network, network(2));
    cx.expect_rows("SELECT bits FROM gateway WHERE network = '10.0.0.2/8'", &["6"]);
    session.delete(hosts[1])?;
    session.delete(one)?;
    session.commit()?;
    cx.expect_rows("SELECT network FROM gateway", &["10.0.0.2/8"]);
    Ok(())
}

pub fn custom_values_in_conditions(cx: &mut TestContext) -> Result<()> {
    let mut session = net(cx)?;
    let count = |condition: Filter<Gateway>, session: &mut Session| Gateway::query().filter(condition).count(session);
    assert_eq!(count(Gateway::network.eq(network(1)), &mut session)?, 1);
    assert_eq!(count(Gateway::network.in_([&network(1), &network(7)]), &mut session)?, 1);
    assert_eq!(count(Gateway::second.eq(Some(network(9))), &mut session)?, 1);
    assert_eq!(count(Gateway::second.eq(None::<Network>), &mut session)?, 1);
    assert_eq!(count(Gateway::bits.ge(Bits(2)), &mut session)?, 1);
    let joined = Host::query().join(Host::gateway).filter(Gateway::bits.eq(Bits(1))).group_by(Gateway::network);
    let joined = joined.select((Gateway::network, count_all(), max(Host::gateway_id))).all(&mut session)?;
    assert_eq!(joined, [(network(1), 2, Some(network(1)))]);
    let rows = Gateway::query().filter((Gateway::network, Gateway::bits).in_([(network(2), Bits(2))]));
    assert_eq!(rows.count(&mut session)?, 1);
    Ok(())
}

pub fn unique_custom_values_are_handed_over(cx: &mut TestContext) -> Result<()> {
    let mut session = net(cx)?;
    let [one, two] = [1, 2].map(|last| session.get::<Gateway>(network(last)).unwrap().unwrap());
    session[one].second = session[two].second.take();
    session.commit()?;
    let query = "SELECT second FROM gateway ORDER BY network";
    cx.expect_rows(query, &["10.0.0.9/8", "NULL"]);
    session[two].second = Some(network(8));
    session.commit()?;
    session[two].second = session[one].second.replace(network(8));
    session.commit()?;
    cx.expect_rows(query, &["10.0.0.8/8", "10.0.0.9/8"]);
    Ok(())
}

pub fn bulk_updates_reach_memory(cx: &mut TestContext) -> Result<()> {
    let mut session = net(cx)?;
    let two = session.get::<Gateway>(network(2))?.unwrap();
    let update = Gateway::query().filter(Gateway::second.eq(network(9)));
    update.update((Gateway::second.set(network(5)), Gateway::bits.set(Bits(3)))).execute(&mut session)?;
    assert_eq!((&session[two].second, session[two].bits), (&Some(network(5)), Bits(3)));
    session.commit()?;
    cx.expect_rows("SELECT second, bits FROM gateway WHERE bits = 3", &["10.0.0.5/8|3"]);
    Ok(())
}

pub fn fields_with_a_codec(cx: &mut TestContext) -> Result<()> {
    let mut session = net(cx)?;
    let count = |condition: Filter<Host>, session: &mut Session| Host::query().filter(condition).count(session);
    assert_eq!(count(Host::socket.eq(socket(80)), &mut session)?, 1);
    assert_eq!(count(Host::socket.in_([&socket(80), &socket(81)]), &mut session)?, 2);
    assert_eq!(count(Host::fallback.eq(Some(socket(1))), &mut session)?, 2);
    assert_eq!(count(Host::fallback.eq(None::<SocketAddr>), &mut session)?, 0);
    let found = Host::query().order_by(Host::socket).select((Host::socket, Host::fallback)).all(&mut session)?;
    let found: Vec<_> = found.into_iter().map(|(socket, fallback)| (*socket, fallback.map(|socket| *socket))).collect();
    assert_eq!(found, [80, 81].map(|port| (socket(port), Some(socket(1)))));
    let update = Host::query().filter(Host::socket.eq(socket(80))).update(Host::fallback.set(socket(7)));
    update.execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT fallback FROM host ORDER BY id", &["127.0.0.1:7", "127.0.0.1:1"]);
    let first = Host::query().order_by(Host::id).first(&mut session)?.unwrap();
    assert_eq!(session[first].fallback, Some(socket(7)));
    session[first].fallback = None;
    session.commit()?;
    cx.expect_rows("SELECT fallback FROM host ORDER BY id", &["NULL", "127.0.0.1:1"]);
    Ok(())
}

pub fn documents_of_serde_types(cx: &mut TestContext) -> Result<()> {
    let mut session = net(cx)?;
    let host = session.add(Host { plain: Some(settings("light", &[7])), ..host(82) });
    session.commit()?;
    let count = |condition: Filter<Host>, session: &mut Session| Host::query().filter(condition).count(session);
    assert_eq!(count(Host::settings.json_get("theme").json_as::<String>().eq("dark").of(), &mut session)?, 3);
    assert_eq!(count(Host::plain.json_get("sizes").json_at(0).json_as::<i64>().eq(7).of(), &mut session)?, 1);
    assert_eq!(count(Host::plain.json_contains(json!({"theme": "light"})).of(), &mut session)?, 1);
    let selected = Host::query().filter(Host::id.eq(session[host].id)).select((Host::settings, Host::plain));
    let expected = (Json(settings("dark", &[1, 2])), Some(Json(settings("light", &[7]))));
    assert_eq!(selected.one(&mut session)?, expected);
    let change = Host::query().filter(Host::plain.is_not_null()).update(Host::plain.set(Json(settings("blue", &[]))));
    change.execute(&mut session)?;
    assert_eq!(session[host].plain, Some(settings("blue", &[])));
    Ok(())
}

pub fn what_cannot_be_encoded_is_refused(cx: &mut TestContext) -> Result<()> {
    let mut session = net(cx)?;
    session.add(Host { pairs: [((1, 2), 3)].into(), ..host(83) });
    let words = ["Host#new", "`pairs`", "cannot be encoded", "key must be a string"];
    expect_error(session.commit(), ErrorKind::InvalidState, &words);
    cx.expect_log(&[]);
    session.clear();
    let bad = Network([1, 1, 1, 1].into(), 200);
    session.add(Gateway { second: Some(bad.clone()), ..gateway(5) });
    expect_error(session.flush(), ErrorKind::InvalidState, &["Gateway", "cannot be encoded: /200 is no mask"]);
    session.rollback()?;
    let query = Gateway::query().filter(Gateway::second.eq(&bad));
    expect_error(query.count(&mut session), ErrorKind::InvalidState, &["cannot be encoded: /200 is no mask"]);
    let query = Gateway::query().filter(Gateway::second.in_([&bad, &network(1)]));
    expect_error(query.count(&mut session), ErrorKind::InvalidState, &["cannot be encoded: /200 is no mask"]);
    cx.expect_rows("SELECT count(*) FROM gateway", &["2"]);
    Ok(())
}

pub fn what_cannot_be_decoded_is_refused(cx: &mut TestContext) -> Result<()> {
    let mut session = net(cx)?;
    cx.execute("UPDATE gateway SET second = 'x' WHERE bits = 1");
    let words = ["Gateway", "`second`", "expected a network, found \"x\""];
    expect_error(Gateway::query().all(&mut session), ErrorKind::Decode, &words);
    cx.execute("UPDATE host SET socket = 'x' WHERE id = 1");
    expect_error(Host::query().all(&mut session), ErrorKind::Decode, &["Host", "`socket`", "a socket"]);
    cx.execute("UPDATE host SET socket = '1.1.1.1:1', plain = '{\"theme\": 5}'");
    let words = ["Host", "`plain`", "Settings", "invalid type: integer `5`, expected a string"];
    expect_error(Host::query().all(&mut session), ErrorKind::Decode, &words);
    Ok(())
}

pub fn arrays_of_custom_values(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Route])?;
    let mut session = cx.session();
    let documents = vec![Some(Json(settings("a", &[1]))), None];
    let route = session.add(Route { networks: vec![network(1), network(2)], documents, ..Route::default() });
    session.commit()?;
    let found = Route::query().filter(Route::networks.array_has(network(2))).values(&mut session)?;
    assert_eq!(found, [session[route].clone()]);
    session.add_all([3, 4].map(|last| Route { networks: vec![network(last)], ..Route::default() }));
    session.commit()?;
    assert_eq!(Route::query().filter(Route::networks.array_contains(vec![network(4)])).count(&mut session)?, 1);
    Ok(())
}
