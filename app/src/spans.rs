//! A followed journey as spans: who worked, waited or called, from when to when, and inside of what.

use plimsoll_models::{EdgeId, NodeId};
use plimsoll_sim::result::{JourneyTrace, TraceEvent, TraceStep};

/// What a span of time was spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Activity {
    /// The journey as a whole.
    Journey,
    /// A call, as its caller sees it.
    Call,
    /// Waiting for a free place before the work.
    Wait,
    /// Work.
    Work,
    /// Lying in a queue.
    Queued,
    /// Received from a queue and not yet deleted.
    InFlight,
}

impl Activity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Journey => "journey",
            Self::Call => "call",
            Self::Wait => "wait",
            Self::Work => "work",
            Self::Queued => "queued",
            Self::InFlight => "in flight",
        }
    }
}

/// A stretch of a journey's time.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Where.
    pub node: NodeId,
    /// Along which edge it came, or went for a call.
    pub edge: Option<EdgeId>,
    /// On what.
    pub activity: Activity,
    /// When it began, in seconds of simulated time.
    pub start_s: f64,
    /// When it ended; the end of what is known of the journey where it had not.
    pub end_s: f64,
    /// Why it ended otherwise than well.
    pub trouble: Option<TraceEvent>,
    /// Whether a new instance had to be initialized.
    pub cold: bool,
    /// The span that it lies in, by index; `None` for the journey itself.
    pub parent: Option<usize>,
}

/// The spans of a journey, each after the one that it lies in. The first is the journey itself.
pub fn spans(trace: &JourneyTrace) -> Vec<Span> {
    let last = trace.steps.last().map_or(trace.started_s, |step| step.at_s);
    let end = trace.completion_s.into_iter().chain(trace.response_s).fold(last, f64::max);
    let root = Span {
        node: trace.producer.clone(),
        edge: None,
        activity: Activity::Journey,
        start_s: trace.started_s,
        end_s: end,
        trouble: None,
        cold: false,
        parent: None,
    };
    let mut building = Building { spans: vec![root], open: Vec::new() };
    for step in &trace.steps {
        building.step(step);
    }
    building.spans
}

struct Building {
    spans: Vec<Span>,
    /// Spans that have not ended, in the order of their beginning.
    open: Vec<usize>,
}

impl Building {
    fn step(&mut self, step: &TraceStep) {
        match step.what {
            TraceEvent::Attempt => {
                let parent = self.innermost(|span| span.node == step.node && span.activity == Activity::Work);
                self.begin(step, Activity::Call, parent);
            }
            TraceEvent::Wait => {
                let parent = self.call(step);
                self.begin(step, Activity::Wait, parent);
            }
            TraceEvent::ColdStart | TraceEvent::Start => self.work(step),
            TraceEvent::Done => self.end(step, None),
            TraceEvent::Throttled | TraceEvent::Failed | TraceEvent::TimedOut | TraceEvent::GivenUp => self.end(step, Some(step.what)),
            TraceEvent::Enqueued => {
                self.end_where(step.at_s, None, |span| span.activity == Activity::Call && span.edge.is_some() && span.edge == step.edge);
                self.begin(step, Activity::Queued, None);
            }
            TraceEvent::Received => {
                self.end_where(step.at_s, None, |span| span.activity == Activity::Queued && span.node == step.node);
                self.begin(step, Activity::InFlight, None);
            }
            TraceEvent::Deleted => self.leave(step, None),
            TraceEvent::DeadLettered | TraceEvent::Expired => self.leave(step, Some(step.what)),
            TraceEvent::Filtered => self.end(step, None),
        }
    }

    /// Work begins, after a wait perhaps; a cold start is noted on it.
    fn work(&mut self, step: &TraceStep) {
        let is_work = |span: &Span| span.activity == Activity::Work && span.node == step.node && span.edge == step.edge;
        if step.what == TraceEvent::Start
            && let Some(at) = self.innermost(|span| is_work(span) && span.cold && span.start_s == step.at_s)
        {
            // The cold start that was just noted is the beginning of this work.
            debug_assert!(self.spans[at].cold);
            return;
        }
        self.end_where(step.at_s, None, |span| span.activity == Activity::Wait && span.node == step.node && span.edge == step.edge);
        let parent = self.call(step).or_else(|| self.innermost(|span| span.activity == Activity::InFlight));
        self.begin(step, Activity::Work, parent);
        if let Some(span) = self.spans.last_mut() {
            span.cold = step.what == TraceEvent::ColdStart;
        }
    }

    /// The call that a step belongs to.
    fn call(&self, step: &TraceStep) -> Option<usize> {
        self.innermost(|span| span.activity == Activity::Call && span.edge == step.edge)
    }

    fn innermost(&self, wanted: impl Fn(&Span) -> bool) -> Option<usize> {
        self.open.iter().rev().copied().find(|at| wanted(&self.spans[*at]))
    }

    fn begin(&mut self, step: &TraceStep, activity: Activity, parent: Option<usize>) {
        let end_s = self.spans[0].end_s;
        self.open.push(self.spans.len());
        self.spans.push(Span {
            node: step.node.clone(),
            edge: step.edge.clone(),
            activity,
            start_s: step.at_s,
            end_s,
            trouble: None,
            cold: false,
            parent: Some(parent.unwrap_or(0)),
        });
    }

    /// An outcome at the callee ends its work and the call; one at the caller ends the call.
    fn end(&mut self, step: &TraceStep, trouble: Option<TraceEvent>) {
        self.end_where(step.at_s, trouble, |span| {
            let here = span.node == step.node && matches!(span.activity, Activity::Work | Activity::Wait);
            span.edge == step.edge && span.edge.is_some() && (here || span.activity == Activity::Call)
        });
    }

    /// A message leaves its queue for good.
    fn leave(&mut self, step: &TraceStep, trouble: Option<TraceEvent>) {
        self.end_where(step.at_s, trouble, |span| span.node == step.node && matches!(span.activity, Activity::Queued | Activity::InFlight));
    }

    fn end_where(&mut self, at_s: f64, trouble: Option<TraceEvent>, wanted: impl Fn(&Span) -> bool) {
        let spans = &mut self.spans;
        self.open.retain(|at| {
            let span = &mut spans[*at];
            let ends = wanted(span);
            if ends {
                span.end_s = at_s;
                span.trouble = trouble;
            }
            !ends
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(at_s: f64, node: &str, edge: &str, what: TraceEvent) -> TraceStep {
        TraceStep { at_s, node: node.into(), edge: (!edge.is_empty()).then(|| edge.into()), what }
    }

    fn journey(steps: Vec<TraceStep>) -> JourneyTrace {
        JourneyTrace {
            ordinal: 3,
            producer: "client".into(),
            started_s: 1.0,
            response_s: Some(4.0),
            completion_s: Some(9.0),
            slowest: false,
            steps,
        }
    }

    #[test]
    fn a_call_holds_the_work_and_a_refused_attempt_says_so() {
        let spans = spans(&journey(vec![
            step(1.0, "client", "ask", TraceEvent::Attempt),
            step(1.5, "client", "ask", TraceEvent::Throttled),
            step(2.0, "client", "ask", TraceEvent::Attempt),
            step(2.2, "worker", "ask", TraceEvent::ColdStart),
            step(2.2, "worker", "ask", TraceEvent::Start),
            step(3.0, "worker", "store", TraceEvent::Attempt),
            step(3.1, "table", "store", TraceEvent::Start),
            step(3.4, "table", "store", TraceEvent::Done),
            step(4.0, "worker", "ask", TraceEvent::Done),
        ]));
        let told: Vec<_> = spans.iter().map(|s| (s.node.as_str(), s.activity, s.start_s, s.end_s, s.parent)).collect();
        assert_eq!(
            told,
            [
                ("client", Activity::Journey, 1.0, 9.0, None),
                ("client", Activity::Call, 1.0, 1.5, Some(0)),
                ("client", Activity::Call, 2.0, 4.0, Some(0)),
                ("worker", Activity::Work, 2.2, 4.0, Some(2)),
                ("worker", Activity::Call, 3.0, 3.4, Some(3)),
                ("table", Activity::Work, 3.1, 3.4, Some(4)),
            ]
        );
        assert_eq!(spans[1].trouble, Some(TraceEvent::Throttled));
        assert!(spans[3].cold && spans[3].trouble.is_none());
    }

    #[test]
    fn a_message_lies_then_is_in_flight_and_what_never_ends_ends_with_the_journey() {
        let spans = spans(&journey(vec![
            step(1.0, "queue", "", TraceEvent::Enqueued),
            step(5.0, "queue", "", TraceEvent::Received),
            step(6.0, "worker", "poll", TraceEvent::Start),
        ]));
        let told: Vec<_> = spans.iter().skip(1).map(|s| (s.activity, s.start_s, s.end_s, s.parent)).collect();
        assert_eq!(
            told,
            [(Activity::Queued, 1.0, 5.0, Some(0)), (Activity::InFlight, 5.0, 9.0, Some(0)), (Activity::Work, 6.0, 9.0, Some(2))]
        );
    }
}
