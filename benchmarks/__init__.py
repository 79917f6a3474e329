"""What costs time and memory, measured on this machine as ratios within one run; see docs/benchmarks.md."""
