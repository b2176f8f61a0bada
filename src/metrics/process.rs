//! What the process weighs, under the names that are usual for it. Told on Linux only.

use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Reads `/proc` whenever it is asked.
#[derive(Debug)]
pub(super) struct Process {
    page_bytes: u64,
    ticks_per_second: u64,
}

/// What `/proc` says, as far as it says it.
#[derive(Debug, Default, PartialEq)]
struct Weight {
    cpu_seconds: f64,
    threads: u64,
    started_at: Option<f64>,
    virtual_bytes: u64,
    resident_bytes: u64,
}

impl Process {
    pub(super) fn new() -> Self {
        Self {
            page_bytes: u64::try_from(rustix::param::page_size()).unwrap_or(4_096),
            ticks_per_second: rustix::param::clock_ticks_per_second().max(1),
        }
    }

    /// Reads `/proc/self/stat`; the time of the system's start is in `/proc/stat`.
    fn weight(&self, stat: &str, system: &str) -> Option<Weight> {
        // The name of the program stands in parentheses and may hold anything.
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        // The manual counts fields from 1; the name is the second.
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        let seconds = |ticks: u64| ticks as f64 / self.ticks_per_second as f64;
        let booted_at = system.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse::<f64>().ok());
        Some(Weight {
            cpu_seconds: seconds(field(14)? + field(15)?),
            threads: field(20)?,
            started_at: booted_at.and_then(|booted_at| Some(booted_at + seconds(field(22)?))),
            virtual_bytes: field(23)?,
            resident_bytes: field(24)? * self.page_bytes,
        })
    }
}

fn open_files() -> Option<u64> {
    // The folder that is being read is open as well.
    Some((fs::read_dir("/proc/self/fd").ok()?.count() as u64).saturating_sub(1))
}

fn most_open_files(limits: &str) -> Option<u64> {
    limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse().ok())
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let Some(weight) = self.weight(&read("/proc/self/stat"), &read("/proc/stat")) else { return Ok(()) };
        let cpu = ConstCounter::new(weight.cpu_seconds);
        let kind = EncodeMetric::metric_type(&cpu);
        cpu.encode(encoder.encode_descriptor("process_cpu_seconds", "Processor time", None, kind)?)?;
        let mut gauge = |name: &str, help: &str, value: f64| {
            let gauge = ConstGauge::new(value);
            let kind = EncodeMetric::metric_type(&gauge);
            gauge.encode(encoder.encode_descriptor(name, help, None, kind)?)
        };
        gauge("process_resident_memory_bytes", "Memory in use", weight.resident_bytes as f64)?;
        gauge("process_virtual_memory_bytes", "Addresses in use", weight.virtual_bytes as f64)?;
        gauge("process_threads", "Threads", weight.threads as f64)?;
        if let Some(started_at) = weight.started_at {
            gauge("process_start_time_seconds", "Start, in seconds since 1970", started_at)?;
        }
        if let Some(files) = open_files() {
            gauge("process_open_fds", "Open files and connections", files as f64)?;
        }
        if let Some(files) = most_open_files(&read("/proc/self/limits")) {
            gauge("process_max_fds", "Most files and connections that may be open", files as f64)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proc_is_read_whatever_the_program_is_called() {
        let process = Process { page_bytes: 4_096, ticks_per_second: 100 };
        let stat = "42 (a) b (c)) S 1 42 42 0 -1 4194560 900 0 1 0 150 50 0 0 20 0 7 0 1000 123456 25 \
                    18446744073709551615 1 1";
        assert_eq!(
            process.weight(stat, "cpu 1 2\nbtime 1700000000\n"),
            Some(Weight {
                cpu_seconds: 2.0,
                threads: 7,
                started_at: Some(1_700_000_010.0),
                virtual_bytes: 123_456,
                resident_bytes: 102_400,
            })
        );
        assert_eq!(process.weight("nonsense", ""), None);
        assert_eq!(most_open_files("Limit   Soft Hard\nMax open files            1024  4096  files\n"), Some(1_024));
    }
}
