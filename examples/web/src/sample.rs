//! Some content to look at: `cargo run -p web -- --sample`.

use chrono::{TimeDelta, Utc};
use orm::BelongsTo;
use orm::prelude::*;

use crate::accounts;
use crate::models::{Comment, User};
use crate::posts::{self, Draft};
use crate::problem::Problem;

/// The password of both users.
pub const PASSWORD: &str = "margin notes";

/// A title, tags, the author's number, and the text.
const POSTS: &[(&str, &[&str], usize, &str)] = &[
    (
        "The first thing I ask of a queue",
        &["systems", "queues"],
        0,
        "A queue is a promise that somebody will come back to this later. The first thing I ask of one is therefore how long it is, \
         and the second is how long its oldest item has been waiting.\n\nThroughput tells you how busy the people behind the counter \
         are. Age tells you how the people in front of it feel. I have seen services with a splendid throughput whose oldest item \
         was from last Tuesday.\n\nSo: measure age, alarm on age, and let throughput be a line in a report.",
    ),
    (
        "Reading the query plan aloud",
        &["databases", "craft"],
        1,
        "When a query is slow I read its plan aloud, from the inside out, to whoever is near. It sounds silly. It works, because a \
         plan is a sentence and slow plans are bad sentences.\n\n“For each of two million rows, look whether its customer is in \
         this list” is a sentence that nobody would write down. Once you have heard it you know what to index.",
    ),
    (
        "Small commits, written for strangers",
        &["craft"],
        0,
        "The reader of a commit message is a stranger who has a bug and eleven minutes. They want to know why, for the what is in \
         the diff.\n\nI write the message before the change. If I cannot say in one line what the change is for, it is two changes.",
    ),
    (
        "A margin is not wasted space",
        &["books", "design"],
        1,
        "Old books have margins as wide as a thumb, because that is where the thumb goes. The text needs a place to be held by.\n\n\
         Programs are the same. The slack in a deadline, the spare connection in a pool, the empty line between two thoughts: take \
         them away, and there is nowhere left to hold the thing.",
    ),
    (
        "Time zones, a confession",
        &["databases", "time"],
        0,
        "For nine years I stored local times, because our customers were in one city. Then one of them moved.\n\nStore the moment \
         in UTC. If the wall clock matters, as for an alarm at seven, store the wall clock and the name of the zone as well. They \
         are different facts.",
    ),
    (
        "What the compiler is for",
        &["rust", "craft"],
        1,
        "I used to think that a compiler is there to make programs fast. Now I think it is there so that I can change a program \
         that I no longer remember.\n\nThe types are notes to myself. They are the only ones that I cannot forget to update.",
    ),
    (
        "On deleting things",
        &["databases", "design"],
        0,
        "Nobody wants a thing deleted. They want it gone from where they look. Most of the time a date in a column is what they \
         are asking for.\n\nWhen they do want it deleted they want it really deleted, backups included, and they have a lawyer.",
    ),
    (
        "Two people, one paragraph",
        &["databases", "design"],
        1,
        "Two people open the same page and both correct it. The one who saves last wins, and the other never learns of it. It is \
         the quietest way of losing work that I know.\n\nA number that counts the changes is enough. If it is another one than you \
         have read, you are told, and you may look before you save.",
    ),
];

const COMMENTS: &[(usize, usize, &str)] = &[
    (7, 0, "This happened to our whole wiki. The number that counts the changes was the cure."),
    (7, 1, "And showing both versions beside each other, which most programs forget."),
    (6, 1, "The lawyer is never far away."),
    (1, 0, "I tried it in the office. They look at me differently now, but the report takes two seconds."),
];

/// Two users and their posts, where there are no users yet.
///
/// # Errors
///
/// Those of the database.
pub fn fill(session: &mut Session) -> Result<(), Problem> {
    if User::query().exists(session)? {
        return Ok(());
    }
    let password = accounts::hash(PASSWORD)?;
    let user = |name: &str| User { name: name.into(), password: password.clone(), ..Default::default() };
    let users = session.add_all(["ada", "grace"].map(user));
    session.flush()?;
    let authors: Vec<i64> = users.iter().map(|&user| session[user].id).collect();
    let (mut posts, mut since) = (Vec::new(), Utc::now() - TimeDelta::days(41));
    for &(title, tags, author, body) in POSTS {
        let tags = tags.iter().copied().map(str::to_owned).collect();
        let post = posts::add(session, authors[author], Draft { title: title.into(), body: body.into(), tags })?;
        session[post].written_at = since.into();
        session[post].changed_at = since.into();
        posts.push(post);
        since += TimeDelta::hours(127);
    }
    for &(post, author, text) in COMMENTS {
        let written_at = (*session[posts[post]].written_at + TimeDelta::hours(5)).into();
        let (author, post) = (BelongsTo::key(authors[author]), posts[post].into());
        session.add(Comment { text: text.into(), written_at, author, post, ..Default::default() });
    }
    Ok(session.flush()?)
}
