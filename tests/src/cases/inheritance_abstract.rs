//! Families with an abstract base: I-054, and what else holds for families.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{AnyShape, Canvas, Cube, Dot, Shape, Square};
use crate::{TestContext, expect_error};

cases! { inheritance_abstract {
    i_054_rows_are_of_the_types_below [];
    i_054_a_value_of_the_base_is_not_flushed [];
    i_054_a_row_of_the_base_is_of_no_type [];
    i_054_relations_and_statements_are_as_of_any_base [];
} }

fn shapes(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Canvas])?;
    let mut session = cx.session();
    let canvas = session.add(Canvas::default());
    session.add(Dot { shape: Shape { canvas: canvas.into(), ..Shape::of("red") }, radius: 2 });
    session.add(Square { shape: Shape::of("blue"), side: 3 });
    let square = Square { shape: Shape { canvas: canvas.into(), ..Shape::of("red") }, side: 4 };
    session.add(Cube { square, weight: 9 });
    session.commit()?;
    cx.clear_log();
    Ok(())
}

pub fn i_054_rows_are_of_the_types_below(cx: &mut TestContext) -> Result<()> {
    shapes(cx)?;
    cx.expect_rows(
        "SELECT id, color, kind, radius FROM shape ORDER BY id",
        &["1|red|dot|2", "2|blue|square|NULL", "3|red|cube|NULL"],
    );
    cx.expect_rows("SELECT id, side FROM square ORDER BY id", &["2|3", "3|4"]);
    let mut session = cx.session();
    let found = Shape::query().order_by(Shape::id).all(&mut session)?;
    cx.expect_log(&["select shape", "select shape", "select shape"]);
    // A match without the base is exhaustive.
    let mut sizes = Vec::new();
    for &shape in &found {
        sizes.push(match session.variant(shape)? {
            AnyShape::Dot(dot) => session[dot].radius,
            AnyShape::Square(square) => session[square].side,
            AnyShape::Cube(cube) => session[cube].square.side,
        });
    }
    assert_eq!(sizes, [2, 3, 4]);
    session[found[2]].color = "green".into();
    session.commit()?;
    cx.expect_log(&["update shape (color)"]);
    let parts = Shape::query().base_only().order_by(Shape::id).all(&mut session)?;
    assert_eq!(session[parts[2]].color, "green");
    assert!(session.downcast::<Square>(parts[2]).is_some() && session.downcast::<Dot>(parts[2]).is_none());
    let values: Vec<Shape> = Shape::query().filter(Shape::is::<Square>()).order_by(Shape::id).values(&mut session)?;
    assert_eq!(values.iter().map(|shape| shape.color.as_str()).collect::<Vec<_>>(), ["blue", "green"]);
    assert_eq!(session.get::<Dot>(1)?.map(|dot| session[dot].radius), Some(2));
    Ok(())
}

pub fn i_054_a_value_of_the_base_is_not_flushed(cx: &mut TestContext) -> Result<()> {
    shapes(cx)?;
    let mut session = cx.session();
    let canvas = session.get::<Canvas>(1)?.unwrap();
    let shape = session.push(canvas, Canvas::shapes, Shape::of("pink"));
    cx.clear_log();
    expect_error(session.commit(), ErrorKind::InvalidState, &["Shape#new", "`Shape` is abstract", "inherits"]);
    cx.expect_log(&[]);
    session.rollback()?;
    assert!(shape.is_ok());
    session.add(Canvas { shapes: [Shape::of("pink")].into(), ..Canvas::default() });
    expect_error(session.flush(), ErrorKind::InvalidState, &["Shape#new", "abstract"]);
    session.rollback()?;
    cx.expect_rows("SELECT id FROM shape ORDER BY id", &["1", "2", "3"]);
    Ok(())
}

pub fn i_054_a_row_of_the_base_is_of_no_type(cx: &mut TestContext) -> Result<()> {
    shapes(cx)?;
    cx.execute("INSERT INTO shape (id, color, kind) VALUES (7, 'gray', '')");
    let mut session = cx.session();
    let found = Shape::query().all(&mut session);
    expect_error(found, ErrorKind::Decode, &["7", "`kind`", "\"dot\", \"square\", \"cube\""]);
    Ok(())
}

pub fn i_054_relations_and_statements_are_as_of_any_base(cx: &mut TestContext) -> Result<()> {
    shapes(cx)?;
    let mut session = cx.session();
    let canvas = session.get::<Canvas>(1)?.unwrap();
    let members = session.load(canvas, Canvas::shapes)?;
    let cube = session.downcast::<Cube>(members[1]).unwrap();
    assert_eq!((members.len(), session[cube].weight), (2, 9));
    let square = session.add(Square { shape: Shape::of("white"), side: 1 });
    let white = session.upcast(square);
    session.push(canvas, Canvas::shapes, white)?;
    let painted = Shape::query().filter(Shape::color.eq("red")).update(Shape::color.set("black"));
    assert_eq!(painted.execute(&mut session)?, 2);
    assert_eq!(session[cube].square.shape.color, "black");
    session.delete(canvas)?;
    session.commit()?;
    cx.expect_rows("SELECT id, kind FROM shape", &["2|square"]);
    cx.expect_rows("SELECT id FROM square", &["2"]);
    Dot::insert_all([Dot { shape: Shape::of("gold"), radius: 5 }]).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT kind, radius FROM shape WHERE color = 'gold'", &["dot|5"]);
    Ok(())
}
