//! Every case under criterion, for exploring. The published table comes from the program `ratios`, which takes turns.

use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};

fn peers(criterion: &mut Criterion) {
    for case in carnet_benches::cases() {
        let mut group = criterion.benchmark_group(format!("{}/{}", case.task, case.algorithm));
        for mut contender in case.contenders {
            group.bench_function(contender.who.to_string(), |bencher| {
                bencher.iter_custom(|times| {
                    let start = Instant::now();
                    contender.run(times);
                    start.elapsed()
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, peers);
criterion_main!(benches);
