//! Models without the derive: what it would write of them, as far as SQL text needs it.

#![expect(non_upper_case_globals, reason = "constants of columns and relations are named like their fields")]

use crate::error::Result;
use crate::model::{Adopter, Foreign, Model, Relation, RowReader, kind, model_ref};
use crate::query::Column;
use crate::schema::{
    BelongsToSpec, Cascade, CheckSpec, ColumnSpec, FieldKind, FieldSpec, IndexKeySpec, IndexSpec, Load, ModelKind,
    ModelRef, ModelSpec, OnDelete, PassiveDeletes, RelationKind, RelationSpec, SqlPart, TableDef, TableSlot,
};
use crate::value::{Mismatch, SqlType, ValueRef, Values};

/// A model that has a key of type `i64` and is never read or written.
macro_rules! model {
    ($name:ident, $spec:expr) => {
        #[derive(Debug, Clone)]
        pub(in crate::query) struct $name;

        impl Model for $name {
            type Key = i64;
            type Stored = Self;

            fn spec() -> &'static ModelSpec {
                static SPEC: ModelSpec = $spec;
                &SPEC
            }

            fn table() -> &'static TableDef {
                static SLOT: TableSlot = TableSlot::new();
                SLOT.get(model_ref::<Self>())
            }

            fn arena() -> Box<dyn std::any::Any + Send> {
                Box::new(())
            }

            fn key(&self) -> Option<i64> {
                None
            }

            fn read(_: &mut RowReader<'_>) -> Result<Self> {
                Ok(Self)
            }

            fn value(&self, _: usize, _: usize) -> ValueRef<'_> {
                ValueRef::Null
            }

            fn set_value(&mut self, _: usize, _: ValueRef<'_>) -> Result<(), Mismatch> {
                Ok(())
            }

            fn foreign(&self, _: usize) -> Foreign<'_> {
                Foreign::Unset
            }

            fn set_foreign(&mut self, _: usize, _: Foreign<'_>) {}

            fn snapshot(&self) -> Self {
                Self
            }

            fn hand_over<A: Adopter>(&mut self, _: &mut A) {}
        }
    };
}

const ID: FieldSpec = FieldSpec {
    name: "id",
    primary_key: true,
    kind: FieldKind::Column(ColumnSpec::new("id", SqlType::I64, false, Values::All)),
};

const fn column(name: &'static str, sql_type: SqlType, nullable: bool) -> FieldSpec {
    field(name, FieldKind::Column(ColumnSpec::new(name, sql_type, nullable, Values::All)))
}

const fn field(name: &'static str, kind: FieldKind) -> FieldSpec {
    FieldSpec { name, primary_key: false, kind }
}

const fn key(target: ModelRef, back_populates: Option<&'static str>) -> BelongsToSpec {
    BelongsToSpec {
        target,
        column: None,
        renamed_from: None,
        nullable: false,
        unique: false,
        index: false,
        comment: None,
        on_delete: None,
        on_update_cascade: false,
        deferrable: false,
        post_update: false,
        back_populates,
        cascade: Cascade::DEFAULT,
        single_parent: false,
        load: Load::Lazy,
    }
}

const fn many(kind: RelationKind, target: ModelRef, back_populates: &'static str) -> RelationSpec {
    RelationSpec {
        kind,
        target,
        back_populates: Some(back_populates),
        cascade: Cascade::DEFAULT,
        passive_deletes: PassiveDeletes::No,
        single_parent: false,
        view_only: false,
        order_by: &[],
        table: None,
        through: None,
        column: None,
        load: Load::Lazy,
        ordering: None,
    }
}

const fn spec(name: &'static str, table: &'static str, fields: &'static [FieldSpec]) -> ModelSpec {
    ModelSpec {
        name,
        table,
        kind: ModelKind::Table,
        schema: None,
        renamed_from: None,
        fields,
        indexes: &[],
        checks: &[],
        exclusions: &[],
        comment: None,
        optimistic: &[],
        compares: true,
        filters: &[],
        soft_delete: None,
        shard_key: None,
        family: None,
    }
}

model!(
    Brand,
    spec(
        "Brand",
        "brand",
        const {
            &[
                ID,
                field(
                    "name",
                    FieldKind::Column(ColumnSpec {
                        length: Some(80),
                        unique: true,
                        ..ColumnSpec::new("name", SqlType::Text, false, Values::All)
                    }),
                ),
                field("lines", FieldKind::Relation(many(RelationKind::HasMany, model_ref::<Line>(), "brand"))),
            ]
        },
    )
);

impl Brand {
    pub(super) const id: Column<Self, i64> = Column::new(0);
    pub(super) const name: Column<Self, String> = Column::new(1);
    pub(super) const lines: Relation<Self, Line, kind::HasMany> = Relation::new(2, "lines", Some("brand"), None);
}

model!(
    Line,
    spec(
        "Line",
        "line",
        const {
            &[
                ID,
                column("name", SqlType::Text, false),
                field(
                    "brand",
                    FieldKind::BelongsTo(BelongsToSpec {
                        index: true,
                        on_delete: Some(OnDelete::Cascade),
                        ..key(model_ref::<Brand>(), Some("lines"))
                    }),
                ),
                field("cars", FieldKind::Relation(many(RelationKind::HasMany, model_ref::<Car>(), "line"))),
            ]
        },
    )
);

impl Line {
    pub(super) const id: Column<Self, i64> = Column::new(0);
    pub(super) const name: Column<Self, String> = Column::new(1);
    pub(super) const brand_id: Column<Self, <Brand as Model>::Key> = Column::new(2);
    pub(super) const brand: Relation<Self, Brand, kind::One> = Relation::new(2, "brand", Some("lines"), None);
    pub(super) const cars: Relation<Self, Car, kind::HasMany> = Relation::new(3, "cars", Some("line"), None);
}

model!(
    Car,
    ModelSpec {
        indexes: &[IndexSpec {
            keys: &[IndexKeySpec::field(1), IndexKeySpec::field(2)],
            unique: true,
            ..IndexSpec::NONE
        }],
        checks: &[CheckSpec { name: None, sql: &[SqlPart::Text("year > 1885")] }],
        ..spec(
            "Car",
            "car",
            const {
                &[
                    ID,
                    field("line", FieldKind::BelongsTo(key(model_ref::<Line>(), Some("cars")))),
                    column("year", SqlType::I32, false),
                    column("price", SqlType::I32, true),
                    field(
                        "sold",
                        FieldKind::Column(ColumnSpec {
                            server_default: Some("FALSE"),
                            ..ColumnSpec::new("sold", SqlType::Bool, true, Values::All)
                        }),
                    ),
                    field(
                        "owner",
                        FieldKind::BelongsTo(BelongsToSpec {
                            nullable: true,
                            on_delete: Some(OnDelete::SetNull),
                            ..key(model_ref::<Person>(), None)
                        }),
                    ),
                    field(
                        "tags",
                        FieldKind::Relation(RelationSpec {
                            table: Some("car_tag"),
                            ..many(RelationKind::ManyToMany, model_ref::<Tag>(), "cars")
                        }),
                    ),
                ]
            },
        )
    }
);

impl Car {
    pub(super) const id: Column<Self, i64> = Column::new(0);
    pub(super) const line_id: Column<Self, <Line as Model>::Key> = Column::new(1);
    pub(super) const line: Relation<Self, Line, kind::One> = Relation::new(1, "line", Some("cars"), None);
    pub(super) const year: Column<Self, i32> = Column::new(2);
    pub(super) const price: Column<Self, Option<i32>> = Column::new(3);
    pub(super) const sold: Column<Self, Option<bool>> = Column::new(4);
    pub(super) const owner_id: Column<Self, Option<<Person as Model>::Key>> = Column::new(5);
    pub(super) const owner: Relation<Self, Person, kind::OptionalOne> = Relation::new(5, "owner", None, None);
    pub(super) const tags: Relation<Self, Tag, kind::ManyToMany> =
        Relation::new(6, "tags", Some("cars"), Some("car_tag"));
}

model!(
    Tag,
    spec(
        "Tag",
        "tag",
        const {
            &[
                ID,
                column("label", SqlType::Text, false),
                field(
                    "cars",
                    FieldKind::Relation(RelationSpec {
                        table: Some("car_tag"),
                        ..many(RelationKind::ManyToMany, model_ref::<Car>(), "tags")
                    }),
                ),
            ]
        },
    )
);

impl Tag {
    pub(super) const id: Column<Self, i64> = Column::new(0);
    pub(super) const label: Column<Self, String> = Column::new(1);
    pub(super) const cars: Relation<Self, Car, kind::ManyToMany> =
        Relation::new(2, "cars", Some("tags"), Some("car_tag"));
}

// A person has a home and a home has an owner: two tables that reference each other. A person also has a boss.
model!(
    Person,
    spec(
        "Person",
        "person",
        const {
            &[
                ID,
                field("home", FieldKind::BelongsTo(BelongsToSpec { nullable: true, ..key(model_ref::<Home>(), None) })),
                field(
                    "boss",
                    FieldKind::BelongsTo(BelongsToSpec {
                        nullable: true,
                        deferrable: true,
                        ..key(model_ref::<Person>(), None)
                    }),
                ),
            ]
        },
    )
);

impl Person {
    pub(super) const id: Column<Self, i64> = Column::new(0);
    pub(super) const boss_id: Column<Self, Option<i64>> = Column::new(2);
    pub(super) const boss: Relation<Self, Self, kind::OptionalOne> = Relation::new(2, "boss", None, None);
}

model!(
    Home,
    spec("Home", "home", const { &[ID, field("owner", FieldKind::BelongsTo(key(model_ref::<Person>(), None)))] })
);

// Another model on the table of brands.
model!(Rival, spec("Rival", "brand", const { &[ID] }));
