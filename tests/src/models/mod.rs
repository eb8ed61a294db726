//! The models of the suite, one small family a file. Each family stands alone, so that a case creates what it needs.

#![expect(missing_docs, reason = "the names say it, and each family says what it is for")]

mod accounts;
mod agendas;
mod albums;
mod boards;
mod carts;
mod catalogue;
mod clubs;
mod companies;
mod counters;
mod custom;
mod cycles;
mod defaults;
mod deliveries;
mod desks;
mod dossiers;
mod drones;
mod enums;
mod features;
mod films;
mod fixed;
mod fleet;
mod folders;
mod formats;
mod houses;
mod indexes;
mod keys;
mod ledgers;
mod lines;
mod logins;
mod measures;
mod members;
mod music;
mod names;
mod newtypes;
mod nodes;
mod owners;
mod pamphlets;
mod people;
mod prices;
mod regions;
mod reports;
mod rules;
mod samples;
mod school;

mod foreign_types;
mod shapes;
mod shops;
mod stations;
mod std_types;
mod structures;
mod teams;
mod tools;
mod tours;
mod tunes;
mod types;
mod users;
mod venues;
mod voyages;
mod wallets;
mod words;
mod zoos;

pub use accounts::{Account, Message};
pub use agendas::{Agenda, Topic};
pub use albums::{Album, Medium, Musician, Piece, Style, stock_albums};
pub use boards::{Board, Card};
pub use carts::CartLine;
pub use catalogue::{Post, Tag};
pub use clubs::{Club, Fan};
pub use companies::{Company, Employee};
pub use counters::Counter;
pub use custom::{Bits, Gateway, Hidden, Host, Network, Route, Settings};
pub use cycles::{Egg, Hen};
pub use defaults::{Note, Setting, Stamp, Token};
pub use deliveries::{Coupon, Delivery};
pub use desks::{Desk, Drawer, License, Pilot, Spot};
pub use dossiers::{Cabinet, Dossier, Finding, Keyword, Muted, Scan, Thread};
pub use drones::{Booth, Drone, Guild, Hangar, Keeper, Lab};
pub use enums::{Channel, Level, Priority, Request};
pub use features::{Exhibit, Feature, Painting, Reporter, Vase};
pub use films::{Actor, Credit, Film};
pub use fixed::Fixed;
pub use fleet::{AnyVehicle, Bicycle, Boat, Bundle, Journey, Mail, Motor, Pier, Truck, Vehicle, Yard};
pub use folders::{File, Folder, Library, Loan};
pub use foreign_types::{ForeignArrays, ForeignTypes, Holiday};
pub use formats::{Exact, ExactPart, Gauge, LogEntry, Logged, PointMark, SamplePoint, Sighting, Size, Unit};
pub use houses::{Audited, House, Label, Long, Odd, Owner};
pub use indexes::{Draft, Imprint, Inventor, Patent, Slot, single};
pub use keys::{Book, City, Country, Device, Reading, Shelf};
pub use ledgers::{Binder, Ledger, Scratch, Tally};
pub use lines::{Invoice, Line, Remark, Seal, Witness};
pub use logins::Login;
pub use measures::Measure;
pub use members::{Artist, Band, Member, Role};
pub use music::{Buyer, Disc, Genre, Performer, Sale, Song, SongList, Worker, hire_workers, open_music_shop};
pub use names::{Badge, Guest, Item, Kind, Order, Visit};
pub use newtypes::{Article, Basket, Cents, Day, Email, Founded, KeyDay, Maker, MakerId, Percent, Sku, Stock};
pub use nodes::{Chapter, Node};
pub use owners::{
    Cell, Clip, Crate, Depot, Essay, Hall, Head, Mixtape, Parcel, Playlist, Reader, Record, Robot, Seat, Sheet, Show,
    Singer, Sticker, Track,
};
pub use pamphlets::Pamphlet;
pub use people::{Passport, Person};
pub use prices::{Mark, Memo, Price};
pub use regions::{Door, Guide, Permit, Region, Street, Town};
pub use reports::{BestClient, Client, ClientName, ClientNote, ForeignView, Purchase, StoredTurnover, Turnover};
pub use rules::{Fare, Meeting, Room, Visitor};
pub use samples::{Arrays, Paper, Sample};
pub use school::{Course, Enrollment, Pupil, Student, Subject};
pub use shapes::{AnyShape, Canvas, Cube, Dot, Shape, Square};
pub use shops::{Clerk, Receipt, ReceiptPost, Shop, Ware, note, take_notes};
pub use stations::{Beacon, Berth, Buoy, Crane, Dock, Harbor, Link, Part, Quay, Station, Train};
pub use std_types::{
    ByAddress, ByByte, ByBytes, ByDigest, ByLetter, ByName, ByPrice, BySpan, Diary, Feeling, Narrow, StdArrays,
    StdTypes,
};
pub use structures::{Bridge, Fault, Inspection, Rail, Signal, Structure, Trackside, Tunnel};
pub use teams::{Player, Team};
pub use tools::{Beast, Bird, Blade, Drill, Feline, Saw, Tool};
pub use tours::{Booking, Tour, Traveler};
pub use tunes::{Medley, Tempo, Tune};
pub use types::{AllTypes, Document, OptionalTypes, Status, Ticket};
pub use users::{Address, User};
pub use venues::{Edition, Handbook, Kiosk, Payment, Pin, Site, Trail, Venue};
pub use voyages::{Fix, Jotting, Leg, Port, Ship, Voyage};
pub use wallets::Wallet;
pub use words::{
    Hit, HitFields, IndexTwin, LongColumn, LongIndex, LongTable, Search, SearchFields, TagGroup, Tagged, WordList,
    Words,
};
pub use zoos::{Animal, AnyAnimal, Bear, Claim, Fish, Form, Mammal, Meal, Toy, Zoo};
