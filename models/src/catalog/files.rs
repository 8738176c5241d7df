pub(super) const FILES: &[(&str, &str)] = &[];
