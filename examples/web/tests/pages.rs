//! The pages, as a browser asks for them.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod site;

use site::Site;

#[test]
fn somebody_joins_leaves_and_comes_back() {
    let site = Site::new();
    let mut ada = site.visitor();
    ada.get("/write").expect(303);
    let short = ada.post("/sign-up", &[("name", "ada"), ("password", "short")]);
    short.expect(422).shows("This needs at least 8 characters.").shows("value=\"ada\"");
    ada.post("/sign-up", &[("name", "a da!"), ("password", "correct horse")])
        .expect(422)
        .shows("This may have letters");
    ada.post("/sign-up", &[("name", "ada"), ("password", "correct horse")]).expect(303);
    ada.get("/").expect(200).shows("Sign out").shows("ada");
    ada.get("/write").expect(200);

    let mut other = site.visitor();
    other.post("/sign-up", &[("name", "ada"), ("password", "another one")]).expect(409).shows("This is taken already.");
    for (name, password) in [("ada", "another one"), ("nobody", "correct horse")] {
        let refused = other.post("/sign-in", &[("name", name), ("password", password)]);
        refused.expect(401).shows("The name or the password is wrong.");
    }
    let signed_in = other.post("/sign-in?next=/write", &[("name", "ada"), ("password", "correct horse")]).expect(303);
    assert_eq!(signed_in.location(), "/write");
    let cookie = signed_in.header("set-cookie");
    assert!(cookie.contains("; HttpOnly; SameSite=Lax; Path=/; Max-Age="), "{cookie}");

    ada.post("/sign-out", &[]).expect(303);
    assert_eq!(ada.get("/write").expect(303).location(), "/sign-in?next=/write");
    other.get("/write").expect(200);
    assert_eq!(site.count("sign_in"), 1);
}

#[test]
fn a_link_leads_to_no_other_site_after_the_sign_in() {
    let site = Site::new();
    site.member("ada");
    for next in ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"] {
        let form = [("name", "ada"), ("password", "correct horse")];
        assert_eq!(site.visitor().post(&format!("/sign-in?next={next}"), &form).expect(303).location(), "/", "{next}");
    }
}

#[test]
fn a_post_is_written_and_read() {
    let site = Site::new();
    site.visitor().get("/").expect(200).shows("The margin is still empty");
    let mut ada = site.member("ada");
    let place = ada.write("Looms & <b>Cards</b>", "One.\r\n\r\nTwo <script>", "Weaving, history, weaving");
    assert_eq!(place, "/posts/looms-b-cards-b");
    let page = site.visitor().get(&place).expect(200).shows("Looms &#38; &#60;b&#62;Cards").hides("<script>");
    page.shows("<p>One.</p><p>Two").shows(">history<").shows("No comments yet").shows("Sign in");
    ada.get(&place).shows("Edit").shows("Your comment");
    assert_eq!((site.count("post"), site.count("tag"), site.count("post_tag")), (1, 2, 2));
}

#[test]
fn what_is_wrong_is_said_at_the_field() {
    let site = Site::new();
    let mut ada = site.member("ada");
    let form = [("title", " "), ("body", "Kept"), ("tags", "c++")];
    ada.post("/write", &form).expect(422).shows("id=\"title-wrong\">This needs a letter or a digit.").shows("Kept");
    let form = [("title", "A title"), ("body", ""), ("tags", "c++")];
    let refused = ada.post("/write", &form).expect(422).shows("id=\"body-wrong\">This must not be empty.");
    refused.shows("id=\"tags-wrong\">This may have letters");
    ada.write("A title", "Text", "");
    ada.post("/write", &[("title", "A, title!"), ("body", "Text"), ("tags", "")])
        .expect(409)
        .shows("id=\"title-wrong\">This is taken");
    assert_eq!((site.count("post"), site.count("tag")), (1, 0));

    let refused = ada.post("/posts/a-title/comments", &[("text", "  ")]).expect(422);
    refused.shows("id=\"text-wrong\">This must not be empty.").shows("A title");
    assert_eq!(site.count("comment"), 0);
}

#[test]
fn an_edit_does_not_overwrite_another_one() {
    let site = Site::new();
    let mut ada = site.member("ada");
    let place = ada.write("Looms", "First", "old");
    let edit = format!("{place}/edit");
    ada.get(&edit).expect(200).shows("name=\"version\" value=\"1\"").shows("value=\"old\"");
    let form = |body, version| [("title", "Looms"), ("body", body), ("tags", "new"), ("version", version)];
    ada.post(&edit, &form("Second", "1")).expect(303);

    let conflict = ada.post(&edit, &form("Third", "1")).expect(409).shows("This post has changed meanwhile");
    conflict.shows("<p>Second</p>").shows(">Third</textarea>").shows("name=\"version\" value=\"2\"").shows("Save mine");
    ada.get(&place).shows("Second").hides("Third").shows("edited");
    ada.post(&edit, &form("Third", "2")).expect(303);
    ada.get(&place).shows("Third").shows(">new<").hides(">old<");
}

#[test]
fn a_post_belongs_to_its_author() {
    let site = Site::new();
    let place = site.member("ada").write("Looms", "First", "");
    let mut grace = site.member("grace");
    grace.get(&place).expect(200).hides("Edit");
    grace.get(&format!("{place}/edit")).expect(403).shows("This is not yours to change");
    let form = [("title", "Mine"), ("body", "now"), ("tags", ""), ("version", "1")];
    grace.post(&format!("{place}/edit"), &form).expect(403);
    for what in ["delete", "restore"] {
        grace.post(&format!("{place}/{what}"), &[]).expect(403);
        assert_eq!(
            site.visitor().post(&format!("{place}/{what}"), &[]).expect(303).location(),
            format!("/sign-in?next={place}/{what}")
        );
    }
    grace.get(&format!("{place}/history")).expect(403);
    grace.post(&format!("{place}/comments"), &[("text", "Nice <3")]).expect(303);
    site.visitor().get(&place).shows("1 comment").shows("Nice &#60;3").shows("grace").shows("First");
}

#[test]
fn search_takes_what_is_filled_in() {
    let site = Site::new();
    let mut ada = site.member("ada");
    ada.write("Looms", "Jacquard wove with cards", "weaving");
    ada.write("Engines", "Babbage read about LOOMS", "machines, weaving");
    site.member("grace").write("Compilers", "They weave, too", "machines");
    let mut visitor = site.visitor();
    let mut found = |query: &str, titles: &[&str]| {
        let page = visitor.get(&format!("/?{query}")).expect(200);
        let shown =
            ["Looms", "Engines", "Compilers"].into_iter().filter(|it| page.body.contains(&format!(">{it}</a></h2>")));
        assert_eq!(shown.collect::<Vec<_>>(), titles, "{query}");
    };
    found("q=&author=&tag=", &["Looms", "Engines", "Compilers"]);
    found("q=looms", &["Looms", "Engines"]);
    found("q=looms&tag=machines", &["Engines"]);
    found("author=grace", &["Compilers"]);
    found("author=grace&tag=weaving", &[]);
    found("q=100%25", &[]);
    visitor.get("/?q=nothing+at+all").shows("Nothing was found").shows("value=\"nothing at all\"");
    visitor.get("/?tag=weaving").shows("<option selected>weaving</option>").shows("<option>machines</option>");
}

#[test]
fn pages_go_on_where_the_last_one_ended() {
    let site = Site::new();
    let mut ada = site.member("ada");
    for number in 1..=14 {
        ada.write(&format!("Post {number:02}"), "Text", "all");
    }
    let (mut path, mut seen) = ("/?tag=all".to_owned(), Vec::new());
    loop {
        let page = ada.get(&path).expect(200);
        let titles = page.body.split("\">Post ").skip(1).map(|rest| rest[..2].to_owned());
        seen.extend(titles);
        let Some((_, rest)) = page.body.split_once("rel=\"next\" href=\"") else { break };
        path = rest.split_once('"').unwrap().0.replace("&amp;", "&");
        ada.write(&format!("Later {}", seen.len()), "Text", "all"); // shifts nothing
    }
    assert_eq!(seen, (1..=14).rev().map(|number| format!("{number:02}")).collect::<Vec<_>>());
    ada.get("/?after=nonsense").expect(400).shows("There is no such page");
}

#[test]
fn a_deleted_post_is_kept() {
    let site = Site::new();
    let mut ada = site.member("ada");
    let place = ada.write("Looms", "First", "weaving");
    ada.get("/deleted").expect(200).shows("Nothing here");
    assert_eq!(ada.post(&format!("{place}/delete"), &[]).expect(303).location(), "/deleted");
    ada.get(&place).expect(404).shows("There is nothing here");
    ada.get("/").hides("Looms").hides("weaving");
    ada.get("/deleted").shows("Looms");
    ada.post(&format!("{place}/comments"), &[("text", "Hello?")]).expect(404);
    assert_eq!((site.count("post"), site.count("comment")), (1, 0));
    ada.post(&format!("{place}/restore"), &[]).expect(303);
    ada.get(&place).expect(200).shows("First");
}

#[test]
fn changes_are_noted_with_their_author() {
    let site = Site::new();
    let mut ada = site.member("ada");
    let place = ada.write("Looms", "First", "");
    let form = [("title", "Looms again"), ("body", "First"), ("tags", ""), ("version", "1")];
    ada.post(&format!("{place}/edit"), &form).expect(303);
    let before = site.count("audit");
    ada.post(&format!("{place}/edit"), &form).expect(409);
    ada.post(&format!("{place}/comments"), &[("text", "")]).expect(422);
    assert_eq!(site.count("audit"), before, "what was rolled back is not noted");

    let page = ada.get(&format!("{place}/history")).expect(200).shows("<b>ada</b>");
    let page = page.shows("<td class=\"before\">Looms</td>").shows("<td class=\"after\">Looms again</td>");
    assert_eq!(page.body.matches("<li>").count(), 2);
    let secrets: Vec<String> =
        orm::sql("SELECT CAST(changes AS TEXT) FROM audit").all(&mut site.database.session()).unwrap();
    assert!(secrets.iter().all(|line| !line.contains("argon2")), "{secrets:?}");
}
