//! A view that moves to its goal instead of jumping, so that the eye can follow.

use plimsoll_models::Point;

use super::camera::Camera;

/// How long it takes, in seconds.
const TRAVEL_S: f64 = 0.22;

/// Where a camera looks from: what is in the middle, and how large.
pub(super) type Look = (Point, f32);

/// A movement of the camera.
#[derive(Clone, Copy, Debug)]
pub(super) struct Travel {
    from: Look,
    to: Look,
    /// In seconds of the window's clock.
    since: f64,
}

impl Travel {
    /// Begins a movement.
    pub(super) fn new(from: Look, to: Look, now: f64) -> Self {
        Self { from, to, since: now }
    }

    /// Where it ends.
    pub(super) fn goal(&self) -> Look {
        self.to
    }

    /// Moves the camera to where it should be now; false at the end.
    pub(super) fn step(&self, camera: &mut Camera, now: f64) -> bool {
        let part = (now - self.since) / TRAVEL_S;
        if !(0.0..1.0).contains(&part) {
            (camera.center, camera.zoom) = self.to;
            return false;
        }
        // Fast at first, gentle at the end.
        let part = 1.0 - (1.0 - part).powi(3);
        let (from, to) = (self.from, self.to);
        camera.zoom = from.1 * (to.1 / from.1).powf(part as f32);
        let along = |a: f64, b: f64| a + (b - a) * part;
        camera.center = Point::new(along(from.0.x, to.0.x), along(from.0.y, to.0.y));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_travel_begins_where_it_was_and_ends_exactly_at_its_goal() {
        let mut camera = Camera::default();
        let travel = Travel::new((Point::default(), 1.0), (Point::new(300.0, -80.0), 0.25), 10.0);
        assert!(travel.step(&mut camera, 10.0));
        assert!(camera.center.x.abs() < 1e-9 && (camera.zoom - 1.0).abs() < 1e-6);
        assert!(travel.step(&mut camera, 10.1));
        assert!(camera.center.x > 100.0 && camera.zoom < 0.7);
        assert!(!travel.step(&mut camera, 11.0));
        assert_eq!((camera.center, camera.zoom), (Point::new(300.0, -80.0), 0.25));
    }
}
