//! The blog as somebody uses it, in a browser without a window.
//!
//! With `PICTURES=folder` it leaves pictures of the pages there.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "this is test code")]

mod driver;
#[path = "../site/mod.rs"]
mod site;

use driver::Browser;
use site::Site;
use tokio::net::TcpListener;

const WIDE: u32 = 1280;
const PHONE: u32 = 500;

/// Serves the site on a free port.
fn served(site: &Site) -> String {
    let listener = site.runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let service = site.service.clone();
    site.runtime.spawn(async move { axum::serve(listener, service).await });
    format!("http://{address}")
}

fn sign_in(browser: &Browser, root: &str, name: &str) {
    browser.open(&format!("{root}/sign-in"));
    browser.fill("[name=name]", name);
    browser.fill("[name=password]", web::sample::PASSWORD);
    browser.click("main .button");
    browser.wait_for("nav", name);
}

#[test]
fn somebody_reads_writes_and_searches() {
    let site = Site::new();
    let root = served(&site);
    let browser = Browser::start();
    browser.open(&root);
    browser.wait_for(".empty", "The margin is still empty");
    browser.picture("empty", WIDE);
    site.database.try_transaction(web::sample::fill).map_err(|problem| problem.title).unwrap();

    pages_go_on(&browser, &root);
    an_account_is_opened(&browser, &root);
    a_post_is_written(&browser, &root);
    an_edit_meets_another_one(&site, &browser, &root);
    a_comment_is_added(&browser, &root);
    posts_are_searched(&browser, &root);
    a_post_is_deleted_and_restored(&browser, &root);
    browser.open(&format!("{root}/posts/nowhere"));
    browser.wait_for("h1", "There is nothing here");
    browser.picture("not-found", WIDE);
}

fn pages_go_on(browser: &Browser, root: &str) {
    browser.open(root);
    browser.wait_for(".card h2", "Two people, one paragraph");
    browser.picture("list", WIDE);
    browser.picture("list-phone", PHONE);
    let first = browser.texts(".card h2");
    browser.click(".pager a");
    browser.wait_for("h1", "Earlier posts");
    let second = browser.texts(".card h2");
    assert_eq!((first.len(), second.len(), browser.texts(".pager").len()), (6, 2, 0));
    assert!(second.iter().all(|title| !first.contains(title)), "{first:?} {second:?}");
}

fn an_account_is_opened(browser: &Browser, root: &str) {
    browser.open(&format!("{root}/write"));
    browser.wait_for("h1", "Welcome back");
    browser.picture("sign-in", WIDE);
    browser.click("main .center a");
    browser.wait_for("h1", "Join");
    browser.fill("[name=name]", "ada");
    browser.fill("[name=password]", "short");
    browser.click("main .button");
    browser.wait_for(".wrong", "needs at least 8 characters");
    browser.picture("sign-up", WIDE);
    browser.fill("[name=name]", "mary");
    browser.fill("[name=password]", web::sample::PASSWORD);
    browser.click("main .button");
    browser.wait_for("h1", "Write a post");
    browser.click("nav form button");
    browser.wait_for("nav", "Join");
    sign_in(browser, root, "mary");
}

fn a_post_is_written(browser: &Browser, root: &str) {
    browser.open(&format!("{root}/write"));
    browser.fill("[name=title]", "On looms");
    browser.fill("[name=tags]", "weaving, history");
    browser.click("main .button");
    browser.wait_for("#body-wrong", "must not be empty");
    browser.picture("write", WIDE);
    assert_eq!(browser.property("[name=title]", "value"), "On looms");
    browser.fill("[name=body]", "The loom is the first machine that read.\n\nIt read holes, and wove roses.");
    browser.click("main .button");
    browser.wait_for("h1", "On looms");
    assert_eq!((browser.path().as_str(), browser.texts(".text p").len()), ("posts/on-looms", 2));
}

fn an_edit_meets_another_one(site: &Site, browser: &Browser, root: &str) {
    browser.open(&format!("{root}/posts/on-looms/edit"));
    browser.fill("[name=body]", "The loom is the first machine that read.\n\nIt read cards.");
    // Meanwhile, in another window:
    let mut elsewhere = site.visitor();
    elsewhere.post("/sign-in", &[("name", "mary"), ("password", web::sample::PASSWORD)]).expect(303);
    let form = [
        ("title", "On looms"),
        ("body", "The loom came first.\n\nCards came later."),
        ("tags", "weaving"),
        ("version", "1"),
    ];
    elsewhere.post("/posts/on-looms/edit", &form).expect(303);

    browser.click("main .actions .button");
    browser.wait_for(".notice", "This post has changed meanwhile");
    browser.picture("conflict", WIDE);
    browser.wait_for(".other", "Cards came later.");
    assert!(browser.property("[name=body]", "value").ends_with("It read cards."));
    browser.click("main .compose .button");
    browser.wait_for(".text", "It read cards.");
    browser.open(&format!("{root}/posts/on-looms/history"));
    browser.wait_for(".history", "Cards came later.");
    browser.picture("history", WIDE);
}

fn a_comment_is_added(browser: &Browser, root: &str) {
    browser.open(&format!("{root}/posts/two-people-one-paragraph"));
    browser.fill("[name=text]", "So that is what the number is for.");
    browser.click(".comments .button");
    browser.wait_for(".comments h2", "3 comments");
    browser.wait_for(".comment", "So that is what the number is for.");
    browser.picture("post", WIDE);
    browser.picture("post-phone", PHONE);
}

fn posts_are_searched(browser: &Browser, root: &str) {
    browser.open(root);
    browser.fill("[name=q]", "LOOM");
    browser.click(".search .button");
    browser.wait_for("h1", "“LOOM” in posts");
    assert_eq!(browser.texts(".card h2"), ["On looms"]);
    browser.picture("search", WIDE);
    browser.fill("[name=author]", "grace");
    browser.click(".search .button");
    browser.wait_for(".empty", "Nothing was found");
    browser.click(".clear a");
    browser.click(".card .chip");
    browser.wait_for("h1", "Posts about");
}

fn a_post_is_deleted_and_restored(browser: &Browser, root: &str) {
    browser.open(&format!("{root}/posts/on-looms"));
    browser.click(".danger");
    browser.wait_for(".card", "On looms");
    browser.picture("deleted", WIDE);
    browser.open(root);
    browser.wait_for(".card h2", "Two people, one paragraph");
    assert!(!browser.texts(".card h2").contains(&"On looms".to_owned()));
    browser.open(&format!("{root}/deleted"));
    browser.click(".card .button");
    browser.wait_for("h1", "On looms");
}
