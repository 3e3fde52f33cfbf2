use cosmwasm_schema::serde::de::DeserializeOwned;
use cosmwasm_std::{Addr, Api, BankMsg, BankQuery, Binary, BlockInfo, CustomMsg, CustomQuery, Querier, Storage, coins};
use cw_multi_test::{
    AppBuilder, AppResponse, Bank, BankKeeper, BankSudo, ContractWrapper, CosmosRouter, Executor, Module, no_init,
};
use tequio_protocol::registry::{Burned, ExecuteMsg, InstantiateMsg, Metadata};
use tequio_registry::{ContractError, execute, instantiate, query};

use crate::world::{CONFIG, DENOM, OTHER, World, addr, event, part, u};

#[test]
fn anyone_burns_what_slashes_left_once() {
    let (mut world, alice, escrow) = World::settled();
    let supply = world.supply();
    assert_eq!(world.burn().unwrap_err(), ContractError::NothingToBurn);
    world.lien(&escrow, &alice, 600).unwrap();
    world.slash(&escrow, &alice, 100, part(&addr("client"), 20), None).unwrap();
    world.slash(&escrow, &alice, 200, None, None).unwrap();
    assert_eq!(event::<Burned>(&world.burn().unwrap()), Burned { amount: u(280), sent: u(0) });
    assert_eq!((world.supply(), world.purse(&world.registry)), (supply - 280, 720));
    assert_eq!(world.burn().unwrap_err(), ContractError::NothingToBurn);
}

#[test]
fn what_is_sent_along_is_burned_too() {
    let mut world = World::fresh();
    let (supply, owner) = (world.supply(), world.owner.clone());
    let sent = |amount| coins(amount, DENOM);
    let response = world.pay(&owner, &ExecuteMsg::Burn {}, &sent(1)).unwrap();
    assert_eq!(event::<Burned>(&response), Burned { amount: u(1), sent: u(1) });
    assert_eq!((world.supply(), world.purse(&world.registry)), (supply - 1, 0));

    let (mut world, alice, escrow) = World::settled();
    world.lien(&escrow, &alice, 600).unwrap();
    world.slash(&escrow, &alice, 100, None, None).unwrap();
    let response = world.pay(&owner, &ExecuteMsg::Burn {}, &sent(7)).unwrap();
    assert_eq!(event::<Burned>(&response), Burned { amount: u(107), sent: u(7) });
    assert_eq!(world.purse(&world.registry), 900);
    assert!(world.pay(&owner, &ExecuteMsg::Burn {}, &coins(1, OTHER)).is_err());
}

/// A bank that burns nothing.
struct NoBurn(BankKeeper);

impl Bank for NoBurn {}

impl Module for NoBurn {
    type ExecT = BankMsg;
    type QueryT = BankQuery;
    type SudoT = BankSudo;

    fn execute<ExecC: CustomMsg + DeserializeOwned + 'static, QueryC: CustomQuery + DeserializeOwned + 'static>(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        router: &dyn CosmosRouter<ExecC = ExecC, QueryC = QueryC>,
        block: &BlockInfo,
        sender: Addr,
        msg: BankMsg,
    ) -> anyhow::Result<AppResponse> {
        anyhow::ensure!(!matches!(msg, BankMsg::Burn { .. }), "nothing is burned here");
        self.0.execute(api, storage, router, block, sender, msg)
    }

    fn query(
        &self,
        api: &dyn Api,
        storage: &dyn Storage,
        querier: &dyn Querier,
        block: &BlockInfo,
        request: BankQuery,
    ) -> anyhow::Result<Binary> {
        self.0.query(api, storage, querier, block, request)
    }

    fn sudo<ExecC: CustomMsg + DeserializeOwned + 'static, QueryC: CustomQuery + DeserializeOwned + 'static>(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        router: &dyn CosmosRouter<ExecC = ExecC, QueryC = QueryC>,
        block: &BlockInfo,
        msg: BankSudo,
    ) -> anyhow::Result<AppResponse> {
        self.0.sudo(api, storage, router, block, msg)
    }
}

#[test]
fn a_chain_that_refuses_to_burn_ends_every_slash_all_the_same() {
    let (alice, escrow, client, owner) = (addr("alice"), addr("escrow"), addr("client"), addr("governance"));
    let bank = NoBurn(BankKeeper::new());
    let mut app = AppBuilder::new().with_bank(bank).build(no_init);
    app.init_modules(|router, _, storage| router.bank.0.init_balance(storage, &alice, coins(1_000, DENOM))).unwrap();
    let code = app.store_code(Box::new(ContractWrapper::new(execute, instantiate, query)));
    let msg = InstantiateMsg { owner: owner.to_string(), denom: DENOM.into(), config: CONFIG };
    let registry = app.instantiate_contract(code, owner.clone(), &msg, &[], "registry", None).unwrap();
    let mut send = |sender: &Addr, msg: ExecuteMsg, funds: u128| {
        let funds = if funds == 0 { vec![] } else { coins(funds, DENOM) };
        app.execute_contract(sender.clone(), registry.clone(), &msg, &funds)
    };
    let (provider, holder) = (alice.to_string(), escrow.to_string());
    // A deployment's rehearsal finds out before anyone has staked.
    assert!(send(&alice, ExecuteMsg::Burn {}, 1).is_err());
    send(&owner, ExecuteMsg::Grant { holder: holder.clone() }, 0).unwrap();
    let register = ExecuteMsg::Register { operators: vec![], metadata: Metadata::default() };
    send(&alice, register, 1_000).unwrap();
    send(&alice, ExecuteMsg::Cap { holder, amount: u(500) }, 0).unwrap();
    send(&escrow, ExecuteMsg::Lien { provider: provider.clone(), amount: u(500) }, 0).unwrap();
    let slash = ExecuteMsg::Slash { provider, amount: u(500), client: part(&client, 100), reporter: None };
    send(&escrow, slash, 0).unwrap();

    assert!(send(&client, ExecuteMsg::Burn {}, 0).is_err());
    send(&client, ExecuteMsg::Withdraw {}, 0).unwrap();
    send(&alice, ExecuteMsg::Unbond { amount: u(500) }, 0).unwrap();
    // The client's part is paid; what is to be burned stays with the stake that is thawing.
    let balance = |who| app.wrap().query_balance(who, DENOM).unwrap().amount.u128();
    assert_eq!((balance(&client), balance(&registry)), (100, 900));
}
