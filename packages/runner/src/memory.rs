//! How much this machine can hold, asked before it is filled.

use sysinfo::System;

/// Less memory than something takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{needed} bytes of memory are needed, {there} are there")]
pub struct TooLittle {
    pub needed: u64,
    pub there: u64,
}

/// Refuses to hold so many bytes at once where there are fewer.
pub fn fits(bytes: u64) -> Result<(), TooLittle> {
    // Most is little: nothing needs to be asked for it.
    if bytes <= ALWAYS {
        return Ok(());
    }
    let there = available();
    if bytes <= there { Ok(()) } else { Err(TooLittle { needed: bytes, there }) }
}

/// Bytes that are not asked for.
const ALWAYS: u64 = 64 << 20;

/// Bytes that can be had without paging; in a control group at most what it may have in all, of which it cannot be known
/// how much the system would take back.
fn available() -> u64 {
    let mut system = System::new();
    system.refresh_memory();
    let limit = system.cgroup_limits().map_or(u64::MAX, |group| group.total_memory);
    system.available_memory().min(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_machine_holds_all_that_can_be_said() {
        assert_eq!(fits(0), Ok(()));
        assert_eq!(fits(ALWAYS + 1), Ok(()));
        let TooLittle { needed, there } = fits(u64::MAX).unwrap_err();
        assert_eq!(needed, u64::MAX);
        assert!(there > ALWAYS, "{there} bytes");
    }
}
