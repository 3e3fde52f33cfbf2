use cosmwasm_std::{Addr, Event};
use cw_multi_test::AppResponse;
use tequio_protocol::TypedEvent;

/// What an accepted message left behind.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Events of the contract called and of all it called, in order.
    pub events: Vec<Event>,
}

impl From<AppResponse> for Outcome {
    fn from(response: AppResponse) -> Self {
        Self { events: response.events }
    }
}

impl Outcome {
    /// The events of one kind that `contract` emitted. Contracts may use the same word for events of their own.
    pub fn emitted_by<T: TypedEvent>(&self, contract: &Addr) -> Vec<T> {
        let emitted = |event: &&Event| {
            event.attributes.iter().any(|a| a.key == "_contract_address" && a.value == contract.as_str())
        };
        self.events.iter().filter(emitted).filter_map(|event| T::parse(event).ok()).collect()
    }

    /// The events of one kind, of whichever contract.
    pub fn all<T: TypedEvent>(&self) -> Vec<T> {
        T::all(&self.events)
    }
}
