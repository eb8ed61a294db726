//! A shop for music: genres, performers, discs and songs, lists of songs, and what was sold to whom.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "genre")]
pub struct Genre {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = genre, order_by = id)]
    pub songs: HasMany<Song>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "performer")]
pub struct Performer {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[has_many(back_populates = performer, order_by = id, cascade(all))]
    pub discs: HasMany<Disc>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "disc")]
pub struct Disc {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[belongs_to(back_populates = discs)]
    pub performer: BelongsTo<Performer>,
    #[has_many(back_populates = disc, order_by = id, cascade(all))]
    pub songs: HasMany<Song>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "song")]
pub struct Song {
    #[orm(primary_key)]
    pub id: i64,
    pub title: String,
    #[belongs_to(back_populates = songs)]
    pub disc: BelongsTo<Disc>,
    #[belongs_to(back_populates = songs)]
    pub genre: BelongsTo<Genre>,
    #[has_many(back_populates = song, order_by = id, cascade(all))]
    pub sales: HasMany<Sale>,
    #[many_to_many(table = "list_song", back_populates = songs, order_by = id)]
    pub lists: ManyToMany<SongList>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "song_list")]
pub struct SongList {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[many_to_many(table = "list_song", back_populates = lists, order_by = id)]
    pub songs: ManyToMany<Song>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "buyer")]
pub struct Buyer {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub country: String,
    #[has_many(back_populates = buyer, order_by = id)]
    pub sales: HasMany<Sale>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "sale")]
pub struct Sale {
    #[orm(primary_key)]
    pub id: i64,
    pub year: i32,
    pub price: i32,
    #[belongs_to(back_populates = sales)]
    pub buyer: BelongsTo<Buyer>,
    #[belongs_to(back_populates = sales)]
    pub song: BelongsTo<Song>,
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "worker")]
pub struct Worker {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub salary: i32,
    #[belongs_to(back_populates = reports)]
    pub boss: Option<BelongsTo<Worker>>,
    #[has_many(back_populates = boss, order_by = id)]
    pub reports: HasMany<Worker>,
}

/// What the cases about queries read. Songs 1, 2 (rock) and 3 (jazz) are on disc 1 of Ann; 4 (rock) and 5 (jazz) on disc 2 of Bob;
/// Cid has disc 3 without songs. The list `all` has 1, 2, 3, `some` has 1, 2, 4, `none` has none.
///
/// Eve of Spain bought 1 for 10 in 2020, 1 for 12 and 2 for 3 in 2021; Fay of Spain 3 for 7 in 2021; Gus of Italy 4 for 5 in 2021; Hal
/// of Italy bought nothing. Song 5 was never sold.
///
/// # Errors
///
/// The database's.
pub fn open_music_shop(session: &mut Session) -> orm::Result<()> {
    let [rock, jazz] = ["rock", "jazz"].map(|name| session.add(Genre { name: name.into(), ..Genre::default() }));
    let discs = ["Ann", "Bob", "Cid"].map(|name| {
        let performer = session.add(Performer { name: name.into(), ..Performer::default() });
        session.add(Disc { title: format!("by {name}"), performer: performer.into(), ..Disc::default() })
    });
    let songs = [(0, rock), (0, rock), (0, jazz), (1, rock), (1, jazz)];
    let songs = [0, 1, 2, 3, 4].map(|at| {
        let (disc, genre) = (discs[songs[at].0], songs[at].1);
        let title = format!("song {}", at + 1);
        session.add(Song { title, disc: disc.into(), genre: genre.into(), ..Song::default() })
    });
    for (name, of) in [("all", &songs[..3]), ("some", &[songs[0], songs[1], songs[3]]), ("none", &[])] {
        let list = session.add(SongList { name: name.into(), ..SongList::default() });
        for &song in of {
            session.push(list, SongList::songs, song)?;
        }
    }
    let buyers = [("Eve", "Spain"), ("Fay", "Spain"), ("Gus", "Italy"), ("Hal", "Italy")]
        .map(|(name, country)| session.add(Buyer { name: name.into(), country: country.into(), ..Buyer::default() }));
    let sales = [(2020, 10, 0, 0), (2021, 12, 0, 0), (2021, 3, 0, 1), (2021, 7, 1, 2), (2021, 5, 2, 3)];
    for (year, price, buyer, song) in sales {
        session.add(Sale { year, price, buyer: buyers[buyer].into(), song: songs[song].into(), ..Sale::default() });
    }
    session.commit()
}

/// Ann leads Bob and Cid; Bob leads Dan; Dan leads Eve. Nobody leads Fay.
///
/// # Errors
///
/// The database's.
pub fn hire_workers(session: &mut Session) -> orm::Result<()> {
    let mut hire = |name: &str, salary, boss: Option<Handle<Worker>>| {
        session.add(Worker { name: name.into(), salary, boss: boss.map(Into::into), ..Worker::default() })
    };
    let ann = hire("Ann", 90, None);
    let bob = hire("Bob", 60, Some(ann));
    hire("Cid", 95, Some(ann));
    let dan = hire("Dan", 40, Some(bob));
    hire("Eve", 45, Some(dan));
    hire("Fay", 10, None);
    session.commit()
}
