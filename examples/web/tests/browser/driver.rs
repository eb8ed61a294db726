//! A browser without a window, by the WebDriver protocol.

use std::env;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use ureq::Agent;

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(60);

/// The name of an element's id in answers.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub(crate) struct Browser {
    driver: Child,
    /// Kept, because the driver goes on to write there.
    _output: BufReader<ChildStdout>,
    agent: Agent,
    session: String,
}

impl Browser {
    pub(crate) fn start() -> Self {
        let program = find().expect(
            "no driver of a browser on this machine: install one (`apt-get install chromium chromium-driver`), or name a chromedriver in \
             CHROMEDRIVER",
        );
        let mut driver = Command::new(program).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(driver.stdout.take().unwrap());
        let port = output
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse::<u16>().ok());
        let config = Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build();
        let arguments =
            ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"];
        let options = json!({"goog:chromeOptions": {"args": arguments}});
        let root = format!("http://127.0.0.1:{}/session", port.expect("the driver tells its port"));
        let mut browser = Self { driver, _output: output, agent: config.into(), session: root };
        let session = browser.post("", &json!({"capabilities": {"alwaysMatch": options}}));
        browser.session = format!("{}/{}", browser.session, session["sessionId"].as_str().unwrap());
        browser
    }

    pub(crate) fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    pub(crate) fn path(&self) -> String {
        let url = self.get("/url");
        url.as_str().unwrap().splitn(4, '/').nth(3).unwrap_or_default().to_owned()
    }

    pub(crate) fn click(&self, css: &str) {
        self.post(&format!("/element/{}/click", self.element(css)), &json!({}));
    }

    /// Replaces what a field has.
    pub(crate) fn fill(&self, css: &str, text: &str) {
        let element = self.element(css);
        self.post(&format!("/element/{element}/clear"), &json!({}));
        self.post(&format!("/element/{element}/value"), &json!({"text": text}));
    }

    pub(crate) fn property(&self, css: &str, name: &str) -> String {
        let value = self.get(&format!("/element/{}/property/{name}", self.element(css)));
        value.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn texts(&self, css: &str) -> Vec<String> {
        let found = self.post("/elements", &json!({"using": "css selector", "value": css}));
        let ids = found.as_array().unwrap().iter().map(|it| it[ELEMENT].as_str().unwrap().to_owned());
        ids.map(|id| self.get(&format!("/element/{id}/text")).as_str().unwrap().to_owned()).collect()
    }

    /// Waits until one of these elements shows the text.
    #[track_caller]
    pub(crate) fn wait_for(&self, css: &str, text: &str) {
        let since = Instant::now();
        loop {
            // Elements may go while the next page comes.
            let script = "return [...document.querySelectorAll(arguments[0])].map(it => it.innerText)";
            let shown = self.post("/execute/sync", &json!({"script": script, "args": [css]}));
            if shown.as_array().unwrap().iter().any(|it| it.as_str().unwrap_or_default().contains(text)) {
                return;
            }
            assert!(since.elapsed() < PATIENCE, "`{text}` did not appear in {css}: {shown}");
            sleep(Duration::from_millis(20));
        }
    }

    /// A picture of the whole page, in the folder that PICTURES names, if it does.
    pub(crate) fn picture(&self, name: &str, width: u32) {
        let Some(folder) = env::var_os("PICTURES") else { return };
        let rect = |height| json!({"width": width, "height": height});
        self.post("/window/rect", &rect(800));
        let height =
            self.post("/execute/sync", &json!({"script": "return document.documentElement.scrollHeight", "args": []}));
        self.post("/window/rect", &rect(height.as_u64().unwrap().max(800) + 150));
        let png = BASE64_STANDARD.decode(self.get("/screenshot").as_str().unwrap()).unwrap();
        std::fs::write(PathBuf::from(folder).join(format!("{name}.png")), png).unwrap();
    }

    fn element(&self, css: &str) -> String {
        let found = self.post("/element", &json!({"using": "css selector", "value": css}));
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    fn get(&self, path: &str) -> Value {
        value(self.agent.get(format!("{}{path}", self.session)).call().unwrap().body_mut().read_json().unwrap())
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        value(
            self.agent.post(format!("{}{path}", self.session)).send_json(body).unwrap().body_mut().read_json().unwrap(),
        )
    }
}

fn value(mut answer: Value) -> Value {
    let value = answer["value"].take();
    assert!(value.get("error").is_none(), "the browser says {value}");
    value
}

fn find() -> Option<PathBuf> {
    let named = env::var_os("CHROMEDRIVER").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::var_os("CHROMEWEBDRIVER").map(PathBuf::from).into_iter().chain(env::split_paths(&path));
    named.or_else(|| folders.map(|folder| folder.join("chromedriver")).find(|program| program.is_file()))
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ended = self.agent.delete(&self.session).call();
        let _killed = self.driver.kill();
        let _status = self.driver.wait();
    }
}
