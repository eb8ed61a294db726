use orm_core::Result;

use crate::expression::{Node, Projection};
use crate::item::Key;
use crate::request::{Effect, Request};
use crate::{Dynamo, Item};

/// The item of a key.
pub(crate) fn get<M: Item>(db: &Dynamo, key: Key<M>, consistent: bool) -> Result<Option<M>> {
    let mut request = Request::for_key::<M>(key.attributes()?);
    request.consistent_read = consistent;
    let item = request.send(db, "GetItem", Effect::Repeatable)?.item;
    item.map(|mut attributes| M::read(&mut attributes)).transpose()
}

/// Fields of the item of a key.
pub(crate) fn get_fields<M: Item, P: Projection<M>>(db: &Dynamo, key: Key<M>, fields: &P) -> Result<Option<P::Output>> {
    let mut request = Request::for_key::<M>(key.attributes()?);
    request.set_projection(fields.nodes())?;
    let item = request.send(db, "GetItem", Effect::Repeatable)?.item;
    item.map(|mut attributes| fields.read(&mut attributes)).transpose()
}

impl Request {
    pub(crate) fn set_projection(&mut self, nodes: Vec<Node>) -> Result<()> {
        let paths: Result<Vec<String>> = nodes.into_iter().map(|node| node.text(&mut self.placeholders)).collect();
        let mut paths = paths?;
        // DynamoDB refuses a path that is said twice.
        paths.sort();
        paths.dedup();
        self.projection_expression = Some(paths.join(", "));
        Ok(())
    }
}
