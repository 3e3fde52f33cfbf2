//! The commands on a real chain: `scripts/localnet/test` starts one and runs these.

mod harness;

use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tequio_backend::cpu::Cpu;
use tequio_client::{Chain, Deployed, data::Store, flow};
use tequio_embedded::Setup;
use tequio_protocol::{JobId, registry::Metadata, verifier};
use tequio_rpc::{Connection, Key, Keyring, Network, PATH, Rpc};
use tequio_runner::Provider;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Everything of one test's: it shares nothing with others but the chain.
struct Scene {
    home: tempfile::TempDir,
    node: String,
    keys: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let node = env::var("TEQUIO_LOCALNET").unwrap_or("http://127.0.0.1:26657".into());
        let keys =
            env::var("TEQUIO_LOCALNET_KEYS").map_or(Path::new(ROOT).join("target/localnet/chain/keys"), Into::into);
        Self { home: tempfile::tempdir().unwrap(), node, keys }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The binary, with this scene's folders; `from` signs.
    fn command(&self, arguments: &[&str], from: Option<&str>) -> Command {
        let mut command = harness::command(arguments);
        command.arg("--home").arg(self.home.path()).args(["--node", &self.node]);
        if let Some(from) = from {
            command.args(["--from", from]).args(["--keyring", "test", "--keyring-dir"]).arg(&self.keys);
        }
        command.current_dir(ROOT).env("TEQUIO_STORE", self.path("store")).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str], from: Option<&str>) -> Output {
        self.command(arguments, from).output().unwrap()
    }

    fn json(&self, arguments: &[&str], from: Option<&str>) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat(), from);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn refusal(&self, arguments: &[&str], from: Option<&str>) -> String {
        let output = self.run(arguments, from);
        assert!(!output.status.success(), "{arguments:?} was accepted");
        String::from_utf8(output.stderr).unwrap()
    }

    fn deploy(&self) -> Value {
        self.json(&["chain", "deploy"], Some("governance"))
    }

    /// What is deployed, with the keys of these test accounts.
    async fn chain(&self, names: &[&str]) -> Rpc {
        let mut network = Network::from_toml(include_str!("../../../scripts/networks/local.toml")).unwrap();
        network.set_rpc(std::slice::from_ref(&self.node));
        let deployed = Deployed::read(&self.path("deployments/local.json"), &network.chain_id).unwrap();
        let mut connection = Connection::open(network).await.unwrap();
        let ring = Keyring::test(&self.keys);
        for name in names {
            connection.add(ring.key(name).unwrap()).unwrap();
        }
        Rpc::new(connection, deployed.contracts, deployed.since)
    }

    fn post(&self, items: usize, more: &[&str]) -> Value {
        let inputs = self.path("inputs.npy");
        let images = tequio_models::digits().inputs;
        harness::write_npy(&inputs, "|i1", &format!("({items}, 8, 8, 1)"), &images[..items * 64]);
        let (program, inputs) = (harness::digits("digits.tosa"), inputs.display().to_string());
        let plain = ["job", "post", &program, "--inputs", &inputs, "--price", "1000", "--draws", "16", "--yes"];
        self.json(&[&plain, more].concat(), Some("client"))
    }

    /// Takes shards of a job, and sees to it that they are paid.
    async fn work(&self, name: &str, job: JobId, counts: &[u64]) {
        let chain = self.chain(&[name]).await;
        let address = Keyring::test(&self.keys).show(name, "wasm").unwrap().address;
        let address = cosmwasm_std::Addr::unchecked(address);
        let stake = 1_000_000_000u128.into();
        let metadata = Metadata { moniker: name.into(), ..Metadata::default() };
        flow::register(&chain, &address, &[], metadata, stake, stake).await.unwrap();
        let store = Store::open(&self.path("store").display().to_string(), []).unwrap();
        let mut provider = Provider::new(&chain, store, Arc::new(Cpu::default()), address.clone(), address.clone());
        let next: Vec<_> = counts.iter().map(|count| (job, *count, 1)).collect();
        let beacon = Setup::default().beacon();
        provider.turn(|round| beacon.sign(round), &next).await.unwrap();
        assert_eq!(provider.attest_turn().await.unwrap(), counts.len());
        // Two blocks later the clock decides the round.
        for _ in 0..3 {
            chain.connection.next_block().await.unwrap();
        }
        chain.execute(&address, verifier::ExecuteMsg::Tick {}).await.unwrap();
        let mut ended = 0;
        while ended < counts.len() {
            tokio::time::sleep(Duration::from_secs(3)).await;
            ended += provider.turn(|round| beacon.sign(round), &[]).await.unwrap().ended.len();
        }
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Reads what a deployment says until it said so many lines.
fn lines(child: &mut Child, count: usize) -> usize {
    let stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.lines().take(count).map_while(Result::ok).count()
}

#[test]
fn a_deployment_that_is_cut_off_goes_on_and_nothing_is_done_twice() {
    let scene = Scene::new();
    let before = codes(&scene);
    for (cut, after) in [(1, 0), (3, 900), (5, 300), (7, 1_200), (9, 700), (12, 1_100)] {
        let mut child = scene.command(&["chain", "deploy"], Some("governance")).stderr(Stdio::piped()).spawn().unwrap();
        // One line says that it goes on.
        lines(&mut child, if cut == 1 { 1 } else { 3 });
        thread::sleep(Duration::from_millis(after));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!scene.path("deployments/local.json").exists(), "{cut}");
    }
    let made = scene.deploy();
    assert_eq!(codes(&scene) - before, 6, "each code is stored once");
    let addresses: BTreeSet<&str> =
        made["deployed"]["contracts"].as_object().unwrap().values().filter_map(Value::as_str).collect();
    assert_eq!(addresses.len(), 8, "six contracts, governance and a denom");
    scene.json(&["chain", "verify"], None);
    assert!(!scene.path("deployments/local.json.partial").exists());
    assert!(scene.refusal(&["chain", "deploy"], Some("governance")).contains("there is a deployment"));
    let strangers = scene.run(&["chain", "verify", "--owner", "wasm1nobody"], None);
    assert_eq!(strangers.status.code(), Some(1));
    let beacon = ["chain", "verify", "--profile", "scripts/networks/testnet.deploy.toml", "--json"];
    let quicknet = scene.run(&beacon, None);
    assert_eq!(quicknet.status.code(), Some(1), "it has another beacon");
    let migrated = scene.json(&["chain", "migrate"], Some("governance"));
    assert_eq!(migrated, Value::Array(vec![]), "every contract has this version's code");
}

/// How many codes are stored on the chain.
fn codes(scene: &Scene) -> u64 {
    block_on(async {
        let mut network = Network::from_toml(include_str!("../../../scripts/networks/local.toml")).unwrap();
        network.set_rpc(std::slice::from_ref(&scene.node));
        let connection = Connection::open(network).await.unwrap();
        let mut count = 0;
        while connection.code(count + 1).await.is_ok() {
            count += 1;
        }
        count
    })
}

#[test]
fn a_deployment_is_handed_over_in_the_end() {
    let scene = Scene::new();
    let show =
        harness::command(&["key", "show", "alice", "--keyring", "test", "--keyring-dir"]).arg(&scene.keys).output();
    let alice = String::from_utf8(show.unwrap().stdout).unwrap().trim().to_owned();
    let deploy = ["chain", "deploy", "--owner", &alice, "--admin", "nobody"];
    let made = scene.json(&deploy, Some("governance"));
    assert_eq!(made["accept"].as_array().unwrap().len(), 4);
    // As if it had been cut off while it was handed over: nothing of that is done twice.
    let deployed = fs::read(scene.path("deployments/local.json")).unwrap();
    let is: Value = serde_json::from_slice(&deployed).unwrap();
    let begun = json!({
        "chain_id": is["chain_id"],
        "deployer": is["contracts"]["governance"],
        "profile": tequio_rpc::sha256(include_bytes!("../../../scripts/networks/local.deploy.toml")),
        "since": is["since"],
        "sequence": 0,
        "until": 0,
    });
    fs::write(scene.path("deployments/local.json.partial"), begun.to_string()).unwrap();
    let again = scene.json(&deploy, Some("governance"));
    assert_eq!(again["accept"], made["accept"]);
    assert_eq!(fs::read(scene.path("deployments/local.json")).unwrap(), deployed);
    let found = scene.run(&["chain", "verify", "--admin", "nobody"], None);
    let text = String::from_utf8(found.stdout).unwrap();
    assert_eq!(text.matches("✗").count(), 4, "alice has not accepted yet: {text}");
    assert!(scene.refusal(&["chain", "verify"], None).contains("checks found something else"));
}

/// Outputs as floats and labels, by scales that a user names.
fn labels(scene: &Scene, job: &str) {
    let digits: Vec<String> = (0..10).map(|digit| format!("a {digit}")).collect();
    let quantised = json!({"scale": 0.5, "zero_point": -128});
    let output = json!({"name": "y", "called": "y", "ty": "4x10xint8", "quantised": quantised, "labels": digits});
    let (file, folder) = (scene.path("scales.json"), scene.path("floats"));
    fs::write(&file, json!({"program": "", "inputs": [], "outputs": [output]}).to_string()).unwrap();
    let [file, into] = [&file, &folder].map(|path| path.to_str().unwrap());
    let fetch = ["job", "fetch", job, "--output", into, "--scales", file, "--floats", "--labels"];
    let fetched = scene.json(&fetch, None);
    let expected = tequio_models::digits().outputs;
    let scores = |item: usize| expected[10 * item..][..10].iter().map(|score| *score as i8);
    let told = fetched["labels"].as_array().unwrap();
    assert_eq!(told.len(), 28);
    for (item, label) in told.iter().enumerate() {
        let best = scores(item).max().unwrap();
        let digit = scores(item).position(|score| score == best).unwrap();
        let score = 0.5 * (f64::from(best) + 128.0);
        assert_eq!(label, &json!({"item": item, "label": format!("a {digit}"), "score": score}));
    }
    let second = fs::read(folder.join("output0.3-6.npy")).unwrap();
    let floats = second[second.len() - 640..].chunks(4).map(|word| f32::from_le_bytes(word.try_into().unwrap()));
    assert!(floats.eq((12..28).flat_map(scores).map(|score| 0.5 * (f32::from(score) + 128.0))));
}

#[test]
fn a_client_posts_watches_fetches_and_gets_back_what_nobody_took() {
    let scene = Scene::new();
    scene.deploy();
    // 10 shards of 4 images.
    let posted = scene.post(40, &["--audit-window", "0s"]);
    let job = posted["job"].to_string();
    assert_eq!(posted["terms"]["shards"], 10);
    assert_eq!(posted["terms"]["settled_within"], 3_600 + 30 + 120);
    block_on(scene.work("alice", JobId(posted["job"].as_u64().unwrap()), &[3, 4]));

    let shown = scene.json(&["job", "show", &job], None);
    assert_eq!((&shown["job"]["settled"], &shown["job"]["free"]), (&7.into(), &3.into()));
    assert_eq!(shown["assignments"][0]["state"], "ended: settled");
    assert_eq!(scene.json(&["job", "list", "--open"], None).as_array().unwrap().len(), 1);

    let folder = scene.path("outputs");
    let fetched = scene.json(&["job", "fetch", &job, "--output", folder.to_str().unwrap()], None);
    assert_eq!(fetched["missing"], Value::Array(vec![]));
    let first = fs::read(folder.join("output0.0-2.npy")).unwrap();
    let expected = tequio_models::digits().outputs;
    assert_eq!(first[first.len() - 120..], expected[..120], "12 images, 10 classes each");
    let second = fs::read(folder.join("output0.3-6.npy")).unwrap();
    assert_eq!(second[second.len() - 160..], expected[120..280]);

    labels(&scene, &job);
    receipt(&scene, &job);

    // What a store serves is checked: the second assignment's outputs are changed there.
    let outputs = fs::read_dir(scene.path("store/outputs")).unwrap().map(|file| file.unwrap().path());
    let index = fs::read_to_string(outputs.max_by_key(|file| fs::metadata(file).unwrap().modified().unwrap()).unwrap())
        .unwrap();
    let index: Value = serde_json::from_slice(&fs::read(scene.path("store").join(index)).unwrap()).unwrap();
    let part = scene.path("store").join(index["parts"][0].as_str().unwrap());
    let mut bytes = fs::read(&part).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&part, bytes).unwrap();
    let again = scene.path("again");
    let fetched = scene.json(&["job", "fetch", &job, "--output", again.to_str().unwrap()], None);
    assert_eq!(fetched["files"].as_array().unwrap().len(), 1, "what is whole is kept");
    assert!(fetched["missing"][0]["why"].as_str().unwrap().contains("holds other data"), "{fetched}");

    let topped = scene.json(&["job", "top-up", &job, "--price", "1500"], Some("client"));
    assert_eq!(topped["amount"], "1500");
    let refused = scene.refusal(&["job", "refund", &job, "--shards", "1"], Some("bob"));
    assert!(refused.contains("belongs to"), "{refused}");
    let refunded = scene.json(&["job", "refund", &job], Some("client"));
    assert_eq!(refunded["amount"], "4500");
    assert_eq!(scene.json(&["job", "withdraw"], Some("client"))["amount"], "4500");
    assert_eq!(scene.json(&["job", "withdraw"], Some("client"))["amount"], "0");
    scene.json(&["chain", "verify"], None);
}

/// A receipt is checked without a chain, and shows nothing else once a byte of it is another.
fn receipt(scene: &Scene, job: &str) {
    let assignment = scene.json(&["job", "show", job], None)["assignments"][1]["id"].to_string();
    let file = scene.path("receipt.json");
    scene.json(&["receipt", "export", &assignment, "--output", file.to_str().unwrap()], None);
    let verify = |file: &Path| harness::tequio(&["receipt", "verify", file.to_str().unwrap(), "--json"]);
    let shown = verify(&file);
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    let says: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&says["first"], &says["count"], &says["draws"]), (&3.into(), &4.into(), &16.into()));
    let deployed: Value = serde_json::from_slice(&fs::read(scene.path("deployments/local.json")).unwrap()).unwrap();
    assert!(says["verifier"].is_string());
    assert_eq!(says["verifier"], deployed["contracts"]["verifier"]);

    let (text, changed) = (fs::read(&file).unwrap(), scene.path("changed.json"));
    let mut refused = 0;
    for at in (0..text.len()).step_by(text.len() / 150) {
        let mut other = text.clone();
        other[at] = match other[at] {
            b'0'..=b'8' | b'a'..=b'y' | b'A'..=b'Y' => other[at] + 1,
            _ => continue,
        };
        fs::write(&changed, &other).unwrap();
        let verified = verify(&changed);
        // What nothing depends on, such as a validator's turn to propose, may be anything.
        if verified.status.success() {
            assert_eq!(verified.stdout, shown.stdout, "byte {at}");
        } else {
            refused += 1;
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn two_processes_may_have_one_key() {
    let scene = Scene::new();
    scene.deploy();
    scene.post(4, &[]);
    let inputs = scene.path("inputs.npy").display().to_string();
    let program = harness::digits("digits.tosa");
    let post = ["job", "post", &program, "--inputs", &inputs, "--price", "1000", "--yes", "--json"];
    let children: Vec<Child> = (0..4)
        .map(|_| scene.command(&post, Some("client")).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    let jobs: BTreeSet<u64> = children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            serde_json::from_slice::<Value>(&output.stdout).unwrap()["job"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(jobs, (2..=5).collect());

    let store = scene.path("unsaid").display().to_string();
    let unsaid = [&post[..7], &["--store", &store]].concat();
    assert!(scene.refusal(&unsaid, Some("client")).contains("nobody is here to say yes"));
    assert!(
        !fs::exists(&store).unwrap() || fs::read_dir(&store).unwrap().count() == 0,
        "nothing is stored before that"
    );
}

#[test]
fn what_cannot_be_is_said_in_words() {
    let scene = Scene::new();
    let none = scene.refusal(&["chain", "verify"], None);
    assert!(none.contains("there is no deployment on tequio-local"), "{none}");
    scene.deploy();

    let file = scene.path("deployments/local.json");
    let elsewhere = fs::read_to_string(&file).unwrap().replace("tequio-local", "elsewhere-1");
    fs::write(scene.path("elsewhere.json"), elsewhere).unwrap();
    let other = scene.path("elsewhere.json").display().to_string();
    let found = scene.refusal(&["chain", "verify", "--deployment", &other], None);
    assert!(found.contains("is a deployment on elsewhere-1, not on tequio-local"), "{found}");

    let unknown = scene.refusal(&["job", "show", "77"], None);
    assert!(unknown.contains("no job 77"), "{unknown}");
    let poor = Key::recover(&Key::words(), PATH).unwrap();
    Keyring::test(scene.home.path()).add("poor", &poor).unwrap();
    let mut command = harness::command(&["job", "withdraw", "--from", "poor", "--keyring", "test"]);
    command.arg("--home").arg(scene.home.path()).args(["--node", &scene.node]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "nothing is owed, so nothing is sent");
    let mut command = harness::command(&["job", "refund", "1", "--from", "poor", "--keyring", "test"]);
    command.arg("--home").arg(scene.home.path()).args(["--node", &scene.node]);
    let said = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(said.contains("does not exist"), "{said}");

    let toml = include_str!("../../../scripts/networks/local.toml").replace("\"tequio-local\"", "\"other-1\"");
    fs::write(scene.path("other.toml"), toml).unwrap();
    let network = scene.path("other.toml").display().to_string();
    let mut command = harness::command(&["chain", "verify", "--network", &network, "--deployment", &other]);
    command.arg("--home").arg(scene.home.path()).args(["--node", &scene.node]);
    let said = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(said.contains("is a deployment on elsewhere-1, not on other-1"), "{said}");
    let elsewhere = fs::read_to_string(&file).unwrap().replace("tequio-local", "other-1");
    fs::write(scene.path("other.json"), elsewhere).unwrap();
    let other = scene.path("other.json").display().to_string();
    let mut command = harness::command(&["chain", "verify", "--network", &network, "--deployment", &other]);
    command.arg("--home").arg(scene.home.path()).args(["--node", &scene.node]);
    let said = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(said.contains("serves tequio-local, not other-1"), "{said}");
}

#[test]
fn the_demo_tells_its_story_on_a_real_chain() {
    let scene = Scene::new();
    let cast = "honest=2,saboteur=1,hoarder=1";
    let told = scene.json(&["demo", "--providers", cast], Some("client"));
    assert_eq!(told["broken"], Value::Array(vec![]));
    let job = &told["jobs"][0];
    assert_eq!(job["settled"], job["shards"], "{job}");
    let verdict = |at: usize| told["providers"][at]["verdicts"][0].as_str().unwrap();
    // Whoever is first takes again what the saboteur lost: once or twice.
    assert!(verdict(0).ends_with("genuine") && verdict(1).ends_with("genuine"), "{}, {}", verdict(0), verdict(1));
    assert!(verdict(2).starts_with("refuted by the client"), "{}", verdict(2));
    assert!(verdict(3).contains("had to demand"), "{}", verdict(3));
    assert!(told["conservation"].as_array().unwrap().iter().all(|equation| equation["holds"] == true));
    let transactions = told["transactions"].as_array().unwrap();
    assert!(!transactions.is_empty() && transactions.iter().all(|sent| sent["gas"].as_u64() > Some(0)), "{told}");
}
