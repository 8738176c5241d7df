//! A file that the window offers to write: where is asked first, what is made then, on a thread of its own.

use std::{fmt, path::Path, sync::Arc};

use crate::files;

type Make = dyn Fn(&Path) -> Result<Vec<u8>, String> + Send + Sync;

/// A name and what will be in the file.
#[derive(Clone)]
pub struct Offer {
    /// Name to begin with, whose extension tells the format.
    pub name: String,
    make: Arc<Make>,
}

impl Offer {
    /// Something that is made when it is known where it goes; it may fail with a reason.
    pub fn new(name: String, make: impl Fn() -> Result<Vec<u8>, String> + Send + Sync + 'static) -> Self {
        Self::at(name, move |_| make())
    }

    /// Something whose format the chosen name tells.
    pub fn at(name: String, make: impl Fn(&Path) -> Result<Vec<u8>, String> + Send + Sync + 'static) -> Self {
        Self { name, make: Arc::new(make) }
    }

    /// A text that is there already.
    pub fn text(name: String, text: String) -> Self {
        Self::new(name, move || Ok(text.clone().into_bytes()))
    }

    /// Makes and writes it.
    pub(super) fn write(&self, path: &Path) -> Result<(), String> {
        let bytes = (self.make)(path)?;
        files::save_atomic(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    }
}

impl fmt::Debug for Offer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Offer").field("name", &self.name).finish_non_exhaustive()
    }
}
