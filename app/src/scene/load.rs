//! The load line: how close a node came to its tightest limit.

use plimsoll_models::{NodeId, Point};
use plimsoll_sim::{
    RunResult,
    result::{LimitResult, NodeResult},
};

use super::{Color, Form, LoadColors, Rect, SceneTheme, Shape, Stroke};

/// Use of a limit from which on the gauge is amber.
pub const AMBER_FROM: f64 = 0.7;
/// Use of a limit at the top of the gauge: the mark at 100 % stands a little below the top.
const SCALE_MAX: f64 = 1.2;
/// Distance of the stripes of a hatched gauge.
const HATCH: f64 = 4.0;
const HATCH_WIDTH: f64 = 1.6;

/// What the gauge of a node shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Peak demand over the tightest limit; 0 without limits.
    pub peak: f64,
    /// How bad it is.
    pub level: Level,
    /// Whether a limit delayed something and none refused anything.
    pub delayed: bool,
}

/// How bad a load is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Below 70 % of the tightest limit.
    Calm,
    /// Above 70 %.
    Amber,
    /// A limit refused something.
    Red,
}

impl Load {
    /// The load of a node after a run; `None` when the node has no limits.
    pub fn of(node: &NodeResult) -> Option<Self> {
        let peak = node.use_peak.or((node.refused || node.delayed).then_some(1.0))?;
        Some(Self::now(peak, node.refused, node.delayed))
    }

    /// The load at a moment: use of the tightest limit, whether one refuses or delays something.
    pub fn now(peak: f64, refused: bool, delayed: bool) -> Self {
        Self { peak, level: level(peak, refused), delayed: delayed && !refused }
    }

    /// What the gauge says, in words.
    pub fn sentence(self) -> String {
        let what = match self.level {
            Level::Red => ", refused some",
            Level::Amber | Level::Calm if self.delayed => ", delayed some",
            Level::Amber | Level::Calm => "",
        };
        format!("peak {:.0} % of its tightest limit{what}", self.peak * 100.0)
    }
}

fn level(peak: f64, refused: bool) -> Level {
    match peak {
        _ if refused => Level::Red,
        peak if peak >= AMBER_FROM => Level::Amber,
        _ => Level::Calm,
    }
}

/// The sentence of a node's gauge with the name of the limit: its tooltip.
pub fn load_sentence(result: &RunResult, id: &NodeId) -> Option<String> {
    let node = result.node(id.as_str())?;
    let load = Load::of(node)?;
    let limit: Option<&LimitResult> = node.tightest.and_then(|index| result.limits.get(index));
    Some(match limit {
        Some(limit) => {
            let bound = match (limit.refused, limit.delayed) {
                (0, 0) => String::new(),
                (0, delayed) => format!(", {delayed} delayed"),
                (refused, _) => format!(", {refused} refused"),
            };
            format!("{:.0} % of {} ({}){bound}", limit.use_peak * 100.0, limit.title, limit.text)
        }
        None => load.sentence(),
    })
}

impl Level {
    /// Its color out of a set.
    pub fn color(self, colors: LoadColors) -> Color {
        match self {
            Self::Calm => colors.calm,
            Self::Amber => colors.amber,
            Self::Red => colors.red,
        }
    }
}

/// Where a use of the limit stands on a gauge.
pub fn gauge_y(rect: Rect, share: f64) -> f64 {
    rect.max.y - rect.height() * (share / SCALE_MAX).clamp(0.0, 1.0)
}

/// Paints the gauge into an upright rectangle.
pub(super) fn gauge(rect: Rect, load: Option<Load>, theme: &SceneTheme, shapes: &mut Vec<Shape>) {
    let radius = rect.width() / 2.0;
    shapes.push(Shape::new(Form::Rect { rect, radius, fill: theme.track, stroke: None }));
    let y_at = |share: f64| gauge_y(rect, share);
    if let Some(load) = load {
        let color = load.level.color(theme.load);
        // Even a little use shows.
        let top = y_at(load.peak).min(rect.max.y - rect.width());
        let fill = Rect { min: Point::new(rect.min.x, top), max: rect.max };
        if load.delayed {
            let ground = color.over(theme.track, 0.3);
            shapes.push(Shape::new(Form::Rect { rect: fill, radius, fill: ground, stroke: None }).of_run());
            hatch(fill, color, shapes);
        } else {
            shapes.push(Shape::new(Form::Rect { rect: fill, radius, fill: color, stroke: None }).of_run());
        }
    }
    let y = y_at(1.0);
    let points = vec![Point::new(rect.min.x - 3.0, y), Point::new(rect.max.x + 3.0, y)];
    shapes.push(Shape::new(Form::Line { points, radius: 0.0, stroke: Stroke::solid(1.5, theme.mark) }));
}

/// Stripes that rise to the right, cut at the ends of the rectangle.
fn hatch(rect: Rect, color: Color, shapes: &mut Vec<Shape>) {
    let (inset, rise) = (HATCH_WIDTH / 2.0, rect.width() - HATCH_WIDTH);
    let mut low = rect.max.y - inset - 1.0;
    while low > rect.min.y + inset {
        let high = (low - rise).max(rect.min.y + inset);
        let (x0, x1) = (rect.min.x + inset, rect.min.x + inset + (low - high));
        let points = vec![Point::new(x0, low), Point::new(x1, high)];
        shapes.push(Shape::new(Form::Line { points, radius: 0.0, stroke: Stroke::solid(HATCH_WIDTH, color) }).of_run());
        low -= HATCH;
    }
}
