//! Every color and size of the window.
//!
//! The drawing's own colors are [`SceneTheme`], shared with exported pictures. The look is calm and exact: flat slate
//! surfaces, hairline borders, one accent, and warm colors for load alone.

use std::sync::Arc;

use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Vec2, Visuals,
    epaint::text::TextOptions,
    style::{HandleShape, ScrollStyle, Selection, WidgetVisuals, Widgets},
};

use crate::scene::{Color, FONTS, SceneTheme};

/// Name of the font family for emphasis; see [`Theme::semibold`].
pub const SEMIBOLD: &str = "semibold";

/// How long panels and switches move, in seconds.
pub const ANIMATION_S: f32 = 0.1;

/// Tokens of a look. Sizes are in points.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Whether surfaces are dark.
    pub dark: bool,
    /// Colors of the drawing.
    pub scene: SceneTheme,
    /// Behind everything, between regions.
    pub background: Color32,
    /// Behind the drawing.
    pub canvas: Color32,
    /// Dots of the drawing's grid.
    pub grid: Color32,
    /// Panels.
    pub surface: Color32,
    /// Buttons, menus, dialogs and whatever stands out of a panel.
    pub surface_raised: Color32,
    /// Inside of text fields and of plots.
    pub surface_sunken: Color32,
    /// A row or button under the pointer.
    pub surface_hovered: Color32,
    /// Hairlines and borders.
    pub stroke: Color32,
    /// Borders of what can be changed.
    pub stroke_strong: Color32,
    /// Text.
    pub text: Color32,
    /// Labels, hints, units.
    pub text_weak: Color32,
    /// Text on the accent.
    pub text_on_accent: Color32,
    /// The one color for actions, links and focus.
    pub accent: Color32,
    /// The accent under the pointer.
    pub accent_hovered: Color32,
    /// Background of what is selected.
    pub selection: Color32,
    /// Load below 70 % of a limit; also good news.
    pub calm: Color32,
    /// Load above 70 % of a limit; also warnings.
    pub amber: Color32,
    /// A limit refused something; also errors.
    pub red: Color32,
    /// Words of good news, in enough contrast to be read.
    pub calm_text: Color32,
    /// Words of warning, in enough contrast to be read.
    pub amber_text: Color32,
    /// Words about errors, in enough contrast to be read.
    pub red_text: Color32,
    /// Lines of a plot, in order of use.
    pub plot: [Color32; 6],
}

impl Theme {
    /// Between things that belong together.
    pub const SPACE_4: f32 = 4.0;
    /// Between neighbors.
    pub const SPACE_8: f32 = 8.0;
    /// Inside of panels.
    pub const SPACE_12: f32 = 12.0;
    /// Between sections.
    pub const SPACE_16: f32 = 16.0;
    /// Around what stands alone.
    pub const SPACE_24: f32 = 24.0;
    /// Corners of buttons, fields, cards and windows.
    pub const RADIUS: u8 = 6;
    /// Corners of chips and marks.
    pub const RADIUS_SMALL: u8 = 4;
    /// Captions, units.
    pub const SIZE_SMALL: f32 = 11.0;
    /// Text.
    pub const SIZE_BODY: f32 = 13.0;
    /// Headings of a section.
    pub const SIZE_HEADING: f32 = 16.0;
    /// The title of a page.
    pub const SIZE_TITLE: f32 = 20.0;
    /// Figures and code.
    pub const SIZE_MONO: f32 = 12.0;

    /// Slate surfaces.
    pub fn dark() -> Self {
        let scene = SceneTheme::dark();
        Self {
            dark: true,
            background: rgb(0x0B_0E12),
            surface: rgb(0x14_191F),
            surface_raised: rgb(0x1D_242D),
            surface_sunken: rgb(0x0F_1318),
            surface_hovered: rgb(0x26_2F3A),
            stroke: rgb(0x25_2D37),
            stroke_strong: rgb(0x36_4150),
            text_on_accent: rgb(0x08_1220),
            accent_hovered: rgb(0x7C_B1FF),
            selection: rgb(0x1D_3557),
            plot: [0x5B_9DFF, 0x3D_BFAF, 0xB9_96F5, 0xF2_A63C, 0xE8_92B8, 0x9F_AAB8].map(rgb),
            ..Self::from_scene(scene)
        }
    }

    /// Paper surfaces.
    pub fn light() -> Self {
        let scene = SceneTheme::light();
        Self {
            dark: false,
            background: rgb(0xE9_ECF0),
            surface: rgb(0xFF_FFFF),
            surface_raised: rgb(0xF3_F5F8),
            surface_sunken: rgb(0xF8_F9FB),
            surface_hovered: rgb(0xE6_EBF1),
            stroke: rgb(0xE0_E5EB),
            stroke_strong: rgb(0xC3_CBD6),
            text_on_accent: rgb(0xFF_FFFF),
            accent_hovered: rgb(0x15_5BC9),
            selection: rgb(0xD6_E6FF),
            plot: [0x1F_6FEB, 0x14_9E8C, 0x71_47C9, 0xDB_8400, 0xB0_3A72, 0x5D_6877].map(rgb),
            ..Self::from_scene(scene)
        }
    }

    /// The tokens that the window shares with the drawing; the others are still transparent.
    fn from_scene(scene: SceneTheme) -> Self {
        let none = Color32::TRANSPARENT;
        Self {
            dark: true,
            background: none,
            canvas: color32(scene.canvas),
            grid: color32(scene.grid),
            surface: none,
            surface_raised: none,
            surface_sunken: none,
            surface_hovered: none,
            stroke: none,
            stroke_strong: none,
            text: color32(scene.text),
            text_weak: color32(scene.text_weak),
            text_on_accent: none,
            accent: color32(scene.accent),
            accent_hovered: none,
            selection: none,
            calm: color32(scene.load.calm),
            amber: color32(scene.load.amber),
            red: color32(scene.load.red),
            calm_text: color32(scene.load_text.calm),
            amber_text: color32(scene.load_text.amber),
            red_text: color32(scene.load_text.red),
            plot: [none; 6],
            scene,
        }
    }

    /// The font for emphasis, at a size in points. Needs [`install_fonts`].
    pub fn semibold(size: f32) -> FontId {
        FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
    }

    /// The font of strong text: body size, semibold. Needs [`install_fonts`].
    pub fn strong() -> FontId {
        Self::semibold(Self::SIZE_BODY)
    }

    /// The font of section headings. Needs [`install_fonts`].
    pub fn heading() -> FontId {
        Self::semibold(Self::SIZE_HEADING)
    }

    /// The font of page titles. Needs [`install_fonts`].
    pub fn title() -> FontId {
        Self::semibold(Self::SIZE_TITLE)
    }

    /// Gives the window this look. Needs [`install_fonts`] before the next frame.
    pub fn apply(&self, ctx: &Context) {
        let theme = if self.dark { egui::Theme::Dark } else { egui::Theme::Light };
        ctx.set_theme(theme);
        ctx.set_style_of(theme, self.style());
    }

    fn style(&self) -> Style {
        let mut style = Style {
            text_styles: [
                (TextStyle::Small, FontId::proportional(Self::SIZE_SMALL)),
                (TextStyle::Body, FontId::proportional(Self::SIZE_BODY)),
                (TextStyle::Button, FontId::proportional(Self::SIZE_BODY)),
                (TextStyle::Heading, Self::heading()),
                (TextStyle::Monospace, FontId::monospace(Self::SIZE_MONO)),
            ]
            .into(),
            visuals: self.visuals(),
            animation_time: ANIMATION_S,
            ..Style::default()
        };
        let spacing = &mut style.spacing;
        spacing.item_spacing = Vec2::new(Self::SPACE_8, 6.0);
        spacing.button_padding = Vec2::new(10.0, 4.0);
        spacing.window_margin = Margin::same(Self::SPACE_16 as i8);
        spacing.menu_margin = Margin::same(6);
        spacing.interact_size = Vec2::new(28.0, 26.0);
        spacing.indent = Self::SPACE_16;
        spacing.icon_width = 16.0;
        spacing.icon_width_inner = 8.0;
        spacing.icon_spacing = 6.0;
        spacing.combo_width = 120.0;
        spacing.slider_rail_height = 4.0;
        spacing.tooltip_width = 360.0;
        spacing.scroll = ScrollStyle::thin();
        style.interaction.tooltip_delay = 0.35;
        style.interaction.selectable_labels = false;
        style
    }

    fn visuals(&self) -> Visuals {
        let base = if self.dark { Visuals::dark() } else { Visuals::light() };
        let radius = CornerRadius::same(Self::RADIUS);
        let shadow = |offset: i8, blur: u8, alpha: u8| Shadow {
            offset: [0, offset],
            blur,
            spread: 0,
            color: Color32::from_black_alpha(if self.dark { alpha * 2 } else { alpha }),
        };
        Visuals {
            dark_mode: self.dark,
            text_options: TextOptions { ..base.text_options },
            weak_text_color: Some(self.text_weak),
            widgets: self.widgets(),
            selection: Selection { bg_fill: self.selection, stroke: Stroke::new(1.0, self.text) },
            hyperlink_color: self.accent,
            faint_bg_color: self.surface_raised.gamma_multiply(0.5),
            extreme_bg_color: self.surface_sunken,
            text_edit_bg_color: Some(self.surface_sunken),
            code_bg_color: self.surface_raised,
            warn_fg_color: self.amber_text,
            error_fg_color: self.red_text,
            window_corner_radius: CornerRadius::same(8),
            window_shadow: shadow(12, 32, 50),
            window_fill: self.surface,
            window_stroke: Stroke::new(1.0, self.stroke_strong),
            window_highlight_topmost: false,
            menu_corner_radius: radius,
            panel_fill: self.surface,
            popup_shadow: shadow(6, 16, 40),
            indent_has_left_vline: false,
            slider_trailing_fill: true,
            handle_shape: HandleShape::Circle,
            disabled_alpha: 0.45,
            ..base
        }
    }

    fn widgets(&self) -> Widgets {
        let widget = |fill: Color32, stroke: Color32, text: Color32| WidgetVisuals {
            weak_bg_fill: fill,
            bg_fill: fill,
            bg_stroke: Stroke::new(1.0, stroke),
            corner_radius: CornerRadius::same(Self::RADIUS),
            fg_stroke: Stroke::new(1.0, text),
            expansion: 0.0,
        };
        Widgets {
            noninteractive: widget(self.surface, self.stroke, self.text),
            inactive: widget(self.surface_raised, self.stroke, self.text),
            hovered: widget(self.surface_hovered, self.stroke_strong, self.text),
            active: widget(self.surface_hovered, self.accent, self.text),
            open: widget(self.surface_hovered, self.stroke_strong, self.text),
        }
    }
}

/// Registers the bundled fonts: Inter for text, [`SEMIBOLD`] for emphasis, JetBrains Mono for figures. What they lack
/// comes from egui's own fonts.
pub fn install_fonts(ctx: &Context) {
    ctx.set_fonts(font_definitions());
}

fn font_definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in FONTS {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    // What one of our fonts lacks the other may have: box drawing is in JetBrains Mono, check marks are in Inter.
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    fonts.families.insert(FontFamily::Name(SEMIBOLD.into()), fallback);
    let [text, emphasis, figures] = FONTS.map(|(name, _)| name);
    for (family, names) in [
        (FontFamily::Proportional, [text, figures]),
        (FontFamily::Name(SEMIBOLD.into()), [emphasis, figures]),
        (FontFamily::Monospace, [figures, text]),
    ] {
        fonts.families.entry(family).or_default().splice(0..0, names.map(str::to_owned));
    }
    fonts
}

/// A color of the drawing for egui.
pub fn color32(color: Color) -> Color32 {
    Color32::from_rgba_unmultiplied(color.r, color.g, color.b, color.a)
}

fn rgb(hex: u32) -> Color32 {
    color32(Color::hex(hex))
}
