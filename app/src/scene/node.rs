//! A box of the drawing.

use plimsoll_models::Point;

use super::{
    Anchor, Color, Detail, Figure, Font, Form, Level, Load, Rect, SceneTheme, Shape, Spark, Stroke, Text, load::gauge, spark, text,
};

/// Width of a box.
pub const NODE_WIDTH: f64 = 184.0;
/// Height of a box.
pub const NODE_HEIGHT: f64 = 72.0;
const RADIUS: f64 = 9.0;
const TILE: f64 = 36.0;
const TILE_X: f64 = 11.0;
const ICON: f64 = 21.0;
const TEXT_X: f64 = TILE_X + TILE + 10.0;
/// How far the sheet below a group's box sticks out.
const STACK: f64 = 4.0;
/// Side of the pin, below the tile.
const PIN: f64 = 10.0;
const GAUGE_WIDTH: f64 = 5.0;
const GAUGE_X: f64 = NODE_WIDTH - 9.0 - GAUGE_WIDTH;
const GAUGE_INSET: f64 = 11.0;
const TEXT_WIDTH: f64 = GAUGE_X - 8.0 - TEXT_X;
const NAME_SIZE: f64 = 13.0;
/// Size of small text in a box.
pub const SMALL_SIZE: f64 = 11.0;
/// Where the lines of a box with figures stand below its top: name, service, figure.
const LINES_Y: [f64; 3] = [15.0, 29.5, 43.5];
/// Where the foot of a box with figures begins, and how high it is.
const FOOT: (f64, f64) = (54.0, 11.0);

/// Everything that the look of a box depends on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NodeLook<'a> {
    pub title: &'a str,
    /// What explains the title.
    pub line: &'a str,
    /// Key of the glyph on the tile.
    pub icon: &'a str,
    /// Color of the tile.
    pub tint: Color,
    /// Whether it stands for a group: it looks like a stack.
    pub is_group: bool,
    /// Whether a tidy layout leaves it where it is.
    pub pinned: bool,
    pub load: Option<Load>,
    pub figure: Option<&'a Figure>,
    pub spark: Option<&'a Spark>,
}

impl NodeLook<'_> {
    /// Whether it shows figures, so that its head stands higher and leaves a foot free.
    fn has_figures(&self) -> bool {
        self.figure.is_some() || self.spark.is_some()
    }
}

/// The box around a center.
pub fn node_rect(center: Point) -> Rect {
    Rect::centered(center, NODE_WIDTH, NODE_HEIGHT)
}

/// Where a box shows its figure: the left end of a line of small text, and how wide it may be.
pub fn figure_place(body: Rect) -> (Point, f64) {
    (Point::new(body.min.x + TEXT_X, body.min.y + LINES_Y[2]), TEXT_WIDTH)
}

/// Where a box shows its run at a glance.
pub fn spark_rect(body: Rect) -> Rect {
    Rect::new(body.min.x + TEXT_X, body.min.y + FOOT.0, TEXT_WIDTH, FOOT.1)
}

/// Where a box shows its instances one by one.
pub fn cells_rect(body: Rect) -> Rect {
    Rect::new(body.min.x + TILE_X, body.min.y + FOOT.0, TILE, FOOT.1)
}

/// Where the gauge of a box stands.
pub fn gauge_rect(body: Rect) -> Rect {
    Rect::new(body.min.x + GAUGE_X, body.min.y + GAUGE_INSET, GAUGE_WIDTH, body.height() - 2.0 * GAUGE_INSET)
}

/// The shapes of a box; the origin is its upper left corner.
pub(super) fn shapes(look: &NodeLook<'_>, theme: &SceneTheme) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let body = Rect::new(0.0, 0.0, NODE_WIDTH, NODE_HEIGHT);
    for (grow, drop) in [(1.0, 2.0), (0.0, 1.0)] {
        let rect = body.expand(grow).translate(Point::new(0.0, drop));
        shapes.push(Shape::new(Form::Rect { rect, radius: RADIUS + grow, fill: theme.shadow, stroke: None }).detail(Detail::Fine));
    }
    let refused = look.load.is_some_and(|load| load.level == Level::Red);
    let outline = if refused { theme.load.red.over(theme.node_stroke, 0.6) } else { theme.node_stroke };
    let stroke = Some(Stroke::solid(1.0, outline));
    if look.is_group {
        let below = Rect::new(STACK, STACK, NODE_WIDTH, NODE_HEIGHT);
        shapes.push(Shape::new(Form::Rect { rect: below, radius: RADIUS, fill: theme.node, stroke }).detail(Detail::Normal));
    }
    shapes.push(Shape::new(Form::Rect { rect: body, radius: RADIUS, fill: theme.node, stroke }));
    tile(look, theme, &mut shapes);
    words(look, theme, &mut shapes);
    if look.pinned {
        // Beside the tile where its foot is taken.
        let at = if look.has_figures() { Point::new(TEXT_X - PIN / 2.0, 9.0) } else { Point::new(TILE_X + TILE / 2.0, NODE_HEIGHT - 9.0) };
        let rect = Rect::centered(at, PIN, PIN);
        shapes.push(Shape::new(Form::Icon { key: "pin".to_owned(), rect, color: theme.text_weak }).detail(Detail::Fine));
    }
    gauge(gauge_rect(body), look.load, theme, &mut shapes);
    if let Some(run) = look.spark {
        spark::shapes(spark_rect(body), run, theme, &mut shapes);
    }
    shapes
}

fn tile(look: &NodeLook<'_>, theme: &SceneTheme, shapes: &mut Vec<Shape>) {
    let tint = look.tint;
    let center = Point::new(TILE_X + TILE / 2.0, if look.has_figures() { LINES_Y[1] } else { NODE_HEIGHT / 2.0 });
    let rect = Rect::centered(center, TILE, TILE);
    let fill = tint.over(theme.node, 0.16);
    shapes.push(Shape::new(Form::Rect { rect, radius: 8.0, fill, stroke: None }).detail(Detail::Normal));
    let key = look.icon.to_owned();
    let rect = Rect::centered(center, ICON, ICON);
    shapes.push(Shape::new(Form::Icon { key, rect, color: tint }).detail(Detail::Normal));
}

fn words(look: &NodeLook<'_>, theme: &SceneTheme, shapes: &mut Vec<Shape>) {
    let middle = NODE_HEIGHT / 2.0;
    let (name_y, service_y) = if look.has_figures() { (LINES_Y[0], LINES_Y[1]) } else { (middle - 9.0, middle + 9.0) };
    let mut line = |words: &str, y: f64, size: f64, font: Font, color| {
        let words = text::elide(words, font, size, TEXT_WIDTH);
        let text = Text { words, at: Point::new(TEXT_X, y), anchor: Anchor::Start, size, font, color };
        let detail = if size >= NAME_SIZE { Detail::Normal } else { Detail::Fine };
        shapes.push(Shape::new(Form::Text(text)).detail(detail));
    };
    line(look.title, name_y, NAME_SIZE, Font::SemiBold, theme.text);
    line(look.line, service_y, SMALL_SIZE, Font::Regular, theme.text_weak);
    if let Some(figure) = look.figure {
        let color = match figure.level {
            Level::Calm => theme.text,
            Level::Amber | Level::Red => figure.level.color(theme.load_text),
        };
        // The first half says most when both do not fit.
        let fits = text::width(&figure.text, Font::SemiBold, SMALL_SIZE) <= TEXT_WIDTH;
        let words = figure.text.split_once(" · ").filter(|_| !fits).map_or(figure.text.as_str(), |(first, _)| first);
        line(words, LINES_Y[2], SMALL_SIZE, Font::SemiBold, color);
        if let Some(shape) = shapes.last_mut() {
            shape.of_run = true;
        }
    }
}
