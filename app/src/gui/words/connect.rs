//! Connecting and shaping arrows.
