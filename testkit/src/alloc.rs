//! Counting allocations, and looking into what is freed.
//!
//! A test binary installs the allocator once and asks how often a call allocates, or what the memory held that it gave
//! back:
//!
//! ```
//! use testkit::alloc::{CountingAllocator, count_allocations, freed_octets};
//!
//! #[global_allocator]
//! static ALLOCATOR: CountingAllocator = CountingAllocator;
//!
//! assert_eq!(count_allocations(|| 1 + 1), 0);
//! assert_eq!(count_allocations(|| Box::new(1)), 1);
//! assert_eq!(freed_octets(|| drop(b"forgotten".to_vec())), b"forgotten");
//! ```

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::ptr;

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

/// What the blocks held that `work` frees on the thread that calls this, one after the other, at the moment when each is
/// freed. A block that moves while it grows counts as freed, too.
///
/// Secrets that are wiped are not among these octets; copies left behind on the stack, or in memory that is not Rust's,
/// cannot be seen. The value that `work` returns is dropped as part of it.
///
/// # Panics
///
/// If `work` frees more than 16 MiB, or if [`CountingAllocator`] is not the global allocator of this binary.
pub fn freed_octets<T>(work: impl FnOnce() -> T) -> Vec<u8> {
    let mut octets = vec![0_u8; 16 * 1024 * 1024];
    let mut record = Record { octets: octets.as_mut_ptr(), room: octets.len(), length: 0, overflowed: false };
    {
        let _recording = Recording::start(&mut record);
        drop(black_box(Box::new(MARK)));
        drop(black_box(work()));
    }
    assert!(!record.overflowed, "more is freed than can be recorded");
    octets.truncate(record.length);
    assert!(octets.starts_with(&MARK), "CountingAllocator is not the #[global_allocator] of this binary");
    octets.split_off(MARK.len())
}

/// Freed first, to see that freeing is seen.
const MARK: [u8; 16] = *b"the first block.";

/// Where the octets of freed blocks go. The pointers are those of the frame of `freed_octets`, while it runs.
struct Record {
    octets: *mut u8,
    room: usize,
    length: usize,
    overflowed: bool,
}

impl Record {
    /// Adds the octets of a block.
    ///
    /// # Safety
    ///
    /// `block` is allocated with at least `size` octets.
    unsafe fn add(&mut self, block: *const u8, size: usize) {
        if self.room - self.length < size {
            self.overflowed = true;
            return;
        }
        for place in 0..size {
            // SAFETY: both are within their blocks. The octets may never have been written; a volatile read takes
            // whatever is there, which is the point.
            unsafe { self.octets.add(self.length + place).write_volatile(block.add(place).read_volatile()) };
        }
        self.length += size;
    }
}

/// Ends the recording also when the work panics.
struct Recording;

impl Recording {
    fn start(record: &mut Record) -> Self {
        RECORD.set(record);
        Self
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        RECORD.set(ptr::null_mut());
    }
}

thread_local! {
    static RECORD: Cell<*mut Record> = const { Cell::new(ptr::null_mut()) };
    // Constant and without a destructor: reading it never allocates, not even on a new thread.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.set(ALLOCATIONS.get().wrapping_add(1));
}

// SAFETY: every call is handed to `System` unchanged, which upholds the contract of the trait; the
// count touches no memory but a thread's own counter, the record is read into before the block goes, and nothing unwinds.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        if RECORD.get().is_null() {
            // SAFETY: the caller's promises are those that `System` asks for.
            return unsafe { System.alloc(layout) };
        }
        // What others left in the block would otherwise be seen when it is freed.
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        let record = RECORD.get();
        if record.is_null() {
            // SAFETY: as above; the block came from `System`, since all of them do.
            return unsafe { System.realloc(block, layout, new_size) };
        }
        // SAFETY: `freed_octets` of this thread is running, so the record lives, and nobody else has it.
        let record = unsafe { &mut *record };
        let before = record.length;
        // SAFETY: the block has the size of its layout.
        unsafe { record.add(block, layout.size()) };
        // SAFETY: as above.
        let moved = unsafe { System.realloc(block, layout, new_size) };
        if ptr::eq(moved, block) || moved.is_null() {
            record.length = before;
        }
        if !moved.is_null() && new_size > layout.size() {
            // SAFETY: the block has the new size now.
            unsafe { moved.add(layout.size()).write_bytes(0, new_size - layout.size()) };
        }
        moved
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let record = RECORD.get();
        if !record.is_null() {
            // SAFETY: `freed_octets` of this thread is running, so the record lives, and nobody else has it; the block has
            // the size of its layout.
            unsafe { (*record).add(block, layout.size()) };
        }
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
    fn what_is_freed_is_seen_as_it_was() {
        let contains = |octets: &[u8], what: &[u8]| octets.windows(what.len()).any(|window| window == what);
        assert!(contains(&freed_octets(|| b"a secret".to_vec()), b"a secret"));
        let wiped = freed_octets(|| {
            let mut secret = b"a secret".to_vec();
            secret.fill(0);
            black_box(&secret);
        });
        assert_eq!(wiped, [0; 8]);
        // A block that moves while it grows leaves its octets behind.
        let grown = freed_octets(|| {
            let mut secret = b"a secret".to_vec();
            let beside = Box::new(0_u8);
            secret.reserve_exact(1024 * 1024);
            secret.fill(0);
            (secret, beside)
        });
        assert!(contains(&grown, b"a secret"));
        assert_eq!(freed_octets(|| ()), b"");
    }

    #[test]
    fn another_thread_does_not_count() {
        let other = thread::spawn(|| count_allocations(|| vec![Box::new(1), Box::new(2)]));
        let mine = count_allocations(|| ());
        assert_eq!(other.join().unwrap(), 3);
        assert_eq!(mine, 0);
    }
}
