//! Draws the window on the processor: no display, no graphics driver, the same pixels on every machine.
//!
//! Triangles with the top-left rule, a bilinear font texture, and blending of premultiplied colors in gamma space, as
//! egui's own renderers do it.

use egui::epaint::{ImageData, Mesh, Primitive, TextureId};

struct Texture {
    id: TextureId,
    width: usize,
    height: usize,
    pixels: Vec<[f32; 4]>,
}

impl Texture {
    fn at(&self, x: i32, y: i32) -> [f32; 4] {
        let clamp = |v: i32, size: usize| v.clamp(0, size as i32 - 1) as usize;
        self.pixels[clamp(y, self.height) * self.width + clamp(x, self.width)]
    }

    fn sample(&self, u: f32, v: f32) -> [f32; 4] {
        let (u, v) = (u * self.width as f32 - 0.5, v * self.height as f32 - 0.5);
        let (x, y) = (u.floor(), v.floor());
        let (right, down) = (u - x, v - y);
        let (x, y) = (x as i32, y as i32);
        let corners = [self.at(x, y), self.at(x + 1, y), self.at(x, y + 1), self.at(x + 1, y + 1)];
        let weights = [(1.0 - right) * (1.0 - down), right * (1.0 - down), (1.0 - right) * down, right * down];
        std::array::from_fn(|channel| corners.iter().zip(weights).map(|(corner, weight)| corner[channel] * weight).sum())
    }
}

/// The renderer; give it to `Harness::builder().renderer(..)`.
#[derive(Default)]
pub(crate) struct Soft {
    textures: Vec<Texture>,
}

impl egui_kittest::TestRenderer for Soft {
    #[expect(clippy::iter_over_hash_type, reason = "textures do not depend on each other")]
    fn handle_delta(&mut self, delta: &mut egui::TexturesDelta) {
        for (id, images) in delta.set.drain() {
            for image in images {
                let ImageData::Color(color) = &image.image;
                let [width, height] = color.size;
                let pixels: Vec<[f32; 4]> = color.pixels.iter().map(|pixel| pixel.to_array().map(|c| f32::from(c) / 255.0)).collect();
                match image.pos {
                    None => {
                        self.textures.retain(|texture| texture.id != id);
                        self.textures.push(Texture { id, width, height, pixels });
                    }
                    Some([x, y]) => {
                        let texture = self.textures.iter_mut().find(|texture| texture.id == id).expect("a patch follows its texture");
                        for row in 0..height {
                            let to = (y + row) * texture.width + x;
                            texture.pixels[to..to + width].copy_from_slice(&pixels[row * width..(row + 1) * width]);
                        }
                    }
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.retain(|texture| texture.id != id);
        }
    }

    fn render(&mut self, ctx: &egui::Context, output: &egui::FullOutput) -> Result<image::RgbaImage, String> {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let mut target = Target::new(size.x.round() as usize, size.y.round() as usize);
        for primitive in ctx.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = primitive.primitive else { return Err("a paint callback cannot be drawn".to_owned()) };
            let texture = self.textures.iter().find(|texture| texture.id == mesh.texture_id).ok_or("a texture is missing")?;
            target.mesh(&mesh, primitive.clip_rect * scale, texture, scale);
        }
        target.image()
    }
}

struct Target {
    width: usize,
    height: usize,
    pixels: Vec<[f32; 4]>,
}

#[derive(Clone, Copy)]
struct Corner {
    x: f32,
    y: f32,
    u: f32,
    v: f32,
    color: [f32; 4],
}

impl Target {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![[0.0; 4]; width * height] }
    }

    fn mesh(&mut self, mesh: &Mesh, clip: egui::Rect, texture: &Texture, scale: f32) {
        let corner = |index: u32| {
            let vertex = &mesh.vertices[index as usize];
            let color = vertex.color.to_array().map(|c| f32::from(c) / 255.0);
            Corner { x: vertex.pos.x * scale, y: vertex.pos.y * scale, u: vertex.uv.x, v: vertex.uv.y, color }
        };
        for triangle in mesh.indices.chunks_exact(3) {
            self.triangle([corner(triangle[0]), corner(triangle[1]), corner(triangle[2])], clip, texture);
        }
    }

    fn triangle(&mut self, [mut a, mut b, c]: [Corner; 3], clip: egui::Rect, texture: &Texture) {
        let edge = |p: Corner, q: Corner, x: f32, y: f32| (q.x - p.x) * (y - p.y) - (q.y - p.y) * (x - p.x);
        let mut area = edge(a, b, c.x, c.y);
        if area == 0.0 {
            return;
        }
        if area < 0.0 {
            std::mem::swap(&mut a, &mut b);
            area = -area;
        }
        let top_left = |p: Corner, q: Corner| (p.y == q.y && q.x > p.x) || q.y < p.y;
        let sides = [(b, c), (c, a), (a, b)];
        // Most triangles are plain: one color, one place of the texture.
        let same = |p: Corner, q: Corner| p.u == q.u && p.v == q.v && p.color == q.color;
        let plain = (same(a, b) && same(b, c)).then(|| {
            let texel = texture.sample(a.u, a.v);
            let color: [f32; 4] = std::array::from_fn(|channel| texel[channel] * a.color[channel]);
            color
        });
        let range = |low: f32, high: f32, clip_low: f32, clip_high: f32, size: usize| {
            let (low, high) = (low.floor().max(clip_low.round()).max(0.0), high.ceil().min(clip_high.round()).max(0.0));
            low as usize..(high as usize).min(size)
        };
        let (low, high) = (a.x.min(b.x).min(c.x), a.x.max(b.x).max(c.x));
        let columns = range(low, high, clip.min.x, clip.max.x, self.width);
        let (low, high) = (a.y.min(b.y).min(c.y), a.y.max(b.y).max(c.y));
        for y in range(low, high, clip.min.y, clip.max.y, self.height) {
            for x in columns.clone() {
                let (px, py) = (x as f32 + 0.5, y as f32 + 0.5);
                let weights = sides.map(|(p, q)| edge(p, q, px, py));
                let outside = |i: usize| weights[i] < 0.0 || (weights[i] == 0.0 && !top_left(sides[i].0, sides[i].1));
                if (0..3).any(outside) {
                    continue;
                }
                let color = plain.unwrap_or_else(|| {
                    let mix = |of: fn(&Corner) -> f32| (of(&a) * weights[0] + of(&b) * weights[1] + of(&c) * weights[2]) / area;
                    let texel = texture.sample(mix(|p| p.u), mix(|p| p.v));
                    let color = [mix(|p| p.color[0]), mix(|p| p.color[1]), mix(|p| p.color[2]), mix(|p| p.color[3])];
                    std::array::from_fn(|channel| texel[channel] * color[channel])
                });
                let pixel = &mut self.pixels[y * self.width + x];
                for channel in 0..4 {
                    pixel[channel] = color[channel] + pixel[channel] * (1.0 - color[3]);
                }
            }
        }
    }

    fn image(self) -> Result<image::RgbaImage, String> {
        let bytes = self.pixels.iter().flat_map(|pixel| pixel.map(|c| (c * 255.0 + 0.5).clamp(0.0, 255.0) as u8)).collect();
        image::RgbaImage::from_raw(self.width as u32, self.height as u32, bytes).ok_or_else(|| "the size is wrong".to_owned())
    }
}
