//! Scenes: what needs a process of its own, which has to end by itself and without a panic.
//!
//! A file under `tests/` has a list of scenes, a test called `scene` that runs the one it is asked for, and a test for each database that
//! starts a process for each scene.

use std::env;
use std::process::Command;

use crate::harness::Harness;

const SCENE: &str = "ORM_TEST_SCENE";
const URL: &str = "ORM_TEST_SCENE_URL";

/// What happens in a process. It gets the URL of a database of its own.
pub type Scene = fn(&str);

/// Runs the scene that this process is for; nothing when the tests run.
///
/// # Panics
///
/// When the scene does.
pub fn run_named(scenes: &[(&str, Scene)]) {
    let (Ok(name), Ok(url)) = (env::var(SCENE), env::var(URL)) else { return };
    let (_, scene) = scenes.iter().find(|(title, _)| *title == name).unwrap();
    scene(&url);
}

/// Runs each scene in a process of the same program.
///
/// # Panics
///
/// When a process does not end well, or says that something panicked.
pub fn run_all<H: Harness>(scenes: &[(&str, Scene)]) {
    for (name, _) in scenes {
        let database = H::database("scene");
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", "scene", "--test-threads=1", "--nocapture"])
            .env(SCENE, name)
            .env(URL, database.url())
            .output()
            .unwrap();
        let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{name}: {:?}\n{error}\n{said}", output.status);
        assert!(!error.contains("panicked"), "{name}: {error}");
    }
}
