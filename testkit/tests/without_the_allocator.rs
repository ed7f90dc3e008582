//! A binary that forgot to install the counting allocator must not count zero.

use testkit::alloc::count_allocations;

#[test]
#[should_panic(expected = "not the #[global_allocator]")]
fn a_count_without_the_allocator_is_refused() {
    count_allocations(|| Box::new(1));
}
