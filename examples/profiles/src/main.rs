//! Two tables: users, who are saved and found or not, and profiles with maps and lists, which get tags and are found by them.
//!
//! `AWS_ENDPOINT_URL_DYNAMODB` names a server, `AWS_REGION`, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` say who asks.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::collections::BTreeMap;

use orm_dynamodb::{Dynamo, ErrorKind, Item, Result};

#[derive(Item, Debug)]
#[item(table = "user", region = "us-west-1")]
struct User {
    #[item(hash_key)]
    email: String,
    name: String,
    age: u32,
}

#[derive(Item, Debug, Clone)]
#[item(table = "profile")]
struct Profile {
    #[item(hash_key)]
    user: String,
    #[item(default)]
    settings: BTreeMap<String, String>,
    #[item(default)]
    tags: Vec<String>,
    #[item(version)]
    version: u64,
}

impl Profile {
    /// Adds a tag, unless the profile has it.
    fn add_tag(&mut self, db: &Dynamo, tag: &str) -> Result<()> {
        let outcome = Self::update_key(db, &self.user, Self::tags.append([tag])).when(!Self::tags.contains(tag)).send();
        match outcome {
            Ok(changed) => *self = changed,
            Err(error) if error.kind() == ErrorKind::ConditionFailed => println!("{} is {tag} already", self.user),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The users with a tag.
    fn users_by_tag(db: &Dynamo, tag: &str) -> Result<Vec<String>> {
        let mut users = Self::scan(db).filter(Self::tags.contains(tag)).select(Self::user).all()?;
        users.sort();
        Ok(users)
    }
}

fn main() -> Result<()> {
    let db = Dynamo::from_env()?;
    users(&db)?;
    profiles(&db)?;
    println!("{} requests", db.numbers().requests);
    Ok(())
}

fn users(db: &Dynamo) -> Result<()> {
    if !User::exists(db)? {
        User::create_table(db).capacity(5, 5).wait()?;
    }
    let mut ann = User { email: "ann@example.com".into(), name: "Ann".into(), age: 30 };
    ann.save(db)?;
    for email in ["ann@example.com", "eve@example.com"] {
        match User::get_consistent(db, email)? {
            Some(user) => println!("{} is {}", user.name, user.age),
            None => println!("User not found"),
        }
    }
    ann.update(db, [User::age.add(1), User::name.set("Ann B.")])?;
    println!("{} is {} now", ann.name, ann.age);

    let mut twin = User { email: "ann@example.com".into(), name: "Another Ann".into(), age: 20 };
    match twin.put_if_absent(db) {
        Err(error) if error.kind() == ErrorKind::ConditionFailed => println!("{} is taken", twin.email),
        outcome => outcome?,
    }
    User::delete_table(db).wait()
}

fn profiles(db: &Dynamo) -> Result<()> {
    if let Err(error) = Profile::scan(db).all() {
        println!("before there is a table: {:?}", error.kind());
    }
    Profile::create_table(db).on_demand().wait()?;
    let settings = BTreeMap::from([("theme".to_owned(), "dark".to_owned())]);
    let mut ann = Profile { user: "ann".into(), settings, tags: vec!["reader".into()], version: 0 };
    let mut bob = Profile { user: "bob".into(), settings: BTreeMap::new(), tags: Vec::new(), version: 0 };
    ann.save(db)?;
    bob.save(db)?;

    let mut known = ann.clone();
    ann.add_tag(db, "writer")?;
    ann.add_tag(db, "writer")?;
    bob.add_tag(db, "reader")?;
    println!("readers: {}", Profile::users_by_tag(db, "reader")?.join(", "));
    println!("writers: {}", Profile::users_by_tag(db, "writer")?.join(", "));

    // Somebody who has not seen the tag does not overwrite it.
    known.settings.insert("theme".into(), "light".into());
    if let Err(error) = known.save(db) {
        println!("{:?}", error.kind());
        known.refresh(db)?;
        known.update(db, Profile::settings.key("theme").set("light"))?;
    }
    println!("{:?} {:?}", known.settings, known.tags);
    Profile::delete_table(db).wait()
}
