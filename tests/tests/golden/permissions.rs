//! Who may send what: every message that a schema lists, the permission written on it, case by case where its content
//! decides, and what somebody without any role is told who sends it nevertheless.

use std::fmt::Write;

use cosmwasm_std::{Addr, from_json, to_json_string};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use tequio_client::{Contract, Message};
use tequio_embedded::{Embedded, Setup};
use tequio_protocol::{Permission, Permissioned, arbiter, escrow, registry, rewards, verifier};
use tequio_tests::schema::{Case, cases};

use crate::golden;

#[test]
fn permissions_are_pinned() {
    let chain = Embedded::new(&Setup::default()).expect("the default setup");
    let mut text = String::new();
    list::<registry::ExecuteMsg>(Contract::Registry, &chain, &mut text);
    list::<verifier::ExecuteMsg>(Contract::Verifier, &chain, &mut text);
    list::<arbiter::ExecuteMsg>(Contract::Arbiter, &chain, &mut text);
    list::<rewards::ExecuteMsg>(Contract::Rewards, &chain, &mut text);
    list::<escrow::ExecuteMsg>(Contract::Escrow, &chain, &mut text);
    golden("tests/golden/permissions.txt", &text);
}

fn list<M>(contract: Contract, chain: &Embedded, text: &mut String)
where
    M: JsonSchema + Serialize + DeserializeOwned + Permissioned + Into<Message>,
{
    let outsider = chain.actor("outsider");
    for Case { name, choice, message } in cases::<M>() {
        let permission = message.permission();
        let told = match permission {
            Permission::Anyone => String::new(),
            _ => refusal(chain, &outsider, of(&outsider, &message)),
        };
        let case = choice.map(|(path, word)| format!("{path}={word}: ")).unwrap_or_default();
        let line = format!("{contract:8} {name:16} {case}{permission:13} {told}", permission = permission.to_string());
        writeln!(text, "{}", line.trim_end()).expect("a string takes it");
    }
}

/// The message with `provider` where it names one: the plainest names nobody.
fn of<M: Serialize + DeserializeOwned>(provider: &Addr, message: &M) -> M {
    let json = to_json_string(message).expect("a message is JSON");
    let json = json.replace(r#""provider":"""#, &format!(r#""provider":"{provider}""#));
    from_json(json).expect("as it was written")
}

/// What `sender` is told.
fn refusal(chain: &Embedded, sender: &Addr, message: impl Into<Message>) -> String {
    let token = chain.deployment().token.clone();
    let error = chain.send(sender, message, 0).expect_err("nobody's message was taken");
    let text = error.root_cause().to_string();
    text.replace(sender.as_str(), "{outsider}").replace(token.as_str(), "{token}")
}
