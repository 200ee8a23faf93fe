//! How figures are printed.

use crate::drive::Times;

/// A line of the report.
pub fn row(name: &str, said: &str) {
    println!("{name:<42} {said}");
}

/// What machine this is, and how busy it was before.
pub fn machine() {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model =
        cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map_or("", |(_, m)| m);
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    println!("{model}, {cores} cores; load {}", read("/proc/loadavg").split(' ').next().unwrap_or(""));
}

/// How long answers took.
pub fn said(times: &Times) -> String {
    format!(
        "p50 {:>6.1} ms, p99 {:>6.1} ms, longest {:>6.1} ms",
        times.percentile(50),
        times.percentile(99),
        times.percentile(100)
    )
}
