//! A color of the drawing.

/// Red, green, blue and opacity, not premultiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Color {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
    /// Opacity: 255 hides what is behind.
    pub a: u8,
}

impl Color {
    /// Fully transparent.
    pub const NONE: Self = Self { r: 0, g: 0, b: 0, a: 0 };

    /// An opaque color from `0xRRGGBB`.
    pub const fn hex(rgb: u32) -> Self {
        Self { r: (rgb >> 16) as u8, g: (rgb >> 8) as u8, b: rgb as u8, a: 255 }
    }

    /// The same color with another opacity, from 0 to 1.
    pub fn opacity(self, opacity: f32) -> Self {
        Self { a: (f32::from(self.a) * opacity.clamp(0.0, 1.0)).round() as u8, ..self }
    }

    /// This color laid with the given opacity over an opaque one: the opaque result.
    pub fn over(self, below: Self, opacity: f32) -> Self {
        let mix = |top: u8, bottom: u8| (f32::from(top) * opacity + f32::from(bottom) * (1.0 - opacity)).round() as u8;
        Self { r: mix(self.r, below.r), g: mix(self.g, below.g), b: mix(self.b, below.b), a: 255 }
    }
}
