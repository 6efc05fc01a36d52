"""The benchmarks of `make bench`: sizes and speeds, beside what they are measured against in the same run."""
