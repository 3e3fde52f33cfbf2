//! Which network a command is about, and with which keys: `--network`, `--from` and what goes with them.

use std::{
    env, fs,
    io::{self, BufRead, IsTerminal},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use cosmwasm_std::Addr;
use tequio_client::Deployed;
use tequio_rpc::{Connection, Keyring, Network, Rpc};
use tokio::runtime::Builder;
use zeroize::Zeroizing;

use crate::failure::Usage;

/// Networks that the binary knows.
const KNOWN: [(&str, &str); 3] = [
    ("local", include_str!("../../../scripts/networks/local.toml")),
    ("osmosis-testnet", include_str!("../../../scripts/networks/osmosis-testnet.toml")),
    ("neutron-testnet", include_str!("../../../scripts/networks/neutron-testnet.toml")),
];
/// What a deployment begins with whose windows are as short as the contracts take.
pub const SHORT: &str = include_str!("../../../scripts/networks/local.deploy.toml");
/// What deployments begin with on a network, unless told otherwise: on the local one, and on all others.
const PROFILES: [&str; 2] = [SHORT, include_str!("../../../scripts/networks/testnet.deploy.toml")];
/// Where everything of a user's is, unless told otherwise.
const HOME: &str = ".tequio";

/// Runs what waits for a network.
pub fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// Where keys are.
#[derive(Args, Clone, Debug)]
pub struct Keys {
    /// Folder of keys, networks and deployments; `TEQUIO_HOME`, or `~/.tequio`, if not given.
    #[arg(long)]
    home: Option<PathBuf>,
    /// How keys are kept: `file`, under a password, or `test`, for tests only, where anyone who reads the folder can spend.
    #[arg(long, value_enum, default_value_t = Kept::File)]
    keyring: Kept,
    /// Folder in which the keyring is, if that is not the home.
    #[arg(long)]
    keyring_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kept {
    File,
    Test,
}

impl Keys {
    pub fn home(&self) -> Result<PathBuf> {
        let given = self.home.clone().or_else(|| env::var_os("TEQUIO_HOME").map(PathBuf::from));
        match given {
            Some(home) => Ok(home),
            None => Ok(etcetera::home_dir().context("no home folder is known: give one with --home")?.join(HOME)),
        }
    }

    /// Opens the keyring. A password is asked for on the terminal, or is the first line of standard input where that is none.
    pub fn open(&self) -> Result<Keyring> {
        let folder = self.keyring_dir.clone().map_or_else(|| self.home(), Ok)?;
        match self.keyring {
            Kept::Test => Ok(Keyring::test(&folder)),
            Kept::File => Ok(Keyring::file(&folder, password(!Keyring::exists(&folder))?)?),
        }
    }
}

/// A password; twice where it is new.
fn password(new: bool) -> Result<Zeroizing<String>> {
    if !io::stdin().is_terminal() {
        let mut line = Zeroizing::new(String::new());
        io::stdin().lock().read_line(&mut line).context("cannot read the password from standard input")?;
        return Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()));
    }
    let ask =
        |prompt: &str| rpassword::prompt_password(prompt).map(Zeroizing::new).context("cannot ask for a password");
    if !new {
        return ask("Password of the keyring: ");
    }
    let first = ask("New password of the keyring (8 characters or more): ")?;
    if first == ask("The same again: ")? {
        return Ok(first);
    }
    Err(Usage::new("the passwords differ", "give the same twice").into())
}

/// A secret, asked for on the terminal without being shown, or a line of standard input where that is no terminal.
pub fn secret_line(prompt: &str) -> Result<Zeroizing<String>> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password(prompt).map(Zeroizing::new).context("cannot ask for a secret");
    }
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line).context("cannot read standard input")?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Asks whether to go on, unless that was said already.
pub fn confirm(yes: bool, question: &str) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Usage::new("nobody is here to say yes", "say it with --yes").into());
    }
    eprint!("{question} [y/N] ");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).context("cannot read standard input")?;
    ensure!(matches!(answer.trim(), "y" | "Y" | "yes"), "nothing was done");
    Ok(())
}

/// Which network, and through which endpoints.
#[derive(Args, Clone, Debug)]
pub struct OnNetwork {
    /// A network that is known (local, osmosis-testnet, neutron-testnet), one described in `networks/NAME.toml` of the home, or a file that describes one.
    #[arg(long, default_value = "local")]
    network: String,
    /// RPC endpoints instead of those that the network's description names; the first that answers is asked.
    #[arg(long, value_delimiter = ',')]
    node: Vec<String>,
    /// What is deployed; `deployments/NETWORK.json` in the home if not given.
    #[arg(long)]
    deployment: Option<PathBuf>,
    #[command(flatten)]
    pub keys: Keys,
}

impl OnNetwork {
    /// The network as it is described.
    pub fn network(&self) -> Result<Network> {
        let (text, place) = self.description()?;
        let mut network = Network::from_toml(&text).with_context(|| format!("{place} does not describe a network"))?;
        if !self.node.is_empty() {
            network.set_rpc(&self.node);
        }
        Ok(network)
    }

    fn description(&self) -> Result<(String, String)> {
        let name = &self.network;
        let read = |file: &Path| fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()));
        if name.ends_with(".toml") {
            return Ok((read(Path::new(name))?, name.clone()));
        }
        let own = self.keys.home()?.join("networks").join(format!("{name}.toml"));
        if own.exists() {
            return Ok((read(&own)?, own.display().to_string()));
        }
        match KNOWN.iter().find(|(known, _)| known == name) {
            Some((_, text)) => Ok(((*text).to_owned(), name.clone())),
            None => {
                let known = KNOWN.map(|(name, _)| name).join(", ");
                let help = format!("take one of {known}, name a .toml file, or describe it in {}", own.display());
                Err(Usage::new(format!("no network {name} is known"), help).into())
            }
        }
    }

    /// What a deployment on it begins with, unless told otherwise.
    pub fn profile(&self) -> &'static str {
        PROFILES[usize::from(self.network != "local")]
    }

    /// The file that says what is deployed.
    pub fn deployment(&self) -> Result<PathBuf> {
        let name = Path::new(&self.network).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let at = || Ok(self.keys.home()?.join("deployments").join(format!("{name}.json")));
        self.deployment.clone().map_or_else(at, Ok)
    }

    /// Reaches the network, with no key.
    pub async fn connect(&self) -> Result<Connection> {
        Connection::open(self.network()?).await
    }

    /// Reaches what is deployed on the network, with no key.
    pub async fn chain(&self) -> Result<Rpc> {
        let network = self.network()?;
        let Deployed { since, contracts, .. } = Deployed::read(&self.deployment()?, &network.chain_id)?;
        Ok(Rpc::new(Connection::open(network).await?, contracts, since))
    }
}

/// Which key signs.
#[derive(Args, Clone, Debug)]
pub struct Signed {
    /// Name of the key that signs and pays.
    #[arg(long)]
    from: String,
    #[command(flatten)]
    pub on: OnNetwork,
}

impl Signed {
    pub fn new(from: String, on: OnNetwork) -> Self {
        Self { from, on }
    }

    /// What the key is called.
    pub fn name(&self) -> &str {
        &self.from
    }

    /// Reaches the network with the key; its address.
    pub async fn connect(&self) -> Result<(Connection, Addr)> {
        let key = self.on.keys.open()?.key(&self.from)?;
        let mut connection = self.on.connect().await?;
        let address = connection.add(key)?;
        Ok((connection, address))
    }

    /// Reaches what is deployed on the network with the key; its address.
    pub async fn chain(&self) -> Result<(Rpc, Addr)> {
        let key = self.on.keys.open()?.key(&self.from)?;
        let mut chain = self.on.chain().await?;
        let address = chain.connection.add(key)?;
        Ok((chain, address))
    }
}

#[cfg(test)]
mod tests {
    use tequio_client::Profile;

    use super::*;

    #[test]
    fn every_network_and_profile_that_is_known_makes_sense() {
        for (name, text) in KNOWN {
            assert!(Network::from_toml(text).is_ok(), "{name}");
        }
        for text in PROFILES {
            Profile::from_toml(text).unwrap();
        }
    }
}
