//! How jobs, times and shards are written.

use tequio_protocol::JobId;

/// A job's number.
pub fn job(text: &str) -> Result<JobId, String> {
    text.parse().map(JobId).map_err(|_| format!("{text:?} is not the number of a job"))
}

/// A time, as in `90s`, `15m`, `12h`, `7d`.
pub fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no time: take a number and s, m, h or d, as in 12h");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let count: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    count.checked_mul(each).ok_or_else(wrong)
}

/// The shards of a range, as people write it.
pub fn range(first: u64, count: u64) -> String {
    match count {
        1 => first.to_string(),
        _ => format!("{first}–{}", (first + count).saturating_sub(1)),
    }
}
