//! What is kept of a run: streaming, with bounds, never a record per event.

pub(crate) mod age;
pub(crate) mod histogram;
pub(crate) mod level;
pub(crate) mod mean;
pub(crate) mod series;
pub(crate) mod spread;
pub(crate) mod tape;
pub(crate) mod trace;

pub(crate) use age::Age;
pub(crate) use histogram::Histogram;
pub(crate) use level::Level;
pub(crate) use mean::Mean;
pub(crate) use series::{Counter, Counts, Latencies, Windows};
pub(crate) use spread::Spread;
pub(crate) use tape::Tape;
