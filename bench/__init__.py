"""Measures sizes and speeds for `make bench`, beside what they are compared with in the same run."""
