//! Transactions go in once, or it is said that they did not, whatever nodes do.

mod node;

use std::net::TcpListener;

use cosmrs::Any;
use cosmwasm_std::Addr;
use node::{Answer, Node};
use tequio_rpc::{Connection, EndpointError, Included, Key, Named, Network, PATH, SendError};

const WORDS: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

fn network(urls: &[&str]) -> Network {
    let mut network = Network::from_toml(include_str!("../../../scripts/networks/local.toml")).unwrap();
    network.set_rpc(&urls.iter().map(ToString::to_string).collect::<Vec<_>>());
    network
}

async fn send(urls: &[&str]) -> anyhow::Result<Included> {
    let mut connection = Connection::open(network(urls)).await?;
    let sender: Addr = connection.add(Key::recover(WORDS, PATH)?)?;
    let any = Any { type_url: "/tequio.Test".into(), value: vec![1] };
    connection.send(&sender, vec![Named { name: "escrow post".into(), any }]).await
}

async fn refused(node: &Node) -> SendError {
    let error = send(&[&node.url]).await.unwrap_err();
    error.downcast_ref::<SendError>().unwrap_or_else(|| panic!("{error:?}")).clone()
}

/// Sends one transaction through a node with this script. What was handed in, and what is in blocks.
async fn through(script: &[Answer]) -> (Included, usize, Vec<Vec<u8>>) {
    let node = Node::new(script);
    let included = send(&[&node.url]).await.unwrap();
    (included, node.with(|state| state.handed.len()), node.included())
}

#[tokio::test]
async fn what_is_taken_is_in_a_block_once() {
    let (included, handed, blocks) = through(&[]).await;
    assert_eq!((handed, blocks.len(), included.messages), (1, 1, vec!["escrow post".to_owned()]));
}

#[tokio::test]
async fn an_answer_that_is_lost_sends_nothing_twice() {
    for second in [Answer::Cached, Answer::Code(19), Answer::Code(32)] {
        let (_, handed, blocks) = through(&[Answer::Lost, second.clone()]).await;
        assert_eq!((handed, blocks.len()), (2, 1), "{second:?}");
    }
}

#[tokio::test]
async fn what_was_overtaken_is_made_anew() {
    let node = Node::new(&[Answer::Overtaken, Answer::Overtaken]);
    send(&[&node.url]).await.unwrap();
    let handed = node.with(|state| state.handed.clone());
    assert_eq!(handed.len(), 3);
    assert_eq!(node.included(), handed[2..]);
}

/// The endpoint gave no answer and had not taken it, and another's transaction went in: it is made anew only once the first
/// can be in no block.
#[tokio::test]
async fn what_may_have_been_taken_is_made_anew_when_it_cannot_be_any_more() {
    let node = Node::new(&[Answer::Dropped, Answer::Overtaken]);
    let included = send(&[&node.url]).await.unwrap();
    assert_eq!(node.included().len(), 1);
    assert!(included.height > 10 + 30, "the first lives for 30 blocks: {}", included.height);
}

#[tokio::test]
async fn a_full_mempool_is_waited_for() {
    let (_, handed, blocks) = through(&[Answer::Code(20), Answer::Code(20)]).await;
    assert_eq!((handed, blocks.len()), (3, 1));
}

#[tokio::test]
async fn what_lands_late_is_found() {
    let node = Node::new(&[Answer::Taken]);
    node.with(|state| (state.delay, state.slow_results) = (20, 2));
    send(&[&node.url]).await.unwrap();
    assert_eq!((node.included().len(), node.with(|state| state.handed.len())), (1, 1));
}

#[tokio::test]
async fn no_answer_at_all_is_said_with_the_hash_and_the_last_block() {
    let node = Node::new(&[Answer::Dropped, Answer::Dropped, Answer::Dropped, Answer::Dropped]);
    let SendError::Unknown { hash, until, .. } = refused(&node).await else { panic!() };
    assert_eq!(hash.len(), 64);
    assert!(until > 40);
    let handed = node.with(|state| state.handed.clone());
    assert!(handed.iter().all(|tx| *tx == handed[0]), "the same bytes each time");
    assert!(node.included().is_empty());
}

#[tokio::test]
async fn what_nodes_refuse_is_typed() {
    assert_eq!(refused(&Node::new(&[Answer::Code(13)])).await, SendError::Fee("refused".into()));
    assert!(matches!(refused(&Node::new(&[Answer::Code(5)])).await, SendError::Funds { .. }));
    let node = Node::new(&[]);
    node.with(|state| state.account = false);
    assert!(matches!(refused(&node).await, SendError::NoAccount(_)));
    assert!(node.with(|state| state.handed.is_empty()));
    let node = Node::new(&[]);
    node.with(|state| state.code = 11);
    assert_eq!(refused(&node).await, SendError::Gas { used: 130_001, wanted: 130_000 });
}

#[tokio::test]
async fn two_processes_never_make_the_same_bytes() {
    let node = Node::new(&[]);
    let urls = [node.url.as_str()];
    let (one, other) = tokio::join!(send(&urls), send(&urls));
    assert_ne!(one.unwrap().hash, other.unwrap().hash);
    let handed = node.with(|state| state.handed.clone());
    assert!(handed.len() >= 2 && handed[0] != handed[1]);
}

#[tokio::test]
async fn endpoints_that_do_not_serve_are_passed_over() {
    let (good, other, old) = (Node::new(&[]), Node::new(&[]), Node::new(&[]));
    other.with(|state| state.chain_id = "elsewhere-1".into());
    old.with(|state| state.age = 3 * 3_600);
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    send(&[&dead, &other.url, &old.url, &good.url]).await.unwrap();
    assert_eq!(good.included().len(), 1);

    let error = async |urls: &[&str]| Connection::open(network(urls)).await.err().unwrap().downcast().unwrap();
    assert!(matches!(error(&[]).await, EndpointError::None { .. }));
    assert!(matches!(error(&[&dead]).await, EndpointError::Unreachable(tried) if tried.len() == 1));
    assert!(matches!(error(&["nonsense"]).await, EndpointError::Address { .. }));
    let another = |error| matches!(error, EndpointError::AnotherChain { found, .. } if found == "elsewhere-1");
    assert!(another(error(&[&other.url]).await));
    let behind = |error| matches!(error, EndpointError::Behind { seconds, .. } if seconds >= 3 * 3_600);
    assert!(behind(error(&[&old.url]).await));
    assert!(matches!(error(&[&dead, &old.url]).await, EndpointError::Unreachable(tried) if tried.len() == 2));
}

/// Time passes at once where nothing else happens.
#[tokio::test(start_paused = true)]
async fn an_endpoint_that_takes_a_question_and_never_answers_is_given_up() {
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", mute.local_addr().unwrap());
    let error: EndpointError = Connection::open(network(&[&url])).await.err().unwrap().downcast().unwrap();
    assert!(matches!(&error, EndpointError::Unreachable(tried) if tried[0].0 == url), "{error}");
}
