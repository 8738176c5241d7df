//! The space bar pauses when it is let go, and only pans when the pointer is used while it is held.

use egui::{Context, Key};

use crate::gui::command::Command;

/// The space bar of a window with a live run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpaceBar {
    /// Whether it is held down for a pause.
    held: bool,
    /// Whether something else was done with it.
    spent: bool,
}

impl SpaceBar {
    /// Lets the commands of a frame wait that the space bar has given, and adds those that have waited for it.
    pub fn sort(&mut self, ctx: &Context, commands: &mut Vec<Command>) {
        let (down, pointer, focused) = ctx.input(|input| (input.key_down(Key::Space), input.pointer.any_down(), input.focused));
        if down && commands.contains(&Command::LivePause) {
            commands.retain(|command| *command != Command::LivePause);
            // A key that is held is repeated.
            self.spent &= self.held;
            self.held = true;
        }
        self.spent |= pointer;
        if self.held && !down {
            self.held = false;
            if focused && !self.spent {
                commands.push(Command::LivePause);
            }
        }
    }
}
