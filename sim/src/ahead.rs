//! Asks memory for what is needed soon, so that nobody waits for it then. It changes nothing but the time that a run takes.

use prefetch_index::prefetch_index;

/// Bytes that the caches hold together.
pub(crate) const LINE: usize = 64;

/// The line of memory in which a value begins.
#[inline]
pub(crate) fn one<T>(value: &T) {
    prefetch_index(std::slice::from_ref(value), 0);
}

/// The line of an element of a list, or of the next one that is pushed.
#[inline]
pub(crate) fn at<T>(list: &[T], index: usize) {
    prefetch_index(list, index);
}

/// All lines of a short list.
#[inline]
pub(crate) fn all<T>(list: &[T]) {
    for index in (0..list.len()).step_by((LINE / size_of::<T>()).max(1)) {
        prefetch_index(list, index);
    }
}
