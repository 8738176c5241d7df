//! A load whose rate jumps between states by chance: bursts and quiet, or a business day with moods.

use crate::{spelling::Call, units};

/// Most states.
const STATES_MAX: usize = 100;

/// Shortest mean stay in a state, in seconds: a simulation has to pass through every one of them.
const STAY_MIN_S: f64 = 1e-6;

/// Mean stay in seconds in the only state: no run comes near it.
const FOR_EVER_S: f64 = 1e18;

/// Random arrivals at the rate of a state, and exponential stays in each: a Markov-modulated Poisson process. It begins in
/// the first state.
#[derive(Clone, Debug, PartialEq)]
pub struct Modulated {
    /// The states, at least one.
    pub states: Vec<State>,
}

/// A state of a modulated load.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Arrivals per second.
    pub rate: f64,
    /// Mean stay in seconds.
    pub stay: f64,
    /// Weights of the states that may come next.
    pub next: Vec<(f64, usize)>,
}

impl Modulated {
    /// Mean rate per second in the long run.
    pub fn mean_rate(&self) -> f64 {
        let visits = self.visits();
        let weighted = |of: fn(&State) -> f64| visits.iter().zip(&self.states).map(|(visits, state)| visits * of(state)).sum::<f64>();
        weighted(|state| state.stay * state.rate) / weighted(|state| state.stay)
    }

    /// How often each state is visited in the long run for each visit of the first, by folding one state after the other into
    /// those before it; no numbers if some state never leads back.
    fn visits(&self) -> Vec<f64> {
        let count = self.states.len();
        let mut shares = vec![vec![0.0; count]; count];
        for (from, state) in self.states.iter().enumerate() {
            let total: f64 = state.next.iter().map(|(weight, _)| weight).sum();
            for (weight, to) in &state.next {
                shares[from][*to] += weight / total;
            }
        }
        for last in (1..count).rev() {
            let (before, folded) = shares.split_at_mut(last);
            let onwards = &folded[0][..last];
            let out: f64 = onwards.iter().sum();
            for row in before {
                row[last] /= out;
                let through = row[last];
                for (share, more) in row.iter_mut().zip(onwards) {
                    *share += through * more;
                }
            }
        }
        let mut visits = vec![1.0; count];
        for last in 1..count {
            visits[last] = (0..last).map(|from| visits[from] * shares[from][last]).sum();
        }
        visits
    }
}

/// Reads `modulated(20/s: - 0.5 0.1, 2/s: 0.2 - 0.3, 0/s: 1 0 -)`: each state's rate, then how often per second it changes
/// to each of the states in their order; what stands for the state itself does not count.
pub(super) fn parse(call: &Call<'_>) -> Result<Modulated, String> {
    call.only(&[])?;
    let rows: Vec<&str> = call.positional().collect();
    if rows.is_empty() || rows.len() > STATES_MAX {
        return Err(format!("`modulated` needs between 1 and {STATES_MAX} states"));
    }
    let states = rows.iter().enumerate().map(|(index, row)| state(row, index, rows.len())).collect::<Result<Vec<State>, _>>()?;
    let modulated = Modulated { states };
    if modulated.visits().iter().all(|visits| visits.is_finite()) {
        Ok(modulated)
    } else {
        Err("some state of `modulated` never leads back to the first".to_owned())
    }
}

fn state(row: &str, index: usize, count: usize) -> Result<State, String> {
    let (rate, changes) =
        row.split_once(':').ok_or_else(|| format!("`{row}` is not of the form `20/s: - 0.5`, with changes per second"))?;
    let changes: Vec<&str> = changes.split_whitespace().collect();
    if changes.len() != count {
        return Err(format!("`{row}` needs as many changes per second as there are states, which are {count}"));
    }
    let mut next = Vec::new();
    for (to, text) in changes.iter().enumerate().filter(|(to, _)| *to != index) {
        match units::parse_number(text)? {
            change if change < 0.0 => return Err(format!("`{row}` changes less than never")),
            0.0 => {}
            change => next.push((change, to)),
        }
    }
    let total: f64 = next.iter().map(|(change, _)| change).sum();
    let stay = if next.is_empty() { FOR_EVER_S } else { 1.0 / total };
    long_enough(stay)?;
    Ok(State { rate: units::parse_rate(rate)?, stay, next })
}

fn long_enough(stay: f64) -> Result<(), String> {
    if stay >= STAY_MIN_S { Ok(()) } else { Err("a state needs to last for a microsecond on average".to_owned()) }
}

/// Reads `bursts(on=100/s, off=0/s, mean_on=10 s, mean_off=60 s)`, which begins with a pause.
pub(super) fn bursts(call: &Call<'_>) -> Result<Modulated, String> {
    call.only(&["on", "off", "mean_on", "mean_off"])?;
    let (on, off) = (call.duration(&["mean_on"], 2)?, call.duration(&["mean_off"], 3)?);
    long_enough(on.min(off))?;
    let state = |rate, stay, other| State { rate, stay, next: vec![(1.0, other)] };
    Ok(Modulated { states: vec![state(call.rate(&["off"], 1)?, off, 1), state(call.rate(&["on"], 0)?, on, 0)] })
}

#[cfg(test)]
mod tests {
    use crate::workload::Arrivals;

    fn mean_rate(text: &str) -> f64 {
        let Ok(Arrivals::Modulated(modulated)) = text.parse() else { panic!("{text}: {:?}", text.parse::<Arrivals>()) };
        modulated.mean_rate()
    }

    #[test]
    fn the_mean_rate_weighs_states_by_the_time_in_them() {
        for (text, rate) in [
            ("bursts(on=100/s, off=0/s, mean_on=10 s, mean_off=40 s)", 20.0),
            ("modulated(20/s: - 0.5, 2/s: 0.2 -)", (20.0 * 2.0 + 2.0 * 5.0) / 7.0),
            // Around a ring, for 1 s, 2 s and 4 s.
            ("modulated(7/s: - 1 0, 14/s: 0 - 0.5, 0/s: 0.25 0 -)", 5.0),
            // Births at 1 and 2 a second, deaths at 4 and 4: 1, 1/4, 1/8 of the first state's time.
            ("modulated(11/s: - 1 0, 22/s: 4 - 2, 0/s: 0 4 -)", 12.0),
            ("modulated(3/s: 0)", 3.0),
        ] {
            assert!((mean_rate(text) - rate).abs() < 1e-6 * rate, "{text}: {}", mean_rate(text));
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "modulated()",
            "modulated(20/s)",
            "modulated(20/s: - 1)",
            "modulated(20/s: - 1, 2/s: -1 -)",
            "modulated(20/s: - 1e9, 2/s: 1 -)",
            "modulated(5/s: - 1, 3/s: 0 -)",
            "modulated(5/s: - 1 1, 3/s: 1 - 0, 4/s: 0 0 -)",
            "bursts(on=1/s, off=0/s, mean_on=1 ns, mean_off=1 ns)",
        ] {
            assert!(text.parse::<Arrivals>().is_err(), "{text}");
        }
    }
}
