//! Proofs that nobody meant: what they show is what was in the block.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use cosmrs::{
    Any,
    proto::{
        cosmos::tx::v1beta1::{TxBody, TxRaw},
        cosmwasm::wasm::v1::MsgExecuteContract,
        traits::Message,
    },
    tendermint::{
        AppHash, Hash, Time, account,
        block::{self, Commit, CommitSig, Header, Height, Round, header::Version, parts, signed_header::SignedHeader},
    },
};
use cosmwasm_std::Addr;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tequio_fuzz::{Read, fuzz};

use super::{Block, Deterministic, Path, Proven};

const HEIGHT: u64 = 7;
/// Of what plays no part.
const HASH: Hash = Hash::Sha256([9; 32]);

/// A block with these roots of transactions and of the results before.
fn block(height: u64, data: Option<[u8; 32]>, results: Option<[u8; 32]>) -> Block {
    let height = Height::try_from(height).unwrap();
    let header = Header {
        version: Version { block: 11, app: 0 },
        chain_id: "tequio-1".parse().unwrap(),
        height,
        time: Time::from_unix_timestamp(1_000_000_000, 0).unwrap(),
        last_block_id: None,
        last_commit_hash: Some(HASH),
        data_hash: Some(data.map_or(HASH, Hash::Sha256)),
        validators_hash: HASH,
        next_validators_hash: HASH,
        consensus_hash: HASH,
        app_hash: AppHash::try_from(vec![9; 32]).unwrap(),
        last_results_hash: Some(results.map_or(HASH, Hash::Sha256)),
        evidence_hash: Some(HASH),
        proposer_address: account::Id::new([0; 20]),
    };
    let id = block::Id { hash: HASH, part_set_header: parts::Header::new(1, HASH).unwrap() };
    let absent = CommitSig::BlockIdFlagAbsent;
    let commit = Commit { height, round: Round::default(), block_id: id, signatures: vec![absent] };
    Block { signed: SignedHeader::new(header, commit).unwrap(), validators: vec![] }
}

/// A transaction with one message to `to`, among others in its block, and the blocks.
fn proven(to: &Addr) -> (Proven, BTreeMap<u64, Block>) {
    let message = MsgExecuteContract {
        sender: "client".into(),
        contract: to.to_string(),
        msg: br#"{"settle":{"assignments":["5"]}}"#.to_vec(),
        funds: vec![],
    };
    let any = Any { type_url: "/cosmwasm.wasm.v1.MsgExecuteContract".into(), value: message.encode_to_vec() };
    let body = TxBody { messages: vec![any], ..TxBody::default() };
    let tx = TxRaw { body_bytes: body.encode_to_vec(), ..TxRaw::default() }.encode_to_vec();
    let result = Deterministic { code: 0, data: vec![1, 2, 3], gas_wanted: 9, gas_used: 8 }.encode_to_vec();
    let among = |it: &[u8]| vec![vec![1], vec![2; 40], it.to_vec(), vec![4; 3], vec![]];
    let txs: Vec<Vec<u8>> = among(&tx).iter().map(|tx| Sha256::digest(tx).to_vec()).collect();
    let (in_block, in_results) = (Path::new(&txs, 2), Path::new(&among(&result), 2));
    let (data, results) = (in_block.root(&txs[2]), in_results.root(&result));
    let blocks = [(HEIGHT, block(HEIGHT, data, None)), (HEIGHT + 1, block(HEIGHT + 1, None, results))];
    let (tx, result) = (BASE64.encode(tx), BASE64.encode(result));
    (Proven { height: HEIGHT, tx, in_block, result, in_results }, blocks.into())
}

#[test]
fn proofs() {
    let to = Addr::unchecked("escrow");
    let (honest, blocks) = proven(&to);
    let shown: Vec<(String, Value)> = honest.messages(&to, &blocks).unwrap();
    assert_eq!(shown.len(), 1);
    let words: [&[u8]; 6] = [b"0", b"\"\"", b"[]", b"null", b"=", b","];
    fuzz("proofs", 2_000, &[serde_json::to_vec(&honest).unwrap()], &words, |case| {
        let Ok(found) = serde_json::from_slice::<Proven>(case.bytes) else { return Read::Refused };
        let messages = found.messages::<Value>(&to, &blocks);
        assert!(messages.as_ref().is_ok_and(|messages| *messages == shown) || messages.is_err(), "another message");
        Read::from(&messages)
    });
}

/// Headers and who signed them: nobody did, however they are changed.
#[test]
fn blocks() {
    let corpus = [serde_json::to_vec(&block(HEIGHT, Some([1; 32]), Some([2; 32]))).unwrap()];
    let words: [&[u8]; 6] = [b"0", b"\"\"", b"[]", b"null", b"-1", b","];
    fuzz("blocks", 2_000, &corpus, &words, |case| {
        let found = serde_json::from_slice::<Block>(case.bytes);
        if let Ok(block) = &found {
            assert!(block.check(HEIGHT, "tequio-1").is_err());
            block.time();
        }
        Read::from(&found)
    });
}
