//! The first minutes: empty canvas, tour, gallery.
