//! The colors of the drawing, for the screen and for exported pictures.
//!
//! Warm colors belong to the load: nothing but the gauge, its figures and dead letters is amber or red.

use plimsoll_models::{EdgeKind, diagram::GroupKind, families::Family};

use super::Color;

/// How far the load has come, by the rule of the gauge: see [`super::Load`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadColors {
    /// Below 70 % of the tightest limit.
    pub calm: Color,
    /// Above 70 %.
    pub amber: Color,
    /// The limit refused something.
    pub red: Color,
}

/// Every color that a [`super::Scene`] can contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneTheme {
    /// Behind everything.
    pub canvas: Color,
    /// Dots of the grid.
    pub grid: Color,
    /// Inside of a box.
    pub node: Color,
    /// Outline of a box.
    pub node_stroke: Color,
    /// Below a box: the hint of a shadow.
    pub shadow: Color,
    /// Names.
    pub text: Color,
    /// What explains a name.
    pub text_weak: Color,
    /// The empty gauge.
    pub track: Color,
    /// The mark at 100 %.
    pub mark: Color,
    /// The gauge.
    pub load: LoadColors,
    /// Words about the load, in enough contrast to be read.
    pub load_text: LoadColors,
    /// Inside of a frame without a meaning of its own; its opacity is that of all frames.
    pub group: Color,
    /// Selection, hover, guides.
    pub accent: Color,
    /// Request and send.
    pub edge: Color,
    /// Deliver.
    pub edge_deliver: Color,
    /// Poll.
    pub edge_poll: Color,
    /// Dead-letter.
    pub edge_dead_letter: Color,
    tints: Tints,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Tints {
    producer: Color,
    gateway: Color,
    compute: Color,
    queue: Color,
    topic: Color,
    bus: Color,
    workflow: Color,
    table: Color,
    external: Color,
    station: Color,
}

impl SceneTheme {
    /// Light strokes on slate.
    pub const fn dark() -> Self {
        Self {
            canvas: Color::hex(0x0F_1318),
            grid: Color::hex(0x22_2A34),
            node: Color::hex(0x1A_2029),
            node_stroke: Color::hex(0x36_4150),
            shadow: Color { r: 0, g: 0, b: 0, a: 70 },
            text: Color::hex(0xE8_ECF1),
            text_weak: Color::hex(0x93_9FAE),
            track: Color::hex(0x2A_323D),
            mark: Color::hex(0xAE_B9C6),
            load: LoadColors { calm: Color::hex(0x3D_BFAF), amber: Color::hex(0xF2_A63C), red: Color::hex(0xF2_5C54) },
            load_text: LoadColors { calm: Color::hex(0x3D_BFAF), amber: Color::hex(0xF2_A63C), red: Color::hex(0xF7_6F67) },
            group: Color { r: 0x8F, g: 0xA3, b: 0xBD, a: 12 },
            accent: Color::hex(0x5B_9DFF),
            edge: Color::hex(0x98_A6B7),
            edge_deliver: Color::hex(0xC9_92C0),
            edge_poll: Color::hex(0xA8_92E8),
            edge_dead_letter: Color::hex(0xE0_6A62),
            tints: Tints {
                producer: Color::hex(0xB4_C1D1),
                gateway: Color::hex(0x66_CDE0),
                compute: Color::hex(0x62_B4F5),
                queue: Color::hex(0xB9_96F5),
                topic: Color::hex(0xDE_91D6),
                bus: Color::hex(0xE8_92B8),
                workflow: Color::hex(0xE0_A36A),
                table: Color::hex(0x8E_A6FF),
                external: Color::hex(0x9F_AAB8),
                station: Color::hex(0x7F_CBA4),
            },
        }
    }

    /// Dark strokes on paper.
    pub const fn light() -> Self {
        Self {
            canvas: Color::hex(0xF6_F7F9),
            grid: Color::hex(0xD9_DEE5),
            node: Color::hex(0xFF_FFFF),
            node_stroke: Color::hex(0xC3_CBD6),
            shadow: Color { r: 0x1B, g: 0x2A, b: 0x3F, a: 18 },
            text: Color::hex(0x17_202B),
            text_weak: Color::hex(0x5A_6777),
            track: Color::hex(0xE3_E7ED),
            mark: Color::hex(0x55_6273),
            load: LoadColors { calm: Color::hex(0x14_9E8C), amber: Color::hex(0xDB_8400), red: Color::hex(0xD6_342B) },
            load_text: LoadColors { calm: Color::hex(0x0B_7566), amber: Color::hex(0xA0_5A00), red: Color::hex(0xB8_261E) },
            group: Color { r: 0x4A, g: 0x60, b: 0x80, a: 10 },
            accent: Color::hex(0x1F_6FEB),
            edge: Color::hex(0x5F_6D7E),
            edge_deliver: Color::hex(0x9C_4A8F),
            edge_poll: Color::hex(0x6B_4CC4),
            edge_dead_letter: Color::hex(0xC2_3B33),
            tints: Tints {
                producer: Color::hex(0x51_6074),
                gateway: Color::hex(0x0B_7F95),
                compute: Color::hex(0x17_6FC0),
                queue: Color::hex(0x71_47C9),
                topic: Color::hex(0x9E_3F96),
                bus: Color::hex(0xB0_3A72),
                workflow: Color::hex(0x9A_5B17),
                table: Color::hex(0x3F_57CF),
                external: Color::hex(0x5D_6877),
                station: Color::hex(0x23_7F52),
            },
        }
    }

    /// The color of the icon and its tile.
    pub fn tint(&self, family: Family) -> Color {
        let tints = &self.tints;
        match family {
            Family::Producer => tints.producer,
            Family::Gateway => tints.gateway,
            Family::Compute => tints.compute,
            Family::Queue | Family::Stream => tints.queue,
            Family::Topic => tints.topic,
            Family::Bus | Family::Pipe | Family::Archive => tints.bus,
            Family::Workflow => tints.workflow,
            Family::Table | Family::Bucket | Family::Database | Family::Proxy => tints.table,
            Family::External | Family::Connection => tints.external,
            Family::Station => tints.station,
        }
    }

    /// The color of a frame: cool and quiet, one for each kind.
    pub fn group_tint(&self, kind: GroupKind) -> Color {
        match kind {
            GroupKind::Account | GroupKind::Free => Color { a: 255, ..self.group },
            GroupKind::Region => self.tints.gateway,
            GroupKind::Vpc => self.tints.queue,
            GroupKind::Context => self.tints.compute,
        }
    }

    /// The color of an arrow.
    pub fn edge(&self, kind: EdgeKind) -> Color {
        match kind {
            EdgeKind::Request | EdgeKind::Send => self.edge,
            EdgeKind::Deliver => self.edge_deliver,
            EdgeKind::Poll => self.edge_poll,
            EdgeKind::DeadLetter => self.edge_dead_letter,
        }
    }
}
