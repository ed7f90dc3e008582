//! Counting allocations.
//!
//! A test binary installs the allocator once and asks how often a call allocates:
//!
//! ```
//! use testkit::alloc::{CountingAllocator, count_allocations};
//!
//! #[global_allocator]
//! static ALLOCATOR: CountingAllocator = CountingAllocator;
//!
//! assert_eq!(count_allocations(|| 1 + 1), 0);
//! assert_eq!(count_allocations(|| Box::new(1)), 1);
//! ```

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

/// The system's allocator with a count of allocations for each thread.
///
/// Growing or shrinking a block counts as an allocation, freeing one does not.
#[derive(Debug)]
pub struct CountingAllocator;

/// How often `work` allocates on the thread that calls this.
///
/// What other threads allocate meanwhile is not counted, so tests that run side by side do not
/// disturb each other. The value that `work` returns is dropped.
///
/// # Panics
///
/// If [`CountingAllocator`] is not the global allocator of this binary; a count of zero would
/// otherwise prove nothing.
pub fn count_allocations<T>(work: impl FnOnce() -> T) -> usize {
    let before = ALLOCATIONS.get();
    drop(black_box(Box::new(0_u8)));
    let start = ALLOCATIONS.get();
    assert_ne!(before, start, "CountingAllocator is not the #[global_allocator] of this binary");

    drop(black_box(work()));
    ALLOCATIONS.get() - start
}

thread_local! {
    // Constant and without a destructor: reading it never allocates, not even on a new thread.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.set(ALLOCATIONS.get().wrapping_add(1));
}

// SAFETY: every call is handed to `System` unchanged, which upholds the contract of the trait; the
// count touches no memory but a thread's own counter and does not unwind.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        // SAFETY: as above; the block came from `System`, since all of them do.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; the block came from `System`, since all of them do.
        unsafe { System.dealloc(block, layout) }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[global_allocator]
    static ALLOCATOR: CountingAllocator = CountingAllocator;

    #[test]
    fn counts_every_allocation_of_the_call() {
        assert_eq!(count_allocations(|| ()), 0);
        assert_eq!(count_allocations(|| Box::new(7)), 1);
        assert_eq!(count_allocations(|| vec![0_u8; 64]), 1);
        assert_eq!(count_allocations(|| (Box::new(1), String::from("two"))), 2);
    }

    #[test]
    fn growing_counts_and_freeing_does_not() {
        let mut octets: Vec<u8> = Vec::with_capacity(8);
        assert_eq!(count_allocations(|| octets.extend([0; 8])), 0);
        assert_eq!(count_allocations(|| octets.reserve_exact(64)), 1);
        assert_eq!(count_allocations(|| drop(octets)), 0);
    }

    #[test]
    fn another_thread_does_not_count() {
        let other = thread::spawn(|| count_allocations(|| vec![Box::new(1), Box::new(2)]));
        let mine = count_allocations(|| ());
        assert_eq!(other.join().unwrap(), 3);
        assert_eq!(mine, 0);
    }
}
